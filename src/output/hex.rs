//! The bytes of a packet, sixteen to a line, each in the colour of the layer that owns it.

use super::style::Style;
use crate::dissect::Layer;
use crate::proto::View;
use crate::wire::DIGITS;
use crate::wire::TextBuffer;
use alloc::vec::Vec;

/// Writes packets as lines of hexadecimal digits and characters into [`text`](Self::text).
///
/// ```
/// use packetsmith::dissect;
/// use packetsmith::output::Hexdump;
/// let mut dump = Hexdump::default();
/// dump.packet(b"\0\0\0\0\0\x01\x02\0\0\0\0\x02\x88\xb5hi", dissect(1, b"\0\0\0\0\0\x01\x02\0\0\0\0\x02\x88\xb5hi"));
/// assert_eq!(
///     String::from_utf8(dump.text.bytes).unwrap(),
///     "0000  00 00 00 00 00 01 02 00  00 00 00 02 88 b5 68 69  ........ ......hi\n"
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Hexdump {
    /// What has been written. Empty it at will between packets.
    pub text: TextBuffer,
    /// Colours.
    pub style: Style,
    owners: Vec<u8>,
}

impl Hexdump {
    /// Writes in colour or not.
    pub fn new(style: Style) -> Self {
        Hexdump { style, ..Self::default() }
    }

    /// Writes the bytes of one packet.
    pub fn packet<'a>(&mut self, frame: &[u8], layers: impl Iterator<Item = Layer<'a>>) {
        self.stream(frame, layers, &mut |_| {});
    }

    /// Like [`packet`](Self::packet), but hands [`text`](Self::text) over whenever it is longer than
    /// [`DRAIN_AT`](super::DRAIN_AT) bytes, for `drain` to write and clear it. What is left in the end stays in `text`.
    pub fn stream<'a>(
        &mut self,
        frame: &[u8],
        layers: impl Iterator<Item = Layer<'a>>,
        drain: &mut dyn FnMut(&mut TextBuffer),
    ) {
        if self.style.colour {
            self.find_owners(frame, layers);
        }
        for (i, line) in frame.chunks(16).enumerate() {
            let at = i * 16;
            self.text.str(self.style.dim());
            for shift in (0..if frame.len() > 0x1_0000 { 8 } else { 4 }).rev() {
                self.text.bytes.push(DIGITS[at >> (shift * 4) & 15]);
            }
            self.text.str(self.style.reset());
            self.text.str("  ");
            self.run(at, line, |text, b| {
                text.bytes.extend([DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)], b' ']);
            });
            self.text.fill(b' ', (16 - line.len()) * 3 + usize::from(line.len() <= 8) + 1);
            self.run(at, line, |text, b| text.bytes.push(if b.is_ascii_graphic() || b == b' ' { b } else { b'.' }));
            self.text.str("\n");
            if self.text.bytes.len() > super::DRAIN_AT {
                drain(&mut self.text);
            }
        }
    }

    /// Writes a line's bytes one way or the other, with a gap in the middle.
    fn run(&mut self, at: usize, line: &[u8], each: impl Fn(&mut TextBuffer, u8)) {
        let mut last = None;
        for (i, &b) in line.iter().enumerate() {
            if i == 8 {
                self.text.str(" ");
            }
            let owner = self.owners.get(at + i).copied().filter(|_| self.style.colour);
            if owner != last {
                self.text.str(self.style.reset());
                self.text.str(owner.map_or("", |o| self.style.layer(o.into())));
                last = owner;
            }
            each(&mut self.text, b);
        }
        if last.is_some() {
            self.text.str(self.style.reset());
        }
    }

    fn find_owners<'a>(&mut self, frame: &[u8], layers: impl Iterator<Item = Layer<'a>>) {
        self.owners.clear();
        self.owners.resize(frame.len(), 0);
        for (index, layer) in layers.enumerate() {
            let head = if let View::Data = layer.view { layer.payload_span() } else { layer.header_span() };
            for span in [head, layer.trailer_span()] {
                if let Some(owners) = self.owners.get_mut(span.start as usize..span.end as usize) {
                    owners.fill(index as u8);
                }
            }
        }
    }
}
