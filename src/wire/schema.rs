//! Schemas: the fields of a value and of the values inside it.

use super::field::Field;
use super::kind::Registry;

/// The fields of a value and of the values inside it.
///
/// Every [`Codec`](super::Codec) has one, so that whoever declares a list of options has declared all of its fields.
///
/// ```
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::wire::{Schema, TaggedEnum};
/// let names: Vec<_> = Schema::walk(&[TcpOption::SCHEMA]).flat_map(|schema| schema.fields).map(|f| f.filter).collect();
/// assert!(names.contains(&"tcp.options.mss_val"));
/// assert!(names.contains(&"tcp.options.sack_le"), "a field of the blocks inside an option");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// Of a tagged enum: the plural that its variants go by, and their numbers and names.
    pub variants: Option<(&'static str, &'static Registry)>,
    /// The fields.
    pub fields: &'static [Field],
    /// The schemas of the values inside.
    pub nested: &'static [&'static Schema],
}

impl Schema {
    /// The schema of a value that has the name of its row and no more.
    pub const NONE: &'static Schema = &Schema::EMPTY;
    /// The same by value, to begin a schema with.
    pub const EMPTY: Schema = Schema { variants: None, fields: &[], nested: &[] };

    /// The schema of a value with these fields, and no other values inside.
    pub const fn of(fields: &'static [Field]) -> Self {
        Schema { fields, ..Self::EMPTY }
    }

    /// Gives every schema of a tree, those outside first.
    pub fn walk(roots: &'static [&'static Schema]) -> impl Iterator<Item = &'static Schema> {
        let mut levels: [&'static [&'static Schema]; MAX_LEVELS] = [&[]; MAX_LEVELS];
        levels[0] = roots;
        let mut level = 0;
        core::iter::from_fn(move || {
            loop {
                if let Some((first, rest)) = levels[level].split_first() {
                    levels[level] = rest;
                    if level + 1 < MAX_LEVELS {
                        level += 1;
                        levels[level] = first.nested;
                    }
                    return Some(*first);
                }
                level = level.checked_sub(1)?;
            }
        })
    }

    /// Tells whether this has the fields and variants of the other.
    pub(crate) fn is_same(&self, other: &Schema) -> bool {
        let variants = |schema: &Schema| schema.variants.map(|(title, registry)| (title, registry.entries.len()));
        let same = |(a, b): (&Field, &Field)| a.filter == b.filter && a.name == b.name;
        self.fields.len() == other.fields.len()
            && variants(self) == variants(other)
            && (core::ptr::eq(self.fields, other.fields) || self.fields.iter().zip(other.fields).all(same))
    }
}

/// Most levels of values inside values; a test holds that no protocol has more.
pub(crate) const MAX_LEVELS: usize = 16;
