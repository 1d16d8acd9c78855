//! DNS over TCP, RFC 1035 §4.2.2 and RFC 7766: each message behind its length.

use super::Dns;
use crate::field::{Field, header};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity};

header! {
    /// Length before each DNS message in a TCP stream, RFC 1035 §4.2.2.
    ///
    /// ```
    /// use packetsmith::{Layers, Next, Proto};
    /// let query = b"\0\x11\0\x07\x01\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01";
    /// let stream = query.repeat(2);
    /// let layers = Layers::new(Next::TcpPort(53), &stream);
    /// let protos: Vec<_> = layers.map(|layer| layer.proto).collect();
    /// assert_eq!(protos, [Proto::DnsOverTcp, Proto::Dns, Proto::DnsOverTcp, Proto::Dns]);
    /// ```
    pub struct DnsOverTcp(2) {
        /// Length of the message that follows, in bytes.
        length: u16 = 0..16, "dns.length", bytes, total_length(2);
    }
}

impl<'a> Protocol<'a> for DnsOverTcp<&'a [u8; 2]> {
    const NAME: &'static str = "dns_over_tcp";
    const TITLE: &'static str = "Length of a DNS message over TCP, RFC 1035 §4.2.2";
    const TABLE: &'static [Field] = DnsOverTcp::FIELDS;
    const RAW: &'static str = "Nothing.";

    /// A segment may begin inside a message, whose bytes then stand where a length should be. A
    /// message that goes on behind the segment is taken for one only if its counts could be true.
    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, message) = Self::split(bytes).ok_or(Flaw::needs(DnsOverTcp::LEN))?;
        let length = usize::from(header.length());
        let parts = Parts::new(header, DnsOverTcp::LEN, Next::DnsMessage(header.length()));
        Ok(match header.is_plausible(message) {
            false => Parts::new(header, DnsOverTcp::LEN, Next::Unknown),
            true if length > message.len() => {
                parts.flaw(Flaw::needs(DnsOverTcp::LEN + length).at(DnsOverTcp::row("length")))
            }
            true => parts,
        })
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        if !self.is_plausible(place.body()) {
            let field = &DnsOverTcp::FIELDS[usize::from(const { DnsOverTcp::row("length") })];
            let rule = "no message is so short: the segment seems to begin inside one";
            report(Some(field), field.span(place.context.at), Reason::Rule(Severity::Note, rule));
        }
    }
}

impl DnsOverTcp<&[u8; 2]> {
    /// Tells whether the length could be that of the message that begins with these bytes.
    fn is_plausible(&self, message: &[u8]) -> bool {
        let length = usize::from(self.length());
        let least = match Dns::split(message) {
            Some((dns, _)) if length > message.len() => dns.least_length(),
            _ => Dns::LEN,
        };
        length >= least
    }
}
