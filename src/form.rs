//! Packets and their parts in an owned form: trees of names and values, as JSON has them.

use crate::addr::MacAddr;
use crate::field::{Field, Kind, Span, Value, Visitor};
use crate::name::Name;
use crate::part::Part;
use crate::source::{Mistake, Source, Unfit, alike};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

/// A tree of names and values in one piece of memory, which is kept when it is cleared.
///
/// ```
/// use packetsmith::Form;
/// let mut form = Form::default();
/// form.text("layer", "udp");
/// form.number("dst_port", 53);
/// form.open_list("layers");
/// form.close();
/// assert_eq!(form.to_string(), r#"layer="udp" dst_port=53 layers=[]"#);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Form {
    entries: Vec<Entry>,
    /// Keys, text and bytes.
    text: Vec<u8>,
    /// The lists and groups that are open.
    open: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Where in the text the key stands; empty for an item of a list.
    key: (u32, u32),
    node: Node,
    /// Behind the last entry that lies inside of this one.
    end: u32,
    used: bool,
    /// The field that it was shown as, and where its bytes were.
    shown: Option<(&'static Field, Span)>,
}

// Null and numbers that no field holds come from JSON alone.
#[cfg_attr(not(feature = "serde"), allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq)]
enum Node {
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
    /// Text that stands for a value of any kind.
    Text(u32, u32),
    /// Text that is bytes where bytes are called for.
    Quoted(u32, u32),
    List,
    Group,
}

/// Where in a form something is.
///
/// ```
/// use packetsmith::{Packet, form::Step};
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

impl Form {
    /// Forgets all, and keeps the memory.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.text.clear();
        self.open.clear();
    }

    /// Tells whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn keep(&mut self, bytes: &[u8]) -> (u32, u32) {
        let start = self.text.len() as u32;
        self.text.extend_from_slice(bytes);
        (start, self.text.len() as u32)
    }

    fn in_list(&self) -> bool {
        self.open.last().is_some_and(|&open| self.entries[open].node == Node::List)
    }

    fn add(&mut self, key: &str, node: Node) {
        let key = if self.in_list() { (0, 0) } else { self.keep(key.as_bytes()) };
        self.push(key, node)
    }

    fn push(&mut self, key: (u32, u32), node: Node) {
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

    /// Begins a list.
    pub fn open_list(&mut self, key: &str) {
        self.add(key, Node::List);
        self.open.push(self.entries.len() - 1);
    }

    /// Begins a group.
    pub fn open_group(&mut self, key: &str) {
        self.add(key, Node::Group);
        self.open.push(self.entries.len() - 1);
    }

    /// Ends the list or group begun last.
    pub fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.entries[open].end = self.entries.len() as u32;
        }
    }

    fn str(&self, (start, end): (u32, u32)) -> &[u8] {
        self.text.get(start as usize..end as usize).unwrap_or(&[])
    }

    /// Asks for compressed names in every DNS message.
    pub(crate) fn mark_compressed(&mut self) {
        let mut marked = Form::default();
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
        // What is added moves all ends behind it.
        let mut index = 0;
        for (at, entry) in self.entries.iter().enumerate() {
            let moved = |end: u32| end + added.iter().filter(|&&added| added < end).count() as u32;
            marked.entries[index].end = if added.contains(&(at as u32)) { index as u32 + 1 } else { moved(entry.end) };
            index += 1 + usize::from(added.contains(&(at as u32)));
        }
        *self = marked;
    }

    /// Copies the form without what `drop` says: it is given the key of each entry, and the field that it was
    /// shown as, with the place of its bytes.
    pub(crate) fn without(&self, drop: impl Fn(&str, Option<(&'static Field, Span)>) -> bool) -> Form {
        let mut copy = Form { text: self.text.clone(), ..Form::default() };
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

    /// Reads the form from its beginning.
    pub fn source(&mut self) -> FormSource<'_> {
        for entry in &mut self.entries {
            entry.used = false;
        }
        let end = self.entries.len();
        let root = Level { next: 0, start: 0, end, list: false, item: None };
        FormSource { form: self, levels: alloc::vec![root], scratch: Vec::new(), last: None }
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
                Node::Bytes(a, b) => write!(f, "0x{}", crate::addr::Hex(self.str((a, b))))?,
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

/// For people who debug: `name=value`, lists in brackets, groups in braces.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(0..self.entries.len(), f)
    }
}

/// Collects what is shown of a layer.
impl Visitor for Form {
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
        Form::close(self)
    }
}

/// Key of what tells an item apart, whatever its field is called.
const ANY_KIND: &str = "*";
/// Key of the value of an item whose bytes are given too.
const VALUE: &str = "value";
/// Key of the bytes of an item.
const RAW: &str = "raw";
/// Key of the bytes of text that is not UTF-8.
const HEX: &str = "hex";
/// Key of text that would be taken for hexadecimal bytes.
const TEXT: &str = "text";

/// The bytes of an address that stands for fewer bytes than it has: its last ones are left out.
pub(crate) fn shortened(value: &Value<'_>, span: Span) -> Option<Vec<u8>> {
    match value {
        Value::Ipv4(address) if span.len() < 4 => Some(address.octets()[..span.len()].to_vec()),
        Value::Ipv6(address) if span.len() < 16 => Some(address.octets()[..span.len()].to_vec()),
        _ => None,
    }
}

