//! Where frames come from.

/// Where the frames come from that a program sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameSource {
    /// A capture file: VLAN tags stand in the frame. The length that the program reads is that of the captured bytes.
    File,
    /// A packet socket of Linux. The kernel takes the outermost VLAN tag out of the frame and tells it beside the
    /// bytes, and a program sees the whole frame, before a snapshot length cuts it.
    Socket,
}
