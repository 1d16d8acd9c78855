//! Tests of this folder.

use super::*;
use crate::proto::Proto;
use crate::proto::{Ethernet, Ipv4, Udp, Vlan};
use crate::wire::MacAddr;
use crate::wire::ValueError;
use alloc::string::ToString;

#[test]
fn a_frame_is_filled_up_and_followed_by_its_check_sequence() {
    let ethernet = Ethernet::build().dst(MacAddr::BROADCAST);
    for payload in [0, 1, 17, 18, 19, 40] {
        let body = [7; 40];
        let stack = Stack::new().push(ethernet).push(Ipv4::build()).push(Udp::build()).payload(&body[..payload]);
        let plain = stack.finish().unwrap();
        assert_eq!(plain.len(), 42 + payload);
        let mut padded = plain.clone();
        padded.resize(plain.len().max(60), 0);
        assert_eq!(stack.pad(60).finish().unwrap(), padded);
        let fcs = crate::wire::fcs(&padded);
        let whole = [&padded[..], &fcs].concat();
        assert_eq!(stack.pad(60).fcs().finish().unwrap(), whole);
        // Old contents of the buffer do not appear in the packet, and bytes after the packet stay.
        let mut buffer = [0xaa; 128];
        assert_eq!(stack.pad(60).fcs().write_into(&mut buffer).unwrap(), whole.len());
        assert_eq!((&buffer[..whole.len()], buffer[whole.len()]), (&whole[..], 0xaa));
        assert_eq!(stack.pad(60).fcs().write_into(&mut buffer[..whole.len()]).unwrap(), whole.len());
        let error = stack.pad(60).fcs().write_into(&mut buffer[..whole.len() - 1]).unwrap_err();
        assert_eq!((error.layer, error.error.error), (0, ValueError::NoRoom(whole.len())));
        let error = stack.write_into(&mut []).unwrap_err();
        assert_eq!(error.error.error, ValueError::NoRoom(plain.len()));
    }
}

#[test]
fn as_many_layers_are_built_as_are_pushed() {
    fn tagged<L: LayerList>(stack: Stack<L>) -> Stack<impl LayerList> {
        let tag = || Vlan::build().id(1);
        stack.push(tag()).push(tag()).push(tag()).push(tag())
    }
    // Eight layers, nine, thirty-two, and one too many.
    let eight =
        tagged(Stack::new().push(Ethernet::build()).push(Vlan::build()).push(Vlan::build()).push(Vlan::build()));
    let ethernet = Stack::new().push(Ethernet::build());
    let most = tagged(tagged(tagged(tagged(tagged(tagged(tagged(ethernet)))))));
    let most = most.push(Vlan::build()).push(Vlan::build()).push(Vlan::build());
    for (frame, layers) in [
        (eight.finish().unwrap(), 8),
        (tagged(ethernet).push(Vlan::build()).push(Vlan::build()).push(Vlan::build()).finish().unwrap(), 8),
        (tagged(tagged(ethernet)).finish().unwrap(), 9),
        (most.finish().unwrap(), 32),
    ] {
        assert_eq!(frame.len(), 14 + 4 * (layers - 1));
        let tags = frame[12..].chunks(4).filter(|tag| tag[..2] == [0x81, 0]);
        assert_eq!(tags.count(), layers - 1);
    }
    let error = most.push(Vlan::build()).finish().unwrap_err();
    assert_eq!((error.layer, error.proto, error.error.error), (0, Proto::Data, ValueError::TooDeep));
}

#[test]
fn what_does_not_fit_says_in_which_layer() {
    let error = |payload: usize| {
        let body = alloc::vec![0; payload];
        let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build());
        stack.payload(&body).finish().map(|frame| frame.len()).map_err(|e| (e.layer, e.proto, e.to_string()))
    };
    assert_eq!(error(65507), Ok(65549));
    let text = "ipv4.total_length: 65536 is more than 65535, the largest that fits";
    assert_eq!(error(65508), Err((1, Proto::Ipv4, text.into())));
    let text = "udp.length: 65536 is more than 65535, the largest that fits";
    assert_eq!(error(65528), Err((2, Proto::Udp, text.into())));
}
