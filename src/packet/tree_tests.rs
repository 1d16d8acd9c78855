//! Unit tests of trees.

use super::text_value::parse;
use super::tree::{Node, Tree, shortened};
use crate::packet::Packet;
use crate::wire::{Field, FieldSource, Kind, MacAddr, Name, Span, Value, ValueError, Visitor};
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;

/// What is wrong with a packet of one layer with such members, and where.
fn mistake(layer: &str, add: impl FnOnce(&mut Tree)) -> (ValueError, String) {
    let mut packet = Packet::default();
    packet.form.open_list("layers");
    packet.form.open_group("");
    packet.form.text("layer", layer);
    add(&mut packet.form);
    packet.form.close();
    packet.form.close();
    let shown = packet.form.to_string();
    let error = packet.build().map_or_else(|error| error, |built| panic!("{shown} is built: {built:02x?}"));
    (error.error.error, error.place.iter().map(|step| alloc::format!("/{step}")).collect())
}

fn group(form: &mut Tree, key: &str, list: bool) {
    if list {
        form.open_list(key)
    } else {
        form.open_group(key)
    }
    form.close();
}

#[test]
fn what_does_not_fit_a_field_is_said_with_its_place() {
    type Add = fn(&mut Tree);
    let cases: [(&str, Add, ValueError); 20] = [
        ("ipv4", |form| form.text("ttl", "many"), ValueError::Text("a number")),
        ("ipv4", |form| form.text("src", "10.0.0"), ValueError::Text("an IPv4 address")),
        ("ipv6", |form| form.text("src", "10.0.0.1"), ValueError::Text("an IPv6 address")),
        ("ethernet", |form| form.text("src", "02:00"), ValueError::Text("a MAC address")),
        ("vlan", |form| form.text("drop_eligible", "perhaps"), ValueError::Text("true or false")),
        ("ntp", |form| form.text("poll", "soon"), ValueError::Text("a number")),
        ("ipv4", |form| form.number("src", 5), ValueError::Kind("an IPv4 address")),
        ("ipv6", |form| form.flag("src", true), ValueError::Kind("an IPv6 address")),
        ("ethernet", |form| form.signed("src", -1), ValueError::Kind("a MAC address")),
        ("ipv4", |form| form.text("protocol", "nonesuch"), ValueError::NoName),
        ("tcp", |form| form.text("flags", "SYN|GONE"), ValueError::NoName),
        ("ipv4", |form| form.number("ttl", 256), ValueError::TooLarge { number: 256, max: 255 }),
        ("ipv4", |form| form.number("hops", 1), ValueError::NoMember),
        ("ipv4", |form| group(form, "ttl", true), ValueError::Kind("a single value")),
        ("ipv4", |form| group(form, "ttl", false), ValueError::Kind("a single value")),
        ("ipv4", |form| form.add("ttl", Node::Number), ValueError::Kind("a whole number of 64 bits")),
        ("tcp", |form| group(form, "options", false), ValueError::Kind("a list")),
        ("ipv4", |form| (1..3).for_each(|ttl| form.number("ttl", ttl)), ValueError::Rule("is given twice")),
        ("dns", |form| form.number("questions", 1), ValueError::Kind("a list")),
        ("ipv4", |form| form.signed("ttl", -1), ValueError::Kind("a number that is not negative")),
    ];
    for (layer, add, error) in cases {
        let mut form = Tree::default();
        add(&mut form);
        let (found, context) = mistake(layer, add);
        let member = form.members().next().unwrap_or_default().to_string();
        assert_eq!((found, context), (error, ["/layers/[0]/", &member].concat()), "{layer} {form}");
    }
}

#[test]
fn a_form_is_shown_on_one_line() {
    let mut form = Tree::default();
    assert!(form.is_empty());
    form.add("nothing", Node::Null);
    form.flag("flag", true);
    form.number("number", 7);
    form.signed("signed", -7);
    form.add("other", Node::Number);
    form.bytes("bytes", &[1, 0xff]);
    form.text("text", "a\"b");
    form.quoted("quoted", b"q");
    form.open_list("list");
    form.number("", 1);
    form.open_group("");
    form.flag("in", false);
    form.close();
    form.close();
    form.number("last", 9);
    let shown = "nothing=null flag=true number=7 signed=-7 other=? bytes=0x01ff text=\"a\\\"b\" quoted=\"q\" \
                 list=[1 {in=false}] last=9";
    assert_eq!((form.to_string().as_str(), form.len(), form.is_empty()), (shown, 13, false));
    let members: Vec<_> = form.members().collect();
    assert_eq!(members, ["nothing", "flag", "number", "signed", "other", "bytes", "text", "quoted", "list", "last"]);
    let without = form.without(|key, _| matches!(key, "number" | "in" | "text"));
    let shown = "nothing=null flag=true signed=-7 other=? bytes=0x01ff quoted=\"q\" list=[1 {}] last=9";
    assert_eq!(without.to_string(), shown);
    assert_eq!(without.without(|key, _| key == "list").members().last(), Some("last"));
    form.clear();
    assert_eq!((form.to_string().as_str(), form.is_empty()), ("", true));
}

