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

mod error;
mod evaluate;
mod expression;
mod issues;
mod literal;
mod parse;
mod subject;
#[cfg(test)]
mod tests;

pub use error::FilterError;

use crate::dissect::{Examine, walk};
use alloc::vec::Vec;
use evaluate::Evaluation;
use expression::{Expression, Test};
use parse::FilterParser;

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
/// A test is the name of a protocol or field, which passes if the packet has it, or a comparison: `==`, `!=`, `<`, `<=`,
/// `>`, `>=` (or `eq`, `ne`, `lt`, `le`, `gt`, `ge`), `contains`, `&` (bits in common), and `in {a, b, c..d}`. A number
/// may have a minus sign. A comparison of a field with several values passes if one value passes; `!=` if none is equal.
/// Combine tests with `&&`, `||`, `!` (or `and`, `or`, `not`) and parentheses.
///
/// A field has Wireshark's name (`tcp.srcport`), and another one made of its protocol and its name
/// (`tcp.src_port`). `X.addr` and `X.port` are source or destination. `X.checksum.status` is
/// `good`, `bad`, `absent`, `unverifiable` or `offloaded`. `_ws.malformed` passes if something is malformed, and
/// `_ws.expert` if there is any issue.
#[derive(Clone, Debug)]
pub struct Filter {
    expression: Expression,
    tests: Vec<Test>,
}

impl Filter {
    /// Parses a filter.
    ///
    /// # Errors
    ///
    /// A text that is not a filter, an unknown name, or more than 128 tests or 63 levels of parentheses.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut tests = Vec::new();
        let mut parser = FilterParser { text, tests: &mut tests, depth: 0, value_at: text };
        let (expression, rest) = parser.any(text)?;
        match rest.trim_start() {
            "" => Ok(Filter { expression, tests }),
            rest => Err(parser.error(rest, "an operator such as && or == was expected here")),
        }
    }

    /// Whether a packet passes.
    pub fn matches(&self, layers: Examine<'_>) -> bool {
        self.matches_any(core::iter::once(layers))
    }

    /// Whether a packet passes, given its layers and those of the datagrams that it completes.
    pub fn matches_any<'a>(&self, walks: impl IntoIterator<Item = Examine<'a>>) -> bool {
        let mut run = Evaluation { tests: &self.tests, seen: [0; 2], passed: [0; 2] };
        walks.into_iter().for_each(|layers| walk(layers, &mut run));
        run.holds(&self.expression)
    }
}
