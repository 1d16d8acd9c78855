//! DHCP for IPv4 (RFC 2131) and its predecessor BOOTP (RFC 951, RFC 1542): header and option areas.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, Limit, NextProtocol, OptionList};
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report, ReservedFieldChecker};
use crate::layer::{Rule, rules};
use crate::proto::ArpHardware;
use crate::proto::dhcp::v4_options::DHCP_COOKIE;
use crate::proto::{DhcpMessageType, DhcpOption, DhcpOverload, DhcpPxeOption, DhcpUserClass};
use crate::wire::MacAddr;
use crate::wire::TlvRemainder;
#[cfg(feature = "alloc")]
use crate::wire::{AddressBytes, InlineFields, append};
use crate::wire::{Codec, Cursor, ITEM, Schema, TaggedEnum, Tlvs, show_contents};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, flags, header, registry};
use core::net::Ipv4Addr;

registry! {
    /// Message op codes, RFC 951 §3.
    pub enum DhcpOperation: u8 {
        BootRequest = 1 "BOOTREQUEST",
        BootReply = 2 "BOOTREPLY",
    }
}

flags! {
    /// Flags, RFC 1542 §2.2 and RFC 2131 §2. All bits except one must be zero.
    pub struct DhcpFlags: u16 {
        /// B: the client cannot receive unicast before it has an address.
        BROADCAST = 0x8000, "broadcast", "dhcp.flags.bc";
    }
}

header! {
    /// Fixed header of DHCP and BOOTP, [RFC 2131 §2](https://www.rfc-editor.org/rfc/rfc2131#section-2).
    /// Options follow; in BOOTP, a vendor-specific area may follow instead.
    ///
    /// ```
    /// use packetsmith::proto::link::ArpHardware;
    /// use packetsmith::Dhcp;
    /// use packetsmith::proto::dhcp::{DhcpFlags, DhcpOperation};
    /// let discover = Dhcp::build()
    ///     .op(DhcpOperation::BootRequest)
    ///     .htype(ArpHardware::Ethernet)
    ///     .hlen(6)
    ///     .xid(0x3903f326)
    ///     .flags(DhcpFlags::BROADCAST)
    ///     .done();
    /// assert_eq!(discover.as_bytes()[..12], [1, 1, 6, 0, 0x39, 3, 0xf3, 0x26, 0, 0, 0x80, 0]);
    /// ```
    ///
    /// Options are written after the magic cookie:
    ///
    /// ```
    /// use packetsmith::proto::dhcp::{DHCP_COOKIE, DhcpMessageType, DhcpOption};
    /// use packetsmith::{Dhcp, Stack};
    /// let options = [DhcpOption::MessageType { message_type: DhcpMessageType::Discover }, DhcpOption::End {}];
    /// let dhcp = Dhcp::build().mac([2, 0, 0, 0, 0, 1].into()).options(&options);
    /// let message = Stack::new().push(dhcp).finish().unwrap();
    /// assert_eq!(message[28..34], [2, 0, 0, 0, 0, 1]);
    /// assert_eq!(message[236..240], DHCP_COOKIE);
    /// assert_eq!(message[240..], [53, 1, 1, 255]);
    /// ```
    pub struct Dhcp(236) => DhcpEdit, layer {
        /// Message op code: request of a client, or reply of a server.
        op: DhcpOperation = 0..8, "dhcp.type", default(1);
        /// Hardware type, as in ARP but with 8 bits.
        htype: ArpHardware = 8..16, "dhcp.hw.type", default(1);
        /// Length of the hardware address in bytes.
        hlen: u8 = 16..24, "dhcp.hw.len", bytes, default(6);
        /// Number of relay agents passed.
        hops: u8 = 24..32, "dhcp.hops";
        /// Transaction ID: chosen by the client, copied by the server.
        xid: u32 = 32..64, "dhcp.id", hex;
        /// Time since the client started to acquire or renew an address, in seconds.
        secs: u16 = 64..80, "dhcp.secs", seconds;
        /// Flags.
        flags: DhcpFlags = 80..96, "dhcp.flags", hex;
        /// Client IP address, if the client has one and answers ARP requests for it.
        ciaddr: Ipv4Addr = 96..128, "dhcp.ip.client";
        /// "Your" IP address: the address assigned to the client.
        yiaddr: Ipv4Addr = 128..160, "dhcp.ip.your";
        /// IP address of the next server to use for booting.
        siaddr: Ipv4Addr = 160..192, "dhcp.ip.server";
        /// Gateway IP address: the relay agent closest to the client.
        giaddr: Ipv4Addr = 192..224, "dhcp.ip.relay";
        /// Client hardware address; the first `hlen` bytes are used.
        chaddr: [u8; 16] = 224..352, "dhcp.hw.addr";
        /// Server host name, terminated by a zero byte. May contain options instead (option 52).
        sname: [u8; 64] = 352..864, "dhcp.server", text;
        /// Boot file name, terminated by a zero byte. May contain options instead (option 52).
        file: [u8; 128] = 864..1888, "dhcp.file", text;
    }
}

const COOKIE: &Field =
    &Field::floating("cookie", "dhcp.cookie", Kind::Uint, "Magic cookie: options follow, RFC 2132 §2.")
        .of_bits(32)
        .hex()
        .default(u32::from_be_bytes(DHCP_COOKIE) as u64);
const VENDOR: &Field =
    &Field::floating("vendor_area", "dhcp.vendor_area", Kind::Bytes, "Vendor-specific area of BOOTP, RFC 951 §3.");
