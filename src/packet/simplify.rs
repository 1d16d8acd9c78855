//! Leaving out of a tree what building computes again.
//!
//! Everything that is computed is left out, the packet is built, and what differs from the frame is put back, until
//! nothing changes: first lengths, counts and selectors, then one checksum after the other from the inside out, because a
//! checksum depends on all others. What was put back is what the sender did not compute this way. It stays verbatim.

use super::assemble::RAW;
use super::owned::Packet;
use super::tree::{ComputedMark, Entry, Node, SELECTED_BY, Tree};
use crate::proto::EXTENSIONS;
use crate::wire::{Computed, Field, Kind, Span, TRAILER};
use alloc::string::String;
use alloc::vec::Vec;

/// A computed field in a tree.
#[derive(Clone, Copy)]
struct ComputedEntry {
    /// Its entry.
    at: usize,
    layer: usize,
    field: &'static Field,
    span: Span,
    /// Whether it is put back.
    kept: bool,
}

impl ComputedEntry {
    fn is_checksum(&self) -> bool {
        matches!(self.field.kind, Kind::Checksum) || self.field.computed == Computed::Checksum
    }
    fn is_selector(&self) -> bool {
        matches!(self.field.computed, Computed::NextProtocol(_))
    }
    fn differs(&self, built: &[u8], frame: &[u8]) -> bool {
        self.span.of(built) != self.span.of(frame)
    }
}

/// A tree without some of its computed fields.
struct Reduction<'t> {
    base: &'t Tree,
    /// The entries of the layers.
    layers: Vec<usize>,
    computed: Vec<ComputedEntry>,
    /// Layers with a checksum of which must be said how it is computed.
    checksums: &'t [(usize, ComputedMark)],
}

impl<'t> Reduction<'t> {
    fn new(base: &'t Tree, checksums: &'t [(usize, ComputedMark)]) -> Self {
        let mut layers = Vec::new();
        let mut at = 1;
        while let Some(entry) = base.entries.get(at) {
            layers.push(at);
            at = entry.end as usize;
        }
        let mut computed = Vec::new();
        for (layer, &start) in layers.iter().enumerate() {
            let end = base.entries[start].end as usize;
            for (at, entry) in base.entries.iter().enumerate().take(end).skip(start) {
                if let Some((field, span)) = entry.shown.filter(|(field, _)| field.is_computed()) {
                    computed.push(ComputedEntry { at, layer, field, span, kept: false });
                }
            }
        }
        Reduction { base, layers, computed, checksums }
    }

    /// The tree without the computed fields that are not kept. A selector is kept in the layer that it selects, so that it
    /// goes where that goes.
    fn tree(&self) -> Tree {
        let mut copy =
            Tree { text: self.base.text.clone(), definitions: self.base.definitions.clone(), ..Tree::default() };
        let mut ends: Vec<(usize, usize)> = Vec::new();
        let close = |copy: &mut Tree, ends: &mut Vec<(usize, usize)>, at: usize| {
            while ends.last().is_some_and(|&(end, _)| end <= at) {
                if let Some((_, open)) = ends.pop() {
                    copy.entries[open].end = copy.entries.len() as u32;
                }
            }
        };
        let (mut at, mut layer, mut next) = (0, 0, 0);
        while let Some(entry) = self.base.entries.get(at) {
            close(&mut copy, &mut ends, at);
            while self.computed.get(next).is_some_and(|computed| computed.at < at) {
                next += 1;
            }
            let computed = self.computed.get(next).filter(|computed| computed.at == at);
            let moved = computed.is_some_and(|it| it.is_selector() && it.layer + 1 < self.layers.len());
            if computed.is_some_and(|computed| !computed.kept || moved) {
                at = entry.end as usize;
                continue;
            }
            if matches!(entry.node, Node::List | Node::Group) {
                ends.push((entry.end as usize, copy.entries.len()));
            }
            copy.entries.push(Entry { end: copy.entries.len() as u32 + 1, ..*entry });
            // The name of a layer is its first member; the marks follow it.
            if self.layers.get(layer).is_some_and(|&start| start + 1 == at) {
                self.mark(layer, &mut copy);
                layer += 1;
            }
            at += 1;
        }
        close(&mut copy, &mut ends, usize::MAX);
        copy
    }

