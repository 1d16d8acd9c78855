//! The network that a fragment came by.

use crate::dissect::Layer;
use crate::proto::View;
use core::hash::{BuildHasher, Hash, Hasher};
use core::net::IpAddr;
use std::hash::RandomState;

/// The network that a packet came by: the interface, the VLAN tags and the tunnels around it. Addresses and
/// identifications of different networks have nothing to do with each other, so fragments of different networks are not
/// put together.
///
/// It is a hash of 64 bits with a random key: no sender can choose networks that collide. The default is one network for
/// all packets. [`Reassembler::network`](super::Reassembler::network) computes it.
///
/// ```
/// use packetsmith::ip::{Network, Reassembler, Settings};
/// use packetsmith::{Ethernet, Ipv4, NextProtocol, Stack, Vlan, dissect};
/// let reassembler = Reassembler::new(Settings::default());
/// let network = |vlan| {
///     let frame = Stack::new().push(Ethernet::build()).push(Vlan::build().id(vlan)).push(Ipv4::build());
///     let frame = frame.payload(&[0; 8]).finish().unwrap();
///     reassembler.network(Network::default(), 0, dissect(1, &frame), 18)
/// };
/// assert_eq!(network(10), network(10));
/// assert_ne!(network(10), network(20));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Network(pub(super) u64);

/// MPLS label that announces an entropy label, which tells flows and not networks (RFC 6790 §3).
const ENTROPY_LABEL_INDICATOR: u32 = 7;

/// Hashes what tells the networks of the packet at byte `at` apart, from the outermost layer inwards: VLAN and session
/// identifiers, labels, keys, and the addresses of tunnels. The ports of tunnels are left out: their source tells flows.
pub(super) fn hash_layers<'a>(layers: impl Iterator<Item = Layer<'a>>, at: usize, hasher: &mut impl Hasher) {
    let mut entropy_follows = false;
    for layer in layers.take_while(|layer| (layer.header_span().start as usize) < at) {
        hash_layer(&layer, &mut entropy_follows, hasher);
    }
}

#[inline]
fn hash_vlan(id: u16, hasher: &mut impl Hasher) {
    (1u8, id).hash(hasher);
}

/// Hashes what a layer says about the network. Returns whether it says anything.
#[inline]
fn hash_layer(layer: &Layer<'_>, entropy_follows: &mut bool, hasher: &mut impl Hasher) -> bool {
    let header = layer.header();
    match layer.view {
        View::Vlan(tag) => hash_vlan(tag.id(), hasher),
        #[cfg(feature = "tunnels")]
        View::Pppoe(pppoe) => (2u8, pppoe.session_id()).hash(hasher),
        #[cfg(feature = "tunnels")]
        View::Mpls(entry) => {
            let announces = u32::from(entry.label()) == ENTROPY_LABEL_INDICATOR;
            let is_entropy = core::mem::replace(entropy_follows, announces);
            if !is_entropy {
                (3u8, u32::from(entry.label())).hash(hasher);
            }
        }
        #[cfg(feature = "tunnels")]
        View::Gre(gre) if gre.key_present() => {
            let sum = !gre.is_pptp() && (gre.checksum_present() || gre.routing_present());
            let key = header.get(if sum { 8 } else { 4 }..).and_then(|rest| rest.first_chunk::<4>());
            // The first half of the key of PPTP is a length, the last byte of NVGRE's tells flows.
            let key = key.map(|&[a, b, c, d]| match () {
                () if gre.is_pptp() => [0, 0, c, d],
                () if gre.is_nvgre() => [a, b, c, 0],
                () => [a, b, c, d],
            });
            (4u8, key).hash(hasher);
        }
        #[cfg(feature = "tunnels")]
        View::L2tp(l2tp) => {
            let at = if l2tp.length_present() { 4 } else { 2 };
            (5u8, header.get(at..at + 4)).hash(hasher);
        }
        #[cfg(feature = "tunnels")]
        View::Vxlan(vxlan) => (6u8, vxlan.vni()).hash(hasher),
        #[cfg(feature = "tunnels")]
        View::VxlanGpe(vxlan) => (6u8, vxlan.vni()).hash(hasher),
        #[cfg(feature = "tunnels")]
        View::Geneve(geneve) => (7u8, geneve.vni()).hash(hasher),
        #[cfg(feature = "tunnels")]
        View::Erspan2(erspan) => (8u8, erspan.session_id()).hash(hasher),
        #[cfg(feature = "tunnels")]
        View::Erspan3(erspan) => (8u8, erspan.session_id()).hash(hasher),
        View::Sll2(sll) => (9u8, sll.interface()).hash(hasher),
        View::Ipv4(ip) => (10u8, ip.src(), ip.dst()).hash(hasher),
        View::Ipv6(ip) => (11u8, ip.src(), ip.dst()).hash(hasher),
        _ => return false,
    }
    true
}

/// Computes the network of headers inside each other while a packet is walked. The key is random.
#[derive(Clone, Debug, Default)]
pub(crate) struct NetworkHasher(RandomState);

/// The network of the header at hand, as far as a walk has come.
pub(crate) struct NetworkSoFar<'a> {
    state: RandomState,
    /// Made when there is something to hash: most packets have no tag and no tunnel.
    hasher: Option<<RandomState as BuildHasher>::Hasher>,
    /// The last IP header, whose addresses belong to the network if another one is inside.
    ip: Option<View<'a>>,
    entropy_follows: bool,
}

impl NetworkHasher {
    /// The network of the outermost header of a packet that came by `interface`.
    #[inline]
    pub(crate) fn begin<'a>(&self, interface: u64) -> NetworkSoFar<'a> {
        let mut network = NetworkSoFar { state: self.0.clone(), hasher: None, ip: None, entropy_follows: false };
        if interface != 0 {
            interface.hash(network.hasher());
        }
        network
    }
}

impl<'a> NetworkSoFar<'a> {
    fn hasher(&mut self) -> &mut <RandomState as BuildHasher>::Hasher {
        self.hasher.get_or_insert_with(|| self.state.build_hasher())
    }

    /// Goes on with a layer.
    #[inline]
    pub(crate) fn layer(&mut self, layer: &Layer<'a>) {
        match layer.view {
            View::Ethernet(_) | View::Tcp(_) | View::Udp(_) | View::Data => {}
            View::Ipv4(_) | View::Ipv6(_) => {
                if let Some(outer) = self.ip.replace(layer.view) {
                    self.tunnel(outer);
                }
            }
            _ => self.tag(layer),
        }
    }

    /// Goes on with a VLAN tag.
    #[inline]
    pub(crate) fn vlan(&mut self, id: u16) {
        hash_vlan(id, self.hasher());
    }

    /// An IP packet is inside of another one.
    #[cold]
    fn tunnel(&mut self, outer: View<'_>) {
        let addresses: (IpAddr, IpAddr) = match outer {
            View::Ipv4(ip) => (ip.src().into(), ip.dst().into()),
            View::Ipv6(ip) => (ip.src().into(), ip.dst().into()),
            _ => return,
        };
        addresses.hash(self.hasher());
    }

    fn tag(&mut self, layer: &Layer<'_>) {
        let mut hasher = self.hasher.clone().unwrap_or_else(|| self.state.build_hasher());
        if hash_layer(layer, &mut self.entropy_follows, &mut hasher) {
            self.hasher = Some(hasher);
        }
    }

    /// A number for the network. It is 0 if there is no tag, tunnel or interface number.
    #[inline]
    pub(crate) fn value(&self) -> u64 {
        self.hasher.as_ref().map_or(0, Hasher::finish)
    }
}
