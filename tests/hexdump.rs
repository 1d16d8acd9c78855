//! Hexdumps: what each tool writes of real packets is read back byte by byte, and what is wrong is refused with its line.

mod common;

use packetsmith::LinkType;
use packetsmith::capture::{HexdumpProblem, HexdumpReader, HexdumpSettings, HexdumpTimes, Reader};
use std::fmt::Write;

type Dumped = Result<Vec<(Vec<u8>, Option<String>)>, (u64, HexdumpProblem)>;

/// Writes the dump of a packet.
type WriteDump<'w> = &'w dyn Fn(&[u8]) -> String;

/// The packets of a dump with their times, or the line and the problem of the first error.
fn read(text: &str) -> Dumped {
    let mut dump = HexdumpReader::new(text.as_bytes(), HexdumpSettings::default());
    let mut packets = Vec::new();
    loop {
        match dump.next_packet() {
            Ok(Some(packet)) => packets.push((packet.data.to_vec(), packet.time.map(|time| time.to_string()))),
            Ok(None) => return Ok(packets),
            Err(error) => return Err((error.line, error.problem)),
        }
    }
}

fn bytes(text: &str) -> Vec<Vec<u8>> {
    let packets = read(text).unwrap_or_else(|error| panic!("{error:?} in\n{text}"));
    packets.into_iter().map(|(data, _)| data).collect()
}

fn rendered(row: &[u8]) -> String {
    row.iter().map(|&byte| if (b' '..=b'~').contains(&byte) { char::from(byte) } else { '.' }).collect()
}

/// Writes a dump: offsets with digits and an end, words of some bytes, a second blank in the middle, columns of the
/// bytes before the text, and what is around the text. 0 columns leave out the text.
fn dump(packet: &[u8], width: usize, offset: &str, word: usize, middle: bool, columns: usize, bar: &str) -> String {
    let mut text = String::new();
    for (n, row) in packet.chunks(width).enumerate() {
        let mut line = String::new();
        for (at, byte) in row.iter().enumerate() {
            line += if at % word == 0 { " " } else { "" };
            line += if middle && at == 8 { " " } else { "" };
            write!(line, "{byte:02x}").unwrap();
        }
        let at = format!("{:04x}", n * width);
        let start = offset.replace("OOOO", &at);
        match columns {
            0 => writeln!(text, "{start}{line}").unwrap(),
            _ => writeln!(text, "{start}{line:columns$}  {bar}{}{bar}", rendered(row)).unwrap(),
        }
    }
    text
}

