//! The trait of what [`Stack::push`](super::Stack::push) takes.

use crate::proto::Proto;
use crate::wire::{ByteSink, HeaderContents, HeaderWith};

/// A header to encode: what [`Stack::push`] takes.
///
/// ```
/// use packetsmith::{Proto, Stack, Udp};
/// use packetsmith::build::EncodeHeader;
/// use packetsmith::wire::ByteSink;
/// /// A datagram from this port to the DNS port.
/// struct Query(u16);
/// impl EncodeHeader for Query {
///     fn put(&self, out: &mut impl ByteSink) -> (Proto, u64) {
///         Udp::build().src_port(self.0).dst_port(53).put(out)
///     }
/// }
/// let datagram = Stack::new().push(Query(1000)).payload(b"?").finish().unwrap();
/// assert_eq!(datagram[..6], [0x03, 0xe8, 0, 53, 0, 9], "the length is computed all the same");
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
