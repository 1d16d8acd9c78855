//! TCP, RFC 9293.

use super::{
    AddAddr, DssFlags, MpCapable, MpJoin, MpPrio, MpTcprst, MptcpMessage, MptcpReserved4, MptcpReserved12,
    QuickStartResponse, SackBlock, TcpExperiment, TcpOption, UserTimeout, mptcp, tcp_options,
};
use crate::field::{Field, Kind, Registry, Visitor, flags, header};
use crate::layer::{Cover, Flaw, Inner, Limit, Next, Parts, Place, Protocol, Reason, Report, Severity, Upto};
use crate::part::{OptionList, Tlvs, Variants};
use crate::source::{Builder, Mistake};

flags! {
    /// Control bits, RFC 9293 §3.1, with the reserved bits beside them.
    pub struct TcpFlags: u16 {
        /// Reserved.
        RESERVED1 = 0x800, "reserved 1", "tcp.flags.res1";
        /// Reserved.
        RESERVED2 = 0x400, "reserved 2", "tcp.flags.res2";
        /// Reserved.
        RESERVED3 = 0x200, "reserved 3", "tcp.flags.res3";
        /// Accurate ECN (RFC 9768), once the nonce sum (RFC 3540).
        AE = 0x100, "AE", "tcp.flags.ae";
        /// Congestion window reduced, RFC 3168.
        CWR = 0x080, "CWR", "tcp.flags.cwr";
        /// ECN echo, RFC 3168.
        ECE = 0x040, "ECE", "tcp.flags.ece";
        /// The urgent pointer counts.
        URG = 0x020, "URG", "tcp.flags.urg";
        /// The acknowledgment number counts.
        ACK = 0x010, "ACK", "tcp.flags.ack";
        /// Push.
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
    /// use packetsmith::{Tcp, TcpFlags};
    /// let syn = Tcp::build().src_port(51775).dst_port(80).seq(1000).flags(TcpFlags::SYN).done();
    /// assert!(syn.flags().contains(TcpFlags::SYN));
    /// ```
    pub struct Tcp(20) {
        /// Source port.
        src_port: u16 = 0..16, "tcp.srcport", tcp_port;
        /// Destination port.
        dst_port: u16 = 16..32, "tcp.dstport", tcp_port;
        /// Sequence number of the first byte of data, or of SYN.
        seq: u32 = 32..64, "tcp.seq_raw";
        /// Sequence number that the sender expects next.
        ack: u32 = 64..96, "tcp.ack_raw";
        /// Length of the header with its options, in 32-bit words; 5 at least.
        data_offset: u8 = 96..100, "tcp.hdr_len", words, head_length(4, 0);
        /// Control bits.
        flags: TcpFlags = 100..112, "tcp.flags", hex;
        /// Bytes that the sender will take, before scaling (RFC 7323).
        window: u16 = 112..128, "tcp.window_size_value", default(65535);
        /// Internet checksum of pseudo-header, header and data.
        checksum: u16 = 128..144, "tcp.checksum", checksum;
        /// Offset of the last byte of urgent data.
        urgent_pointer: u16 = 144..160, "tcp.urgent_pointer";
    }
}

impl<'a> Tcp<&'a [u8; 20]> {
    /// The options of a header at its place.
    pub fn options(&self, place: &Place<'a>) -> Tlvs<'a, TcpOption<'a>> {
        Tlvs::at(place.options(Tcp::LEN))
    }
}

const OPTIONS: &Field = &Field::floating("options", "tcp.options", Kind::List(&Kind::Group), "Options, RFC 9293 §3.2.");

impl<'a> Protocol<'a> for Tcp<&'a [u8; 20]> {
    const NAME: &'static str = "tcp";
    const TITLE: &'static str = "Transmission Control Protocol, RFC 9293";
    const TABLE: &'static [Field] = Tcp::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::of::<TcpOption>(OPTIONS));
    const VARIABLE: &'static [&'static [Field]] = &[
        &[*OPTIONS, *TcpOption::KIND, *TcpExperiment::KIND],
        TcpOption::FIELDS,
        SackBlock::FIELDS,
        QuickStartResponse::FIELDS,
        UserTimeout::FIELDS,
        TcpExperiment::FIELDS,
        MptcpMessage::FIELDS,
        MpCapable::FIELDS,
        MpJoin::FIELDS,
        MptcpReserved4::FIELDS,
        MptcpReserved12::FIELDS,
        AddAddr::FIELDS,
        MpPrio::FIELDS,
        MpTcprst::FIELDS,
        DssFlags::FIELDS,
        mptcp::DSS,
    ];
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[
        ("options", TcpOption::REGISTRY),
        ("experiments", TcpExperiment::REGISTRY),
        ("Multipath TCP messages (16 × subtype and more where that matters)", MptcpMessage::REGISTRY),
    ];
    const RAW: &'static str = "Options that no document describes, tcpcrypt's suboptions, authentication codes, and the payload of streams that are not put together.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Tcp::LEN))?;
        let head = usize::from(header.data_offset()) * 4;
        if (Tcp::LEN..=bytes.len()).contains(&head) {
            return Ok(Parts::new(header, head, Next::TcpPorts(header.src_port(), header.dst_port())));
        }
        let row = Tcp::row("data_offset");
        Ok(match head < Tcp::LEN {
            true => Parts::new(header, Tcp::LEN, Next::Unknown).flaw(Flaw::too_short(head, Tcp::LEN).at(row)),
            false => Parts::new(header, bytes.len(), Next::Unknown).flaw(Flaw::needs(head).at(row)),
        })
    }

    #[inline]
    fn enter(&self, _: &Place<'a>, inner: &mut Inner) {
        inner.limit = Limit::Segment;
    }

    fn cover(&self) -> Option<Cover> {
        Some(Cover::pseudo(Upto::Body, 6))
    }

    fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        Tlvs::<TcpOption>::build(OPTIONS, builder)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        if place.head().len() > Tcp::LEN {
            self.options(place).show(OPTIONS, visitor);
        }
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        let flags = self.flags();
        tcp_options::check(self.options(place), OPTIONS, flags.contains(TcpFlags::SYN), report);
        let mut rule = |name: &str, severity, text| {
            let field = Tcp::FIELDS.iter().find(|f| f.name == name);
            let span = field.map_or(place.head_span(), |f| f.span(place.context.at));
            report(field, span, Reason::Rule(severity, text));
        };
        if flags.0 & 0xe00 != 0 {
            rule("flags", Severity::Warning, "a reserved bit is set");
        }
        if flags.contains(TcpFlags::SYN | TcpFlags::FIN) {
            rule("flags", Severity::Warning, "SYN and FIN together open and close at once");
        }
        if flags.contains(TcpFlags::SYN | TcpFlags::RST) {
            rule("flags", Severity::Warning, "SYN and RST together open and refuse at once");
        }
        if flags.0 & 0x3f == 0 {
            rule("flags", Severity::Warning, "no control bit is set");
        }
        if !flags.contains(TcpFlags::URG) && self.urgent_pointer() != 0 {
            rule("urgent_pointer", Severity::Note, "is set without URG");
        }
        if !flags.contains(TcpFlags::ACK) && self.ack() != 0 {
            rule("ack", Severity::Note, "is set without ACK");
        }
    }
}
