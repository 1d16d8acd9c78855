//! DHCP for IPv6 (RFC 8415): messages of clients, servers and relay agents, and what they carry.

use super::dhcpv6_options::OPTION_FIELDS;
use super::{Dhcpv6FqdnFlags, Dhcpv6Option};
use crate::build::Spot;
use crate::field::{Field, Kind, Registry, Span, Value, Visitor, header, registry, show_fixed};
use crate::layer::{Flaw, Limit, Next, Parts, Place, Protocol, Reason, Report, Severity};
use crate::part::{Cursor, ITEM, LENGTH, OptionList, Tlvs, Variants, build_item, build_items};
use crate::proto::Proto;
use crate::source::{Builder, Mistake, OWN, Unfit};
use core::net::Ipv6Addr;

registry! {
    /// Kinds of messages, RFC 8415 §7.3 and IANA's registry.
    pub enum Dhcpv6MessageType: u8 {
        Solicit = 1 "SOLICIT",
        Advertise = 2 "ADVERTISE",
        Request = 3 "REQUEST",
        Confirm = 4 "CONFIRM",
        Renew = 5 "RENEW",
        Rebind = 6 "REBIND",
        Reply = 7 "REPLY",
        Release = 8 "RELEASE",
        Decline = 9 "DECLINE",
        Reconfigure = 10 "RECONFIGURE",
        InformationRequest = 11 "INFORMATION-REQUEST",
        RelayForward = 12 "RELAY-FORW",
        RelayReply = 13 "RELAY-REPL",
        LeaseQuery = 14 "LEASEQUERY",
        LeaseQueryReply = 15 "LEASEQUERY-REPLY",
        LeaseQueryDone = 16 "LEASEQUERY-DONE",
        LeaseQueryData = 17 "LEASEQUERY-DATA",
        ReconfigureRequest = 18 "RECONFIGURE-REQUEST",
        ReconfigureReply = 19 "RECONFIGURE-REPLY",
        Dhcpv4Query = 20 "DHCPV4-QUERY",
        Dhcpv4Response = 21 "DHCPV4-RESPONSE",
        ActiveLeaseQuery = 22 "ACTIVELEASEQUERY",
        StartTls = 23 "STARTTLS",
        BindingUpdate = 24 "BNDUPD",
        BindingReply = 25 "BNDREPLY",
        PoolRequest = 26 "POOLREQ",
        PoolResponse = 27 "POOLRESP",
        UpdateRequest = 28 "UPDREQ",
        UpdateRequestAll = 29 "UPDREQALL",
        UpdateDone = 30 "UPDDONE",
        Connect = 31 "CONNECT",
        ConnectReply = 32 "CONNECTREPLY",
        Disconnect = 33 "DISCONNECT",
        State = 34 "STATE",
        Contact = 35 "CONTACT",
        AddressRegistrationInform = 36 "ADDR-REG-INFORM",
        AddressRegistrationReply = 37 "ADDR-REG-REPLY",
    }
}

/// What stands behind the type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// [`Dhcpv6Transaction`].
    Transaction,
    /// [`Dhcpv6Relay`], and the message that is relayed in option 9.
    Relay,
    /// [`Dhcp4o6Flags`], and a DHCPv4 message in option 87.
    Dhcpv4,
}

impl Shape {
    const fn of(message_type: Dhcpv6MessageType) -> Self {
        match message_type {
            Dhcpv6MessageType::RelayForward | Dhcpv6MessageType::RelayReply => Shape::Relay,
            Dhcpv6MessageType::Dhcpv4Query | Dhcpv6MessageType::Dhcpv4Response => Shape::Dhcpv4,
            _ => Shape::Transaction,
        }
    }

    /// The rows behind the type.
    const fn fields(self) -> &'static [Field] {
        match self {
            Shape::Transaction => Dhcpv6Transaction::FIELDS,
            Shape::Relay => Dhcpv6Relay::FIELDS,
            Shape::Dhcpv4 => Dhcp4o6Flags::FIELDS,
        }
    }

    /// Bytes before the options.
    const fn fixed(self) -> usize {
        Dhcpv6::LEN
            + match self {
                Shape::Transaction => Dhcpv6Transaction::LEN,
                Shape::Relay => Dhcpv6Relay::LEN,
                Shape::Dhcpv4 => Dhcp4o6Flags::LEN,
            }
    }

    /// The option that carries a message, and what kind of one.
    const fn carries(self) -> Option<(u16, Next)> {
        match self {
            Shape::Transaction => None,
            Shape::Relay => Some((9, Next::Dhcpv6Message)),
            Shape::Dhcpv4 => Some((87, Next::UdpPort(67))),
        }
    }
}

