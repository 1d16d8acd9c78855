//! Fast headers are those of the walk. Fuzzing checks it too.

use packetsmith::{FastHeaders, Layer, Proto, View, dissect};
use std::mem::discriminant;

/// Checks it for a frame.
pub fn check(link_type: u16, frame: &[u8]) {
    let outline = FastHeaders::of(link_type, frame);
    let layers: Vec<Layer<'_>> = dissect(link_type, frame).collect();
    let is_extension = |proto| {
        matches!(proto, Proto::HopByHop | Proto::DestinationOptions | Proto::Routing | Proto::Fragment | Proto::Ah)
    };
    let network = layers.iter().position(|layer| matches!(layer.proto, Proto::Ipv4 | Proto::Ipv6 | Proto::Arp));
    let carries = network.filter(|&at| matches!(layers[at].view, View::Ipv4(_) | View::Ipv6(_)));
    let transport = carries.and_then(|at| (at + 1..layers.len()).find(|&behind| !is_extension(layers[behind].proto)));
    let kind = |at: Option<usize>| discriminant(&at.map_or(View::Data, |at| layers[at].view));
    assert_eq!(discriminant(&outline.network), kind(network), "{frame:02x?}");
    assert_eq!(discriminant(&outline.transport), kind(transport), "{frame:02x?}");
    // Where there is no transport header, the walk ends with a cut header, ARP, an extension header or the link.
    let last = match (network, carries) {
        (Some(network), None) => Some(network),
        _ => transport.or(layers.len().checked_sub(1)),
    };
    if let Some(last) = last {
        assert_eq!(outline.payload.as_ptr_range(), layers[last].payload().as_ptr_range(), "{frame:02x?}");
        assert_eq!(outline.is_intact, layers[..=last].iter().all(|layer| layer.is_intact()), "{frame:02x?}");
    }
}
