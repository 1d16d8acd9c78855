//! A slow, obvious evaluator of display filters over the values that a packet shows, to compare the fast one with.
//!
//! A filter is made from bytes as a tree of its own, written as text for [`Filter::parse`], and evaluated here over a
//! list of all values: no plan, no types, every value compared with every other.

use packetsmith::wire::Visitor;
use packetsmith::{Examine, Field, Filter, Kind, Proto, Span, Value};
use std::fmt::Write;

/// A value, as a number or as bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Plain {
    Number(i128),
    Bytes(Vec<u8>),
}

/// A value that a packet shows: where from, in the layer with this number among those of its protocol.
struct Shown {
    proto: Proto,
    field: &'static Field,
    ordinal: usize,
    value: Plain,
}

/// Everything that a packet shows, in order.
#[derive(Default)]
struct Everything {
    values: Vec<Shown>,
    layers: Vec<Proto>,
}

impl Everything {
    fn of(layers: Examine<'_>) -> Self {
        let mut all = Everything::default();
        for layer in layers {
            all.layers.push(layer.proto);
            layer.show(&mut all);
        }
        all
    }

    /// The values under packetsmith's own name: of the header's rows, or else of all others with the name. In the layer with
    /// this number: from 1, or from -1 for the last one that has the name.
    fn named(&self, name: OwnName, ordinal: Option<i64>) -> Vec<&Plain> {
        let is_row = name.proto.fields().iter().any(|row| row.name == name.field);
        let shown = self.values.iter().filter(|shown| {
            let in_header = name.proto.fields().iter().any(|row| same(row, shown.field));
            shown.proto == name.proto && shown.field.name == name.field && in_header == is_row
        });
        let shown: Vec<_> = shown.collect();
        let last = shown.iter().map(|shown| shown.ordinal as i64).max().unwrap_or(0);
        let wanted = ordinal.map(|number| if number < 0 { last + number + 1 } else { number });
        shown
            .iter()
            .filter(|shown| wanted.is_none_or(|n| n == shown.ordinal as i64))
            .map(|shown| &shown.value)
            .collect()
    }
}

fn same(a: &Field, b: &Field) -> bool {
    (a.name, a.filter, a.bits()) == (b.name, b.filter, b.bits())
}

impl Visitor for Everything {
    fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
        let value = match value {
            Value::Uint(number) => Plain::Number(number.into()),
            Value::Int(number) => Plain::Number(number.into()),
            Value::Bool(set) => Plain::Number(set.into()),
            Value::Checksum(number, _) => Plain::Number(number.into()),
            Value::Mac(address) => Plain::Bytes(address.0.to_vec()),
            Value::Ipv4(address) => Plain::Bytes(address.octets().to_vec()),
            Value::Ipv6(address) => Plain::Bytes(address.octets().to_vec()),
            Value::Bytes(bytes) => Plain::Bytes(bytes.to_vec()),
            Value::Text(text) => {
                let mut text = text.to_vec();
                while text.last() == Some(&0) {
                    text.pop();
                }
                Plain::Bytes(text)
            }
            Value::Name(name) if name.is_root() => Plain::Bytes(b"<Root>".to_vec()),
            Value::Name(name) => Plain::Bytes(name.to_string().into_bytes()),
            _ => return,
        };
        let Some(&proto) = self.layers.last() else { return };
        let ordinal = self.layers.iter().filter(|layer| **layer == proto).count();
        self.values.push(Shown { proto, field, ordinal, value });
    }
    fn open(&mut self, _: &'static Field, _: Span) {}
    fn close(&mut self) {}
}

/// A name made of a protocol's and a field's own names.
#[derive(Clone, Copy, Debug)]
struct OwnName {
    proto: Proto,
    field: &'static str,
    kind: Kind,
}

impl OwnName {
    fn is_number(self) -> bool {
        matches!(self.kind, Kind::Uint | Kind::Little | Kind::Checksum | Kind::Named(_) | Kind::Flags(_))
    }

    fn is_text(self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Name)
    }
}

