//! Shim6 (RFC 5533): control messages and payload extension headers, distinguished by one bit.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, NextProtocol};
use crate::layer::{LayerBounds, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::proto::IpProtocol;
use crate::proto::ip::extension::extension;
use crate::wire::Codec;
use crate::wire::Schema;
use crate::wire::{Checksum, Sum};
use crate::wire::{Encoder, FieldError, OWN};
use crate::wire::{Field, Kind, SelectorKind, Span, Value, Visitor, header, registry};

registry! {
    /// Shim6 control message types, RFC 5533 §5.3 and RFC 5534 §7.
    pub enum Shim6Type: u8 {
        I1 = 1 "I1",
        R1 = 2 "R1",
        I2 = 3 "I2",
        R2 = 4 "R2",
        R1bis = 5 "R1bis",
        I2bis = 6 "I2bis",
        UpdateRequest = 64 "update request",
        UpdateAcknowledgment = 65 "update acknowledgment",
        Keepalive = 66 "keepalive",
        Probe = 67 "probe",
    }
}

header! {
    /// Common part of both forms of the Shim6 header, RFC 5533 §5.1 and §5.3.
    ///
    /// ```
    /// use packetsmith::Shim6;
    /// use packetsmith::proto::ip::Shim6Type;
    /// let header = Shim6::new([59, 1, 66]);
    /// assert!(!header.payload());
    /// assert_eq!(header.message_type(), Shim6Type::Keepalive);
    /// ```
    pub struct Shim6(3) => Shim6Edit, layer {
        /// Protocol of the payload. Control messages have none.
        next_header: IpProtocol = 0..8, "shim6.nxt", next_protocol(SelectorKind::IpProtocol), default(59);
        /// Length of the header in units of 8 bytes, not counting the first 8 bytes.
        length: u8 = 8..16, "shim6.len", header_length(8, 8);
        /// P: a payload follows. Otherwise this is a control message.
        payload: bool = 16..17, "shim6.p";
        /// Type of the control message. With a payload, the first bits of the context tag.
        message_type: Shim6Type = 17..24, "shim6.type";
    }
}

const TAG: &Field =
    &Field::floating("context_tag", "shim6.ct", Kind::Uint, "Context tag of the receiver.").of_bits(47).hex();
const SPECIFIC: &Field = &Field::floating(
    "specific",
    "shim6.specific",
    Kind::Uint,
    "Depends on the type; the last bit distinguishes Shim6 from HIP.",
)
.of_bits(8)
.hex();
const CHECKSUM: &Field = &Field::floating(
    "checksum",
    "shim6.checksum",
    Kind::Checksum,
    "Internet checksum of the message, without a pseudo-header; RFC 5533 §5.3.",
)
.checksum();
const MESSAGE: &Field =
    &Field::floating("message", "shim6.message", Kind::Bytes, "Type-specific contents and options.");

impl<'a> Shim6<&'a [u8; 3]> {
    /// The context tag of the receiver, if a payload follows.
    pub fn context_tag(&self, context: &LayerContext<'a>) -> Option<u64> {
        let tag = context.header().get(2..8).filter(|_| self.payload())?;
        Some(tag.iter().fold(0, |n, &byte| n << 8 | u64::from(byte)) & 0x7fff_ffff_ffff)
    }

    /// The checksum of a control message, and the result of verifying it.
    pub fn checksum(&self, context: &LayerContext<'a>) -> Option<(u16, Checksum)> {
        let mut cursor = context.options(4);
        let stored = u16::take(&mut cursor).filter(|_| !self.payload())?;
        let complete = context.header().len() == 8 + usize::from(self.length()) * 8;
        let state = if complete { Sum::new().bytes(context.header()).verify(stored) } else { Checksum::Unverifiable };
        Some((stored, state))
    }
}

impl<'a> Protocol<'a> for Shim6<&'a [u8; 3]> {
    const NAME: &'static str = "shim6";
    const TITLE: &'static str = "Shim6, RFC 5533";
    const TABLE: &'static [Field] = Shim6::FIELDS;
    const VARIABLE: &'static [&'static Schema] =
        &[&Schema { fields: &[*TAG, *SPECIFIC, *CHECKSUM, *MESSAGE], ..Schema::EMPTY }];
    const RAW: &'static str = "Contents and options of control messages. The message type is named.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Shim6::LEN))?;
        Ok(extension(header, header.next_header(), header.length(), bytes.len(), Shim6::row("length")))
    }

    fn show_row(&self, row: u8, _: &LayerContext<'a>, _: &mut dyn Visitor) -> bool {
        self.payload() && row == const { Shim6::row("message_type") }
    }

    fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
        let header = frame.get_mut(bounds.start as usize..bounds.header_end as usize);
        if let (Some(header), true) = (header.filter(|header| header.len() >= 6), unset & OWN != 0) {
            let sum = Sum::new().bytes(header).checksum();
            header[4..6].copy_from_slice(&sum.to_be_bytes());
        }
        Ok(())
    }

    fn build(builder: &mut Encoder<'_>, at: usize, unset: &mut u64) -> Result<(), FieldError> {
        let header: [u8; Shim6::LEN] = builder.header(at);
        if Shim6::new(&header).payload() {
            builder.out.put(&[0; 5]);
            let tag = builder.source.value(TAG)?.and_then(|value| value.number()).unwrap_or(0);
            builder.patch(at + 2, 6, tag | 1 << 47);
        } else {
            builder.number(SPECIFIC, 1)?;
            if builder.given(CHECKSUM, 2)?.is_none() {
                *unset |= OWN;
            }
        }
        builder.bytes(MESSAGE)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let at = context.bounds.start;
        if let Some(tag) = self.context_tag(context) {
            visitor.field(TAG, Span::new(at + 2, at + 8), Value::Uint(tag));
        }
        if let Some((stored, state)) = self.checksum(context) {
            let specific = context.header().get(3).copied().unwrap_or_default();
            visitor.field(SPECIFIC, Span::new(at + 3, at + 4), Value::Uint(specific.into()));
            visitor.field(CHECKSUM, Span::new(at + 4, at + 6), Value::Checksum(stored, state));
        }
        let message = context.options(if self.payload() { 8 } else { 6 });
        if !message.is_empty() {
            visitor.field(MESSAGE, message.span(), Value::Bytes(message.bytes()));
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        if let Some((_, state @ Checksum::Bad(_))) = self.checksum(context) {
            let at = context.bounds.start;
            report(Some(CHECKSUM), Span::new(at + 4, at + 6), IssueKind::Checksum(state));
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("SHIM6");
        match self.context_tag(context) {
            Some(tag) => {
                info.str("context ");
                info.hex(tag, 1);
            }
            None => info.name_or_number(self.message_type().name(), "type ", u8::from(self.message_type())),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dissect::examine;
    use crate::proto::View;

    #[test]
    fn one_bit_distinguishes_payload_from_control() {
        for (third, tag, checksum) in [(0x80, Some(0x0001_0203_0405), None), (0x42, None, Some(()))] {
            let mut bytes = vec![0x60, 0, 0, 0, 0, 8, 140, 64];
            bytes.extend([[0xfd; 16], [0xfe; 16]].concat());
            bytes.extend([59, 0, third, 1, 2, 3, 4, 5]);
            for layer in examine(101, &bytes) {
                if let View::Shim6(shim) = layer.view {
                    assert_eq!(shim.context_tag(&layer.context), tag);
                    assert_eq!(shim.checksum(&layer.context).map(|_| ()), checksum);
                }
            }
        }
    }
}
