//! `packetsmith rewrite`: what is written, what is left out, and what is said.

use assert_cmd::Command;
use packetsmith::LinkType;
use packetsmith::capture::{Interface, ItemContent, NewRecord, Reader, Writer};
use packetsmith::{Ethernet, Ipv4, Stack, Udp};
use std::fs;
use std::path::Path;

const KEY: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

fn frame(last: u8) -> Vec<u8> {
    let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, last, 2].into());
    let udp = Udp::build().src_port(1000).dst_port(2000);
    Stack::new().push(Ethernet::build()).push(ip).push(udp).payload(b"payload").finish().unwrap()
}

/// A capture with names and comments.
fn capture(path: &Path) {
    let mut writer = Writer::pcapng(Vec::new()).unwrap();
    let interface = Interface::of(LinkType::Ethernet).with_name("office0").unwrap();
    writer.interface(&interface).unwrap();
    writer.packet(&NewRecord::new(&frame(0)).comments(&["of the boss"])).unwrap();
    writer.packet(&NewRecord::new(&frame(7))).unwrap();
    fs::write(path, writer.finish().unwrap()).unwrap();
}

/// What the command says, with its exit status.
fn run(arguments: &[&str], status: i32) -> String {
    let output = Command::cargo_bin("packetsmith").unwrap().args(arguments).assert().code(status).get_output().clone();
    String::from_utf8(output.stderr).unwrap()
}

fn packets(path: &Path) -> Vec<Vec<u8>> {
    let mut reader = Reader::open(path).unwrap();
    std::iter::from_fn(|| reader.next_record().map(|record| record.unwrap().data.to_vec())).collect()
}

#[test]
fn only_packets_that_pass_are_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in.pcapng"), folder.path().join("out.pcapng"));
    capture(&input);
    let [from, to] = [&input, &out].map(|path| path.to_str().unwrap());
    let map = ["rewrite", from, "--map-ip", "10.0.0.0/8=172.0.0.0/8", "-w", to];
    assert_eq!(run(&map, 0), "packetsmith: 2 of 2 packets were changed\n");
    assert_eq!(packets(&out)[1][26..34], [172, 0, 0, 1, 172, 0, 7, 2]);
    let said = run(&[&map[..], &["-Y", "ip.dst == 10.0.7.2"]].concat(), 0);
    assert_eq!(said, "packetsmith: 1 of 2 packets were changed\n");
    assert_eq!(packets(&out)[0], frame(0));
    let said = run(&[&map[..], &["-Y", "tcp"]].concat(), 1);
    let unused = "a rule had nothing to do: no address is in 10.0.0.0/8 in the packets that pass the filter";
    assert_eq!(said, format!("packetsmith: {unused}\npacketsmith: 0 of 2 packets were changed\n"));
    // Comments and names are copied, and a pcap file has the new lengths.
    assert!(fs::read(&out).unwrap().windows(7).any(|bytes| bytes == b"office0"));
    let pcap = folder.path().join("out.pcap");
    run(&["rewrite", from, "-F", "pcap", "--vlan", "add:5", "-w", pcap.to_str().unwrap()], 0);
    run(&["rewrite", pcap.to_str().unwrap(), "--vlan", "strip", "--snaplen", "30", "-w", to], 0);
    let mut reader = Reader::open(&out).unwrap();
    let record = reader.next_record().unwrap().unwrap();
    assert_eq!((record.data, record.original_len as usize), (&frame(0)[..30], frame(0).len()));
}

#[test]
fn two_hosts_never_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in.pcapng"), folder.path().join("out.pcapng"));
    capture(&input);
    let [from, to] = [&input, &out].map(|path| path.to_str().unwrap());
    let said = run(&["rewrite", from, "--map-ip", "10.0.0.0/8=192.0.2.0/24", "-w", to], 2);
    assert!(said.contains("packet 2: 10.0.0.2 and 10.0.7.2 would both become 192.0.2.2"), "{said}");
    assert!(!out.exists(), "a file that is not complete has no name");
}

