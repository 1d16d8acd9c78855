//! Building a frame from a stack of layers.

use super::encode_header::{AnyHeader, EncodeHeader, Payload};
use super::encoded_layer::{EncodeError, EncodedLayer, MAX_STACK};
use super::finish::finish;
use super::frame_writer::FrameWriter;
use super::layer_list::LayerList;
use crate::proto::Proto;
use crate::wire::ValueError;

/// Builds a frame from layers, outermost first. Lengths, checksums and the numbers that select the next protocol are computed
/// if they are not set. What is set is sent as it is.
///
/// A layer is a header that `build()` of its type begins, such as [`Ipv4::build`](crate::Ipv4::build): with its fields,
/// and with `options(&[..])`, `message(..)` or `raw(&[..])` after them. `Option` of a header is one that may be missing.
///
/// ```
/// use packetsmith::{Ethernet, Ipv4, MacAddr, Stack, Udp};
/// use packetsmith::proto::ip::IpProtocol;
/// let frame = Stack::new()
///     .push(Ethernet::build().dst(MacAddr::BROADCAST).src(MacAddr([2, 0, 0, 0, 0, 1])))
///     .push(Ipv4::build().dst([255; 4].into()))
///     .push(Udp::build().src_port(68).dst_port(67).checksum(0xdead))
///     .payload(b"hi")
///     .finish()
///     .unwrap();
/// assert_eq!(frame.len(), 14 + 20 + 8 + 2);
/// assert_eq!(frame[12..18], [0x08, 0x00, 0x45, 0, 0, 30]);
/// assert_eq!(frame[23], 17, "the payload is UDP");
/// assert_eq!(frame[38..42], [0, 10, 0xde, 0xad], "what was set is sent as it is");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Stack<L = ()> {
    layers: L,
    min: usize,
    fcs: bool,
}

impl Stack {
    /// A stack without layers.
    pub const fn new() -> Self {
        Stack { layers: (), min: 0, fcs: false }
    }
}

impl<'s> Stack<&'s [&'s (dyn AnyHeader + 's)]> {
    /// A stack of layers that are chosen at run time, outermost first.
    ///
    /// ```
    /// use packetsmith::{Ethernet, Ipv4, Stack, Udp, Vlan};
    /// use packetsmith::build::AnyHeader;
    /// let tags = [7, 8].map(|id| Vlan::build().id(id));
    /// let (ethernet, ip, udp) = (Ethernet::build(), Ipv4::build(), Udp::build().dst_port(53));
    /// let mut layers: Vec<&dyn AnyHeader> = vec![&ethernet];
    /// for tag in &tags {
    ///     layers.push(tag);
    /// }
    /// layers.extend([&ip as &dyn AnyHeader, &udp]);
    /// let frame = Stack::of(&layers).payload(b"?").pad(60).finish().unwrap();
    /// assert_eq!(frame[12..24], [0x81, 0, 0, 7, 0x81, 0, 0, 8, 0x08, 0, 0x45, 0], "selectors are computed, as always");
    ///
    /// // A list that is written down needs no allocation.
    /// let frame = Stack::of(&[&Ethernet::build(), &Ipv4::build(), b"data"]).finish().unwrap();
    /// assert_eq!(frame.len(), 14 + 20 + 4);
    /// ```
    pub const fn of(layers: &'s [&'s (dyn AnyHeader + 's)]) -> Self {
        Stack { layers, min: 0, fcs: false }
    }
}

impl<L: LayerList> Stack<L> {
    /// Adds a layer as the payload of the previous one: a header, `Option` of one, or bytes. See [`EncodeHeader`].
    pub fn push<H: EncodeHeader>(self, head: H) -> Stack<(L, H)> {
        Stack { layers: (self.layers, head), min: self.min, fcs: self.fcs }
    }

    /// Adds bytes as the payload of the previous layer.
    pub fn payload(self, bytes: &[u8]) -> Stack<(L, Payload<'_>)> {
        self.push(Payload(bytes))
    }

    /// Pads the frame with zeros to at least `bytes` bytes: 60 on Ethernet. The frame check sequence does not count.
    pub fn pad(mut self, bytes: usize) -> Self {
        self.min = bytes;
        self
    }

