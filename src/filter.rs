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
//! assert_eq!(error.to_string(), "no field or protocol is called ip.adr");
//! assert_eq!(error.at, 0);
//! ```
//!
//! A test is the name of a protocol or field, which is true where the packet has it, or a comparison:
//! `==`, `!=`, `<`, `<=`, `>`, `>=` (or `eq`, `ne`, `lt`, `le`, `gt`, `ge`), `contains`, `&` (bits in
//! common), and `in {a, b, c..d}`. A number may have a minus sign. A field that a packet has several times passes if one of them does;
//! `!=` if none is equal. Tests are joined by `&&`, `||`, `!` (or `and`, `or`, `not`) and parentheses.
//!
//! A field goes by Wireshark's name (`tcp.srcport`), or by its protocol and its own name
//! (`tcp.src_port`). `X.addr` and `X.port` stand for source and destination. `X.checksum.status` is
//! `good`, `bad`, `absent`, `unverifiable` or `offloaded`. `_ws.malformed` is there where something is malformed, and
//! `_ws.expert` where anything is worth a remark.

use crate::checksum::Checksum;
use crate::dissect::{Examine, Examined};
use crate::field::{Field, Kind, Span, Value, Visitor};
use crate::layer::{Issue, Severity};
use crate::proto::Proto;
use crate::sink::{Sink, walk};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::{opt, recognize};
use nom::multi::separated_list1;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// A display filter, ready to be put to packets.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::{Filter, examine};
/// let filter = Filter::parse("udp.port == 53 && !tcp").unwrap();
/// assert!(filter.matches(examine(1, &frame)));
/// ```
#[derive(Clone, Debug)]
pub struct Filter {
    expression: Expression,
    tests: Vec<Test>,
}

/// Why a text is no filter.
///
/// ```
/// let error = packetsmith::Filter::parse("tcp.prot == 80").unwrap_err();
/// assert_eq!(error.at, 0);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Byte of the text where it goes wrong.
    pub at: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl core::error::Error for FilterError {}

/// Tests joined together; a test is its index.
#[derive(Clone, Debug)]
enum Expression {
    Test(usize),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

#[derive(Clone, Debug)]
struct Test {
    subject: Subject,
    /// What must hold of one of the values; nothing for mere presence.
    check: Option<Check>,
    /// The outcome is the opposite, given that the subject is there.
    none: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Subject {
    Protocol(Vec<Proto>),
    /// Filter names of fields, any of which will do.
    Fields(Vec<&'static str>),
    /// One bit of a field, by the bit's own filter name.
    Bit(&'static str, u64),
    Status(&'static str),
    Length,
    Malformed,
    Expert,
}

#[derive(Clone, Debug)]
enum Check {
    Compare(Comparison, Literal),
    In(Vec<(Literal, Literal)>),
    Contains(Vec<u8>),
    Bits(i128),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Number(i128),
    Address(IpAddr, u8),
    Bytes(Vec<u8>),
    Text(String),
}

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut tests = Vec::new();
        let mut parser = Reader { text, tests: &mut tests, depth: 0 };
        let (expression, rest) = parser.any(text)?;
        match rest.trim_start() {
            "" => Ok(Filter { expression, tests }),
            rest => Err(parser.error(rest, "an operator such as && or == was expected here")),
        }
    }

    /// Tells whether a packet passes.
    pub fn matches(&self, layers: Examine<'_>) -> bool {
        self.matches_any(core::iter::once(layers))
    }

    /// Tells whether a packet passes, with the layers of what it completes beside its own.
    pub fn matches_any<'a>(&self, walks: impl IntoIterator<Item = Examine<'a>>) -> bool {
        let mut run = Run { tests: &self.tests, seen: [0; 2], passed: [0; 2] };
        walks.into_iter().for_each(|layers| walk(layers, &mut run));
        run.holds(&self.expression)
    }
}

/// Most tests in a filter.
const MAX_TESTS: usize = 128;
/// Most parentheses within parentheses.
const MAX_DEPTH: usize = 64;

/// Reads the text of a filter. Each method takes what it can off the front of the rest.
struct Reader<'t> {
    text: &'t str,
    tests: &'t mut Vec<Test>,
    depth: usize,
}

type Read<'t, T> = Result<(T, &'t str), FilterError>;