#[test]
fn a_message_of_dns_is_marked_to_be_compressed() {
    let mut form = Tree::default();
    form.open_list("layers");
    for layer in ["udp", "dns", "dns"] {
        form.open_group("");
        form.text("layer", layer);
        form.number("id", 1);
        form.close();
    }
    form.close();
    form.number("after", 2);
    form.mark_compressed();
    let dns = "{layer=\"dns\" compress=true id=1}";
    let shown = ["layers=[{layer=\"udp\" id=1} ", dns, " ", dns, "] after=2"].concat();
    assert_eq!((form.to_string(), form.members().count()), (shown, 2));
}

#[test]
fn text_stands_for_a_value_of_each_kind() {
    const LIST: Kind = Kind::Named(crate::proto::IpProtocol::REGISTRY);
    const FLAGS: Kind = Kind::Flags(crate::proto::TcpFlags::FLAGS);
    let cases = [
        (Kind::Uint, "17", Ok(Value::Uint(17))),
        (Kind::Uint, "0x1F", Ok(Value::Uint(31))),
        (Kind::Uint, "0X1f", Ok(Value::Uint(31))),
        (Kind::Uint, "-1", Err(ValueError::Text("a number"))),
        (Kind::Int, "7", Ok(Value::Uint(7))),
        (Kind::Int, "-7", Ok(Value::Int(-7))),
        (Kind::Bool, "yes", Ok(Value::Bool(true))),
        (Kind::Bool, "off", Ok(Value::Bool(false))),
        (LIST, "udp", Ok(Value::Uint(17))),
        (LIST, "UDP", Ok(Value::Uint(17))),
        (LIST, "200", Ok(Value::Uint(200))),
        (FLAGS, "SYN|ack", Ok(Value::Uint(0x12))),
        (FLAGS, "SYN, RST+SYN", Ok(Value::Uint(6))),
        (FLAGS, "0x102", Ok(Value::Uint(0x102))),
        (Kind::Mac, "02:00-00 000001", Ok(Value::Mac(MacAddr([2, 0, 0, 0, 0, 1])))),
        (Kind::Mac, "02:00:00:00:00:00:01", Err(ValueError::Text("a MAC address"))),
        (Kind::Ipv4, "10.0.0.1", Ok(Value::Ipv4([10, 0, 0, 1].into()))),
        (Kind::Ipv6, "::1", Ok(Value::Ipv6(1u128.into()))),
        (Kind::Name, "a.bc.", Ok(Value::Name(Name::new(b"\x01a\x02bc\0", 0)))),
        (Kind::Name, "a..", Err(ValueError::Text("a domain name"))),
        (Kind::Text, "0102", Ok(Value::Text(b"0102"))),
        (Kind::Bytes, "0x01FF", Ok(Value::Bytes(&[1, 0xff]))),
        (Kind::Bytes, "1:2", Ok(Value::Text(b"1:2"))),
        (Kind::Bytes, "10.0.0.1", Ok(Value::Ipv4([10, 0, 0, 1].into()))),
        (Kind::Bytes, "fe80::1", Ok(Value::Ipv6("fe80::1".parse().unwrap()))),
        (Kind::Bytes, "012", Ok(Value::Text(b"012"))),
        (Kind::Bytes, "hello", Ok(Value::Text(b"hello"))),
    ];
    for (kind, text, value) in cases {
        assert_eq!(parse(kind, text.as_bytes(), &mut Vec::new()), value, "{text}");
    }
    assert_eq!(parse(Kind::Uint, &[0xff], &mut Vec::new()), Err(ValueError::Text("a number")));
}