const OPTIONS: &Field = &Field::floating("options", "dhcp.option", LIST, "Options, RFC 2132.");
const FILE: &Field =
    &Field::floating("file_options", "dhcp.file_options", LIST, "Options in the boot file name field.");
const SNAME: &Field =
    &Field::floating("sname_options", "dhcp.sname_options", LIST, "Options in the server name field.");
const JOINED: &Field = &Field::floating(
    "joined_options",
    "dhcp.joined_options",
    LIST,
    "Options with several instances, concatenated, RFC 3396.",
);
const LIST: Kind = Kind::List(&Kind::Group);
const MAC: &Field = &Field::floating("chaddr", "dhcp.hw.mac_addr", Kind::Mac, "Client MAC address.");
const PADDING: &Field =
    &Field::floating("chaddr_padding", "dhcp.hw.addr_padding", Kind::Bytes, "Bytes after the hardware address.");

/// Row number of the field with this name, determined at compile time.
macro_rules! row {
    ($name:literal) => {
        &Dhcp::FIELDS[const { Dhcp::row($name) as usize }]
    };
}

impl DhcpEdit {
    /// Sets the client hardware address to a MAC address, whose length is the default of `hlen`.
    pub fn mac(self, mac: MacAddr) -> Self {
        let mut chaddr = [0; 16];
        chaddr[..6].copy_from_slice(&mac.0);
        self.chaddr(chaddr)
    }
}

impl<'a> Dhcp<&'a [u8; 236]> {
    /// Whether the magic cookie is present, so that options follow, as in DHCP and most of BOOTP.
    pub fn has_cookie(&self, context: &LayerContext<'a>) -> bool {
        context.options(Dhcp::LEN).bytes().starts_with(&DHCP_COOKIE)
    }

    /// The options after the magic cookie. Empty if the cookie is missing.
    pub fn options(&self, context: &LayerContext<'a>) -> Tlvs<'a, DhcpOption<'a>> {
        let mut cursor = context.options(Dhcp::LEN);
        match cursor.chunk() {
            Some(&DHCP_COOKIE) => Tlvs::at(cursor),
            _ => none(context),
        }
    }

    /// The options in the `file` field, if option 52 is set accordingly.
    pub fn file_options(&self, context: &LayerContext<'a>) -> Tlvs<'a, DhcpOption<'a>> {
        let [_, (_, file), _] = self.areas(context);
        file
    }

    /// The options in the `sname` field, if option 52 is set accordingly.
    pub fn sname_options(&self, context: &LayerContext<'a>) -> Tlvs<'a, DhcpOption<'a>> {
        let [_, _, (_, sname)] = self.areas(context);
        sname
    }

    /// The three option areas in the order of RFC 3396 §5.
    fn areas(&self, context: &LayerContext<'a>) -> [(&'static Field, Tlvs<'a, DhcpOption<'a>>); 3] {
        let overload = self.overload(context);
        let has = |area| overload.is_some_and(|areas| areas == area || areas == DhcpOverload::Both);
        let file = if has(DhcpOverload::File) { overloaded(row!("file"), context) } else { none(context) };
        let sname = if has(DhcpOverload::Sname) { overloaded(row!("sname"), context) } else { none(context) };
        [(OPTIONS, self.options(context)), (FILE, file), (SNAME, sname)]
    }

    /// The contents of each instance of an option, in the order in which RFC 3396 §5 concatenates them.
    pub fn option(&self, context: &LayerContext<'a>, code: u8) -> impl Iterator<Item = Cursor<'a>> + use<'a> {
        let items = self.areas(context).into_iter().flat_map(|(_, area)| area.items()).flatten();
        items.filter(move |item| item.kind == u16::from(code)).map(|item| item.contents)
    }

    /// Passes an option to `read`, with its instances concatenated (RFC 3396). `None` if there is no instance, or if
    /// the concatenated options exceed 2,048 bytes.
    pub fn joined<R>(&self, context: &LayerContext<'a>, code: u8, read: impl FnOnce(DhcpOption<'_>) -> R) -> Option<R> {
        let mut instances = self.option(context, code);
        let first = instances.next()?;
        if instances.next().is_none() {
            return Some(read(DhcpOption::decode(code.into(), first)));
        }
        match Repeated::of(&self.areas(context)) {
            Ok(repeated) => Some(read(DhcpOption::decode(code.into(), repeated.contents(code)))),
            Err(TooMuch) => None,
        }
    }

    /// The first instance of an option in any of the areas.
    ///
    /// ```
    /// use packetsmith::proto::dhcp::{DhcpMessageType, DhcpOption};
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// let mut message = [0; 247];
    /// message[236..].copy_from_slice(&[99, 130, 83, 99, 53, 1, 3, 12, 1, b'a', 255]);
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPort(67), &message)).next().unwrap();
    /// let View::Dhcp(dhcp) = layer.view else { panic!() };
    /// assert_eq!(dhcp.message_type(&layer.context), Some(DhcpMessageType::Request));
    /// assert!(matches!(dhcp.find(&layer.context, 12), Some(DhcpOption::HostName { .. })));
    /// ```
    pub fn find(&self, context: &LayerContext<'a>, code: u8) -> Option<DhcpOption<'a>> {
        self.option(context, code).next().map(|contents| DhcpOption::decode(code.into(), contents))
    }

    /// The fields that contain options (option 52, which is valid only after the magic cookie).
    pub fn overload(&self, context: &LayerContext<'a>) -> Option<DhcpOverload> {
        let item = self.options(context).items().flatten().find(|item| item.kind == 52)?;
        match DhcpOption::decode(item.kind, item.contents) {
            DhcpOption::Overload { areas } => Some(areas),
            _ => None,
        }
    }

    /// The DHCP message type (option 53). `None` for BOOTP.
    pub fn message_type(&self, context: &LayerContext<'a>) -> Option<DhcpMessageType> {
        match self.find(context, 53)? {
            DhcpOption::MessageType { message_type } => Some(message_type),
            _ => None,
        }
    }

    /// The address that the client requests (option 50).
    pub fn requested_address(&self, context: &LayerContext<'a>) -> Option<Ipv4Addr> {
        match self.find(context, 50)? {
            DhcpOption::RequestedAddress { address } => Some(address),
            _ => None,
        }
    }

    /// Whether client and server use PXE: whether the vendor class identifier (option 60), which determines the format
    /// of option 43, starts with `PXEClient`.
    pub fn is_pxe(&self, context: &LayerContext<'a>) -> bool {
        self.option(context, 60).next().is_some_and(|class| class.bytes().starts_with(b"PXEClient"))
    }

    /// The client hardware address: `hlen` bytes, at most 16.
    pub fn hardware_address(&self) -> &[u8] {
        let chaddr = row!("chaddr").bits();
        let bytes = &self.as_bytes()[chaddr.start / 8..chaddr.end / 8];
        bytes.get(..self.hlen().into()).unwrap_or(bytes)
    }

    fn show_chaddr(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let field = row!("chaddr");
        let all = field.span(context.bounds.start);
        let address = self.hardware_address();
        let middle = all.start + address.len() as u32;
        let padding = Span::new(middle, all.end).of(context.frame);
        let zero = padding.iter().all(|&b| b == 0);
        let span = if zero { all } else { Span::new(all.start, middle) };
        match (self.htype(), <[u8; 6]>::try_from(address)) {
            (ArpHardware::Ethernet, Ok(mac)) => visitor.field(MAC, span, Value::Mac(MacAddr(mac))),
            _ => visitor.field(field, span, Value::Bytes(address)),
        }
        if !zero {
            visitor.field(PADDING, Span::new(middle, all.end), Value::Bytes(padding));
        }
    }
}

