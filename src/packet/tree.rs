//! Trees of names and values: the content of a JSON object in one buffer.

use crate::proto::{Proto, ProtocolDefinition, Protocols};
use crate::wire::{Codec, Field, Kind, MacAddr, Name, NameBudget, Span, Value, Visitor};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

/// A tree of names and values in two buffers, which are kept when it is cleared.
///
/// ```
/// use packetsmith::Tree;
/// let mut tree = Tree::default();
/// tree.text("layer", "udp");
/// tree.number("dst_port", 53);
/// tree.open_list("layers");
/// tree.close();
/// assert_eq!(tree.to_string(), r#"layer="udp" dst_port=53 layers=[]"#);
/// ```
#[derive(Clone, Default)]
pub struct Tree {
    pub(super) entries: Vec<Entry>,
    /// Keys, text and bytes.
    pub(super) text: Vec<u8>,
    /// Indexes of the lists and groups that are open, outermost first.
    pub(super) open: Vec<usize>,
    pub(super) names: NameBudget,
    /// Whether every member must be read: none is a remark.
    pub(super) strict: bool,
    /// Protocols from outside that layers may name.
    pub(super) definitions: Vec<&'static ProtocolDefinition>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Range of the key in `text`; empty for an item of a list.
    pub(super) key: (u32, u32),
    pub(super) node: Node,
    /// Index after the last entry inside this one.
    pub(super) end: u32,
    pub(super) used: bool,
    /// The field that it is the value of, and the range of its bytes in the frame.
    pub(super) shown: Option<(&'static Field, Span)>,
}

// Null and numbers that no field holds come from JSON alone.
#[cfg_attr(not(feature = "serde"), allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Uint(u64),
    /// A number below zero.
    Int(i64),
    /// A number that no field can hold: too large, or with a fraction.
    Number,
    Mac(MacAddr),
    Ipv4(Ipv4Addr),
    Ipv6(Ipv6Addr),
    /// Bytes as they are.
    Bytes(u32, u32),
    /// A domain name, not compressed.
    Name(u32, u32),
    /// Text of a value of any kind.
    Text(u32, u32),
    /// Text that gives its own bytes where a field has bytes.
    Quoted(u32, u32),
    List,
    Group,
}

/// One step of the path to an entry of a tree.
///
/// ```
/// use packetsmith::Packet;
/// use packetsmith::packet::Step;
/// let mut packet: Packet = "ethernet / ipv4 ttl=300".parse().unwrap();
/// let error = packet.build().unwrap_err();
/// assert_eq!(error.place, [Step::Member("layers".into()), Step::Item(1), Step::Member("ttl".into())]);
/// let place: String = error.place.iter().map(|step| step.to_string() + " ").collect();
/// assert_eq!(place, "layers [1] ttl ");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The member of this name.
    Member(String),
    /// The item of this number, from 0.
    Item(usize),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Member(name) => f.write_str(name),
            Step::Item(n) => write!(f, "[{n}]"),
        }
    }
}

impl Tree {
    /// Adds protocols from outside, so that layers may name them.
    ///
    /// ```
    /// use packetsmith::{Protocols, Tree};
    /// let mut tree = Tree::default();
    /// tree.add_protocols(&Protocols::builtin());
    /// ```
    pub fn add_protocols(&mut self, known: &Protocols) {
        known.definitions().for_each(|definition| self.define(definition));
    }

    pub(super) fn define(&mut self, definition: &'static ProtocolDefinition) {
        if !self.definitions.contains(&definition) {
            self.definitions.push(definition);
        }
    }

    /// The protocol of this name.
    pub(super) fn protocol_named(&self, name: &[u8]) -> Option<Proto> {
        let custom = self.definitions.iter().copied().map(Proto::Custom);
        custom.chain(Proto::ALL.iter().copied()).find(|proto| same(proto.name().as_bytes(), name))
    }