impl<'t> Reader<'t> {
    fn error(&self, rest: &str, what: impl ToString) -> FilterError {
        FilterError { at: self.text.len() - rest.len(), what: what.to_string() }
    }

    fn joined(
        &mut self,
        rest: &'t str,
        [symbol, name]: [&str; 2],
        part: fn(&mut Self, &'t str) -> Read<'t, Expression>,
        join: fn(Vec<Expression>) -> Expression,
    ) -> Read<'t, Expression> {
        let (first, mut rest) = part(self, rest)?;
        let mut parts = Vec::from([first]);
        while let Ok((after, _)) = word_or_symbol(rest, symbol, name) {
            let (next, after) = part(self, after)?;
            parts.push(next);
            rest = after;
        }
        Ok((if parts.len() == 1 { parts.remove(0) } else { join(parts) }, rest))
    }

    fn any(&mut self, rest: &'t str) -> Read<'t, Expression> {
        self.joined(rest, ["||", "or"], Self::all, Expression::Any)
    }

    fn all(&mut self, rest: &'t str) -> Read<'t, Expression> {
        self.joined(rest, ["&&", "and"], Self::single, Expression::All)
    }

    fn single(&mut self, rest: &'t str) -> Read<'t, Expression> {
        let rest = rest.trim_start();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(rest, "more parentheses or negations within another than are read"));
        }
        let done = if let Ok((after, _)) = word_or_symbol(rest, "!", "not") {
            let (inner, rest) = self.single(after)?;
            (Expression::Not(Box::new(inner)), rest)
        } else if let Some(after) = rest.strip_prefix('(') {
            let (inner, after) = self.any(after)?;
            match after.trim_start().strip_prefix(')') {
                Some(after) => (inner, after),
                None => return Err(self.error(after.trim_start(), "a closing parenthesis is missing here")),
            }
        } else {
            self.test(rest)?
        };
        self.depth -= 1;
        Ok(done)
    }

    fn test(&mut self, rest: &'t str) -> Read<'t, Expression> {
        let name_at = rest;
        let Ok((rest, name)) = name(rest) else {
            return Err(self.error(rest, "the name of a field or protocol was expected here"));
        };
        let Some(subject) = Subject::find(name) else {
            return Err(self.error(name_at, format_args!("no field or protocol is called {name}")));
        };
        if self.tests.len() == MAX_TESTS {
            return Err(self.error(name_at, format_args!("more than {MAX_TESTS} tests")));
        }
        let (check, none, rest) = self.check(rest.trim_start())?;
        self.tests.push(Test { subject, check, none });
        Ok((Expression::Test(self.tests.len() - 1), rest))
    }

    fn check(&mut self, rest: &'t str) -> Result<(Option<Check>, bool, &'t str), FilterError> {
        use Comparison::*;
        let comparisons = [
            ("==", "eq", Equal),
            ("<=", "le", LessOrEqual),
            (">=", "ge", GreaterOrEqual),
            ("<", "lt", Less),
            (">", "gt", Greater),
        ];
        for (symbol, word, comparison) in comparisons {
            if let Ok((after, _)) = word_or_symbol(rest, symbol, word) {
                let (literal, after) = self.literal(after)?;
                return Ok((Some(Check::Compare(comparison, literal)), false, after));
            }
        }
        if let Ok((after, _)) = word_or_symbol(rest, "!=", "ne") {
            let (literal, after) = self.literal(after)?;
            return Ok((Some(Check::Compare(Equal, literal)), true, after));
        }
        if let Ok((after, _)) = word_or_symbol(rest, "", "contains") {
            let (literal, after) = self.literal(after)?;
            return Ok((Some(Check::Contains(literal.bytes())), false, after));
        }
        if !rest.starts_with("&&")
            && let Ok((after, _)) = word_or_symbol(rest, "&", "bitwise_and")
        {
            return match self.literal(after)? {
                (Literal::Number(bits), after) => Ok((Some(Check::Bits(bits)), false, after)),
                _ => Err(self.error(after.trim_start(), "a number was expected here")),
            };
        }
        if let Ok((after, _)) = word_or_symbol(rest, "", "in") {
            let set = delimited(
                preceded(multispace0, char('{')),
                separated_list1(preceded(multispace0, alt((tag(","), tag("")))), set_member),
                preceded(multispace0, char('}')),
            )
            .parse(after);
            return match set {
                Ok((after, set)) => Ok((Some(Check::In(set)), false, after)),
                Err(_) => Err(self.error(after.trim_start(), "a set such as {80, 443, 8000..8080} was expected here")),
            };
        }
        Ok((None, false, rest))
    }

    fn literal(&self, rest: &'t str) -> Read<'t, Literal> {
        match literal(rest) {
            Ok((after, literal)) => Ok((literal, after)),
            Err(_) => Err(self.error(rest.trim_start(), "a value was expected here")),
        }
    }
}

fn word_or_symbol<'t>(rest: &'t str, symbol: &str, word: &str) -> IResult<&'t str, ()> {
    let rest = rest.trim_start();
    if !symbol.is_empty()
        && let Some(after) = rest.strip_prefix(symbol)
        // `!` is no `!=`.
        && !(symbol == "!" && after.starts_with('='))
    {
        return Ok((after, ()));
    }
    match rest.strip_prefix(word) {
        Some(after) if !after.starts_with(is_name) => Ok((after, ())),
        _ => Err(nom::Err::Error(nom::error::Error::new(rest, nom::error::ErrorKind::Tag))),
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

fn name(rest: &str) -> IResult<&str, &str> {
    preceded(multispace0, take_while1(is_name)).parse(rest)
}

fn literal(rest: &str) -> IResult<&str, Literal> {
    let quoted = delimited(char('"'), opt(is_not("\"")), char('"'));
    let quoted = quoted.map(|text: Option<&str>| Literal::Text(text.unwrap_or_default().to_string()));
    let bare = take_while1(|c| is_name(c) || matches!(c, ':' | '/'));
    preceded(multispace0, alt((quoted, recognize(bare).map(Literal::bare)))).parse(rest)
}

/// A value or a range of values. Dots belong to addresses, so a range is cut at two of them.
fn set_member(rest: &str) -> IResult<&str, (Literal, Literal)> {
    let (after, text) = preceded(multispace0, take_while1(|c| is_name(c) || matches!(c, ':' | '/'))).parse(rest)?;
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    Ok((after, (Literal::bare(low), Literal::bare(high))))
}

impl Literal {
    fn bare(text: &str) -> Self {
        if let Some(number) = number(text) {
            return Literal::Number(number);
        }
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        if let Ok(address) = address.parse::<IpAddr>() {
            let most = if address.is_ipv4() { 32 } else { 128 };
            let prefix = prefix.map_or(Some(most), |p| p.parse().ok().filter(|p| *p <= most));
            if let Some(prefix) = prefix {
                return Literal::Address(address, prefix);
            }
        }
        let bytes: Option<Vec<u8>> =
            text.split([':', '-']).map(|pair| u8::from_str_radix(pair, 16).ok().filter(|_| pair.len() == 2)).collect();
        match bytes.filter(|bytes| bytes.len() > 1) {
            Some(bytes) => Literal::Bytes(bytes),
            None => Literal::Text(text.to_string()),
        }
    }

    /// What a field is to contain.
    fn bytes(self) -> Vec<u8> {
        match self {
            Literal::Number(0) => Vec::from([0]),
            Literal::Number(n) => n.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect(),
            Literal::Address(IpAddr::V4(a), _) => a.octets().into(),
            Literal::Address(IpAddr::V6(a), _) => a.octets().into(),
            Literal::Bytes(bytes) => bytes,
            Literal::Text(text) => text.into_bytes(),
        }
    }
}

fn number(text: &str) -> Option<i128> {
    if let Some(rest) = text.strip_prefix('-').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        return number(rest).map(|n| -n);
    }
    match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(i128::from),
        None if text.starts_with(|c: char| c.is_ascii_digit()) => text.parse::<u64>().ok().map(i128::from),
        None => match text {
            "true" | "True" | "TRUE" => Some(1),
            "false" | "False" | "FALSE" => Some(0),
            _ => None,
        },
    }
}

/// Every field of every protocol.
fn all_fields() -> impl Iterator<Item = (Proto, &'static Field)> {
    Proto::ALL.iter().flat_map(|&proto| {
        let variable = proto.variable_fields().iter().copied().flatten();
        proto.fields().iter().chain(variable).map(move |field| (proto, field))
    })
}

impl Subject {
    fn find(name: &str) -> Option<Self> {
        match name {
            "frame.len" => return Some(Subject::Length),
            "_ws.malformed" => return Some(Subject::Malformed),
            "_ws.expert" => return Some(Subject::Expert),
            _ => {}
        }
        // A protocol goes by its own name, or by what its fields' filter names begin with.
        let prefix = |proto: &Proto| proto.fields().first().and_then(|f| f.filter.split('.').next());
        let named = |proto: &&Proto| proto.name() == name || prefix(proto) == Some(name);
        let protocols: Vec<Proto> = Proto::ALL.iter().filter(named).copied().collect();
        if !protocols.is_empty() {
            return Some(Subject::Protocol(protocols));
        }
        let (group, member) = name.rsplit_once('.')?;
        let either = match member {
            "addr" => ["src", "dst"],
            "port" => ["srcport", "dstport"],
            _ => [member, member],
        };
        let is_called = |proto: Proto, field: &Field, member: &str| {
            let by_filter = field.filter.strip_prefix(group).and_then(|rest| rest.strip_prefix('.')) == Some(member);
            by_filter || proto.name() == group && field.name == member
        };
        let mut fields: Vec<_> = all_fields()
            .filter(|(proto, field)| either.iter().any(|member| is_called(*proto, field, member)))
            .map(|(_, field)| field.filter)
            .collect();
        fields.dedup();
        if !fields.is_empty() {
            return Some(Subject::Fields(fields));
        }
        if member == "status" {
            let mut fields = all_fields().filter(|(_, field)| matches!(field.kind, Kind::Checksum));
            let found =
                fields.find(|(proto, f)| f.filter == group || group.strip_suffix(".checksum") == Some(proto.name()));
            return found.map(|(_, field)| Subject::Status(field.filter));
        }
        let mut flags = all_fields().filter_map(|(_, field)| match field.kind {
            Kind::Flags(flags) => flags.iter().find(|f| f.filter == name).map(|f| Subject::Bit(field.filter, f.mask)),
            _ => None,
        });
        flags.next()
    }
}

/// One packet on its way through the tests: one bit a test.
struct Run<'f> {
    tests: &'f [Test],
    seen: [u64; 2],
    passed: [u64; 2],
}

