//! One JSON form: headers, packets and the tool write the same names and values, and read each other's.

mod common;

use common::shapes;
use packetsmith::output::Json;
use packetsmith::{Ethernet, Examine, Ipv4, MacAddr, Packet, Stack, Tcp, Udp, View, examine};
use serde_json::{Value, json};

/// What the tool writes of a layer, without the remarks about its members.
fn tools_layers(layers: Examine<'_>) -> Vec<Value> {
    let mut json = Json::default();
    json.packet(|_| {}, layers);
    let packet: Value = serde_json::from_str(&json.text.to_string()).unwrap();
    packet["layers"].as_array().unwrap().clone()
}

#[test]
fn a_header_is_a_layer_of_the_tools_json() {
    let mut headers = 0;
    for frame in shapes() {
        let layers = || examine(frame.link_type, &frame.bytes).original_len(frame.original_len);
        for (layer, written) in layers().zip(tools_layers(layers())) {
            let (header, again) = match layer.view {
                View::Ethernet(header) => (serde_json::to_value(header), read::<Ethernet>(&written)),
                View::Ipv4(header) => (serde_json::to_value(header), read::<Ipv4>(&written)),
                View::Tcp(header) => (serde_json::to_value(header), read::<Tcp>(&written)),
                View::Udp(header) => (serde_json::to_value(header), read::<Udp>(&written)),
                _ => continue,
            };
            let (header, again) = (header.unwrap(), again);
            for (name, value) in header.as_object().unwrap() {
                assert_eq!(*value, written[name], "{} {name}", layer.proto);
            }
            // What the tool writes of a layer without options is read as its header.
            match again {
                Ok(bytes) => assert_eq!(bytes, layer.header(), "{}", layer.proto),
                Err(error) => {
                    assert!(written.as_object().unwrap().keys().any(|key| error.starts_with(&**key)), "{error}")
                }
            }
            headers += 1;
        }
    }
    assert!(headers > 300, "{headers}");
}

fn read<H: serde::de::DeserializeOwned + AsRef<[u8]>>(value: &Value) -> Result<Vec<u8>, String> {
    serde_json::from_value::<H>(value.clone()).map(|header| header.as_ref().to_vec()).map_err(|error| error.to_string())
}

#[test]
fn a_header_is_read_by_names_and_numbers() {
    let tcp: Tcp = serde_json::from_value(json!({"src_port": 40000, "dst_port": 80, "flags": "SYN | ACK"})).unwrap();
    assert_eq!(tcp, Tcp::build().src_port(40000).dst_port(80).flags("SYN|ACK".parse().unwrap()).done());
    let eth = json!({"layer": "ethernet", "dst": "ff:ff:ff:ff:ff:ff", "ethertype": "ARP"});
    let eth: Ethernet = serde_json::from_value(eth).unwrap();
    assert_eq!((eth.dst(), u16::from(eth.ethertype())), (MacAddr::BROADCAST, 0x806));
    assert_eq!(serde_json::from_str::<Ipv4>("{}").unwrap(), Ipv4::default());
    let again: Tcp = serde_json::from_str(&serde_json::to_string(&tcp).unwrap()).unwrap();
    assert_eq!(again, tcp);
    for (wrong, says) in [
        (json!({"ttl": 300}), "ttl: 300 is more than 255, the largest that fits"),
        (json!({"colour": 3}), "colour: there is no such field"),
        (json!({"dst": "10.0.0"}), "dst: is not an IPv4 address"),
        (json!({"dst": 7}), "dst: an IPv4 address is called for here"),
        (json!({"protocol": "colour"}), "protocol: no number has this name"),
        (json!({"ttl": [1]}), "ttl: a single value is called for here"),
        (json!({"layer": "tcp"}), "layer: is another protocol"),
        (json!({"layer": 4}), "layer: text is called for here"),
    ] {
        assert_eq!(read::<Ipv4>(&wrong), Err(says.to_string()), "{wrong}");
    }
}

#[test]
fn a_packet_is_written_and_read() {
    let mut packets = 0;
    for frame in shapes() {
        let layers = || examine(frame.link_type, &frame.bytes).original_len(frame.original_len);
        let json = serde_json::to_value(Packet::new(layers())).unwrap();
        let mut packet: Packet = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(packet.build().unwrap(), frame.bytes);
        assert_eq!(serde_json::to_value(&packet).unwrap(), json);
        // The tool's form has the same members, and remarks about them.
        let written = tools_layers(layers());
        for (layer, written) in json["layers"].as_array().unwrap().iter().zip(&written) {
            for (name, value) in layer.as_object().unwrap() {
                if !value.is_array() && !value.is_object() {
                    assert_eq!(*value, written[name], "{name}");
                }
            }
        }
        let mut packet: Packet =
            serde_json::from_value(json!({"layers": written, "missing": json.get("missing")})).unwrap();
        assert_eq!(packet.build().unwrap(), frame.bytes);
        packets += 1;
    }
    assert!(packets > 200, "{packets}");
}

#[test]
fn what_a_packet_does_not_have_is_an_error() {
    let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).payload(&[0; 8]).finish().unwrap();
    let packet = Packet::new(examine(1, &frame[..30]).original_len(frame.len()));
    let json = serde_json::to_value(&packet).unwrap();
    assert_eq!(json["missing"], 12);
    assert_eq!(serde_json::from_value::<Packet>(json).unwrap().missing, 12);
    for (wrong, says) in [
        (json!({"layers": [], "colour": 3}), "colour: a packet has no such member"),
        (json!({"layers": [], "missing": -1}), "missing: is no number of bytes of a packet"),
        (json!({"layers": [], "missing": 1u64 << 32}), "missing: is no number of bytes of a packet"),
    ] {
        let error = serde_json::from_value::<Packet>(wrong.clone()).map(drop).unwrap_err();
        assert_eq!(error.to_string(), says, "{wrong}");
    }
    let mut packet: Packet =
        serde_json::from_value(json!({"missing": 3, "layers": [{"layer": "udp", "ttl": 3}]})).unwrap();
    assert_eq!(packet.missing, 3);
    assert!(packet.build().unwrap_err().to_string().starts_with("layer 1 (udp), ttl: there is no such field"));
}
