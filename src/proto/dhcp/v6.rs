//! DHCP for IPv6 (RFC 8415): messages of clients, servers and relay agents, and the messages that they carry.

use crate::layer::{IssueKind, Limit, NextProtocol, OptionList};
use crate::layer::{LayerBounds, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
#[cfg(feature = "alloc")]
use crate::layer::{Summary, show};
use crate::proto::{Dhcpv6FqdnFlags, Dhcpv6MessageType, Dhcpv6Option};
use crate::wire::TlvRemainder;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Cursor, ITEM, LENGTH, Schema, TaggedEnum, Tlvs, build_item, build_items};
use crate::wire::{Encoder, FieldError, OWN, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, header, show_fixed};
use core::net::Ipv6Addr;

/// Fields after the message type, selected by it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// [`Dhcpv6Transaction`].
    Transaction,
    /// [`Dhcpv6Relay`], and the relayed message in option 9.
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

    /// The fields after the message type.
    const fn fields(self) -> &'static [Field] {
        match self {
            Shape::Transaction => Dhcpv6Transaction::FIELDS,
            Shape::Relay => Dhcpv6Relay::FIELDS,
            Shape::Dhcpv4 => Dhcp4o6Flags::FIELDS,
        }
    }

    /// Number of bytes before the options.
    const fn fixed(self) -> usize {
        Dhcpv6::LEN
            + match self {
                Shape::Transaction => Dhcpv6Transaction::LEN,
                Shape::Relay => Dhcpv6Relay::LEN,
                Shape::Dhcpv4 => Dhcp4o6Flags::LEN,
            }
    }

    /// The option that carries a message, and the protocol of that message.
    const fn carries(self) -> Option<(u16, NextProtocol)> {
        match self {
            Shape::Transaction => None,
            Shape::Relay => Some((9, NextProtocol::Dhcpv6Message)),
            Shape::Dhcpv4 => Some((87, NextProtocol::UdpPort(67))),
        }
    }
}

header! {
    /// Message type at the start of every DHCPv6 message. A [`Dhcpv6Transaction`] follows, or in a relay agent's
    /// message a [`Dhcpv6Relay`]; then options. RFC 8415 §8 and §9.
    ///
    /// A relayed message is a separate layer. The header of the relay agent's message ends where the contents of its
    /// option 9 start; options after that one are its trailer. The same holds for DHCPv4 messages in option 87
    /// (RFC 7341).
    ///
    /// ```
    /// use packetsmith::proto::dhcp::Dhcpv6MessageType;
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// let message = [1, 0xab, 0xcd, 0xef, 0, 3, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, //
    ///     0, 5, 0, 24, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0];
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPort(547), &message)).next().unwrap();
    /// let View::Dhcpv6(dhcp) = layer.view else { panic!() };
    /// assert_eq!(dhcp.message_type(), Dhcpv6MessageType::Solicit);
    /// assert_eq!(dhcp.transaction_id(&layer.context), Some(0xabcdef));
    /// assert!(dhcp.addresses(&layer.context).eq(["2001:db8::7".parse::<std::net::Ipv6Addr>().unwrap()]));
    /// ```
    pub struct Dhcpv6(1) => Dhcpv6Edit, layer {
        /// Message type, which selects the fields that follow.
        message_type: Dhcpv6MessageType = 0..8, "dhcpv6.msgtype";
    }
}

header! {
    /// Fields after the message type in messages of clients and servers, RFC 8415 §8.
    pub struct Dhcpv6Transaction(3) => Dhcpv6TransactionEdit {
        /// Transaction ID: chosen by the client, copied by the server.
        transaction_id: u32 = 0..24, "dhcpv6.xid", hex;
    }
}

header! {
    /// Fields after the message type in messages of relay agents, RFC 8415 §9.
    pub struct Dhcpv6Relay(33) => Dhcpv6RelayEdit {
        /// Number of relay agents that relayed the message before.
        hop_count: u8 = 0..8, "dhcpv6.hopcount";
        /// An address that identifies the client's link; may be `::`.
        link_address: Ipv6Addr = 8..136, "dhcpv6.linkaddr";
        /// Address of the client or relay agent that the message came from, or will be relayed to.
        peer_address: Ipv6Addr = 136..264, "dhcpv6.peeraddr";
    }
}

