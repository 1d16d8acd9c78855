//! error: not all trait items implemented, missing: `SCHEMA`
#![allow(dead_code, unused, unexpected_cfgs)]

#[path = "../../src/wire/mod.rs"]
mod wire;

use wire::{ByteSink, Codec, Cursor, Field, Kind, Span, Visitor};

/// A value that does not say which fields it shows.
#[derive(Clone, Copy, Debug)]
struct Pair([u8; 2]);

impl<'a> Codec<'a> for Pair {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        cursor.chunk().copied().map(Pair)
    }
    fn show(&self, _: &'static Field, _: Span, _: &mut dyn Visitor) {}
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(&self.0)
    }
}

fn main() {}
