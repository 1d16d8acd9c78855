//! The columns of a packet's summary line, and what the lines of several protocols have in common.

use crate::wire::{AppendText, Cursor, InlineFields, TaggedEnum, TextBuffer, TlvItem, Tlvs, Visitor};

/// The columns of a packet's summary line. The buffers are reused for the next packet.
///
/// Each protocol writes its part in [`Protocol::summarize`](crate::layer::Protocol::summarize), outermost first: it
/// replaces what the protocols before it wrote, so that the innermost remains.
///
/// ```
/// use packetsmith::examine;
/// use packetsmith::output::Summary;
/// let mut summary = Summary::default();
/// summary.packet(examine(101, &[
///     0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0x66, 0xcf, 10, 0, 0, 1, 10, 0, 0, 2, //
///     0x30, 0x39, 0x00, 0x07, 0, 8, 0, 0,
/// ]));
/// assert_eq!(summary.source.as_str(), "10.0.0.1");
/// assert_eq!(summary.protocol.as_str(), "UDP");
/// assert_eq!(summary.info.as_str(), "12345 → 7 Len=0");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The source address, of the innermost layer that has one.
    pub source: TextBuffer,
    /// The destination address, of the innermost layer that has one.
    pub destination: TextBuffer,
    /// The innermost protocol, by Wireshark's name.
    pub protocol: TextBuffer,
    /// Text about the innermost protocol's header.
    pub info: TextBuffer,
    /// What matters most about the packet.
    pub kind: SummaryKind,
}

/// What matters most about a packet: of what is wrong with it, the first of these; otherwise its protocol.
///
/// ```
/// use packetsmith::examine;
/// use packetsmith::output::{Summary, SummaryKind};
/// let mut summary = Summary::default();
/// summary.packet(examine(101, &[0x45, 0, 0, 28]));
/// assert_eq!(summary.kind, SummaryKind::Malformed);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SummaryKind {
    /// A layer is malformed, as an issue with the severity error says.
    Malformed,
    /// A checksum is wrong.
    ChecksumIncorrect,
    /// A TCP segment that resets its connection.
    Reset,
    /// The analysis found something about a TCP segment: a retransmission, a full window.
    TcpAnalysis,
    /// An error message of ICMP or ICMPv6.
    IcmpError,
    /// TCP, and what goes over it.
    Tcp,
    /// UDP and UDP-Lite, and what goes over them.
    Udp,
    /// Anything else.
    #[default]
    Other,
}

impl Summary {
    /// Empties the columns.
    pub(crate) fn clear(&mut self) {
        for column in [&mut self.source, &mut self.destination, &mut self.protocol, &mut self.info] {
            column.bytes.clear();
        }
        self.kind = SummaryKind::Other;
    }

    /// Replaces the addresses.
    pub fn addresses(&mut self, source: impl AppendText, destination: impl AppendText) {
        self.source.bytes.clear();
        self.destination.bytes.clear();
        source.append_to(&mut self.source);
        destination.append_to(&mut self.destination);
    }

    /// Replaces the protocol's name, and empties the info column. Returns the info column.
    #[inline]
    pub fn begin(&mut self, protocol: &str) -> &mut TextBuffer {
        self.protocol.bytes.clear();
        self.info.bytes.clear();
        self.protocol.str(protocol);
        &mut self.info
    }

    /// Like [`begin`](Self::begin), but keeps the info column if the layer before is of the same protocol.
    pub fn begin_or_continue(&mut self, protocol: &str) -> &mut TextBuffer {
        if self.protocol.bytes == protocol.as_bytes() { &mut self.info } else { self.begin(protocol) }
    }

    /// The columns of a protocol without a format of its own: its name in capitals, and the first eight of the
    /// fields that are not zero.
    pub fn fields(&mut self, name: &str, show: impl FnOnce(&mut dyn Visitor)) {
        let info = self.begin("");
        show(&mut InlineFields::named(info).at_most(8));
        if info.bytes.first() == Some(&b' ') {
            info.bytes.remove(0);
        }
        let capitals = name.bytes().map(|b| if b == b'_' { b'-' } else { b.to_ascii_uppercase() });
        self.protocol.bytes.extend(capitals);
    }
}

/// Pieces of info columns.
impl TextBuffer {
    /// Appends source and destination port.
    pub fn ports(&mut self, source: u16, destination: u16) {
        self.number(source.into());
        self.str(" → ");
        self.number(destination.into());
    }

    /// Appends the fields of a message by name, unless its kind is unknown.
    pub fn message<'a, V: TaggedEnum<'a>>(&mut self, message: &V, contents: Cursor<'a>) {
        if !message.is_unknown() {
            V::show(message.kind(), contents, &mut InlineFields::named(self));
        }
    }

    /// Appends the options or tags of a list with their values, 16 at most, but those that `skip` names.
    pub fn items<'a, V: TaggedEnum<'a> + TlvItem>(&mut self, list: Tlvs<'a, V>, skip: impl Fn(&V) -> bool) {
        for item in list.items().flatten().filter(|item| !skip(&V::decode(item.kind, item.contents))).take(16) {
            self.str(", ");
            self.name_or_number(V::name_of(item.kind), "type ", item.kind);
            if !item.contents.is_empty() && !V::decode(item.kind, item.contents).is_unknown() {
                self.str(" ");
                V::show(item.kind, item.contents, &mut InlineFields::values(self));
            }
        }
    }
}
