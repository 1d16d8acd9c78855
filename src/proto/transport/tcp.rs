//! TCP (RFC 9293).

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ChecksumCoverage, CoverageEnd, LayerContext, ParseDefect, ParsedHeader, Protocol, Report, Scope};
use crate::layer::{Limit, NextProtocol};
use crate::layer::{OptionList, Rule};
use crate::proto::TcpOption;
use crate::proto::transport::tcp_options;
use crate::proto::transport::tcp_options::TcpRule;
#[cfg(feature = "alloc")]
use crate::wire::{Cursor, TextBuffer, append};
use crate::wire::{Field, Kind, Tlvs, flags, header};

flags! {
    /// Control bits, RFC 9293 §3.1, and the reserved bits beside them.
    pub struct TcpFlags: u16 {
        /// Reserved.
        RESERVED1 = 0x800, "reserved 1", "tcp.flags.res1";
        /// Reserved.
        RESERVED2 = 0x400, "reserved 2", "tcp.flags.res2";
        /// Reserved.
        RESERVED3 = 0x200, "reserved 3", "tcp.flags.res3";
        /// Accurate ECN (RFC 9768); formerly the nonce sum (RFC 3540).
        AE = 0x100, "AE", "tcp.flags.ae";
        /// Congestion window reduced, RFC 3168.
        CWR = 0x080, "CWR", "tcp.flags.cwr";
        /// ECN-Echo, RFC 3168.
        ECE = 0x040, "ECE", "tcp.flags.ece";
        /// The urgent pointer is valid.
        URG = 0x020, "URG", "tcp.flags.urg";
        /// The acknowledgment number is valid.
        ACK = 0x010, "ACK", "tcp.flags.ack";
        /// Push function: deliver the data to the receiver without delay.
        PSH = 0x008, "PSH", "tcp.flags.push";
        /// Reset the connection.
        RST = 0x004, "RST", "tcp.flags.reset";
        /// Synchronize sequence numbers.
        SYN = 0x002, "SYN", "tcp.flags.syn";
        /// No more data from the sender.
        FIN = 0x001, "FIN", "tcp.flags.fin";
    }
}

header! {
    /// TCP header without options, [RFC 9293 §3.1](https://www.rfc-editor.org/rfc/rfc9293#section-3.1).
    ///
    /// ```
    /// use packetsmith::Tcp;
    /// use packetsmith::proto::transport::TcpFlags;
    /// let syn = Tcp::build().src_port(51775).dst_port(80).seq(1000).flags(TcpFlags::SYN).done();
    /// assert!(syn.flags().contains(TcpFlags::SYN));
    /// ```
    pub struct Tcp(20) => TcpEdit, layer {
        /// Source port.
        src_port: u16 = 0..16, "tcp.srcport", tcp_port;
        /// Destination port.
        dst_port: u16 = 16..32, "tcp.dstport", tcp_port;
        /// Sequence number of the first byte of data. With SYN, the initial sequence number.
        seq: u32 = 32..64, "tcp.seq_raw";
        /// Acknowledgment number: the next sequence number that the sender expects.
        ack: u32 = 64..96, "tcp.ack_raw";
        /// Data offset: length of the header with its options in units of 4 bytes, at least 5.
        data_offset: u8 = 96..100, "tcp.hdr_len", words, base_unit_in_filters, header_length(4, 0);
        /// Control bits.
        flags: TcpFlags = 100..112, "tcp.flags", hex;
        /// Window in bytes, before window scaling (RFC 7323).
        window: u16 = 112..128, "tcp.window_size_value", default(65535);
        /// Internet checksum of pseudo-header, header and data.
        checksum: u16 = 128..144, "tcp.checksum", checksum;
        /// Urgent pointer: offset of the last byte of urgent data from `seq`.
        urgent_pointer: u16 = 144..160, "tcp.urgent_pointer";
    }
}

impl<'a> Tcp<&'a [u8; 20]> {
    /// The options of the header.
    pub fn options(&self, context: &LayerContext<'a>) -> Tlvs<'a, TcpOption<'a>> {
        Tlvs::at(context.options(Tcp::LEN))
    }
}

const OPTIONS: &Field = &Field::floating("options", "tcp.options", Kind::List(&Kind::Group), "Options, RFC 9293 §3.2.");