header! {
    /// What every message of DHCPv6 begins with. A [`Dhcpv6Transaction`] follows, or in a relay
    /// agent's message a [`Dhcpv6Relay`]; then options. RFC 8415 §8 and §9.
    ///
    /// The message that a relay agent relays is a layer of its own: the relay's head ends where the
    /// contents of its option 9 begin, and options behind that are its tail. The same goes for DHCPv4
    /// messages in option 87 (RFC 7341).
    ///
    /// ```
    /// use packetsmith::{Dhcpv6MessageType, Examine, Layers, Next, View};
    /// let message = [1, 0xab, 0xcd, 0xef, 0, 3, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, //
    ///     0, 5, 0, 24, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0];
    /// let layer = Examine::new(Layers::new(Next::UdpPort(547), &message)).next().unwrap();
    /// let View::Dhcpv6(dhcp) = layer.view else { panic!() };
    /// assert_eq!(dhcp.message_type(), Dhcpv6MessageType::Solicit);
    /// assert_eq!(dhcp.transaction_id(&layer.place), Some(0xabcdef));
    /// assert!(dhcp.addresses(&layer.place).eq(["2001:db8::7".parse::<std::net::Ipv6Addr>().unwrap()]));
    /// ```
    pub struct Dhcpv6(1) {
        /// Kind of message; it says what follows.
        message_type: Dhcpv6MessageType = 0..8, "dhcpv6.msgtype";
    }
}

header! {
    /// What follows the type in messages of clients and servers, RFC 8415 §8.
    pub struct Dhcpv6Transaction(3) {
        /// Transaction: chosen by the client, repeated by the server.
        transaction_id: u32 = 0..24, "dhcpv6.xid", hex;
    }
}

header! {
    /// What follows the type in messages of relay agents, RFC 8415 §9.
    pub struct Dhcpv6Relay(33) {
        /// Relay agents that the message passed before this one.
        hop_count: u8 = 0..8, "dhcpv6.hopcount";
        /// An address that tells which link the client is on; may be `::`.
        link_address: Ipv6Addr = 8..136, "dhcpv6.linkaddr";
        /// The client or relay agent that the message came from, or is to go to.
        peer_address: Ipv6Addr = 136..264, "dhcpv6.peeraddr";
    }
}

header! {
    /// What follows the type in messages that carry DHCPv4, RFC 7341 §8.
    pub struct Dhcp4o6Flags(3) {
        /// The client would send the DHCPv4 message by unicast.
        unicast: bool = 0..1, "dhcpv6.dhcp4o6.unicast";
        /// Reserved.
        reserved: u32 = 1..24, "dhcpv6.dhcp4o6.reserved", reserved;
    }
}

const OPTIONS: &Field =
    &Field::floating("options", "dhcpv6.option", Kind::List(&Kind::Group), "Options, RFC 8415 §21.1.");

/// Bytes of an option's code and length.
const OPTION_HEAD: usize = 4;

/// The fields beyond the fixed header.
const VARIABLE: &[&[Field]] = &{
    const OWN: &[Field] = &[*OPTIONS];
    let mut all = [OWN; OPTION_FIELDS.len() + 4];
    (all[1], all[2], all[3]) = (Dhcpv6Transaction::FIELDS, Dhcpv6Relay::FIELDS, Dhcp4o6Flags::FIELDS);
    let mut i = 0;
    while i < OPTION_FIELDS.len() {
        all[i + 4] = OPTION_FIELDS[i];
        i += 1;
    }
    all
};

/// Where the message stands that `bytes` carry: the start and, as its option says, the end.
fn carried(bytes: &[u8], shape: Shape) -> Option<(usize, usize)> {
    let (carrier, _) = shape.carries()?;
    let mut at = shape.fixed();
    loop {
        let &[a, b, c, d] = bytes.get(at..)?.first_chunk()?;
        let start = at + OPTION_HEAD;
        at = start + usize::from(u16::from_be_bytes([c, d]));
        if u16::from_be_bytes([a, b]) == carrier {
            return Some((start, at));
        }
    }
}

