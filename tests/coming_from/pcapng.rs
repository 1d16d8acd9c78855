//! A pcapng file with two interfaces, and with comments. etherparse, pnet and smoltcp are used with the crate pcap-file.

pub mod packetsmith {
    use packetsmith::LinkType;
    use packetsmith::capture::{ByteOrder, Format, Interface, NewRecord, SectionHeader, Timestamp, Writer};
    use std::error::Error;

    pub fn write(frame: &[u8], packet: &[u8], time: Timestamp) -> Result<Vec<u8>, Box<dyn Error>> {
        let order = ByteOrder::Little;
        let mut writer = Writer::new(Vec::new());
        writer.begin(Format::Pcapng(&SectionHeader::new(order, &[])))?;
        writer.interface(&Interface::new(order, LinkType::Ethernet, 0, &[]).with_name("eth0")?)?;
        writer.interface(&Interface::new(order, LinkType::Raw, 0, &[]).with_name("tun0")?.with_comment("VPN")?)?;
        writer.packet(&NewRecord::new(frame).at(time).comments(&["outside"]))?;
        writer.packet(&NewRecord::new(packet).at(time).interface(1).comments(&["inside", "the same packet"]))?;
        Ok(writer.finish()?)
    }
}

pub mod pcap_file {
    use pcap_file::DataLink;
    use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
    use pcap_file::pcapng::blocks::interface_description::{InterfaceDescriptionBlock, InterfaceDescriptionOption};
    use pcap_file::pcapng::{PcapNgBlock, PcapNgWriter};
    use std::error::Error;
    use std::time::Duration;

    // The time is written in nanoseconds, whatever the resolution says: so the resolution says nanoseconds.
    pub fn write(frame: &[u8], packet: &[u8], time: Duration) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut writer = PcapNgWriter::new(Vec::new())?;
        let ethernet = InterfaceDescriptionBlock {
            linktype: DataLink::ETHERNET,
            snaplen: 0,
            options: vec![InterfaceDescriptionOption::IfName("eth0".into()), InterfaceDescriptionOption::IfTsResol(9)],
        };
        let tunnel = InterfaceDescriptionBlock {
            linktype: DataLink::RAW,
            snaplen: 0,
            options: vec![
                InterfaceDescriptionOption::IfName("tun0".into()),
                InterfaceDescriptionOption::Comment("VPN".into()),
                InterfaceDescriptionOption::IfTsResol(9),
            ],
        };
        writer.write_block(&ethernet.into_block())?;
        writer.write_block(&tunnel.into_block())?;
        let outside = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: time,
            original_len: frame.len() as u32,
            data: frame.into(),
            options: vec![EnhancedPacketOption::Comment("outside".into())],
        };
        let inside = EnhancedPacketBlock {
            interface_id: 1,
            timestamp: time,
            original_len: packet.len() as u32,
            data: packet.into(),
            options: vec![
                EnhancedPacketOption::Comment("inside".into()),
                EnhancedPacketOption::Comment("the same packet".into()),
            ],
        };
        writer.write_block(&outside.into_block())?;
        writer.write_block(&inside.into_block())?;
        Ok(writer.into_inner())
    }
}

#[test]
fn both_write_the_same() {
    use ::packetsmith::capture::{Reader, Timestamp};
    use std::time::Duration;
    /// What a reader finds of each packet: link type, name of the interface, time, bytes, comments.
    fn read(file: &[u8]) -> Vec<String> {
        let mut reader = Reader::new(file).unwrap();
        let mut records = Vec::new();
        while let Some(record) = reader.next_record() {
            let record = record.unwrap();
            let name = record.description.and_then(|interface| interface.name()).unwrap();
            let comments: Vec<_> = record.comments().collect();
            let time = record.timestamp.unwrap().nanos();
            records.push(format!("{:?} {name} {time} {:?} {comments:?}", record.link_type, record.data));
        }
        records
    }
    let time = Duration::new(1_700_000_000, 250_000_000);
    let (frame, packet) = (&[1; 60][..], &[0x45; 46][..]);
    let ours = packetsmith::write(frame, packet, Timestamp::try_from(time).unwrap()).unwrap();
    let records = read(&ours);
    assert_eq!(records.len(), 2);
    assert!(records[0].starts_with("Some(1) eth0 1700000000250000000 [1, 1"), "{}", records[0]);
    assert!(records[1].ends_with(r#"["inside", "the same packet"]"#), "{}", records[1]);
    assert_eq!(records, read(&pcap_file::write(frame, packet, time).unwrap()));
}
