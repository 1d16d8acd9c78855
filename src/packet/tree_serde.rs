//! Trees and JSON: serde both ways.

use super::text_value::looks_hex;
use super::tree::{HEX, Node, TEXT, Tree, is_computed_mark, same};
use super::tree_reader::is_remark;
use crate::wire::{Kind, Name};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// An entry of a tree, to be serialized.
struct EntryRef<'f> {
    form: &'f Tree,
    at: usize,
}

impl Tree {
    /// Removes the outermost member of this name, which is a single value.
    pub(super) fn remove_value(&mut self, name: &str) {
        let found = self.entries_in(0, self.entries.len()).find(|(key, _)| *key == name);
        let Some(at) = found.map(|(_, entry)| entry.at) else { return };
        self.entries.remove(at);
        for entry in self.entries.iter_mut().filter(|entry| entry.end as usize > at) {
            entry.end -= 1;
        }
    }

    fn entries_in(&self, from: usize, to: usize) -> impl Iterator<Item = (&str, EntryRef<'_>)> {
        let mut next = from;
        core::iter::from_fn(move || {
            let at = next;
            let entry = self.entries.get(at).filter(|_| at < to)?;
            next = entry.end as usize;
            let key = core::str::from_utf8(self.str(entry.key)).unwrap_or_default();
            Some((key, EntryRef { form: self, at }))
        })
    }

    /// The items of a list among the outermost members, to be serialized.
    pub fn items(&self, list: &str) -> impl Iterator<Item = impl Serialize> {
        let found = self.entries_in(0, self.entries.len()).find(|(key, _)| *key == list);
        let (from, to) = found.map_or((0, 0), |(_, part)| (part.at + 1, self.entries[part.at].end as usize));
        self.entries_in(from, to).map(|(_, part)| part)
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries_in(0, self.entries.len()))
    }
}

impl Serialize for EntryRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = &self.form.entries[self.at];
        let inside = || self.form.entries_in(self.at + 1, entry.end as usize);
        match entry.node {
            Node::Null | Node::Number => serializer.serialize_unit(),
            Node::Bool(b) => serializer.serialize_bool(b),
            Node::Uint(n) => serializer.serialize_u64(n),
            Node::Int(n) => serializer.serialize_i64(n),
            Node::Mac(a) => serializer.collect_str(&a),
            Node::Ipv4(a) => serializer.collect_str(&a),
            Node::Ipv6(a) => serializer.collect_str(&a),
            Node::Bytes(a, b) => serializer.collect_str(&crate::wire::Hex(self.form.str((a, b)))),
            Node::Name(a, b) => serializer.collect_str(&Name::new(self.form.str((a, b)), 0)),
            // Text in a field of bytes must not be read as hexadecimal digits.
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
                    map.serialize_entry(HEX, &alloc::format!("{}", crate::wire::Hex(self.form.str((a, b)))))?;
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

/// The keys of the objects that are being read, to find one that is given twice.
#[derive(Default)]
struct Keys {
    text: Vec<u8>,
    /// Ranges in `text`, those of the innermost object last.
    ranges: Vec<(usize, usize)>,
}

impl Keys {
    fn add(&mut self, key: &str) {
        let start = self.text.len();
        self.text.extend_from_slice(key.as_bytes());
        self.ranges.push((start, self.text.len()));
    }

    /// Leaves an object whose keys begin with number `from`. Returns a key that is given twice.
    fn leave(&mut self, from: usize) -> Option<String> {
        let Keys { text, ranges } = self;
        let key = |&(start, end): &(usize, usize)| text.get(start..end).unwrap_or(&[]);
        let own = ranges.get_mut(from..).unwrap_or(&mut []);
        let start = own.first().map_or(text.len(), |&(start, _)| start);
        let twice = match own.len() {
            // Most objects have few members.
            0..=24 => own
                .iter()
                .enumerate()
                .find(|(i, one)| own[..*i].iter().any(|other| same(key(one), key(other))))
                .map(|(_, one)| *one),
            _ => {
                own.sort_unstable_by(|one, other| key(one).cmp(key(other)));
                own.windows(2).find(|pair| key(&pair[0]) == key(&pair[1])).map(|pair| pair[0])
            }
        };
        let twice = twice.map(|range| String::from_utf8_lossy(key(&range)).into_owned());
        ranges.truncate(from);
        text.truncate(start);
        twice
    }
}

/// Stores a key; `None` for a remark, which is skipped.
struct MemberName<'f>(&'f mut Tree, &'f mut Keys);

impl<'de> DeserializeSeed<'de> for MemberName<'_> {
    type Value = Option<(u32, u32)>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> de::Visitor<'de> for MemberName<'_> {
    type Value = Option<(u32, u32)>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_str<E: de::Error>(self, key: &str) -> Result<Self::Value, E> {
        self.1.add(key);
        let asked = !is_remark(key.as_bytes()) || key.ends_with(".raw") || is_computed_mark(key);
        Ok(asked.then(|| self.0.keep(key.as_bytes())))
    }
}

/// Adds a value to a tree under a stored key.
struct Add<'f> {
    form: &'f mut Tree,
    keys: &'f mut Keys,
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

impl<'de> de::Visitor<'de> for Add<'_> {
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
        while items.next_element_seed(Add { form: &mut *self.form, keys: &mut *self.keys, key: (0, 0) })?.is_some() {}
        self.form.close();
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.form.push(self.key, Node::Group);
        self.form.open.push(self.form.entries.len() - 1);
        read_members(self.form, self.keys, &mut members)?;
        self.form.close();
        Ok(())
    }
}

/// Reads the members of an object. A key that is given twice is an error, that of a remark too.
fn read_members<'de, A: MapAccess<'de>>(form: &mut Tree, keys: &mut Keys, members: &mut A) -> Result<(), A::Error> {
    let first = keys.ranges.len();
    while let Some(key) = members.next_key_seed(MemberName(form, keys))? {
        match key {
            Some(key) => members.next_value_seed(Add { form: &mut *form, keys: &mut *keys, key })?,
            None => drop(members.next_value::<IgnoredAny>()?),
        }
    }
    match keys.leave(first) {
        Some(twice) => Err(de::Error::custom(format_args!("duplicate field `{twice}`"))),
        None => Ok(()),
    }
}

struct Root<'f>(&'f mut Tree);

impl<'de> de::Visitor<'de> for Root<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        read_members(self.0, &mut Keys::default(), &mut map)
    }
}

impl Tree {
    /// Reads an object in place of the tree's content, and keeps the memory. Skips members that are remarks about others.
    pub fn read<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.clear();
        deserializer.deserialize_map(Root(self))
    }

    /// Reads the value of a member, and adds it after the others.
    pub fn read_member<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let key = self.keep(key.as_bytes());
        map.next_value_seed(Add { form: self, keys: &mut Keys::default(), key })
    }
}

impl<'de> serde::Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut form = Tree::default();
        form.read(deserializer)?;
        Ok(form)
    }
}
