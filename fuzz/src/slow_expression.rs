//! Expressions of display filters, made from bytes together with the values that they have in a packet.

use packetsmith::wire::Visitor;
use packetsmith::{Examine, Field, Filter, Kind, Proto, Span, Value};
use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A value, as a number or as bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plain {
    Number(i128),
    Bytes(Vec<u8>),
}

/// First byte, and the byte after the last, of a slice of a value of this length.
type RangeOfLength = Box<dyn Fn(i64) -> (i64, i64)>;

impl Plain {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Plain::Bytes(bytes) => bytes,
            Plain::Number(_) => &[],
        }
    }

    pub(super) fn is_set(&self) -> bool {
        match self {
            Plain::Number(number) => *number != 0,
            Plain::Bytes(bytes) => bytes.iter().any(|byte| *byte != 0),
        }
    }

    fn number(&self) -> i128 {
        match self {
            Plain::Number(number) => *number,
            Plain::Bytes(_) => 0,
        }
    }
}

/// What values are, and so what they can be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Number,
    Text,
    Bytes,
    Mac,
    Ipv4,
    Ipv6,
}

impl Shape {
    fn of(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::Uint | Kind::Int | Kind::Little | Kind::Checksum | Kind::Named(_) | Kind::Flags(_) => Shape::Number,
            Kind::Text | Kind::Name => Shape::Text,
            Kind::Bytes => Shape::Bytes,
            Kind::Mac => Shape::Mac,
            Kind::Ipv4 => Shape::Ipv4,
            Kind::Ipv6 => Shape::Ipv6,
            _ => return None,
        })
    }

    pub(super) fn is_text(self) -> bool {
        self == Shape::Text
    }

    /// Whether `contains` and `matches` take it.
    pub(super) fn is_searched(self) -> bool {
        matches!(self, Shape::Text | Shape::Bytes | Shape::Mac)
    }
}

/// A value that a packet shows: where from, in the layer with this number among those of its protocol.
struct Shown {
    proto: Proto,
    field: &'static Field,
    ordinal: i64,
    value: Plain,
    /// The bytes that it was read from.
    raw: Vec<u8>,
}

/// Everything that a packet shows, in order.
#[derive(Default)]
struct Everything<'f> {
    values: Vec<Shown>,
    layers: Vec<Proto>,
    frame: &'f [u8],
}

impl<'f> Everything<'f> {
    fn of(layers: Examine<'f>) -> Self {
        let mut all = Everything::default();
        for layer in layers {
            all.layers.push(layer.proto);
            all.frame = layer.frame();
            layer.show(&mut all);
        }
        all
    }

    fn has(&self, name: &OwnName) -> bool {
        self.values.iter().any(|shown| name.is_of(shown))
    }
}

impl Visitor for Everything<'_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
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
        let ordinal = self.layers.iter().filter(|layer| **layer == proto).count() as i64;
        self.values.push(Shown { proto, field, ordinal, value, raw: span.of(self.frame).to_vec() });
    }
    fn open(&mut self, _: &'static Field, _: Span) {}
    fn close(&mut self) {}
}

/// A name, and the fields whose values it has.
#[derive(Clone, Debug)]
pub(super) struct OwnName {
    text: String,
    proto: Proto,
    fields: Vec<&'static str>,
    /// Whether they are rows of the header, or else parts that may be there several times.
    is_row: bool,
    shape: Shape,
}

impl OwnName {
    fn is_of(&self, shown: &Shown) -> bool {
        shown.proto == self.proto
            && self.fields.contains(&shown.field.name)
            && self.proto.fields().iter().any(|row| same(row, shown.field)) == self.is_row
    }
}

fn same(a: &Field, b: &Field) -> bool {
    (a.name, a.filter, a.bits()) == (b.name, b.filter, b.bits())
}

