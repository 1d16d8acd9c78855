//! Packets in one line of text, for people who build them in a terminal.
//!
//! Layers are written outermost first, with slashes between them. A layer is its name and its fields, by the names that
//! JSON and `-V` use. Fields that are not set are computed, or have their default.
//!
//! ```
//! use packetsmith::Packet;
//! let text = "ethernet dst=ff:ff:ff:ff:ff:ff / ipv4 dst=255.255.255.255 / udp src_port=68 dst_port=67 \
//!             / dhcp message_type=discover requested_address=10.0.0.7";
//! let frame = text.parse::<Packet>().unwrap().build().unwrap();
//! assert_eq!(frame[12..15], [0x08, 0x00, 0x45]);
//! ```
//!
//! - Values are numbers (`80`, `0x50`), names of registries (`protocol=udp`), flags (`flags=SYN|ACK`),
//!   addresses, domain names, `true` and `false`, hexadecimal bytes, and text in quotes with the escapes
//!   `\n`, `\r`, `\t`, `\0`, `\\`, `\"` and `\x41`.
//! - Lists are written in brackets, with commas or blanks between items. An item that is a group of fields is written in
//!   braces. An option is its name, or its number, and its fields:
//!   `tcp options=[maximum_segment_size size=1460, no_operation, 253 data=0102]`.
//! - An option can be set as if it were a field of its layer: by its own name, `tcp
//!   maximum_segment_size=1460`, or by that of one of its fields, `dhcp message_type=discover`.
//! - Anything else is the payload: text in quotes, hexadecimal bytes as `0x00ff`, or a file as
//!   `@path`, which ends at a blank, and which the caller reads.
//! - A destination port that is not set is that of the next protocol, unless the source port is.

use super::owned::Packet;
use super::text_value::port_number;
use super::tree::Tree;
use crate::layer::NextProtocol;
use crate::proto::{Proto, Protocols};
use crate::wire::{Encoder, Field, Schema, ValueError};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::character::complete::{char, multispace0, none_of};
use nom::combinator::{map, recognize, value};
use nom::error::ErrorKind;
use nom::multi::fold_many0;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// Why a text is not a packet.
///
/// ```
/// let error = "ipv4 src=10.0.0.1 / upd".parse::<packetsmith::Packet>().unwrap_err();
/// assert_eq!(error.at, 20);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketTextError {
    /// Offset of the error in the text, in bytes.
    pub at: usize,
    /// The error in words.
    pub what: String,
}

