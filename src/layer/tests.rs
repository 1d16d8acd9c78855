//! Tests of this folder.

extern crate std;
use super::*;
use crate::wire::Schema;
use crate::wire::{Checksum, Field, Kind, NameError, Span, Value, Visitor};
use std::string::ToString;
use std::vec::Vec;

#[test]
fn each_reason_has_its_word_its_weight_and_its_text() {
    use Severity::{Error, Note, Warning};
    let cut = |limit| IssueKind::Truncated { needed: 9, have: 4, limit };
    let cases = [
        (cut(Limit::Snapshot), "truncated", Note, "9 bytes needed, 4 there, cut by the capture's snapshot length"),
        (cut(Limit::Quote), "truncated", Note, "9 bytes needed, 4 there, cut by the end of the quoted packet"),
        (cut(Limit::Segment), "truncated", Note, "9 bytes needed, 4 there, cut by the end of the TCP segment"),
        (cut(Limit::Frame), "truncated", Error, "9 bytes needed, 4 there, cut by the end of the frame"),
        (cut(Limit::Layer("udp")), "truncated", Error, "9 bytes needed, 4 there, cut by the length in udp"),
        (IssueKind::TooShort { declared: 3, min: 8 }, "too_short", Error, "says 3 bytes, at least 8 are needed"),
        (IssueKind::Version { found: 5, expected: 4 }, "version", Error, "version 5 where 4 was announced"),
        (
            IssueKind::Inferred { length: 7 },
            "inferred",
            Note,
            "is zero, as with segmentation offload: 7 bytes taken from the frame",
        ),
        (IssueKind::Checksum(Checksum::Bad(0xab)), "checksum", Warning, "is wrong, 0x00ab would be right"),
        (
            IssueKind::Checksum(Checksum::Offloaded),
            "checksum",
            Note,
            "holds the pseudo-header's sum alone: captured before checksum offload",
        ),
        (IssueKind::Checksum(Checksum::Absent), "checksum", Warning, "is zero, which is not allowed here"),
        (IssueKind::Checksum(Checksum::Unverifiable), "checksum", Warning, "cannot be verified"),
        (IssueKind::FrameCheck([0, 1, 2, 3]), "frame_check", Warning, "is wrong, 0x00010203 would be right"),
        (IssueKind::Reserved(16), "reserved", Warning, "is reserved, and 0x10 instead of zero"),
        (IssueKind::BrokenItem(2), "broken_item", Error, "the list breaks off: 2 bytes are no whole item"),
        (IssueKind::BadItem(8), "bad_item", Warning, "the contents do not fit type 8"),
        (IssueKind::Name(NameError::TooLong), "name", Error, "name: the name is longer than 255 bytes"),
        (IssueKind::Surplus(6), "surplus", Note, "6 bytes beyond the end that the length sets"),
        (IssueKind::Missing { declared: 3, have: 1 }, "missing", Error, "says 3, 1 are there"),
        (IssueKind::TooDeep, "too_deep", Error, "more than 1024 layers, the rest is shown as data"),
        (IssueKind::Rule(Note, "it is so"), "rule", Note, "it is so"),
        (IssueKind::Rule(Error, "it is so"), "rule", Error, "it is so"),
    ];
    for (kind, name, severity, text) in cases {
        assert_eq!((kind.name(), kind.severity(), &*kind.to_string()), (name, severity, text));
        let field = crate::proto::Udp::FIELDS.get(2);
        let issue = Issue { protocol: "udp", layer: 2, field, span: Span::new(4, 6), kind };
        assert_eq!(issue.to_string(), std::format!("udp.length (bytes 4..6): {text}"));
    }
    assert_eq!([Note, Warning, Error].map(|severity| severity.to_string()), ["note", "warning", "error"]);
}