/// An empty list of options.
fn none<'a>(context: &LayerContext<'a>) -> Tlvs<'a, DhcpOption<'a>> {
    Tlvs::at(context.options(context.header().len()))
}

/// A field of the fixed header as a list of options.
fn overloaded<'a>(field: &Field, context: &LayerContext<'a>) -> Tlvs<'a, DhcpOption<'a>> {
    Tlvs::at(Cursor::within(context.frame, field.span(context.bounds.start)))
}

/// Largest total length of concatenated options in bytes. It exceeds an Ethernet frame.
const JOINED_MAX: usize = 2048;

/// Options with several instances, concatenated without allocation.
struct Repeated {
    bytes: [u8; JOINED_MAX],
    /// Number of instances of each code, at most 2.
    count: [u8; 256],
    /// Start and end of the contents of each code in `bytes`.
    start: [u16; 256],
    end: [u16; 256],
}

/// The options to concatenate exceed [`JOINED_MAX`] bytes.
struct TooMuch;

impl Repeated {
    fn of<'a>(areas: &[(&'static Field, Tlvs<'a, DhcpOption<'a>>); 3]) -> Result<Self, TooMuch> {
        let items = || areas.iter().flat_map(|(_, area)| area.items()).flatten();
        let mut all = Repeated { bytes: [0; JOINED_MAX], count: [0; 256], start: [0; 256], end: [0; 256] };
        let mut lengths = [0usize; 256];
        for item in items().filter(|item| item.length.is_some()) {
            let code = usize::from(item.kind & 0xff);
            all.count[code] = (all.count[code] + 1).min(2);
            lengths[code] += item.contents.bytes().len();
        }
        let mut at = 0;
        for (code, length) in lengths.into_iter().enumerate() {
            if all.count[code] == 2 {
                (all.start[code], all.end[code]) = (at as u16, at as u16);
                at += length;
            }
            if at > JOINED_MAX {
                return Err(TooMuch);
            }
        }
        for item in if at == 0 { None } else { Some(items()) }.into_iter().flatten() {
            let code = usize::from(item.kind & 0xff);
            if all.count[code] == 2 {
                let (from, bytes) = (usize::from(all.end[code]), item.contents.bytes());
                all.bytes[from..from + bytes.len()].copy_from_slice(bytes);
                all.end[code] += bytes.len() as u16;
            }
        }
        Ok(all)
    }

    /// The concatenated contents.
    fn contents(&self, code: u8) -> Cursor<'_> {
        let (start, end) = (self.start[usize::from(code)], self.end[usize::from(code)]);
        Cursor::within(&self.bytes, Span::new(start.into(), end.into()))
    }

    /// The codes with several instances.
    fn codes(&self) -> impl Iterator<Item = u8> {
        (0..=255).filter(|&code| self.count[usize::from(code)] == 2)
    }
}

/// Shows fields whose bytes are not contiguous. Their byte range is empty.
struct Placeless<'v> {
    visitor: &'v mut dyn Visitor,
    span: Span,
}

impl Visitor for Placeless<'_> {
    fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
        self.visitor.field(field, self.span, value)
    }
    fn open(&mut self, field: &'static Field, _: Span) {
        self.visitor.open(field, self.span)
    }
    fn close(&mut self) {
        self.visitor.close()
    }
}