#[test]
fn json_of_what_was_shown_says_which_text_is_bytes() {
    const BYTES: &Field = &Field::floating("data", "", Kind::Bytes, "");
    const TEXT: &Field = &Field::floating("text", "", Kind::Text, "");
    const PROTOCOL: &Field = &Field::floating("next", "", Kind::Named(crate::proto::IpProtocol::REGISTRY), "");
    let cases: [(_, _, &[u8], _); 8] = [
        // Text whose letters could be digits would be read as bytes.
        (BYTES, Value::Text(b"12ab"), b"12ab", r#"{"data":{"text":"12ab"}}"#),
        (BYTES, Value::Text(b"10.1"), b"10.1", r#"{"data":{"text":"10.1"}}"#),
        (BYTES, Value::Text(b"hello"), b"hello", r#"{"data":"hello"}"#),
        (BYTES, Value::Text(b"\xff"), b"\xff", r#"{"data":{"hex":"ff"}}"#),
        (BYTES, Value::Bytes(b"\x12\xab"), b"\x12\xab", r#"{"data":"12ab"}"#),
        (TEXT, Value::Text(b"12ab"), b"12ab", r#"{"text":"12ab"}"#),
        (TEXT, Value::Text(b"12\xff"), b"12\xff", r#"{"text":{"hex":"3132ff"}}"#),
        (TEXT, Value::Text(b""), b"", r#"{"text":""}"#),
    ];
    for (field, value, bytes, json) in cases {
        let mut form = Tree::default();
        Visitor::field(&mut form, field, Span::new(0, 0), value);
        assert_eq!(serde_json::to_string(&form).unwrap(), json);
        let mut again: Tree = serde_json::from_str(json).unwrap();
        let mut source = again.source();
        let read = match source.value(field).unwrap() {
            Some(Value::Bytes(read) | Value::Text(read)) => read.to_vec(),
            other => panic!("{json}: {other:?}"),
        };
        assert_eq!(read, bytes, "{json}");
    }
    for (number, json) in [(17, r#"{"next":17}"#), (200, r#"{"next":200}"#)] {
        let mut form = Tree::default();
        Visitor::field(&mut form, PROTOCOL, Span::new(0, 0), Value::Uint(number));
        assert_eq!(serde_json::to_string(&form).unwrap().to_lowercase(), json);
    }
}

#[test]
fn an_item_that_has_bytes_of_its_own_is_a_group_of_both() {
    const NAMES: &Field = &Field::floating("names", "", Kind::List(&Kind::Name), "");
    let json = r#"{"names":[{"value":"a.b","raw":"c000"},"c"]}"#;
    let mut form: Tree = serde_json::from_str(json).unwrap();
    let mut source = form.source();
    assert_eq!((source.open(NAMES).unwrap(), source.next().unwrap()), (true, true));
    assert_eq!(source.raw(NAMES).unwrap(), Some(&[0xc0, 0][..]));
    assert_eq!(source.value(NAMES).unwrap(), Some(Value::Name(Name::new(b"\x01a\x01b\0", 0))));
    assert_eq!((source.next().unwrap(), source.raw(NAMES).unwrap()), (true, None));
    assert_eq!(source.value(NAMES).unwrap(), Some(Value::Name(Name::new(b"\x01c\0", 0))));
    assert_eq!((source.next().unwrap(), source.close().is_ok(), source.all_used()), (false, true, true));
    // A group of other members is no value.
    for item in [r#"{"value":"a","other":"c000"}"#, r#"{"other":"a","raw":"c000"}"#, r#"{"other":"a"}"#, "{}"] {
        let mut form: Tree = serde_json::from_str(&alloc::format!(r#"{{"names":[{item}]}}"#)).unwrap();
        let mut source = form.source();
        assert_eq!((source.open(NAMES).unwrap(), source.next().unwrap()), (true, true));
        assert_eq!(source.value(NAMES).unwrap(), None, "{item}");
        assert_eq!(source.next().is_err(), item != "{}", "{item}");
    }
}

#[test]
fn an_address_of_fewer_bytes_has_those() {
    let (four, six) = (Value::Ipv4([1, 2, 3, 4].into()), Value::Ipv6([5; 16].into()));
    assert_eq!(shortened(&four, Span::new(10, 13)).as_deref(), Some(&[1, 2, 3][..]));
    assert_eq!(shortened(&six, Span::new(10, 25)).as_deref(), Some(&[5; 15][..]));
    assert_eq!((shortened(&four, Span::new(10, 14)), shortened(&six, Span::new(0, 16))), (None, None));
    assert_eq!(shortened(&Value::Uint(1), Span::new(0, 1)), None);
}
