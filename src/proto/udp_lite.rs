//! UDP-Lite, RFC 3828.

use crate::checksum::Checksum;
use crate::field::{Field, header};
use crate::layer::{Cover, Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity, Upto};

header! {
    /// Lightweight User Datagram Protocol header, [RFC 3828 §3.1](https://www.rfc-editor.org/rfc/rfc3828#section-3.1).
    ///
    /// ```
    /// use packetsmith::UdpLite;
    /// let (header, payload) = UdpLite::split(&[0, 7, 0, 9, 0, 8, 0, 0, b'!']).unwrap();
    /// assert_eq!((header.checksum_coverage(), payload), (8, &b"!"[..]));
    /// ```
    pub struct UdpLite(8) {
        /// Source port.
        src_port: u16 = 0..16, "udp.srcport", udp_port;
        /// Destination port.
        dst_port: u16 = 16..32, "udp.dstport", udp_port;
        /// Bytes from the start of the header that the checksum covers; zero for all.
        checksum_coverage: u16 = 32..48, "udp.checksum_coverage", bytes, derived;
        /// Internet checksum of pseudo-header and the bytes covered; never zero.
        checksum: u16 = 48..64, "udp.checksum", checksum;
    }
}

impl<'a> Protocol<'a> for UdpLite<&'a [u8; 8]> {
    const NAME: &'static str = "udp_lite";
    const TITLE: &'static str = "Lightweight User Datagram Protocol, RFC 3828";
    const TABLE: &'static [Field] = UdpLite::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(UdpLite::LEN))?;
        Ok(Parts::new(header, UdpLite::LEN, Next::UdpPorts(header.src_port(), header.dst_port())))
    }

    fn cover(&self) -> Option<Cover> {
        let upto = match self.checksum_coverage() {
            0 => Upto::Body,
            bytes => Upto::First(bytes.into()),
        };
        Some(Cover { optional: true, ..Cover::pseudo(upto, 136) })
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        let at = place.context.at;
        let (coverage, checksum) = (&UdpLite::FIELDS[2], &UdpLite::FIELDS[3]);
        let mut rule = |text| report(Some(coverage), coverage.span(at), Reason::Rule(Severity::Error, text));
        match self.checksum_coverage() {
            1..8 => rule("the coverage ends inside of the header (RFC 3828 §3.1)"),
            n if u32::from(n) > place.body_wire_end - at && !place.context.quoted => {
                rule("the coverage is longer than the packet (RFC 3828 §3.1)");
            }
            _ => {}
        }
        if self.checksum() == 0 && !place.context.quoted {
            report(Some(checksum), checksum.span(at), Reason::Checksum(Checksum::Absent));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{View, examine};

    fn packet(coverage: u16, checksum: u16) -> Vec<u8> {
        let mut bytes = vec![0x45, 0, 0, 32, 0, 0, 0, 0, 64, 136, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 7, 0, 9];
        bytes.extend(coverage.to_be_bytes());
        bytes.extend(checksum.to_be_bytes());
        bytes.extend(b"data");
        bytes
    }

    fn verify(bytes: &[u8]) -> (Option<Checksum>, usize) {
        let mut found = (None, 0);
        for layer in examine(101, bytes) {
            if let View::UdpLite(_) = layer.view {
                found.0 = layer.checksum();
                layer.issues(|_| found.1 += 1);
            }
        }
        found
    }

    #[test]
    fn only_the_covered_part_counts_but_the_whole_length_does() {
        let Some(Checksum::Bad(right)) = verify(&packet(8, 1)).0 else { panic!() };
        let mut bytes = packet(8, right);
        // Pseudo-header 14 0a + 88 + 0c, and 7 + 9 + 8.
        let sum: u32 = 0x0a00 + 1 + 0x0a00 + 2 + 136 + 12 + 7 + 9 + 8;
        assert_eq!(right, !(sum as u16));
        bytes[28] ^= 0xff;
        assert_eq!(verify(&bytes), (Some(Checksum::Good), 0), "data beyond the coverage may be damaged");
        bytes[25] = 0;
        assert!(matches!(verify(&bytes), (Some(Checksum::Bad(_)), 1)));
    }

    #[test]
    fn a_coverage_ends_behind_the_header_and_inside_of_the_packet() {
        for (coverage, issues) in [(1, 1), (7, 1), (13, 1)] {
            assert_eq!(verify(&packet(coverage, 1)), (Some(Checksum::Unverifiable), issues), "{coverage}");
        }
        assert_eq!(verify(&packet(0, 0)), (Some(Checksum::Absent), 1));
    }
}