/// The key under which a field's own bytes are given.
fn raw_key(field: &Field) -> String {
    alloc::format!("{}.raw", field.name)
}

/// A list or group that is being read.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// Where the next member is likely to be: behind the last one that was asked for.
    next: usize,
    start: usize,
    end: usize,
    list: bool,
    /// The entry of the item of a list that is at hand.
    item: Option<usize>,
}

/// Hands out what is in a [`Form`].
///
/// ```
/// use packetsmith::{Form, Udp, Value, source::Source};
/// let [src_port, dst_port, ..] = Udp::FIELDS else { panic!() };
/// let mut form = Form::default();
/// form.number("dst_port", 53);
/// form.number("colour", 7);
/// let mut source = form.source();
/// assert_eq!(source.value(dst_port).unwrap(), Some(Value::Uint(53)));
/// assert_eq!(source.value(src_port).unwrap(), None, "nothing is given");
/// assert!(!source.all_used(), "no field is called colour");
/// ```
#[derive(Debug)]
pub struct FormSource<'f> {
    form: &'f mut Form,
    levels: Vec<Level>,
    scratch: Vec<u8>,
    /// The entry looked at last.
    last: Option<usize>,
}

/// Compares names. Most that differ do so in their length or last letter, and to find that out is no call.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.last() == b.last() && a == b
}

/// Members that say something about others, or about the packet as it was read.
fn is_remark(key: &[u8]) -> bool {
    key.contains(&b'.') || matches!(key, b"at" | b"issues" | b"quoted" | b"note")
}

/// Deepest lists and groups inside of each other.
const MAX_DEPTH: usize = 64;

impl FormSource<'_> {
    fn level(&mut self) -> Option<&mut Level> {
        self.levels.last_mut()
    }

    /// Finds an entry by name in the group at hand, or the item at hand of a list of values.
    fn find(&mut self, key: &str, suffix: &str) -> Option<usize> {
        let level = *self.levels.last()?;
        if level.list {
            let item = level.item?;
            return if suffix.is_empty() { Some(item).filter(|&i| !self.form.entries[i].used) } else { None };
        }
        let scan = |from: usize, to: usize| {
            let mut at = from;
            while at < to {
                let entry = &self.form.entries[at];
                let name = self.form.str(entry.key);
                let same = match suffix {
                    "" => same(name, key.as_bytes()),
                    _ => name.strip_suffix(suffix.as_bytes()).is_some_and(|name| same(name, key.as_bytes())),
                };
                if same && !entry.used {
                    return Some(at);
                }
                at = entry.end as usize;
            }
            None
        };
        scan(level.next, level.end).or_else(|| scan(level.start, level.next))
    }

    /// The member of this name in a group that stands for a single value: `hex` or `text` alone, or
    /// `value` and `raw`.
    fn wrapped(&self, at: usize, key: &str) -> Option<usize> {
        let group = &self.form.entries[at];
        let members = group.end as usize - at - 1;
        let name = |at: usize| self.form.str(self.form.entries[at].key);
        if group.node != Node::Group || !(1..=2).contains(&members) {
            return None;
        }
        let is_value = match members {
            1 => name(at + 1) == HEX.as_bytes() || name(at + 1) == TEXT.as_bytes(),
            _ => name(at + 1) == VALUE.as_bytes() && name(at + 2) == RAW.as_bytes(),
        };
        (at + 1..group.end as usize).find(|&at| is_value && name(at) == key.as_bytes())
    }

    fn take(&mut self, at: usize) {
        let end = self.form.entries[at].end as usize;
        self.form.entries[at].used = true;
        self.last = Some(at);
        if let Some(level) = self.level()
            && !level.list
        {
            level.next = end;
        }
    }

    fn enter(&mut self, at: usize, list: bool) -> Result<(), Mistake> {
        if self.levels.len() >= MAX_DEPTH {
            return Err(Unfit::TooDeep.into());
        }
        let end = self.form.entries[at].end as usize;
        self.levels.push(Level { next: at + 1, start: at + 1, end, list, item: None });
        Ok(())
    }

    /// Leaves the group at hand; members that nobody asked for are a mistake.
    fn leave(&mut self) -> Result<(), Mistake> {
        if let Some(level) = self.levels.last().filter(|level| !level.list) {
            let mut at = level.start;
            while at < level.end {
                let entry = &self.form.entries[at];
                if !entry.used && !is_remark(self.form.str(entry.key)) {
                    self.last = Some(at);
                    let name = self.form.str(entry.key);
                    let before = self.form.entries[level.start..at].iter();
                    let twice = before.filter(|entry| entry.used).any(|entry| self.form.str(entry.key) == name);
                    return Err(if twice { Unfit::Rule("is given twice") } else { Unfit::NoMember }.into());
                }
                at = entry.end as usize;
            }
        }
        self.levels.pop();
        Ok(())
    }

    /// Says that no member of the group at hand needs to be asked for, but one.
    pub fn skip_all(&mut self, but: &'static Field) {
        if let Some(level) = self.levels.last().copied() {
            let mut at = level.start;
            while at < level.end {
                self.form.entries[at].used = self.form.str(self.form.entries[at].key) != but.name.as_bytes();
                at = self.form.entries[at].end as usize;
            }
        }
    }

    /// Tells whether every member was asked for.
    pub fn all_used(&mut self) -> bool {
        self.leave().is_ok()
    }

    /// The text of a member, where it is text.
    pub fn text(&mut self, key: &str) -> Option<&str> {
        let at = self.find(key, "")?;
        let Node::Text(start, end) = self.form.entries[at].node else { return None };
        self.take(at);
        core::str::from_utf8(self.form.str((start, end))).ok()
    }

    /// The number of the entry that was looked at last.
    pub fn entry(&self) -> Option<usize> {
        self.last
    }

    /// Where the entry is that was looked at last.
    pub fn place(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(last) = self.last else { return steps };
        // Every entry that the last one lies in, from the outside in.
        let (mut at, mut end, mut index, mut in_list) = (0, self.form.entries.len(), 0, false);
        while at < end {
            let entry = &self.form.entries[at];
            let inside = at <= last && last < entry.end as usize;
            if inside {
                steps.push(match in_list {
                    true => Step::Item(index),
                    false => Step::Member(String::from_utf8_lossy(self.form.str(entry.key)).into_owned()),
                });
                if at == last {
                    break;
                }
                (end, in_list, index) = (entry.end as usize, entry.node == Node::List, 0);
                at += 1;
            } else {
                at = entry.end as usize;
                index += 1;
            }
        }
        steps
    }
}

