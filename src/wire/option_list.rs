//! A protocol's list of options by name.

use super::field::Field;
use super::kind::Kind;
use super::tagged_enum::TaggedEnum;
use super::tlv::TlvItem;

/// A list of options of a protocol, and what they are called.
///
/// ```
/// use packetsmith::Proto;
/// let list = Proto::Tcp.options().unwrap();
/// assert_eq!((list.field.name, list.kind.name, list.end), ("options", "kind", Some(0)));
/// let named = (list.find)("maximum_segment_size").unwrap();
/// assert_eq!((named.kind, named.row), (2, Some("size")));
/// assert!((list.find)("colour").is_none());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OptionList {
    /// The list.
    pub field: &'static Field,
    /// What tells its items apart.
    pub kind: &'static Field,
    /// The numbers and rows of every option that goes by a name of its own.
    pub find: fn(&str) -> Option<NamedOption>,
    /// The option that ends the list.
    pub end: Option<u8>,
}

/// An option that goes by a name.
///
/// ```
/// use packetsmith::Proto;
/// use packetsmith::wire::NamedOption;
/// let list = Proto::Tcp.options().unwrap();
/// // By its own name or that of a field which no other option has.
/// let scale = NamedOption { kind: 3, row: Some("shift") };
/// assert_eq!([(list.find)("window_scale"), (list.find)("shift")], [Some(scale), Some(scale)]);
/// assert_eq!((list.find)("sack_permitted"), Some(NamedOption { kind: 4, row: None }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedOption {
    /// Its number.
    pub kind: u16,
    /// The field that a value is for; an option may have none.
    pub row: Option<&'static str>,
}

impl OptionList {
    /// The list of the options of a protocol.
    pub const fn of<'a, V: TaggedEnum<'a> + TlvItem>(field: &'static Field) -> Self {
        OptionList { field, kind: V::KIND, find: find_option::<V>, end: V::LAYOUT.end }
    }
}

/// Finds an option by its name, whose value is that of its first field, or by the name of any field that
/// one option alone has.
fn find_option<'a, V: TaggedEnum<'a>>(name: &str) -> Option<NamedOption> {
    let Kind::Named(registry) = V::KIND.kind else { return None };
    let kinds = || registry.entries.iter().filter_map(|(kind, text)| Some((u16::try_from(*kind).ok()?, *text)));
    let called = |kind: u16, text: &str| {
        let ident = V::ident(kind).is_some_and(|ident| crate::wire::alike(ident, name));
        ident || crate::wire::alike(text, name)
    };
    if let Some((kind, _)) = kinds().find(|(kind, text)| called(*kind, text)) {
        return Some(NamedOption { kind, row: V::rows(kind).first().map(|row| row.name) });
    }
    let mut having = kinds().filter_map(|(kind, _)| {
        let row = V::rows(kind).iter().find(|row| row.name == name)?;
        Some(NamedOption { kind, row: Some(row.name) })
    });
    let found = having.next()?;
    having.next().is_none().then_some(found)
}
