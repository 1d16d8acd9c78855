//! TFTP (RFC 1350) with options (RFC 2347).

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, NextProtocol};
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
#[cfg(feature = "alloc")]
use crate::wire::InlineFields;
use crate::wire::Schema;
use crate::wire::{ByteSink, Codec, Cursor, List, TaggedEnum, group, show_message, tagged_enum};
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, Span, Value, Visitor, header, registry};

registry! {
    /// TFTP opcodes, RFC 1350 §5 and RFC 2347.
    pub enum TftpOpcode: u16 {
        ReadRequest = 1 "read request",
        WriteRequest = 2 "write request",
        Data = 3 "data",
        Acknowledgment = 4 "acknowledgment",
        Error = 5 "error",
        OptionAcknowledgment = 6 "option acknowledgment",
    }
}

registry! {
    /// TFTP error codes, RFC 1350 §5 and RFC 2347.
    pub enum TftpErrorCode: u16 {
        NotDefined = 0 "not defined",
        FileNotFound = 1 "file not found",
        AccessViolation = 2 "access violation",
        DiskFull = 3 "disk full or allocation exceeded",
        IllegalOperation = 4 "illegal operation",
        UnknownTransfer = 5 "unknown transfer id",
        FileExists = 6 "file already exists",
        NoSuchUser = 7 "no such user",
        OptionsRefused = 8 "options refused",
    }
}

header! {
    /// Opcode at the start of every TFTP packet, RFC 1350 §5.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::app::TftpMessage;
    /// let packet = b"\0\x01boot.img\0octet\0blksize\x001468\0";
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPorts(2070, 69), packet)).next().unwrap();
    /// let View::Tftp(tftp) = layer.view else { panic!() };
    /// let TftpMessage::ReadRequest { filename, options, .. } = tftp.message(&layer.context) else { panic!() };
    /// assert_eq!(filename.0, b"boot.img");
    /// assert_eq!(options.iter().next().unwrap().value.0, b"1468");
    /// ```
    pub struct Tftp(2) => TftpEdit, layer {
        /// Opcode: type of the packet.
        opcode: TftpOpcode = 0..16, "tftp.opcode";
    }
}

/// A string terminated by a zero byte.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Terminated<'a>(pub &'a [u8]);

crate::wire::readable_debug!(text Terminated);

impl<'a> Codec<'a> for Terminated<'a> {
    const KIND: Kind = Kind::Text;
    const SCHEMA: &'static Schema = Schema::NONE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let len = cursor.bytes().iter().position(|&byte| byte == 0)?;
        let text = cursor.take(len)?;
        cursor.take(1).map(|_| Terminated(text))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, Value::Text(self.0))
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(self.0);
        out.put(&[0]);
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.bytes(field)?;
        builder.out.put(&[0]);
        Ok(())
    }
}

group! {
    /// An option with its value, RFC 2347.
    pub struct TftpOption<'a> {
        /// Option name: `blksize`, `timeout`, `tsize` (RFC 2348, 2349), `windowsize` (RFC 7440) and others.
        name: Terminated<'a>, "tftp.option.name";
        /// Option value as text.
        value: Terminated<'a>, "tftp.option.value";
    }
}

tagged_enum! {
    /// Contents of a TFTP packet after the opcode.
    pub enum TftpMessage<'a>: "opcode", "tftp.opcode", "messages" {
        ReadRequest = 1 "read request" {
            /// Name of the file to read.
            filename: Terminated<'a>, "tftp.source_file";
            /// Transfer mode: `octet`, `netascii` or `mail`. Letter case is ignored.
            mode: Terminated<'a>, "tftp.type";
            /// Options requested.
            options: List<'a, TftpOption<'a>>, "";
        }
        WriteRequest = 2 "write request" {
            /// Name of the file to write.
            filename: Terminated<'a>, "tftp.destination_file";
            /// Transfer mode: `octet`, `netascii` or `mail`. Letter case is ignored.
            mode: Terminated<'a>, "tftp.type";
            /// Options requested.
            options: List<'a, TftpOption<'a>>, "";
        }
        Data = 3 "data" {
            /// Block number, starting with 1.
            block: u16, "tftp.block";
        }
        Acknowledgment = 4 "acknowledgment" {
            /// Number of the acknowledged block. Zero acknowledges a write request.
            block: u16, "tftp.block";
        }
        Error = 5 "error" {
            /// Error code.
            code: TftpErrorCode, "tftp.error.code";
            /// Error message for the user.
            message: Terminated<'a>, "tftp.error.message";
        }
        OptionAcknowledgment = 6 "option acknowledgment" {
            /// Options accepted.
            options: List<'a, TftpOption<'a>>, "";
        }
    }
}

