//! Writing packets as packet text.

use super::owned::Packet;
use super::text::{PacketText, port};
use super::text_value::parse;
use super::tree::{ComputedMark, Node, TRAILER_MISSING, Tree};
use super::tree_reader::ANY_KIND;
use crate::proto::Proto;
use crate::wire::{Hex, Kind, Name, Value};
use alloc::string::{String, ToString};
use core::fmt;

/// Packet text: parsing it gives a packet with the same bytes.
///
/// ```
/// use packetsmith::Packet;
/// let packet: Packet = "ipv4 ttl=3 / icmpv4 type=8 / \"ping\"".parse().unwrap();
/// assert_eq!(packet.to_string(), "ipv4 ttl=3 / icmpv4 type=8 / 0x70696e67");
/// ```
impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(&self.form, " / ", f)
    }
}

/// The packet text. `{:#?}` has a line for each layer.
///
/// ```
/// let packet: packetsmith::Packet = "ipv4 ttl=3 / icmpv4 type=8".parse().unwrap();
/// assert_eq!(format!("{packet:?}"), "Packet(ipv4 ttl=3 / icmpv4 type=8)");
/// ```
impl fmt::Debug for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, between, close) =
            if f.alternate() { ("Packet(\n    ", " /\n    ", "\n)") } else { ("Packet(", " / ", ")") };
        f.write_str(open)?;
        write(&self.form, between, f)?;
        f.write_str(close)
    }
}

/// That of the packet.
impl fmt::Debug for PacketText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.packet.fmt(f)
    }
}

/// Writes the layers, and `between` them a separator.
fn write(tree: &Tree, between: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // The list of layers is the first member.
    let Some(layers) = tree.entries.first() else { return Ok(()) };
    let (mut at, end, mut first) = (1, layers.end as usize, true);
    while at < end {
        if !core::mem::take(&mut first) {
            f.write_str(between)?;
        }
        let next = tree.entries[at].end as usize;
        // What announces the layers after it may be its port.
        let following = (next < end).then(|| tree.protocol(next)).flatten();
        layer(tree, at, following, f)?;
        at = next;
    }
    Ok(())
}

impl Tree {
    /// The protocol that a layer names.
    fn protocol(&self, layer: usize) -> Option<Proto> {
        let mut at = layer + 1;
        while at < self.entries[layer].end as usize {
            let entry = &self.entries[at];
            if self.str(entry.key) == b"layer"
                && let Node::Text(from, to) = entry.node
            {
                let name = self.str((from, to));
                return self.protocol_named(name);
            }
            at = entry.end as usize;
        }
        None
    }
}

fn layer(tree: &Tree, layer: usize, following: Option<Proto>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let proto = tree.protocol(layer).unwrap_or(Proto::Data);
    let end = tree.entries[layer].end as usize;
    // A payload is written without a name, unless more is said about it: the number that announces it.
    let is_marked = |at: usize| !matches!(tree.str(tree.entries[at].key), b"layer" | b"data");
    if proto == Proto::Data && !(layer + 1..end).any(is_marked) {
        let (mut at, mut is_empty) = (layer + 1, true);
        while at < end {
            let entry = &tree.entries[at];
            is_empty &= tree.str(entry.key) != b"data";
            match entry.node {
                Node::Bytes(a, b) if a < b => write!(f, "0x{}", Hex(tree.str((a, b))))?,
                Node::Quoted(a, b) if tree.str(entry.key) == b"data" => quoted(tree.str((a, b)), f)?,
                Node::Text(a, b) if tree.str(entry.key) == b"data" => {
                    let (text, mut bytes) = (tree.str((a, b)), alloc::vec::Vec::new());
                    // Without quotes, hexadecimal digits and addresses give their bytes. Other words give their letters.
                    match parse(Kind::Bytes, text, &mut bytes) {
                        Ok(Value::Bytes(bytes)) => quoted(bytes, f)?,
                        Ok(Value::Ipv4(address)) => quoted(&address.octets(), f)?,
                        Ok(Value::Ipv6(address)) => quoted(&address.octets(), f)?,
                        _ => quoted(text, f)?,
                    }
                }
                Node::Bytes(..) => f.write_str("\"\"")?,
                _ => {}
            }
            at = entry.end as usize;
        }
        return if is_empty { f.write_str("\"\"") } else { Ok(()) };
    }
    f.write_str(proto.name())?;
    let (mut at, mut has_port) = (layer + 1, false);
    while at < end {
        let entry = &tree.entries[at];
        let key = String::from_utf8_lossy(tree.str(entry.key));
        // What JSON says about a packet, and not how it is computed, is left out.
        let mut marks = ComputedMark::of_key(&key).peekable();
        let is_remark = key == TRAILER_MISSING.name
            || marks.peek().is_some() && !marks.any(|mark| tree.is_text(at, mark.member().1));
        if key != "layer" && entry.node != Node::Null && !is_remark {
            has_port |= key == "dst_port";
            write!(f, " {key}=")?;
            value(tree, at, f)?;
        }
        at = entry.end as usize;
    }
    // Without a port, the text would set that of the next protocol.
    match following.is_some_and(|following| port(proto, following).is_some()) && !has_port {
        true => f.write_str(" dst_port=0"),
        false => Ok(()),
    }
}

