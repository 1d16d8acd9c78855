//! Why a program accepts frames that the filter may not pass.

use core::fmt;

/// What a program cannot settle, so that it accepts the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unsettled {
    /// Tests of what no instruction of BPF reads: options, text, checksums, issues, comparisons of two fields.
    Test,
    /// What IP, TCP and UDP carry: DNS, HTTP, TLS and others.
    Data,
    /// Fragments of IP, which are put together with others.
    Fragment,
    /// Packets in others: tunnels, MPLS, PPPoE, SNAP.
    Encapsulation,
    /// Errors of ICMP, which quote a packet.
    Quotation,
    /// IPv4 headers with options: a source route has another destination.
    SourceRoute,
    /// More IPv6 extension headers than a program looks behind.
    ExtensionHeaders,
    /// More VLAN tags than a program looks behind.
    ManyTags,
    /// Headers that are cut, or whose lengths contradict each other.
    CutHeader,
    /// The filter asks for what other packets say too: numbers, times between packets, conversations.
    OtherPackets,
    /// The filter knows protocols or numbers that are not those of this crate.
    OtherProtocols,
    /// Programs are made for Ethernet, raw IP and Linux cooked captures.
    LinkType,
    /// The program would have more instructions than the kernel takes.
    TooLong,
}

impl fmt::Display for Unsettled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unsettled::Test => "tests that BPF has no instructions for",
            Unsettled::Data => "what IP, TCP and UDP carry",
            Unsettled::Fragment => "fragments of IP, which are put together with others",
            Unsettled::Encapsulation => "packets in others: tunnels, MPLS, PPPoE, SNAP",
            Unsettled::Quotation => "packets that errors of ICMP quote",
            Unsettled::SourceRoute => "destinations of IPv4 packets with options, which may have a source route",
            Unsettled::ExtensionHeaders => "packets with many IPv6 extension headers",
            Unsettled::ManyTags => "frames with many VLAN tags",
            Unsettled::CutHeader => "headers that are cut, or whose lengths contradict each other",
            Unsettled::OtherPackets => "what other packets say too: numbers, times between packets, conversations",
            Unsettled::OtherProtocols => "protocols that were added, or are found by other numbers",
            Unsettled::LinkType => "frames of this link type",
            Unsettled::TooLong => "the filter needs more instructions than the kernel takes",
        })
    }
}