/// Packetsmith's own names of fields whose values are all of one kind.
fn own_names() -> Vec<OwnName> {
    let known = Filter::names();
    let mut names = Vec::new();
    for &proto in Proto::ALL {
        let all: Vec<&Field> = proto.fields().iter().chain(proto.variable_fields()).collect();
        for field in proto.fields() {
            let rows = || proto.fields().iter().filter(|row| row.name == field.name);
            // The same row under the same name among the options would be shown as one of the header.
            let is_alone = all.iter().filter(|other| same(other, field)).count() == 1;
            let text = format!("{}.{}", proto.name(), field.name);
            let is_value = matches!(
                field.kind,
                Kind::Uint
                    | Kind::Named(_)
                    | Kind::Flags(_)
                    | Kind::Mac
                    | Kind::Ipv4
                    | Kind::Ipv6
                    | Kind::Bytes
                    | Kind::Text
            );
            if rows().count() == 1 && is_alone && is_value && !known.contains(&text) && Filter::parse(&text).is_ok() {
                names.push(OwnName { proto, field: field.name, kind: field.kind });
            }
        }
    }
    names
}

/// Bytes that choices are made from. When they end, each choice is the first.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    fn below(&mut self, most: usize) -> usize {
        (usize::from(self.byte()) << 8 | usize::from(self.byte())) % most.max(1)
    }
}

/// A filter as text, and whether the packet passes it.
struct Answer {
    text: String,
    passes: bool,
}

fn condition(choices: &mut Choices<'_>, all: &Everything, names: &[OwnName], depth: usize) -> Answer {
    match choices.byte() % 8 {
        kind @ 0..=2 if depth > 0 => {
            let parts: Vec<Answer> = (0..2).map(|_| condition(choices, all, names, depth - 1)).collect();
            let text: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
            let (operator, passes) = match kind {
                0 => (" && ", parts.iter().all(|part| part.passes)),
                1 => (" xor ", parts.iter().fold(false, |odd, part| odd != part.passes)),
                _ => (" or ", parts.iter().any(|part| part.passes)),
            };
            Answer { text: format!("({})", text.join(operator)), passes }
        }
        3 if depth > 0 => {
            let inner = condition(choices, all, names, depth - 1);
            Answer { text: format!("!({})", inner.text), passes: !inner.passes }
        }
        _ => test(choices, all, names),
    }
}

/// A literal for a field: a value that the packet has, or one near it.
fn literal(choices: &mut Choices<'_>, all: &Everything, name: OwnName) -> (String, Plain) {
    let values = all.named(name, None);
    let chosen = values.get(choices.below(values.len())).map(|value| (*value).clone());
    if name.is_number() {
        let Some(Plain::Number(number)) = chosen else { return ("0".into(), Plain::Number(0)) };
        let number = match choices.byte() % 4 {
            0 if number > 0 => number - 1,
            1 => number / 2,
            _ => number,
        };
        let text = if choices.byte() & 1 == 0 { format!("{number}") } else { format!("{number:#x}") };
        return (text, Plain::Number(number));
    }
    let bytes = match chosen {
        Some(Plain::Bytes(bytes)) if !bytes.is_empty() && bytes.len() < 64 => bytes,
        _ => return fixed_literal(name),
    };
    let mut bytes = bytes;
    if choices.byte().is_multiple_of(4) {
        let at = choices.below(bytes.len());
        bytes[at] ^= 1;
    }
    (written(name, &bytes), Plain::Bytes(bytes))
}

fn fixed_literal(name: OwnName) -> (String, Plain) {
    let bytes = match name.kind {
        Kind::Mac => vec![2; 6],
        Kind::Ipv4 => vec![192, 0, 2, 1],
        Kind::Ipv6 => vec![0x20; 16],
        _ => b"a".to_vec(),
    };
    (written(name, &bytes), Plain::Bytes(bytes))
}

fn written(name: OwnName, bytes: &[u8]) -> String {
    match (name.kind, bytes) {
        (Kind::Ipv4, &[a, b, c, d]) => format!("{a}.{b}.{c}.{d}"),
        (Kind::Ipv6, _) if bytes.len() == 16 => {
            let groups: Vec<_> = bytes.chunks(2).map(|pair| format!("{:02x}{:02x}", pair[0], pair[1])).collect();
            groups.join(":")
        }
        (Kind::Text | Kind::Name, _) => {
            bytes.iter().fold("\"".to_string(), |mut text, byte| {
                let _ = write!(text, "\\x{byte:02x}");
                text
            }) + "\""
        }
        _ => pairs(bytes),
    }
}

