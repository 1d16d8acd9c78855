//! A protocol's list of options by name.

use super::report::Report;
use crate::wire::{Codec, Cursor, Field, ForAnyLifetime, Schema, TaggedEnum, TlvItem, Tlvs, Variant, Visitor, alike};
#[cfg(feature = "alloc")]
use crate::wire::{Encoder, FieldError};

/// A protocol's list of options. Tree, JSON, filter names, packet text, encoder, structural checks and documentation are
/// all derived from this one declaration.
///
/// ```ignore
/// const OPTIONS: Option<OptionList> = Some(OptionList::after_header::<TcpOption>(OPTIONS));
/// ```
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
    /// Field of the number that selects an option.
    pub kind: &'static Field,
    /// Finds an option by name.
    pub find: fn(&str) -> Option<NamedOption>,
    /// The option that ends the list.
    pub end: Option<u8>,
    /// The fields of the options and of the values inside them.
    pub schemas: &'static [&'static Schema],
    /// Whether the list follows the fixed header. Such a list is shown, checked and encoded by this declaration alone.
    pub follows_header: bool,
    pub(crate) show: fn(Cursor<'_>, &'static Field, &mut dyn Visitor),
    pub(crate) check: fn(Cursor<'_>, &'static Field, &mut Report<'_>),
    #[cfg(feature = "alloc")]
    pub(crate) build: fn(&'static Field, &mut Encoder<'_>) -> Result<(), FieldError>,
}

/// An option found by name.
///
/// ```
/// use packetsmith::Proto;
/// use packetsmith::layer::NamedOption;
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
    /// A list that follows the fixed header. `field` is the field of the list.
    pub const fn after_header<V: ForAnyLifetime>(field: &'static Field) -> Self
    where
        for<'a> V::Of<'a>: TlvItem,
    {
        OptionList { follows_header: true, ..Self::placed_by_protocol::<V>(field) }
    }

    /// A list at another place, which the protocol itself shows, checks and encodes: after a cookie, in some messages
    /// only, in the trailer.
    pub const fn placed_by_protocol<V: ForAnyLifetime>(field: &'static Field) -> Self
    where
        for<'a> V::Of<'a>: TlvItem,
    {
        OptionList {
            field,
            kind: <V::Of<'static> as TaggedEnum>::KIND,
            find: find_option::<V>,
            end: <V::Of<'static> as TlvItem>::LAYOUT.end,
            schemas: const { &[<Tlvs<'static, V::Of<'static>> as Codec>::SCHEMA] },
            follows_header: false,
            show: show_list::<V>,
            check: check_list::<V>,
            #[cfg(feature = "alloc")]
            build: Tlvs::<V::Of<'static>>::build,
        }
    }
}

/// Shows a list.
fn show_list<V: ForAnyLifetime>(cursor: Cursor<'_>, field: &'static Field, visitor: &mut dyn Visitor)
where
    for<'a> V::Of<'a>: TlvItem,
{
    Tlvs::<V::Of<'_>>::at(cursor).show(field, visitor)
}

/// Checks a list.
fn check_list<V: ForAnyLifetime>(cursor: Cursor<'_>, field: &'static Field, report: &mut Report<'_>)
where
    for<'a> V::Of<'a>: TlvItem,
{
    Tlvs::<V::Of<'_>>::at(cursor).check(field, report)
}

/// Finds an option by its name, whose value is that of its first field, or by the name of any field that
/// one option alone has.
fn find_option<V: ForAnyLifetime>(name: &str) -> Option<NamedOption> {
    find_variant(<V::Of<'static> as TaggedEnum>::VARIANTS, <V::Of<'static> as TaggedEnum>::rows, name)
}

fn find_variant(variants: &[Variant], rows: fn(u16) -> &'static [Field], name: &str) -> Option<NamedOption> {
    if let Some(variant) = variants.iter().find(|variant| alike(variant.ident, name) || alike(variant.name, name)) {
        let kind = variant.number;
        return Some(NamedOption { kind, row: rows(kind).first().map(|row| row.name) });
    }
    let mut having = variants.iter().filter_map(|variant| {
        let row = rows(variant.number).iter().find(|row| row.name == name)?;
        Some(NamedOption { kind: variant.number, row: Some(row.name) })
    });
    let found = having.next()?;
    having.next().is_none().then_some(found)
}