impl<'a> Dhcpv6<&'a [u8; 1]> {
    fn shape(&self) -> Shape {
        Shape::of(self.message_type())
    }

    /// The bytes behind the type.
    fn after_type(&self, place: &Place<'a>) -> Cursor<'a> {
        place.options(Dhcpv6::LEN)
    }

    /// The transaction, in messages of clients and servers.
    pub fn transaction_id(&self, place: &Place<'a>) -> Option<u32> {
        let bytes = self.after_type(place).chunk().filter(|_| self.shape() == Shape::Transaction)?;
        Some(Dhcpv6Transaction::new(bytes).transaction_id())
    }

    /// Hop count and addresses, in messages of relay agents.
    pub fn relay(&self, place: &Place<'a>) -> Option<Dhcpv6Relay<&'a [u8; 33]>> {
        let bytes = self.after_type(place).chunk().filter(|_| self.shape() == Shape::Relay)?;
        Some(Dhcpv6Relay::new(bytes))
    }

    /// Where the message stands that this one carries, and where its option ends.
    fn carried(&self, place: &Place<'a>) -> Option<(u32, u32)> {
        let at = place.context.at;
        let (start, end) = carried(Span::new(at, place.tail_end).of(place.context.frame), self.shape())?;
        Some((at + start as u32, at + end as u32))
    }

    /// The options before the message that is carried, and those behind it.
    fn areas(&self, place: &Place<'a>) -> [Tlvs<'a, Dhcpv6Option<'a>>; 2] {
        let start = (place.context.at + self.shape().fixed() as u32).min(place.head_end);
        let middle = match self.carried(place) {
            Some((contents, _)) => contents - OPTION_HEAD as u32,
            None => place.head_end,
        };
        [Span::new(start, middle), place.tail_span()].map(|span| Tlvs::at(Cursor::within(place.context.frame, span)))
    }

    /// The options, without the one whose contents are the next layer.
    pub fn options(&self, place: &Place<'a>) -> impl Iterator<Item = Dhcpv6Option<'a>> + use<'a> {
        self.areas(place).into_iter().flat_map(|area| area.iter())
    }

    /// The first option with this code.
    pub fn find(&self, place: &Place<'a>, code: u16) -> Option<Dhcpv6Option<'a>> {
        let mut items = self.areas(place).into_iter().flat_map(|area| area.items()).flatten();
        items.find(|item| item.kind == code).map(|item| Dhcpv6Option::decode(code, item.contents))
    }

    /// The options inside of those identity associations.
    fn associations(&self, place: &Place<'a>) -> impl Iterator<Item = Dhcpv6Option<'a>> + use<'a> {
        let is_association = |option: &Dhcpv6Option| {
            matches!(option, Dhcpv6Option::IaNa { .. } | Dhcpv6Option::IaTa { .. } | Dhcpv6Option::IaPd { .. })
        };
        let inside = self.options(place).filter(is_association).filter_map(|option| option.inside());
        inside.flat_map(|options| options.iter())
    }

    /// The addresses in identity associations: those that a client asks for or is given.
    pub fn addresses(&self, place: &Place<'a>) -> impl Iterator<Item = Ipv6Addr> + use<'a> {
        self.associations(place).filter_map(|option| match option {
            Dhcpv6Option::IaAddress { address, .. } => Some(address),
            _ => None,
        })
    }

    /// The prefixes in identity associations, with their lengths.
    pub fn prefixes(&self, place: &Place<'a>) -> impl Iterator<Item = (Ipv6Addr, u8)> + use<'a> {
        self.associations(place).filter_map(|option| match option {
            Dhcpv6Option::IaPrefix { prefix, prefix_length, .. } => Some((prefix, prefix_length)),
            _ => None,
        })
    }
}

impl<'a> Protocol<'a> for Dhcpv6<&'a [u8; 1]> {
    const NAME: &'static str = "dhcpv6";
    const TITLE: &'static str = "Dynamic Host Configuration Protocol for IPv6, RFC 8415";
    const TABLE: &'static [Field] = Dhcpv6::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::of::<Dhcpv6Option>(OPTIONS));
    const VARIABLE: &'static [&'static [Field]] = VARIABLE;
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[
        ("options", Dhcpv6Option::REGISTRY),
        ("unique identifiers", super::Dhcpv6Duid::REGISTRY),
        ("NTP suboptions", super::Dhcpv6NtpOption::REGISTRY),
    ];
    const RAW: &'static str = "The contents of vendors' own options.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Dhcpv6::LEN))?;
        let shape = header.shape();
        Ok(match (carried(bytes, shape), shape.carries()) {
            _ if bytes.len() < shape.fixed() => {
                Parts::new(header, bytes.len(), Next::Unknown).flaw(Flaw::needs(shape.fixed()))
            }
            (Some((start, end)), Some((_, next))) => Parts::new(header, start, next).total(end),
            _ => Parts::new(header, bytes.len(), Next::Unknown),
        })
    }