impl Source for FormSource<'_> {
    fn value(&mut self, field: &'static Field) -> Result<Option<Value<'_>>, Mistake> {
        let mut found = self.find(field.name, "");
        if found.is_none() && matches!(field.kind, Kind::Named(_)) {
            // What an item is called, wherever the notation does not know the field's name.
            found = self.find(ANY_KIND, "");
        }
        let Some(at) = found else { return Ok(None) };
        self.take(at);
        // Text that is not UTF-8, and an item whose bytes are given too, are groups of their own.
        let mut kind = field.item_kind();
        let wraps = [(HEX, Kind::Bytes), (TEXT, Kind::Text), (VALUE, kind)];
        let wrap = match self.form.entries[at].node {
            Node::Group => wraps.into_iter().find_map(|(key, kind)| Some((self.wrapped(at, key)?, kind))),
            _ => None,
        };
        let node = match wrap {
            Some((value, own)) => {
                kind = own;
                self.form.entries[value].node
            }
            None => self.form.entries[at].node,
        };
        let value = match node {
            Node::Null => return Ok(None),
            Node::Bool(b) => Value::Bool(b),
            Node::Uint(n) => Value::Uint(n),
            Node::Int(n) => Value::Int(n),
            Node::Mac(a) => Value::Mac(a),
            Node::Ipv4(a) => Value::Ipv4(a),
            Node::Ipv6(a) => Value::Ipv6(a),
            Node::Bytes(a, b) => Value::Bytes(self.form.str((a, b))),
            Node::Name(a, b) => Value::Name(Name::new(self.form.str((a, b)), 0)),
            Node::Text(a, b) => {
                self.scratch.clear();
                let text = self.form.text.get(a as usize..b as usize).unwrap_or(&[]);
                parse(kind, text, &mut self.scratch).map_err(|unfit| Mistake::at(field, unfit))?
            }
            Node::Quoted(a, b) if matches!(kind, Kind::Bytes | Kind::Text) => Value::Bytes(self.form.str((a, b))),
            Node::Quoted(a, b) => {
                self.scratch.clear();
                let text = self.form.text.get(a as usize..b as usize).unwrap_or(&[]);
                parse(kind, text, &mut self.scratch).map_err(|unfit| Mistake::at(field, unfit))?
            }
            Node::Number => return Err(Mistake::at(field, Unfit::Kind("a whole number of 64 bits"))),
            Node::List | Node::Group => return Err(Mistake::at(field, Unfit::Kind("a single value"))),
        };
        let fits = match (kind, &value) {
            (
                Kind::Mac | Kind::Ipv4 | Kind::Ipv6 | Kind::Name | Kind::Bytes | Kind::Text,
                Value::Uint(_) | Value::Int(_) | Value::Bool(_),
            ) => false,
            (Kind::Name, value) => matches!(value, Value::Name(_)),
            _ => true,
        };
        match fits {
            true => Ok(Some(value)),
            false => Err(Mistake::at(field, Unfit::Kind(title(kind)))),
        }
    }

    fn raw(&mut self, field: &'static Field) -> Result<Option<&[u8]>, Mistake> {
        let at = match self.find(field.name, ".raw") {
            Some(at) => at,
            None => match self.find(field.name, "").and_then(|item| self.wrapped(item, RAW)) {
                Some(at) => at,
                None => return Ok(None),
            },
        };
        self.form.entries[at].used = true;
        self.last = Some(at);
        match self.form.entries[at].node {
            Node::Bytes(a, b) => Ok(Some(self.form.str((a, b)))),
            Node::Text(a, b) => {
                self.scratch.clear();
                match unhex(self.form.text.get(a as usize..b as usize).unwrap_or(&[]), &mut self.scratch) {
                    true => Ok(Some(&self.scratch)),
                    false => Err(Mistake::at(field, Unfit::Text("hexadecimal bytes"))),
                }
            }
            _ => Err(Mistake::at(field, Unfit::Kind("hexadecimal bytes"))),
        }
    }

    fn open(&mut self, field: &'static Field) -> Result<bool, Mistake> {
        let Some(at) = self.find(field.name, "") else { return Ok(false) };
        self.take(at);
        match (field.kind, self.form.entries[at].node) {
            (Kind::List(_), Node::List) => self.enter(at, true)?,
            // One value stands for a list of it.
            (Kind::List(kind), Node::Text(..) | Node::Uint(_)) if !matches!(kind, Kind::Group) => {
                self.form.entries[at].used = false;
                self.levels.push(Level { next: at, start: at, end: at + 1, list: true, item: None });
            }
            (Kind::List(_), _) => return Err(Mistake::at(field, Unfit::Kind("a list"))),
            (_, Node::Group) => self.enter(at, false)?,
            _ => return Err(Mistake::at(field, Unfit::Kind("a group"))),
        }
        Ok(true)
    }

    fn next(&mut self) -> Result<bool, Mistake> {
        // The item at hand may be a group that was gone into.
        if self.levels.last().is_some_and(|level| !level.list) {
            self.leave()?;
        }
        let Some(level) = self.levels.last_mut() else { return Ok(false) };
        let at = if level.item.is_some() { level.next } else { level.start };
        if at >= level.end {
            level.item = None;
            return Ok(false);
        }
        let entry = self.form.entries[at];
        level.item = Some(at);
        level.next = entry.end as usize;
        self.last = Some(at);
        if entry.node == Node::Group && [HEX, TEXT, VALUE].iter().all(|key| self.wrapped(at, key).is_none()) {
            self.form.entries[at].used = true;
            self.enter(at, false)?;
        }
        Ok(true)
    }

    fn close(&mut self) -> Result<(), Mistake> {
        self.leave()
    }

    fn has(&mut self, field: &'static Field) -> bool {
        self.find(field.name, "").is_some()
    }

    fn peek(&mut self, field: &'static Field) -> Result<Option<u64>, Mistake> {
        let Some(at) = self.find(field.name, "") else { return Ok(None) };
        let before = self.levels.last().copied();
        let number = self.value(field)?.and_then(|value| value.number());
        self.form.entries[at].used = false;
        if let (Some(level), Some(before)) = (self.levels.last_mut(), before) {
            *level = before;
        }
        Ok(number)
    }

    fn skip(&mut self, field: &'static Field) {
        if let Some(at) = self.find(field.name, "") {
            self.take(at);
        }
    }
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Mac => "a MAC address",
        Kind::Ipv4 => "an IPv4 address",
        Kind::Ipv6 => "an IPv6 address",
        Kind::Name => "a domain name",
        Kind::Bytes => "hexadecimal bytes",
        Kind::Text => "text",
        Kind::Bool => "true or false",
        _ => "a number",
    }
}

