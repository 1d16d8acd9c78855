//! The trait of what [`Stack::push`](crate::Stack::push)(super::Stack::push) takes.

use crate::proto::Proto;
use crate::wire::{ByteSink, HeaderContents, HeaderWith};

/// A header to encode: what [`Stack::push`](crate::Stack::push) takes.
///
/// ```
/// use packetsmith::build::EncodeHeader;
/// use packetsmith::{Stack, Tcp, Udp};
/// /// Length in bytes of a header without payload.
/// fn length(header: impl EncodeHeader) -> usize {
///     Stack::new().push(header).finish().unwrap().len()
/// }
/// assert_eq!((length(Udp::build()), length(Tcp::build().raw(&[1, 1, 1, 0]))), (8, 24));
/// ```
pub trait EncodeHeader {
    /// Writes the header. Returns its protocol and the computed rows that were left unset, one bit each.
    fn put(&self, out: &mut impl ByteSink) -> (Proto, u64);
}

/// Bytes without a header: the payload of the innermost layer.
impl EncodeHeader for &[u8] {
    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> (Proto, u64) {
        out.put(self);
        (Proto::Data, 0)
    }
}

impl<const N: usize> EncodeHeader for &[u8; N] {
    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> (Proto, u64) {
        self.as_slice().put(out)
    }
}

impl<H: EncodeHeader, P: HeaderContents> EncodeHeader for HeaderWith<H, P> {
    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> (Proto, u64) {
        let (proto, unset) = self.header.put(out);
        self.contents.put(out);
        (proto, unset)
    }
}