    /// Adds to a layer how it is computed.
    fn mark(&self, layer: usize, copy: &mut Tree) {
        let start = self.layers[layer];
        let selector =
            |computed: &&ComputedEntry| computed.kept && computed.is_selector() && computed.layer + 1 == layer;
        if let Some(selector) = self.computed.iter().find(selector) {
            let mut name = String::from(SELECTED_BY);
            name.push_str(selector.field.name);
            let entry = self.base.entries[selector.at];
            let (key, end) = (copy.keep(name.as_bytes()), copy.entries.len() as u32 + 1);
            copy.entries.push(Entry { key, end, ..entry });
        }
        let flag = |mark: ComputedMark, copy: &mut Tree| {
            let (key, value) = mark.member();
            let (key, (from, to)) = (copy.keep(key.as_bytes()), copy.keep(value.as_bytes()));
            copy.push(key, Node::Text(from, to));
        };
        if self.base.has_member(start, RAW.name) {
            flag(ComputedMark::Raw, copy);
        }
        let is_open = |computed: &ComputedEntry| computed.layer == layer && computed.is_checksum() && !computed.kept;
        if self.computed.iter().any(is_open) {
            let marks = self.checksums.iter().filter(|(of, _)| *of == layer);
            marks.for_each(|(_, mark)| flag(*mark, copy));
        }
    }

    /// Puts back the last length, count or selector before the first byte that differs, where no computed field differs:
    /// without a length, what follows it moves, and the byte in its place may be the same by chance. Checksums that were put
    /// back before are left out again, since they covered what had moved. `false` if there is nothing to put back.
    fn put_back_before(&mut self, built: &[u8], frame: &[u8]) -> bool {
        let first = built.iter().zip(frame).take_while(|(a, b)| a == b).count();
        let starts_before = |it: &ComputedEntry| !it.kept && !it.is_checksum() && it.span.start as usize <= first;
        let Some(before) = self.computed.iter().rposition(starts_before) else { return false };
        for (number, it) in self.computed.iter_mut().enumerate() {
            it.kept = number == before || it.kept && !it.is_checksum();
        }
        true
    }

    /// Puts back what is true for `which`. `false` if there is nothing.
    fn put_back(&mut self, which: impl Fn(&ComputedEntry) -> bool) -> bool {
        let mut found = false;
        for computed in self.computed.iter_mut().filter(|computed| !computed.kept) {
            computed.kept = which(computed);
            found |= computed.kept;
        }
        found
    }
}

impl Packet {
    /// Removes what [`build`](Self::build) computes again: correct lengths, counts, checksums, selectors and frame check
    /// sequences, and the bytes of compressed names. `frame` is the frame that the packet was read from. What building does not
    /// give stays, so that building gives the same frame. After an edit, everything that was computed is computed again.
    ///
    /// A selector that building would not choose is moved into the layer that it selects, as `by.` and its name: so it stays
    /// right if layers are inserted or removed. A checksum that is left to the network card, or whose zero is
    /// written as 0xffff, has the member `checksum.state`, and a layer of raw bytes the member `raw.fields`.
    pub fn simplify(&mut self, frame: &[u8]) {
        let is_raw = |key: &str| key.ends_with(".raw");
        let full = core::mem::take(&mut self.form);
        // Names compressed in the usual way need no raw bytes.
        let mut compressed = full.without(|key, _| is_raw(key));
        compressed.mark_compressed();
        let good_fcs = full.has_good_fcs();
        for base in [compressed, full.clone()] {
            // The frame check sequence is computed, and the padding has its bytes in a trailer.
            let base = base.without(|key, shown| {
                let trailer = shown.is_some_and(|(field, _)| matches!(field.filter, "eth.fcs" | "eth.padding"));
                good_fcs && trailer && matches!(key, "fcs" | "padding")
            });
            if let Some(form) = self.reduce(&base, frame) {
                self.form = self.without_trailers(form, frame);
                return;
            }
        }
        self.form = full;
    }