    /// Removes all entries. Keeps the memory, and the protocols that were added.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.text.clear();
        self.open.clear();
        self.names = NameBudget::default();
        self.strict = false;
    }

    /// Whether the tree has no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn keep(&mut self, bytes: &[u8]) -> (u32, u32) {
        let start = self.text.len() as u32;
        self.text.extend_from_slice(bytes);
        (start, self.text.len() as u32)
    }

    fn in_list(&self) -> bool {
        self.open.last().is_some_and(|&open| self.entries[open].node == Node::List)
    }

    pub(super) fn add(&mut self, key: &str, node: Node) {
        let key = if self.in_list() { (0, 0) } else { self.keep(key.as_bytes()) };
        self.push(key, node)
    }

    pub(super) fn push(&mut self, key: (u32, u32), node: Node) {
        let end = self.entries.len() as u32 + 1;
        self.entries.push(Entry { key, node, end, used: false, shown: None });
    }

    /// Adds a member, or in a list an item, that is a number.
    pub fn number(&mut self, key: &str, n: u64) {
        self.add(key, Node::Uint(n))
    }

    /// Adds a member, or in a list an item, that is a number below zero.
    pub fn signed(&mut self, key: &str, n: i64) {
        self.add(key, Node::Int(n))
    }

    /// Adds a member, or in a list an item, that is true or false.
    pub fn flag(&mut self, key: &str, value: bool) {
        self.add(key, Node::Bool(value))
    }

    /// Adds a member, or in a list an item, as text: an address, a name, a registry's name for a
    /// number, hexadecimal bytes, or text itself.
    pub fn text(&mut self, key: &str, value: &str) {
        let (start, end) = self.keep(value.as_bytes());
        self.add(key, Node::Text(start, end))
    }

    /// Adds a member, or in a list an item, that is bytes as they are.
    pub fn bytes(&mut self, key: &str, value: &[u8]) {
        let (start, end) = self.keep(value);
        self.add(key, Node::Bytes(start, end))
    }

    /// Adds a member, or in a list an item, that is text: for a field of bytes, the text's own bytes.
    pub fn quoted(&mut self, key: &str, value: &[u8]) {
        let (start, end) = self.keep(value);
        self.add(key, Node::Quoted(start, end))
    }

    /// The names of the outermost members.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        let mut at = 0;
        core::iter::from_fn(move || {
            let entry = self.entries.get(at)?;
            at = entry.end as usize;
            Some(core::str::from_utf8(self.str(entry.key)).unwrap_or_default())
        })
    }

    /// Number of entries: values, lists and groups.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Opens a list.
    pub fn open_list(&mut self, key: &str) {
        self.add(key, Node::List);
        self.open.push(self.entries.len() - 1);
    }

    /// Opens a group.
    pub fn open_group(&mut self, key: &str) {
        self.add(key, Node::Group);
        self.open.push(self.entries.len() - 1);
    }

    /// Closes the list or group opened last.
    pub fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.entries[open].end = self.entries.len() as u32;
        }
    }

    pub(super) fn str(&self, (start, end): (u32, u32)) -> &[u8] {
        self.text.get(start as usize..end as usize).unwrap_or(&[])
    }

    /// Asks for compressed names in every DNS message.
    pub(crate) fn mark_compressed(&mut self) {
        let mut marked = Tree::default();
        core::mem::swap(&mut marked.text, &mut self.text);
        let mut added: Vec<u32> = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            marked.entries.push(*entry);
            if let Node::Text(a, b) = entry.node
                && marked.str(entry.key) == b"layer"
                && marked.str((a, b)) == b"dns"
            {
                let key = marked.keep(b"compress");
                let end = marked.entries.len() as u32 + 1;
                marked.entries.push(Entry { key, node: Node::Bool(true), end, used: false, shown: None });
                added.push(at as u32);
            }
        }
        // Each added entry moves the later ends.
        let mut index = 0;
        for (at, entry) in self.entries.iter().enumerate() {
            let moved = |end: u32| end + added.iter().filter(|&&added| added < end).count() as u32;
            marked.entries[index].end = if added.contains(&(at as u32)) { index as u32 + 1 } else { moved(entry.end) };
            index += 1 + usize::from(added.contains(&(at as u32)));
        }
        *self = marked;
    }

    /// Copies the tree without the entries for which `drop` is true. It gets the key of each entry, and the field that the
    /// entry is the value of, with the range of its bytes.
    pub(crate) fn without(&self, drop: impl Fn(&str, Option<(&'static Field, Span)>) -> bool) -> Tree {
        let (text, definitions) = (self.text.clone(), self.definitions.clone());
        let mut copy = Tree { text, definitions, ..Tree::default() };
        let mut ends = Vec::new();
        let mut at = 0;
        while let Some(entry) = self.entries.get(at) {
            while ends.last().is_some_and(|&(end, _)| end <= at) {
                if let Some((_, open)) = ends.pop() {
                    let end = copy.entries.len() as u32;
                    let open: &mut Entry = &mut copy.entries[open];
                    open.end = end;
                }
            }
            let key = core::str::from_utf8(self.str(entry.key)).unwrap_or_default();
            if drop(key, entry.shown) {
                at = entry.end as usize;
                continue;
            }
            if matches!(entry.node, Node::List | Node::Group) {
                ends.push((entry.end as usize, copy.entries.len()));
            }
            copy.entries.push(Entry { end: copy.entries.len() as u32 + 1, ..*entry });
            at += 1;
        }
        let end = copy.entries.len() as u32;
        ends.into_iter().for_each(|(_, open)| copy.entries[open].end = end);
        copy
    }

    /// Copies the tree without an entry and what is in it.
    pub(super) fn without_entry(&self, at: usize) -> Tree {
        let mut copy = self.clone();
        let end = self.entries[at].end as usize;
        copy.entries.drain(at..end);
        for entry in &mut copy.entries {
            let removed = (entry.end as usize).min(end).saturating_sub(at);
            entry.end -= removed as u32;
        }
        copy
    }

    /// Whether an entry is this text.
    pub(super) fn is_text(&self, at: usize, text: &str) -> bool {
        matches!(self.entries[at].node, Node::Text(a, b) | Node::Quoted(a, b) if self.str((a, b)) == text.as_bytes())
    }

    /// Whether an entry was read.
    pub(super) fn is_used(&self, at: usize) -> bool {
        self.entries.get(at).is_some_and(|entry| entry.used)
    }

    /// Whether a group has a member.
    pub(super) fn has_member(&self, group: usize, key: &str) -> bool {
        let mut at = group + 1;
        while at < self.entries[group].end as usize {
            if self.str(self.entries[at].key) == key.as_bytes() {
                return true;
            }
            at = self.entries[at].end as usize;
        }
        false
    }

    /// Whether the outermost layer has a frame check sequence that is right.
    pub(super) fn has_good_fcs(&self) -> bool {
        self.entries.iter().any(|entry| {
            entry.node == Node::Uint(1) && entry.shown.is_some_and(|(field, _)| field.filter == "eth.fcs.status")
        })
    }

    fn write(&self, range: core::ops::Range<usize>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut at = range.start;
        while at < range.end {
            let entry = &self.entries[at];
            if at > range.start {
                f.write_str(" ")?;
            }
            if entry.key.0 != entry.key.1 {
                write!(f, "{}=", String::from_utf8_lossy(self.str(entry.key)))?;
            }
            match entry.node {
                Node::Null => f.write_str("null")?,
                Node::Bool(b) => write!(f, "{b}")?,
                Node::Uint(n) => write!(f, "{n}")?,
                Node::Int(n) => write!(f, "{n}")?,
                Node::Number => f.write_str("?")?,
                Node::Mac(a) => write!(f, "{a}")?,
                Node::Ipv4(a) => write!(f, "{a}")?,
                Node::Ipv6(a) => write!(f, "{a}")?,
                Node::Bytes(a, b) => write!(f, "0x{}", crate::wire::Hex(self.str((a, b))))?,
                Node::Name(a, b) => write!(f, "{}", Name::new(self.str((a, b)), 0))?,
                Node::Text(a, b) | Node::Quoted(a, b) => write!(f, "{:?}", String::from_utf8_lossy(self.str((a, b))))?,
                Node::List => {
                    f.write_str("[")?;
                    self.write(at + 1..entry.end as usize, f)?;
                    f.write_str("]")?;
                }
                Node::Group => {
                    f.write_str("{")?;
                    self.write(at + 1..entry.end as usize, f)?;
                    f.write_str("}")?;
                }
            }
            at = entry.end as usize;
        }
        Ok(())
    }
}

/// One line for debugging: `name=value`, lists in brackets, groups in braces.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(0..self.entries.len(), f)
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tree({self})")
    }
}