    fn finish(frame: &mut [u8], spot: &Spot, _: Proto) -> Result<(), Mistake> {
        let (end, number, max) = (spot.head_end as usize, u64::from(spot.body_end - spot.head_end), u16::MAX.into());
        if let (Some(place), true) = (frame.get_mut(end - 2..end), spot.auto & OWN != 0) {
            let length = u16::try_from(number).map_err(|_| Mistake::at(LENGTH, Unfit::TooLarge { number, max }))?;
            place.copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    fn build(builder: &mut Builder<'_>, at: usize, auto: &mut u64) -> Result<(), Mistake> {
        let header: [u8; Dhcpv6::LEN] = builder.header(at);
        let shape = Dhcpv6::new(&header).shape();
        match shape {
            Shape::Transaction => builder.fixed::<{ Dhcpv6Transaction::LEN }>(shape.fields())?,
            Shape::Relay => builder.fixed::<{ Dhcpv6Relay::LEN }>(shape.fields())?,
            Shape::Dhcpv4 => builder.fixed::<{ Dhcp4o6Flags::LEN }>(shape.fields())?,
        };
        if !builder.source.open(OPTIONS)? {
            return Ok(());
        }
        let carrier = shape.carries().map(|(code, _)| u64::from(code));
        while builder.source.next()? {
            let code = builder.source.peek(Dhcpv6Option::KIND)?;
            if carrier.is_none() || code != carrier {
                build_item::<Dhcpv6Option>(builder)?;
                continue;
            }
            // The message that is carried is the next layer; options behind it are the tail.
            builder.number(Dhcpv6Option::KIND, 2)?;
            if builder.given(LENGTH, 2)?.is_none() {
                *auto |= OWN;
            }
            builder.in_tail(build_items::<Dhcpv6Option>)?;
            break;
        }
        builder.source.close()
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let rest = self.after_type(place);
        show_fixed(self.shape().fields(), rest.bytes(), rest.span().start, visitor);
        let start = place.context.at + self.shape().fixed() as u32;
        if start >= place.head_end {
            return;
        }
        let [before, behind] = self.areas(place);
        let carried = self.carried(place);
        let end = if carried.is_some() { place.tail_end } else { place.head_end };
        visitor.open(OPTIONS, Span::new(start, end));
        before.show_items(visitor);
        if let (Some((contents, end)), Some((code, _))) = (carried, self.shape().carries()) {
            visitor.open(ITEM, Span::new(contents - OPTION_HEAD as u32, place.body_end));
            visitor.field(Dhcpv6Option::KIND, Span::new(contents - 4, contents - 2), Value::Uint(code.into()));
            visitor.field(LENGTH, Span::new(contents - 2, contents), Value::Uint((end - contents).into()));
            visitor.close();
            behind.show_items(visitor);
        }
        visitor.close();
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        for area in self.areas(place) {
            check_options(area, place, report);
        }
        Protocol::show(self, place, &mut Names { report });
        // What is missing may have been cut off.
        if place.is_whole() && place.is_all_here() && place.head().len() >= self.shape().fixed() {
            self.check_rules(place, report);
        }
    }
}

impl<'a> Dhcpv6<&'a [u8; 1]> {
    /// Reports what a server or client throws the message away for (RFC 8415 §16).
    fn check_rules(&self, place: &Place<'a>, report: &mut Report<'_>) {
        use Dhcpv6MessageType::*;
        let at = place.context.at;
        let mut rule = |text| {
            let field = &Dhcpv6::FIELDS[0];
            report(Some(field), field.span(at), Reason::Rule(Severity::Warning, text))
        };
        let has = |code| self.find(place, code).is_some();
        let (client, server) = (has(1), has(2));
        let kind = self.message_type();
        if !client
            && matches!(
                kind,
                Solicit | Advertise | Request | Confirm | Renew | Rebind | Release | Decline | Reconfigure
            )
        {
            rule("calls for a client identifier, which is missing (RFC 8415 §16)");
        }
        if !server && matches!(kind, Advertise | Request | Renew | Reply | Release | Decline | Reconfigure) {
            rule("calls for a server identifier, which is missing (RFC 8415 §16)");
        }
        if server && matches!(kind, Solicit | Confirm | Rebind) {
            rule("must have no server identifier (RFC 8415 §16)");
        }
        if self.shape() != Shape::Transaction && self.carried(place).is_none() {
            rule("carries no message");
        }
        if self.relay(place).is_some_and(|relay| relay.hop_count() > 8) {
            let field = &Dhcpv6Relay::FIELDS[0];
            let rule = Reason::Rule(Severity::Note, "is more than the 8 that RFC 8415 §7.6 allows");
            report(Some(field), field.span(at + Dhcpv6::LEN as u32), rule);
        }
    }
}

/// Reports what is wrong with options and with those inside of them, whose depth
/// [`Nested`](crate::part::Nested) bounds.
fn check_options<'a>(options: Tlvs<'a, Dhcpv6Option<'a>>, place: &Place<'a>, report: &mut Report<'_>) {
    for item in options.items() {
        let item = match item {
            Ok(item) => item,
            Err(rest) => {
                report(Some(OPTIONS), rest.span, broken(rest.bytes, place, rest.span));
                continue;
            }
        };
        let mut warn = |text| report(Some(OPTIONS), item.span, Reason::Rule(Severity::Warning, text));
        let option = Dhcpv6Option::decode(item.kind, item.contents);
        match option {
            Dhcpv6Option::Unknown { kind, .. } if Dhcpv6Option::name_of(kind).is_some() => {
                report(Some(OPTIONS), item.span, Reason::BadItem(kind));
            }
            Dhcpv6Option::IaNa { t1, t2, .. } | Dhcpv6Option::IaPd { t1, t2, .. } if t1 > t2 && t2 > 0 => {
                warn("T1 is later than T2: clients discard the option (RFC 8415 §21.4)");
            }
            Dhcpv6Option::IaAddress { preferred_lifetime, valid_lifetime, .. }
            | Dhcpv6Option::IaPrefix { preferred_lifetime, valid_lifetime, .. }
                if preferred_lifetime > valid_lifetime =>
            {
                warn("the preferred lifetime is longer than the valid one: clients discard it (RFC 8415 §21.6)");
            }
            Dhcpv6Option::IaPrefix { prefix_length: 129.., .. } => warn("a prefix has 128 bits at most"),
            Dhcpv6Option::ClientFqdn { flags, .. }
                if flags.contains(Dhcpv6FqdnFlags::NO_UPDATE | Dhcpv6FqdnFlags::SERVER) =>
            {
                warn("the server is to update no record (N), and to update one (S) (RFC 4704 §4.1)");
            }
            _ => {}
        }
        if let Some(inside) = option.inside() {
            check_options(inside, place, report);
        }
    }
}

/// Says what is wrong with bytes that are no whole option: the capture may have cut it.
fn broken(bytes: &[u8], place: &Place<'_>, span: Span) -> Reason {
    let end = place.tail_end.max(place.head_end);
    if place.is_whole() && place.is_all_here() || span.end != end {
        return Reason::BrokenItem(bytes.len() as u32);
    }
    let declared = bytes.get(2..4).map_or(0, |length| u32::from(length[0]) << 8 | u32::from(length[1]));
    let limit = if place.context.quoted { Limit::Quote } else { Limit::Snapshot };
    Reason::Truncated { needed: OPTION_HEAD as u32 + declared, have: bytes.len() as u32, limit }
}

/// Reports names that are compressed.
struct Names<'r, 'f> {
    report: &'r mut Report<'f>,
}

impl Visitor for Names<'_, '_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        if matches!(value, Value::Name(name) if name.is_compressed() && name.check().is_ok()) {
            let rule = "is compressed, which DHCPv6 does not allow (RFC 8415 §10)";
            (self.report)(Some(field), span, Reason::Rule(Severity::Warning, rule));
        }
    }
    fn open(&mut self, _: &'static Field, _: Span) {}
    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Examined, Layers};
    use crate::part::MAX_NESTING;
    use crate::proto::{Proto, View};
    use std::string::{String, ToString};
    use std::vec::Vec;

    fn option(code: u16, contents: &[u8]) -> Vec<u8> {
        [&code.to_be_bytes()[..], &(contents.len() as u16).to_be_bytes(), contents].concat()
    }

    fn solicit(options: &[u8]) -> Vec<u8> {
        [&[1, 0xab, 0xcd, 0xef], &option(1, &[0, 2, 0, 0, 0, 9, 7])[..], options].concat()
    }

    /// A relay agent's message with these options before, inside and behind the one with a message.
    fn relay(before: &[u8], message: &[u8], behind: &[u8]) -> Vec<u8> {
        let mut bytes = std::vec![12, 1];
        bytes.extend([0x20; 32]);
        [&bytes, before, &option(9, message), behind].concat()
    }

    fn walk(bytes: &[u8]) -> Vec<Examined<'_>> {
        Examine::new(Layers::new(Next::UdpPort(547), bytes)).collect()
    }

    fn issues(bytes: &[u8]) -> Vec<String> {
        let mut issues = Vec::new();
        walk(bytes).iter().for_each(|layer| layer.issues(|issue| issues.push(issue.to_string())));
        issues
    }

    #[derive(Default)]
    struct Shown(Vec<String>, usize, usize);

    impl Visitor for Shown {
        fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
            let known = VARIABLE.iter().copied().flatten().chain(Dhcpv6::FIELDS);
            let declared = known.into_iter().any(|f| f.name == field.name && f.filter == field.filter);
            assert!(declared || matches!(field.name, "length" | "data" | "rest"), "{} is not declared", field.name);
            let value = match value {
                Value::Uint(n) => n.to_string(),
                Value::Name(name) => name.to_string(),
                Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
                other => std::format!("{other:?}"),
            };
            self.0.push(std::format!("{} {value}", field.name));
        }
        fn open(&mut self, _: &'static Field, _: Span) {
            self.1 += 1;
            self.2 = self.2.max(self.1);
        }
        fn close(&mut self) {
            self.1 -= 1;
        }
    }

    fn shown(bytes: &[u8]) -> Shown {
        let mut shown = Shown::default();
        walk(bytes).iter().for_each(|layer| layer.show(&mut shown));
        shown
    }

    #[test]
    fn a_relayed_message_is_a_layer_and_the_options_behind_it_are_a_tail() {
        let inner = solicit(&[]);
        let bytes = relay(&option(18, b"eth0"), &relay(&[], &inner, &[]), &option(38, b"me"));
        let layers = walk(&bytes);
        assert_eq!(layers.iter().map(|l| l.proto).collect::<Vec<_>>(), [Proto::Dhcpv6; 3]);
        assert_eq!(layers[0].head().len(), 34 + 8 + 4);
        assert_eq!(layers[0].tail(), option(38, b"me"));
        assert_eq!(layers[2].head(), inner);
        let View::Dhcpv6(outer) = layers[0].view else { panic!() };
        assert_eq!(outer.relay(&layers[0].place).unwrap().hop_count(), 1);
        assert_eq!(outer.transaction_id(&layers[0].place), None);
        assert_eq!(outer.options(&layers[0].place).map(|o| o.kind()).collect::<Vec<_>>(), [18, 38]);
        assert_eq!(outer.find(&layers[0].place, 38).unwrap().kind(), 38);
        assert!(issues(&bytes).is_empty(), "{:?}", issues(&bytes));
        let lines = shown(&bytes).0;
        assert_eq!(lines.iter().filter(|line| *line == "code 9").count(), 2);
        assert!(lines.contains(&"subscriber me".to_string()));
    }

    #[test]
    fn a_relay_without_a_message_is_told() {
        let bytes = [&[12, 0][..], &[0; 32], &option(18, b"a")].concat();
        assert!(issues(&bytes)[0].contains("carries no message"));
        assert!(issues(&bytes[..20])[0].contains("34 bytes needed, 20 there"));
    }

    #[test]
    fn a_relayed_message_that_is_cut_says_so() {
        let bytes = relay(&[], &solicit(&[]), &[]);
        let cut = &bytes[..bytes.len() - 3];
        assert!(issues(cut).iter().any(|i| i.contains("cut by the end of the frame")), "{:?}", issues(cut));
    }

    #[test]
    fn dhcpv4_over_dhcpv6_is_walked() {
        let mut v4 = std::vec![0; 240];
        v4[0] = 1;
        v4[236..].copy_from_slice(&[99, 130, 83, 99]);
        let bytes = [&[20, 0, 0, 0][..], &option(87, &v4)].concat();
        assert_eq!(walk(&bytes).iter().map(|l| l.proto).collect::<Vec<_>>(), [Proto::Dhcpv6, Proto::Dhcp]);
    }

    #[test]
    fn options_are_nested_as_deep_as_is_bounded() {
        let mut nested = Vec::new();
        for _ in 0..2000 {
            nested = option(4, &[&[0, 0, 0, 1][..], &nested].concat());
        }
        let shown = shown(&solicit(&nested));
        assert_eq!(shown.2, 2 * (usize::from(MAX_NESTING) + 1));
        assert_eq!(issues(&solicit(&nested)).len(), 1);
    }

    #[test]
    fn addresses_prefixes_and_a_status_are_found() {
        let address = [&[0x20; 16][..], &[0, 0, 0, 9, 0, 0, 0, 8], &option(13, b"\0\x02none")].concat();
        let mut prefix = [0; 25];
        prefix[8..11].copy_from_slice(&[56, 0x20, 1]);
        let na = [&[0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2][..], &option(5, &address)].concat();
        let pd = [&[0; 12][..], &option(26, &prefix)].concat();
        let bytes = solicit(&[option(3, &na), option(25, &pd)].concat());
        let layers = walk(&bytes);
        let View::Dhcpv6(message) = layers[0].view else { panic!() };
        assert_eq!(message.addresses(&layers[0].place).collect::<Vec<_>>(), [Ipv6Addr::from([0x20; 16])]);
        assert_eq!(message.prefixes(&layers[0].place).collect::<Vec<_>>(), [("2001::".parse().unwrap(), 56)]);
        assert!(shown(&bytes).0.contains(&"message none".to_string()));
        let issues = issues(&bytes);
        assert!(issues.len() == 2 && issues[0].contains("T1") && issues[1].contains("lifetime"), "{issues:?}");
    }

    #[test]
    fn rules_of_messages_are_checked() {
        assert!(issues(&[1, 0, 0, 0])[0].contains("client identifier"));
        assert!(issues(&solicit(&option(2, &[0, 2, 0, 0, 0, 9, 7])))[0].contains("must have no server"));
        assert!(issues(&[11, 0, 0, 0]).is_empty());
        assert!(issues(&solicit(&option(24, &[1, b'a', 0, 0xc0, 0])))[0].contains("compressed"));
        assert!(issues(&solicit(&option(24, &[1, b'a'])))[0].contains("do not fit type 24"));
        assert!(issues(&solicit(&[0, 7, 0]))[0].contains("breaks off"));
    }

    #[test]
    fn any_bytes_are_read_without_panic() {
        let mut seed = 0x9e37_79b9_7f4a_7c15u64;
        let mut random = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        for round in 0..2000 {
            let mut rest = Vec::new();
            for _ in 0..random() % 6 {
                let code = (random() % 150) as u16;
                let contents: Vec<u8> = (0..random() % 60).map(|_| random() as u8 & 31).collect();
                rest.extend(option(code, &contents));
            }
            rest.truncate(rest.len().saturating_sub((random() % 5) as usize));
            let bytes = match round % 3 {
                0 => solicit(&rest),
                1 => relay(&rest, &solicit(&[]), &[]),
                _ => relay(&[], &solicit(&[]), &rest),
            };
            shown(&bytes);
            issues(&bytes);
        }
    }
}