/// Shows the contents of option 43 as PXE options.
struct Pxe<'v, 'a> {
    visitor: &'v mut dyn Visitor,
    frame: &'a [u8],
    /// Number of lists and groups that are open inside option 43.
    inside: u32,
}

impl Visitor for Pxe<'_, '_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        if self.inside == 0 {
            self.visitor.field(field, span, value);
        }
    }
    fn open(&mut self, field: &'static Field, span: Span) {
        let vendor = self.inside == 0 && field.filter == "dhcp.option.vendor";
        if vendor || self.inside > 0 {
            self.inside += 1;
        } else {
            self.visitor.open(field, span);
        }
        if vendor {
            Tlvs::<DhcpPxeOption>::at(Cursor::within(self.frame, span)).show(field, self.visitor);
        }
    }
    fn close(&mut self) {
        match self.inside.checked_sub(1) {
            Some(left) => self.inside = left,
            None => self.visitor.close(),
        }
    }
}

rules! {
    /// Rules of DHCP, and a limit of this library.
    pub enum DhcpRule {
        OpUnknown = Warning "dhcp.op.unknown" "op is neither BOOTREQUEST (1) nor BOOTREPLY (2)",
        HlenTooLarge = Error "dhcp.hlen.too_large" "hlen is greater than 16, the length of chaddr",
        EndMissing = Note "dhcp.options.end_missing" "the end option is missing",
        RepeatedTooLong = Note "dhcp.options.repeated_too_long" "the repeated options are too long to be concatenated",
        OverloadUnknown = Warning "dhcp.options.overload_unknown"
            "the option overload value is neither 1 (file) nor 2 (sname) nor 3 (both)",
        ServerIdentifierMissing = Warning "dhcp.options.server_identifier_missing"
            "a message of this type must have a server identifier (RFC 2131 tables 3 and 5)",
        ServerIdentifierInDiscover = Warning "dhcp.options.server_identifier_in_discover"
            "a discover message must not have a server identifier (RFC 2131 table 5)",
        TypeUnassigned = Note "dhcp.message_type.unassigned" "the message type is not assigned (IANA)",
        LeaseTimeMissing = Warning "dhcp.options.lease_time_missing" "an offer must have a lease time (RFC 2131 table 3)",
        UserClassWithoutLengths = Note "dhcp.options.user_class_without_lengths"
            "the user class data has no length fields (RFC 3004 §4)",
    }
}

