//! What users expect of a protocol of their own: everything that a protocol of packetsmith can do.

use bfd::{Bfd, BfdAuthentication, BfdFlags, BfdState};
use packetsmith::layer::{ParseDefect, ParsedHeader, Protocol};
use packetsmith::output::{Json, Summary, TreeText};
use packetsmith::proto::CustomProtocol;
use packetsmith::{
    Checksum, Editor, Ethernet, Fault, Field, Ipv4, Mutator, NextProtocol, Packet, Proto, ProtocolConflict, Protocols,
    Stack, Text, Tlvs, Tree, Udp, View, dissect, header,
};

static KNOWN: Protocols = Protocols::builtin().with::<Bfd>();

fn frame() -> Vec<u8> {
    let password = [BfdAuthentication::SimplePassword { key_id: 7, password: Text(b"secret") }];
    Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build().src([192, 0, 2, 1].into()).dst([192, 0, 2, 2].into()).ttl(255))
        .push(Udp::build().src_port(49152).dst_port(3784))
        .push(
            Bfd::build()
                .state(BfdState::Up)
                .flags(BfdFlags::AUTHENTICATION_PRESENT)
                .my_discriminator(1)
                .your_discriminator(2)
                .options(&password),
        )
        .finish()
        .unwrap()
}

fn names(known: &Protocols, frame: &[u8]) -> String {
    let names: Vec<_> = known.dissect(1, frame).map(|layer| layer.proto.name()).collect();
    names.join(" ")
}

#[test]
fn it_is_built_and_read_by_type() {
    let frame = frame();
    assert_eq!(frame.len(), 14 + 20 + 8 + 24 + 9);
    assert_eq!(
        frame[42..46],
        [0x20, 0xc4, 3, 33],
        "version, state, flag, multiplier, and the length, which is computed"
    );
    assert_eq!(names(&KNOWN, &frame), "ethernet ipv4 udp bfd");
    assert_eq!(names(&Protocols::builtin(), &frame), "ethernet ipv4 udp data", "who does not add it does not see it");
    assert_eq!(dissect(1, &frame).last().unwrap().proto, Proto::Data);
    let layer = KNOWN.dissect(1, &frame).last().unwrap();
    assert_eq!(layer.proto, Proto::of::<Bfd>());
    assert!(matches!(layer.view, View::Custom(definition) if definition.name() == "bfd"));
    let bfd = layer.header_of::<Bfd>().unwrap();
    assert_eq!((bfd.state(), bfd.my_discriminator(), bfd.length()), (BfdState::Up, 1, 33));
    let sections: Vec<_> = Tlvs::<BfdAuthentication>::at(layer.options()).iter().collect();
    assert_eq!(sections, [BfdAuthentication::SimplePassword { key_id: 7, password: Text(b"secret") }]);
    assert!(layer.is_intact() && layer.payload().is_empty());
    assert!(KNOWN.dissect(1, &frame).nth(2).unwrap().header_of::<Bfd>().is_none());
}

#[test]
fn it_is_shown_as_a_tree_and_in_one_line() {
    let frame = frame();
    let mut tree = TreeText::default();
    tree.packet(KNOWN.examine(1, &frame));
    let text = tree.text.to_string();
    for line in ["Bidirectional Forwarding Detection", "state", "Up", "authentication present", "secret"] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let mut summary = Summary::default();
    summary.packet(KNOWN.examine(1, &frame));
    assert_eq!((summary.protocol.to_string(), summary.info.to_string()), ("BFD".into(), "Up my=1 your=2".into()));
}