/// Packetsmith's own names of fields whose values are all of one shape, and some names of both ends.
pub(super) fn own_names() -> Vec<OwnName> {
    let known = Filter::names();
    let mut names: Vec<OwnName> = Vec::new();
    for &proto in Proto::ALL {
        let rows = proto.fields();
        let parts: Vec<&Field> = proto.variable_fields().collect();
        for field in rows.iter().chain(parts.iter().copied()) {
            let of_name = |fields: &[&Field]| fields.iter().filter(|other| other.name == field.name).count();
            let is_row = rows.iter().any(|row| row.name == field.name);
            let text = format!("{}.{}", proto.name(), field.name);
            let Some(shape) = Shape::of(field.kind) else { continue };
            // The same row under the same name among the parts would be shown as one of the header.
            let is_alone = of_name(&rows.iter().collect::<Vec<_>>()) == 1 && of_name(&parts) == 0;
            let is_one_shape = || {
                parts.iter().filter(|other| other.name == field.name).all(|other| Shape::of(other.kind) == Some(shape))
            };
            let is_new = !known.contains(&text) && names.iter().all(|name| name.text != text);
            if is_new && (is_row && is_alone || !is_row && is_one_shape()) && Filter::parse(&text).is_ok() {
                names.push(OwnName { text, proto, fields: vec![field.name], is_row, shape });
            }
        }
    }
    let ends: [(&str, &str, [&'static str; 2]); 3] = [
        ("tcp.port", "tcp", ["src_port", "dst_port"]),
        ("udp.port", "udp", ["src_port", "dst_port"]),
        ("eth.addr", "ethernet", ["src", "dst"]),
    ];
    for (text, proto, fields) in ends {
        let proto = Proto::ALL.iter().find(|known| known.name() == proto).copied();
        let Some(proto) = proto.filter(|_| names.iter().all(|name| name.text != text)) else { continue };
        let kind = proto.fields().iter().find(|row| row.name == fields[0]).and_then(|row| Shape::of(row.kind));
        let Some(shape) = kind else { continue };
        names.push(OwnName { text: text.into(), proto, fields: fields.to_vec(), is_row: true, shape });
    }
    names
}

/// Bytes that choices are made from. When they end, each choice is the first.
pub(super) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Choices(bytes)
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    pub(super) fn below(&mut self, most: usize) -> usize {
        (usize::from(self.byte()) << 8 | usize::from(self.byte())) % most.max(1)
    }
}

/// What an expression without a comparison asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alone {
    /// Whether it has a value.
    Exists,
    /// Whether a value is not zero.
    IsSet,
    /// It is no test.
    Refused,
}

/// An expression or a value, and its values in the packet.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) text: String,
    pub(super) values: Vec<Plain>,
    pub(super) shape: Shape,
    pub(super) alone: Alone,
    /// Whether it is a value, and has no name of a field in it.
    pub(super) is_value: bool,
}

impl Expression {
    fn new(text: String, values: Vec<Plain>, shape: Shape, alone: Alone) -> Self {
        Expression { text, values, shape, alone, is_value: false }
    }

    fn number(text: String, values: Vec<i128>) -> Self {
        let values = values.into_iter().map(Plain::Number).collect();
        Expression::new(text, values, Shape::Number, Alone::IsSet)
    }
}

/// Makes expressions from choices, for a packet.
pub(super) struct Maker<'a> {
    pub(super) choices: Choices<'a>,
    all: Everything<'a>,
    /// All names, and those that have values in the packet.
    names: &'a [OwnName],
    present: Vec<&'a OwnName>,
    /// Values that were compared with expressions, and their values.
    compared: Vec<(i128, Vec<i128>)>,
}

impl<'a> Maker<'a> {
    pub(super) fn new(choices: &'a [u8], layers: Examine<'a>, names: &'a [OwnName]) -> Self {
        let all = Everything::of(layers);
        let present = names.iter().filter(|name| all.has(name)).collect();
        Maker { choices: Choices::new(choices), all, names, present, compared: Vec::new() }
    }

    /// Takes note of a comparison with a number.
    pub(super) fn note(&mut self, left: &Expression, right: &Expression) {
        let (value, other) = if left.is_value { (left, right) } else { (right, left) };
        if let (true, Some(Plain::Number(number))) = (value.is_value, value.values.first()) {
            self.compared.push((*number, other.values.iter().map(Plain::number).collect()));
        }
    }

