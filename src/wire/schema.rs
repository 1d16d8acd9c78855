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
    /// Of a tagged enum: its variants.
    pub variants: Option<VariantList>,
    /// The fields.
    pub fields: &'static [Field],
    /// The schemas of the values inside.
    pub nested: &'static [&'static Schema],
}

/// One variant of a [`TaggedEnum`](super::TaggedEnum).
///
/// ```
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::wire::TaggedEnum;
/// let variant = TcpOption::variant(2).unwrap();
/// assert_eq!((variant.number, variant.name, variant.ident), (2, "maximum segment size", "MaximumSegmentSize"));
/// assert_eq!(TcpOption::rows(2)[0].name, "size");
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Variant {
    /// Its number.
    pub number: u16,
    /// Its name.
    pub name: &'static str,
    /// Its name in code.
    pub ident: &'static str,
    /// Name of the whole item in display filters. Empty if it has none.
    pub filter: &'static str,
    /// Index of its first field among those of all variants. Not a slice of them: an incremental compiler hashes all that a
    /// constant points to, and would hash the table of all variants for each.
    pub(super) first_row: u16,
    /// How many fields it has.
    pub(super) rows: u16,
}

impl Variant {
    /// What it has of a table with a row for each field of all variants.
    pub(super) fn own<'r, T>(&self, rows: &'r [T]) -> &'r [T] {
        let first = usize::from(self.first_row);
        rows.get(first..first + usize::from(self.rows)).unwrap_or_default()
    }
}

/// Tells whether the numbers of variants ascend.
pub(super) const fn ascend(variants: &[Variant]) -> bool {
    let mut i = 1;
    while i < variants.len() {
        if variants[i - 1].number >= variants[i].number {
            return false;
        }
        i += 1;
    }
    true
}

/// Finds the variant of a number: by halves, if the numbers ascend.
pub(super) fn find_variant(variants: &'static [Variant], ascend: bool, number: u16) -> Option<&'static Variant> {
    let at = if ascend {
        variants.partition_point(|variant| variant.number < number)
    } else {
        variants.iter().position(|variant| variant.number == number)?
    };
    variants.get(at).filter(|variant| variant.number == number)
}

/// The variants of a tagged enum.
///
/// ```
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::wire::TaggedEnum;
/// let list = TcpOption::SCHEMA.variants.unwrap();
/// assert_eq!((list.title, list.registry.name(2)), ("options", Some("maximum segment size")));
/// assert_eq!(list.variants.len(), TcpOption::VARIANTS.len());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct VariantList {
    /// The plural that the variants go by.
    pub title: &'static str,
    /// Name in display filters of the number that selects the variant.
    pub kind_filter: &'static str,
    /// Name in display filters of the length of an item. Empty if it has none.
    pub length_filter: &'static str,
    /// Their numbers and names.
    pub registry: &'static Registry,
    /// The variants as declared.
    pub variants: &'static [Variant],
    /// The fields of all variants one after the other.
    pub fields: &'static [Field],
    /// The schema of the values of each field.
    pub nested: &'static [&'static Schema],
}

impl Schema {
    /// The schemas of the values inside: those of the variants, and the others.
    fn inside(&self) -> SchemasInside {
        SchemasInside { list: self.variants, variant: 0, others: self.nested }
    }

    /// The schema of a value that has the name of its row and no more.
    pub const NONE: &'static Schema = &Schema::EMPTY;
    /// The same by value, to begin a schema with.
    pub const EMPTY: Schema = Schema { variants: None, fields: &[], nested: &[] };

    /// The schema of a value with these fields, and no other values inside.
    pub const fn of(fields: &'static [Field]) -> Self {
        Schema { fields, ..Self::EMPTY }
    }

    /// Gives every schema of a tree, those outside first. Each variant has one of its own.
    pub fn walk(roots: &'static [&'static Schema]) -> impl Iterator<Item = Schema> {
        let mut levels = [Schema::EMPTY.inside(); MAX_LEVELS];
        levels[0].others = roots;
        let mut level = 0;
        core::iter::from_fn(move || {
            loop {
                if let Some(first) = levels[level].next() {
                    if level + 1 < MAX_LEVELS {
                        level += 1;
                        levels[level] = first.inside();
                    }
                    return Some(first);
                }
                level = level.checked_sub(1)?;
            }
        })
    }

    /// Tells whether this has the fields and variants of the other.
    pub(crate) fn is_same(&self, other: &Schema) -> bool {
        let variants = |schema: &Schema| schema.variants.map(|list| (list.title, list.registry.entries.len()));
        let same = |(a, b): (&Field, &Field)| a.filter == b.filter && a.name == b.name;
        self.fields.len() == other.fields.len()
            && variants(self) == variants(other)
            && (core::ptr::eq(self.fields, other.fields) || self.fields.iter().zip(other.fields).all(same))
    }
}

/// The schemas on one level that are still to come.
#[derive(Clone, Copy)]
struct SchemasInside {
    list: Option<VariantList>,
    /// Index of the next variant.
    variant: usize,
    others: &'static [&'static Schema],
}

impl Iterator for SchemasInside {
    type Item = Schema;
    fn next(&mut self) -> Option<Schema> {
        if let Some(list) = self.list
            && let Some(variant) = list.variants.get(self.variant)
        {
            self.variant += 1;
            return Some(Schema { variants: None, fields: variant.own(list.fields), nested: variant.own(list.nested) });
        }
        let (first, rest) = self.others.split_first()?;
        self.others = rest;
        Some(**first)
    }
}

/// Most levels of values inside values; a test holds that no protocol has more.
pub(crate) const MAX_LEVELS: usize = 16;