/// Makes text into a value of a kind. Bytes and names are put into `scratch`.
fn parse<'a>(kind: Kind, text: &'a [u8], scratch: &'a mut Vec<u8>) -> Result<Value<'a>, Unfit> {
    let wrong = Unfit::Text(title(kind));
    match kind {
        Kind::Text => return Ok(Value::Text(text)),
        Kind::Bytes if unhex(text, scratch) => return Ok(Value::Bytes(scratch)),
        _ => {}
    }
    let str = core::str::from_utf8(text).map_err(|_| wrong)?;
    Ok(match kind {
        Kind::Mac => {
            let bytes = if unhex(text, scratch) { scratch.as_slice().try_into().ok() } else { None };
            Value::Mac(MacAddr(bytes.ok_or(wrong)?))
        }
        Kind::Ipv4 => Value::Ipv4(str.parse().map_err(|_| wrong)?),
        Kind::Ipv6 => Value::Ipv6(str.parse().map_err(|_| wrong)?),
        // What is bytes to the table may be shown as what the packet itself says it is.
        Kind::Bytes => match (str.parse(), str.parse()) {
            (Ok(address), _) => Value::Ipv4(address),
            (_, Ok(address)) => Value::Ipv6(address),
            _ => Value::Text(text),
        },
        Kind::Name => match Name::from_text(str, scratch) {
            true => Value::Name(Name::new(scratch, 0)),
            false => return Err(wrong),
        },
        Kind::Bool => match str {
            "true" | "1" | "yes" | "on" => Value::Bool(true),
            "false" | "0" | "no" | "off" => Value::Bool(false),
            _ => return Err(wrong),
        },
        Kind::Flags(flags) => match number(str) {
            Some(n) => Value::Uint(n),
            None => {
                let mut sum = 0;
                for name in str.split(['|', ',', '+', ' ']).filter(|name| !name.is_empty()) {
                    let flag = flags.iter().find(|flag| alike(flag.name, name));
                    sum |= flag.ok_or(Unfit::NoName)?.mask;
                }
                Value::Uint(sum)
            }
        },
        Kind::Named(_) => match number(str) {
            Some(n) => Value::Uint(n),
            None => Value::Uint(named(kind, str).ok_or(Unfit::NoName)?),
        },
        Kind::Int => match number(str) {
            Some(n) => Value::Uint(n),
            None => Value::Int(str.parse().map_err(|_| wrong)?),
        },
        _ => Value::Uint(number(str).ok_or(wrong)?),
    })
}

/// The number that a registry has a name for; the first one of several.
fn named(kind: Kind, name: &str) -> Option<u64> {
    let Kind::Named(registry) = kind else { return None };
    registry.entries.iter().find(|(_, known)| alike(known, name)).map(|(number, _)| *number)
}

/// Reads a number: decimal, or hexadecimal behind `0x`.
fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Tells whether text could be taken for hexadecimal bytes.
pub(crate) fn looks_hex(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'-' | b' ' | b'x' | b'.'))
}

