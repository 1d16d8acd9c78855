//! Display filters: which packets to show, in the language that Wireshark's users know.
//!
//! ```
//! use packetsmith::{Filter, examine};
//! let frame = [
//!     0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0x66, 0xcf, 10, 0, 0, 1, 10, 0, 0, 2, //
//!     0x30, 0x39, 0x00, 0x07, 0, 8, 0, 0,
//! ];
//! let filter = Filter::parse("ip.addr == 10.0.0.0/24 && udp.port in {7, 9} && !tcp").unwrap();
//! assert!(filter.matches(examine(101, &frame)));
//! let error = Filter::parse("ip.adr == 10.0.0.1").unwrap_err();
//! assert_eq!(error.to_string(), "no field or protocol is called ip.adr; the nearest is ip.addr");
//! assert_eq!(error.at, 0);
//! ```
//!
//! `docs/filters.md` describes the language. A text goes through these steps:
//!
//! 1. `token` and `parse` make it a condition of terms (`syntax`).
//! 2. `check` looks up the names (`names`, `reference`, `derived`), compares types (`types`, `functions`), reads the
//!    values for the type of the field (`literal`, `time`), and makes tests.
//! 3. `plan` works out what each protocol must show for them.
//! 4. `bpf` makes a program of the plan, which the kernel runs before a packet is captured.
//! 5. `run` walks a packet and tests each value as it comes (`datum`). What needs all values waits for the end
//!    (`whole`).

mod bpf;
mod check;
mod checksums;
mod column_value;
mod columns;
mod cost;
mod counted;
mod datum;
mod derived;
#[cfg(feature = "applications")]
mod derived_dhcp;
#[cfg(feature = "applications")]
mod derived_http;
mod derived_links;
#[cfg(feature = "applications")]
mod derived_snmp;
#[cfg(feature = "applications")]
mod derived_tls;
mod encapsulation;
mod error;
mod evaluate;
mod field_datum;
mod frame_info;
mod functions;
mod header_parts;
mod header_tests;
mod heading;
mod issues;
mod items;
#[cfg(test)]
mod language_tests;
mod literal;
mod made;
#[cfg(feature = "applications")]
mod md5;
mod names;
mod notation;
mod parse;
mod plan;
mod protocol_list;
mod reference;
mod run;
mod sack;
mod search;
mod syntax;
#[cfg(test)]
mod tests;
mod time;
mod token;
mod typed;
mod types;
mod undissected;
mod unsupported;
mod whole;
mod written;

pub use bpf::{BpfInstruction, CaptureProgram, FrameSource, Unsettled};
pub use column_value::ColumnValue;
pub use columns::{ColumnReader, Columns, PacketColumns};
pub use error::{ColumnError, FilterError};
pub use frame_info::FrameInfo;

use crate::dissect::Examine;
use crate::flow::{FTP_CONTROL_PORT, of_walk};
use crate::proto::{Proto, Protocols};
use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;
use header_tests::HeaderTests;
use names::FilterNames;
use plan::Plan;
use run::Run;

/// Port of DNS, where a response has the addresses and ports of its query.
#[cfg(feature = "applications")]
const DNS_PORT: u16 = 53;

/// A parsed display filter.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::{Filter, examine};
/// let filter = Filter::parse("udp.port == 53 && !tcp").unwrap();
/// assert!(filter.matches(examine(1, &frame)));
/// ```
///
/// A test is the name of a protocol or field, which passes if the packet has it, or a comparison: `==`, `!=`, `===`,
/// `!==`, `<`, `<=`, `>`, `>=` (or `eq`, `ne`, `lt`, `le`, `gt`, `ge`), `contains`, `matches`, `in {a, b, c..d}` and
/// `not in`. A comparison of a field with several values passes if one value passes; `!=` if none is equal; `any` and
/// `all` before the comparison say which. Combine tests with `&&`, `||`, `!` (or `and`, `or`, `not`) and parentheses.
///
/// A field has Wireshark's name and meaning (`tcp.srcport`), and another one made of its protocol and its name
/// (`tcp.src_port`), which has the number as it is in the header. There are slices (`eth.src[0:3]`), functions (`len`,
/// `count`, `upper`, `lower`, `string`, `max`, `min`, `abs`), calculations (`+ - * / % &`), layers (`ip.src#2`) and
/// fields on both sides.
///
/// A comparison that can never pass because of its types or values is an error. `matches` needs the feature `regex`.
#[derive(Clone)]
pub struct Filter {
    plan: Plan,
    header_tests: Option<HeaderTests>,
    text: Box<str>,
    /// Whether the filter was read for protocols other than those of this crate.
    knows_others: bool,
}

/// The text of the filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filter").field(&self.text).finish()
    }
}

