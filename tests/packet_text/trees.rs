//! Trees that programs make.

use super::common::{expect, root};
use super::hex;
use packetsmith::{Packet, Tree};
use std::fmt::Write;

/// Trees that are not of a text: each kind of value, and keys of every kind.
#[test]
fn a_tree_is_written_as_text() {
    let mut packet = Packet::default();
    assert_eq!(packet.to_string(), "");
    let form = &mut packet.form;
    form.open_list("layers");
    form.open_group("");
    form.text("layer", "udp");
    form.open_list("a");
    form.number("", 1);
    form.close();
    form.text("*", "x");
    form.signed("minus", -5);
    form.flag("yes", true);
    form.flag("no", false);
    form.bytes("bytes", &[0, 0xff]);
    form.bytes("none", &[]);
    form.quoted("quoted", b"a\"\\\n\x7f ~");
    form.text("empty", "");
    for (number, text) in
        ["a b", "a,b", "a[", "a]", "a{", "a}", "a\"", "a=b", "a/b", "a\\b", "\u{e9}", "a\u{a0}b", "a\u{7f}b"]
            .into_iter()
            .enumerate()
    {
        form.text(&format!("t{number}"), text);
    }
    form.open_group("group");
    form.open_list("list");
    form.open_group("");
    form.text("*", "name");
    form.number("n", 7);
    form.open_list("l");
    form.close();
    form.close();
    form.open_group("");
    form.text("*", "alone");
    form.close();
    form.open_group("");
    form.close();
    form.close();
    form.number("m", 8);
    form.close();
    form.close();
    for members in [&["data"][..], &[], &["data", "more"], &["more"]] {
        form.open_group("");
        members.iter().for_each(|key| form.number(key, 3));
        form.close();
    }
    form.close();
    let expected = concat!(
        r#"udp a=[1] *=x minus=-5 yes=true no=false bytes=0x00ff none=0x quoted="a\"\\\x0a\x7f ~" empty="" "#,
        r#"t0="a b" t1="a,b" t2="a[" t3="a]" t4="a{" t5="a}" t6="a\"" t7="a=b" t8="a/b" t9="a\\b" t10=é "#,
        r#"t11="a\xc2\xa0b" t12="a\x7fb" group={list=[name n=7 l=[], alone, {}] m=8}"#,
    );
    let others = [" /  / \"\" / data data=3 more=3 / data more=3"];
    assert_eq!(packet.to_string(), [expected, others[0]].concat());
}

/// Each kind of value that a program can put into a tree, for each kind of field.
#[test]
fn each_value_of_a_tree_fits_its_field_or_is_refused_as_it_was() {
    type Add = fn(&mut Tree, &str);
    let values: [(&str, Add); 17] = [
        ("number 5", |form, key| form.number(key, 5)),
        ("number 300", |form, key| form.number(key, 300)),
        ("number u64", |form, key| form.number(key, u64::MAX)),
        ("signed -5", |form, key| form.signed(key, -5)),
        ("signed least", |form, key| form.signed(key, i64::MIN)),
        ("signed 5", |form, key| form.signed(key, 5)),
        ("true", |form, key| form.flag(key, true)),
        ("text", |form, key| form.text(key, "a.b")),
        ("text of digits", |form, key| form.text(key, "0a0b0c0d")),
        ("no bytes", |form, key| form.bytes(key, &[])),
        ("1 byte", |form, key| form.bytes(key, &[7])),
        ("4 bytes", |form, key| form.bytes(key, &[1, 2, 3, 4])),
        ("6 bytes", |form, key| form.bytes(key, &[1, 2, 3, 4, 5, 6])),
        ("16 bytes", |form, key| form.bytes(key, &[9; 16])),
        ("quoted", |form, key| form.quoted(key, b"10.0.0.1")),
        ("a list", |form, key| {
            form.open_list(key);
            form.number("", 1);
            form.close();
        }),
        ("a group", |form, key| {
            form.open_group(key);
            form.close();
        }),
    ];
    let fields = [
        ("ethernet", "src"),
        ("vlan", "drop_eligible"),
        ("ipv4", "src"),
        ("ipv4", "ttl"),
        ("ipv4", "flags"),
        ("ipv4", "protocol"),
        ("ipv6", "src"),
        ("ntp", "poll"),
        ("udp", "src_port"),
        ("udp", "checksum"),
        ("udp", "raw"),
        ("udp", "cut"),
        ("udp", "trailer"),
        ("udp", "trailer.missing"),
        ("udp", "by.protocol"),
        ("udp", "checksum.state"),
        ("tcp", "options"),
        ("dhcp", "chaddr"),
        ("dns", "questions"),
        ("dns", "name"),
        ("dns", "name.raw"),
        ("dns", "qtype"),
        ("data", "data"),
        ("tftp", "filename"),
    ];
    let mut out = String::new();
    for (layer, member) in fields {
        for (name, add) in values {
            let mut packet = Packet::default();
            let form = &mut packet.form;
            form.open_list("layers");
            form.open_group("");
            form.text("layer", "ipv4");
            form.close();
            form.open_group("");
            form.text("layer", layer);
            let of_question = matches!(member, "name" | "name.raw" | "qtype");
            if of_question {
                form.open_list("questions");
                form.open_group("");
                if member == "name.raw" {
                    form.text("name", "a");
                }
            }
            if layer == "tftp" {
                form.number("opcode", 1);
            }
            add(form, member);
            if of_question {
                form.close();
                form.close();
            }
            form.close();
            form.close();
            let said = match packet.build() {
                Ok(built) => hex(&built),
                Err(error) => {
                    let place: String = error.place.iter().map(|step| format!("/{step}")).collect();
                    format!("{place}: {error}")
                }
            };
            let _ = writeln!(out, "{layer} {member}, {name} -> {said}\n    {packet}");
        }
    }
    expect(&root().join("tests/expected/packet_tree.txt"), &out);
}