header! {
    /// Fields after the message type in messages that carry DHCPv4, RFC 7341 §8.
    pub struct Dhcp4o6Flags(3) => Dhcp4o6FlagsEdit {
        /// U: the client would send the DHCPv4 message by unicast.
        unicast: bool = 0..1, "dhcpv6.dhcp4o6.unicast";
        /// Reserved.
        reserved: u32 = 1..24, "dhcpv6.dhcp4o6.reserved", reserved;
    }
}

const OPTIONS: &Field =
    &Field::floating("options", "dhcpv6.option", Kind::List(&Kind::Group), "Options, RFC 8415 §21.1.");

/// Length of an option's code and length fields in bytes.
const OPTION_HEAD: usize = 4;

/// Start of the message carried in `bytes`, and its end according to the option length.
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

    /// The bytes after the message type.
    fn after_type(&self, context: &LayerContext<'a>) -> Cursor<'a> {
        context.options(Dhcpv6::LEN)
    }

    /// The transaction ID in messages of clients and servers.
    pub fn transaction_id(&self, context: &LayerContext<'a>) -> Option<u32> {
        let bytes = self.after_type(context).chunk().filter(|_| self.shape() == Shape::Transaction)?;
        Some(Dhcpv6Transaction::new(bytes).transaction_id())
    }

    /// Hop count and addresses in messages of relay agents.
    pub fn relay(&self, context: &LayerContext<'a>) -> Option<Dhcpv6Relay<&'a [u8; 33]>> {
        let bytes = self.after_type(context).chunk().filter(|_| self.shape() == Shape::Relay)?;
        Some(Dhcpv6Relay::new(bytes))
    }

    /// Start of the carried message, and end of the option that contains it.
    fn carried(&self, context: &LayerContext<'a>) -> Option<(u32, u32)> {
        let at = context.bounds.start;
        let (start, end) = carried(Span::new(at, context.bounds.trailer_end).of(context.frame), self.shape())?;
        Some((at + start as u32, at + end as u32))
    }

    /// The options before the carried message, and those after it.
    fn areas(&self, context: &LayerContext<'a>) -> [Tlvs<'a, Dhcpv6Option<'a>>; 2] {
        let start = (context.bounds.start + self.shape().fixed() as u32).min(context.bounds.header_end);
        let middle = match self.carried(context) {
            Some((contents, _)) => contents - OPTION_HEAD as u32,
            None => context.bounds.header_end,
        };
        [Span::new(start, middle), context.trailer_span()].map(|span| Tlvs::at(Cursor::within(context.frame, span)))
    }

    /// The options, without the one that contains the next layer.
    pub fn options(&self, context: &LayerContext<'a>) -> impl Iterator<Item = Dhcpv6Option<'a>> + use<'a> {
        self.areas(context).into_iter().flat_map(|area| area.iter())
    }

    /// The first option with this code.
    pub fn find(&self, context: &LayerContext<'a>, code: u16) -> Option<Dhcpv6Option<'a>> {
        let mut items = self.areas(context).into_iter().flat_map(|area| area.items()).flatten();
        items.find(|item| item.kind == code).map(|item| Dhcpv6Option::decode(code, item.contents))
    }

    /// The options inside the identity associations of these types.
    fn associations(&self, context: &LayerContext<'a>) -> impl Iterator<Item = Dhcpv6Option<'a>> + use<'a> {
        let is_association = |option: &Dhcpv6Option| {
            matches!(option, Dhcpv6Option::IaNa { .. } | Dhcpv6Option::IaTa { .. } | Dhcpv6Option::IaPd { .. })
        };
        let inside = self.options(context).filter(is_association).filter_map(|option| option.inside());
        inside.flat_map(|options| options.iter())
    }

    /// The addresses in identity associations, which the client requests or is assigned.
    pub fn addresses(&self, context: &LayerContext<'a>) -> impl Iterator<Item = Ipv6Addr> + use<'a> {
        self.associations(context).filter_map(|option| match option {
            Dhcpv6Option::IaAddress { address, .. } => Some(address),
            _ => None,
        })
    }

    /// The prefixes in identity associations, with their lengths in bits.
    pub fn prefixes(&self, context: &LayerContext<'a>) -> impl Iterator<Item = (Ipv6Addr, u8)> + use<'a> {
        self.associations(context).filter_map(|option| match option {
            Dhcpv6Option::IaPrefix { prefix, prefix_length, .. } => Some((prefix, prefix_length)),
            _ => None,
        })
    }
}

rules! {
    /// Rules of DHCPv6.
    pub enum Dhcpv6Rule {
        ClientIdMissing = Warning "dhcpv6.message_type.client_id_missing"
            "a message of this type must include a client identifier option (RFC 8415 §16)",
        ServerIdMissing = Warning "dhcpv6.message_type.server_id_missing"
            "a message of this type must include a server identifier option (RFC 8415 §16)",
        ServerIdForbidden = Warning "dhcpv6.message_type.server_id_forbidden"
            "a message of this type must not include a server identifier option (RFC 8415 §16)",
        MessageMissing = Warning "dhcpv6.message_type.message_missing"
            "the option that contains the other message is missing",
        HopCountTooLarge = Note "dhcpv6.hop_count.too_large" "the hop count is greater than 8 (RFC 8415 §7.6)",
        T1AfterT2 = Warning "dhcpv6.options.t1_after_t2"
            "T1 is greater than T2, and clients discard the option (RFC 8415 §21.4, §21.21)",
        PreferredAfterValid = Warning "dhcpv6.options.preferred_after_valid"
            "the preferred lifetime is greater than the valid lifetime, and clients discard the option (RFC 8415 §21.6, §21.22)",
        PrefixTooLong = Warning "dhcpv6.options.prefix_too_long" "the prefix length must not be greater than 128",
        FqdnFlagsConflict = Warning "dhcpv6.options.fqdn_flags_conflict"
            "the N and S bits must not both be set (RFC 4704 §4.1)",
        NameCompressed = Warning "dhcpv6.options.name_compressed" "a domain name must not be compressed (RFC 8415 §10)",
    }
}

impl<'a> Protocol<'a> for Dhcpv6<&'a [u8; 1]> {
    const NAME: &'static str = "dhcpv6";
    const TITLE: &'static str = "Dynamic Host Configuration Protocol for IPv6, RFC 8415";
    const TABLE: &'static [Field] = Dhcpv6::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::placed_by_protocol::<Dhcpv6Option>(OPTIONS));
    const VARIABLE: &'static [&'static Schema] =
        &[&Schema::of(Dhcpv6Transaction::FIELDS), &Schema::of(Dhcpv6Relay::FIELDS), &Schema::of(Dhcp4o6Flags::FIELDS)];
    const RULES: &'static [&'static [Rule]] = &[Dhcpv6Rule::ALL];
    const RAW: &'static str = "Contents of vendor-specific options.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Dhcpv6::LEN))?;
        let shape = header.shape();
        Ok(match (carried(bytes, shape), shape.carries()) {
            _ if bytes.len() < shape.fixed() => {
                ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown).defect(ParseDefect::needs(shape.fixed()))
            }
            (Some((start, end)), Some((_, next))) => ParsedHeader::new(header, start, next).total_len(end),
            _ => ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown),
        })
    }

    fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
        let (end, number, max) =
            (bounds.header_end as usize, u64::from(bounds.payload_end - bounds.header_end), u16::MAX.into());
        if let (Some(context), true) = (frame.get_mut(end - 2..end), unset & OWN != 0) {
            let length =
                u16::try_from(number).map_err(|_| FieldError::at(LENGTH, ValueError::TooLarge { number, max }))?;
            context.copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    fn build(builder: &mut Encoder<'_>, at: usize, unset: &mut u64) -> Result<(), FieldError> {
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
            // The carried message is the next layer; options after it are the trailer.
            builder.number(Dhcpv6Option::KIND, 2)?;
            if builder.given(LENGTH, 2)?.is_none() {
                *unset |= OWN;
            }
            builder.in_trailer(build_items::<Dhcpv6Option>)?;
            break;
        }
        builder.source.close()
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let rest = self.after_type(context);
        show_fixed(self.shape().fields(), rest.bytes(), rest.span().start, visitor);
        let start = context.bounds.start + self.shape().fixed() as u32;
        if start >= context.bounds.header_end {
            return;
        }
        let [before, after] = self.areas(context);
        let carried = self.carried(context);
        let end = if carried.is_some() { context.bounds.trailer_end } else { context.bounds.header_end };
        visitor.open(OPTIONS, Span::new(start, end));
        before.show_items(visitor);
        if let (Some((contents, end)), Some((code, _))) = (carried, self.shape().carries()) {
            visitor.open(ITEM, Span::new(contents - OPTION_HEAD as u32, context.bounds.payload_end));
            visitor.field(Dhcpv6Option::KIND, Span::new(contents - 4, contents - 2), Value::Uint(code.into()));
            visitor.field(LENGTH, Span::new(contents - 2, contents), Value::Uint((end - contents).into()));
            visitor.close();
            after.show_items(visitor);
        }
        visitor.close();
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        for area in self.areas(context) {
            check_options(area, context, report);
        }
        Protocol::show(self, context, &mut NameChecker { report });
        // Missing parts may be truncated by the capture.
        if context.is_whole() && context.is_all_here() && context.header().len() >= self.shape().fixed() {
            self.check_rules(context, report);
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        summary.fields(Self::NAME, |visitor| show(self, context, visitor));
        let info = &mut summary.info;
        for address in self.addresses(context) {
            append!(info, " address=", address);
        }
        for (prefix, length) in self.prefixes(context) {
            append!(info, " prefix=", prefix, "/", length);
        }
    }
}

