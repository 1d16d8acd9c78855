//! Building a frame from a stack of layers.

use super::encode_header::EncodeHeader;
use super::encoded_layer::{EncodeError, MAX_STACK};
use super::finish::finish;
use super::frame_writer::FrameWriter;
use crate::proto::Proto;
use crate::wire::ValueError;

/// The layers of a [`Stack`].
///
/// ```
/// use packetsmith::{Ethernet, Stack, Vlan};
/// use packetsmith::build::LayerList;
/// /// The frame as an Ethernet card sends it.
/// fn sent<L: LayerList>(layers: Stack<L>) -> Vec<u8> {
///     layers.pad(60).fcs().finish().unwrap()
/// }
/// assert_eq!(sent(Stack::new().push(Ethernet::build())).len(), 64);
/// assert_eq!(sent(Stack::new().push(Ethernet::build()).push(Vlan::build())).len(), 64);
/// ```
pub trait LayerList {
    /// Number of layers.
    const DEPTH: usize;
    #[doc(hidden)]
    fn put<const N: usize>(&self, draft: &mut FrameWriter<'_, N>);
}

impl LayerList for () {
    const DEPTH: usize = 0;
    #[inline]
    fn put<const N: usize>(&self, _: &mut FrameWriter<'_, N>) {}
}

impl<L: LayerList, H: EncodeHeader> LayerList for (L, H) {
    const DEPTH: usize = L::DEPTH + 1;
    #[inline]
    fn put<const N: usize>(&self, draft: &mut FrameWriter<'_, N>) {
        self.0.put(draft);
        draft.layer(&self.1);
    }
}

/// Builds a frame from layers, outermost first. Lengths, selectors and checksums that are not set are computed. What is
/// set is sent as it is.
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

impl<L: LayerList> Stack<L> {
    /// Adds a layer as the payload of the previous one.
    pub fn push<H: EncodeHeader>(self, head: H) -> Stack<(L, H)> {
        Stack { layers: (self.layers, head), min: self.min, fcs: self.fcs }
    }

    /// Adds bytes as the payload of the previous layer.
    pub fn payload(self, bytes: &[u8]) -> Stack<(L, &[u8])> {
        self.push(bytes)
    }

    /// Pads the frame with zeros to at least `bytes` bytes: 60 on Ethernet. The frame check sequence does not count.
    pub fn pad(mut self, bytes: usize) -> Self {
        self.min = bytes;
        self
    }

    /// Appends a frame check sequence of four bytes.
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
        // Most stacks have few layers, and clearing an array for more takes time.
        match L::DEPTH {
            0..=4 => self.write::<4>(buffer),
            5..=8 => self.write::<8>(buffer),
            _ => self.write::<MAX_STACK>(buffer),
        }
    }

    fn write<const N: usize>(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        let mut draft = FrameWriter::<N>::new(buffer);
        self.layers.put(&mut draft);
        let whole = |error: ValueError| EncodeError { layer: 0, proto: Proto::Data, error: error.into() };
        let FrameWriter { buffer, len: end, mut layers, count, refused } = draft;
        let Some(layers) = layers.get_mut(..count) else { return Err(whole(ValueError::TooDeep)) };
        if let Some((at, error)) = refused {
            let layer = layers.iter().rposition(|layer| layer.bounds.start as usize <= at).unwrap_or(0);
            return Err(EncodeError {
                layer,
                proto: layers.get(layer).map_or(Proto::Data, |found| found.proto),
                error,
            });
        }
        let len = end.max(self.min) + if self.fcs { 4 } else { 0 };
        if len > buffer.len() {
            return Err(whole(ValueError::NoRoom(len)));
        }
        for spot in &mut *layers {
            (spot.bounds.payload_end, spot.bounds.trailer_end) = (end as u32, end as u32);
        }
        finish(&mut buffer[..end], layers)?;
        buffer[end..len].fill(0);
        if self.fcs {
            let (covered, fcs) = buffer[..len].split_at_mut(len - 4);
            fcs.copy_from_slice(&crate::wire::fcs(covered));
        }
        Ok(len)
    }

    /// Like [`write_into`](Self::write_into), into a new `Vec`.
    ///
    /// # Errors
    ///
    /// A length or a value does not fit its field, or there are more than [`MAX_STACK`] layers.
    #[cfg(feature = "alloc")]
    pub fn finish(&self) -> Result<alloc::vec::Vec<u8>, EncodeError> {
        let mut draft = FrameWriter::<0>::new(&mut []);
        self.layers.put(&mut draft);
        let end = draft.len;
        let mut frame = alloc::vec![0; end.max(self.min) + if self.fcs { 4 } else { 0 }];
        let len = self.write_into(&mut frame)?;
        // Names are compressed when they are written.
        frame.truncate(len);
        Ok(frame)
    }
}
