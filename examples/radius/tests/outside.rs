//! RADIUS from outside says of each packet what RADIUS inside says: in trees, JSON, summary lines and issues, and it is built
//! again from them.

use packetsmith::output::{Json, Summary, TreeText};
use packetsmith::{Examine, Packet, Proto, Protocols, Tree};
use radius_outside::{Radius, RadiusAttribute, RadiusCode};
use std::fs;

static INSIDE: Protocols = Protocols::builtin();
static OUTSIDE: Protocols = Protocols::builtin().without(Proto::Radius).with::<Radius>();

/// The packets of `tests/packets/radius.txt`.
fn packets() -> Vec<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/packets/radius.txt");
    let text = fs::read_to_string(path).expect("the packets are there");
    let is_offset = |word: &str| word.len() == 4 && u16::from_str_radix(word, 16).is_ok();
    let mut packets: Vec<Vec<u8>> = Vec::new();
    for line in text.lines() {
        let Some((offset, bytes)) = line.split_once("  ").filter(|(offset, _)| is_offset(offset)) else { continue };
        if offset == "0000" {
            packets.push(Vec::new());
        }
        let bytes = bytes.split_whitespace().take(16).map_while(|byte| u8::from_str_radix(byte, 16).ok());
        packets.last_mut().expect("the first offset is 0000").extend(bytes);
    }
    packets
}

/// All that is said of a packet.
fn said(layers: Examine<'_>) -> [String; 4] {
    let mut tree = TreeText::default();
    tree.packet(layers.clone());
    let mut json = Json::default();
    json.packet(|_| (), layers.clone());
    let mut summary = Summary::default();
    summary.packet(layers.clone());
    let mut issues = String::new();
    layers.for_each(|layer| layer.issues(|issue| issues += &format!("{issue}\n")));
    [tree.text.to_string(), json.text.to_string(), format!("{} {}", summary.protocol, summary.info), issues]
}

#[test]
fn the_same_is_said_of_each_packet() {
    let packets = packets();
    assert!(packets.len() > 5, "{} packets", packets.len());
    for packet in &packets {
        assert!(OUTSIDE.dissect(1, packet).any(|layer| layer.proto == Proto::of::<Radius>()));
        // Whole, cut anywhere, and with a byte changed.
        for cut in 0..=packet.len() {
            let (inside, outside) = (INSIDE.examine(1, &packet[..cut]), OUTSIDE.examine(1, &packet[..cut]));
            assert_eq!(said(outside.original_len(packet.len())), said(inside.original_len(packet.len())));
        }
        for at in 42..packet.len() {
            let mut wrong = packet.clone();
            wrong[at] = wrong[at].wrapping_add(1);
            assert_eq!(said(OUTSIDE.examine(1, &wrong)), said(INSIDE.examine(1, &wrong)), "byte {at}");
        }
    }
}

#[test]
fn packets_are_built_from_their_fields_and_from_json() {
    for frame in packets() {
        let mut packet = Packet::new(OUTSIDE.examine(1, &frame));
        assert_eq!(packet.build().unwrap(), frame);
        let mut json = Json::default();
        json.packet(|_| (), OUTSIDE.examine(1, &frame));
        let mut again = Packet::default();
        again.form = serde_json::from_str::<Tree>(&json.text.to_string()).unwrap();
        again.form.add_protocols(&OUTSIDE);
        assert_eq!(again.build().unwrap(), frame);
    }
}

#[test]
fn names_of_filters_are_the_same() {
    assert_eq!(OUTSIDE.filter_names(), INSIDE.filter_names());
    let frame = &packets()[0];
    for text in
        ["radius.code == 1", "radius.User_Name", "radius.avp.type == 1", "radius && !(radius.id == 300)", "radius#1"]
    {
        match (INSIDE.filter(text), OUTSIDE.filter(text)) {
            (Ok(inside), Ok(outside)) => {
                assert_eq!(
                    inside.matches(INSIDE.examine(1, frame)),
                    outside.matches(OUTSIDE.examine(1, frame)),
                    "{text}"
                )
            }
            (inside, outside) => {
                assert_eq!(inside.unwrap_err().to_string(), outside.unwrap_err().to_string(), "{text}")
            }
        }
    }
}

#[test]
fn it_is_built_by_type_and_from_text() {
    use packetsmith::{Ipv4, Stack, Text, Udp};
    let attributes = [RadiusAttribute::UserName { name: Text(b"bob") }, RadiusAttribute::NasPort { port: 5 }];
    let by_type = Stack::new()
        .push(Ipv4::build())
        .push(Udp::build().dst_port(1812))
        .push(Radius::build().code(RadiusCode::AccessRequest).identifier(7).options(&attributes))
        .finish()
        .unwrap();
    let text = "ipv4 / udp / radius code=Access-Request identifier=7 user_name=bob nas_port=5";
    assert_eq!(OUTSIDE.packet(text).unwrap().build().unwrap(), by_type);
    assert_eq!(INSIDE.packet(text).unwrap().build().unwrap(), by_type);
}
