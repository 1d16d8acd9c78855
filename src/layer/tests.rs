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
    const NOTE: Rule = Rule::new("a.b", Note, "it is so");
    const ERROR: Rule = Rule::new("a.c", Error, "it is so");
    let cut = |limit| IssueKind::Truncated { needed: 9, have: 4, limit };
    let cases = [
        (
            cut(Limit::Snapshot),
            "truncated",
            Note,
            "9 bytes needed, 4 present, cut off by the capture's snapshot length",
        ),
        (cut(Limit::Quote), "truncated", Note, "9 bytes needed, 4 present, cut off by the end of the quoted packet"),
        (cut(Limit::Segment), "truncated", Note, "9 bytes needed, 4 present, cut off by the end of the TCP segment"),
        (cut(Limit::Frame), "truncated", Error, "9 bytes needed, 4 present, cut off by the end of the frame"),
        (cut(Limit::Layer("udp")), "truncated", Error, "9 bytes needed, 4 present, cut off by the length in udp"),
        (
            IssueKind::TooShort { declared: 3, min: 8 },
            "too_short",
            Error,
            "the length is 3 bytes, and must be at least 8",
        ),
        (IssueKind::Version { found: 5, expected: 4 }, "version", Error, "version 5, expected 4"),
        (
            IssueKind::Inferred { length: 7 },
            "inferred",
            Note,
            "the length is zero, as with segmentation offload: 7 bytes taken from the frame",
        ),
        (IssueKind::Checksum(Checksum::Bad(0xab)), "checksum", Warning, "wrong checksum, expected 0x00ab"),
        (
            IssueKind::Checksum(Checksum::Offloaded),
            "checksum",
            Note,
            "partial checksum of the pseudo-header: captured before checksum offload",
        ),
        (IssueKind::Checksum(Checksum::Absent), "checksum", Warning, "the checksum is zero, which is not allowed here"),
        (IssueKind::Checksum(Checksum::Unverifiable), "checksum", Warning, "the checksum cannot be verified"),
        (
            IssueKind::FrameCheck([0, 1, 2, 3]),
            "frame_check",
            Warning,
            "wrong frame check sequence, expected 0x00010203",
        ),
        (IssueKind::Reserved(16), "reserved", Warning, "a reserved field must be zero, and is 0x10"),
        (IssueKind::BrokenItem(2), "broken_item", Error, "the list ends with 2 bytes that are not a complete item"),
        (
            IssueKind::CutItem { bytes: 7, kind: 12, length: Some(40) },
            "broken_item",
            Error,
            "the list ends with 7 bytes that are not a complete item of type 12, length 40",
        ),
        (
            IssueKind::CutItem { bytes: 1, kind: 12, length: None },
            "broken_item",
            Error,
            "the list ends with 1 bytes that are not a complete item of type 12",
        ),
        (IssueKind::BadItem(8), "bad_item", Warning, "the contents are not valid for type 8"),
        (IssueKind::Name(NameError::TooLong), "name", Error, "invalid domain name: the name is longer than 255 bytes"),
        (IssueKind::Surplus(6), "surplus", Note, "6 surplus bytes after the end"),
        (IssueKind::Missing { declared: 3, have: 1 }, "missing", Error, "the count is 3, and 1 are present"),
        (IssueKind::TooDeep, "too_deep", Error, "more than 1024 layers: the rest is shown as data"),
        (IssueKind::Rule(&NOTE), "rule", Note, "it is so"),
        (IssueKind::Rule(&ERROR), "rule", Error, "it is so"),
    ];
    for (kind, name, severity, text) in cases {
        let listed = IssueKind::STRUCTURAL.iter().find(|rule| rule.id() == kind.identifier());
        match kind {
            IssueKind::Rule(_) | IssueKind::Checksum(Checksum::Unverifiable) => assert_eq!(listed, None),
            _ => assert!(listed.is_some_and(|rule| rule.severity() >= severity), "{kind:?}"),
        }
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
        chain.rule(next)
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
    use ExtensionHeaderRule::*;
    assert_eq!(rule(&right, DESTINATION), None, "and once more after the routing header");
    assert_eq!(rule(&[DESTINATION], DESTINATION), Some(DestinationOptionsWithoutRouting));
    assert_eq!(rule(&[DESTINATION; 2], DESTINATION), Some(DestinationOptionsMoreThanTwice));
    assert_eq!(
        rule(&[DESTINATION, ExtensionHeaders::ROUTING, DESTINATION], DESTINATION),
        Some(DestinationOptionsMoreThanTwice)
    );
    for before in right {
        assert_eq!(rule(&[before], ExtensionHeaders::HOP_BY_HOP), Some(HopByHopNotFirst));
    }
    for header in &right[2..] {
        assert_eq!(rule(&[*header], *header), Some(HeaderRepeated));
    }
    assert_eq!(rule(&[ExtensionHeaders::FRAGMENT], ExtensionHeaders::ROUTING), Some(HeaderOutOfOrder));
    assert_eq!(rule(&[ExtensionHeaders::AUTHENTICATION], ExtensionHeaders::ROUTING), Some(HeaderOutOfOrder));
    assert_eq!(rule(&[ExtensionHeaders::AUTHENTICATION], ExtensionHeaders::FRAGMENT), Some(HeaderOutOfOrder));
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
