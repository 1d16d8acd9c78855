//! Reading of trees: the encoder asks for one field after the other.

use super::text_value::{parse, port, unhex};
use super::tree::{ComputedMark, HEX, Node, RAW, Step, TEXT, Tree, VALUE, is_computed_mark, same};
use crate::wire::{Field, FieldError, FieldSource, Kind, Name, TRAILER, Value, ValueError};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Key of an option's name in a list whose naming field is not known.
pub(super) const ANY_KIND: &str = "*";

/// Keys of a layer's name, and of what stands in place of its fields.
const LAYER: &str = "layer";
const RAW_LAYER: &str = "raw";
const CUT: &str = "cut";

/// A list or group that is being read.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenLevel {
    /// Index where the next member probably is: after the last one that was asked for.
    pub(super) next: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) list: bool,
    /// Index of the current item of a list.
    pub(super) item: Option<usize>,
}

/// Reads the values of a [`Tree`] for the encoder.
///
/// ```
/// use packetsmith::{Tree, Udp, Value};
/// use packetsmith::wire::FieldSource;
/// let [src_port, dst_port, ..] = Udp::FIELDS else { panic!() };
/// let mut tree = Tree::default();
/// tree.number("dst_port", 53);
/// tree.number("colour", 7);
/// let mut source = tree.source();
/// assert_eq!(source.value(dst_port).unwrap(), Some(Value::Uint(53)));
/// assert_eq!(source.value(src_port).unwrap(), None, "nothing is given");
/// assert!(!source.all_used(), "no field is called colour");
/// ```
#[derive(Debug)]
pub struct TreeReader<'f> {
    pub(super) form: &'f mut Tree,
    pub(super) levels: Vec<OpenLevel>,
    pub(super) scratch: Vec<u8>,
    /// Index of the last entry that was read.
    pub(super) last: Option<usize>,
    /// Entries that were skipped, because others say the same.
    pub(super) skipped: Vec<usize>,
}

/// Whether a member is a remark about others, or about the packet as it was read.
pub(super) fn is_remark(key: &[u8]) -> bool {
    key.contains(&b'.') || matches!(key, b"at" | b"issues" | b"quoted" | b"note")
}

/// Most lists and groups inside each other.
const MAX_DEPTH: usize = 64;

impl Tree {
    /// Reads the tree from its beginning.
    pub fn source(&mut self) -> TreeReader<'_> {
        for entry in &mut self.entries {
            entry.used = false;
        }
        let end = self.entries.len();
        let root = OpenLevel { next: 0, start: 0, end, list: false, item: None };
        TreeReader { form: self, levels: alloc::vec![root], scratch: Vec::new(), last: None, skipped: Vec::new() }
    }
}