fn value(tree: &Tree, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let entry = &tree.entries[at];
    match entry.node {
        Node::Null | Node::Number => f.write_str("\"\""),
        Node::Bool(b) => write!(f, "{b}"),
        Node::Uint(n) => write!(f, "{n}"),
        Node::Int(n) => write!(f, "{n}"),
        Node::Mac(address) => write!(f, "{address}"),
        Node::Ipv4(address) => write!(f, "{address}"),
        Node::Ipv6(address) => write!(f, "{address}"),
        // Text in place of digits would be taken as it is.
        Node::Bytes(a, b) if entry.shown.is_some_and(|(field, _)| matches!(field.item_kind(), Kind::Text)) => {
            quoted(tree.str((a, b)), f)
        }
        Node::Bytes(a, b) => write!(f, "0x{}", Hex(tree.str((a, b)))),
        Node::Name(a, b) => word(&Name::new(tree.str((a, b)), 0).to_string(), f),
        Node::Text(a, b) => word(&String::from_utf8_lossy(tree.str((a, b))), f),
        Node::Quoted(a, b) => quoted(tree.str((a, b)), f),
        Node::List | Node::Group => {
            let list = entry.node == Node::List;
            f.write_str(if list { "[" } else { "{" })?;
            let (mut at, end, mut first) = (at + 1, entry.end as usize, true);
            while at < end {
                let inner = &tree.entries[at];
                if !core::mem::take(&mut first) {
                    f.write_str(if list { ", " } else { " " })?;
                }
                match list {
                    true => item(tree, at, f)?,
                    false => {
                        write!(f, "{}=", String::from_utf8_lossy(tree.str(inner.key)))?;
                        value(tree, at, f)?;
                    }
                }
                at = inner.end as usize;
            }
            f.write_str(if list { "]" } else { "}" })
        }
    }
}

/// Writes an item of a list. An option whose naming field is not known is its name and its fields.
fn item(tree: &Tree, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let end = tree.entries[at].end as usize;
    let named = tree.entries.get(at + 1).filter(|first| at + 1 < end && tree.str(first.key) == ANY_KIND.as_bytes());
    let Some(first) = named else { return value(tree, at, f) };
    value(tree, at + 1, f)?;
    let mut at = first.end as usize;
    while at < end {
        write!(f, " {}=", String::from_utf8_lossy(tree.str(tree.entries[at].key)))?;
        value(tree, at, f)?;
        at = tree.entries[at].end as usize;
    }
    Ok(())
}

/// Writes text as a word if it can be one.
fn word(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !",[]{}\"=/\\".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => f.write_str(text),
        false => quoted(text.as_bytes(), f),
    }
}

/// Writes bytes as text in quotes.
fn quoted(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => write!(f, "\\{}", byte as char)?,
            b' '..=b'~' => write!(f, "{}", byte as char)?,
            _ => write!(f, "\\x{byte:02x}")?,
        }
    }
    f.write_str("\"")
}
