//! What is found about a segment, and how much of a connection was seen.

use crate::wire::flags;

flags! {
    /// What the analysis finds about a segment, in Wireshark's words.
    ///
    /// ```
    /// use packetsmith::flow::TcpFindings;
    /// let found = TcpFindings::RETRANSMISSION | TcpFindings::FAST_RETRANSMISSION;
    /// assert!(found.iter().names().eq(["TCP Retransmission", "TCP Fast Retransmission"]));
    /// ```
    pub struct TcpFindings: u32 {
        /// The segment repeats bytes that were sent before.
        RETRANSMISSION = 1, "TCP Retransmission", "tcp.analysis.retransmission";
        /// A retransmission after two or more duplicate acknowledgments, within 20 ms of the last one.
        FAST_RETRANSMISSION = 2, "TCP Fast Retransmission", "tcp.analysis.fast_retransmission";
        /// A retransmission of bytes that were acknowledged already.
        SPURIOUS_RETRANSMISSION = 4, "TCP Spurious Retransmission", "tcp.analysis.spurious_retransmission";
        /// The segment came so soon after one with higher numbers that the network has changed their order.
        OUT_OF_ORDER = 8, "TCP Out-Of-Order", "tcp.analysis.out_of_order";
        /// Bytes before this segment were not seen.
        LOST_SEGMENT = 0x10, "TCP Previous segment not captured", "tcp.analysis.lost_segment";
        /// The segment acknowledges bytes that were not seen.
        ACKED_UNSEEN = 0x20, "TCP ACKed unseen segment", "tcp.analysis.ack_lost_segment";
        /// The segment repeats an acknowledgment, and changes nothing.
        DUPLICATE_ACK = 0x40, "TCP Dup ACK", "tcp.analysis.duplicate_ack";
        /// The segment fills the window that the other side announced.
        WINDOW_FULL = 0x80, "TCP Window Full", "tcp.analysis.window_full";
        /// The segment announces a window of 0: the other side must wait.
        ZERO_WINDOW = 0x100, "TCP ZeroWindow", "tcp.analysis.zero_window";
        /// One byte to a side that announced a window of 0.
        ZERO_WINDOW_PROBE = 0x200, "TCP ZeroWindowProbe", "tcp.analysis.zero_window_probe";
        /// The answer to a probe: the window is still 0.
        ZERO_WINDOW_PROBE_ACK = 0x400, "TCP ZeroWindowProbeAck", "tcp.analysis.zero_window_probe_ack";
        /// The segment changes nothing but the window.
        WINDOW_UPDATE = 0x800, "TCP Window Update", "tcp.analysis.window_update";
        /// No or one byte before the next number: asks whether the other side is still there.
        KEEP_ALIVE = 0x1000, "TCP Keep-Alive", "tcp.analysis.keep_alive";
        /// The answer to a keep-alive.
        KEEP_ALIVE_ACK = 0x2000, "TCP Keep-Alive ACK", "tcp.analysis.keep_alive_ack";
        /// A SYN with another number than that of the connection before with the same addresses and ports.
        REUSED_PORTS = 0x4000, "TCP Port numbers reused", "tcp.analysis.reused_ports";
        /// A SYN with a cookie of TCP Fast Open (RFC 7413).
        FAST_OPEN = 0x8000, "TCP Fast Open", "tcp.analysis.tfo_syn";
        /// The SYN, ACK acknowledges data of the SYN (RFC 7413).
        FAST_OPEN_ACCEPTED = 0x1_0000, "TCP SYN-ACK accepting TFO data", "tcp.analysis.tfo_ack";
        /// The SYN, ACK does not acknowledge the data of a SYN with a cookie (RFC 7413).
        FAST_OPEN_IGNORED = 0x2_0000, "TCP SYN-ACK ignoring TFO data", "tcp.analysis.tfo_ignored";
        /// A FIN from the side that closes first.
        ACTIVE_CLOSE = 0x4_0000, "active close", "tcp.connection.fin_active";
        /// A FIN from the side that closes second.
        PASSIVE_CLOSE = 0x8_0000, "passive close", "tcp.connection.fin_passive";
        /// The segment has other bytes where it overlaps one before it, as far as bytes are still kept: those that wait for
        /// data before them, and those of a message that is not complete.
        OVERLAP_CONFLICT = 0x10_0000, "TCP Overlap with other bytes", "tcp.segment.overlap.conflict";
    }
}

impl TcpFindings {
    /// What a line shows: all but how connections end, and cookies of TCP Fast Open.
    pub const REMARKABLE: TcpFindings = TcpFindings(0x10_7fff);
}

flags! {
    /// Which parts of a TCP connection were seen.
    pub struct TcpCompleteness: u8 {
        /// A SYN.
        SYN = 1, "SYN", "";
        /// A SYN, ACK.
        SYN_ACK = 2, "SYN-ACK", "";
        /// An ACK without data.
        ACK = 4, "ACK", "";
        /// Data.
        DATA = 8, "Data", "";
        /// A FIN.
        FIN = 16, "FIN", "";
        /// A RST.
        RST = 32, "RST", "";
    }
}