#[test]
fn extension_headers_have_an_order() {
    const DESTINATION: ExtensionHeaders = ExtensionHeaders::DESTINATION;
    let rule = |before: &[ExtensionHeaders], next: ExtensionHeaders| {
        let mut chain = ExtensionHeaders::default();
        before.iter().for_each(|header| chain.add(*header));
        chain.rule(next).map(|(severity, text)| (severity, text.split(' ').take(4).collect::<Vec<_>>().join(" ")))
    };
    let right = [
        ExtensionHeaders::HOP_BY_HOP,
        DESTINATION,
        ExtensionHeaders::ROUTING,
        ExtensionHeaders::FRAGMENT,
        ExtensionHeaders::AUTHENTICATION,
    ];
    for (n, header) in right.into_iter().enumerate() {
        assert_eq!(rule(&right[..n], header), None, "{n}");
        assert_eq!(rule(&[], header), None, "{n} alone");
    }
    let note = |text: &str| Some((Severity::Note, text.to_string()));
    let warning = |text: &str| Some((Severity::Warning, text.to_string()));
    assert_eq!(rule(&right, DESTINATION), None, "and once more behind the routing header");
    assert_eq!(rule(&[DESTINATION], DESTINATION), note("destination options come twice,"));
    assert_eq!(rule(&[DESTINATION; 2], DESTINATION), warning("destination options stand in"));
    assert_eq!(
        rule(&[DESTINATION, ExtensionHeaders::ROUTING, DESTINATION], DESTINATION),
        warning("destination options stand in")
    );
    for before in right {
        assert_eq!(rule(&[before], ExtensionHeaders::HOP_BY_HOP), warning("hop-by-hop options stand right"));
    }
    for header in &right[2..] {
        assert_eq!(rule(&[*header], *header), warning("the header stands in"));
    }
    assert_eq!(rule(&[ExtensionHeaders::FRAGMENT], ExtensionHeaders::ROUTING), note("the header comes later"));
    assert_eq!(rule(&[ExtensionHeaders::AUTHENTICATION], ExtensionHeaders::ROUTING), note("the header comes later"));
    assert_eq!(rule(&[ExtensionHeaders::AUTHENTICATION], ExtensionHeaders::FRAGMENT), note("the header comes later"));
}

#[test]
fn what_is_reserved_is_reported_unless_it_is_zero() {
    const RESERVED: &Field = &Field::floating("unused", "", Kind::Bytes, "").reserved();
    const OTHER: &Field = &Field::floating("used", "", Kind::Bytes, "");
    let found = |field, value| {
        let mut found = Vec::new();
        let mut report = |_: Option<&Field>, _: Span, reason| found.push(reason);
        ReservedFieldChecker { report: &mut report }.field(field, Span::new(0, 1), value);
        found
    };
    for zero in [Value::Uint(0), Value::Bool(false), Value::Bytes(&[0; 9]), Value::Bytes(&[])] {
        assert_eq!(found(RESERVED, zero), []);
    }
    for (value, number) in [
        (Value::Uint(7), 7),
        (Value::Bool(true), 1),
        (Value::Bytes(&[0, 0, 1, 2, 0]), 0x1_0200),
        (Value::Bytes(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 0x0102_0304_0506_0708),
    ] {
        assert_eq!((found(RESERVED, value), found(OTHER, value)), (std::vec![IssueKind::Reserved(number)], Vec::new()));
    }
    let name = |bytes| Value::Name(crate::wire::Name::new(bytes, 0));
    assert_eq!(found(OTHER, name(b"\x01a\0")), []);
    assert_eq!(found(OTHER, name(b"\xc0\0")), [IssueKind::Name(NameError::ForwardPointer)]);
}

#[test]
fn only_tables_with_something_to_look_at_are_looked_at() {
    const PLAIN: Field = Field::floating("plain", "", Kind::Uint, "");
    const RESERVED: Field = Field::floating("unused", "", Kind::Uint, "").reserved();
    const NAME: Field = Field::floating("name", "", Kind::Name, "");
    const NAMES: Field = Field::floating("names", "", Kind::List(&Kind::Name), "");
    const PLAIN_ROWS: &Schema = &Schema::of(&[PLAIN]);
    const NESTED: &Schema = &Schema { nested: &[Schema::NONE, &Schema::of(&[PLAIN, NAME])], ..Schema::EMPTY };
    for (schemas, cares) in [
        (&[][..], false),
        (&[PLAIN_ROWS, Schema::NONE], false),
        (&[&Schema::of(&[PLAIN, RESERVED])], true),
        (&[PLAIN_ROWS, NESTED], true),
        (&[&Schema::of(&[NAMES, PLAIN])], true),
    ] {
        assert_eq!(ReservedFieldChecker::cares_within(schemas), cares);
    }
}