impl TreeReader<'_> {
    fn level(&mut self) -> Option<&mut OpenLevel> {
        self.levels.last_mut()
    }

    /// Finds an entry by name in the current group, or the current item of a list of values.
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

    /// The member with this name in a group that is a single value: `hex`, `text` or `raw` alone, or `value` and `raw`.
    fn wrapped(&self, at: usize, key: &str) -> Option<usize> {
        let group = &self.form.entries[at];
        let members = group.end as usize - at - 1;
        let name = |at: usize| self.form.str(self.form.entries[at].key);
        if group.node != Node::Group || !(1..=2).contains(&members) {
            return None;
        }
        let is_value = match members {
            // Of a name that is not written out, only the raw bytes are there.
            1 => [HEX, TEXT, RAW].iter().any(|key| name(at + 1) == key.as_bytes()),
            // The members of an object have no order.
            _ => {
                let pair = [name(at + 1), name(at + 2)];
                pair == [VALUE.as_bytes(), RAW.as_bytes()] || pair == [RAW.as_bytes(), VALUE.as_bytes()]
            }
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

    fn update_scope(&mut self, at: usize, list: bool) -> Result<(), FieldError> {
        if self.levels.len() >= MAX_DEPTH {
            return Err(ValueError::TooDeep.into());
        }
        let end = self.form.entries[at].end as usize;
        self.levels.push(OpenLevel { next: at + 1, start: at + 1, end, list, item: None });
        Ok(())
    }

    /// Leaves the current group. Members that were not read are an error.
    fn leave(&mut self) -> Result<(), FieldError> {
        if let Some(level) = self.levels.last().filter(|level| !level.list) {
            let mut at = level.start;
            while at < level.end {
                let entry = &self.form.entries[at];
                if !entry.used && (self.form.strict || !is_remark(self.form.str(entry.key))) {
                    self.last = Some(at);
                    let name = self.form.str(entry.key);
                    let before = self.form.entries[level.start..at].iter();
                    let twice = before.filter(|entry| entry.used).any(|entry| self.form.str(entry.key) == name);
                    return Err(match name {
                        _ if twice => ValueError::Rule("is given twice"),
                        b"tail" => ValueError::Rule("has another name now: write trailer"),
                        _ => ValueError::NoMember,
                    }
                    .into());
                }
                at = entry.end as usize;
            }
        }
        self.levels.pop();
        Ok(())
    }

    /// Marks all members of the current group as read, except one. Returns the entry of the group if any of them was not
    /// read before.
    pub(super) fn skip_all(&mut self, but: &'static Field) -> Option<usize> {
        let level = self.levels.last().copied()?;
        let (mut at, mut found) = (level.start, false);
        while at < level.end {
            let key = self.form.str(self.form.entries[at].key);
            if key != but.name.as_bytes() {
                found |= !self.form.entries[at].used && (self.form.strict || !is_remark(key));
                self.form.entries[at].used = true;
            }
            at = self.form.entries[at].end as usize;
        }
        found.then_some(level.start.saturating_sub(1))
    }

    /// The entry of the group that is open.
    pub(super) fn group(&self) -> Option<usize> {
        self.levels.last().map(|level| level.start.saturating_sub(1))
    }

    /// Enters a layer, whatever was open before, with the members that describe its header unread.
    pub(super) fn enter(&mut self, entry: usize) {
        let end = self.form.entries[entry].end as usize;
        for at in entry + 1..end {
            let name = self.form.str(self.form.entries[at].key);
            let is_known = [LAYER, RAW_LAYER, CUT, TRAILER.name].iter().any(|key| key.as_bytes() == name);
            // How the layer is computed is no field of it.
            let key = core::str::from_utf8(name).unwrap_or_default();
            self.form.entries[at].used = is_known || is_computed_mark(key);
        }
        self.levels.clear();
        self.levels.push(OpenLevel { next: entry + 1, start: entry + 1, end, list: false, item: None });
    }

    /// Leaves a layer that was entered. Members that were not read are an error.
    pub(super) fn leave_entered(&mut self) -> Result<(), FieldError> {
        self.leave()
    }

    /// Whether the layer has a mark.
    pub(super) fn has_mark(&mut self, mark: ComputedMark) -> bool {
        let (key, value) = mark.member();
        let Some(at) = self.find(key, "") else { return false };
        let has = self.form.is_text(at, value);
        self.form.entries[at].used |= has;
        has
    }

    /// The number of a field, whose key has a prefix.
    pub(super) fn prefixed(&mut self, prefix: &str, field: &'static Field) -> Result<Option<u64>, FieldError> {
        let level = self.levels.last().copied().filter(|level| !level.list);
        let Some(level) = level else { return Ok(None) };
        let mut at = level.start;
        while at < level.end {
            let entry = self.form.entries[at];
            if self.form.str(entry.key).strip_prefix(prefix.as_bytes()) == Some(field.name.as_bytes()) {
                self.form.entries[at].used = true;
                self.last = Some(at);
                let value = self.read_node(field, field.item_kind(), entry.node)?;
                let number = value.and_then(|value| value.number());
                return number.map(Some).ok_or(FieldError::at(field, ValueError::Kind("a number")));
            }
            at = entry.end as usize;
        }
        Ok(None)
    }

    /// The bytes of a member that takes nothing but bytes: hexadecimal digits, not text.
    pub(super) fn bytes(&mut self, field: &'static Field) -> Result<Option<&[u8]>, FieldError> {
        let Some(at) = self.find(field.name, "") else { return Ok(None) };
        self.take(at);
        match self.form.entries[at].node {
            Node::Bytes(a, b) | Node::Quoted(a, b) => Ok(Some(self.form.str((a, b)))),
            Node::Text(a, b) => {
                self.scratch.clear();
                match unhex(self.form.text.get(a as usize..b as usize).unwrap_or(&[]), &mut self.scratch) {
                    true => Ok(Some(&self.scratch)),
                    false => Err(FieldError::at(field, ValueError::Text("hexadecimal bytes"))),
                }
            }
            Node::Null => Ok(None),
            _ => Err(FieldError::at(field, ValueError::Kind("hexadecimal bytes"))),
        }
    }

    /// Whether the last member that was read is the text of a value.
    pub(super) fn is_text_of(&self, value: &Value<'_>) -> bool {
        let Some(Node::Text(a, b) | Node::Quoted(a, b)) = self.last.map(|at| self.form.entries[at].node) else {
            return false;
        };
        let text = self.form.str((a, b));
        match value {
            Value::Text(shown) | Value::Bytes(shown) => text == *shown,
            Value::Name(name) => name.to_string().as_bytes() == text,
            _ => false,
        }
    }

    /// Whether a list is open, and so its item at hand is a single value.
    pub(super) fn is_value(&self) -> bool {
        self.levels.last().is_some_and(|level| level.list)
    }

    /// Whether every member was read.
    pub fn all_used(&mut self) -> bool {
        self.leave().is_ok()
    }

    /// The value of a node for a field of a kind.
    fn read_node(&mut self, field: &'static Field, kind: Kind, node: Node) -> Result<Option<Value<'_>>, FieldError> {
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
                match port(field, text) {
                    Some(number) => Value::Uint(number),
                    None => parse(kind, text, &mut self.scratch).map_err(|error| FieldError::at(field, error))?,
                }
            }
            Node::Quoted(a, b) if matches!(kind, Kind::Bytes | Kind::Text) => Value::Bytes(self.form.str((a, b))),
            Node::Quoted(a, b) => {
                self.scratch.clear();
                let text = self.form.text.get(a as usize..b as usize).unwrap_or(&[]);
                parse(kind, text, &mut self.scratch).map_err(|error| FieldError::at(field, error))?
            }
            Node::Number => return Err(FieldError::at(field, ValueError::Kind("a whole number of 64 bits"))),
            Node::List | Node::Group => return Err(FieldError::at(field, ValueError::Kind("a single value"))),
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
            false => Err(FieldError::at(field, ValueError::Kind(kind.title()))),
        }
    }

    /// Number of the last entry that was read.
    pub fn entry(&self) -> Option<usize> {
        self.last
    }

    /// Path to the last entry that was read.
    pub fn place(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(last) = self.last else { return steps };
        // Every entry around the last one, from the outside in.
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

impl FieldSource for TreeReader<'_> {
    fn value(&mut self, field: &'static Field) -> Result<Option<Value<'_>>, FieldError> {
        let mut found = self.find(field.name, "");
        if found.is_none() && matches!(field.kind, Kind::Named(_)) {
            // The name of an option, if packet text does not know the naming field.
            found = self.find(ANY_KIND, "");
        }
        let Some(at) = found else { return Ok(None) };
        self.take(at);
        // Text that is not UTF-8, and an item with raw bytes, are groups.
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
        self.read_node(field, kind, node)
    }

    fn raw(&mut self, field: &'static Field) -> Result<Option<&[u8]>, FieldError> {
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
            Node::Bytes(a, b) | Node::Quoted(a, b) => Ok(Some(self.form.str((a, b)))),
            Node::Text(a, b) => {
                self.scratch.clear();
                match unhex(self.form.text.get(a as usize..b as usize).unwrap_or(&[]), &mut self.scratch) {
                    true => Ok(Some(&self.scratch)),
                    false => Err(FieldError::at(field, ValueError::Text("hexadecimal bytes"))),
                }
            }
            _ => Err(FieldError::at(field, ValueError::Kind("hexadecimal bytes"))),
        }
    }

    fn open(&mut self, field: &'static Field) -> Result<bool, FieldError> {
        let Some(at) = self.find(field.name, "") else { return Ok(false) };
        self.take(at);
        match (field.kind, self.form.entries[at].node) {
            (Kind::List(_), Node::List) => self.update_scope(at, true)?,
            // A single value is a list with one item.
            (Kind::List(kind), Node::Text(..) | Node::Uint(_)) if !matches!(kind, Kind::Group) => {
                self.form.entries[at].used = false;
                self.levels.push(OpenLevel { next: at, start: at, end: at + 1, list: true, item: None });
            }
            (Kind::List(_), _) => return Err(FieldError::at(field, ValueError::Kind("a list"))),
            (_, Node::Group) => self.update_scope(at, false)?,
            _ => return Err(FieldError::at(field, ValueError::Kind("a group"))),
        }
        Ok(true)
    }

    fn next(&mut self) -> Result<bool, FieldError> {
        // The current item may be a group that was entered.
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
            self.update_scope(at, false)?;
        }
        Ok(true)
    }

    fn close(&mut self) -> Result<(), FieldError> {
        self.leave()
    }

    fn has(&mut self, field: &'static Field) -> bool {
        self.find(field.name, "").is_some()
    }

    fn peek(&mut self, field: &'static Field) -> Result<Option<u64>, FieldError> {
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
            self.skipped.push(at);
            self.take(at);
        }
    }
}