/// As [`Filter::parse`].
///
/// ```
/// use packetsmith::Filter;
/// let filter: Filter = "udp.port == 53".parse().unwrap();
/// assert_eq!(filter.to_string(), "udp.port == 53");
/// assert_eq!(format!("{filter:?}"), r#"Filter("udp.port == 53")"#);
/// ```
impl FromStr for Filter {
    type Err = FilterError;
    fn from_str(text: &str) -> Result<Self, FilterError> {
        Filter::parse(text)
    }
}

impl Filter {
    /// Parses a filter.
    ///
    /// # Errors
    ///
    /// A text that is not a filter, an unknown name, a value that the field cannot have, or more than 128 tests or 63
    /// levels of parentheses.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Protocols::builtin().filter(text)
    }

    /// Whether a packet passes. What only conversations say ([`needs_flows`](Self::needs_flows)) has no values here:
    /// [`matches_with`](Self::matches_with) takes it.
    pub fn matches(&self, layers: Examine<'_>) -> bool {
        self.matches_headers(&layers).unwrap_or_else(|| self.matches_any(core::iter::once(layers)))
    }

    /// Whether a packet passes, given its layers and those of the datagrams that it completes.
    pub fn matches_any<'a>(&self, walks: impl IntoIterator<Item = Examine<'a>>) -> bool {
        self.matches_with(&FrameInfo::default(), walks)
    }

    /// Whether a packet passes, given what the capture says about it, its layers, and those of the datagrams that it
    /// completes. The names that begin with `frame` are about the first walk.
    pub fn matches_with<'a>(&self, info: &FrameInfo<'_>, walks: impl IntoIterator<Item = Examine<'a>>) -> bool {
        let mut run = Run::new(&self.plan);
        for (number, layers) in walks.into_iter().enumerate() {
            if number == 0 {
                run.take_frame(&layers, info);
            }
            run.walk(layers, of_walk(info.flows, number));
        }
        run.holds()
    }

    /// The answer for a packet whose headers tell it without a walk: the filter asks for nothing but fields and presence of
    /// Ethernet, IP, TCP, UDP and protocols that exclude these, and the frame has these alone, intact and whole, and perhaps one VLAN tag. `None` for all
    /// others, which [`matches`](Self::matches) answers; it begins with this. Layers of a walk that has begun are for `matches` too.
    ///
    /// ```
    /// # use packetsmith::{Ethernet, Ipv4, Stack, Udp};
    /// # let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build().dst_port(7)).finish().unwrap();
    /// use packetsmith::{Filter, examine};
    /// assert_eq!(Filter::parse("udp.port == 7").unwrap().matches_headers(&examine(1, &frame)), Some(true));
    /// assert_eq!(Filter::parse("dns").unwrap().matches_headers(&examine(1, &frame)), None);
    /// ```
    pub fn matches_headers(&self, layers: &Examine<'_>) -> Option<bool> {
        let tests = self.header_tests.as_ref()?;
        let frame = layers.plain_headers().filter(|frame| tests.is_answered(frame))?;
        Some(tests.pass(&self.plan, &frame))
    }

    /// Whether the filter asks for addresses and ports alone, and for those of both ends in the same way, so that all packets of a
    /// conversation over TCP or UDP have the same answer: `tcp.port == 80`, but not `tcp.dstport == 80`.
    ///
    /// ```
    /// use packetsmith::Filter;
    /// assert!(Filter::parse("ip.addr == 10.0.0.0/8 && tcp.port in {80, 443}").unwrap().chooses_conversations());
    /// assert!(!Filter::parse("tcp.port == 80 && tcp.flags.syn").unwrap().chooses_conversations());
    /// ```
    pub fn chooses_conversations(&self) -> bool {
        self.header_tests.as_ref().is_some_and(|tests| tests.is_of_conversations)
    }

    /// Whether a frame belongs to a conversation over TCP or UDP of which no packet passes. `false` also if that is not certain
    /// without a walk, and for what says something of other conversations: the control connection of FTP, requests and responses
    /// of DHCP and multicast DNS, samples of sFlow. A tunnel or an ICMP error can have other packets of the conversation in it, and
    /// pass by its own addresses and ports.
    ///
    /// ```
    /// # use packetsmith::{Ethernet, Ipv4, Stack, Tcp};
    /// # let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Tcp::build().dst_port(80)).finish().unwrap();
    /// use packetsmith::{Filter, examine};
    /// assert!(Filter::parse("tcp.port == 443").unwrap().leaves_out_conversation(&examine(1, &frame)));
    /// assert!(!Filter::parse("tcp.port == 80").unwrap().leaves_out_conversation(&examine(1, &frame)));
    /// ```
    pub fn leaves_out_conversation(&self, layers: &Examine<'_>) -> bool {
        let Some(tests) = self.header_tests.as_ref().filter(|tests| tests.is_of_conversations) else { return false };
        let frame = layers.plain_headers().filter(|frame| match frame.is_tcp {
            true => !frame.has_port(FTP_CONTROL_PORT),
            false => match frame.carried() {
                #[cfg(feature = "applications")]
                Proto::Dns => frame.has_port(DNS_PORT),
                #[cfg(feature = "applications")]
                Proto::Dhcp | Proto::Dhcpv6 | Proto::Sflow => false,
                _ => tests.is_answered(frame),
            },
        });
        frame.is_some_and(|frame| !tests.pass(&self.plan, &frame))
    }

    /// Whether messages that span TCP segments can change the answer. They cannot if the filter asks for headers of Ethernet, IP,
    /// TCP and UDP alone.
    ///
    /// ```
    /// use packetsmith::Filter;
    /// assert!(Filter::parse("http").unwrap().needs_messages());
    /// assert!(!Filter::parse("tcp.port == 80 && ip.ttl < 64").unwrap().needs_messages());
    /// ```
    pub fn needs_messages(&self) -> bool {
        self.header_tests.as_ref().is_none_or(|tests| !tests.asks_no_others)
    }

    /// Whether the filter asks for what only [`FrameInfo`] says, other than [`FrameInfo::flows`].
    ///
    /// ```
    /// use packetsmith::Filter;
    /// assert!(Filter::parse("frame.number == 7").unwrap().needs_frame_info());
    /// assert!(!Filter::parse("tcp.port == 7").unwrap().needs_frame_info());
    /// ```
    pub fn needs_frame_info(&self) -> bool {
        self.plan.frame
    }

    /// Whether the filter asks for what only [`Flows`](crate::flow::Flows) finds out. Without it in
    /// [`FrameInfo::flows`], such names have no values.
    ///
    /// ```
    /// use packetsmith::Filter;
    /// assert!(Filter::parse("tcp.analysis.retransmission").unwrap().needs_flows());
    /// assert!(!Filter::parse("tcp.seq_raw == 7").unwrap().needs_flows());
    /// ```
    pub fn needs_flows(&self) -> bool {
        self.plan.flows
    }

    /// Whether the filter asks for the time since the packet before that passed, [`FrameInfo::since_displayed`]. Then packets
    /// are filtered one after the other.
    ///
    /// ```
    /// use packetsmith::Filter;
    /// assert!(Filter::parse("frame.time_delta_displayed > 1").unwrap().needs_displayed());
    /// assert!(!Filter::parse("frame.time_delta > 1").unwrap().needs_displayed());
    /// ```
    pub fn needs_displayed(&self) -> bool {
        self.plan.displayed
    }

    /// Why no filter can have a name, and what to write instead.
    ///
    /// ```
    /// let why = packetsmith::Filter::unknown_name("tcp.flags.sin");
    /// assert_eq!(why, "no field or protocol is called tcp.flags.sin; the nearest is tcp.flags.syn");
    /// ```
    pub fn unknown_name(name: &str) -> alloc::string::String {
        FilterNames::builtin().unknown(name)
    }

    /// Every name that a filter can have, in order, but for those that are made of the names of a protocol and of its
    /// fields in code (`tcp.src_port`).
    ///
    /// ```
    /// let names = packetsmith::Filter::names();
    /// assert!(names.iter().any(|name| name == "ip.addr") && names.iter().any(|name| name == "frame.number"));
    /// ```
    pub fn names() -> alloc::vec::Vec<alloc::string::String> {
        FilterNames::builtin().all_names()
    }
}

impl Protocols {
    /// Reads a filter that may ask for these protocols.
    ///
    /// ```
    /// use packetsmith::{Proto, Protocols};
    /// assert!(Protocols::builtin().filter("dns.id == 7").is_ok());
    /// let error = Protocols::builtin().without(Proto::Dns).filter("dns.id == 7").unwrap_err();
    /// assert!(error.to_string().starts_with("no field or protocol is called dns.id"));
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Filter::parse`].
    pub fn filter(&self, text: &str) -> Result<Filter, FilterError> {
        let plan = check::check(&parse::parse(text)?, FilterNames { known: self })?;
        let header_tests = HeaderTests::of(&plan);
        Ok(Filter { plan, header_tests, text: text.into(), knows_others: !self.is_builtin() })
    }

    /// Why a name is that of no field or protocol of filters, and the nearest one that is, for messages.
    pub fn unknown_filter_name(&self, name: &str) -> alloc::string::String {
        FilterNames { known: self }.unknown(name)
    }

    /// The names that filters know, sorted.
    pub fn filter_names(&self) -> alloc::vec::Vec<alloc::string::String> {
        FilterNames { known: self }.all_names()
    }
}