fn pairs(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

fn test(choices: &mut Choices<'_>, all: &Everything, names: &[OwnName]) -> Answer {
    // Mostly a name that the packet has.
    let present: Vec<OwnName> = names.iter().copied().filter(|name| all.layers.contains(&name.proto)).collect();
    let from = if present.is_empty() || choices.byte().is_multiple_of(8) { names } else { &present[..] };
    let name = from[choices.below(from.len())];
    let ordinal = Some(i64::from(choices.byte() as i8)).filter(|n| (-2..3).contains(n) && *n != 0);
    let mut left = format!("{}.{}", name.proto.name(), name.field);
    if let Some(ordinal) = ordinal {
        let _ = write!(left, "#{ordinal}");
    }
    let values: Vec<Plain> = all.named(name, ordinal).into_iter().cloned().collect();
    match choices.byte() % 12 {
        0 => Answer { passes: !values.is_empty(), text: left },
        1 => set(choices, all, name, &left, &values),
        2 if !name.is_number() => contains(choices, name, &left, &values),
        3 if !name.is_number() => slice(choices, name, &left, &values),
        4 => function(choices, name, &left, &values),
        5 => pair(choices, all, names, name, &left, &values),
        6 if name.is_number() => calculation(choices, &left, &values),
        7 if name.is_number() => sum(choices, all, names, &left, &values),
        8 => set_of_names(choices, all, names, name, &left, &values),
        _ => {
            let (text, literal) = literal(choices, all, name);
            compare(choices, &left, &text, &values, std::slice::from_ref(&literal))
        }
    }
}

/// Every value with every other.
fn compare(choices: &mut Choices<'_>, left: &str, right: &str, values: &[Plain], others: &[Plain]) -> Answer {
    let (operator, holds, of_all): (_, fn(&Plain, &Plain) -> bool, bool) = match choices.byte() % 8 {
        0 => ("==", |a, b| a == b, false),
        1 => ("!=", |a, b| a != b, true),
        2 => ("===", |a, b| a == b, true),
        3 => ("!==", |a, b| a != b, false),
        4 => ("<", |a, b| a < b, false),
        5 => ("<=", |a, b| a <= b, false),
        6 => ("gt", |a, b| a > b, false),
        _ => ("ge", |a, b| a >= b, false),
    };
    let (quantifier, of_all) = match choices.byte() % 4 {
        0 => ("any ", false),
        1 => ("all ", true),
        _ => ("", of_all),
    };
    let mut pairs = values.iter().flat_map(|a| others.iter().map(move |b| (a, b)));
    let passes = match of_all {
        true => !values.is_empty() && !others.is_empty() && pairs.all(|(a, b)| holds(a, b)),
        false => pairs.any(|(a, b)| holds(a, b)),
    };
    Answer { text: format!("{quantifier}{left} {operator} {right}"), passes }
}

fn set(choices: &mut Choices<'_>, all: &Everything, name: OwnName, left: &str, values: &[Plain]) -> Answer {
    let ((a, first), (b, second), (c, third)) =
        (literal(choices, all, name), literal(choices, all, name), literal(choices, all, name));
    let (low, high) = if first <= second { ((a, first), (b, second)) } else { ((b, second), (a, first)) };
    let is_in = |value: &Plain| *value == third || *value >= low.1 && *value <= high.1;
    let passes = values.iter().any(is_in);
    let (not, passes) = if choices.byte() & 1 == 0 { ("", passes) } else { ("not ", !passes) };
    Answer { text: format!("{left} {not}in {{{c}, {} .. {}}}", low.0, high.0), passes }
}

fn bytes(value: &Plain) -> &[u8] {
    match value {
        Plain::Bytes(bytes) => bytes,
        Plain::Number(_) => &[],
    }
}

fn contains(choices: &mut Choices<'_>, name: OwnName, left: &str, values: &[Plain]) -> Answer {
    if matches!(name.kind, Kind::Ipv4 | Kind::Ipv6) {
        return Answer { text: left.to_string(), passes: !values.is_empty() };
    }
    let whole = values.first().map_or(&b"abc"[..], bytes);
    let start = choices.below(whole.len());
    let end = (start + 1 + choices.below(3)).min(whole.len());
    let mut needle = whole.get(start..end).filter(|part| !part.is_empty()).unwrap_or(b"a").to_vec();
    if choices.byte().is_multiple_of(4) {
        needle[0] ^= 1;
    }
    let text = if name.is_text() { written(name, &needle) } else { pairs(&needle) };
    let has = |value: &Plain| bytes(value).windows(needle.len()).any(|window| window == needle);
    Answer { passes: values.iter().any(has), text: format!("{left} contains {text}") }
}

fn slice(choices: &mut Choices<'_>, _: OwnName, left: &str, values: &[Plain]) -> Answer {
    let (offset, length) = (i64::from(choices.byte() % 8) - 3, i64::from(choices.byte() % 4) + 1);
    let part = |value: &Plain| {
        let whole = bytes(value);
        let start = if offset < 0 { whole.len() as i64 + offset } else { offset };
        let (start, end) = (usize::try_from(start).ok()?, usize::try_from(start + length).ok()?);
        whole.get(start..end).map(|part| Plain::Bytes(part.to_vec()))
    };
    let parts: Vec<Plain> = values.iter().filter_map(part).collect();
    let wanted = parts.first().cloned().unwrap_or(Plain::Bytes(vec![0; length as usize]));
    compare(
        choices,
        &format!("{left}[{offset}:{length}]"),
        &pairs(bytes(&wanted)),
        &parts,
        std::slice::from_ref(&wanted),
    )
}

fn function(choices: &mut Choices<'_>, name: OwnName, left: &str, values: &[Plain]) -> Answer {
    let number = |n: usize| vec![Plain::Number(n as i128)];
    let (text, results) = match choices.byte() % 4 {
        0 => (format!("count({left})"), if values.is_empty() { Vec::new() } else { number(values.len()) }),
        1 if !name.is_number() => {
            let lengths = values.iter().map(|value| Plain::Number(bytes(value).len() as i128)).collect();
            (format!("len({left})"), lengths)
        }
        2 if name.is_text() => {
            let upper = |value: &Plain| Plain::Bytes(bytes(value).to_ascii_uppercase());
            let results: Vec<Plain> = values.iter().map(upper).collect();
            let wanted = results.first().cloned().unwrap_or(Plain::Bytes(b"A".to_vec()));
            let text = written(name, bytes(&wanted));
            return compare(choices, &format!("upper({left})"), &text, &results, std::slice::from_ref(&wanted));
        }
        3 if name.is_number() => (format!("max({left})"), values.iter().max().cloned().into_iter().collect()),
        _ if name.is_number() => (format!("min({left})"), values.iter().min().cloned().into_iter().collect()),
        _ => (format!("count({left})"), if values.is_empty() { Vec::new() } else { number(values.len()) }),
    };
    let wanted = match results.first() {
        Some(Plain::Number(number)) if choices.byte() & 1 == 0 => *number,
        _ => 1,
    };
    // The values that a function of a field can be compared with are those of the field.
    if Filter::parse(&format!("{text} == {wanted}")).is_err() {
        return Answer { text: left.to_string(), passes: !values.is_empty() };
    }
    compare(choices, &text, &wanted.to_string(), &results, &[Plain::Number(wanted)])
}

fn pair(
    choices: &mut Choices<'_>,
    all: &Everything,
    names: &[OwnName],
    name: OwnName,
    left: &str,
    values: &[Plain],
) -> Answer {
    let Some((text, others)) = alike(choices, all, names, name) else {
        return Answer { text: left.to_string(), passes: !values.is_empty() };
    };
    compare(choices, left, &text, values, &others)
}

/// Another name with values of the same kind, and its values.
fn alike(
    choices: &mut Choices<'_>,
    all: &Everything,
    names: &[OwnName],
    name: OwnName,
) -> Option<(String, Vec<Plain>)> {
    let is_alike = |other: &&OwnName| {
        all.layers.contains(&other.proto)
            && (name.is_number() && other.is_number()
                || std::mem::discriminant(&name.kind) == std::mem::discriminant(&other.kind))
    };
    let alike: Vec<OwnName> = names.iter().filter(is_alike).copied().collect();
    let other = *alike.get(choices.below(alike.len()))?;
    let others = all.named(other, None).into_iter().cloned().collect();
    Some((format!("{}.{}", other.proto.name(), other.field), others))
}

/// A set of names, and from the values of one to those of another.
fn set_of_names(
    choices: &mut Choices<'_>,
    all: &Everything,
    names: &[OwnName],
    name: OwnName,
    left: &str,
    values: &[Plain],
) -> Answer {
    let members: Vec<_> = (0..3).filter_map(|_| alike(choices, all, names, name)).collect();
    let [(a, first), (b, second), (c, third)] = &members[..] else {
        return Answer { text: left.to_string(), passes: !values.is_empty() };
    };
    let is_between = |value: &Plain| second.iter().any(|low| value >= low) && third.iter().any(|high| value <= high);
    let passes = values.iter().any(|value| first.contains(value) || is_between(value));
    Answer { text: format!("{left} in {{{a}, {b} .. {c}}}"), passes }
}

/// The sum or difference of two names: of each value with each other one.
fn sum(choices: &mut Choices<'_>, all: &Everything, names: &[OwnName], left: &str, values: &[Plain]) -> Answer {
    let alone = || Answer { text: left.to_string(), passes: !values.is_empty() };
    let number = OwnName { proto: Proto::Data, field: "", kind: Kind::Uint };
    let Some((right, others)) = alike(choices, all, names, number) else { return alone() };
    let (operator, sign) = if choices.byte() & 1 == 0 { ("+", 1) } else { ("-", -1) };
    let pairs = values.iter().flat_map(|a| others.iter().map(move |b| (a, b)));
    let results: Vec<Plain> = pairs
        .filter_map(|pair| match pair {
            (Plain::Number(a), Plain::Number(b)) => Some(Plain::Number(a + sign * b)),
            _ => None,
        })
        .collect();
    let chosen = results.get(choices.below(results.len()));
    let Some(Plain::Number(wanted)) = chosen.cloned() else { return alone() };
    let text = format!("{left} {operator} {right}");
    // Too many results are refused.
    if Filter::parse(&format!("{text} == {wanted}")).is_err() {
        return alone();
    }
    compare(choices, &text, &wanted.to_string(), &results, &[Plain::Number(wanted)])
}

fn calculation(choices: &mut Choices<'_>, left: &str, values: &[Plain]) -> Answer {
    let by = i128::from(choices.byte());
    let (operator, work): (_, fn(i128, i128) -> Option<i128>) = match choices.byte() % 6 {
        0 => ("+", i128::checked_add),
        1 => ("-", i128::checked_sub),
        2 => ("*", i128::checked_mul),
        3 => ("/", i128::checked_div),
        4 => ("%", i128::checked_rem),
        _ => ("&", |a, b| Some(a & b)),
    };
    let results: Vec<Plain> = values
        .iter()
        .filter_map(|value| match value {
            Plain::Number(number) => work(*number, by).map(Plain::Number),
            Plain::Bytes(_) => None,
        })
        .collect();
    let wanted = match results.first() {
        Some(Plain::Number(number)) => (*number).clamp(0, u32::MAX.into()),
        _ => by,
    };
    let text = format!("{left} {operator} {by}");
    // A result that the calculation cannot have is refused.
    if Filter::parse(&format!("{text} == {wanted}")).is_err() {
        return Answer { text: left.to_string(), passes: !values.is_empty() };
    }
    compare(choices, &text, &wanted.to_string(), &results, &[Plain::Number(wanted)])
}

/// Compares the filter with the slow evaluator. The filter is made from `choices`.
pub fn check<'a>(choices: &[u8], layers: impl Fn() -> Examine<'a>) {
    static NAMES: std::sync::OnceLock<Vec<OwnName>> = std::sync::OnceLock::new();
    let names = NAMES.get_or_init(own_names);
    let all = Everything::of(layers());
    let Answer { text, passes } = condition(&mut Choices(choices), &all, names, 3);
    let filter = Filter::parse(&text).unwrap_or_else(|error| panic!("{text}: {error} at {}", error.at));
    assert_eq!(filter.matches(layers()), passes, "{text}");
}