impl<'a> Dhcpv6<&'a [u8; 1]> {
    /// Reports messages that servers or clients discard (RFC 8415 §16).
    fn check_rules(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        use Dhcpv6MessageType::*;
        let at = context.bounds.start;
        let mut rule = |rule: Dhcpv6Rule| {
            let field = &Dhcpv6::FIELDS[0];
            report(Some(field), field.span(at), rule.into())
        };
        let has = |code| self.find(context, code).is_some();
        let (client, server) = (has(1), has(2));
        let kind = self.message_type();
        if !client
            && matches!(
                kind,
                Solicit | Advertise | Request | Confirm | Renew | Rebind | Release | Decline | Reconfigure
            )
        {
            rule(Dhcpv6Rule::ClientIdMissing);
        }
        if !server && matches!(kind, Advertise | Request | Renew | Reply | Release | Decline | Reconfigure) {
            rule(Dhcpv6Rule::ServerIdMissing);
        }
        if server && matches!(kind, Solicit | Confirm | Rebind) {
            rule(Dhcpv6Rule::ServerIdForbidden);
        }
        if self.shape() != Shape::Transaction && self.carried(context).is_none() {
            rule(Dhcpv6Rule::MessageMissing);
        }
        if self.relay(context).is_some_and(|relay| relay.hop_count() > 8) {
            let field = &Dhcpv6Relay::FIELDS[0];
            report(Some(field), field.span(at + Dhcpv6::LEN as u32), Dhcpv6Rule::HopCountTooLarge.into());
        }
    }
}

