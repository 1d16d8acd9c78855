//! The language of display filters: every operator, slice, function, form of a value and error, on packets whose values are
//! known. The files `*.questions` beside this one list the filters. The files `*.txt` list the results, a line for each
//! filter; `UPDATE=1` writes them.
//!
//! An answer is one character for each packet (`1` passes), or the place of an error and its text. Where a value is
//! shown, it was found by asking: a filter compares it with what the test says about the frame, which it changes until
//! the answer turns.

mod columns;
#[path = "../common/mod.rs"]
mod common;
mod derived;
mod lists;
mod message_names;
mod named_items;

use common::{expect, root};
use packetsmith::{Filter, FrameInfo, Packet, examine};
use std::fmt::Write;

/// A frame, its link type, and how many bytes it had on the wire.
struct Frame(u16, Vec<u8>, usize);

impl Frame {
    fn ethernet(bytes: Vec<u8>) -> Self {
        let length = bytes.len();
        Frame(1, bytes, length)
    }

    fn built(text: &str) -> Self {
        let built =
            text.parse::<Packet>().map_err(|e| e.to_string()).and_then(|mut p| p.build().map_err(|e| e.to_string()));
        Frame::ethernet(built.unwrap_or_else(|error| panic!("{text}: {error}")))
    }

    fn passes(&self, filter: &Filter, info: &FrameInfo<'_>) -> bool {
        filter.matches_with(info, [examine(self.0, &self.1).original_len(self.2)])
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn shown(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    [&hex("020000000001 020000000002"), &kind.to_be_bytes()[..], payload].concat()
}

fn ipv4(protocol: u8, identification: u16, payload: &[u8]) -> Vec<u8> {
    let [length, id] = [(payload.len() + 20) as u16, identification].map(u16::to_be_bytes);
    [&[0x45, 0], &length[..], &id, &[0, 0, 9, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2], payload].concat()
}

fn udp(from: u16, to: u16, payload: &[u8]) -> Frame {
    let [from, to, length] = [from, to, payload.len() as u16 + 8].map(u16::to_be_bytes);
    Frame::ethernet(ethernet(0x0800, &ipv4(17, 1, &[&from[..], &to, &length, &[0, 0], payload].concat())))
}

fn parsed(text: &str) -> Result<Filter, String> {
    Filter::parse(text).map_err(|error| format!("{}: {error}", error.at))
}

/// The answers of a filter, one for each frame, or its error.
fn answers(text: &str, frames: &[Frame], info: &FrameInfo<'_>) -> String {
    let bit = |passes| if passes { '1' } else { '0' };
    parsed(text).map_or_else(|error| error, |f| frames.iter().map(|frame| bit(frame.passes(&f, info))).collect())
}

fn held(name: &str, text: &str) {
    expect(&root().join(format!("tests/filter_language/{name}.txt")), text);
}

/// The greatest number that has the property; those below it have it too.
fn greatest(mut least: i128, mut most: i128, has: impl Fn(i128) -> bool) -> Option<i128> {
    if !has(least) {
        return None;
    }
    while least < most {
        let middle = least + (most - least + 1) / 2;
        if has(middle) { least = middle } else { most = middle - 1 }
    }
    Some(least)
}

/// The greatest sequence of at most `most` bytes for which `has` is true. It must be true of all lesser sequences too.
fn greatest_bytes(most: usize, has: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut found = Vec::new();
    while found.len() < most {
        let with = |byte: i128| [&found[..], &[byte as u8]].concat();
        let Some(byte) = greatest(0, 255, |byte| has(&with(byte))) else { break };
        found = with(byte);
    }
    found
}

/// Packets of few layers, with values that the filters below name.
fn packets() -> Vec<Frame> {
    let ethernet = "ethernet dst=02:00:00:00:00:01 src=02:00:5e:10:00:ff";
    let tcp = "tcp src_port=80 dst_port=1024 seq=1 flags=SYN window=0 maximum_segment_size=1460";
    let dns = "dns id=7 questions=[{name=www.example.test qtype=1 qclass=1}, {name=a.b qtype=28 qclass=1}]";
    let tunnel = "ipv4 ttl=64 identification=300 src=192.0.2.1 dst=198.51.100.7 / ipv4 ttl=255 identification=65535 \
                  src=10.0.0.1 dst=10.0.0.2 / udp src_port=7 dst_port=7 checksum=0 / 0x00ff0041";
    [
        format!(
            "{ethernet} / ipv4 ttl=64 identification=300 flags=2 src=192.0.2.1 dst=198.51.100.7 / {tcp} / \"GET /Abc\""
        ),
        format!(
            "{ethernet} / vlan id=10 / vlan id=20 / ipv6 hop_limit=1 src=2001:db8::1 dst=2001:db8::ff / \
                 udp src_port=5000 dst_port=53 / {dns}"
        ),
        format!("{ethernet} / {tunnel}"),
        format!(
            "{ethernet} / ipv4 src=0.0.0.0 dst=255.255.255.255 ttl=0 / icmpv4 type=8 identifier=258 sequence=3 / 0x00"
        ),
        format!(
            "{ethernet} / ipv4 checksum=1 ttl=65 src=192.0.2.1 dst=192.0.2.2 / udp dst_port=123 / \
                 ntp precision=-20 root_delay=98304 transmit_timestamp=17197946705171280896"
        ),
    ]
    .iter()
    .map(|text| Frame::built(text))
    .collect()
}

const INFO: FrameInfo<'_> = FrameInfo {
    number: Some(5),
    time: Some(1_500_000_000_250_000_000),
    since_first: Some(250_000_000),
    since_previous: Some(-1),
    since_displayed: Some(2_000_000_000),
    section: Some(1),
    interface: Some(0),
    link_type: Some(1),
    comments: &["first", "Second note"],
    flows: &[],
};

/// Comparisons of a name and a value, in this order.
const OPERATORS: &[&str] = &[
    "{} == {}",
    "{} != {}",
    "{} === {}",
    "{} ~= {}",
    "{} < {}",
    "{} <= {}",
    "{} > {}",
    "{} >= {}",
    "{1} {0}",
    "all {} == {}",
    "{} in {{}}",
    "{} not in {{}}",
    "{} contains {}",
    "{} matches {}",
    "{} & {}",
];

fn formed(form: &str, name: &str, value: &str) -> String {
    match form {
        "{1} {0}" => format!("{value} < {name}"),
        "{} in {{}}" => format!("{name} in {{{value}}}"),
        "{} not in {{}}" => format!("!({name} not in {{{value}}})"),
        _ => form.replacen("{}", name, 1).replacen("{}", value, 1),
    }
}

/// Values that are separated by blanks outside of quotes.
fn split(values: &str) -> Vec<String> {
    let mut quoted = false;
    let parts = values.split(|c| {
        quoted ^= c == '"';
        c == ' ' && !quoted
    });
    parts.map(String::from).collect()
}

#[test]
fn each_type_is_compared_by_each_operator_with_values_below_at_and_above() {
    let (frames, mut text) = (packets(), String::new());
    for line in include_str!("values.questions").lines() {
        let (name, values) = line.split_once(' ').expect("a name and its values");
        let values = split(values);
        let _ = writeln!(text, "{name}: {}", answers(name, &frames, &INFO));
        // The errors of values are the same for all operators.
        let mut seen: Vec<String> = Vec::new();
        for form in OPERATORS {
            for value in &values {
                let filter = formed(form, name, value);
                let answer = answers(&filter, &frames, &INFO);
                let error = answer.split_once(": ").map_or(String::new(), |(_, error)| format!("{value} {error}"));
                if error.is_empty() || !seen.contains(&error) {
                    let _ = writeln!(text, "  {filter}  {answer}");
                    seen.push(error);
                }
            }
        }
        for pair in values.windows(2) {
            let filter = format!("{name} in {{{}..{}}}", pair[0], pair[1]);
            let _ = writeln!(text, "  {filter}  {}", answers(&filter, &frames, &INFO));
        }
    }
    held("values", &text);
}

#[test]
fn slices_layers_functions_and_calculations_give_what_they_say() {
    let (frames, mut text) = (packets(), String::new());
    let mut ask = |filter: &str| {
        let _ = writeln!(text, "{filter}  {}", answers(filter, &frames, &INFO));
    };
    const SLICES: &str = "0|5|6|-1|-6|-7|0:1|0:6|0:7|5:1|5:2|6:1|-6:6|-6:7|-1:1|-1:2|0-5|0-6|5-5|5-4|-6--1|-6-5|-1-5|-1--2|2--1|2--4|2--5|:6|:7|:1|0:|5:|6:|-1:|-7:|0,5|0,6|6,0|:1,5:|0:0||:|a|1:b|+1|1-|0,|1,,2|2147483647|2147483648|-2147483648:|0:4294967295|0:4294967296| 0 : 1 |0-1-2";
    SLICES.split('|').for_each(|slice| ask(&format!("eth.src[{slice}]")));
    for (slice, value) in [
        ("0", "02"),
        ("1:2", "00:5e"),
        ("2-3", "5e:10"),
        ("-1", "ff"),
        ("-2:", "00:ff"),
        ("-4:2", "5e:10"),
        (":3", "02:00:5e"),
        ("-4--3", "5e:10"),
        ("2--2", "5e:10:00"),
        ("-1,0", "ff:02"),
        ("0,0-1,-1:1", "02:02:00:ff"),
        ("2:", "5e:10:00:ff"),
    ] {
        ask(&format!("eth.src[{slice}] == {value}"));
        ask(&format!("eth.src[{slice}][0] == {value}"));
        ask(&format!("eth.src[{slice}] < {value}:01"));
    }
    const LAYERS: &str = "1 2 3 -1 -2 -3 [1] [1-2] [2:] [1:1] [:1] [2:1] [-2:1] [-1:] [-2--1] [1--1] [1,2] [2,-1] [:2] 0 [0-1] [1-0] x  [ +1 -0 [1- []";
    for layer in LAYERS.split(' ') {
        [
            "ip.ttl#{}",
            "ip.ttl#{} == 255",
            "vlan.id#{} == 10",
            "all ip.ttl#{} < 255",
            "ip.id#{} == ip.id#1",
            "ip#{}",
            "count(ip.ttl#{}) == 1",
            "frame.len#{} > 0",
        ]
        .iter()
        .for_each(|form| ask(&form.replace("{}", layer)));
    }
    for filter in include_str!("operands.questions").lines() {
        ask(filter);
    }
    held("operands", &text);
}

/// Whether a filter passes a frame whose bytes are `probe`, for tests of `frame`. The link type is unknown, so nothing in
/// it is dissected; `walk` is a second frame, which is.
fn with_frame(filter: &Filter, probe: &[u8], walk: Option<&Frame>) -> bool {
    let frame = walk.map(|frame| examine(frame.0, &frame.1).original_len(frame.2));
    filter.matches_any([examine(65535, probe)].into_iter().chain(frame))
}

/// The value of a literal that is compared with `name`: the greatest value of `name` for which `name <= literal` passes.
fn worth(name: &str, literal: &str) -> Result<String, String> {
    let filter = parsed(&format!("{name} <= {literal}"))?;
    let said = |info: FrameInfo<'_>| filter.matches_with(&info, [examine(65535, &[])]);
    let nanos = |has: &dyn Fn(i128) -> bool| greatest(-(1 << 99), 1 << 99, has).map(|number| number.to_string());
    let found = match name {
        "frame.number" => {
            greatest(0, u64::MAX.into(), |number| said(FrameInfo { number: Some(number as u64), ..INFO }))
                .map(|number| number.to_string())
        }
        "frame.time" => nanos(&|time| said(FrameInfo { time: Some(time), ..INFO })),
        "frame.time_delta_displayed" => nanos(&|time| said(FrameInfo { since_displayed: Some(time), ..INFO })),
        "frame.time_delta" => nanos(&|time| said(FrameInfo { since_previous: Some(time), ..INFO })),
        "frame" => Some(shown(&greatest_bytes(16, |probe| with_frame(&filter, probe, None)))),
        "frame.comment" => {
            let text = greatest_bytes(16, |probe| {
                core::str::from_utf8(probe).is_ok_and(|text| said(FrameInfo { comments: &[text], ..INFO }))
            });
            Some(format!("{:?}", String::from_utf8_lossy(&text)))
        }
        _ => {
            let (width, at, head) = match name {
                "eth.dst" => (6, 0, vec![0; 14]),
                "ip.src" => (4, 26, ethernet(0x0800, &ipv4(1, 1, &[]))),
                _ => (16, 22, ethernet(0x86dd, &[&[0x60][..], &[0; 39]].concat())),
            };
            let passes = |filter: &Filter, probe: &[u8]| {
                let mut frame = head.clone();
                frame[at..at + probe.len()].copy_from_slice(probe);
                Frame::ethernet(frame).passes(filter, &INFO)
            };
            let mut ends = shown(&greatest_bytes(width, |probe| passes(&filter, probe)));
            // A network has a first address too: the greatest one that is below it comes before it.
            if literal.contains('/') {
                let below = parsed(&format!("{name} < {literal}"))?;
                ends += &format!(" from after {}", shown(&greatest_bytes(width, |probe| passes(&below, probe))));
            }
            Some(ends)
        }
    };
    Ok(found.unwrap_or_else(|| "nothing is as small".into()))
}

#[test]
fn each_form_of_a_value_is_worth_what_it_says_or_refused() {
    let mut text = String::new();
    let mut name = "";
    for line in include_str!("literals.questions").lines() {
        match line.strip_prefix("  ") {
            None => {
                name = line;
                let _ = writeln!(text, "{name}");
            }
            Some(literal) => {
                let _ = writeln!(text, "  {literal}  {}", worth(name, literal).unwrap_or_else(|error| error));
            }
        }
    }
    held("literals", &text);
}

/// Filters whose tokens are cut off, doubled, left out and replaced.
const WHOLE: &[&str] = &[
    "ip.ttl == 64",
    "any ip.ttl in { 1 , 2 .. 3 }",
    "! ( ip && tcp )",
    "eth.src [0:3] == 02:00:00",
    "max ( ip.ttl , 5 ) + 1 > 3",
    "ip.ttl #2 not in { 5 }",
    "{ ip.ttl + 1 } * 2 & 3",
    "@ ip.src == \"abcd\" or 5 == - ip.ttl",
    "frame contains 'a' xor udp",
    "ip.src # [ 1-2 ] matches \"x\"",
];

#[test]
fn each_token_that_is_missing_doubled_or_replaced_is_refused_at_its_place() {
    const OTHERS: &str = "== ( ) { } [ ] , - & .. in not \"x\" 5 # ! = \" tcp";
    let mut text = String::new();
    let mut ask = |filter: &str| {
        let _ = writeln!(text, "{filter}  {}", parsed(filter).map_or_else(|error| error, |_| "is a filter".into()));
    };
    for (number, whole) in WHOLE.iter().enumerate() {
        let tokens: Vec<&str> = whole.split(' ').collect();
        for at in 0..tokens.len() {
            let with = |new: &[&str], skip: usize| [&tokens[..at], new, &tokens[at + skip..]].concat().join(" ");
            ask(&tokens[..at].join(" "));
            ask(&with(&[], 1));
            ask(&with(&[tokens[at]], 0));
            for other in OTHERS.split(' ').skip((at + number) % 3).step_by(3) {
                ask(&with(&[other], 1));
                ask(&with(&[other], 0));
            }
        }
    }
    for filter in ["", " ", "  ip.tll"].into_iter().chain(include_str!("errors.questions").lines()) {
        ask(filter);
    }
    held("errors", &text);
}

#[test]
fn limits_hold_on_both_sides() {
    let mut text = String::new();
    let mut ask = |what: &str, filter: &str| {
        let said = parsed(filter).map_or_else(|error| error, |_| "is a filter".into());
        let _ = writeln!(text, "{what}  {said}");
    };
    let many = |count: usize, part: &str, between: &str| vec![part; count].join(between);
    for count in [128, 129] {
        ask(&format!("{count} tests"), &many(count, "ip", " or "));
    }
    for count in [4096, 4097] {
        ask(&format!("{count} members"), &format!("ip.ttl in {{{}}}", many(count, "1", ",")));
        ask(&format!("{count} parts of a slice"), &format!("eth.src[{}] == 1", many(count, "0", ",")));
        ask(&format!("{count} layers"), &format!("ip.ttl#[{}]", many(count, "1", ",")));
    }
    for count in [63, 64, 65, 126, 127] {
        let (open, close) = (many(count, "(", ""), many(count, ")", ""));
        ask(&format!("{count} parentheses"), &format!("{open}ip{close}"));
        ask(&format!("{count} parentheses side by side"), &many(count, "(ip)", "||"));
        ask(&format!("{count} negations"), &format!("{}ip", many(count, "!", "")));
        ask(&format!("{count} braces"), &format!("{}ip.ttl{} == 1", many(count, "{", ""), many(count, "}", "")));
        ask(&format!("{count} signs"), &format!("{}ip.ttl == 1", many(count, "-", " ")));
        ask(&format!("{count} terms"), &format!("{} == 1", many(count, "1", " + ") + " + ip.ttl"));
        ask(&format!("{count} factors"), &format!("{} == 1", many(count, "1", " * ") + " * ip.ttl"));
        ask(&format!("{count} masks"), &format!("{} == 1", many(count, "1", " & ") + " & ip.ttl"));
        ask(&format!("{count} arguments"), &format!("max({}) == 1", many(count, "ip.ttl", ",")));
        ask(&format!("{count} functions"), &format!("{}ip.ttl{} == 1", many(count, "abs(", ""), many(count, ")", "")));
    }
    held("limits", &text);
}