    /// Appends the frame check sequence of Ethernet: four bytes, which are computed.
    pub fn fcs(mut self) -> Self {
        self.fcs = true;
        self
    }

    /// Writes the frame to the front of `buffer` and returns its length in bytes. Allocates nothing.
    ///
    /// # Errors
    ///
    /// A length or a value does not fit its field, there are more than [`MAX_STACK`] layers, or the buffer is too small.
    pub fn write_into(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        let mut out = FrameWriter::new(buffer);
        // The condition is a constant: a stack whose types say what it holds does not link the tables of all protocols.
        if const { L::BY_TABLE } {
            // Most stacks have few layers, and clearing an array for more takes time.
            match L::DEPTH {
                0..=8 => self.write_by_table::<8>(out),
                _ => self.write_by_table::<MAX_STACK>(out),
            }
        } else {
            let written = self.layers.write(&mut out);
            self.complete(out, L::count(&written), |frame| {
                let failed = L::lengths(&written, frame, ());
                // What layers inside of the failed one compute by code of their own can fail too, and comes first.
                let last = match &failed {
                    Err(error) if error.proto == Proto::Routing => return failed,
                    Err(error) => error.layer + 1,
                    Ok(()) => 0,
                };
                L::checksums(&written, frame, (), last)?;
                failed
            })
        }
    }

    fn write_by_table<const N: usize>(&self, mut out: FrameWriter<'_>) -> Result<usize, EncodeError> {
        let (mut layers, mut count) = ([EncodedLayer::NONE; N], 0);
        self.layers.write_by_table(&mut out, &mut |layer| {
            if let Some(place) = layers.get_mut(count) {
                *place = layer;
            }
            count += 1;
        });
        self.complete(out, count, |frame| {
            let layers = layers.get_mut(..count).unwrap_or_default();
            for layer in &mut *layers {
                (layer.bounds.payload_end, layer.bounds.trailer_end) = (frame.len() as u32, frame.len() as u32);
            }
            finish(frame, layers)
        })
    }

    /// Completes a frame of `count` layers that were written: computes what was left unset, and appends padding and frame
    /// check sequence.
    #[inline]
    fn complete(
        &self,
        out: FrameWriter<'_>,
        count: usize,
        compute: impl FnOnce(&mut [u8]) -> Result<(), EncodeError>,
    ) -> Result<usize, EncodeError> {
        let whole = |error: ValueError| EncodeError { layer: 0, proto: Proto::Data, error: error.into() };
        let FrameWriter { buffer, len: end, refused, .. } = out;
        if count > MAX_STACK {
            return Err(whole(ValueError::TooDeep));
        }
        if let Some(error) = refused {
            return Err(error);
        }
        let len = self.len_with_padding(end);
        if len > buffer.len() {
            return Err(whole(ValueError::NoRoom(len)));
        }
        compute(&mut buffer[..end])?;
        buffer[end..len].fill(0);
        if self.fcs {
            let (covered, fcs) = buffer[..len].split_at_mut(len - 4);
            fcs.copy_from_slice(&crate::wire::fcs(covered));
        }
        Ok(len)
    }

    /// Length of a frame of `end` bytes with padding and frame check sequence.
    #[inline]
    fn len_with_padding(&self, end: usize) -> usize {
        end.max(self.min) + if self.fcs { 4 } else { 0 }
    }

    /// Like [`write_into`](Self::write_into), into a new `Vec`.
    ///
    /// # Errors
    ///
    /// A length or a value does not fit its field, or there are more than [`MAX_STACK`] layers.
    #[cfg(feature = "alloc")]
    pub fn finish(&self) -> Result<alloc::vec::Vec<u8>, EncodeError> {
        let mut out = FrameWriter::new(&mut []);
        self.layers.write(&mut out);
        let mut frame = alloc::vec![0; self.len_with_padding(out.len)];
        let len = self.write_into(&mut frame)?;
        // Names are compressed when they are written.
        frame.truncate(len);
        Ok(frame)
    }
}
