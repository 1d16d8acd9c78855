//! UDP-Lite (RFC 3828).

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ChecksumCoverage, CoverageEnd, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{IssueKind, NextProtocol};
use crate::layer::{Rule, rules};
use crate::wire::Checksum;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Field, header};

header! {
    /// Lightweight User Datagram Protocol header, [RFC 3828 §3.1](https://www.rfc-editor.org/rfc/rfc3828#section-3.1).
    ///
    /// ```
    /// use packetsmith::UdpLite;
    /// let (header, payload) = UdpLite::split(&[0, 7, 0, 9, 0, 8, 0, 0, b'!']).unwrap();
    /// assert_eq!((header.checksum_coverage(), payload), (8, &b"!"[..]));
    /// ```
    pub struct UdpLite(8) => UdpLiteEdit, layer {
        /// Source port.
        src_port: u16 = 0..16, "udp.srcport", udp_port;
        /// Destination port.
        dst_port: u16 = 16..32, "udp.dstport", udp_port;
        /// Checksum coverage: bytes covered, counted from the start of the header. Zero: the whole packet.
        checksum_coverage: u16 = 32..48, "udp.checksum_coverage", bytes, computed;
        /// Internet checksum of pseudo-header and covered bytes; never zero.
        checksum: u16 = 48..64, "udp.checksum", checksum;
    }
}

rules! {
    /// Rules of UDP-Lite.
    pub enum UdpLiteRule {
        CoverageTooSmall = Error "udp_lite.checksum_coverage.too_small"
            "the checksum coverage must be zero or at least 8 (RFC 3828 §3.1)",
        CoverageTooLarge = Error "udp_lite.checksum_coverage.too_large"
            "the checksum coverage is greater than the length of the packet (RFC 3828 §3.1)",
    }
}

impl<'a> Protocol<'a> for UdpLite<&'a [u8; 8]> {
    const NAME: &'static str = "udp_lite";
    const TITLE: &'static str = "Lightweight User Datagram Protocol, RFC 3828";
    const TABLE: &'static [Field] = UdpLite::FIELDS;
    const RULES: &'static [&'static [Rule]] = &[UdpLiteRule::ALL];
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(UdpLite::LEN))?;
        Ok(ParsedHeader::new(header, UdpLite::LEN, NextProtocol::UdpPorts(header.src_port(), header.dst_port())))
    }

    fn coverage(&self) -> Option<ChecksumCoverage> {
        let end = match self.checksum_coverage() {
            0 => CoverageEnd::Payload,
            bytes => CoverageEnd::First(bytes.into()),
        };
        Some(ChecksumCoverage { optional: true, ..ChecksumCoverage::pseudo(end, 136) })
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let at = context.bounds.start;
        let (coverage, checksum) = (&UdpLite::FIELDS[2], &UdpLite::FIELDS[3]);
        let mut rule = |rule: UdpLiteRule| report(Some(coverage), coverage.span(at), rule.into());
        match self.checksum_coverage() {
            1..8 => rule(UdpLiteRule::CoverageTooSmall),
            n if u32::from(n) > context.payload_wire_end - at && !context.quoted => {
                rule(UdpLiteRule::CoverageTooLarge);
            }
            _ => {}
        }
        if self.checksum() == 0 && !context.quoted {
            report(Some(checksum), checksum.span(at), IssueKind::Checksum(Checksum::Absent));
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("UDP-Lite");
        info.ports(self.src_port(), self.dst_port());
        append!(info, " Len=", context.payload_wire_end - context.bounds.header_end);
        match self.checksum_coverage() {
            0 => {}
            covered => append!(info, " Coverage=", covered),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::examine;
    use crate::proto::View;

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
    fn the_checksum_covers_the_covered_bytes_and_the_total_length() {
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
    fn the_coverage_ends_after_the_header_and_inside_the_packet() {
        for (coverage, issues) in [(1, 1), (7, 1), (13, 1)] {
            assert_eq!(verify(&packet(coverage, 1)), (Some(Checksum::Unverifiable), issues), "{coverage}");
        }
        assert_eq!(verify(&packet(0, 0)), (Some(Checksum::Absent), 1));
    }
}