impl Run<'_> {
    fn note(&mut self, index: usize, passed: bool) {
        self.seen[index / 64] |= 1 << (index % 64);
        self.passed[index / 64] |= u64::from(passed) << (index % 64);
    }

    fn holds(&self, expression: &Expression) -> bool {
        match expression {
            Expression::Test(i) => {
                let bit = |set: [u64; 2]| set[i / 64] >> (i % 64) & 1 == 1;
                let none = self.tests[*i].none;
                if none { bit(self.seen) && !bit(self.passed) } else { bit(self.passed) }
            }
            Expression::Not(inner) => !self.holds(inner),
            Expression::All(parts) => parts.iter().all(|part| self.holds(part)),
            Expression::Any(parts) => parts.iter().any(|part| self.holds(part)),
        }
    }

    fn each(&mut self, mut try_test: impl FnMut(&Test) -> Option<bool>) {
        let tests = self.tests;
        for (i, test) in tests.iter().enumerate() {
            if let Some(passed) = try_test(test) {
                self.note(i, passed);
            }
        }
    }
}

impl Test {
    fn passes(&self, field: Option<&Field>, value: &Value<'_>) -> bool {
        match &self.check {
            None => true,
            Some(check) => check.holds(field, value),
        }
    }
}

impl Check {
    fn holds(&self, field: Option<&Field>, value: &Value<'_>) -> bool {
        match self {
            Check::Compare(Comparison::Equal, literal) => equals(field, value, literal),
            Check::Compare(comparison, literal) => {
                let Some((a, b)) = order(value).zip(rank(literal)) else { return false };
                match comparison {
                    Comparison::Less => a < b,
                    Comparison::LessOrEqual => a <= b,
                    Comparison::Greater => a > b,
                    Comparison::GreaterOrEqual => a >= b,
                    Comparison::Equal => a == b,
                }
            }
            Check::In(set) => set.iter().any(|(low, high)| match low == high {
                true => equals(field, value, low),
                false => order(value)
                    .is_some_and(|v| rank(low).is_some_and(|low| low <= v) && rank(high).is_some_and(|high| v <= high)),
            }),
            Check::Contains(needle) => match *value {
                Value::Bytes(bytes) | Value::Text(bytes) => contains(bytes, needle),
                Value::Name(name) => contains(name.to_string().as_bytes(), needle),
                _ => false,
            },
            Check::Bits(bits) => number_of(value).is_some_and(|n| n & bits != 0),
        }
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || bytes.windows(needle.len()).any(|window| window == needle)
}

fn number_of(value: &Value<'_>) -> Option<i128> {
    match *value {
        Value::Uint(n) => Some(n.into()),
        Value::Int(n) => Some(n.into()),
        Value::Bool(b) => Some(b.into()),
        Value::Checksum(n, _) => Some(n.into()),
        _ => None,
    }
}

/// Numbers and addresses have an order: a number below zero comes before all others.
type Rank = (bool, u128);

fn rank_of_number(n: i128) -> Rank {
    (n >= 0, n as u128)
}

fn order(value: &Value<'_>) -> Option<Rank> {
    match *value {
        Value::Ipv4(a) => Some((true, u32::from(a).into())),
        Value::Ipv6(a) => Some((true, a.into())),
        _ => number_of(value).map(rank_of_number),
    }
}

fn rank(literal: &Literal) -> Option<Rank> {
    match *literal {
        Literal::Number(n) => Some(rank_of_number(n)),
        Literal::Address(IpAddr::V4(a), _) => Some((true, u32::from(a).into())),
        Literal::Address(IpAddr::V6(a), _) => Some((true, a.into())),
        _ => None,
    }
}

fn equals(field: Option<&Field>, value: &Value<'_>, literal: &Literal) -> bool {
    match (*value, literal) {
        (Value::Ipv4(a), Literal::Address(IpAddr::V4(b), prefix)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(*prefix)).unwrap_or(0);
            u32::from(a) & mask == u32::from(*b) & mask
        }
        (Value::Ipv6(a), Literal::Address(IpAddr::V6(b), prefix)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(*prefix)).unwrap_or(0);
            u128::from(a) & mask == u128::from(*b) & mask
        }
        (Value::Mac(a), Literal::Bytes(b)) => a.0[..] == b[..],
        (Value::Bytes(a) | Value::Text(a), Literal::Bytes(b)) => a == b,
        (Value::Text(a), Literal::Text(b)) => {
            let end = a.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
            &a[..end] == b.as_bytes()
        }
        (Value::Name(name), Literal::Text(text)) => {
            name.to_string().eq_ignore_ascii_case(text.strip_suffix('.').unwrap_or(text))
        }
        // A number may be given by its name in the field's registry.
        (Value::Uint(_), Literal::Text(text)) => {
            field.and_then(|f| f.meaning(value)).is_some_and(|name| name.eq_ignore_ascii_case(text))
        }
        (_, Literal::Number(n)) => number_of(value) == Some(*n),
        _ => false,
    }
}