impl<'a> Protocol<'a> for Dhcp<&'a [u8; 236]> {
    const NAME: &'static str = "dhcp";
    const TITLE: &'static str = "Dynamic Host Configuration Protocol, RFC 2131";
    const TABLE: &'static [Field] = Dhcp::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::placed_by_protocol::<DhcpOption>(OPTIONS));
    const VARIABLE: &'static [&'static Schema] = &[&Schema {
        fields: &[*MAC, *PADDING, *COOKIE, *VENDOR, *FILE, *SNAME, *JOINED],
        // A vendor's list is read as PXE's where the message says so.
        nested: &[Tlvs::<DhcpPxeOption>::SCHEMA],
        ..Schema::EMPTY
    }];
    const RULES: &'static [&'static [Rule]] = &[DhcpRule::ALL];
    const RAW: &'static str =
        "Suboptions of vendors other than PXE and CableLabs, and options that vendors use in different ways.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Dhcp::LEN))?;
        Ok(ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown))
    }

    fn show_row(&self, row: u8, context: &LayerContext<'a>, visitor: &mut dyn Visitor) -> bool {
        const CHADDR: u8 = Dhcp::row("chaddr");
        const SNAME_ROW: u8 = Dhcp::row("sname");
        const FILE_ROW: u8 = Dhcp::row("file");
        let (list, options) = match row {
            CHADDR => {
                self.show_chaddr(context, visitor);
                return true;
            }
            SNAME_ROW => (SNAME, self.sname_options(context)),
            FILE_ROW => (FILE, self.file_options(context)),
            _ => return false,
        };
        if options.items().next().is_some() {
            options.show(list, visitor);
            return true;
        }
        let field = &Dhcp::FIELDS[usize::from(row)];
        let span = field.span(context.bounds.start);
        visitor.field(field, span, Value::Text(until_zeros(span.of(context.frame))));
        true
    }

    fn build(builder: &mut Encoder<'_>, at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        const CHADDR: usize = 28;
        const SNAME_AT: usize = 44;
        const FILE_AT: usize = 108;
        let padding = builder.len();
        builder.bytes(PADDING)?;
        let length = builder.len() - padding;
        let [hlen] = builder.header(at + 2);
        let from = at + CHADDR + usize::from(hlen).min(16);
        if from + length > at + SNAME_AT {
            return Err(FieldError::at(PADDING, ValueError::TooLong { have: length, max: at + SNAME_AT - from }));
        }
        builder.out.written().copy_within(padding.., from);
        builder.out.truncate(padding);
        for (list, row, room) in [(SNAME, SNAME_AT, 64), (FILE, FILE_AT, 128)] {
            let start = builder.len();
            Tlvs::<DhcpOption>::build(list, builder)?;
            let have = builder.len() - start;
            if have > room {
                return Err(FieldError::at(list, ValueError::TooLong { have, max: room }));
            }
            builder.out.written().copy_within(start.., at + row);
            builder.out.truncate(start);
        }
        builder.source.skip(JOINED);
        builder.bytes(VENDOR)?;
        if builder.source.has(COOKIE) || builder.source.has(OPTIONS) {
            builder.number(COOKIE, 4)?;
        }
        Tlvs::<DhcpOption>::build(OPTIONS, builder)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let mut rest = context.options(Dhcp::LEN);
        if !self.has_cookie(context) {
            if !rest.is_empty() {
                visitor.field(VENDOR, rest.span(), Value::Bytes(rest.bytes()));
            }
            return;
        }
        if let Some(cookie) = rest.split(DHCP_COOKIE.len()) {
            visitor.field(COOKIE, cookie.span(), Value::Uint(u32::from_be_bytes(DHCP_COOKIE).into()));
        }
        match self.is_pxe(context) {
            true => self.options(context).show(OPTIONS, &mut Pxe { visitor, frame: context.frame, inside: 0 }),
            false => self.options(context).show(OPTIONS, visitor),
        }
        if let Ok(repeated) = Repeated::of(&self.areas(context)) {
            let span = Span::new(context.bounds.header_end, context.bounds.header_end);
            let mut codes = repeated.codes().peekable();
            if codes.peek().is_none() {
                return;
            }
            visitor.open(JOINED, span);
            for code in codes {
                visitor.open(ITEM, span);
                visitor.field(DhcpOption::KIND, span, Value::Uint(code.into()));
                show_contents::<DhcpOption>(code.into(), repeated.contents(code), &mut Placeless { visitor, span });
                visitor.close();
            }
            visitor.close();
        }
    }

    /// Not used: a single instance need not fit its option. `check` looks at the concatenated instances.
    fn inspect(&self, _: &LayerContext<'a>, _: &mut ReservedFieldChecker<'_, '_>) {}

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let mut rule =
            |field: &'static Field, rule: DhcpRule| report(Some(field), field.span(context.bounds.start), rule.into());
        if let DhcpOperation::Unknown(_) = self.op() {
            rule(row!("op"), DhcpRule::OpUnknown);
        }
        if self.hlen() > 16 {
            rule(row!("hlen"), DhcpRule::HlenTooLarge);
        }
        let reserved = self.flags().0 & !DhcpFlags::BROADCAST.0;
        if reserved != 0 {
            let field = row!("flags");
            report(Some(field), field.span(context.bounds.start), IssueKind::Reserved(reserved.into()));
        }
        if self.has_cookie(context) {
            self.check_options(context, report);
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let kind = self.message_type(context);
        let info = summary.begin(if kind.is_some() { "DHCP" } else { "BOOTP" });
        match kind {
            Some(kind) => info.name_or_number(kind.name(), "message type ", u8::from(kind)),
            None => info.name_or_number(self.op().name(), "message type ", u8::from(self.op())),
        }
        info.str(" xid=");
        info.hex(self.xid().into(), 8);
        append!(info, " client=", AddressBytes(self.hardware_address()));
        let addresses = [("ciaddr", self.ciaddr()), ("yiaddr", self.yiaddr()), ("giaddr", self.giaddr())];
        for (name, address) in addresses.into_iter().filter(|(_, address)| !address.is_unspecified()) {
            append!(info, " ", name, "=", address);
        }
        if let Some(address) = self.requested_address(context) {
            append!(info, " requested=", address);
        }
        const SHOWN: [(u16, &str); 5] = [(54, "server"), (51, "lease"), (1, "mask"), (3, "router"), (6, "dns")];
        let mut first = [None; SHOWN.len()];
        for item in self.areas(context).into_iter().flat_map(|(_, area)| area.items()).flatten() {
            if let Some(at) = SHOWN.iter().position(|(code, _)| *code == item.kind) {
                first[at].get_or_insert(item.contents);
            }
        }
        for ((code, name), chunk) in SHOWN.into_iter().zip(first) {
            if let Some(chunk) = chunk.filter(|chunk| !chunk.is_empty()) {
                append!(info, " ", name, "=");
                DhcpOption::show(code, chunk, &mut InlineFields::values(info));
            }
        }
    }
}

impl<'a> Dhcp<&'a [u8; 236]> {
    fn check_options(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let areas = self.areas(context);
        let repeated = Repeated::of(&areas);
        for (field, area) in areas {
            let mut open = area.items().next().is_some() || field.name == OPTIONS.name;
            let mut end = context.bounds.header_end;
            for item in area.items() {
                match item {
                    Ok(item) => {
                        end = item.span.end;
                        open &= item.kind != 255;
                        // A single instance need not fit its type. The concatenated instances are checked below.
                        if repeated.as_ref().is_ok_and(|r| r.count[usize::from(item.kind & 0xff)] < 2) {
                            check_item(field, item.kind, item.contents, item.span, report);
                        }
                    }
                    Err(rest) if !rest.after_end => {
                        open = false;
                        report(Some(field), rest.span, broken(&rest, context));
                    }
                    Err(_) => {}
                }
            }
            if open && context.is_whole() {
                report(Some(field), Span::new(end, end), DhcpRule::EndMissing.into());
            }
        }
        let has = |code| self.option(context, code).next().is_some();
        let mut missing = |rule: DhcpRule| report(Some(OPTIONS), context.header_span(), rule.into());
        match self.message_type(context).map(u8::from) {
            _ if !context.is_whole() || !context.is_all_here() => {}
            // Offer, decline, acknowledgment, negative acknowledgment and release.
            Some(2 | 4..=7) if !has(54) => missing(DhcpRule::ServerIdentifierMissing),
            Some(2) if !has(51) => missing(DhcpRule::LeaseTimeMissing),
            Some(1) if has(54) => missing(DhcpRule::ServerIdentifierInDiscover),
            Some(number) if DhcpMessageType::from(number).name().is_none() => missing(DhcpRule::TypeUnassigned),
            _ => {}
        }
        let Ok(repeated) = repeated else {
            return report(Some(OPTIONS), context.header_span(), DhcpRule::RepeatedTooLong.into());
        };
        let span = Span::new(context.bounds.header_end, context.bounds.header_end);
        for code in repeated.codes() {
            let mut placed = |field: Option<&'static Field>, _, reason| report(field, span, reason);
            check_item(JOINED, code.into(), repeated.contents(code), span, &mut placed);
        }
    }
}