/// Appends the bytes that hexadecimal digits stand for; colons, dashes and blanks may stand between
/// bytes. `false` where it is something else.
pub(crate) fn unhex(text: &[u8], out: &mut Vec<u8>) -> bool {
    let text = text.strip_prefix(b"0x").unwrap_or(text);
    let nibble = |digit: u8| NIBBLES[usize::from(digit)];
    // As programs write them: pairs of digits and nothing else.
    if let (pairs, []) = text.as_chunks() {
        let (start, mut seen) = (out.len(), 0);
        out.extend(pairs.iter().map(|&[high, low]| {
            seen |= nibble(high) | nibble(low);
            nibble(high) << 4 | nibble(low) & 15
        }));
        if seen < 16 {
            return true;
        }
        out.truncate(start);
    }
    let mut high = None;
    for &c in text {
        match (nibble(c), high) {
            (digit @ ..16, None) => high = Some(digit),
            (digit @ ..16, Some(first)) => {
                out.push(first << 4 | digit);
                high = None;
            }
            (_, None) if matches!(c, b':' | b'-' | b' ') => {}
            _ => return false,
        }
    }
    high.is_none()
}

/// What hexadecimal digits stand for; more than 15 for what is none.
static NIBBLES: [u8; 256] = {
    let mut nibbles = [0x80; 256];
    let mut n = 0;
    while n < 16 {
        let digit = crate::addr::DIGITS[n];
        nibbles[digit as usize] = n as u8;
        nibbles[digit.to_ascii_uppercase() as usize] = n as u8;
        n += 1;
    }
    nibbles
};

#[cfg(feature = "serde")]
mod ser {
    use super::{Form, HEX, Node, TEXT, looks_hex, named};
    use crate::field::{Kind, Value};
    use crate::name::Name;
    use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

    /// An entry of a form, to be serialized.
    struct Part<'f> {
        form: &'f Form,
        at: usize,
    }

    impl Form {
        fn parts(&self, from: usize, to: usize) -> impl Iterator<Item = (&str, Part<'_>)> {
            let mut next = from;
            core::iter::from_fn(move || {
                let at = next;
                let entry = self.entries.get(at).filter(|_| at < to)?;
                next = entry.end as usize;
                let key = core::str::from_utf8(self.str(entry.key)).unwrap_or_default();
                Some((key, Part { form: self, at }))
            })
        }

        /// The items of a list among the outermost members, to be serialized.
        pub fn items(&self, list: &str) -> impl Iterator<Item = impl Serialize> {
            let found = self.parts(0, self.entries.len()).find(|(key, _)| *key == list);
            let (from, to) = found.map_or((0, 0), |(_, part)| (part.at + 1, self.entries[part.at].end as usize));
            self.parts(from, to).map(|(_, part)| part)
        }
    }

    impl Serialize for Form {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.parts(0, self.entries.len()))
        }
    }

    impl Serialize for Part<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let entry = &self.form.entries[self.at];
            let inside = || self.form.parts(self.at + 1, entry.end as usize);
            match entry.node {
                Node::Null | Node::Number => serializer.serialize_unit(),
                Node::Bool(b) => serializer.serialize_bool(b),
                Node::Uint(n) => {
                    // A number goes by its name, unless several have that name.
                    let name = entry.shown.and_then(|(field, _)| Some((field, field.meaning(&Value::Uint(n))?)));
                    match name {
                        Some((field, name)) if named(field.item_kind(), name) == Some(n) => {
                            serializer.serialize_str(name)
                        }
                        _ => serializer.serialize_u64(n),
                    }
                }
                Node::Int(n) => serializer.serialize_i64(n),
                Node::Mac(a) => serializer.collect_str(&a),
                Node::Ipv4(a) => serializer.collect_str(&a),
                Node::Ipv6(a) => serializer.collect_str(&a),
                Node::Bytes(a, b) => serializer.collect_str(&crate::addr::Hex(self.form.str((a, b)))),
                Node::Name(a, b) => serializer.collect_str(&Name::new(self.form.str((a, b)), 0)),
                // Text where bytes are called for must not be taken for their digits.
                Node::Quoted(a, b)
                    if entry.shown.is_some_and(|(field, _)| matches!(field.kind, Kind::Bytes))
                        && looks_hex(self.form.str((a, b)))
                        && core::str::from_utf8(self.form.str((a, b))).is_ok() =>
                {
                    let mut map = serializer.serialize_map(Some(1))?;
                    map.serialize_entry(TEXT, core::str::from_utf8(self.form.str((a, b))).unwrap_or_default())?;
                    map.end()
                }
                Node::Text(a, b) | Node::Quoted(a, b) => match core::str::from_utf8(self.form.str((a, b))) {
                    Ok(text) => serializer.serialize_str(text),
                    Err(_) => {
                        let mut map = serializer.serialize_map(Some(1))?;
                        map.serialize_entry(HEX, &alloc::format!("{}", crate::addr::Hex(self.form.str((a, b)))))?;
                        map.end()
                    }
                },
                Node::List => {
                    let mut seq = serializer.serialize_seq(None)?;
                    inside().try_for_each(|(_, part)| seq.serialize_element(&part))?;
                    seq.end()
                }
                Node::Group => serializer.collect_map(inside()),
            }
        }
    }
}