#[test]
fn it_becomes_json_and_is_built_from_json() {
    let frame = frame();
    let mut json = Json::default();
    json.packet(|_| (), KNOWN.examine(1, &frame));
    let text = json.text.to_string();
    assert!(text.contains(r#""layer":"bfd""#) && text.contains(r#""auth_type.name":"Simple Password""#), "{text}");
    let mut packet = Packet::default();
    packet.form = serde_json::from_str::<Tree>(&text).unwrap();
    assert!(packet.build().unwrap_err().to_string().contains("no protocol has this name"));
    packet.form.add_protocols(&KNOWN);
    assert_eq!(packet.build().unwrap(), frame);
}

#[test]
fn its_header_becomes_json_and_is_read_from_it() {
    let header = Bfd::build().state(BfdState::Up).my_discriminator(7).done();
    let text = serde_json::to_string(&header).unwrap();
    assert_eq!(serde_json::from_str::<Bfd>(&text).unwrap(), header);
    let written = r#"{"layer": "bfd", "state": "Up", "my_discriminator": 7}"#;
    assert_eq!(serde_json::from_str::<Bfd>(written).unwrap(), header);
    let error = |text: &str| serde_json::from_str::<Bfd>(text).unwrap_err().to_string();
    assert!(error(r#"{"layer": "udp"}"#).contains("is another protocol"), "{}", error(r#"{"layer": "udp"}"#));
    assert!(error(r#"{"colour": 1}"#).contains("colour"), "{}", error(r#"{"colour": 1}"#));
}

#[test]
fn it_is_built_from_text_and_from_what_was_read() {
    let text = "ethernet / ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=255 / udp src_port=49152 \
                / bfd state=Up flags=authentication-present my_discriminator=1 your_discriminator=2 \
                  authentication=[simple_password key_id=7 password=secret]";
    let mut packet = KNOWN.packet(text).unwrap();
    assert_eq!(packet.build().unwrap(), frame(), "the port is that of the first selector");
    let error = text.parse::<Packet>().unwrap_err();
    assert!(error.to_string().starts_with("no protocol is called bfd"), "{error}");
    let mut again = Packet::new(KNOWN.examine(1, &frame()));
    assert_eq!(again.build().unwrap(), frame());
    again.simplify(&frame());
    assert_eq!(again.build().unwrap(), frame(), "what is computed is left out");
    let written = again.form.to_string();
    assert!(written.contains("bfd"), "{written}");
    let error = KNOWN.packet("bfd state=Open").unwrap().build().unwrap_err();
    assert!(error.to_string().contains("state"), "{error}");
    let error = KNOWN.packet("bfd colour=1").unwrap().build().unwrap_err();
    assert!(error.to_string().contains("colour"), "{error}");
}

#[test]
fn filters_ask_for_it() {
    let frame = frame();
    for (filter, passes) in [
        ("bfd", true),
        ("bfd.sta == Up", true),
        ("bfd.sta == 2", false),
        ("bfd.flags.a", true),
        ("bfd.flags.p == 1", false),
        ("bfd.auth.password == \"secret\"", true),
        ("bfd.my_discriminator == 1 && udp.port == 3784", true),
        ("count(bfd.auth.key) > 1", false),
        ("bfd#1", true),
        ("bfd#2", false),
        ("issue contains \"bfd.flags\"", false),
        ("issue == \"bfd.my_discriminator.zero\"", false),
        ("bfd.state == Up", true),
    ] {
        let parsed = KNOWN.filter(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        assert_eq!(parsed.matches(KNOWN.examine(1, &frame)), passes, "{filter}");
    }
    assert!(packetsmith::Filter::parse("bfd.sta == Up").is_err());
    let error = KNOWN.filter("bfd.stat == Up").unwrap_err();
    assert!(error.to_string().contains("the nearest is bfd.sta"), "{error}");
    assert!(KNOWN.filter_names().iter().any(|name| name == "bfd.auth.seq_num"));
}

#[test]
fn what_is_wrong_with_it_is_an_issue_with_its_name() {
    let mut wrong = frame();
    wrong[44] = 0;
    wrong[43] &= !4;
    let mut issues = Vec::new();
    KNOWN.examine(1, &wrong).last().unwrap().issues(|issue| issues.push(issue.to_string()));
    assert_eq!(
        issues,
        [
            "bfd.detect_multiplier (bytes 44..45): the detection multiplier is zero, and receivers discard the packet (RFC 5880 §6.8.6)",
            "bfd.flags (bytes 43..44): the authentication bit does not agree with the length of the packet (RFC 5880 §6.8.6)",
        ]
    );
    let filter = KNOWN.filter("issue == \"bfd.detect_multiplier.zero\"").unwrap();
    assert!(filter.matches(KNOWN.examine(1, &wrong)));
    for len in 42..frame().len() {
        let mut said = 0;
        KNOWN.examine(1, &frame()[..len]).for_each(|layer| layer.issues(|_| said += 1));
        assert!(said > 0, "{len} bytes");
    }
}

#[test]
fn it_is_edited_and_made_wrong() {
    let mut bytes = frame();
    let mut editor = KNOWN.edit(1, &mut bytes);
    editor.update(3, "your_discriminator", 77).unwrap();
    let good = |frame: &[u8]| KNOWN.examine(1, frame).filter_map(|layer| layer.checksum()).all(|c| c == Checksum::Good);
    assert!(good(&bytes), "the checksum of UDP follows");
    assert_eq!(bytes[50..54], [0, 0, 0, 77]);
    assert!(Editor::new(1, &mut bytes).update(3, "your_discriminator", 1).is_err());
    let mut mutator = Mutator::new(1).protocols(KNOWN);
    let mut out = Vec::new();
    let mut seen = false;
    for _ in 0..200 {
        let Some(mutation) = mutator.with(Fault::Flag, 1, &frame(), &mut out) else { continue };
        seen |= mutation.proto == Proto::of::<Bfd>() && mutation.to_string().contains("(bfd), flags");
    }
    assert!(seen);
}

#[test]
fn it_is_listed() {
    assert!(KNOWN.iter().any(|proto| proto == Proto::of::<Bfd>()));
    assert!(KNOWN.named("BFD").eq([Proto::of::<Bfd>()]));
    assert_eq!(KNOWN.iter().count(), Proto::ALL.len() + 1, "once, with its two ports");
    assert!(Proto::of::<Bfd>().variable_fields().any(|field| field.filter == "bfd.auth.password"));
    assert_eq!(Proto::of::<Bfd>().title(), "Bidirectional Forwarding Detection, RFC 5880");
    assert_eq!(KNOWN.unknown_name("bfdd"), "no protocol is called bfdd; the nearest is bfd");
}

header! {
    /// One byte.
    pub struct Other(1) => OtherEdit, layer {
        /// A number.
        number: u8 = 0..8, "other.number";
    }
}

impl<'a> Protocol<'a> for Other<&'a [u8; 1]> {
    const NAME: &'static str = "other";
    const TITLE: &'static str = "Other";
    const TABLE: &'static [Field] = Other::FIELDS;
    const RAW: &'static str = "Nothing.";
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(1))?;
        Ok(ParsedHeader::new(header, 1, NextProtocol::EtherType(0x0800)))
    }
}

impl CustomProtocol for Other {
    type Header<'a> = Other<&'a [u8; 1]>;
    const SELECTORS: &'static [NextProtocol] =
        &[NextProtocol::EtherType(0x88b5), NextProtocol::EtherType(0x88b6), NextProtocol::UdpPort(4784)];
}

#[test]
fn a_number_or_name_that_is_taken_is_an_error() {
    assert_eq!(KNOWN.try_with::<Bfd>().unwrap_err(), ProtocolConflict::Name("bfd"));
    let error = KNOWN.try_with::<Other>().unwrap_err();
    assert_eq!(error, ProtocolConflict::Number(NextProtocol::UdpPort(4784), Proto::of::<Bfd>()));
    assert_eq!(error.to_string(), "UdpPort(4784) selects bfd already");
    let alone = Protocols::builtin().try_with::<Other>().unwrap();
    // It carries another protocol, and is announced by the first of its EtherTypes.
    let stack = Stack::new().push(Ethernet::build()).push(Other::build().number(5)).push(Ipv4::build());
    let frame = stack.push(Udp::build()).finish().unwrap();
    assert_eq!(frame[12..15], [0x88, 0xb5, 5]);
    assert_eq!(names(&alone, &frame), "ethernet other ipv4 udp");
    let mut packet = Packet::new(alone.examine(1, &frame));
    assert_eq!(packet.build().unwrap(), frame);
    let mut second = frame.clone();
    second[13] = 0xb6;
    assert_eq!(names(&alone, &second), "ethernet other ipv4 udp");
    assert_eq!(
        Packet::new(alone.examine(1, &second)).build().unwrap(),
        second,
        "a number that is not the first one stays"
    );
}

#[test]
fn numbers_are_mapped_and_recognition_is_turned_off() {
    let udp = |port| Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build().dst_port(port));
    let frame = udp(8053).payload(&[0; 12]).finish().unwrap();
    let known = KNOWN.decode_as(NextProtocol::UdpPort(8053), NextProtocol::UdpPort(53));
    assert_eq!(names(&known, &frame), "ethernet ipv4 udp dns");
    let known = known.decode_as(NextProtocol::UdpPort(8053), NextProtocol::UdpPort(3784));
    assert_eq!(names(&known, &frame), "ethernet ipv4 udp data", "a mapping leads to the stack map, not to a mapping");
    let dns = udp(53).payload(&[0; 12]).finish().unwrap();
    let none = KNOWN.decode_as(NextProtocol::UdpPort(53), NextProtocol::Unknown);
    assert_eq!(names(&none, &dns), "ethernet ipv4 udp data");
    assert_eq!(names(&KNOWN.without(Proto::Dns), &dns), "ethernet ipv4 udp data");
    assert_eq!(names(&KNOWN.without(Proto::Ipv4), &dns), "ethernet data");
    let http =
        [&[0x9c, 0x40, 0x23, 0x28, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x10, 0, 0, 0, 0, 0, 0][..], b"GET / HTTP/1.1\r\n"]
            .concat();
    let tcp = |known: &Protocols| known.dissect(NextProtocol::IpProtocol(6), &http).last().unwrap().proto;
    assert_eq!((tcp(&KNOWN), tcp(&KNOWN.without_heuristics())), (Proto::Http, Proto::Data));
    let as_http = KNOWN.without_heuristics().decode_as(NextProtocol::TcpPort(9000), NextProtocol::Http);
    assert_eq!(tcp(&as_http), Proto::Http);
    // NTP is told apart by its mode, on another port too.
    let ntp = udp(8123).payload(&[0x23; 48]).finish().unwrap();
    let known = KNOWN.decode_as(NextProtocol::UdpPort(8123), NextProtocol::UdpPort(123));
    assert_eq!(names(&known, &ntp), "ethernet ipv4 udp ntp");
}