#[test]
fn what_is_said_often_is_said_ten_times_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in.pcapng"), folder.path().join("out.pcapng"));
    let mut writer = Writer::pcapng(Vec::new()).unwrap();
    writer.interface(&Interface::of(LinkType::Ethernet)).unwrap();
    (0..13).for_each(|n| writer.packet(&NewRecord::new(&frame(n))).unwrap());
    fs::write(&input, writer.finish().unwrap()).unwrap();
    let [from, to] = [&input, &out].map(|path| path.to_str().unwrap());
    let said = run(&["rewrite", from, "--vlan", "strip", "-w", to], 1);
    let last = "packetsmith: 3 more messages like that of packet 1: no VLAN tag was changed: the frame has none\n";
    assert!(said.contains(last) && said.matches("in.pcapng: packet").count() == 10, "{said}");
}

#[test]
fn a_tag_makes_no_packet_longer_than_the_snapshot_length_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let [input, cut, out] = ["in.pcapng", "cut.pcap", "out.pcap"].map(|name| folder.path().join(name));
    capture(&input);
    let [from, short, to] = [&input, &cut, &out].map(|path| path.to_str().unwrap());
    run(&["rewrite", from, "--snaplen", "44", "-F", "pcap", "-w", short], 0);
    // The header says what was captured at most.
    let mut file = fs::read(&cut).unwrap();
    file[16..20].copy_from_slice(&44_u32.to_ne_bytes());
    fs::write(&cut, file).unwrap();
    let said = run(&["rewrite", short, "--vlan", "add:7", "-w", to], 0);
    assert!(said.contains("cut to the snapshot length of their file, because a tag made them longer: 2"), "{said}");
    assert_eq!(packets(&out)[0].len(), 44);
}

#[test]
fn an_anonymised_file_tells_no_names() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in.pcapng"), folder.path().join("out.pcapng"));
    capture(&input);
    let [from, to] = [&input, &out].map(|path| path.to_str().unwrap());
    let said = run(&["rewrite", from, "--anonymise", KEY, "-w", to], 0);
    assert!(
        said.contains("without what could tell names, addresses or secrets: comments and other options of packets (1)")
    );
    assert!(said.contains("names and payloads are not anonymised"), "{said}");
    let file = fs::read(&out).unwrap();
    assert!(![&b"office0"[..], b"the boss"].iter().any(|text| file.windows(text.len()).any(|bytes| bytes == *text)));
    let first = packets(&out);
    assert_eq!(first[0][26..30], first[1][26..30], "one address becomes one");
    run(&["rewrite", from, "--anonymise", KEY, "--keep-metadata", "-w", to], 0);
    assert_eq!(packets(&out), first, "in each run the same");
    let mut reader = Reader::open(&out).unwrap();
    let has_comment = std::iter::from_fn(|| {
        let item = reader.next_item()?.unwrap();
        Some(matches!(&item.content, ItemContent::Packet(record) if record.comments().next().is_some()))
    });
    assert!(has_comment.into_iter().any(|has| has));
}

#[test]
fn mistakes_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.pcapng");
    capture(&input);
    let from = input.to_str().unwrap();
    let said = |arguments: &[&str]| run(&[&["rewrite", from, "-w", "-"], arguments].concat(), 2);
    assert!(said(&["--set", "ip.tll=3"]).contains("the nearest is ip.ttl"));
    assert!(said(&[]).contains("nothing is to be changed"));
    assert!(said(&["--dns"]).contains("give one of these too"));
    assert!(
        said(&["--anonymise", "secret"]).contains("a KEY is 64 hexadecimal digits, file:PATH, env:NAME or pass:TEXT")
    );
    assert!(said(&["--map-ip", "10.0.0.1/8=11.0.0.0/8"]).contains("is 10.0.0.0/8 meant?"));
    assert!(run(&["rewrite", from, "--fix", "-w", from], 2).contains("is the file that is read"));
}