/// Reports issues in options and in the options inside them. [`Nested`](crate::wire::Nested) bounds the depth.
fn check_options<'a>(options: Tlvs<'a, Dhcpv6Option<'a>>, context: &LayerContext<'a>, report: &mut Report<'_>) {
    for item in options.items() {
        let item = match item {
            Ok(item) => item,
            Err(rest) => {
                report(Some(OPTIONS), rest.span, broken(&rest, context));
                continue;
            }
        };
        let mut warn = |rule: Dhcpv6Rule| report(Some(OPTIONS), item.span, rule.into());
        let option = Dhcpv6Option::decode(item.kind, item.contents);
        match option {
            Dhcpv6Option::Unknown { kind, .. } if Dhcpv6Option::name_of(kind).is_some() => {
                report(Some(OPTIONS), item.span, IssueKind::BadItem(kind));
            }
            Dhcpv6Option::IaNa { t1, t2, .. } | Dhcpv6Option::IaPd { t1, t2, .. } if t1 > t2 && t2 > 0 => {
                warn(Dhcpv6Rule::T1AfterT2);
            }
            Dhcpv6Option::IaAddress { preferred_lifetime, valid_lifetime, .. }
            | Dhcpv6Option::IaPrefix { preferred_lifetime, valid_lifetime, .. }
                if preferred_lifetime > valid_lifetime =>
            {
                warn(Dhcpv6Rule::PreferredAfterValid);
            }
            Dhcpv6Option::IaPrefix { prefix_length: 129.., .. } => warn(Dhcpv6Rule::PrefixTooLong),
            Dhcpv6Option::ClientFqdn { flags, .. }
                if flags.contains(Dhcpv6FqdnFlags::NO_UPDATE | Dhcpv6FqdnFlags::SERVER) =>
            {
                warn(Dhcpv6Rule::FqdnFlagsConflict);
            }
            _ => {}
        }
        if let Some(inside) = option.inside() {
            check_options(inside, context, report);
        }
    }
}

