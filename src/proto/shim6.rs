//! Shim6, RFC 5533: one packet in two forms, told apart by a bit.

use super::IpProtocol;
use super::extension::extension;
use crate::build::Spot;
use crate::checksum::{Checksum, Sum};
use crate::field::{Field, Kind, Numbers, Span, Value, Visitor, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report};
use crate::part::Part;
use crate::proto::Proto;
use crate::source::{Builder, Mistake, OWN};

registry! {
    /// What a control message is, RFC 5533 §5.3 and RFC 5534 §7.
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
    /// The part that both forms of the shim6 header have, RFC 5533 §5.1 and §5.3.
    ///
    /// ```
    /// use packetsmith::{Shim6, Shim6Type};
    /// let header = Shim6::new([59, 1, 66]);
    /// assert!(!header.payload());
    /// assert_eq!(header.message_type(), Shim6Type::Keepalive);
    /// ```
    pub struct Shim6(3) {
        /// Protocol that follows; none behind a control message.
        next_header: IpProtocol = 0..8, "shim6.nxt", announces(Numbers::IpProtocol), default(59);
        /// Length in units of 8 bytes, the first not counted.
        length: u8 = 8..16, "shim6.len", head_length(8, 8);
        /// Stands before a payload; otherwise it is a control message.
        payload: bool = 16..17, "shim6.p";
        /// What the control message is; before a payload the start of the context tag.
        message_type: Shim6Type = 17..24, "shim6.type";
    }
}

const TAG: &Field = &Field::floating("context_tag", "shim6.ct", Kind::Uint, "The receiver's context.").hex();
const SPECIFIC: &Field =
    &Field::floating("specific", "shim6.specific", Kind::Uint, "Depends on the type; the last bit tells HIP.").hex();
const CHECKSUM: &Field = &Field::floating(
    "checksum",
    "shim6.checksum",
    Kind::Checksum,
    "Internet checksum of the message, without a pseudo-header; RFC 5533 §5.3.",
)
.checksum();
const MESSAGE: &Field = &Field::floating("message", "shim6.message", Kind::Bytes, "Contents of the type and options.");

impl<'a> Shim6<&'a [u8; 3]> {
    /// The receiver's context, where a payload follows.
    pub fn context_tag(&self, place: &Place<'a>) -> Option<u64> {
        let tag = place.head().get(2..8).filter(|_| self.payload())?;
        Some(tag.iter().fold(0, |n, &byte| n << 8 | u64::from(byte)) & 0x7fff_ffff_ffff)
    }

    /// The checksum of a control message, and what it is worth.
    pub fn checksum(&self, place: &Place<'a>) -> Option<(u16, Checksum)> {
        let mut cursor = place.options(4);
        let stored = u16::take(&mut cursor).filter(|_| !self.payload())?;
        let whole = place.head().len() == 8 + usize::from(self.length()) * 8;
        let state = if whole { Sum::new().bytes(place.head()).verify(stored) } else { Checksum::Unverifiable };
        Some((stored, state))
    }
}

impl<'a> Protocol<'a> for Shim6<&'a [u8; 3]> {
    const NAME: &'static str = "shim6";
    const TITLE: &'static str = "Shim6, RFC 5533";
    const TABLE: &'static [Field] = Shim6::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[&[*TAG, *SPECIFIC, *CHECKSUM, *MESSAGE]];
    const RAW: &'static str = "The contents of control messages and their options; the message is named.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Shim6::LEN))?;
        Ok(extension(header, header.next_header(), header.length(), bytes.len(), Shim6::row("length")))
    }

    fn show_row(&self, row: u8, _: &Place<'a>, _: &mut dyn Visitor) -> bool {
        self.payload() && row == const { Shim6::row("message_type") }
    }

    fn finish(frame: &mut [u8], spot: &Spot, _: Proto) -> Result<(), Mistake> {
        let head = frame.get_mut(spot.at as usize..spot.head_end as usize);
        if let (Some(head), true) = (head.filter(|head| head.len() >= 6), spot.auto & OWN != 0) {
            let sum = Sum::new().bytes(head).checksum();
            head[4..6].copy_from_slice(&sum.to_be_bytes());
        }
        Ok(())
    }

    fn build(builder: &mut Builder<'_>, at: usize, auto: &mut u64) -> Result<(), Mistake> {
        let header: [u8; Shim6::LEN] = builder.header(at);
        if Shim6::new(&header).payload() {
            builder.out.put(&[0; 5]);
            let tag = builder.source.value(TAG)?.and_then(|value| value.number()).unwrap_or(0);
            builder.patch(at + 2, 6, tag | 1 << 47);
        } else {
            builder.number(SPECIFIC, 1)?;
            if builder.given(CHECKSUM, 2)?.is_none() {
                *auto |= OWN;
            }
        }
        builder.bytes(MESSAGE)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let at = place.context.at;
        if let Some(tag) = self.context_tag(place) {
            visitor.field(TAG, Span::new(at + 2, at + 8), Value::Uint(tag));
        }
        if let Some((stored, state)) = self.checksum(place) {
            let specific = place.head().get(3).copied().unwrap_or_default();
            visitor.field(SPECIFIC, Span::new(at + 3, at + 4), Value::Uint(specific.into()));
            visitor.field(CHECKSUM, Span::new(at + 4, at + 6), Value::Checksum(stored, state));
        }
        let message = place.options(if self.payload() { 8 } else { 6 });
        if !message.is_empty() {
            visitor.field(MESSAGE, message.span(), Value::Bytes(message.bytes()));
        }
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        if let Some((_, state @ Checksum::Bad(_))) = self.checksum(place) {
            let at = place.context.at;
            report(Some(CHECKSUM), Span::new(at + 4, at + 6), Reason::Checksum(state));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{View, examine};

    #[test]
    fn one_bit_tells_payload_from_control() {
        for (third, tag, checksum) in [(0x80, Some(0x0001_0203_0405), None), (0x42, None, Some(()))] {
            let mut bytes = vec![0x60, 0, 0, 0, 0, 8, 140, 64];
            bytes.extend([[0xfd; 16], [0xfe; 16]].concat());
            bytes.extend([59, 0, third, 1, 2, 3, 4, 5]);
            for layer in examine(101, &bytes) {
                if let View::Shim6(shim) = layer.view {
                    assert_eq!(shim.context_tag(&layer.place), tag);
                    assert_eq!(shim.checksum(&layer.place).map(|_| ()), checksum);
                }
            }
        }
    }
}