/// Collects the fields of a layer.
impl Visitor for Tree {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        if let Some(raw) = shortened(&value, span)
            && !self.in_list()
        {
            self.bytes(&raw_key(field), raw.as_slice());
        }
        let node = match value {
            Value::Bool(b) => Node::Bool(b),
            Value::Int(n) => Node::Int(n),
            Value::Mac(a) => Node::Mac(a),
            Value::Ipv4(a) => Node::Ipv4(a),
            Value::Ipv6(a) => Node::Ipv6(a),
            Value::Bytes(b) => {
                let (start, end) = self.keep(b);
                Node::Bytes(start, end)
            }
            Value::Text(b) => {
                let (start, end) = self.keep(b);
                Node::Quoted(start, end)
            }
            Value::Name(name) => {
                if let Some(raw) = self.names.refuse(&name) {
                    if !self.in_list() {
                        return self.bytes(&raw_key(field), raw);
                    }
                    self.open_group("");
                    self.bytes(RAW, raw);
                    return self.close();
                }
                let start = self.text.len() as u32;
                name.emit(&mut self.text);
                let node = Node::Name(start, self.text.len() as u32);
                match name.raw() {
                    Some(raw) if self.in_list() => {
                        self.open_group("");
                        self.add(VALUE, node);
                        self.bytes(RAW, raw);
                        return self.close();
                    }
                    Some(raw) => self.bytes(&raw_key(field), raw),
                    None => {}
                }
                node
            }
            value => Node::Uint(value.number().unwrap_or(0)),
        };
        self.add(field.name, node);
        if let Some(entry) = self.entries.last_mut() {
            entry.shown = Some((field, span));
        }
    }
    fn open(&mut self, field: &'static Field, _: Span) {
        match field.kind {
            Kind::List(_) => self.open_list(field.name),
            _ => self.open_group(field.name),
        }
    }
    fn close(&mut self) {
        Tree::close(self)
    }
}

