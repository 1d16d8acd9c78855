//! DNS over TCP (RFC 1035 §4.2.2, RFC 7766): a length precedes each message.

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
use crate::proto::Dns;
use crate::proto::dns::message::OVER_TCP;
use crate::wire::{Field, header};

header! {
    /// Length field before each DNS message in a TCP stream, RFC 1035 §4.2.2.
    ///
    /// ```
    /// use packetsmith::{Layers, NextProtocol, Proto};
    /// let query = b"\0\x11\0\x07\x01\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01";
    /// let stream = query.repeat(2);
    /// let layers = Layers::new(NextProtocol::TcpPort(53), &stream);
    /// let protos: Vec<_> = layers.map(|layer| layer.proto).collect();
    /// assert_eq!(protos, [Proto::DnsOverTcp, Proto::Dns, Proto::DnsOverTcp, Proto::Dns]);
    /// ```
    pub struct DnsOverTcp(2) => DnsOverTcpEdit, layer {
        /// Length of the message in bytes, without this field.
        length: u16 = 0..16, "dns.length", bytes, total_length(2);
    }
}

rules! {
    /// Rules of DNS over TCP.
    pub enum DnsOverTcpRule {
        LengthTooSmall = Note "dns_over_tcp.length.too_small"
            "the length is too small for a message, and the segment probably begins inside one",
    }
}

impl<'a> Protocol<'a> for DnsOverTcp<&'a [u8; 2]> {
    const NAME: &'static str = OVER_TCP;
    const TITLE: &'static str = "Length of a DNS message over TCP, RFC 1035 §4.2.2";
    const TABLE: &'static [Field] = DnsOverTcp::FIELDS;
    const RULES: &'static [&'static [Rule]] = &[DnsOverTcpRule::ALL];
    const RAW: &'static str = "Nothing.";

    /// A segment may start in the middle of a message, so that these bytes are not a length. A message that continues
    /// in the next segment is accepted only if its counts are plausible.
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, message) = Self::split(bytes).ok_or(ParseDefect::needs(DnsOverTcp::LEN))?;
        let length = usize::from(header.length());
        let parts = ParsedHeader::new(header, DnsOverTcp::LEN, NextProtocol::DnsMessage(header.length()));
        Ok(match header.is_plausible(message) {
            false => ParsedHeader::new(header, DnsOverTcp::LEN, NextProtocol::Unknown),
            true if length > message.len() => {
                parts.defect(ParseDefect::needs(DnsOverTcp::LEN + length).at(DnsOverTcp::row("length")))
            }
            true => parts,
        })
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        if !self.is_plausible(context.payload()) {
            let field = &DnsOverTcp::FIELDS[usize::from(const { DnsOverTcp::row("length") })];
            report(Some(field), field.span(context.bounds.start), DnsOverTcpRule::LengthTooSmall.into());
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        summary.begin("DNS").str("over TCP");
    }
}

impl DnsOverTcp<&[u8; 2]> {
    /// Whether `length` is plausible for a message that starts with these bytes.
    fn is_plausible(&self, message: &[u8]) -> bool {
        let length = usize::from(self.length());
        let least = match Dns::split(message) {
            Some((dns, _)) if length > message.len() => dns.least_length(),
            _ => Dns::LEN,
        };
        length >= least
    }
}