    /// Whether a filter may be refused for this reason: too many results, or a number that an expression cannot have.
    pub(super) fn may_be_refused(&self, why: &str) -> bool {
        let is_beyond = |(number, values): &(i128, Vec<i128>)| {
            values.iter().all(|value| value < number) || values.iter().all(|value| value > number)
        };
        why.contains("too many results")
            || (why.ends_with("is the largest") || why.ends_with("is the smallest"))
                && self.compared.iter().any(is_beyond)
    }

    /// An expression with values of any shape.
    pub(super) fn expression(&mut self, depth: usize) -> Expression {
        let name = self.name(|_| true).unwrap_or(&self.names[0]);
        let shape = match self.choices.byte() % 6 {
            0 => Shape::Number,
            1 => Shape::Bytes,
            _ => name.shape,
        };
        self.expression_of(shape, depth)
    }

    /// An expression with values of this shape.
    pub(super) fn expression_of(&mut self, shape: Shape, depth: usize) -> Expression {
        if depth == 0 || self.choices.byte().is_multiple_of(3) {
            return self.named(shape);
        }
        if self.choices.byte().is_multiple_of(8) {
            return self.extreme(shape, depth - 1);
        }
        match shape {
            Shape::Number => self.number(depth - 1),
            Shape::Text => self.changed_text(depth - 1),
            Shape::Bytes if self.choices.byte().is_multiple_of(3) => self.raw(),
            Shape::Bytes => self.slice(depth - 1),
            _ => self.common_bits(shape),
        }
    }

