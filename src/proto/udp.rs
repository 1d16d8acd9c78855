//! UDP, RFC 768.

use super::UdpOption;
use super::udp_options::{self, Surplus};
use crate::checksum::Checksum;
use crate::field::{Field, Registry, Visitor, header};
use crate::layer::{Cover, Flaw, Next, Parts, Place, Protocol, Reason, Report, Upto};
use crate::part::Tlvs;
use crate::source::{Builder, Mistake};

header! {
    /// User Datagram Protocol header, [RFC 768](https://www.rfc-editor.org/rfc/rfc768).
    pub struct Udp(8) {
        /// Source port; zero if the sender expects no reply.
        src_port: u16 = 0..16, "udp.srcport", udp_port;
        /// Destination port.
        dst_port: u16 = 16..32, "udp.dstport", udp_port;
        /// Header and payload together, in bytes; zero in an IPv6 jumbogram (RFC 2675).
        length: u16 = 32..48, "udp.length", bytes, total_length(0);
        /// Internet checksum of pseudo-header, header and payload; zero if none was computed, which
        /// only IPv4 allows (RFC 6935 and 6936 aside).
        checksum: u16 = 48..64, "udp.checksum", checksum;
    }
}

impl Udp {
    /// The options behind a datagram at its place (RFC 9868); none where the bytes there have no right
    /// option checksum.
    pub fn options<'a>(place: &Place<'a>) -> Option<Tlvs<'a, UdpOption<'a>>> {
        Surplus::new(place).map(|surplus| surplus.options)
    }
}

impl<'a> Protocol<'a> for Udp<&'a [u8; 8]> {
    const NAME: &'static str = "udp";
    const TITLE: &'static str = "User Datagram Protocol, RFC 768";
    const TABLE: &'static [Field] = Udp::FIELDS;
    const LENGTH_ROW: u8 = Udp::row("length");
    const VARIABLE: &'static [&'static [Field]] = udp_options::VARIABLE;
    const VARIANTS: &'static [(&'static str, &'static Registry)] =
        &[("options", UdpOption::REGISTRY), ("experiments", super::UdpExperiment::REGISTRY)];
    const RAW: &'static str = "Options for authentication and encryption, and experiments without a type.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Udp::LEN))?;
        let parts = Parts::new(header, Udp::LEN, Next::UdpPorts(header.src_port(), header.dst_port()));
        Ok(match usize::from(header.length()) {
            0 => parts.flaw(Flaw::inferred(bytes.len()).at(Udp::row("length"))),
            n @ 1..Udp::LEN => {
                let flaw = Flaw::too_short(n, Udp::LEN).at(Udp::row("length"));
                Parts::new(header, Udp::LEN, Next::Unknown).flaw(flaw)
            }
            n => parts.total(n),
        })
    }

    fn cover(&self) -> Option<Cover> {
        Some(Cover { optional: true, ..Cover::pseudo(Upto::Body, 17) })
    }

    fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        udp_options::build(builder)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        if let Some(surplus) = Surplus::new(place) {
            surplus.show(visitor);
        }
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        let field = &Udp::FIELDS[3];
        if self.checksum() == 0 && place.context.network.size == 16 && !place.context.quoted {
            report(Some(field), field.span(place.context.at), Reason::Checksum(Checksum::Absent));
        }
        if let Some(surplus) = Surplus::new(place) {
            surplus.check(report);
        } else if !place.tail().is_empty() {
            report(None, place.tail_span(), Reason::Surplus(place.tail().len() as u32));
        }
    }
}