    /// The tree without the fields that need not be kept: they were put back while another field was missing, and with that
    /// field they are computed right.
    fn without_guesses(&mut self, reduction: &mut Reduction<'_>, frame: &[u8]) -> Tree {
        /// Each try builds the packet. With more kept fields than this, all of them stay.
        const MOST: usize = 16;
        let mut form = core::mem::take(&mut self.form);
        let kept = (0..reduction.computed.len()).filter(|&at| reduction.computed[at].kept);
        let kept: Vec<usize> = kept.filter(|&at| !reduction.computed[at].is_selector()).take(MOST + 1).collect();
        // A field that was put back alone is needed.
        if (2..=MOST).contains(&kept.len()) {
            for at in kept {
                reduction.computed[at].kept = false;
                self.form = reduction.tree();
                if self.build().is_ok_and(|built| built == frame) {
                    form = core::mem::take(&mut self.form);
                } else {
                    reduction.computed[at].kept = true;
                }
            }
        }
        form
    }

    /// Leaves out the trailers that building makes of fields: the extensions of ICMP, and the padding before them.
    fn without_trailers(&mut self, mut form: Tree, frame: &[u8]) -> Tree {
        let is = |form: &Tree, at: usize, key: &Field| form.str(form.entries[at].key) == key.name.as_bytes();
        if (0..form.entries.len()).any(|at| is(&form, at, EXTENSIONS)) {
            let mut at = 0;
            while at < form.entries.len() {
                let left_out = is(&form, at, TRAILER) && self.leave_out(&mut form, at, frame);
                at += usize::from(!left_out);
            }
        }
        // What repeats other fields: flags that follow from addresses, options that are joined.
        self.form = form;
        let mut skipped = match self.build() {
            Ok(_) => self.skipped(),
            Err(_) => Vec::new(),
        };
        form = core::mem::take(&mut self.form);
        skipped.sort_unstable();
        for at in skipped.into_iter().rev() {
            // What a trailer says stays readable beside it.
            let mut layer = 1;
            while form.entries.get(layer).is_some_and(|entry| entry.end as usize <= at) {
                layer = form.entries[layer].end as usize;
            }
            if !form.has_member(layer, TRAILER.name) {
                self.leave_out(&mut form, at, frame);
            }
        }
        form
    }

    /// Leaves out an entry, if the frame is built all the same.
    fn leave_out(&mut self, form: &mut Tree, at: usize, frame: &[u8]) -> bool {
        self.form = form.without_entry(at);
        let same = self.build().is_ok_and(|built| built == frame);
        if same {
            core::mem::swap(form, &mut self.form);
        }
        same
    }

    /// Reduces a tree as far as building gives the frame. `None` if it does not, whatever is put back.
    fn reduce(&mut self, base: &Tree, frame: &[u8]) -> Option<Tree> {
        let checksums = core::mem::take(&mut self.checksums);
        let mut reduction = Reduction::new(base, &checksums);
        let found = loop {
            self.form = reduction.tree();
            let built = match self.build() {
                Ok(built) if built == frame => {
                    self.form = self.without_guesses(&mut reduction, frame);
                    break Some(core::mem::take(&mut self.form));
                }
                Ok(built) => built,
                Err(error) => {
                    let layer = error.layer.map(|(layer, _)| layer);
                    match reduction.put_back(|computed| Some(computed.layer) == layer) {
                        true => continue,
                        false => break None,
                    }
                }
            };
            let has_length = built.len() == frame.len();
            if reduction.put_back(|it| !it.is_checksum() && (!has_length || it.differs(&built, frame))) {
                continue;
            }
            // A checksum covers others: the innermost that differs is the first that is wrong by itself.
            let wrong =
                reduction.computed.iter().rposition(|it| !it.kept && it.is_checksum() && it.differs(&built, frame));
            match wrong {
                Some(wrong) if has_length => reduction.computed[wrong].kept = true,
                _ if reduction.put_back_before(&built, frame) => {}
                _ => break None,
            }
        };
        self.checksums = checksums;
        found
    }
}
