//! How the items of a list are shown and built: what their types say, as values.

use super::cursor::Cursor;
use super::encoder::Encoder;
use super::field::{Field, FieldError, Visitor, show_fixed};
use super::item_fields::{DATA, ITEM, LENGTH, PADDING, REST};
use super::schema::Variant;
use super::span::Span;
use super::tagged_enum::{TaggedEnum, show_contents};
use super::tlv_item::{BuildItem, Tlv, TlvContents, TlvItem, TlvItems, TlvRemainder};
use super::tlv_layout::{BitRange, MAX_HEADER, TlvLayout};
use super::value::Value;
use super::value_error::ValueError;

/// What a list's items are, as values: one function shows or builds the items of any list.
pub(super) struct ItemRules<'a> {
    layout: &'static TlvLayout,
    kind: &'static Field,
    kind_bits: &'static [Field],
    header: &'static [Field],
    contents: fn(&[u8]) -> TlvContents,
    variant: fn(u16) -> Option<&'static Variant>,
    rows: fn(u16) -> &'static [Field],
    show_contents: fn(u16, Cursor<'a>, &mut dyn Visitor),
    build_contents: fn(u16, &mut Encoder<'_>) -> Result<(), FieldError>,
    /// Builds an item in place of these rules.
    build_other: Option<BuildItem>,
}

impl<'a> ItemRules<'a> {
    pub(super) const fn of<V: TaggedEnum<'a> + TlvItem>() -> Self {
        ItemRules {
            layout: &V::LAYOUT,
            kind: V::KIND,
            kind_bits: V::KIND_BITS,
            header: V::HEADER,
            contents: V::contents,
            variant: V::variant,
            rows: V::rows,
            show_contents: show_contents::<V>,
            build_contents: V::build,
            build_other: V::BUILD,
        }
    }

    /// Tells whether the type follows the fields of the item's header; otherwise it is one of them.
    fn kind_follows_header(&self) -> bool {
        match self.header {
            [.., last] => u16::from(self.layout.kind.first) >= last.end_bit,
            [] => true,
        }
    }

    /// Field of an item's type.
    fn kind_row(&self, contents: TlvContents) -> &'static Field {
        match contents {
            TlvContents::Vendor { kind, .. } => kind,
            TlvContents::Typed | TlvContents::Hidden => self.kind,
        }
    }

    pub(super) fn show_list(&self, field: &'static Field, list: Cursor<'a>, visitor: &mut dyn Visitor) {
        visitor.open(field, list.span());
        self.show_items(list, visitor);
        visitor.close();
    }

    pub(super) fn build_list(&self, field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        if builder.source.open(field)? {
            self.build_items(builder)?;
            builder.source.close()?;
        }
        Ok(())
    }

    /// Builds the items of a list that is already open.
    pub(super) fn build_items(&self, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        while builder.source.next()? {
            match self.build_other {
                Some(build) => build(builder)?,
                None => self.build(builder)?,
            }
        }
        Ok(())
    }

    pub(super) fn show_items(&self, list: Cursor<'a>, visitor: &mut dyn Visitor) {
        let items = TlvItems { cursor: list, ended: false, layout: self.layout };
        for item in items {
            match item {
                Ok(item) => {
                    visitor.open(ITEM, item.span);
                    self.show_item(&item, visitor);
                    let padding = Cursor { at: item.contents.end, end: item.span.end, ..list };
                    if !padding.is_empty() {
                        visitor.field(PADDING, padding.span(), Value::Bytes(padding.bytes()));
                    }
                }
                Err(rest) => {
                    visitor.open(ITEM, rest.span);
                    self.show_rest(&rest, visitor);
                }
            }
            visitor.close();
        }
    }

    /// Shows the header and the contents of an item.
    fn show_item(&self, item: &Tlv<'a>, visitor: &mut dyn Visitor) {
        let (start, value) = (item.span.start, item.contents.at);
        let bytes_of = |bits: BitRange| Span::new(start + bits.bytes().0, start + bits.bytes().1);
        let kind_span = bytes_of(self.layout.kind);
        let mut length_span = bytes_of(self.layout.length);
        // A longer length follows the short one.
        if value > start + self.layout.header_len() as u32 {
            length_span.end = value;
        }
        let how = (self.contents)(item.header);
        if self.header.is_empty() {
            visitor.field(self.kind, kind_span, Value::Uint(item.kind.into()));
            if (self.variant)(item.kind).is_none() {
                show_fixed(self.kind_bits, &[item.kind as u8], kind_span.start, visitor);
            }
            if let Some(n) = item.length {
                visitor.field(LENGTH, length_span, Value::Uint(n.into()));
            }
        } else {
            self.show_header(how, item.header, start, visitor);
            if self.kind_follows_header() {
                visitor.field(self.kind_row(how), kind_span, Value::Uint(item.kind.into()));
            }
        }
        match how {
            TlvContents::Typed => (self.show_contents)(item.kind, item.contents, visitor),
            _ if item.contents.is_empty() => {}
            how => visitor.field(data_row(how), item.contents.span(), Value::Bytes(item.contents.bytes())),
        }
    }

    /// Shows the fields of an item's header. A type among them that a vendor defines is shown as the vendor's.
    fn show_header(&self, how: TlvContents, header: &[u8], start: u32, visitor: &mut dyn Visitor) {
        for row in self.header {
            let Some(value) = row.read(header) else { return };
            let shown = match how {
                TlvContents::Vendor { kind, .. } if row.first_bit == u16::from(self.layout.kind.first) => kind,
                _ => row,
            };
            visitor.field(shown, row.span(start), value);
        }
    }

    /// Builds the current item of a list.
    pub(super) fn build(&self, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        if builder.source.has(REST) {
            return self.build_cut_item(builder);
        }
        if !self.header.is_empty() {
            return self.build_with_header(builder);
        }
        for field in self.kind_bits {
            builder.source.skip(field);
        }
        let kind = match builder.source.value(self.kind)? {
            Some(value) => value.number().and_then(|n| u16::try_from(n).ok()),
            None => None,
        };
        let kind = kind.ok_or(FieldError::at(self.kind, ValueError::Rule("says what the item is, and is missing")))?;
        let length = match builder.source.value(LENGTH)? {
            Some(value) => value.number(),
            None => None,
        };
        let rows = (self.rows)(kind);
        let empty = if self.layout.counts_header { self.layout.header_len() as u64 } else { 0 };
        self.layout.put(kind, length, builder, &mut |builder| match length {
            // Contents that are missing, of a type that has some, are no defaults.
            Some(length)
                if length * u64::from(self.layout.unit) <= empty && !rows.iter().any(|row| builder.source.has(row)) =>
            {
                Ok(())
            }
            _ => (self.build_contents)(kind, builder),
        })
    }

    /// Shows what follows the last whole item: type and length of the item that is cut, and the rest of its bytes.
    fn show_rest(&self, rest: &TlvRemainder<'a>, visitor: &mut dyn Visitor) {
        let start = rest.span.start;
        let shown = match rest.cut {
            Some(cut) if self.header.is_empty() => {
                let bytes_of = |bits: BitRange| Span::new(start + bits.bytes().0, start + bits.bytes().1);
                visitor.field(self.kind, bytes_of(self.layout.kind), Value::Uint(cut.kind.into()));
                if let Some(length) = cut.length {
                    let mut span = bytes_of(self.layout.length);
                    if cut.len > self.layout.header_len() {
                        span.end = start + cut.len as u32;
                    }
                    visitor.field(LENGTH, span, Value::Uint(length.into()));
                }
                cut.len
            }
            Some(_) => self.show_cut_header(rest, visitor),
            None => 0,
        };
        let span = Span::new(start + shown as u32, rest.span.end);
        visitor.field(REST, span, Value::Bytes(rest.bytes.get(shown..).unwrap_or(&[])));
    }

    /// Length of the fields of the item's header in bytes.
    fn fixed_len(&self) -> usize {
        self.header.last().map_or(0, |last| usize::from(last.end_bit) / 8)
    }

    /// Shows the header of an item that is cut, if all of it is there. Returns how many bytes were shown.
    fn show_cut_header(&self, rest: &TlvRemainder<'a>, visitor: &mut dyn Visitor) -> usize {
        let (start, fixed) = (rest.span.start, self.fixed_len());
        let Some(header) = rest.bytes.get(..fixed) else { return 0 };
        self.show_header((self.contents)(header), header, start, visitor);
        match rest.cut {
            Some(cut) if self.kind_follows_header() && cut.length.is_some() => {
                let (first, end) = self.layout.kind.bytes();
                let row = self.kind_row((self.contents)(header));
                visitor.field(row, Span::new(start + first, start + end), Value::Uint(cut.kind.into()));
                end as usize
            }
            _ => fixed,
        }
    }

    /// Builds an item that is cut: its type and length, as far as they are given, and the rest of its bytes.
    fn build_cut_item(&self, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let number = |builder: &mut Encoder<'_>, field| match builder.source.value(field) {
            Ok(value) => Ok(value.and_then(|value| value.number())),
            Err(error) => Err(error),
        };
        if self.header.is_empty() && builder.source.has(self.kind) {
            let kind = number(builder, self.kind)?;
            let length = number(builder, LENGTH)?;
            self.layout.put_cut(kind.unwrap_or(0), length, builder)?;
        } else if builder.has_any(self.header) {
            let start = builder.len();
            builder.rows(self.header)?;
            let row = self.kind_row((self.contents)(builder.out.written().get(start..).unwrap_or(&[])));
            if self.kind_follows_header() && builder.source.has(row) {
                builder.number(row, self.layout.kind.len().div_ceil(8))?;
            }
        }
        builder.bytes(REST)
    }

    /// Builds an item that begins with more than a type and a length.
    fn build_with_header(&self, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let start = builder.len();
        let unset = builder.rows(self.header)?;
        let contents = (self.contents)(builder.out.written().get(start..).unwrap_or(&[]));
        if self.kind_follows_header() {
            builder.number(self.kind_row(contents), self.layout.kind.len().div_ceil(8))?;
        }
        let mut bytes = [0; MAX_HEADER];
        let written = builder.out.written().get(start..).unwrap_or(&[]);
        let len = written.len().min(MAX_HEADER);
        bytes[..len].copy_from_slice(&written[..len]);
        let kind = self.layout.kind.read(&bytes);
        match contents {
            TlvContents::Typed => (self.build_contents)(kind as u16, builder)?,
            how => builder.bytes(data_row(how))?,
        }
        let length_row = self.header.iter().position(|row| row.first_bit == u16::from(self.layout.length.first));
        if length_row.is_some_and(|row| unset >> row & 1 == 1) {
            self.layout.set_length(start, data_row(contents), builder)?;
        }
        self.layout.pad(start, builder)
    }
}

/// Field of contents of unknown type.
fn data_row(contents: TlvContents) -> &'static Field {
    match contents {
        TlvContents::Vendor { data, .. } => data,
        TlvContents::Typed | TlvContents::Hidden => DATA,
    }
}
