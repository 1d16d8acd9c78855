//! How much there is, and what went wrong.

use super::packet_list::{CountOf, Nanos, PacketList};
use super::statement_macro::statements;
use alloc::string::String;
use core::fmt;

statements! {
    /// What is said of the capture as a whole.
    pub enum SummaryStatement {
        /// The capture has no packets.
        Empty = "empty" {}
        /// How much there is.
        Size = "size" {
            /// Number of packets.
            packets: u64,
            /// Their bytes on the wire.
            bytes: u64,
            /// Time from the first to the last.
            lasted: Option<Nanos>,
        }
        /// Packets were selected: what they belong to is told.
        Selected = "selected" {
            /// How many.
            packets: u64,
        }
        /// The capture has less of packets than was on the wire.
        CutPackets = "cut_packets" {
            /// The packets.
            packets: PacketList,
        }
        /// There are more connections than are followed.
        NotAllFollowed = "not_all_followed" {
            /// Segments of the others.
            segments: u64,
        }
        /// A kind of trouble.
        Trouble = "trouble" {
            /// What it is.
            what: String,
            /// How often.
            count: u64,
            /// Packets that show it: of some kinds, not all.
            packets: PacketList,
        }
        /// There is no trouble.
        NoTrouble = "no_trouble" {}
        /// No packet is of a kind that is explained.
        NothingTold = "nothing_told" {}
    }
}

impl fmt::Display for SummaryStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SummaryStatement::Empty {} => f.write_str("The capture has no packets."),
            SummaryStatement::Size { packets, bytes, lasted } => {
                write!(f, "The capture has {} with {}", CountOf(*packets, "packet"), CountOf(*bytes, "byte"))?;
                match lasted.filter(|_| *packets > 1) {
                    Some(lasted) => write!(f, ", in {lasted}."),
                    None => f.write_str("."),
                }
            }
            SummaryStatement::Selected { packets } => write!(
                f,
                "{} passed the filter. What they belong to is told, with its other packets.",
                CountOf(*packets, "packet")
            ),
            SummaryStatement::CutPackets { packets } => write!(
                f,
                "The capture has only the first bytes of {} ({packets}); what is in the others is not known.",
                CountOf(packets.count(), "packet")
            ),
            SummaryStatement::NotAllFollowed { segments } => write!(
                f,
                "{} of TCP belong to connections that are not followed, since there are too many. What is said of \
                 connections and hosts, and their numbers, is of the others.",
                CountOf(*segments, "segment")
            ),
            SummaryStatement::Trouble { what, count, packets } => {
                let mut text = what.chars();
                if let Some(first) = text.next() {
                    write!(f, "{}{}", first.to_uppercase(), text.as_str())?;
                }
                let among = if packets.count() < *count { "among them " } else { "" };
                write!(f, " ({among}{packets:#}).")
            }
            SummaryStatement::NoTrouble {} => f.write_str("In what is told below, nothing went wrong."),
            SummaryStatement::NothingTold {} => f.write_str(
                "None of its packets is of a kind that is explained; whether something went wrong is not known.",
            ),
        }
    }
}
