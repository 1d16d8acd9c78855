//! The answer of a DNS server to the payload of UDP: an address, text or a service binding.

pub mod packetsmith {
    use packetsmith::proto::dns::{DnsRecord, DnsType, SvcParam};
    use packetsmith::wire::Counted;
    use packetsmith::{Dns, FromBytes, List, Name, Stack, Text};

    pub fn answer(query: &[u8]) -> Option<Vec<u8>> {
        let query = Dns::from_bytes(query).ok()?;
        let question = query.questions(&query.context).next()?;
        let (name, root, text) = (question.name, Name::from_text(".").ok()?, [Counted(Text(b"v=spf1 -all"))]);
        let params = [SvcParam::Alpn { protocols: List::of(&[Counted(Text(b"h2"))]) }, SvcParam::Port { port: 8443 }];
        let answer = match question.qtype {
            DnsType::A => DnsRecord::a(name, 300, [192, 0, 2, 1].into()),
            DnsType::Aaaa => DnsRecord::aaaa(name, 300, [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into()),
            DnsType::Txt => DnsRecord::txt(name, 300, &text),
            DnsType::Svcb => DnsRecord::svcb(name, 300, 1, root, &params),
            _ => return None,
        };
        let reply = Dns::build().id(query.id()).response(true).recursion_desired(query.recursion_desired());
        Stack::new().push(reply.questions(&[question]).answers(&[answer])).finish().ok()
    }
}

pub mod etherparse {
    // etherparse ends at UDP: the message is read and written by hand.
    pub fn answer(query: &[u8]) -> Option<Vec<u8>> {
        let name_len = query.get(12..)?.iter().position(|&byte| byte == 0)? + 1;
        let (question, rest) = query.split_at_checked(12 + name_len + 4)?;
        let kind = u16::from_be_bytes([question[12 + name_len], question[13 + name_len]]);
        let data = match kind {
            1 => vec![192, 0, 2, 1],
            28 => vec![0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            16 => [&[11][..], b"v=spf1 -all"].concat(),
            64 => [&[0, 1, 0, 0, 1, 0, 3, 2][..], b"h2", &[0, 3, 0, 2], &8443u16.to_be_bytes()].concat(),
            _ => return None,
        };
        if query[4..6] != [0, 1] || !rest.is_empty() {
            return None;
        }
        let mut reply = question.to_vec();
        reply[2] |= 0x80;
        reply[7] = 1;
        reply.extend([0xc0, 12]);
        reply.extend(kind.to_be_bytes());
        reply.extend([0, 1]);
        reply.extend(300u32.to_be_bytes());
        reply.extend((data.len() as u16).to_be_bytes());
        reply.extend(data);
        Some(reply)
    }
}

pub mod pnet {
    use pnet_packet::Packet;
    use pnet_packet::dns::{DnsClasses, DnsPacket, DnsTypes, MutableDnsPacket, MutableDnsResponsePacket};

    // The data of records is written by hand.
    pub fn answer(query: &[u8]) -> Option<Vec<u8>> {
        let packet = DnsPacket::new(query)?;
        let question = packet.get_queries().into_iter().next()?;
        let data = match question.qtype {
            DnsTypes::A => vec![192, 0, 2, 1],
            DnsTypes::AAAA => vec![0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            DnsTypes::TXT => [&[11][..], b"v=spf1 -all"].concat(),
            DnsTypes::SVCB => [&[0, 1, 0, 0, 1, 0, 3, 2][..], b"h2", &[0, 3, 0, 2], &8443u16.to_be_bytes()].concat(),
            _ => return None,
        };
        let mut record = vec![0; 12 + data.len()];
        let mut response = MutableDnsResponsePacket::new(&mut record)?;
        response.set_name_tag(0xc00c);
        response.set_rtype(question.qtype);
        response.set_rclass(DnsClasses::IN);
        response.set_ttl(300);
        response.set_data_len(data.len() as u16);
        response.set_data(&data);
        let mut reply = packet.packet().to_vec();
        let mut header = MutableDnsPacket::new(&mut reply)?;
        header.set_is_response(1);
        header.set_response_count(1);
        reply.extend(record);
        Some(reply)
    }
}

pub mod smoltcp {
    use smoltcp::wire::{DnsFlags, DnsPacket, DnsQueryType, DnsQuestion};

    // The records are written by hand.
    pub fn answer(query: &[u8]) -> Option<Vec<u8>> {
        let packet = DnsPacket::new_checked(query).ok()?;
        let (_, question) = DnsQuestion::parse(packet.payload()).ok()?;
        let data = match question.type_ {
            DnsQueryType::A => vec![192, 0, 2, 1],
            DnsQueryType::Aaaa => vec![0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            DnsQueryType::Unknown(16) => [&[11][..], b"v=spf1 -all"].concat(),
            DnsQueryType::Unknown(64) => {
                [&[0, 1, 0, 0, 1, 0, 3, 2][..], b"h2", &[0, 3, 0, 2], &8443u16.to_be_bytes()].concat()
            }
            _ => return None,
        };
        let mut reply = query[..12 + question.name.len() + 4].to_vec();
        let mut header = DnsPacket::new_unchecked(&mut reply);
        header.set_flags(packet.flags() | DnsFlags::RESPONSE);
        header.set_answer_record_count(1);
        reply.extend([0xc0, 12]);
        reply.extend(u16::from(question.type_).to_be_bytes());
        reply.extend([0, 1]);
        reply.extend(300u32.to_be_bytes());
        reply.extend((data.len() as u16).to_be_bytes());
        reply.extend(data);
        Some(reply)
    }
}

#[test]
fn all_answer_the_same() {
    use ::packetsmith::proto::dns::{DnsQuestion, DnsType, Rdata};
    use ::packetsmith::{Dns, FromBytes, Name, Stack};
    let name = Name::from_text("www.example.org").unwrap();
    for (qtype, length) in [(DnsType::A, 4), (DnsType::Aaaa, 16), (DnsType::Txt, 12), (DnsType::Svcb, 16)] {
        let questions = [DnsQuestion::new(name, qtype)];
        let query = Stack::new().push(Dns::build().id(7).questions(&questions)).finish().unwrap();
        let ours = packetsmith::answer(&query).unwrap();
        let dns = Dns::from_bytes(&ours).unwrap();
        let record = dns.answers(&dns.context).next().unwrap();
        assert_eq!((record.rtype, record.rdlength, record.name == name), (qtype, length, true));
        assert!(!matches!(record.data(), Rdata::Unknown { .. }));
        assert_eq!(Some(&ours), etherparse::answer(&query).as_ref(), "{qtype}");
        assert_eq!(Some(&ours), pnet::answer(&query).as_ref(), "{qtype}");
        assert_eq!(Some(&ours), smoltcp::answer(&query).as_ref(), "{qtype}");
    }
    let query = Stack::new().push(Dns::build().questions(&[DnsQuestion::new(name, DnsType::Mx)])).finish().unwrap();
    assert_eq!(packetsmith::answer(&query), None);
    assert_eq!(etherparse::answer(&query), None);
    assert_eq!(pnet::answer(&query), None);
    assert_eq!(smoltcp::answer(&query), None);
}