#[cfg(feature = "serde")]
mod de {
    use super::{Form, Node, is_remark};
    use core::fmt;
    use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

    /// Keeps a key; `None` for a remark, which nobody asks for.
    struct Key<'f>(&'f mut Form);

    impl<'de> DeserializeSeed<'de> for Key<'_> {
        type Value = Option<(u32, u32)>;
        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_str(self)
        }
    }

    impl<'de> Visitor<'de> for Key<'_> {
        type Value = Option<(u32, u32)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a name")
        }
        fn visit_str<E: de::Error>(self, key: &str) -> Result<Self::Value, E> {
            let asked = !is_remark(key.as_bytes()) || key.ends_with(".raw");
            Ok(asked.then(|| self.0.keep(key.as_bytes())))
        }
    }

    /// Adds a value to a form under a key that it keeps.
    struct Add<'f> {
        form: &'f mut Form,
        key: (u32, u32),
    }

    impl Add<'_> {
        fn node<E>(self, node: Node) -> Result<(), E> {
            self.form.push(self.key, node);
            Ok(())
        }
    }

    impl<'de> DeserializeSeed<'de> for Add<'_> {
        type Value = ();
        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_any(self)
        }
    }

    impl<'de> Visitor<'de> for Add<'_> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a value")
        }
        fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
            self.node(Node::Bool(value))
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
            self.node(Node::Uint(value))
        }
        fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
            self.node(Node::Int(value))
        }
        fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
            self.node(Node::Number)
        }
        fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
            let (start, end) = self.form.keep(value.as_bytes());
            self.node(Node::Text(start, end))
        }
        fn visit_unit<E: de::Error>(self) -> Result<(), E> {
            self.node(Node::Null)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
            self.form.push(self.key, Node::List);
            self.form.open.push(self.form.entries.len() - 1);
            while items.next_element_seed(Add { form: &mut *self.form, key: (0, 0) })?.is_some() {}
            self.form.close();
            Ok(())
        }
        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
            self.form.push(self.key, Node::Group);
            self.form.open.push(self.form.entries.len() - 1);
            super::de::members(self.form, &mut members)?;
            self.form.close();
            Ok(())
        }
    }

    fn members<'de, A: MapAccess<'de>>(form: &mut Form, members: &mut A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key_seed(Key(form))? {
            match key {
                Some(key) => members.next_value_seed(Add { form: &mut *form, key })?,
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    struct Root<'f>(&'f mut Form);

    impl<'de> Visitor<'de> for Root<'_> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            members(self.0, &mut map)
        }
    }

    impl Form {
        /// Reads an object into the form, in place of what it has; its memory is kept. Members that say something about
        /// others are passed over.
        pub fn read<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
            self.clear();
            deserializer.deserialize_map(Root(self))
        }

        /// Reads the value of a member, behind those that are there.
        pub fn read_member<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
            let key = self.keep(key.as_bytes());
            map.next_value_seed(Add { form: self, key })
        }
    }

    impl<'de> serde::Deserialize<'de> for Form {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let mut form = Form::default();
            form.read(deserializer)?;
            Ok(form)
        }
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;
    use crate::packet::Packet;
    use alloc::string::ToString;

    /// What is wrong with a packet of one layer with such members, and where.
    fn mistake(layer: &str, add: impl FnOnce(&mut Form)) -> (Unfit, String) {
        let mut packet = Packet::default();
        packet.form.open_list("layers");
        packet.form.open_group("");
        packet.form.text("layer", layer);
        add(&mut packet.form);
        packet.form.close();
        packet.form.close();
        let shown = packet.form.to_string();
        let error = packet.build().map_or_else(|error| error, |built| panic!("{shown} is built: {built:02x?}"));
        (error.mistake.unfit, error.place.iter().map(|step| alloc::format!("/{step}")).collect())
    }

    fn group(form: &mut Form, key: &str, list: bool) {
        if list {
            form.open_list(key)
        } else {
            form.open_group(key)
        }
        form.close();
    }

    #[test]
    fn what_does_not_fit_a_field_is_said_with_its_place() {
        type Add = fn(&mut Form);
        let cases: [(&str, Add, Unfit); 20] = [
            ("ipv4", |form| form.text("ttl", "many"), Unfit::Text("a number")),
            ("ipv4", |form| form.text("src", "10.0.0"), Unfit::Text("an IPv4 address")),
            ("ipv6", |form| form.text("src", "10.0.0.1"), Unfit::Text("an IPv6 address")),
            ("ethernet", |form| form.text("src", "02:00"), Unfit::Text("a MAC address")),
            ("vlan", |form| form.text("drop_eligible", "perhaps"), Unfit::Text("true or false")),
            ("ntp", |form| form.text("poll", "soon"), Unfit::Text("a number")),
            ("ipv4", |form| form.number("src", 5), Unfit::Kind("an IPv4 address")),
            ("ipv6", |form| form.flag("src", true), Unfit::Kind("an IPv6 address")),
            ("ethernet", |form| form.signed("src", -1), Unfit::Kind("a MAC address")),
            ("ipv4", |form| form.text("protocol", "nonesuch"), Unfit::NoName),
            ("tcp", |form| form.text("flags", "SYN|GONE"), Unfit::NoName),
            ("ipv4", |form| form.number("ttl", 256), Unfit::TooLarge { number: 256, max: 255 }),
            ("ipv4", |form| form.number("hops", 1), Unfit::NoMember),
            ("ipv4", |form| group(form, "ttl", true), Unfit::Kind("a single value")),
            ("ipv4", |form| group(form, "ttl", false), Unfit::Kind("a single value")),
            ("ipv4", |form| form.add("ttl", Node::Number), Unfit::Kind("a whole number of 64 bits")),
            ("tcp", |form| group(form, "options", false), Unfit::Kind("a list")),
            ("ipv4", |form| (1..3).for_each(|ttl| form.number("ttl", ttl)), Unfit::Rule("is given twice")),
            ("dns", |form| form.number("questions", 1), Unfit::Kind("a list")),
            ("ipv4", |form| form.signed("ttl", -1), Unfit::Kind("a number that is not negative")),
        ];
        for (layer, add, unfit) in cases {
            let mut form = Form::default();
            add(&mut form);
            let (found, place) = mistake(layer, add);
            let member = form.members().next().unwrap_or_default().to_string();
            assert_eq!((found, place), (unfit, ["/layers/[0]/", &member].concat()), "{layer} {form}");
        }
    }

    #[test]
    fn a_form_is_shown_on_one_line() {
        let mut form = Form::default();
        assert!(form.is_empty());
        form.add("nothing", Node::Null);
        form.flag("flag", true);
        form.number("number", 7);
        form.signed("signed", -7);
        form.add("other", Node::Number);
        form.bytes("bytes", &[1, 0xff]);
        form.text("text", "a\"b");
        form.quoted("quoted", b"q");
        form.open_list("list");
        form.number("", 1);
        form.open_group("");
        form.flag("in", false);
        form.close();
        form.close();
        form.number("last", 9);
        let shown = "nothing=null flag=true number=7 signed=-7 other=? bytes=0x01ff text=\"a\\\"b\" quoted=\"q\" \
                     list=[1 {in=false}] last=9";
        assert_eq!((form.to_string().as_str(), form.len(), form.is_empty()), (shown, 13, false));
        let members: Vec<_> = form.members().collect();
        assert_eq!(
            members,
            ["nothing", "flag", "number", "signed", "other", "bytes", "text", "quoted", "list", "last"]
        );
        let without = form.without(|key, _| matches!(key, "number" | "in" | "text"));
        let shown = "nothing=null flag=true signed=-7 other=? bytes=0x01ff quoted=\"q\" list=[1 {}] last=9";
        assert_eq!(without.to_string(), shown);
        assert_eq!(without.without(|key, _| key == "list").members().last(), Some("last"));
        form.clear();
        assert_eq!((form.to_string().as_str(), form.is_empty()), ("", true));
    }

    #[test]
    fn a_message_of_dns_is_marked_to_be_compressed() {
        let mut form = Form::default();
        form.open_list("layers");
        for layer in ["udp", "dns", "dns"] {
            form.open_group("");
            form.text("layer", layer);
            form.number("id", 1);
            form.close();
        }
        form.close();
        form.number("behind", 2);
        form.mark_compressed();
        let dns = "{layer=\"dns\" compress=true id=1}";
        let shown = ["layers=[{layer=\"udp\" id=1} ", dns, " ", dns, "] behind=2"].concat();
        assert_eq!((form.to_string(), form.members().count()), (shown, 2));
    }

    #[test]
    fn text_stands_for_a_value_of_each_kind() {
        const LIST: Kind = Kind::Named(crate::proto::IpProtocol::REGISTRY);
        const FLAGS: Kind = Kind::Flags(crate::TcpFlags::FLAGS);
        let cases = [
            (Kind::Uint, "17", Ok(Value::Uint(17))),
            (Kind::Uint, "0x1F", Ok(Value::Uint(31))),
            (Kind::Uint, "0X1f", Ok(Value::Uint(31))),
            (Kind::Uint, "-1", Err(Unfit::Text("a number"))),
            (Kind::Int, "7", Ok(Value::Uint(7))),
            (Kind::Int, "-7", Ok(Value::Int(-7))),
            (Kind::Bool, "yes", Ok(Value::Bool(true))),
            (Kind::Bool, "off", Ok(Value::Bool(false))),
            (LIST, "udp", Ok(Value::Uint(17))),
            (LIST, "UDP", Ok(Value::Uint(17))),
            (LIST, "200", Ok(Value::Uint(200))),
            (FLAGS, "SYN|ack", Ok(Value::Uint(0x12))),
            (FLAGS, "SYN, RST+SYN", Ok(Value::Uint(6))),
            (FLAGS, "0x102", Ok(Value::Uint(0x102))),
            (Kind::Mac, "02:00-00 000001", Ok(Value::Mac(MacAddr([2, 0, 0, 0, 0, 1])))),
            (Kind::Mac, "02:00:00:00:00:00:01", Err(Unfit::Text("a MAC address"))),
            (Kind::Ipv4, "10.0.0.1", Ok(Value::Ipv4([10, 0, 0, 1].into()))),
            (Kind::Ipv6, "::1", Ok(Value::Ipv6(1u128.into()))),
            (Kind::Name, "a.bc.", Ok(Value::Name(Name::new(b"\x01a\x02bc\0", 0)))),
            (Kind::Name, "a..", Err(Unfit::Text("a domain name"))),
            (Kind::Text, "0102", Ok(Value::Text(b"0102"))),
            (Kind::Bytes, "0x01FF", Ok(Value::Bytes(&[1, 0xff]))),
            (Kind::Bytes, "1:2", Ok(Value::Text(b"1:2"))),
            (Kind::Bytes, "10.0.0.1", Ok(Value::Ipv4([10, 0, 0, 1].into()))),
            (Kind::Bytes, "fe80::1", Ok(Value::Ipv6("fe80::1".parse().unwrap()))),
            (Kind::Bytes, "012", Ok(Value::Text(b"012"))),
            (Kind::Bytes, "hello", Ok(Value::Text(b"hello"))),
        ];
        for (kind, text, value) in cases {
            assert_eq!(parse(kind, text.as_bytes(), &mut Vec::new()), value, "{text}");
        }
        assert_eq!(parse(Kind::Uint, &[0xff], &mut Vec::new()), Err(Unfit::Text("a number")));
    }

    #[test]
    fn json_of_what_was_shown_says_which_text_is_bytes() {
        const BYTES: &Field = &Field::floating("data", "", Kind::Bytes, "");
        const TEXT: &Field = &Field::floating("text", "", Kind::Text, "");
        const PROTOCOL: &Field = &Field::floating("next", "", Kind::Named(crate::proto::IpProtocol::REGISTRY), "");
        let cases: [(_, _, &[u8], _); 8] = [
            // Text whose letters could be digits would be read as bytes.
            (BYTES, Value::Text(b"12ab"), b"12ab", r#"{"data":{"text":"12ab"}}"#),
            (BYTES, Value::Text(b"10.1"), b"10.1", r#"{"data":{"text":"10.1"}}"#),
            (BYTES, Value::Text(b"hello"), b"hello", r#"{"data":"hello"}"#),
            (BYTES, Value::Text(b"\xff"), b"\xff", r#"{"data":{"hex":"ff"}}"#),
            (BYTES, Value::Bytes(b"\x12\xab"), b"\x12\xab", r#"{"data":"12ab"}"#),
            (TEXT, Value::Text(b"12ab"), b"12ab", r#"{"text":"12ab"}"#),
            (TEXT, Value::Text(b"12\xff"), b"12\xff", r#"{"text":{"hex":"3132ff"}}"#),
            (TEXT, Value::Text(b""), b"", r#"{"text":""}"#),
        ];
        for (field, value, bytes, json) in cases {
            let mut form = Form::default();
            Visitor::field(&mut form, field, Span::new(0, 0), value);
            assert_eq!(serde_json::to_string(&form).unwrap(), json);
            let mut again: Form = serde_json::from_str(json).unwrap();
            let mut source = again.source();
            let read = match source.value(field).unwrap() {
                Some(Value::Bytes(read) | Value::Text(read)) => read.to_vec(),
                other => panic!("{json}: {other:?}"),
            };
            assert_eq!(read, bytes, "{json}");
        }
        for (number, json) in [(17, r#"{"next":"udp"}"#), (200, r#"{"next":200}"#)] {
            let mut form = Form::default();
            Visitor::field(&mut form, PROTOCOL, Span::new(0, 0), Value::Uint(number));
            assert_eq!(serde_json::to_string(&form).unwrap().to_lowercase(), json);
        }
    }

    #[test]
    fn an_item_that_has_bytes_of_its_own_is_a_group_of_both() {
        const NAMES: &Field = &Field::floating("names", "", Kind::List(&Kind::Name), "");
        let json = r#"{"names":[{"value":"a.b","raw":"c000"},"c"]}"#;
        let mut form: Form = serde_json::from_str(json).unwrap();
        let mut source = form.source();
        assert_eq!((source.open(NAMES).unwrap(), source.next().unwrap()), (true, true));
        assert_eq!(source.raw(NAMES).unwrap(), Some(&[0xc0, 0][..]));
        assert_eq!(source.value(NAMES).unwrap(), Some(Value::Name(Name::new(b"\x01a\x01b\0", 0))));
        assert_eq!((source.next().unwrap(), source.raw(NAMES).unwrap()), (true, None));
        assert_eq!(source.value(NAMES).unwrap(), Some(Value::Name(Name::new(b"\x01c\0", 0))));
        assert_eq!((source.next().unwrap(), source.close().is_ok(), source.all_used()), (false, true, true));
        // A group of other members is no value.
        for item in [r#"{"value":"a","other":"c000"}"#, r#"{"other":"a","raw":"c000"}"#, r#"{"other":"a"}"#, "{}"] {
            let mut form: Form = serde_json::from_str(&alloc::format!(r#"{{"names":[{item}]}}"#)).unwrap();
            let mut source = form.source();
            assert_eq!((source.open(NAMES).unwrap(), source.next().unwrap()), (true, true));
            assert_eq!(source.value(NAMES).unwrap(), None, "{item}");
            assert_eq!(source.next().is_err(), item != "{}", "{item}");
        }
    }

    #[test]
    fn an_address_of_fewer_bytes_has_those() {
        let (four, six) = (Value::Ipv4([1, 2, 3, 4].into()), Value::Ipv6([5; 16].into()));
        assert_eq!(shortened(&four, Span::new(10, 13)).as_deref(), Some(&[1, 2, 3][..]));
        assert_eq!(shortened(&six, Span::new(10, 25)).as_deref(), Some(&[5; 15][..]));
        assert_eq!((shortened(&four, Span::new(10, 14)), shortened(&six, Span::new(0, 16))), (None, None));
        assert_eq!(shortened(&Value::Uint(1), Span::new(0, 1)), None);
    }
}
