//! IPv6, RFC 8200. Its extension headers are layers of their own, in
//! `extension.rs`, `routing.rs` and `fragment.rs`.

use super::{Dscp, Ecn, IpProtocol};
use crate::field::{Field, Numbers, header};
use crate::layer::{Chain, Flaw, Inner, Network, Next, Parts, Place, Protocol};
use core::net::Ipv6Addr;

header! {
    /// IPv6 header, [RFC 8200 §3](https://www.rfc-editor.org/rfc/rfc8200#section-3).
    pub struct Ipv6(40) {
        /// Always 6.
        version: u8 = 0..4, "ipv6.version", default(6);
        /// Differentiated services code point, RFC 2474.
        dscp: Dscp = 4..10, "ipv6.tclass.dscp";
        /// Explicit congestion notification, RFC 3168.
        ecn: Ecn = 10..12, "ipv6.tclass.ecn";
        /// Flow label, RFC 6437.
        flow_label: u32 = 12..32, "ipv6.flow", hex;
        /// What follows this header, in bytes; zero in a jumbogram (RFC 2675) and in captures of
        /// segmentation offload.
        payload_length: u16 = 32..48, "ipv6.plen", bytes, total_length(40);
        /// Protocol or extension header that follows.
        next_header: IpProtocol = 48..56, "ipv6.nxt", announces(Numbers::IpProtocol), default(59);
        /// Hops that the packet may still take.
        hop_limit: u8 = 56..64, "ipv6.hlim", default(64);
        /// Source address.
        src: Ipv6Addr = 64..192, "ipv6.src";
        /// Destination address.
        dst: Ipv6Addr = 192..320, "ipv6.dst";
    }
}

impl<'a> Protocol<'a> for Ipv6<&'a [u8; 40]> {
    const NAME: &'static str = "ipv6";
    const TITLE: &'static str = "Internet Protocol version 6, RFC 8200";
    const TABLE: &'static [Field] = Ipv6::FIELDS;
    const LENGTH_ROW: u8 = Ipv6::row("payload_length");
    const RAW: &'static str = "Nothing.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, rest) = Self::split(bytes).ok_or(Flaw::needs(Ipv6::LEN))?;
        if header.version() != 6 {
            let flaw = Flaw::version(header.version(), 6).at(Ipv6::row("version"));
            return Ok(Parts::new(header, Ipv6::LEN, Next::Unknown).flaw(flaw));
        }
        let next_header = header.raw(const { Ipv6::row("next_header") }) as u8;
        let parts = Parts::new(header, Ipv6::LEN, Next::IpProtocol(next_header));
        let length = match header.payload_length() {
            0 if header.next_header() == IpProtocol::HopByHop => super::extension::jumbo_length(rest).unwrap_or(0),
            n => u32::from(n),
        };
        if length == 0 && !rest.is_empty() && header.next_header() != IpProtocol::NoNextHeader {
            return Ok(parts.flaw(Flaw::inferred(rest.len()).at(Ipv6::row("payload_length"))));
        }
        Ok(parts.total(Ipv6::LEN + length as usize))
    }

    #[inline]
    fn enter(&self, place: &Place<'a>, inner: &mut Inner) {
        inner.network = Network::ipv6(place.context.at);
        inner.chain = Chain::default();
    }
}
