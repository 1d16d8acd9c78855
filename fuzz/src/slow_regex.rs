//! Regular expressions of a few forms, and a matcher that tries everything.

use super::slow_expression::Choices;
use std::fmt::Write;

/// What one byte must be, and how often it may be there.
struct Atom {
    low: u8,
    high: u8,
    /// Any byte but a line end.
    is_dot: bool,
    repeat: Repeat,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Once,
    Optional,
    Any,
    Many,
}

/// A regular expression.
pub(super) struct Pattern {
    atoms: Vec<Atom>,
    from_start: bool,
    to_end: bool,
    any_case: bool,
}

/// A pattern made of these bytes, some of which are other atoms.
pub(super) fn pattern(choices: &mut Choices<'_>, bytes: &[u8]) -> Pattern {
    let mut atoms = Vec::new();
    for &byte in bytes {
        let (low, high, is_dot) = match choices.byte() % 6 {
            0 => (0, 0xff, true),
            1 => (byte & 0xf0, byte | 0x0f, false),
            _ => (byte, byte, false),
        };
        let repeat = match choices.byte() % 8 {
            0 => Repeat::Optional,
            1 => Repeat::Any,
            2 => Repeat::Many,
            _ => Repeat::Once,
        };
        atoms.push(Atom { low, high, is_dot, repeat });
    }
    let flags = choices.byte();
    let (from_start, to_end) = (flags.is_multiple_of(4), (flags / 4).is_multiple_of(4));
    Pattern { atoms, from_start, to_end, any_case: flags & 128 == 0 }
}

impl Pattern {
    pub(super) fn text(&self) -> String {
        let mut text = if self.any_case { String::new() } else { "(?-i)".into() };
        text.push_str(if self.from_start { "^" } else { "" });
        for atom in &self.atoms {
            let _ = match (atom.is_dot, atom.low == atom.high) {
                (true, _) => write!(text, "."),
                (_, true) => write!(text, "\\x{:02x}", atom.low),
                _ => write!(text, "[\\x{:02x}-\\x{:02x}]", atom.low, atom.high),
            };
            text.push_str(match atom.repeat {
                Repeat::Once => "",
                Repeat::Optional => "?",
                Repeat::Any => "*",
                Repeat::Many => "+",
            });
        }
        text.push_str(if self.to_end { "$" } else { "" });
        text
    }

    /// Whether it is found in the bytes.
    pub(super) fn finds(&self, bytes: &[u8]) -> bool {
        let starts = if self.from_start { 0..=0 } else { 0..=bytes.len() };
        starts.into_iter().any(|start| self.ends(bytes, start))
    }

    /// Whether it matches from here on: the places that each atom can end at, one atom after the other.
    fn ends(&self, bytes: &[u8], start: usize) -> bool {
        let mut places = vec![start];
        for atom in &self.atoms {
            let mut after = if matches!(atom.repeat, Repeat::Optional | Repeat::Any) { places.clone() } else { vec![] };
            for place in places {
                let is_it = |byte: &u8| self.is(atom, *byte);
                let length = bytes[place..].iter().take_while(|byte| is_it(byte)).count();
                let most = if matches!(atom.repeat, Repeat::Any | Repeat::Many) { length } else { length.min(1) };
                after.extend((1..=most).map(|length| place + length));
            }
            after.sort_unstable();
            after.dedup();
            places = after;
        }
        places.iter().any(|place| !self.to_end || *place == bytes.len())
    }

    fn is(&self, atom: &Atom, byte: u8) -> bool {
        let has = |byte: u8| (atom.low..=atom.high).contains(&byte);
        match atom.is_dot {
            true => byte != b'\n',
            false if self.any_case => has(byte.to_ascii_lowercase()) || has(byte.to_ascii_uppercase()) || has(byte),
            false => has(byte),
        }
    }
}
