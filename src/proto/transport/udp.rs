//! UDP (RFC 768).

use crate::layer::Rule;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ChecksumCoverage, CoverageEnd, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{IssueKind, NextProtocol};
use crate::proto::UdpOption;
use crate::proto::transport::udp_options;
use crate::proto::transport::udp_options::Surplus;
use crate::proto::transport::udp_options::UdpRule;
use crate::wire::Checksum;
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::TextBuffer;
use crate::wire::Tlvs;
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Visitor, header};

header! {
    /// User Datagram Protocol header, [RFC 768](https://www.rfc-editor.org/rfc/rfc768).
    pub struct Udp(8) => UdpEdit, layer {
        /// Source port. Zero if the sender expects no reply.
        src_port: u16 = 0..16, "udp.srcport", udp_port;
        /// Destination port.
        dst_port: u16 = 16..32, "udp.dstport", udp_port;
        /// Length of header and payload in bytes. Zero in an IPv6 jumbogram (RFC 2675).
        length: u16 = 32..48, "udp.length", bytes, total_length(0);
        /// Internet checksum of pseudo-header, header and payload. Zero if the sender computed none, which only IPv4
        /// allows (exceptions: RFC 6935 and 6936).
        checksum: u16 = 48..64, "udp.checksum", checksum;
    }
}

impl Udp {
    /// The options after the payload of the datagram (RFC 9868). `None` unless the option checksum of those bytes is
    /// correct.
    pub fn options<'a>(context: &LayerContext<'a>) -> Option<Tlvs<'a, UdpOption<'a>>> {
        Surplus::new(context).map(|surplus| surplus.options)
    }
}

impl<'a> Protocol<'a> for Udp<&'a [u8; 8]> {
    const NAME: &'static str = "udp";
    const TITLE: &'static str = "User Datagram Protocol, RFC 768";
    const TABLE: &'static [Field] = Udp::FIELDS;
    const LENGTH_ROW: u8 = Udp::row("length");
    const VARIABLE: &'static [&'static Schema] = &[udp_options::SCHEMA];
    const RULES: &'static [&'static [Rule]] = &[UdpRule::ALL];
    const RAW: &'static str = "Authentication and encryption options, and experimental options without a type.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Udp::LEN))?;
        let parts = ParsedHeader::new(header, Udp::LEN, NextProtocol::UdpPorts(header.src_port(), header.dst_port()));
        Ok(match usize::from(header.length()) {
            0 => parts.defect(ParseDefect::inferred(bytes.len()).at(Udp::row("length"))),
            n @ 1..Udp::LEN => {
                let defect = ParseDefect::too_short(n, Udp::LEN).at(Udp::row("length"));
                ParsedHeader::new(header, Udp::LEN, NextProtocol::Unknown).defect(defect)
            }
            n => parts.total_len(n),
        })
    }

    fn coverage(&self) -> Option<ChecksumCoverage> {
        Some(ChecksumCoverage { optional: true, ..ChecksumCoverage::pseudo(CoverageEnd::Payload, 17) })
    }

    fn build(builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        udp_options::build(builder)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        if let Some(surplus) = Surplus::new(context) {
            surplus.show(visitor);
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let field = &Udp::FIELDS[3];
        if self.dst_port() == 0 && !context.quoted {
            let field = &Udp::FIELDS[const { Udp::row("dst_port") as usize }];
            report(Some(field), field.span(context.bounds.start), UdpRule::DestinationPortZero.into());
        }
        if self.checksum() == 0 && context.addresses.size == 16 && !context.quoted {
            report(Some(field), field.span(context.bounds.start), IssueKind::Checksum(Checksum::Absent));
        }
        if let Some(surplus) = Surplus::new(context) {
            surplus.check(report);
        } else if !context.trailer().is_empty() {
            report(None, context.trailer_span(), IssueKind::Surplus(context.trailer().len() as u32));
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let length = context.payload_wire_end - context.bounds.header_end;
        self.append_line(length, summary.begin("UDP"));
    }
}

#[cfg(feature = "alloc")]
impl Udp<&[u8; 8]> {
    /// Appends the text about a datagram with so many bytes of data.
    pub(crate) fn append_line(&self, length: u32, info: &mut TextBuffer) {
        info.ports(self.src_port(), self.dst_port());
        info.str(" Len=");
        info.number(length.into());
    }
}

crate::wire::options_of! { UdpOption: Udp; }