impl fmt::Display for PacketTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl core::error::Error for PacketTextError {}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
enum Written<'t> {
    Word(&'t str),
    Quoted(Vec<u8>),
    List(Vec<(usize, Item<'t>)>),
    Group(Vec<Member<'t>>),
}

/// An item of a list: a value, or a name with fields.
#[derive(Clone, Debug, PartialEq)]
enum Item<'t> {
    Value(Written<'t>),
    Option(&'t str, Vec<Member<'t>>),
}

/// A field: offset and text of its name, offset and content of its value.
type Member<'t> = (usize, &'t str, usize, Written<'t>);

/// A layer or a payload.
enum WrittenLayer<'t> {
    Layer(&'t str, Vec<Member<'t>>),
    Bytes(Vec<u8>),
    File(&'t str),
}

/// Reads a file that a packet text names.
pub type Files<'f> = dyn FnMut(&str) -> Result<Vec<u8>, String> + 'f;

/// A packet, and the offsets of its entries in the text.
///
/// ```
/// use packetsmith::PacketText;
/// let mut packet_text = PacketText::parse("ipv4 src=10.0.0.300", &mut |_| Err("no files here".into())).unwrap();
/// let error = packet_text.build().unwrap_err();
/// assert_eq!((error.at, error.what.as_str()), (9, "layer 1 (ipv4), src: is not an IPv4 address"));
/// ```
#[derive(Clone)]
pub struct PacketText {
    /// The packet.
    pub packet: Packet,
    /// For each entry of the tree, in order, the offsets of its name and its value in the text.
    places: Vec<(usize, usize)>,
}

impl PacketText {
    /// Parses a packet. `files` reads the files that it names.
    ///
    /// # Errors
    ///
    /// A text that is not a packet, an unknown layer, or a file that cannot be read. Fields and values are checked when
    /// the packet is built.
    pub fn parse(text: &str, files: &mut Files<'_>) -> Result<Self, PacketTextError> {
        Protocols::builtin().packet_text(text, files)
    }

    pub(super) fn parse_knowing(text: &str, files: &mut Files<'_>, known: &Protocols) -> Result<Self, PacketTextError> {
        let parts = parse(text)?;
        let mut writer = TreeWriter { form: Tree::default(), places: Vec::new(), name_at: None };
        writer.form.add_protocols(known);
        writer.at(0, |form| form.open_list("layers"));
        let protos: Vec<_> = parts.iter().map(|(_, part)| part.proto(known)).collect();
        for (i, (at, part)) in parts.iter().enumerate() {
            let at = *at;
            writer.at(at, |form| form.open_group(""));
            match part {
                WrittenLayer::Layer(name, members) => {
                    let unknown = || PacketTextError { at, what: unknown_protocol(name, known) };
                    let proto = protos[i].ok_or_else(unknown)?;
                    writer.at(at, |form| form.text("layer", proto.name()));
                    writer.layer(proto, members, protos.get(i + 1).copied().flatten());
                }
                WrittenLayer::Bytes(bytes) => writer.data(at, bytes),
                WrittenLayer::File(path) => {
                    writer.data(at, &files(path).map_err(|what| PacketTextError { at, what })?);
                }
            }
            writer.form.close();
        }
        writer.form.close();
        let mut packet = Packet::default();
        packet.form = writer.form;
        packet.form.strict = true;
        Ok(PacketText { packet, places: writer.places })
    }

    /// Builds the packet. An error has its offset in the text.
    ///
    /// # Errors
    ///
    /// As [`Packet::build`].
    pub fn build(&mut self) -> Result<Vec<u8>, PacketTextError> {
        let result = self.packet.build();
        result.map_err(|error| PacketTextError {
            at: match (error.entry.and_then(|entry| self.places.get(entry)), error.error.error) {
                (Some((name, _)), ValueError::NoMember) => *name,
                (Some((_, value)), _) => *value,
                (None, _) => 0,
            },
            what: error.to_string(),
        })
    }
}

impl WrittenLayer<'_> {
    fn proto(&self, known: &Protocols) -> Option<Proto> {
        match self {
            WrittenLayer::Layer(name, _) => {
                let mut found = known.named(name);
                found.next().filter(|_| found.next().is_none())
            }
            _ => Some(Proto::Data),
        }
    }
}

/// Why a name is not that of one protocol.
fn unknown_protocol(name: &str, known: &Protocols) -> String {
    let several: Vec<&str> = known.named(name).map(Proto::name).collect();
    match &several[..] {
        [] => known.unknown_name(name),
        several => format!("{name} may be {}", several.join(" or ")),
    }
}

/// Writes the tree of a packet, and notes the offsets of its entries in the text.
struct TreeWriter {
    form: Tree,
    places: Vec<(usize, usize)>,
    /// Offset of the name of the next value.
    name_at: Option<usize>,
}

impl TreeWriter {
    fn at(&mut self, at: usize, add: impl FnOnce(&mut Tree)) {
        add(&mut self.form);
        let name = self.name_at.take().unwrap_or(at);
        self.places.resize(self.form.len(), (name, at));
    }

    fn data(&mut self, at: usize, bytes: &[u8]) {
        self.at(at, |form| form.text("layer", "data"));
        self.at(at, |form| form.bytes("data", bytes));
    }

    fn layer(&mut self, proto: Proto, members: &[Member<'_>], next: Option<Proto>) {
        let mut options = Vec::new();
        // Options that are set like fields come before those of the list.
        let list = proto.options().map(|list| list.field.name);
        let is_list = |member: &&Member<'_>| list == Some(member.1) && matches!(member.3, Written::List(_));
        let listed = members.iter().find(is_list).filter(|_| members.iter().filter(is_list).count() == 1);
        for member @ (at, name, value_at, value) in members {
            let field = proto.fields().iter().find(|field| field.name == *name || field.filter == *name);
            let key = field.map_or(*name, |field| field.name);
            let option = proto.options().filter(|_| field.is_none()).and_then(|list| Some((list, (list.find)(name)?)));
            // A field of the header is set there, if an option has its name too.
            let option = option.filter(|_| !has_field(proto, members, name));
            match option {
                Some((list, named)) if list.field.name != *name => options.push((member, named)),
                _ if listed.is_some_and(|listed| core::ptr::eq(listed, member)) => {}
                _ => {
                    let kind = proto.options().filter(|list| list.field.name == *name).map(|list| list.kind);
                    self.name_at = Some(*at);
                    self.value(*value_at, key, value, kind);
                }
            }
        }
        if let (Some(list), Some((at, ..))) = (proto.options(), options.first().map(|(member, _)| *member).or(listed)) {
            self.name_at = Some(*at);
            self.at(*at, |form| form.open_list(list.field.name));
            for ((at, _, value_at, value), named) in &options {
                self.at(*at, |form| form.open_group(""));
                self.at(*at, |form| form.number(list.kind.name, named.kind.into()));
                if let Some(row) = named.row {
                    self.value(*value_at, row, value, None);
                }
                self.form.close();
            }
            if let Some((.., Written::List(items))) = listed {
                self.items(items, Some(list.kind));
            }
            if let Some(end) = list.end.filter(|&end| end != 0 && listed.is_none()) {
                self.at(0, |form| form.open_group(""));
                self.at(0, |form| form.number(list.kind.name, end.into()));
                self.form.close();
            }
            self.form.close();
        }
        self.ports(proto, members, next);
    }

    /// Sets the destination port of the next protocol, unless the text sets it. An answer comes from the port of the next
    /// protocol and goes to a port that only the text can know, except where a client has a port of its own.
    fn ports(&mut self, proto: Proto, members: &[Member<'_>], next: Option<Proto>) {
        let Some(mut port) = next.and_then(|next| port(proto, next)) else { return };
        for (_, name, _, value) in members {
            if name.ends_with("dst_port") || name.ends_with("dstport") {
                return;
            }
            let source = match value {
                Written::Word(word) if name.ends_with("port") => port_number(proto, word),
                Written::Quoted(word) if name.ends_with("port") => {
                    core::str::from_utf8(word).ok().and_then(|word| port_number(proto, word))
                }
                _ => None,
            };
            match (source, port) {
                // Server to client: RFC 2131 §4.1, RFC 8415 §7.2.
                (Some(67), 67) => port = 68,
                (Some(547), 547) => port = 546,
                (Some(source), port) if source == port => return,
                _ => {}
            }
        }
        self.at(0, |form| form.number("dst_port", port.into()));
    }

    /// Writes a value; `kind` is the field that names the items of a list of options.
    fn value(&mut self, at: usize, key: &str, value: &Written<'_>, kind: Option<&'static Field>) {
        match value {
            Written::Word(word) => self.at(at, |form| form.text(key, word)),
            Written::Quoted(bytes) => self.at(at, |form| form.quoted(key, bytes)),
            Written::Group(members) => {
                self.at(at, |form| form.open_group(key));
                self.members(members);
                self.form.close();
            }
            Written::List(items) => {
                self.at(at, |form| form.open_list(key));
                self.items(items, kind);
                self.form.close();
            }
        }
    }

    fn items(&mut self, items: &[(usize, Item<'_>)], kind: Option<&'static Field>) {
        for (at, item) in items {
            match item {
                // A bare word in a list of options is an option without fields.
                Item::Value(Written::Word(word)) if kind.is_some() => self.option(*at, word, &[], kind),
                Item::Value(value) => self.value(*at, "", value, None),
                Item::Option(name, members) => self.option(*at, name, members, kind),
            }
        }
    }

    fn members(&mut self, members: &[Member<'_>]) {
        for (name_at, name, at, value) in members {
            self.name_at = Some(*name_at);
            self.value(*at, name, value, None);
        }
    }

    fn option(&mut self, at: usize, name: &str, members: &[Member<'_>], kind: Option<&'static Field>) {
        self.at(at, |form| form.open_group(""));
        self.at(at, |form| form.text(kind.map_or("*", |kind| kind.name), name));
        self.members(members);
        self.form.close();
    }
}

/// Whether the header that these members give has a field of this name after its fixed part. What follows the fixed part
/// may depend on its fields: relay messages of DHCPv6 have addresses, others do not.
fn has_field(proto: Proto, members: &[Member<'_>], name: &str) -> bool {
    let [_, others] = proto.schema_roots();
    if !Schema::walk(others).any(|schema| schema.fields.iter().any(|field| field.name == name)) {
        return false;
    }
    let mut writer = TreeWriter { form: Tree::default(), places: Vec::new(), name_at: None };
    for field in proto.fields() {
        let given = members.iter().find(|(_, given, ..)| field.name == *given || field.filter == *given);
        if let Some((.., at, value)) = given {
            writer.value(*at, field.name, value, None);
        }
    }
    let before = writer.form.len();
    writer.form.text(name, "");
    let (mut out, mut trailer) = (Vec::new(), Vec::new());
    let mut source = writer.form.source();
    // The value is none, and so building fails where the field is asked for.
    let _ = proto.build(&mut Encoder::new(&mut source, &mut out, &mut trailer));
    writer.form.is_used(before)
}

/// The port that selects a protocol over a transport protocol; of several, the first one in the stack map.
pub(crate) fn port(transport: Proto, next: Proto) -> Option<u16> {
    next.preferred().find_map(|selector| match (transport, selector.resolved_on().unwrap_or(selector)) {
        // The bytes tell it on any port; this one is assigned (RFC 9110 §4.2.1).
        (Proto::Tcp, NextProtocol::Http) => Some(80),
        (Proto::Udp | Proto::UdpLite, NextProtocol::UdpPort(port)) => Some(port),
        (Proto::Tcp, NextProtocol::TcpPort(port)) => Some(port),
        _ => None,
    })
}

/// Most lists and groups inside each other.
const MAX_DEPTH: usize = 64;
/// Marks the error that there are more.
const TOO_DEEP: ErrorKind = ErrorKind::TooLarge;

fn parse(text: &str) -> Result<Vec<(usize, WrittenLayer<'_>)>, PacketTextError> {
    let at = |rest: &str| text.len() - rest.len();
    let error = |rest: &str, what: &str| PacketTextError { at: at(rest), what: what.to_string() };
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let start = at(rest);
        let (left, part) = part(text, rest).map_err(|found| match found {
            nom::Err::Failure(found) if found.code == TOO_DEEP => {
                error(found.input, "is too deep inside other lists and groups")
            }
            nom::Err::Failure(found) | nom::Err::Error(found) => {
                error(found.input, "a layer, a payload or a field was expected here")
            }
            nom::Err::Incomplete(_) => error("", "the text ends too early"),
        })?;
        parts.push((start, part));
        rest = left.trim_start();
        match rest.strip_prefix('/') {
            Some(left) => rest = left.trim_start(),
            None if rest.is_empty() => return Ok(parts),
            None => return Err(error(rest, "a field (name=value) or a slash was expected here")),
        }
    }
}

fn part<'t>(text: &'t str, input: &'t str) -> IResult<&'t str, WrittenLayer<'t>> {
    if input.starts_with('"') {
        return map(quoted, WrittenLayer::Bytes).parse(input);
    }
    if let Some(digits) = input.strip_prefix("0x") {
        let (rest, digits) = take_while1(|c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '_'))(digits)?;
        let mut bytes = Vec::new();
        let digits: Vec<u8> = digits.bytes().filter(|&b| b != b'_').collect();
        return match crate::packet::unhex(&digits, &mut bytes) {
            true => Ok((rest, WrittenLayer::Bytes(bytes))),
            false => Err(nom::Err::Failure(nom::error::make_error(input, ErrorKind::HexDigit))),
        };
    }
    if let Some(rest) = input.strip_prefix('@') {
        // A path may contain slashes.
        return map(take_while1(|c: char| !c.is_whitespace()), WrittenLayer::File).parse(rest);
    }
    let (rest, name) = name(input)?;
    map(members(text, 0), |members| WrittenLayer::Layer(name, members)).parse(rest)
}

fn name(input: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))(input)
}

/// Fields, up to text that is not a field.
fn members<'t>(text: &'t str, depth: usize) -> impl FnMut(&'t str) -> IResult<&'t str, Vec<Member<'t>>> {
    move |mut input| {
        let mut members = Vec::new();
        loop {
            let start = input.trim_start();
            let Ok((rest, name)) = name(start) else { return Ok((input, members)) };
            let Some(rest) = rest.trim_start().strip_prefix('=') else { return Ok((input, members)) };
            let rest = rest.trim_start();
            let value_at = text.len() - rest.len();
            let (rest, value) = written(text, rest, depth)?;
            members.push((text.len() - start.len(), name, value_at, value));
            input = rest;
        }
    }
}

fn written<'t>(text: &'t str, input: &'t str, depth: usize) -> IResult<&'t str, Written<'t>> {
    match input.as_bytes().first() {
        Some(b'[' | b'{') if depth == MAX_DEPTH => Err(nom::Err::Failure(nom::error::make_error(input, TOO_DEEP))),
        Some(b'"') => map(quoted, Written::Quoted).parse(input),
        Some(b'[') => list(text, input, depth + 1),
        Some(b'{') => {
            map(delimited(char('{'), members(text, depth + 1), preceded(multispace0, char('}'))), Written::Group)
                .parse(input)
        }
        _ => map(word, Written::Word).parse(input).map_err(fail),
    }
}

/// Turns an error into a failure: no other alternative can match.
fn fail<E>(error: nom::Err<E>) -> nom::Err<E> {
    match error {
        nom::Err::Error(error) => nom::Err::Failure(error),
        error => error,
    }
}

fn list<'t>(text: &'t str, input: &'t str, depth: usize) -> IResult<&'t str, Written<'t>> {
    let (mut rest, _) = char('[')(input)?;
    let mut items = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if let Some(rest) = rest.strip_prefix(']') {
            return Ok((rest, Written::List(items)));
        }
        let at = text.len() - rest.len();
        let item = match name(rest) {
            Ok((after, name)) => match members(text, depth)(after)? {
                // No field follows: it is a word.
                (_, members) if members.is_empty() => None,
                (left, members) => Some((left, Item::Option(name, members))),
            },
            Err(_) => None,
        };
        let (left, item) = match item {
            Some(item) => item,
            None => map(|input| written(text, input, depth), Item::Value).parse(rest).map_err(fail)?,
        };
        items.push((at, item));
        rest = left;
    }
}