    /// Mostly a name that the packet has.
    fn name(&mut self, is_wanted: impl Fn(&OwnName) -> bool) -> Option<&'a OwnName> {
        let names: Vec<&'a OwnName> = match self.choices.byte() % 16 {
            0 => self.names.iter().filter(|name| is_wanted(name)).collect(),
            _ => self.present.iter().copied().filter(|name| is_wanted(name)).collect(),
        };
        names.get(self.choices.below(names.len())).copied()
    }

    /// A name, perhaps in some layers. Where no name has the shape, a function of another one.
    fn named(&mut self, shape: Shape) -> Expression {
        let found = self.name(|name| name.shape == shape);
        match found.or_else(|| self.names.iter().find(|name| name.shape == shape)) {
            Some(name) => {
                let (text, shown) = self.in_layers(name);
                Expression::new(text, shown.into_iter().map(|(value, _)| value).collect(), shape, Alone::Exists)
            }
            None => panic!("no name of {shape:?}"),
        }
    }

    /// The values of a name and their bytes, perhaps in some layers only.
    fn in_layers(&mut self, name: &OwnName) -> (String, Vec<(Plain, Vec<u8>)>) {
        let shown: Vec<&Shown> = self.all.values.iter().filter(|shown| name.is_of(shown)).collect();
        let last = shown.iter().map(|shown| shown.ordinal).max().unwrap_or(0);
        let from_first = |number: i64| if number < 0 { last + number + 1 } else { number };
        let number = |choice: u8| [1, 2, -1, 3, -2, 1, 2, 4][usize::from(choice % 8)];
        let mut ranges: Vec<(i64, i64)> = Vec::new();
        let mut text = name.text.clone();
        match self.choices.byte() % 8 {
            0 => {
                let layer = number(self.choices.byte());
                let _ = write!(text, "#{layer}");
                ranges.push((from_first(layer), from_first(layer)));
            }
            1 => {
                let mut parts = Vec::new();
                for _ in 0..1 + self.choices.byte() % 2 {
                    let (first, other) = (number(self.choices.byte()), number(self.choices.byte()));
                    let start = from_first(first);
                    let (part, end) = match self.choices.byte() % 4 {
                        0 => (format!("{first}"), start),
                        1 => (format!("{first}:"), i64::MAX),
                        2 => (format!("{first}:{}", other.abs()), start + other.abs() - 1),
                        _ if (first < 0) == (other < 0) && first > other => (format!("{first}"), start),
                        _ => (format!("{first}-{other}"), from_first(other)),
                    };
                    parts.push(part);
                    ranges.push((start, end));
                }
                let _ = write!(text, "#[{}]", parts.join(","));
            }
            _ => ranges.push((i64::MIN, i64::MAX)),
        }
        let counts = |shown: &&&Shown| ranges.iter().any(|(start, end)| (*start..=*end).contains(&shown.ordinal));
        (text, shown.iter().filter(counts).map(|shown| (shown.value.clone(), shown.raw.clone())).collect())
    }

    /// A number: of a function or of a calculation.
    fn number(&mut self, depth: usize) -> Expression {
        match self.choices.byte() % 6 {
            0 => {
                let Some(name) = self.name(|_| true) else { return self.named(Shape::Number) };
                let (text, shown) = self.in_layers(name);
                let length = |(value, raw): &(Plain, Vec<u8>)| match value {
                    Plain::Number(_) => raw.len() as i128,
                    Plain::Bytes(bytes) => bytes.len() as i128,
                };
                Expression::number(format!("len({text})"), shown.iter().map(length).collect())
            }
            1 => {
                let inner = self.expression(depth);
                // Results of calculations are not counted: how many pairs there are says nothing.
                let inner = if inner.text.contains('{') { self.named(Shape::Number) } else { inner };
                // What is not there has no number.
                let count = Some(inner.values.len()).filter(|count| *count > 0).map(|count| count as i128);
                Expression::number(format!("count({})", inner.text), count.into_iter().collect())
            }
            2 => {
                let inner = self.expression_of(Shape::Number, depth);
                let values = inner.values.iter().map(|value| value.number().abs()).collect();
                Expression::number(format!("abs({})", inner.text), values)
            }
            3 => {
                let inner = self.expression_of(Shape::Number, depth);
                let values = inner.values.iter().map(|value| -value.number()).collect();
                Expression::number(format!("-{}", inner.text), values)
            }
            _ => self.calculation(depth),
        }
    }

    /// Each value with each other.
    fn calculation(&mut self, depth: usize) -> Expression {
        let left = self.expression_of(Shape::Number, depth);
        let right = match self.choices.byte() % 3 {
            0 => self.expression_of(Shape::Number, depth),
            _ => {
                let number = i128::from(self.choices.byte());
                Expression { is_value: true, ..Expression::number(format!("{number}"), vec![number]) }
            }
        };
        let (operator, work): (_, fn(i128, i128) -> Option<i128>) = match self.choices.byte() % 6 {
            0 => ("+", i128::checked_add),
            1 => ("-", i128::checked_sub),
            2 => ("*", i128::checked_mul),
            3 => ("/", i128::checked_div),
            4 => ("%", i128::checked_rem),
            _ => ("&", |a, b| Some(a & b)),
        };
        let (left, right) = if self.choices.byte().is_multiple_of(4) { (right, left) } else { (left, right) };
        let both = left.values.iter().flat_map(|a| right.values.iter().map(move |b| (a.number(), b.number())));
        let values = both.filter_map(|(a, b)| work(a, b)).collect();
        Expression::number(format!("{{{} {operator} {}}}", left.text, right.text), values)
    }

    /// The greatest or least value. None if an argument has none.
    fn extreme(&mut self, shape: Shape, depth: usize) -> Expression {
        let mut arguments = vec![self.expression_of(shape, depth)];
        for _ in 0..self.choices.byte() % 3 {
            let first = arguments[0].clone();
            arguments.push(match self.choices.byte() % 2 {
                0 => self.expression_of(shape, depth),
                _ => self.value_near(&first),
            });
        }
        let is_max = self.choices.byte().is_multiple_of(2);
        let name = if is_max { "max" } else { "min" };
        let end = |values: &[Plain]| if is_max { values.iter().max().cloned() } else { values.iter().min().cloned() };
        let ends: Option<Vec<Plain>> = arguments.iter().map(|argument| end(&argument.values)).collect();
        let value = ends.and_then(|ends| end(&ends));
        let texts: Vec<&str> = arguments.iter().map(|argument| argument.text.as_str()).collect();
        let alone = if shape == Shape::Number { Alone::IsSet } else { Alone::Refused };
        Expression::new(format!("{name}({})", texts.join(", ")), value.into_iter().collect(), shape, alone)
    }

    /// Text in capitals, in small letters, or of another value.
    fn changed_text(&mut self, depth: usize) -> Expression {
        let name = match self.choices.byte() % 3 {
            0 => "upper",
            1 => "lower",
            _ => return self.text_of_value(),
        };
        let inner = self.expression_of(Shape::Text, depth);
        let change =
            |bytes: &[u8]| if name == "upper" { bytes.to_ascii_uppercase() } else { bytes.to_ascii_lowercase() };
        let values = inner.values.iter().map(|value| Plain::Bytes(change(value.bytes()))).collect();
        Expression::new(format!("{name}({})", inner.text), values, Shape::Text, Alone::Refused)
    }

    fn text_of_value(&mut self) -> Expression {
        let Some(name) = self.name(|_| true) else { return self.named(Shape::Text) };
        let (text, shown) = self.in_layers(name);
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let written = |value: &Plain| match (name.shape, value) {
            (_, Plain::Number(number)) => number.to_string(),
            (Shape::Ipv4, Plain::Bytes(bytes)) => <[u8; 4]>::try_from(&bytes[..])
                .map_or(String::from_utf8_lossy(bytes).into(), |bytes| Ipv4Addr::from(bytes).to_string()),
            (Shape::Ipv6, Plain::Bytes(bytes)) => <[u8; 16]>::try_from(&bytes[..])
                .map_or(String::from_utf8_lossy(bytes).into(), |bytes| Ipv6Addr::from(bytes).to_string()),
            (Shape::Mac, Plain::Bytes(bytes)) => pairs(bytes),
            (_, Plain::Bytes(bytes)) => hex(bytes),
        };
        let value = |(value, _): &(Plain, Vec<u8>)| match (name.shape, value) {
            (Shape::Text, text) => text.clone(),
            // A text has so many characters at most.
            (_, value) => Plain::Bytes(written(value).into_bytes().into_iter().take(1024).collect()),
        };
        let values = shown.iter().map(value).collect();
        Expression::new(format!("string({text})"), values, Shape::Text, Alone::Refused)
    }

    /// The bytes of a field.
    fn raw(&mut self) -> Expression {
        let Some(name) = self.name(|_| true) else { return self.named(Shape::Bytes) };
        let (text, shown) = self.in_layers(name);
        let values = shown.into_iter().map(|(_, raw)| Plain::Bytes(raw)).collect();
        Expression::new(format!("@{text}"), values, Shape::Bytes, Alone::Exists)
    }

    /// Parts of the bytes of values.
    fn slice(&mut self, depth: usize) -> Expression {
        let shapes = [Shape::Bytes, Shape::Mac, Shape::Ipv4, Shape::Text, Shape::Ipv6];
        let shape = shapes[self.choices.below(shapes.len())];
        let inner = self.expression_of(shape, depth);
        let mut texts = Vec::new();
        let mut ranges: Vec<RangeOfLength> = Vec::new();
        for _ in 0..1 + self.choices.byte() % 2 * (self.choices.byte() % 3) {
            let (start, count) = (i64::from(self.choices.byte() % 9) - 3, i64::from(self.choices.byte() % 5) + 1);
            let at = move |length: i64, offset: i64| if offset < 0 { length + offset } else { offset };
            let last = start + count - 1;
            let (text, range): (String, RangeOfLength) = match self.choices.byte() % 5 {
                0 => (format!("{start}"), Box::new(move |length| (at(length, start), at(length, start) + 1))),
                1 => (format!("{start}:"), Box::new(move |length| (at(length, start), length))),
                2 => (format!(":{count}"), Box::new(move |_| (0, count))),
                3 if (start < 0) == (last < 0) => {
                    (format!("{start}-{last}"), Box::new(move |length| (at(length, start), at(length, last) + 1)))
                }
                _ => {
                    (format!("{start}:{count}"), Box::new(move |length| (at(length, start), at(length, start) + count)))
                }
            };
            texts.push(text);
            ranges.push(range);
        }
        let part = |value: &Plain| {
            let mut bytes = Vec::new();
            for range in &ranges {
                let (start, end) = range(value.bytes().len() as i64);
                let (start, end) = (usize::try_from(start).ok()?, usize::try_from(end).ok()?);
                let part = value.bytes().get(start..end).filter(|part| !part.is_empty())?;
                bytes.extend_from_slice(part);
            }
            Some(Plain::Bytes(bytes))
        };
        let values = inner.values.iter().filter_map(part).collect();
        // What is before a bracket ends where it begins: a sign would take the slice too.
        let inner = if inner.text.starts_with('@') { format!("{{{}}}", inner.text) } else { inner.text };
        Expression::new(format!("{inner}[{}]", texts.join(",")), values, Shape::Bytes, Alone::Exists)
    }

    /// The bits that addresses have in common with others.
    fn common_bits(&mut self, shape: Shape) -> Expression {
        let left = self.named(shape);
        let right = match self.choices.byte() % 3 {
            0 => self.named(shape),
            _ => self.value_near(&left),
        };
        let common = |a: &Plain, b: &Plain| {
            let (a, b) = (a.bytes(), b.bytes());
            (a.len() == b.len()).then(|| Plain::Bytes(a.iter().zip(b).map(|(a, b)| a & b).collect()))
        };
        let values = left.values.iter().flat_map(|a| right.values.iter().filter_map(move |b| common(a, b))).collect();
        Expression::new(format!("{{{} & {}}}", left.text, right.text), values, shape, Alone::IsSet)
    }

    /// A value that the expression has, or one near it.
    pub(super) fn value_near(&mut self, of: &Expression) -> Expression {
        let chosen = of.values.get(self.choices.below(of.values.len())).cloned();
        let (text, value) = match (of.shape, chosen) {
            (Shape::Number, chosen) => {
                let number = chosen.map_or(0, |value| value.number()).clamp(i64::MIN.into(), i64::MAX.into());
                let number = match self.choices.byte() % 6 {
                    0 => number - 1,
                    1 => number / 2,
                    2 => i128::from(self.choices.byte()),
                    _ => number,
                };
                let sign = if number < 0 { "-" } else { "" };
                let text = match self.choices.byte() % 8 {
                    0 => format!("{sign}{:#x}", number.abs()),
                    1 => format!("{sign}0{:o}", number.abs()),
                    2 => format!("{sign}{:#b}", number.abs()),
                    3 if (0..128).contains(&number) => format!("'\\x{number:02x}'"),
                    _ => format!("{number}"),
                };
                (text, Plain::Number(number))
            }
            (shape, chosen) => {
                let bytes = match chosen {
                    Some(Plain::Bytes(bytes)) if !bytes.is_empty() && bytes.len() < 64 => Some(bytes),
                    _ => None,
                };
                let mut bytes = bytes.unwrap_or_else(|| match shape {
                    Shape::Mac => vec![2; 6],
                    Shape::Ipv4 => vec![192, 0, 2, 1],
                    Shape::Ipv6 => vec![0x20; 16],
                    _ => b"a".to_vec(),
                });
                if self.choices.byte().is_multiple_of(4) {
                    let at = self.choices.below(bytes.len());
                    bytes[at] ^= 1;
                }
                (literal(shape, &bytes), Plain::Bytes(bytes))
            }
        };
        Expression { is_value: true, ..Expression::new(text, vec![value], of.shape, Alone::Refused) }
    }
}

/// A value as it is written in a filter.
pub(super) fn literal(shape: Shape, bytes: &[u8]) -> String {
    match (shape, bytes) {
        (Shape::Ipv4, &[a, b, c, d]) => format!("{a}.{b}.{c}.{d}"),
        (Shape::Ipv6, _) if bytes.len() == 16 => {
            let groups: Vec<_> = bytes.chunks(2).map(|pair| format!("{:02x}{:02x}", pair[0], pair[1])).collect();
            groups.join(":")
        }
        (Shape::Text, _) => {
            bytes.iter().fold("\"".to_string(), |mut text, byte| {
                let _ = write!(text, "\\x{byte:02x}");
                text
            }) + "\""
        }
        _ => pairs(bytes),
    }
}

/// Bytes as pairs of digits.
pub(super) fn pairs(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}
