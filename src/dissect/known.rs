//! Walks that know protocols from outside of this crate, or other numbers of protocols.

use super::examine::Examine;
use super::walk::Layers;
use crate::layer::NextProtocol;
use crate::proto::Protocols;

impl Protocols {
    /// Dissects a frame, as [`dissect`](crate::dissect()) does, with these protocols.
    ///
    /// ```
    /// use packetsmith::{NextProtocol, Protocols};
    /// let known = Protocols::builtin().decode_as(NextProtocol::EtherType(0x88b5), NextProtocol::EtherType(0x0800));
    /// let mut frame = [0; 34];
    /// frame[12..18].copy_from_slice(&[0x88, 0xb5, 0x45, 0, 0, 20]);
    /// let names: Vec<_> = known.dissect(1, &frame).map(|layer| layer.proto.name()).collect();
    /// assert_eq!(names, ["ethernet", "ipv4"]);
    /// ```
    #[inline]
    pub fn dissect<'a>(&'a self, first: impl Into<NextProtocol>, frame: &'a [u8]) -> Layers<'a, &'a Protocols> {
        Layers::knowing(self, first.into(), frame)
    }

    /// Examines a frame, as [`examine`](crate::examine) does, with these protocols.
    ///
    /// ```
    /// use packetsmith::Protocols;
    /// // HTTP is not recognized on a port without a protocol.
    /// let known = Protocols::builtin().without_heuristics();
    /// let http = b"\x45\0\0\x38\0\0\0\0\x40\x06\0\0\0\0\0\0\0\0\0\0\x9c\x40\x23\x28\0\0\0\0\0\0\0\0\x50\x10\0\0\0\0\0\0GET / HTTP/1.1\r\n";
    /// assert_eq!(known.examine(228, http).last().unwrap().proto.name(), "data");
    /// assert_eq!(packetsmith::examine(228, http).last().unwrap().proto.name(), "http");
    /// ```
    #[inline]
    pub fn examine<'a>(&'a self, first: impl Into<NextProtocol>, frame: &'a [u8]) -> Examine<'a> {
        Examine::new(self.dissect(first, frame))
    }
}