/// Returns the issue for a truncated option: the capture may have truncated it.
fn broken(rest: &TlvRemainder<'_>, context: &LayerContext<'_>) -> IssueKind {
    let (bytes, span) = (rest.bytes, rest.span);
    let end = context.bounds.trailer_end.max(context.bounds.header_end);
    if context.is_whole() && context.is_all_here() || span.end != end {
        return rest.issue();
    }
    let declared = bytes.get(2..4).map_or(0, |length| u32::from(length[0]) << 8 | u32::from(length[1]));
    let limit = if context.quoted { Limit::Quote } else { Limit::Snapshot };
    IssueKind::Truncated { needed: OPTION_HEAD as u32 + declared, have: bytes.len() as u32, limit }
}

/// Reports compressed names.
struct NameChecker<'r, 'f> {
    report: &'r mut Report<'f>,
}

impl Visitor for NameChecker<'_, '_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        if matches!(value, Value::Name(name) if name.is_compressed() && name.check().is_ok()) {
            (self.report)(Some(field), span, Dhcpv6Rule::NameCompressed.into());
        }
    }
    fn open(&mut self, _: &'static Field, _: Span) {}
    fn close(&mut self) {}
}

crate::wire::options_of! { Dhcpv6Option: Dhcpv6; }

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, ExaminedLayer, Layers};
    use crate::proto::{Proto, View};
    use crate::wire::MAX_NESTING;
    use std::string::{String, ToString};
    use std::vec::Vec;

    fn option(code: u16, contents: &[u8]) -> Vec<u8> {
        [&code.to_be_bytes()[..], &(contents.len() as u16).to_be_bytes(), contents].concat()
    }

    fn solicit(options: &[u8]) -> Vec<u8> {
        [&[1, 0xab, 0xcd, 0xef], &option(1, &[0, 2, 0, 0, 0, 9, 7])[..], options].concat()
    }

    /// Builds a relay agent's message with options before, inside and after the one with the relayed message.
    fn relay(before: &[u8], message: &[u8], after: &[u8]) -> Vec<u8> {
        let mut bytes = std::vec![12, 1];
        bytes.extend([0x20; 32]);
        [&bytes, before, &option(9, message), after].concat()
    }

    fn walk(bytes: &[u8]) -> Vec<ExaminedLayer<'_>> {
        Examine::new(Layers::new(NextProtocol::UdpPort(547), bytes)).collect()
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
            static KNOWN: std::sync::LazyLock<Vec<&Field>> =
                std::sync::LazyLock::new(|| Proto::Dhcpv6.variable_fields().chain(Dhcpv6::FIELDS).collect());
            let declared = KNOWN.iter().any(|f| f.name == field.name && f.filter == field.filter);
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
    fn a_relayed_message_is_a_layer_and_later_options_are_the_trailer() {
        let inner = solicit(&[]);
        let bytes = relay(&option(18, b"eth0"), &relay(&[], &inner, &[]), &option(38, b"me"));
        let layers = walk(&bytes);
        assert_eq!(layers.iter().map(|l| l.proto).collect::<Vec<_>>(), [Proto::Dhcpv6; 3]);
        assert_eq!(layers[0].header().len(), 34 + 8 + 4);
        assert_eq!(layers[0].trailer(), option(38, b"me"));
        assert_eq!(layers[2].header(), inner);
        let View::Dhcpv6(outer) = layers[0].view else { panic!() };
        assert_eq!(outer.relay(&layers[0].context).unwrap().hop_count(), 1);
        assert_eq!(outer.transaction_id(&layers[0].context), None);
        assert_eq!(outer.options(&layers[0].context).map(|o| o.kind()).collect::<Vec<_>>(), [18, 38]);
        assert_eq!(outer.find(&layers[0].context, 38).unwrap().kind(), 38);
        assert!(issues(&bytes).is_empty(), "{:?}", issues(&bytes));
        let lines = shown(&bytes).0;
        assert_eq!(lines.iter().filter(|line| *line == "code 9").count(), 2);
        assert!(lines.contains(&"subscriber me".to_string()));
    }

    #[test]
    fn a_relay_without_a_message_is_reported() {
        let bytes = [&[12, 0][..], &[0; 32], &option(18, b"a")].concat();
        assert!(issues(&bytes)[0].contains("the other message is missing"));
        assert!(issues(&bytes[..20])[0].contains("34 bytes needed, 20 present"));
    }

    #[test]
    fn a_truncated_relayed_message_is_reported() {
        let bytes = relay(&[], &solicit(&[]), &[]);
        let cut = &bytes[..bytes.len() - 3];
        assert!(issues(cut).iter().any(|i| i.contains("cut off by the end of the frame")), "{:?}", issues(cut));
    }

    #[test]
    fn dhcpv4_over_dhcpv6_is_parsed() {
        let mut v4 = std::vec![0; 240];
        v4[0] = 1;
        v4[236..].copy_from_slice(&[99, 130, 83, 99]);
        let bytes = [&[20, 0, 0, 0][..], &option(87, &v4)].concat();
        assert_eq!(walk(&bytes).iter().map(|l| l.proto).collect::<Vec<_>>(), [Proto::Dhcpv6, Proto::Dhcp]);
    }

    #[test]
    fn nested_options_are_parsed_up_to_the_depth_limit() {
        let mut nested = Vec::new();
        for _ in 0..2000 {
            nested = option(4, &[&[0, 0, 0, 1][..], &nested].concat());
        }
        let shown = shown(&solicit(&nested));
        assert_eq!(shown.2, 2 * (usize::from(MAX_NESTING) + 1));
        assert_eq!(issues(&solicit(&nested)).len(), 1);
    }

    #[test]
    fn addresses_prefixes_and_status_are_found() {
        let address = [&[0x20; 16][..], &[0, 0, 0, 9, 0, 0, 0, 8], &option(13, b"\0\x02none")].concat();
        let mut prefix = [0; 25];
        prefix[8..11].copy_from_slice(&[56, 0x20, 1]);
        let na = [&[0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2][..], &option(5, &address)].concat();
        let pd = [&[0; 12][..], &option(26, &prefix)].concat();
        let bytes = solicit(&[option(3, &na), option(25, &pd)].concat());
        let layers = walk(&bytes);
        let View::Dhcpv6(message) = layers[0].view else { panic!() };
        assert_eq!(message.addresses(&layers[0].context).collect::<Vec<_>>(), [Ipv6Addr::from([0x20; 16])]);
        assert_eq!(message.prefixes(&layers[0].context).collect::<Vec<_>>(), [("2001::".parse().unwrap(), 56)]);
        assert!(shown(&bytes).0.contains(&"message none".to_string()));
        let issues = issues(&bytes);
        assert!(issues.len() == 2 && issues[0].contains("T1") && issues[1].contains("lifetime"), "{issues:?}");
    }

    #[test]
    fn message_rules_are_checked() {
        assert!(issues(&[1, 0, 0, 0])[0].contains("client identifier"));
        assert!(issues(&solicit(&option(2, &[0, 2, 0, 0, 0, 9, 7])))[0].contains("must not include a server"));
        assert!(issues(&[11, 0, 0, 0]).is_empty());
        assert!(issues(&solicit(&option(24, &[1, b'a', 0, 0xc0, 0])))[0].contains("compressed"));
        assert!(issues(&solicit(&option(24, &[1, b'a'])))[0].contains("not valid for type 24"));
        assert!(issues(&solicit(&[0, 7, 0]))[0].contains("not a complete item"));
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