#[test]
fn what_the_tools_write_of_real_packets_is_read_back() {
    let forms: [(&str, WriteDump<'_>); 8] = [
        ("tcpdump -xx", &|packet| dump(packet, 16, "\t0xOOOO: ", 2, false, 0, "")),
        ("tcpdump -XX", &|packet| dump(packet, 16, "\t0xOOOO: ", 2, false, 40, "")),
        ("xxd", &|packet| dump(packet, 16, "0000OOOO:", 2, false, 40, "")),
        ("xxd -g1 -c8", &|packet| dump(packet, 8, "0000OOOO:", 1, false, 24, "")),
        ("hexdump -C", &|packet| {
            format!("{}0000{:04x}\n", dump(packet, 16, "0000OOOO ", 1, true, 49, "|"), packet.len())
        }),
        ("od", &|packet| format!("{}00{:04x}\n", dump(packet, 16, "00OOOO", 1, false, 0, ""), packet.len())),
        ("tshark -x", &|packet| format!("{}\n", dump(packet, 16, "OOOO ", 1, false, 48, " "))),
        ("text2pcap", &|packet| format!("# a packet\n{}\n", dump(packet, 16, "00OOOO", 1, false, 0, ""))),
    ];
    let mut count = 0;
    for path in common::testdata() {
        let packets: Vec<_> = common::packets(&path).into_iter().map(|packet| packet.bytes).collect();
        count += packets.len();
        for (name, write) in &forms {
            let text: String = packets.iter().filter(|packet| !packet.is_empty()).map(|packet| write(packet)).collect();
            let found = bytes(&text);
            assert!(packets.iter().filter(|packet| !packet.is_empty()).eq(&found), "{name} of {}", path.display());
            assert_eq!(HexdumpReader::recognizes(text.as_bytes(), true), Some(true), "{name}");
            // The line ends of another system.
            assert_eq!(bytes(&text.replace('\n', "\r\n")), found);
        }
    }
    assert!(count > 500, "{count} packets");
}

#[test]
fn a_digit_that_is_missing_is_found() {
    let packet: Vec<u8> = (0..40).map(|n| b"GET /dead/beef HTTP/1.1"[n % 23]).collect();
    for text in [
        dump(&packet, 16, "\t0xOOOO: ", 2, false, 40, ""),
        dump(&packet, 16, "0000OOOO:", 2, false, 40, ""),
        dump(&packet, 16, "0000OOOO ", 1, true, 49, "|"),
        dump(&packet, 16, "00OOOO", 1, false, 0, ""),
    ] {
        for (at, _) in text.char_indices().filter(|(_, c)| c.is_ascii_hexdigit()) {
            let mut cut = text.clone();
            cut.remove(at);
            // A letter of the text says nothing.
            assert!(read(&cut).map_or(true, |packets| packets[0].0 == packet), "byte {at} of\n{text}");
        }
        for n in 1..3 {
            let line = text.lines().nth(n).unwrap();
            let cut = text.replace(&format!("{line}\n"), "");
            assert!(n == 2 || read(&cut).is_err(), "without line {n}:\n{text}");
        }
    }
}

#[test]
fn plain_digits_may_be_between_anything() {
    for text in [
        "45 00 00 3c",
        "4500003c",
        "4500\n003c",
        "45:00:00:3c",
        "45-00-00-3C",
        "0x45, 0x0, 0x00,\n0x3c",
        "\\x45\\x00\\x00\\x3c",
        "\u{feff}45 00 00 3c\r\n",
        "# a comment\n45 00\n# another\n00 3c\n",
    ] {
        assert_eq!(bytes(text), [[0x45, 0, 0, 0x3c]], "{text}");
    }
    assert_eq!(bytes("45 00\n\n\n00 3c\n").len(), 2);
}

#[test]
fn lines_that_repeat_are_filled_in() {
    let text = "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n\
                00000040  01                                                |.|\n00000041\n";
    let found = bytes(text);
    assert_eq!((found[0].len(), found[0][63], found[0][64]), (65, 0, 1));
    for wrong in [
        "*\n00000041\n",
        &text.replace("00000040", "00000041"),
        &text.replace("00000040", "7fffffff"),
        &text.replace("*\n", "*\n*\n"),
        &text[..text.find("00000040").unwrap()],
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn errors_name_the_line_and_what_was_complete_comes_first() {
    let text = "0000  45 00\n\n0000  60 00\n0002  0g\n";
    let mut dump = HexdumpReader::new(text.as_bytes(), HexdumpSettings::default());
    assert_eq!(dump.link_type().unwrap(), LinkType::Ethernet);
    assert_eq!(dump.next_packet().unwrap().unwrap().data, [0x45, 0]);
    let error = dump.next_packet().unwrap_err();
    assert_eq!(error.to_string(), "line 4: no byte in hexadecimal: 0g");
    assert!(dump.next_packet().unwrap().is_none());
    // The same through the reader of capture files.
    let dump = HexdumpReader::new(text.as_bytes(), HexdumpSettings::default());
    let mut reader = Reader::from_hexdump(dump).unwrap().named("dump.txt");
    assert!(reader.next_record().unwrap().unwrap().timestamp.is_none());
    let error = reader.next_record().unwrap().unwrap_err();
    assert!(error.is_final());
    assert_eq!(error.to_string(), "dump.txt: line 4: no byte in hexadecimal: 0g");
    for (text, line) in [("45\nhello\n", 2), ("hello\n45\n", 1), ("0000  45\n0001  45\nhello\n", 3), ("0000: 4\n", 1)] {
        assert_eq!(read(text).unwrap_err().0, line, "{text}");
    }
}

#[test]
fn the_link_type_of_tcpdump_is_found_out() {
    let of = |text: &str| HexdumpReader::new(text.as_bytes(), HexdumpSettings::default()).link_type().unwrap();
    let ip = "4500 0014 0000 0000 4000 66e8 0a00 0001\n\t0x0010:  0a00 0002\n";
    assert_eq!(of(&format!("\t0x0000:  {ip}")), LinkType::Raw);
    // ARP tells it, too, by its header; what tells nothing is passed over.
    let arp = "1.0 ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28\n\t0x0000:  0001 0800 0604 0001\n";
    assert_eq!(of(arp), LinkType::Raw);
    assert_eq!(
        of(&format!("1.0 LLDP, length 2\n\t0x0000:  0207\n1.0 IP 10.0.0.1 > 10.0.0.2\n\t0x0000:  {ip}")),
        LinkType::Raw
    );
    let ethernet = "1.0 ARP, Reply\n\t0x0000:  ffff ffff ffff 0200 0000 0001 0806 0001\n";
    assert_eq!(of(ethernet), LinkType::Ethernet);
    assert_eq!(of("0000  45 00 00 14\n"), LinkType::Ethernet);
}

#[test]
fn times_are_those_of_the_headers() {
    let at = |time: &str| format!("{time}IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 0\n    more of it\n\t0x0000:  4500\n");
    let times = |first: &str, second: &str| {
        let found = read(&(at(first) + &at(second))).unwrap();
        found.into_iter().map(|(_, time)| time.unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(times("23:59:59.500000 ", "00:00:00.250000 "), ["86399.500000", "86400.250000"]);
    assert_eq!(times("2026-11-21 00:15:09.498026 ", "2026-11-21 00:15:10.000000 ")[1], "1795220110.000000");
    assert_eq!(times("1795220109.498026001 ", "1795220110.5 ")[0], "1795220109.498026001");
    assert_eq!(times("", ""), ["", ""]);
    let text = at(" 00:00:00.000001 ");
    let mut dump = HexdumpReader::new(text.as_bytes(), HexdumpSettings::default());
    assert_eq!(dump.times().unwrap(), HexdumpTimes::Differences);
    assert_eq!(dump.next_packet().unwrap().unwrap().time, None);
}

#[test]
fn captures_and_letters_are_no_hexdumps() {
    for path in common::testdata() {
        let file = std::fs::read(&path).unwrap();
        for length in [4, 8, 100] {
            let first = &file[..length.min(file.len())];
            assert_eq!(HexdumpReader::recognizes(first, false), Some(false), "{}", path.display());
        }
    }
    assert_eq!(HexdumpReader::recognizes(b"Dear friend,\n45 00\n", true), Some(false));
    assert_eq!(HexdumpReader::recognizes(b"", true), Some(false));
    assert_eq!(HexdumpReader::recognizes(&[b'x'; 70_000], false), Some(false));
}

#[test]
fn a_packet_of_the_largest_size_is_read_and_a_longer_one_refused() {
    let most = HexdumpReader::MAX_PACKET;
    let text = "0x45, ".repeat(most);
    assert_eq!(bytes(&text)[0].len(), most);
    assert!(matches!(read(&(text + "0x45")), Err((1, HexdumpProblem::TooLong))));
    let lines = dump(&vec![7; most], 16, "0xOOOO: ", 2, false, 0, "");
    assert_eq!(bytes(&lines)[0].len(), most);
}