impl Visitor for Run<'_> {
    fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
        self.each(|test| match &test.subject {
            Subject::Fields(names) if names.contains(&field.filter) => Some(test.passes(Some(field), &value)),
            Subject::Bit(name, mask) if *name == field.filter => {
                number_of(&value).map(|n| test.passes(None, &Value::Uint(u64::from(n & i128::from(*mask) != 0))))
            }
            Subject::Status(name) if *name == field.filter => match (value, &test.check) {
                (Value::Checksum(..), None) => Some(true),
                (Value::Checksum(_, state), Some(Check::Compare(_, Literal::Text(text)))) => {
                    let name = match state {
                        Checksum::Good => "good",
                        Checksum::Bad(_) => "bad",
                        Checksum::Absent => "absent",
                        Checksum::Unverifiable => "unverifiable",
                        Checksum::Offloaded => "offloaded",
                    };
                    Some(name.eq_ignore_ascii_case(text))
                }
                _ => None,
            },
            _ => None,
        });
    }

    fn open(&mut self, field: &'static Field, _: Span) {
        self.each(|test| match &test.subject {
            Subject::Fields(names) if test.check.is_none() && names.contains(&field.filter) => Some(true),
            _ => None,
        });
    }

    fn close(&mut self) {}
}

impl Sink for Run<'_> {
    fn layer(&mut self, layer: &Examined<'_>) {
        self.each(|test| match &test.subject {
            Subject::Protocol(protocols) if protocols.contains(&layer.proto) => Some(true),
            Subject::Length if layer.index == 0 => {
                Some(test.passes(None, &Value::Uint(layer.place.context.wire_end.into())))
            }
            _ => None,
        });
    }

    fn issue(&mut self, issue: &Issue) {
        self.each(|test| match &test.subject {
            Subject::Expert => Some(true),
            Subject::Malformed if issue.reason.severity() == Severity::Error => Some(true),
            _ => None,
        });
    }

    fn end(&mut self, _: &Examined<'_>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layers, Next};

    #[test]
    fn a_number_below_zero_is_less_than_all_others() {
        let mut message = [0; 247];
        message[236..].copy_from_slice(&[99, 130, 83, 99, 2, 4, 0xff, 0xff, 0xb9, 0xb0, 255]);
        let passes = |test: &str| {
            let text = ["dhcp.option.time_offset ", test].concat();
            Filter::parse(&text).unwrap().matches(Examine::new(Layers::new(Next::UdpPort(67), &message)))
        };
        assert!(passes("== -18000") && passes("== -0x4650") && passes("< 0") && passes("< -17999"));
        assert!(passes("in {-20000..0}") && passes(">= -18000") && passes("!= 18000"));
        assert!(!passes("== 18000") && !passes("> 0") && !passes("< -18000") && !passes("in {-5..5}"));
    }

    /// A DNS query over IPv4, in a frame with a tag, whose UDP checksum is wrong.
    fn query() -> Vec<u8> {
        use crate::{Ethernet, Ipv4, Stack, Udp, Vlan};
        let dns = b"\0\x07\x01\0\0\x01\0\0\0\0\0\0\x03www\x07Example\x03org\0\0\x1c\0\x01";
        let ethernet = Ethernet::build().src([2, 0, 0, 0, 0, 1].into()).dst([2, 0, 0, 0, 0, 2].into());
        let ip = Ipv4::build().src([10, 1, 2, 3].into()).dst([10, 9, 0, 53].into()).ttl(61);
        let udp = Udp::build().src_port(4000).dst_port(53).checksum(1);
        let stack = Stack::new().push(ethernet).push(Vlan::build().id(7)).push(ip).push(udp);
        stack.payload(dns).finish().unwrap()
    }

    fn passes(frame: &[u8], text: &str) -> bool {
        let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error} at {}", error.at));
        filter.matches(crate::examine(1, frame))
    }

    #[test]
    fn what_passes_and_what_does_not() {
        let frame = query();
        for yes in [
            "ip",
            "vlan && ip && udp && dns",
            "eth || tcp",
            "!tcp",
            "not tcp and not arp",
            "(tcp or udp) and ip",
            "! (tcp && arp)",
            "ip.src == 10.1.2.3",
            "ip.addr == 10.9.0.53",
            "ip.addr eq 10.1.0.0/16",
            "ip.dst != 10.1.2.3",
            "ip.src == 0.0.0.0/0",
            "ipv4.ttl == 61",
            "ip.ttl == 0x3d",
            "ip.ttl < 62",
            "ip.ttl <= 61",
            "ip.ttl > 60",
            "ip.ttl >= 61",
            "ip.ttl ne 60",
            "ip.ttl lt 62",
            "ip.ttl le 61",
            "ip.ttl gt 60",
            "ip.ttl ge 61",
            "ip.ttl & 1",
            "ip.ttl bitwise_and 0x3c",
            "ip.src < 10.1.2.4",
            "ip.src > 10.1.2.2",
            "ip.src in {10.1.0.0..10.1.255.255}",
            "ip.src in {1.1.1.1, 10.1.2.0/24}",
            "udp.port == 53",
            "udp.port == 4000",
            "udp.port in {1..60}",
            "udp.port in {53 80}",
            "udp.dstport in { 80 , 53 }",
            "udp.port != 54",
            "udp.checksum.status == bad",
            "udp.checksum.status == \"Bad\"",
            "ip.checksum.status == good",
            "udp.checksum.status",
            "ip.proto == UDP",
            "ip.proto == udp",
            "vlan.id == 7",
            "eth.dst == 02:00:00:00:00:02",
            "eth.src == 02-00-00-00-00-01",
            "dns.qry.name == www.example.org",
            "dns.qry.name == \"WWW.Example.ORG.\"",
            "dns.qry.name contains Exam",
            "dns.flags.recdesired",
            "dns.flags.recdesired == 1",
            "dns.flags.recdesired == true",
            "dns.flags.response == 0",
            "dns.flags.response == False",
            "frame.len == 79",
            "frame.len < 80 && frame.len > 78",
            "_ws.expert",
            "!_ws.malformed",
            "udp.length",
            "dns.qry.type == AAAA",
            "ip && !(udp.port == 54)",
        ] {
            assert!(passes(&frame, yes), "{yes} passes");
        }
        for no in [
            "tcp",
            "ip && tcp",
            "arp || tcp",
            "!ip",
            "!(ip || arp)",
            "ip.src == 10.1.2.4",
            "ip.addr == 10.2.0.0/16",
            "ip.addr != 10.1.2.3",
            "ip.ttl == 62",
            "ip.ttl < 61",
            "ip.ttl <= 60",
            "ip.ttl > 61",
            "ip.ttl >= 62",
            "ip.ttl & 2",
            "ip.src < 10.1.2.3",
            "ip.src > 10.1.2.3",
            "ip.src in {10.1.2.4..10.1.255.255}",
            "udp.port in {54..60, 5000}",
            "ip.src in {10.0.0.0..10.1.2.2}",
            "udp.port != 53",
            "tcp.port != 53",
            "udp.checksum.status == good",
            "ip.checksum.status == bad",
            "ip.checksum.status == absent",
            "ip.proto == TCP",
            "vlan.id == 8",
            "eth.dst == 02:00:00:00:00:01",
            "dns.qry.name == example.org",
            "dns.qry.name contains exam",
            "dns.flags.truncated",
            "dns.flags.recdesired == 0",
            "dns.flags.response",
            "frame.len == 80",
            "_ws.malformed",
            "ip.src == abc",
            "ip.src contains 10",
            "eth.src < 5",
            "eth.src == 5",
            "ip.ttl == -61",
            "dns.qry.type == A",
            "ip.src == fd00::1",
        ] {
            // A bit is there whether it is set or not.
            let no = match no {
                "dns.flags.response" | "dns.flags.truncated" => [no, " == 1"].concat(),
                _ => no.to_string(),
            };
            assert!(!passes(&frame, &no), "{no} does not pass");
        }
    }

    #[test]
    fn addresses_of_ipv6_are_compared_under_their_prefix() {
        use crate::{Ethernet, Ipv6, Stack};
        let ip = Ipv6::build().src("fd00:1::5".parse().unwrap()).dst("fd00:2::6".parse().unwrap());
        let frame = Stack::new().push(Ethernet::build()).push(ip).finish().unwrap();
        for yes in
            ["ipv6.src == fd00:1::/32", "ipv6.addr == fd00:2::6", "ipv6.src == ::/0", "ipv6.src < fd00:2::", "!ip"]
        {
            assert!(passes(&frame, yes), "{yes} passes");
        }
        for no in ["ipv6.src == fd00:2::/32", "ipv6.addr == fd00:2::7", "ipv6.src > fd00:2::", "ipv6.src == 10.0.0.1"] {
            assert!(!passes(&frame, no), "{no} does not pass");
        }
    }

    #[test]
    fn bytes_are_found_in_text() {
        use crate::{Ethernet, Ipv4, Stack, Udp};
        let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build().dst_port(69));
        let frame = stack.payload(b"\0\x01a\x01bc/\0octet\0").finish().unwrap();
        let contains = [("bc", true), ("\"bc/\"", true), ("62:63", true), ("1", true), ("0x2f", true), ("\"\"", true)];
        for (what, yes) in contains.into_iter().chain([("bd", false), ("2", false), ("0", false), ("1.2.3.4", false)]) {
            assert_eq!(passes(&frame, &["tftp.source_file contains ", what].concat()), yes, "{what}");
        }
        let equals = [("61:01:62:63:2f", true), ("61:01:62:63", false), ("octet", false)];
        for (what, yes) in equals {
            assert_eq!(passes(&frame, &["tftp.source_file == ", what].concat()), yes, "{what}");
        }
        assert!(passes(&[1, 2, 3], "frame.len == 3") && !passes(&[1, 2, 3], "frame.len == 4"));
        assert!(passes(&frame, "tftp.type == octet") && !passes(&frame, "tftp.type == octe"));
    }

    #[test]
    fn each_mistake_has_its_words_and_its_place() {
        let deep = ["(".repeat(70), "ip".to_string(), ")".repeat(70)].concat();
        let many = std::vec!["ip"; 129].join("||");
        for (text, at, what) in [
            ("ip.adr == 1", 0, "no field or protocol is called ip.adr"),
            ("ip && tpc", 6, "no field or protocol is called tpc"),
            ("", 0, "the name of a field or protocol was expected here"),
            ("ip && ", 6, "the name of a field or protocol was expected here"),
            ("!= 5", 0, "the name of a field or protocol was expected here"),
            ("ip.ttl === 5", 9, "a value was expected here"),
            ("(ip", 3, "a closing parenthesis is missing here"),
            ("ip udp", 3, "an operator such as && or == was expected here"),
            ("ip.ttl ==", 9, "a value was expected here"),
            ("ip.ttl ==  }", 11, "a value was expected here"),
            ("ip.ttl & abc", 9, "a number was expected here"),
            ("ip.ttl in 5", 10, "a set such as {80, 443, 8000..8080} was expected here"),
            ("ip.ttl in {5", 10, "a set such as {80, 443, 8000..8080} was expected here"),
            (&deep, 64, "more parentheses or negations within another than are read"),
            (&many, 128 * 4, "more than 128 tests"),
        ] {
            let error = Filter::parse(text).map(|_| ()).unwrap_err();
            assert_eq!((error.at, error.to_string().as_str()), (at, what), "{text}");
        }
        let most = std::vec!["ip"; 128].join("&&");
        assert!(
            passes(&query(), &most)
                && passes(&query(), &std::vec!["tcp"; 127].join("||").replace("tcp||tcp||tcp", "tcp||ip"))
        );
        let depth = ["(".repeat(63), "ip".to_string(), ")".repeat(63)].concat();
        assert!(passes(&query(), &depth) && Filter::parse(&["(", &depth, ")"].concat()).is_err());
        assert!(passes(&query(), &["!".repeat(62), "ip".to_string()].concat()));
    }
}