fn word(input: &str) -> IResult<&str, &str> {
    take_while1(|c: char| !c.is_whitespace() && !matches!(c, ',' | '[' | ']' | '{' | '}' | '"' | '=' | '/'))(input)
}

fn quoted(input: &str) -> IResult<&str, Vec<u8>> {
    // Two digits, whatever follows.
    let hex = preceded(tag("x"), take_while_m_n(2, 2, |c: char| c.is_ascii_hexdigit()));
    let two = nom::combinator::map_opt(hex, |digits: &str| u8::from_str_radix(digits, 16).ok());
    let escape = preceded(
        char('\\'),
        alt((
            value(b'\n', char('n')),
            value(b'\r', char('r')),
            value(b'\t', char('t')),
            value(b'\0', char('0')),
            value(b'\\', char('\\')),
            value(b'"', char('"')),
            two,
        )),
    );
    let piece =
        alt((map(escape, |byte| alloc::vec![byte]), map(recognize(none_of("\\\"")), |s: &str| s.as_bytes().to_vec())));
    let pieces = fold_many0(piece, Vec::new, |mut all: Vec<u8>, piece| {
        all.extend(piece);
        all
    });
    delimited(char('"'), pieces, char('"')).parse(input).map_err(fail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(text: &str) -> Vec<u8> {
        let packet = text.parse::<Packet>().and_then(|_| PacketText::parse(text, &mut |_| Err("none".into())));
        packet
            .and_then(|mut packet_text| packet_text.build())
            .unwrap_or_else(|error| panic!("{text}: {error} at {}", error.at))
    }

    fn mistake(text: &str) -> (usize, String) {
        let mut files = |path: &str| Err(format!("{path} is not there"));
        let error = PacketText::parse(text, &mut files).and_then(|mut packet_text| packet_text.build()).unwrap_err();
        (error.at, error.to_string())
    }

    #[test]
    fn payloads_are_quoted_hexadecimal_or_files() {
        assert_eq!(built(r#""a\n\r\t\0\\\"\x41\xff""#), b"a\n\r\t\0\\\"A\xff");
        assert_eq!(built("0x00ff"), [0, 0xff]);
        assert_eq!(built("0x00_ff / 0x01:02"), [0, 0xff, 1, 2]);
        assert_eq!(built("  \"\"  "), b"");
        let mut asked = Vec::new();
        let mut files = |path: &str| {
            asked.push(path.to_string());
            Ok(b"there".to_vec())
        };
        let error = PacketText::parse("udp/@/a folder", &mut files).map(|_| ()).unwrap_err();
        assert_eq!(error.at, 8, "a path ends at a blank");
        let mut named = PacketText::parse("0x01 / @/a/file,of=[mine] / 0x02", &mut files).unwrap();
        assert_eq!(named.build().unwrap(), b"\x01there\x02");
        assert_eq!(asked, ["/a/file,of=[mine]"]);
    }

    #[test]
    fn each_mistake_has_its_words_and_its_place() {
        let expected = "a layer, a payload or a field was expected here";
        for (text, at, what) in [
            ("", 0, expected),
            ("udp / ", 6, expected),
            ("udp / 0x0", 6, expected),
            ("udp / \"abc", 10, expected),
            ("udp / \"\\q\"", 7, expected),
            ("tcp options=[1", 14, expected),
            ("tcp options=[nop, =]", 18, expected),
            ("udp src_port=", 13, expected),
            ("udp src_port=/", 13, expected),
            ("udp x", 4, "a field (name=value) or a slash was expected here"),
            ("ipv4 / upd", 7, "no protocol is called upd; the nearest is udp"),
            ("ipv4 / @nowhere", 7, "nowhere is not there"),
            ("udp dst_port=70000", 13, "layer 1 (udp), dst_port: 70000 is more than 65535, the largest that fits"),
            (
                "ipv4 / udp port=1",
                11,
                "layer 2 (udp), port: there is no such field; udp has src_port, dst_port, length, checksum",
            ),
        ] {
            assert_eq!(mistake(text), (at, what.to_string()), "{text}");
        }
    }

    #[test]
    fn lists_within_lists_end() {
        for open in ["[", "{a="] {
            let text = |depth: usize| ["tcp options=", &open.repeat(depth)].concat();
            assert_eq!(mistake(&text(100_000)).1, "is too deep inside other lists and groups");
            assert_eq!(mistake(&text(65)).0, 12 + 64 * open.len(), "the first that is too deep");
            assert_ne!(mistake(&text(64)).1, "is too deep inside other lists and groups");
        }
    }

    #[test]
    fn options_are_set_alone_and_in_a_list_and_fields_by_either_name() {
        let listed = built("tcp options=[maximum_segment_size size=1460, no_operation, 253 data=0102]");
        assert_eq!(listed[20..], [2, 4, 5, 0xb4, 1, 253, 4, 1, 2, 0, 0, 0]);
        assert_eq!(built("tcp maximum_segment_size=1460")[20..], [2, 4, 5, 0xb4]);
        // By the name of a row that one option alone has; several have a pointer.
        assert_eq!(built("tcp shift=7")[20..], [3, 3, 7, 0]);
        assert_eq!(built("ipv4 stream=258")[20..], [136, 4, 1, 2]);
        assert_eq!(mistake("ipv4 pointer=4").0, 5);
        assert_eq!(built("udp udp.dstport=53 length=8 checksum=0"), [0, 0, 0, 53, 0, 8, 0, 0]);
        assert_eq!(built("tcp flags=SYN|ACK")[13], 0x12);
    }

    #[test]
    fn each_entry_knows_the_offsets_of_its_name_and_its_value() {
        let entries = |text: &str| {
            let packet_text = PacketText::parse(text, &mut |_| Err("none".into())).unwrap();
            (packet_text.packet.form.to_string(), packet_text.places)
        };
        // The list of layers, the layer, its name, and each entry of its fields.
        let cases: [(_, _, &[(usize, usize)]); 7] = [
            (" udp  length = 8", r#"{layer="udp" length="8"}"#, &[(0, 0), (1, 1), (1, 1), (6, 15)]),
            (
                r#"dns questions=[{name=a.b type="A"}, x]"#,
                r#"{layer="dns" questions=[{name="a.b" type="A"} "x"]}"#,
                &[(0, 0), (0, 0), (0, 0), (4, 14), (15, 15), (16, 21), (25, 30), (36, 36)],
            ),
            // An option that is set like a field comes before those of the list.
            (
                "tcp window_scale=7 flags=SYN options=[nop, 253 data=01]",
                r#"{layer="tcp" flags="SYN" options=[{kind=3 shift="7"} {kind="nop"} {kind="253" data="01"}]}"#,
                &[
                    (0, 0),
                    (0, 0),
                    (0, 0),
                    (19, 25),
                    (4, 4),
                    (4, 4),
                    (4, 4),
                    (17, 17),
                    (38, 38),
                    (38, 38),
                    (43, 43),
                    (43, 43),
                    (47, 52),
                ],
            ),
            // Of two lists, neither is the list of options.
            (
                "tcp options=[nop] options=[1]",
                r#"{layer="tcp" options=[{kind="nop"}] options=[{kind="1"}]}"#,
                &[(0, 0), (0, 0), (0, 0), (4, 12), (13, 13), (13, 13), (18, 26), (27, 27), (27, 27)],
            ),
            // A value that is not a list is kept, and refused when built; another list does not hold options.
            ("tcp options=1", r#"{layer="tcp" options="1"}"#, &[(0, 0), (0, 0), (0, 0), (4, 12)]),
            (
                "tcp sack=[1] options=[nop]",
                r#"{layer="tcp" options=[{kind=5 blocks=["1"]} {kind="nop"}]}"#,
                &[(0, 0), (0, 0), (0, 0), (4, 4), (4, 4), (4, 4), (9, 9), (10, 10), (22, 22), (22, 22)],
            ),
            (
                "udp / 0x01 / dns",
                r#"{layer="udp"} {layer="data" data=0x01} {layer="dns"}"#,
                &[(0, 0), (0, 0), (0, 0), (6, 6), (6, 6), (6, 6), (13, 13), (13, 13)],
            ),
        ];
        for (text, shown, places) in cases {
            assert_eq!(entries(text), (format!("layers=[{shown}]"), places.to_vec()), "{text}");
        }
    }

    #[test]
    fn a_port_that_is_not_set_is_that_of_what_follows() {
        assert_eq!(built("udp / dns")[..4], [0, 0, 0, 53]);
        assert_eq!(built("udp src_port=9 / dns")[..4], [0, 9, 0, 53]);
        assert_eq!(built("udp src_port=53 / dns")[..4], [0, 53, 0, 0], "an answer");
        assert_eq!(built("udp src_port=53 dst_port=9 / dns")[..4], [0, 53, 0, 9]);
        for (source, expected) in [(68, 67), (67, 68)] {
            assert_eq!(built(&format!("udp src_port={source} / dhcp"))[..4], [0, source, 0, expected]);
        }
        for source in ["67", "0x43", "\"67\"", "bootps"] {
            assert_eq!(built(&format!("udp src_port={source} / dhcp"))[..4], [0, 67, 0, 68], "{source}");
        }
        for (source, expected) in [(0x22, 0x23), (0x23, 0x22)] {
            let text = format!("udp src_port={} / dhcpv6", 0x200 + u16::from(source));
            assert_eq!(built(&text)[..4], [2, source, 2, expected]);
        }
        assert_eq!(built("udp src_port=50000 / ntp")[2..4], [0, 123]);
        assert_eq!(built("tcp src_port=50000 / http method=GET target=\"/\"")[2..4], [0, 80]);
        assert_eq!(built("udp / \"x\"")[..4], [0; 4]);
        assert_eq!((port(Proto::Udp, Proto::Dns), port(Proto::Tcp, Proto::Data)), (Some(53), None));
        assert_eq!(port(Proto::Ipv4, Proto::Dns), None);
        // It is the lowest port, except with RADIUS: 1645 and 1646 are of its early deployment (RFC 2865 §3), and with DHCPv6:
        // the server has 547 (RFC 8415 §7.2).
        for transport in [Proto::Udp, Proto::Tcp] {
            let selector = if transport == Proto::Udp { NextProtocol::UdpPort } else { NextProtocol::TcpPort };
            for &next in Proto::ALL.iter().filter(|&&next| next != Proto::Data) {
                let lowest = (1..=u16::MAX).find(|&port| selector(port).proto() == next);
                let expected = match (transport, next) {
                    (Proto::Udp, Proto::Radius) => Some(1812),
                    (Proto::Udp, Proto::Dhcpv6) => Some(547),
                    (Proto::Udp, Proto::Ntp | Proto::NtpControl | Proto::NtpPrivate) => Some(123),
                    (Proto::Tcp, Proto::Http) => Some(80),
                    (Proto::Tcp, Proto::Tls) => Some(443),
                    (Proto::Udp, Proto::Http) => Some(1900),
                    _ => lowest,
                };
                assert_eq!(port(transport, next), expected, "{} over {}", next.name(), transport.name());
            }
        }
    }
}