/// Returns the issue for a truncated option: the capture may have truncated it.
fn broken(rest: &TlvRemainder<'_>, context: &LayerContext<'_>) -> IssueKind {
    let (bytes, span) = (rest.bytes, rest.span);
    if context.is_whole() || span.end != context.bounds.header_end {
        return rest.issue();
    }
    let needed = 2 + bytes.get(1).map_or(0, |&length| length.into());
    let limit = if context.quoted { Limit::Quote } else { Limit::Snapshot };
    IssueKind::Truncated { needed, have: bytes.len() as u32, limit }
}

/// Reports contents that do not fit their option, and issues inside those that do.
fn check_item(field: &'static Field, code: u16, contents: Cursor, span: Span, report: &mut Report<'_>) {
    match DhcpOption::decode(code, contents) {
        DhcpOption::Unknown { .. } => {
            if misfits(code) {
                report(Some(field), span, IssueKind::BadItem(code));
            }
            return;
        }
        DhcpOption::Overload { areas: DhcpOverload::Unknown(_) } => {
            report(Some(field), span, DhcpRule::OverloadUnknown.into());
        }
        DhcpOption::UserClass { classes: DhcpUserClass::Plain(_) } => {
            report(Some(field), span, DhcpRule::UserClassWithoutLengths.into());
        }
        DhcpOption::RelayAgentInformation { suboptions } => suboptions.check(field, report),
        DhcpOption::CableLabsConfiguration { suboptions } => suboptions.check(field, report),
        DhcpOption::SubnetAllocation { suboptions, .. } => suboptions.check(field, report),
        _ => {}
    }
    DhcpOption::show(code, contents, &mut ReservedFieldChecker { report });
}

/// Whether contents that do not fit the option's type are reported. A vendor may use any format in option 43
/// (RFC 2132 §8.4).
fn misfits(code: u16) -> bool {
    code != 43 && DhcpOption::name_of(code).is_some()
}

/// The text before trailing zeros. All bytes, if anything else follows the zeros.
fn until_zeros(bytes: &[u8]) -> &[u8] {
    match bytes.iter().position(|&b| b == 0) {
        Some(end) if bytes[end..].iter().all(|&b| b == 0) => &bytes[..end],
        _ => bytes,
    }
}