impl<'a> Tftp<&'a [u8; 2]> {
    /// The contents after the opcode. A truncated message is `Unknown`.
    pub fn message(&self, context: &LayerContext<'a>) -> TftpMessage<'a> {
        TftpMessage::decode(self.opcode().into(), context.options(Tftp::LEN))
    }
}

impl<'a> Protocol<'a> for Tftp<&'a [u8; 2]> {
    const NAME: &'static str = "tftp";
    const TITLE: &'static str = "Trivial File Transfer Protocol, RFC 1350";
    const TABLE: &'static [Field] = Tftp::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[TftpMessage::SCHEMA];
    const RAW: &'static str =
        "The blocks of the file. Transfers continue between other ports, where TFTP is not recognized.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Tftp::LEN))?;
        let header_len = match header.opcode() {
            TftpOpcode::Data => 4,
            TftpOpcode::Unknown(_) => Tftp::LEN,
            _ => bytes.len(),
        };
        let parts = ParsedHeader::new(header, header_len.min(bytes.len()), NextProtocol::Unknown);
        Ok(if header_len > bytes.len() { parts.defect(ParseDefect::needs(header_len)) } else { parts })
    }

    fn build(builder: &mut Encoder<'_>, at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        let header: [u8; Tftp::LEN] = builder.header(at);
        TftpMessage::build(Tftp::new(&header).opcode().into(), builder)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        show_message::<TftpMessage>(self.opcode().into(), context.options(Tftp::LEN), visitor);
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let opcode = self.opcode().into();
        let contents = context.options(Tftp::LEN);
        let known = TftpMessage::name_of(opcode).is_some() && self.opcode() != TftpOpcode::Data;
        if known && context.is_whole() && self.message(context).is_unknown() {
            report(None, contents.span(), IssueKind::BadItem(opcode));
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("TFTP");
        info.name_or_number(self.opcode().name(), "opcode ", u16::from(self.opcode()));
        TftpMessage::show(self.opcode().into(), context.options(Tftp::LEN), &mut InlineFields::named(info));
        let options = match self.message(context) {
            TftpMessage::ReadRequest { options, .. }
            | TftpMessage::WriteRequest { options, .. }
            | TftpMessage::OptionAcknowledgment { options } => options,
            _ => return,
        };
        for option in options.iter().take(8) {
            info.str(" ");
            info.escaped(option.name.0);
            info.str("=");
            info.quoted(option.value.0);
        }
    }
}

crate::wire::message_of! { TftpMessage: Tftp, "opcode" }

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::proto::Proto;
    use std::vec::Vec;

    fn walk(packet: &[u8]) -> (Vec<Proto>, Vec<IssueKind>) {
        let (mut protos, mut issues) = (Vec::new(), Vec::new());
        for layer in Examine::new(Layers::new(NextProtocol::UdpPorts(2070, 69), packet)) {
            protos.push(layer.proto);
            layer.issues(|issue| issues.push(issue.kind));
        }
        (protos, issues)
    }

    #[test]
    fn a_name_without_an_end_is_reported_and_kept() {
        assert_eq!(walk(b"\0\x01boot"), ([Proto::Tftp].into(), [IssueKind::BadItem(1)].into()));
        assert_eq!(walk(b"\0\x01boot\0octet\0blksize\0"), ([Proto::Tftp].into(), [IssueKind::BadItem(1)].into()));
        assert_eq!(walk(b"\0\x02boot\0octet\0"), ([Proto::Tftp].into(), [].into()));
    }

    #[test]
    fn a_block_of_data_is_the_payload() {
        assert_eq!(walk(b"\0\x03\0\x01data").0, [Proto::Tftp, Proto::Data]);
        assert_eq!(walk(b"\0\x03\0\x01"), ([Proto::Tftp].into(), [].into()));
        assert!(matches!(walk(b"\0\x03\0").1[..], [IssueKind::Truncated { needed: 4, have: 3, .. }]));
    }
}