impl<'a> Protocol<'a> for Tcp<&'a [u8; 20]> {
    const NAME: &'static str = "tcp";
    const TITLE: &'static str = "Transmission Control Protocol, RFC 9293";
    const TABLE: &'static [Field] = Tcp::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::after_header::<TcpOption>(OPTIONS));
    const RULES: &'static [&'static [Rule]] = &[TcpRule::ALL];
    const RAW: &'static str = "Options without a published specification, tcpcrypt suboptions, authentication codes, and the payload of streams that are not reassembled.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Tcp::LEN))?;
        let header_len = usize::from(header.data_offset()) * 4;
        if (Tcp::LEN..=bytes.len()).contains(&header_len) {
            return Ok(ParsedHeader::new(
                header,
                header_len,
                NextProtocol::TcpPorts(header.src_port(), header.dst_port()),
            ));
        }
        let row = Tcp::row("data_offset");
        Ok(match header_len < Tcp::LEN {
            true => ParsedHeader::new(header, Tcp::LEN, NextProtocol::Unknown)
                .defect(ParseDefect::too_short(header_len, Tcp::LEN).at(row)),
            false => ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown)
                .defect(ParseDefect::needs(header_len).at(row)),
        })
    }

    #[inline]
    fn update_scope(&self, _: &LayerContext<'a>, scope: &mut Scope) {
        scope.limit = Limit::Segment;
    }

    fn coverage(&self) -> Option<ChecksumCoverage> {
        Some(ChecksumCoverage::pseudo(CoverageEnd::Payload, 6))
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let flags = self.flags();
        tcp_options::check(self.options(context), OPTIONS, flags.contains(TcpFlags::SYN), report);
        let mut rule = |name: &str, rule: TcpRule| {
            let field = Tcp::FIELDS.iter().find(|f| f.name == name);
            let span = field.map_or(context.header_span(), |f| f.span(context.bounds.start));
            report(field, span, rule.into());
        };
        if flags.0 & 0xe00 != 0 {
            rule("flags", TcpRule::ReservedBit);
        }
        if flags.contains(TcpFlags::SYN | TcpFlags::FIN) {
            rule("flags", TcpRule::SynFin);
        }
        if flags.contains(TcpFlags::SYN | TcpFlags::RST) {
            rule("flags", TcpRule::SynRst);
        }
        if flags.0 & 0x3f == 0 {
            rule("flags", TcpRule::NoFlags);
        } else if flags.0 & (TcpFlags::ACK | TcpFlags::RST | TcpFlags::SYN).0 == 0 {
            rule("flags", TcpRule::AckMissing);
        }
        if self.src_port() == 0 && !context.quoted {
            rule("src_port", TcpRule::SourcePortZero);
        }
        let group = match context.addresses.destination(context.frame) {
            [first, _, _, _] => *first >= 224,
            [0xff, ..] => true,
            _ => false,
        };
        if group && !context.quoted {
            rule("dst_port", TcpRule::ToGroup);
        }
        if self.dst_port() == 0 && !context.quoted {
            rule("dst_port", TcpRule::DestinationPortZero);
        }
        if !flags.contains(TcpFlags::URG) && self.urgent_pointer() != 0 {
            rule("urgent_pointer", TcpRule::UrgentPointerWithoutUrg);
        }
        if !flags.contains(TcpFlags::ACK) && self.ack() != 0 {
            rule("ack", TcpRule::AckWithoutAck);
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        self.summarize_with(context, &self.numbers(), summary);
    }
}

/// Numbers of a segment as its line shows them: those of the header, or those that its connection gives.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct SegmentNumbers {
    pub(crate) seq: u32,
    pub(crate) ack: u32,
    pub(crate) window: u32,
    /// Number of the other side that is shown as 0 in blocks of SACK options.
    pub(crate) sack_base: u32,
}

#[cfg(feature = "alloc")]
impl<'a> Tcp<&'a [u8; 20]> {
    /// The numbers of the header.
    pub(crate) fn numbers(&self) -> SegmentNumbers {
        SegmentNumbers { seq: self.seq(), ack: self.ack(), window: self.window().into(), sack_base: 0 }
    }

    /// Writes the line of a segment with these numbers.
    pub(crate) fn summarize_with(&self, context: &LayerContext<'a>, numbers: &SegmentNumbers, summary: &mut Summary) {
        // A header that the capture cut is no payload.
        let header = context.header().len().max(usize::from(self.data_offset()) * 4) as u32;
        let length = (context.payload_wire_end - context.bounds.start).saturating_sub(header);
        self.append_line(numbers, length, context.options(Tcp::LEN), summary.begin("TCP"));
    }

    /// Appends the text about a segment with these numbers, so many bytes of data, and these options.
    pub(crate) fn append_line(
        &self,
        numbers: &SegmentNumbers,
        length: u32,
        options: Cursor<'a>,
        info: &mut TextBuffer,
    ) {
        info.ports(self.src_port(), self.dst_port());
        info.str(" [");
        append_flags(info, self.flags());
        info.str("] Seq=");
        info.number(numbers.seq.into());
        if self.flags().contains(TcpFlags::ACK) {
            info.str(" Ack=");
            info.number(numbers.ack.into());
        }
        info.str(" Win=");
        info.number(numbers.window.into());
        info.str(" Len=");
        info.number(length.into());
        if self.flags().contains(TcpFlags::URG) {
            info.str(" Urg=");
            info.number(self.urgent_pointer().into());
        }
        match options.bytes() {
            [] => {}
            // The options of most segments: timestamps, in the layout that RFC 7323 appendix A recommends.
            &[1, 1, 8, 10, a, b, c, d, e, f, g, h] => {
                append!(info, " TSval=", u32::from_be_bytes([a, b, c, d]), " TSecr=", u32::from_be_bytes([e, f, g, h]));
            }
            _ => Tlvs::<TcpOption<'_>>::at(options)
                .iter()
                .for_each(|option| tcp_options::summarize(option, numbers.sack_base, info)),
        }
    }
}

/// Appends the names of the control bits that are set, from the lowest bit up.
#[cfg(feature = "alloc")]
fn append_flags(info: &mut TextBuffer, flags: TcpFlags) {
    let start = info.bytes.len();
    for flag in TcpFlags::FLAGS.iter().rev().filter(|flag| u64::from(flags.0) & flag.mask != 0) {
        if info.bytes.len() > start {
            info.str(", ");
        }
        info.str(flag.name);
    }
    if info.bytes.len() == start {
        info.str("none");
    }
}

crate::wire::options_of! { TcpOption: Tcp; }