impl crate::wire::OptionOf<Dhcp> for DhcpOption<'_> {
    const BEFORE: &'static [u8] = &DHCP_COOKIE;
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, ExaminedLayer, Layers};
    use crate::proto::View;
    use std::string::{String, ToString};
    use std::vec::Vec;

    /// Builds a request of an Ethernet host, with `rest` after the fixed header.
    fn message(rest: &[u8]) -> Vec<u8> {
        let header = Dhcp::build().op(DhcpOperation::BootRequest).htype(ArpHardware::Ethernet).hlen(6);
        let mut bytes = header.chaddr([2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).done().as_bytes().to_vec();
        bytes.extend(rest);
        bytes
    }

    fn options(rest: &[u8]) -> Vec<u8> {
        message(&[&DHCP_COOKIE, rest].concat())
    }

    fn with<R>(bytes: &[u8], original_len: usize, read: impl FnOnce(Dhcp<&[u8; 236]>, &ExaminedLayer<'_>) -> R) -> R {
        let layers = Examine::new(Layers::new(NextProtocol::UdpPort(67), bytes));
        let layer = layers.original_len(original_len).next().unwrap();
        let View::Dhcp(dhcp) = layer.view else { panic!("{:?}", layer.view) };
        assert_eq!(layer.header(), bytes);
        read(dhcp, &layer)
    }

    fn issues(bytes: &[u8], original_len: usize) -> Vec<String> {
        let mut issues = Vec::new();
        with(bytes, original_len, |_, layer| layer.issues(|issue| issues.push(issue.to_string())));
        issues
    }

    /// Collects each field as `name value`, and each list as `name [`, its fields and `]`.
    #[derive(Default)]
    struct Tree {
        lines: Vec<String>,
        end: u32,
        depth: usize,
    }

    impl Visitor for Tree {
        fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
            assert!(span.start <= span.end && span.end <= self.end, "{} {span:?}", field.name);
            let value = match value {
                Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
                Value::Name(name) => name.to_string(),
                Value::Mac(mac) => mac.to_string(),
                Value::Bytes(bytes) => crate::wire::Hex(bytes).to_string(),
                Value::Uint(n) => n.to_string(),
                other => std::format!("{other:?}"),
            };
            self.lines.push([field.name, " ", &value].concat());
        }
        fn open(&mut self, field: &'static Field, _: Span) {
            self.depth += 1;
            self.lines.push([field.name, " ["].concat());
        }
        fn close(&mut self) {
            self.depth -= 1;
            self.lines.push("]".into());
        }
    }

    fn tree(bytes: &[u8]) -> Vec<String> {
        let mut tree = Tree { end: bytes.len() as u32, ..Tree::default() };
        with(bytes, bytes.len(), |_, layer| layer.show(&mut tree));
        assert_eq!(tree.depth, 0);
        tree.lines
    }

    fn shows(bytes: &[u8], lines: &[&str]) -> bool {
        tree(bytes).windows(lines.len()).any(|window| window == lines)
    }

    #[test]
    fn bootp_without_a_cookie_keeps_its_vendor_area() {
        let bytes = message(&[1, 2, 3, 4, 5]);
        assert!(shows(&bytes, &["vendor_area 0102030405"]));
        assert!(issues(&bytes, bytes.len()).is_empty());
        with(&bytes, bytes.len(), |dhcp, layer| {
            assert!(!dhcp.has_cookie(&layer.context));
            assert_eq!(dhcp.options(&layer.context).iter().count(), 0);
        });
        assert!(issues(&message(&[]), 236).is_empty());
        assert!(issues(&message(&[99, 130]), 238).is_empty());
    }

    #[test]
    fn the_hardware_address_has_hlen_bytes_and_the_rest_is_kept() {
        let mut bytes = message(&[]);
        assert!(shows(&bytes, &["chaddr 02:00:00:00:00:01", "sname "]));
        bytes[43] = 7;
        assert!(shows(&bytes, &["chaddr 02:00:00:00:00:01", "chaddr_padding 00000000000000000007"]));
        bytes[2] = 8;
        assert!(shows(&bytes, &["chaddr 0200000000010000", "chaddr_padding 0000000000000007"]));
        bytes[2] = 0;
        assert!(shows(&bytes, &["chaddr ", "chaddr_padding 02000000000100000000000000000007"]));
    }

    #[test]
    fn hlen_may_exceed_the_length_of_chaddr() {
        let mut bytes = message(&[]);
        bytes[2] = 17;
        assert!(shows(&bytes, &["chaddr 02000000000100000000000000000000", "sname "]));
        assert_eq!(issues(&bytes, 236), ["dhcp.hlen (bytes 2..3): hlen is greater than 16, the length of chaddr"]);
    }

    #[test]
    fn invalid_header_fields_are_reported() {
        let mut bytes = message(&[]);
        (bytes[0], bytes[10], bytes[11]) = (3, 0x80, 1);
        let found = issues(&bytes, 236);
        assert!(found[0].starts_with("dhcp.op") && found[1].starts_with("dhcp.flags") && found.len() == 2, "{found:?}");
    }

    #[test]
    fn a_missing_end_is_a_note_and_bytes_after_one_are_kept() {
        let bytes = options(&[0, 53, 1, 1]);
        assert_eq!(issues(&bytes, bytes.len()), ["dhcp.options (bytes 244..244): the end option is missing"]);
        let bytes = options(&[53, 1, 1, 255, 0, 53, 1]);
        assert!(issues(&bytes, bytes.len()).is_empty());
        assert!(shows(&bytes, &["code 255", "]", "item [", "rest 003501", "]", "]"]));
    }

    #[test]
    fn a_truncated_option_is_malformed_unless_the_capture_cut_it() {
        let bytes = options(&[53, 1, 1, 12, 4, b'h']);
        let broken = "dhcp.options (bytes 243..246): \
            the list ends with 3 bytes that are not a complete item of type 12, length 4";
        assert_eq!(issues(&bytes, bytes.len()), [broken]);
        let cut = "dhcp.options (bytes 243..246): 6 bytes needed, 3 present, cut off by the capture's snapshot length";
        assert_eq!(issues(&bytes, bytes.len() + 4), [cut]);
    }

    /// Options 52 = `overload`, 12 = "a", END; `file` 12 = "b"; `sname` 12 = "c"; each its END.
    fn overloaded(overload: u8) -> Vec<u8> {
        let mut bytes = options(&[52, 1, overload, 12, 1, b'a', 255]);
        bytes[108..112].copy_from_slice(&[12, 1, b'b', 255]);
        bytes[44..48].copy_from_slice(&[12, 1, b'c', 255]);
        bytes
    }

    #[test]
    fn option_52_selects_the_fields_with_options() {
        for (overload, joined) in [(1, &b"ab"[..]), (2, b"ac"), (3, b"abc")] {
            let bytes = overloaded(overload);
            let lines = tree(&bytes);
            assert_eq!(lines.contains(&"file_options [".to_string()), overload & 1 != 0);
            assert_eq!(lines.contains(&"sname_options [".to_string()), overload & 2 != 0);
            let text = String::from_utf8_lossy(joined);
            assert!(shows(&bytes, &["joined_options [", "item [", "code 12", &["name ", &*text].concat(), "]", "]"]));
            with(&bytes, bytes.len(), |dhcp, layer| {
                let chunks: Vec<_> = dhcp.option(&layer.context, 12).flat_map(|c| c.bytes().to_vec()).collect();
                assert_eq!(chunks, joined);
                let name = dhcp.joined(&layer.context, 12, |option| match option {
                    DhcpOption::HostName { name } => name.0.to_vec(),
                    other => panic!("{other:?}"),
                });
                assert_eq!(name.as_deref(), Some(joined));
            });
        }
        assert!(tree(&overloaded(0)).iter().all(|line| !line.ends_with("_options [")));
        assert!(issues(&overloaded(0), 247)[0].contains("overload"));
        assert!(issues(&overloaded(3), 247).is_empty());
    }

    #[test]
    fn text_followed_by_other_bytes_than_zeros_is_shown_completely() {
        let mut bytes = message(&[]);
        bytes[44..47].copy_from_slice(b"srv");
        assert!(shows(&bytes, &["sname srv"]));
        bytes[50] = b'!';
        assert!(tree(&bytes).iter().any(|line| line.starts_with("sname srv\0\0\0!\0") && line.len() == 6 + 64));
    }

    #[test]
    fn a_value_split_over_two_instances_is_concatenated() {
        // RFC 3396: the second name and the pointer are in a second instance.
        let bytes = options(&[119, 6, 3, b'e', b'n', b'g', 1, b'a', 119, 5, 0, 1, b'x', 0xc0, 4, 255]);
        assert!(issues(&bytes, bytes.len()).is_empty());
        assert!(shows(&bytes, &["code 119", "domains [", "domains eng.a", "domains x.a", "]", "]", "]"]));
        let joined = with(&bytes, bytes.len(), |dhcp, layer| {
            dhcp.joined(&layer.context, 119, |option| match option {
                DhcpOption::DomainSearch { domains } => {
                    domains.0.iter().map(|name| name.to_string()).collect::<Vec<_>>()
                }
                other => panic!("{other:?}"),
            })
        });
        assert_eq!(joined.unwrap(), ["eng.a", "x.a"]);
    }

    #[test]
    fn concatenated_instances_that_do_not_fit_are_reported() {
        let bytes = options(&[121, 1, 24, 121, 1, 10, 255]);
        assert_eq!(
            issues(&bytes, bytes.len()),
            ["dhcp.joined_options (bytes 247..247): the contents are not valid for type 121"]
        );
    }

    #[test]
    fn instances_above_the_limit_are_not_concatenated() {
        let mut rest = Vec::new();
        for _ in 0..9 {
            rest.extend([12, 250]);
            rest.extend([b'x'; 250]);
        }
        rest.push(255);
        let bytes = options(&rest);
        assert!(!tree(&bytes).contains(&"joined_options [".to_string()));
        assert!(issues(&bytes, bytes.len())[0].contains("too long to be concatenated"));
        with(&bytes, bytes.len(), |dhcp, layer| {
            assert_eq!(dhcp.joined(&layer.context, 12, |_| ()), None);
            assert_eq!(dhcp.option(&layer.context, 12).count(), 9);
        });
    }

    #[test]
    fn issues_inside_an_option_are_reported() {
        let bytes = options(&[119, 2, 0xc0, 0, 255]);
        assert_eq!(issues(&bytes, bytes.len()).len(), 1, "a pointer to itself");
        let bytes = options(&[82, 4, 5, 2, 10, 0, 1, 3, 255, 255, 255, 255]);
        assert_eq!(issues(&bytes, bytes.len()).len(), 2, "a suboption and an option of wrong length");
        let bytes = options(&[43, 3, 1, 9, 9, 255]);
        assert!(issues(&bytes, bytes.len()).is_empty(), "a vendor may use any format");
    }

    #[test]
    fn the_vendor_class_selects_the_pxe_format_of_option_43() {
        let vendor = [43, 8, 6, 1, 8, 10, 2, 3, b'F', 255, 255];
        let bytes = options(&[&vendor[..10], &[60, 9], b"PXEClient", &[255]].concat());
        let lines = ["suboptions [", "item [", "type 6", "length 1", "control 8", "]", "item [", "type 10", "length 2"];
        assert!(shows(&bytes, &lines), "{:?}", tree(&bytes));
        assert!(shows(
            &bytes,
            &["timeout 3", "prompt F", "]", "item [", "type 255", "]", "]", "]", "item [", "code 60"]
        ));
        let bytes = options(&vendor);
        assert!(shows(&bytes, &["suboptions [", "item [", "type 6", "length 1", "data 08", "]"]), "{:?}", tree(&bytes));
    }

    #[test]
    fn a_user_class_in_plain_text_is_a_note() {
        let bytes = options(b"\x4d\x04iPXE\xff");
        assert!(shows(&bytes, &["plain_class iPXE"]), "{:?}", tree(&bytes));
        let note = "dhcp.options (bytes 240..246): the user class data has no length fields (RFC 3004 §4)";
        assert_eq!(issues(&bytes, bytes.len()), [note]);
    }

    #[test]
    fn the_summary_accessors_find_their_options() {
        let bytes = options(&[53, 1, 3, 50, 4, 192, 0, 2, 7, 255]);
        with(&bytes, bytes.len(), |dhcp, layer| {
            assert_eq!(dhcp.message_type(&layer.context), Some(DhcpMessageType::Request));
            assert_eq!(dhcp.requested_address(&layer.context), Some([192, 0, 2, 7].into()));
            assert_eq!(dhcp.find(&layer.context, 12), None);
        });
    }

    #[test]
    fn arbitrary_bytes_do_not_panic() {
        let mut seed = 0x9e37_79b9_7f4a_7c15u64;
        let mut random = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        for round in 0..500 {
            let mut rest: Vec<u8> = (0..random() % 400).map(|_| random() as u8).collect();
            // Mostly short lengths, so that more options are reached.
            if round % 2 == 0 {
                rest.iter_mut().skip(1).step_by(3).for_each(|length| *length &= 31);
            }
            let mut bytes = if round % 5 == 0 { message(&rest) } else { options(&[&[52, 1, 3][..], &rest].concat()) };
            bytes[..236].iter_mut().for_each(|b| {
                if random() % 2 == 0 {
                    *b = random() as u8
                }
            });
            tree(&bytes);
            issues(&bytes, bytes.len() + round % 3);
            with(&bytes, bytes.len(), |dhcp, layer| {
                for code in [0, 3, 31, 52, 119, 255] {
                    dhcp.joined(&layer.context, code, |option| option.is_unknown());
                }
            });
        }
    }
}
