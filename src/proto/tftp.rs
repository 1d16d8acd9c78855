//! TFTP, RFC 1350, with options, RFC 2347.

use crate::field::{Field, Kind, Registry, Span, Value, Visitor, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report};
use crate::part::{Cursor, List, Part, Put, Variants, group, show_message, variants};
use crate::source::{Builder, Mistake};

registry! {
    /// What a packet does, RFC 1350 §5 and RFC 2347.
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
    /// What went wrong, RFC 1350 §5 and RFC 2347.
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
    /// Start of every TFTP packet, RFC 1350 §5.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, Next, TftpMessage, View};
    /// let packet = b"\0\x01boot.img\0octet\0blksize\x001468\0";
    /// let layer = Examine::new(Layers::new(Next::UdpPorts(2070, 69), packet)).next().unwrap();
    /// let View::Tftp(tftp) = layer.view else { panic!() };
    /// let TftpMessage::ReadRequest { filename, options, .. } = tftp.message(&layer.place) else { panic!() };
    /// assert_eq!(filename.0, b"boot.img");
    /// assert_eq!(options.iter().next().unwrap().value.0, b"1468");
    /// ```
    pub struct Tftp(2) {
        /// What the packet does.
        opcode: TftpOpcode = 0..16, "tftp.opcode";
    }
}

/// Text that a byte of zero ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Terminated<'a>(pub &'a [u8]);

impl<'a> Part<'a> for Terminated<'a> {
    const KIND: Kind = Kind::Text;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let len = cursor.bytes().iter().position(|&byte| byte == 0)?;
        let text = cursor.take(len)?;
        cursor.take(1).map(|_| Terminated(text))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, Value::Text(self.0))
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self.0);
        out.put(&[0]);
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        builder.bytes(field)?;
        builder.out.put(&[0]);
        Ok(())
    }
}

group! {
    /// An option and its value, RFC 2347.
    pub struct TftpOption<'a> {
        /// Which option: `blksize`, `timeout`, `tsize` (RFC 2348, 2349), `windowsize` (RFC 7440) ...
        name: Terminated<'a>, "tftp.option.name";
        /// Value, as text.
        value: Terminated<'a>, "tftp.option.value";
    }
}

variants! {
    /// What a TFTP packet holds behind its opcode.
    pub enum TftpMessage<'a>: "opcode", "tftp.opcode" {
        ReadRequest = 1 "read request" {
            /// File wanted.
            filename: Terminated<'a>, "tftp.source_file";
            /// `octet`, `netascii` or `mail`, in any case.
            mode: Terminated<'a>, "tftp.type";
            /// Options asked for.
            options: List<'a, TftpOption<'a>>, "";
        }
        WriteRequest = 2 "write request" {
            /// File to be written.
            filename: Terminated<'a>, "tftp.destination_file";
            /// `octet`, `netascii` or `mail`, in any case.
            mode: Terminated<'a>, "tftp.type";
            /// Options asked for.
            options: List<'a, TftpOption<'a>>, "";
        }
        Data = 3 "data" {
            /// Number of the block, from 1.
            block: u16, "tftp.block";
        }
        Acknowledgment = 4 "acknowledgment" {
            /// Number of the block received; zero for a write request.
            block: u16, "tftp.block";
        }
        Error = 5 "error" {
            /// What went wrong.
            code: TftpErrorCode, "tftp.error.code";
            /// For people.
            message: Terminated<'a>, "tftp.error.message";
        }
        OptionAcknowledgment = 6 "option acknowledgment" {
            /// Options granted.
            options: List<'a, TftpOption<'a>>, "";
        }
    }
}

impl<'a> Tftp<&'a [u8; 2]> {
    /// What the packet holds behind its opcode; what breaks off is unknown.
    pub fn message(&self, place: &Place<'a>) -> TftpMessage<'a> {
        TftpMessage::decode(self.opcode().into(), place.options(Tftp::LEN))
    }
}

impl<'a> Protocol<'a> for Tftp<&'a [u8; 2]> {
    const NAME: &'static str = "tftp";
    const TITLE: &'static str = "Trivial File Transfer Protocol, RFC 1350";
    const TABLE: &'static [Field] = Tftp::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[TftpMessage::FIELDS, TftpOption::FIELDS];
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[("messages", TftpMessage::REGISTRY)];
    const RAW: &'static str = "The blocks of the file: transfers go on between ports that nothing tells are TFTP's.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Tftp::LEN))?;
        let head = match header.opcode() {
            TftpOpcode::Data => 4,
            TftpOpcode::Unknown(_) => Tftp::LEN,
            _ => bytes.len(),
        };
        let parts = Parts::new(header, head.min(bytes.len()), Next::Unknown);
        Ok(if head > bytes.len() { parts.flaw(Flaw::needs(head)) } else { parts })
    }

    fn build(builder: &mut Builder<'_>, at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        let header: [u8; Tftp::LEN] = builder.header(at);
        TftpMessage::build(Tftp::new(&header).opcode().into(), builder)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        show_message::<TftpMessage>(self.opcode().into(), place.options(Tftp::LEN), visitor);
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        let opcode = self.opcode().into();
        let contents = place.options(Tftp::LEN);
        let known = TftpMessage::name_of(opcode).is_some() && self.opcode() != TftpOpcode::Data;
        if known && place.is_whole() && self.message(place).is_unknown() {
            report(None, contents.span(), Reason::BadItem(opcode));
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::proto::Proto;
    use std::vec::Vec;

    fn walk(packet: &[u8]) -> (Vec<Proto>, Vec<Reason>) {
        let (mut protos, mut issues) = (Vec::new(), Vec::new());
        for layer in Examine::new(Layers::new(Next::UdpPorts(2070, 69), packet)) {
            protos.push(layer.proto);
            layer.issues(|issue| issues.push(issue.reason));
        }
        (protos, issues)
    }

    #[test]
    fn a_name_without_an_end_is_reported_and_kept() {
        assert_eq!(walk(b"\0\x01boot"), ([Proto::Tftp].into(), [Reason::BadItem(1)].into()));
        assert_eq!(walk(b"\0\x01boot\0octet\0blksize\0"), ([Proto::Tftp].into(), [Reason::BadItem(1)].into()));
        assert_eq!(walk(b"\0\x02boot\0octet\0"), ([Proto::Tftp].into(), [].into()));
    }

    #[test]
    fn a_block_of_data_is_the_body() {
        assert_eq!(walk(b"\0\x03\0\x01data").0, [Proto::Tftp, Proto::Data]);
        assert_eq!(walk(b"\0\x03\0\x01"), ([Proto::Tftp].into(), [].into()));
        assert!(matches!(walk(b"\0\x03\0").1[..], [Reason::Truncated { needed: 4, have: 3, .. }]));
    }
}