/// How a layer is computed where its fields do not say so: members of it that [`Packet::simplify`](super::Packet::simplify)
/// adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ComputedMark {
    /// Rows of the raw header that are not given as fields beside it are computed.
    Raw,
    /// The checksum is that of the pseudo-header alone, and the network card completes it.
    Offloaded,
    /// If the checksum is zero, it is written as 0xffff, which is the same number (RFC 1624 §3).
    ZeroIsAllOnes,
}

impl ComputedMark {
    /// Key and value of the member.
    pub(super) const fn member(self) -> (&'static str, &'static str) {
        match self {
            ComputedMark::Raw => ("raw.fields", "computed"),
            ComputedMark::Offloaded => ("checksum.state", "offloaded"),
            ComputedMark::ZeroIsAllOnes => ("checksum.state", "zero is 0xffff"),
        }
    }

    /// The marks with this key.
    pub(super) fn of_key(key: &str) -> impl Iterator<Item = Self> + Clone {
        let all = [ComputedMark::Raw, ComputedMark::Offloaded, ComputedMark::ZeroIsAllOnes];
        all.into_iter().filter(move |mark| mark.member().0 == key)
    }
}

/// Beginning of the key of a selector that is given in the layer that it selects. The name of the outer layer's field
/// follows.
pub(super) const SELECTED_BY: &str = "by.";

/// How many bytes of a layer's trailer the capture cut off: a member of the layer beside its trailer.
pub(crate) const TRAILER_MISSING: &Field =
    &Field::floating("trailer.missing", "", Kind::Uint, "Bytes of the trailer that the capture cut off.");

/// Whether the member of a layer with this key is no field, but says how the layer is computed.
pub(super) fn is_computed_mark(key: &str) -> bool {
    key.starts_with(SELECTED_BY) || key == TRAILER_MISSING.name || ComputedMark::of_key(key).next().is_some()
}

/// Key of the value of an item that has raw bytes too.
pub(super) const VALUE: &str = "value";
/// Key of the raw bytes of an item.
pub(super) const RAW: &str = "raw";
/// Key of the bytes of text that is not UTF-8.
pub(super) const HEX: &str = "hex";
/// Key of text that could be read as hexadecimal bytes.
pub(super) const TEXT: &str = "text";

/// The bytes of an address that takes fewer bytes in the frame: the last ones are left out.
pub(crate) fn shortened(value: &Value<'_>, span: Span) -> Option<Vec<u8>> {
    match value {
        Value::Ipv4(address) if span.len() < 4 => Some(address.octets()[..span.len()].to_vec()),
        Value::Ipv6(address) if span.len() < 16 => Some(address.octets()[..span.len()].to_vec()),
        _ => None,
    }
}

/// Key of a field's raw bytes.
fn raw_key(field: &Field) -> String {
    alloc::format!("{}.raw", field.name)
}

/// Compares names. Most differ in their length or last letter, which needs no call to find out.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.last() == b.last() && a == b
}
