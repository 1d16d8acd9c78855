//! `packetsmith cut`, `merge`, `info`, `shift`, `split`, `dedup` and `repair`: captures that are cut, merged and changed as a whole.
//!
//! The files are made byte by byte, so that every block of a copy can be compared. `surgery_peers.rs` compares with the tools
//! of Wireshark.

use assert_cmd::Command;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;

const HTTP: &str = "testdata/http.pcap";
const MULTI: &str = "testdata/multi.pcapng";

/// A folder for files, and calls of the tool from the root of the repository.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Desk(tempfile::tempdir().expect("there is room"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        fs::write(self.path(name), bytes).expect("there is room");
        self.path(name)
    }
}

fn call(arguments: &[&str], input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    let mut command = Command::cargo_bin("packetsmith").expect("the program is built");
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).env("TZ", "UTC0").args(arguments);
    let output = command.write_stdin(input).output().expect("it runs");
    (output.status.code(), output.stdout, String::from_utf8(output.stderr).expect("messages are UTF-8"))
}

/// What a call says that ends with this status.
fn says(arguments: &[&str], status: i32) -> String {
    let (code, _, stderr) = call(arguments, b"");
    assert_eq!(code, Some(status), "{arguments:?}: {stderr}");
    stderr
}

/// A call that ends well and has nothing to say.
fn quiet(arguments: &[&str]) {
    assert_eq!(says(arguments, 0), "", "{arguments:?}");
}

/// Columns of the packets of a file, a line each, the columns separated by spaces.
fn columns(file: &str, names: &[&str]) -> Vec<String> {
    let mut arguments = vec!["read", file, "-T", "fields", "-E", "separator=/s"];
    names.iter().for_each(|name| arguments.extend(["-e", name]));
    let (_, stdout, _) = call(&arguments, b"");
    String::from_utf8(stdout).expect("output is UTF-8").lines().map(str::to_string).collect()
}

/// A number as bytes in one of both orders.
#[derive(Clone, Copy)]
struct Order(bool);

const LITTLE: Order = Order(false);
const BIG: Order = Order(true);

impl Order {
    fn u16(self, number: u16) -> Vec<u8> {
        if self.0 { number.to_be_bytes() } else { number.to_le_bytes() }.to_vec()
    }

    fn u32(self, number: u32) -> Vec<u8> {
        if self.0 { number.to_be_bytes() } else { number.to_le_bytes() }.to_vec()
    }

    fn u64(self, number: u64) -> Vec<u8> {
        if self.0 { number.to_be_bytes() } else { number.to_le_bytes() }.to_vec()
    }

    /// A time in two halves.
    fn halves(self, ticks: u64) -> Vec<u8> {
        [self.u32((ticks >> 32) as u32), self.u32(ticks as u32)].concat()
    }

    fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut bytes = [self.u16(code), self.u16(value.len() as u16), value.to_vec()].concat();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn block(self, kind: u32, parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        let padded = body.len().next_multiple_of(4);
        let len = self.u32(padded as u32 + 12);
        [self.u32(kind), len.clone(), body.clone(), vec![0; padded - body.len()], len].concat()
    }

    fn section(self, options: &[u8]) -> Vec<u8> {
        self.block(0x0a0d_0d0a, &[&self.u32(0x1a2b_3c4d), &self.u16(1), &self.u16(0), &[255; 8], options])
    }

    fn interface(self, link_type: u16, options: &[u8]) -> Vec<u8> {
        self.block(1, &[&self.u16(link_type), &[0; 2], &self.u32(0), options])
    }

    fn packet(self, interface: u32, ticks: u64, data: &[u8], options: &[u8]) -> Vec<u8> {
        let len = self.u32(data.len() as u32);
        let padding = vec![0; data.len().next_multiple_of(4) - data.len()];
        let fixed = [self.u32(interface), self.halves(ticks), len.clone(), len].concat();
        self.block(6, &[&fixed, data, &padding, options])
    }

    fn statistics(self, interface: u32, ticks: u64, received: u64) -> Vec<u8> {
        let options =
            [self.option(2, &self.halves(ticks - 7)), self.option(4, &self.u64(received)), vec![0; 4]].concat();
        self.block(5, &[&self.u32(interface), &self.halves(ticks), &options])
    }

    fn names(self) -> Vec<u8> {
        let name = [&[10, 0, 0, 1][..], b"server.example\0"].concat();
        self.block(4, &[&self.option(1, &name), &[0; 4]])
    }

    fn secrets(self) -> Vec<u8> {
        let keys = b"CLIENT_RANDOM 00 11";
        self.block(10, &[&self.u32(0x544c_534b), &self.u32(keys.len() as u32), keys])
    }
}

/// A pcapng section with a block of each kind. Its packets have 1, 2 and 3 bytes, and come at 1, 2 and 3 seconds.
fn section(order: Order) -> Vec<u8> {
    let end = [0; 4];
    let comment = [order.option(1, b"the first"), end.to_vec()].concat();
    [
        order.section(&[order.option(1, b"of the test"), order.option(4, b"by hand"), end.to_vec()].concat()),
        order.interface(1, &[order.option(2, b"eth0"), order.option(1, b"at home"), end.to_vec()].concat()),
        order.names(),
        order.interface(101, &[order.option(2, b"tun0"), order.option(9, &[9]), end.to_vec()].concat()),
        order.secrets(),
        order.packet(0, 1_000_000, &[1], &comment),
        order.block(0x0bad, &[&order.u32(32_473), b"copied"]),
        order.packet(1, 2_000_000_000, &[2; 2], &[]),
        order.block(9, &[b"MESSAGE=hello\n"]),
        order.block(0x8000_0123, &[b"who knows"]),
        order.packet(0, 3_000_000, &[3; 3], &[]),
        order.statistics(0, 3_000_000, 500),
        order.statistics(1, 3_000_000_000, 600),
    ]
    .concat()
}

/// A pcap file of packets with these times, in units, and bytes.
fn pcap(order: Order, magic: u32, link_type: u32, packets: &[(u32, u32, &[u8])]) -> Vec<u8> {
    let mut file =
        [order.u32(magic), order.u16(2), order.u16(4), vec![0; 8], order.u32(65_535), order.u32(link_type)].concat();
    for (seconds, fraction, data) in packets {
        let len = order.u32(data.len() as u32);
        file.extend([order.u32(*seconds), order.u32(*fraction), len.clone(), len, data.to_vec()].concat());
    }
    file
}

const MICRO: u32 = 0xa1b2_c3d4;
const NANO: u32 = 0xa1b2_3c4d;

#[test]
fn a_copy_has_every_block_of_every_section() {
    let desk = Desk::new();
    let file = [section(LITTLE), section(BIG), section(LITTLE)].concat();
    let (all, out) = (desk.file("all.pcapng", &file), desk.path("out.pcapng"));
    for command in [&["cut"][..], &["shift", "-t", "0"]] {
        quiet(&[command, &[&all, "-w", &out]].concat());
        assert!(fs::read(&out).unwrap() == file, "{command:?}");
    }
    let kept = says(&["dedup", &all, "-D", "1", "-w", &out], 0);
    assert!(kept.ends_with(": 0 of 9 packets are duplicates and were left out\n"), "{kept}");
    assert!(fs::read(&out).unwrap() == file);
    quiet(&["cut", MULTI, "-w", &out]);
    let multi = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(MULTI);
    assert!(fs::read(&out).unwrap() == fs::read(multi).unwrap());
}

#[test]
fn a_block_that_must_not_be_copied_is_left_out_and_named() {
    let desk = Desk::new();
    let private = LITTLE.block(0x4000_0bad, &[&LITTLE.u32(32_473), b"mine"]);
    let all = desk.file("all.pcapng", &[section(LITTLE), private].concat());
    let out = desk.path("out.pcapng");
    let said = says(&["cut", &all, "-w", &out], 0);
    assert!(said.contains("without what has no place in it: custom blocks that must not be copied (1)"), "{said}");
    assert!(fs::read(&out).unwrap() == section(LITTLE));
}

#[test]
fn large_blocks_are_copied() {
    let desk = Desk::new();
    let names: Vec<u8> = (0..40_000).flat_map(|_| LITTLE.option(1, b"\x0a\0\0\x01server.example\0")).collect();
    let file = [section(LITTLE), LITTLE.block(4, &[&names, &[0; 4]]), LITTLE.packet(0, 9, &[9], &[])].concat();
    let (all, out) = (desk.file("all.pcapng", &file), desk.path("out.pcapng"));
    quiet(&["cut", &all, "-w", &out]);
    assert!(fs::read(&out).unwrap() == file);
}

#[test]
fn packets_by_numbers_and_times() {
    let desk = Desk::new();
    let packets: Vec<(u32, u32, &[u8])> = (0..9).map(|n| (100 + n, 500_000, &[7; 20][..=n as usize])).collect();
    for (order, magic) in [(LITTLE, MICRO), (BIG, MICRO), (LITTLE, NANO), (BIG, NANO)] {
        let all = desk.file("all.pcap", &pcap(order, magic, 1, &packets));
        let out = desk.path("out.pcap");
        for (arguments, expected) in [
            (&["1"][..], "1"),
            (&["2-4", "9-"], "2349"),
            (&["3", "3", "2-3"], "23"),
            (&["2-4", "-v"], "156789"),
            (&["-A", "+2"], "3456789"),
            (&["-B", "+2"], "12"),
            (&["-A", "+1", "-B", "+3", "3-"], "3"),
            (&["-A", "+1", "-B", "+3", "-v"], "1456789"),
            (&["-A", "1970-01-01T00:01:47Z"], "89"),
            (&["-B", "100.6"], "1"),
        ] {
            quiet(&[&["cut", &all, "-w", &out], arguments].concat());
            assert_eq!(columns(&out, &["frame.len"]).concat(), expected, "{arguments:?}");
            let header = fs::read(&out).unwrap()[..24].to_vec();
            assert_eq!(header, fs::read(&all).unwrap()[..24], "the header stays");
        }
        let said = says(&["cut", &all, "99-", "-w", &out], 1);
        assert!(said.contains("is in the part: the copy is empty"), "{said}");
        assert_eq!(fs::read(&out).unwrap().len(), 24);
    }
    for (wrong, what) in [
        ("0", "numbers of packets are expected, from 1 on"),
        ("5-3", "5 comes after 3"),
        ("x", "numbers of packets are expected"),
        ("+1", "numbers of packets are expected"),
    ] {
        let said = says(&["cut", HTTP, wrong, "-w", &desk.path("out.pcap")], 2);
        assert!(said.contains(what), "{wrong}: {said}");
    }
    let said = says(&["cut", HTTP, "-A", "soon", "-w", "-"], 2);
    assert!(said.contains("or +SECONDS from the first packet"), "{said}");
}

#[test]
fn packets_get_comments() {
    let desk = Desk::new();
    let all = desk.file("all.pcapng", &section(BIG));
    let out = desk.path("out.pcapng");
    quiet(&["cut", &all, "--comment", "1=", "--comment", "3=one", "--comment", "3=two=2", "-w", &out]);
    assert_eq!(columns(&out, &["frame.number", "frame.comment"]), ["1 ", "2 ", "3 one,two=2"]);
    let said = says(&["cut", &all, "2-", "--comment", "1=lost", "-w", &out], 2);
    assert!(said.contains("--comment 1: there is no packet 1 in the copy"), "{said}");
    let said = says(&["cut", HTTP, "--comment", "1=no place", "-w", &desk.path("out.pcap")], 2);
    assert!(said.contains("packet 1: only pcapng has comments"), "{said}");
    quiet(&["cut", HTTP, "--comment", "1=a place", "-F", "pcapng", "-w", &out]);
    assert_eq!(columns(&out, &["frame.comment"])[0], "a place");
    let said = says(&["cut", HTTP, "--comment", "x", "-w", &out], 2);
    assert!(said.contains("3=TEXT"), "{said}");
}

#[test]
fn what_pcap_has_no_place_for_is_named() {
    let desk = Desk::new();
    let (all, out) = (desk.file("all.pcapng", &section(LITTLE)), desk.path("out.pcap"));
    let said = says(&["cut", &all, "-F", "pcap", "-w", &out], 2);
    assert!(
        said.contains("packet 2: its link type is 101, but a pcap file has only one, here 1: write pcapng"),
        "{said}"
    );
    assert!(!Path::new(&out).exists());
    let said = says(&["cut", &all, "1", "3", "-F", "pcap", "-w", &out], 0);
    let named = "name resolution blocks (1), interface statistics blocks (2), journal entries (1), decryption secrets blocks \
                 (1), custom blocks (1), blocks of type 0x80000123 (1), comments of packets (1), names and comments of \
                 interfaces and sections (3)";
    assert!(said.contains(named), "{said}");
    assert_eq!(columns(&out, &["frame.time_epoch", "frame.len"]), ["1.000000000 1", "3.000000000 3"]);
}

#[test]
fn an_output_that_is_an_input_is_refused() {
    let desk = Desk::new();
    let all = desk.file("all.pcap", &pcap(LITTLE, MICRO, 1, &[(1, 0, &[1])]));
    let before = fs::read(&all).unwrap();
    let mut same = vec![all.clone()];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&all, desk.path("soft.pcap")).unwrap();
        fs::hard_link(&all, desk.path("hard.pcap")).unwrap();
        same.extend([desk.path("soft.pcap"), desk.path("hard.pcap")]);
    }
    for out in &same {
        for command in [&["cut"][..], &["shift", "-t", "1"], &["dedup"], &["merge", HTTP]] {
            let said = says(&[command, &[&all, "-w", out]].concat(), 2);
            assert!(said.contains("is the file that is read") && said.contains("write another one"), "{said}");
        }
    }
    assert_eq!(fs::read(&all).unwrap(), before);
}

#[test]
fn of_a_damaged_file_what_can_be_read_is_written() {
    let desk = Desk::new();
    let whole = pcap(LITTLE, MICRO, 1, &[(1, 0, &[1]), (2, 0, &[2; 2]), (3, 0, &[3; 30])]);
    let (cut, out) = (desk.file("cut.pcap", &whole[..whole.len() - 5]), desk.path("out.pcap"));
    for command in [&["cut"][..], &["shift", "-t", "0"], &["dedup"], &["merge", "-F", "pcap"]] {
        let said = says(&[command, &[&cut, "-w", &out]].concat(), 2);
        assert!(said.contains("cut.pcap: packet 3, byte 59: the file ends inside this record"), "{said}");
        assert_eq!(columns(&out, &["frame.len"]), ["1", "2"], "{command:?}");
    }
    let said = says(&["info", &cut], 2);
    assert!(said.contains("cut.pcap: packet 3, byte 59: "), "{said}");
    let unknown = [section(LITTLE), LITTLE.packet(7, 5, &[5; 5], &[])].concat();
    let (unknown, out) = (desk.file("unknown.pcapng", &unknown), desk.path("out.pcapng"));
    for command in ["cut", "merge"] {
        let said = says(&[command, &unknown, "-w", &out], 2);
        assert!(said.contains("packet 4: left out: its file does not describe interface 7"), "{said}");
        assert_eq!(columns(&out, &["frame.len"]), ["1", "2", "3"]);
    }
    says(&["cut", "nowhere.pcap", "-w", &out], 2);
}

#[test]
fn standard_input_and_output_and_gzip() {
    let desk = Desk::new();
    let file = section(BIG);
    let (code, out, said) = call(&["cut", "-", "-w", "-"], &file);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert!(out == file);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&file).unwrap();
    let (packed, out) = (desk.file("all.pcapng.gz", &packed.finish().unwrap()), desk.path("out.pcapng.gz"));
    quiet(&["cut", &packed, "-w", &out]);
    let mut copy = Vec::new();
    flate2::read::GzDecoder::new(&fs::read(&out).unwrap()[..]).read_to_end(&mut copy).unwrap();
    assert!(copy == file);
    let (code, out, _) = call(&["merge", "-", HTTP, "-w", "-"], &file);
    assert_eq!((code, &out[..4]), (Some(0), &[0x0a, 0x0d, 0x0d, 0x0a][..]));
    let (code, _, said) = call(&["merge", "-", "-", "-w", "-"], &file);
    assert!(code == Some(2) && said.contains("standard input can be read once"), "{said}");
}

#[test]
fn captures_are_merged_by_time_with_all_their_blocks() {
    let desk = Desk::new();
    let (one, other) = (desk.file("a.pcapng", &section(BIG)), desk.file("b.pcapng", &section(LITTLE)));
    let third = desk.file("c.pcap", &pcap(LITTLE, NANO, 1, &[(1, 500_000_000, &[9; 9]), (3, 0, &[8; 8])]));
    let out = desk.path("out.pcapng");
    let said = says(&["merge", &one, &third, &other, "-w", &out], 0);
    // Numbers of interfaces may be in a block that is not known, and numbers of any order in a custom block.
    let named = "without what has no place in it: custom blocks (1), blocks of type 0x80000123 (2)";
    assert!(said.contains(named), "{said}");
    assert_eq!(
        columns(&out, &["frame.time_epoch", "frame.interface_id", "frame.len"]),
        [
            "1.000000000 0 1",
            "1.000000000 3 1",
            "1.500000000 2 9",
            "2.000000000 1 2",
            "2.000000000 4 2",
            "3.000000000 0 3",
            "3.000000000 2 8",
            "3.000000000 3 3",
        ]
    );
    // The section is in the byte order of the first file, and so is everything in it.
    let merged = fs::read(&out).unwrap();
    let has = |bytes: &[u8]| merged.windows(bytes.len()).filter(|window| *window == bytes).count();
    assert_eq!(has(&BIG.section(&[])[..4]), 1, "there is one section");
    assert_eq!((has(&BIG.names()), has(&BIG.secrets())), (2, 2));
    assert_eq!((has(&BIG.statistics(0, 3_000_000, 500)), has(&BIG.statistics(1, 3_000_000_000, 600))), (1, 1));
    assert_eq!((has(&BIG.statistics(3, 3_000_000, 500)), has(&BIG.statistics(4, 3_000_000_000, 600))), (1, 1));
    assert_eq!((has(b"at home"), has(b"written by: by hand; of the test"), has(b"the first")), (2, 2, 2));
    // The other way round, with one file in its place.
    quiet(&["merge", HTTP, "-w", &out]);
    assert_eq!(columns(&out, &["frame.time_epoch"]), columns(HTTP, &["frame.time_epoch"]));
}

#[test]
fn captures_are_merged_into_pcap_if_they_have_one_link_type() {
    let desk = Desk::new();
    let one = desk.file("a.pcap", &pcap(BIG, NANO, 1, &[(1, 5, &[1]), (3, 0, &[3; 3])]));
    let other = desk.file("b.pcap", &pcap(LITTLE, MICRO, 1, &[(2, 0, &[2; 2])]));
    let raw = desk.file("raw.pcap", &pcap(LITTLE, MICRO, 101, &[(2, 0, &[2; 2])]));
    let out = desk.path("out.pcap");
    quiet(&["merge", &one, &other, "-F", "nanopcap", "-w", &out]);
    assert_eq!(columns(&out, &["frame.time_epoch"]), ["1.000000005", "2.000000000", "3.000000000"]);
    let said = says(&["merge", &one, &other, "-F", "pcap", "-w", &out], 0);
    assert!(said.contains("1 time had more digits"), "{said}");
    fs::remove_file(&out).unwrap();
    let said = says(&["merge", &one, &raw, "-F", "pcap", "-w", &out], 2);
    assert!(said.contains("raw.pcap: packet 1: its link type is 101") && said.contains("-F pcapng"), "{said}");
    assert!(!Path::new(&out).exists(), "what cannot be written whole has no name");
    quiet(&["merge", "-a", &other, &one, "-w", &out]);
    assert_eq!(columns(&out, &["frame.len"]), ["2", "1", "3"]);
}

#[test]
fn more_files_are_merged_than_are_open_at_a_time() {
    let desk = Desk::new();
    let files: Vec<String> = (0..300_u32)
        .map(|n| {
            // The names are in another order than the times.
            let second = n * 7 % 300;
            let packets: [(u32, u32, &[u8]); 2] = [(second, 0, &[1]), (second, 500_000, &[1])];
            desk.file(&format!("{n}.pcap"), &pcap(LITTLE, MICRO, 1, &packets))
        })
        .collect();
    let out = desk.path("out.pcapng");
    let mut arguments = vec!["merge", "-w", &out];
    arguments.extend(files.iter().map(String::as_str));
    quiet(&arguments);
    let times = columns(&out, &["frame.time_epoch"]);
    let expected = (0..300).flat_map(|n| [format!("{n}.000000000"), format!("{n}.500000000")]);
    assert!(times.iter().map(String::as_str).eq(expected.collect::<Vec<_>>().iter().map(String::as_str)));
    // All at the same time.
    for file in &files {
        fs::write(file, pcap(LITTLE, MICRO, 1, &[(1, 0, &[1]), (900, 0, &[1])])).unwrap();
    }
    fs::remove_file(&out).unwrap();
    let said = says(&arguments, 2);
    assert!(said.contains("more than 128 of the files have packets at the same time"), "{said}");
    assert!(!Path::new(&out).exists());
}

#[test]
fn times_are_moved_exactly_or_not_at_all() {
    let desk = Desk::new();
    let out = desk.path("out");
    for (order, magic, unit) in [(LITTLE, MICRO, 1_000_000), (BIG, NANO, 1_000_000_000)] {
        let of = |first: u32, second: u32| {
            let half = unit / 2;
            pcap(order, magic, 1, &[(first, half, &[1]), (second, half - 1, &[2])])
        };
        let all = desk.file("all.pcap", &of(100, 160));
        quiet(&["shift", &all, "-t", "3600", "-w", &out]);
        assert!(fs::read(&out).unwrap() == of(3700, 3760));
        quiet(&["shift", &all, "-t", "-60", "-w", &out]);
        assert!(fs::read(&out).unwrap() == of(40, 100));
        quiet(&["shift", &all, "-t", "0.75", "-w", &out]);
        let times = columns(&out, &["frame.time_epoch"]);
        assert_eq!(times[0], "101.250000000");
        let read = fs::read(&out).unwrap();
        assert_eq!(read[24..32], [order.u32(101), order.u32(unit / 4)].concat(), "less than a second");
        fs::remove_file(&out).unwrap();
        let said = says(&["shift", &all, "-t", "-101", "-w", &out], 2);
        assert!(said.contains("packet 1: ") && said.contains("-0.5"), "{said}");
        assert!(!Path::new(&out).exists());
    }
    let all = desk.file("all.pcap", &pcap(LITTLE, MICRO, 1, &[(100, 0, &[1])]));
    let said = says(&["shift", &all, "-t", "0.0000005", "-w", &out], 2);
    assert!(said.contains("packet 1: its time counts units of 10^-6 s, and the offset is no whole number"), "{said}");
    quiet(&["shift", &all, "-t", "0.0000005", "-F", "nanopcap", "-w", &out]);
    assert_eq!(columns(&out, &["frame.time_epoch"]), ["100.000000500"]);
    let said = says(&["shift", &all, "-w", &out], 2);
    assert!(said.contains("--time") && said.contains("--skew"), "{said}");
    says(&["shift", &all, "-t", "an hour", "-w", &out], 2);
    says(&["shift", &all, "--skew", "1000000", "-w", &out], 2);
}

#[test]
fn times_of_statistics_are_moved_too() {
    let desk = Desk::new();
    for order in [LITTLE, BIG] {
        let of = |seconds: u64| {
            let interface = order.interface(1, &[order.option(9, &[3]), vec![0; 4]].concat());
            let packet = order.packet(0, seconds * 1000, &[1], &[]);
            [order.section(&[]), interface, packet, order.statistics(0, seconds * 1000 + 7, 5)].concat()
        };
        let (all, out) = (desk.file("all.pcapng", &of(100)), desk.path("out.pcapng"));
        quiet(&["shift", &all, "-t", "5", "-w", &out]);
        assert!(fs::read(&out).unwrap() == of(105));
        quiet(&["shift", &all, "-t", "-100", "-w", &out]);
        assert!(fs::read(&out).unwrap() == of(0));
        let said = says(&["shift", &all, "-t", "-101", "-w", &out], 2);
        assert!(said.contains("no room for the time -1.000"), "{said}");
    }
}

#[test]
fn a_clock_that_ran_too_slow_is_made_right() {
    let desk = Desk::new();
    let all = desk.file("all.pcap", &pcap(LITTLE, MICRO, 1, &[(100, 0, &[1]), (1100, 0, &[1]), (1100, 1, &[1])]));
    let out = desk.path("out.pcap");
    quiet(&["shift", &all, "--skew", "20", "-w", &out]);
    assert_eq!(columns(&out, &["frame.time_epoch"]), ["100.000000000", "1100.020000000", "1100.020001000"]);
    quiet(&["shift", &all, "--skew", "-0.5", "-t", "1", "-w", &out]);
    assert_eq!(columns(&out, &["frame.time_epoch"]), ["101.000000000", "1100.999500000", "1100.999501000"]);
}

#[test]
fn duplicates_are_left_out_in_a_window() {
    let desk = Desk::new();
    let packets: Vec<(u32, u32, &[u8])> = vec![
        (1, 0, &[1]),
        (1, 100, &[1]),
        (2, 0, &[2; 2]),
        (3, 0, &[3; 3]),
        (4, 0, &[1]),
        (9, 0, &[1, 0]),
        (9, 1, &[1]),
    ];
    let all = desk.file("all.pcap", &pcap(LITTLE, MICRO, 1, &packets));
    let out = desk.path("out.pcap");
    for (arguments, expected) in [
        // Packet 5 is as packet 2, three before it; packet 7 as packet 5, two before it.
        (&[][..], "1232"),
        (&["-D", "1"], "1123121"),
        (&["-D", "2"], "123121"),
        (&["-D", "3"], "12312"),
        (&["-D", "4"], "1232"),
        (&["-D", "1000000"], "1232"),
        (&["--within", "0.0001"], "123121"),
        (&["--within", "0.000099999"], "1123121"),
        (&["--within", "3"], "12321"),
        (&["--within", "100"], "1232"),
        (&["-I", "1", "-D", "7"], "1232"),
    ] {
        let said = says(&[&["dedup", &all, "-w", &out], arguments].concat(), 0);
        assert!(said.contains(&format!(": {} of 7 packets are duplicates", 7 - expected.len())), "{said}");
        assert_eq!(columns(&out, &["frame.len"]).concat(), expected, "{arguments:?}");
    }
    says(&["dedup", &all, "-D", "5", "--within", "1", "-w", &out], 2);
    says(&["dedup", &all, "-D", "0", "-w", &out], 2);
}

#[test]
fn packets_before_and_behind_a_router_are_the_same() {
    use packetsmith::{Ethernet, Ipv4, MacAddr, Stack, Udp};
    let desk = Desk::new();
    let frame = |mac: u8, ttl: u8, id: u16| {
        let ethernet = Ethernet::build().src(MacAddr([2, 0, 0, 0, 0, mac]));
        let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 1, 0, 2].into()).ttl(ttl).identification(id);
        Stack::new()
            .push(ethernet)
            .push(ip)
            .push(Udp::build().src_port(7).dst_port(9))
            .payload(b"hello")
            .finish()
            .unwrap()
    };
    let (before, behind, another) = (frame(1, 64, 5), frame(2, 63, 5), frame(2, 63, 6));
    let packets: Vec<(u32, u32, &[u8])> = vec![(1, 0, &before), (1, 9, &behind), (2, 0, &another)];
    let (all, out) = (desk.file("all.pcap", &pcap(LITTLE, MICRO, 1, &packets)), desk.path("out.pcap"));
    let said = says(&["dedup", &all, "-w", &out], 0);
    assert!(said.contains(": 0 of 3 packets"), "{said}");
    let said = says(&["dedup", &all, "--by", "ip", "-w", &out], 0);
    assert!(said.contains(": 1 of 3 packets"), "{said}");
    assert_eq!(columns(&out, &["ip.ttl", "ip.id"]), ["64 0x0005", "63 0x0006"]);
}

#[test]
fn what_a_file_is() {
    let desk = Desk::new();
    let all = desk.file("all.pcapng", &[section(BIG), section(BIG)].concat());
    let (code, stdout, stderr) = call(&["info", &all, "-T", "json"], b"");
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let json: serde_json::Value = serde_json::from_slice(&stdout).expect("it is an object");
    let summary = &json["summary"];
    assert_eq!((&summary["packets"], &summary["captured_bytes"]), (&6.into(), &12.into()));
    assert_eq!((&summary["byte_order"], &summary["in_order"]), (&"big endian".into(), &"no".into()));
    assert_eq!((&summary["interfaces_described"], &summary["commented"]), (&4.into(), &2.into()));
    let kinds = json["blocks"].as_array().expect("a list").iter();
    let kinds: Vec<String> = kinds.map(|row| format!("{} {}", row["kind"].as_str().unwrap(), row["count"])).collect();
    assert_eq!(
        kinds,
        [
            "section headers 2",
            "interfaces 4",
            "packets 6",
            "name resolution blocks 2",
            "interface statistics blocks 4",
            "journal entries 2",
            "decryption secrets blocks 2",
            "custom blocks 2",
            "blocks of type 0x80000123 2",
        ]
    );
    let (_, stdout, _) = call(&["info", HTTP], b"");
    let text = String::from_utf8(stdout).unwrap();
    assert!(text.contains("in the order of time") && text.contains("SHA-256"), "{text}");
    let (code, stdout, _) = call(&["info", "-T", "csv", HTTP, MULTI], b"");
    assert_eq!((code, String::from_utf8(stdout).unwrap().lines().count()), (Some(0), 3));
    says(&["info", "nowhere.pcap"], 2);
}

/// The names of the files that a call has written, and how many packets each has.
fn parts(arguments: &[&str]) -> Vec<String> {
    let (code, stdout, stderr) = call(arguments, b"");
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
    let lines = String::from_utf8(stdout).expect("output is UTF-8");
    lines.lines().map(|line| line.rsplit('/').next().unwrap_or_default().to_string()).collect()
}

#[test]
fn captures_are_split_by_packets_times_and_sizes() {
    let desk = Desk::new();
    let packets: Vec<(u32, u32, &[u8])> =
        [0, 1, 2, 3, 10, 11, 12].iter().map(|second| (100 + second, 500_000, &[7; 20][..=*second as usize])).collect();
    let all = desk.file("all.pcap", &pcap(LITTLE, MICRO, 1, &packets));
    let out = desk.path("part.pcap");
    let call = |rule: &[&str]| parts(&[&["split", &all, "-w", &out], rule].concat());
    let expected = ["part_00001.pcap  3", "part_00002.pcap  3", "part_00003.pcap  1"];
    assert_eq!(call(&["-c", "3"]), expected);
    let read: Vec<String> = (1..=3)
        .flat_map(|n| columns(&desk.path(&format!("part_0000{n}.pcap")), &["frame.time_epoch", "frame.len"]))
        .collect();
    assert_eq!(read, columns(&all, &["frame.time_epoch", "frame.len"]));
    // A time without packets has no file.
    assert_eq!(
        call(&["-i", "2"]),
        ["part_00001.pcap  2", "part_00002.pcap  2", "part_00003.pcap  2", "part_00004.pcap  1"]
    );
    // A header of 24 bytes, and 17 and 18 for the first packets.
    assert_eq!(call(&["--size", "59"])[..2], ["part_00001.pcap  2", "part_00002.pcap  1"]);
    assert_eq!(fs::metadata(desk.path("part_00001.pcap")).unwrap().len(), 59);
    assert_eq!(call(&["--size", "58"])[0], "part_00001.pcap  1");
    assert_eq!(call(&["--size", "1"]).len(), 7, "a packet has a file in any case");
    let empty = desk.file("empty.pcap", &pcap(LITTLE, MICRO, 1, &[]));
    says(&["split", &empty, "-c", "1", "-w", &out], 1);
    let said = says(&["split", &all, "-c", "1", "-w", "-"], 2);
    assert!(said.contains("split writes several files"), "{said}");
    let said = says(&["split", &all, "-w", &out], 2);
    assert!(said.contains("--packets") && said.contains("--by-flow"), "{said}");
    says(&["split", &all, "-c", "1", "-i", "1", "-w", &out], 2);
    says(&["split", &all, "-i", "0", "-w", &out], 2);
}

#[test]
fn each_part_can_be_read_alone() {
    let desk = Desk::new();
    let all = desk.file("all.pcapng", &[section(BIG), section(LITTLE)].concat());
    let out = desk.path("part.pcapng");
    assert_eq!(parts(&["split", &all, "-c", "1", "-w", &out]).len(), 6);
    for (n, order) in [(1, BIG), (2, BIG), (3, BIG), (4, LITTLE), (5, LITTLE), (6, LITTLE)] {
        let path = desk.path(&format!("part_0000{n}.pcapng"));
        let part = fs::read(&path).unwrap();
        let has = |bytes: &[u8]| part.windows(bytes.len()).any(|window| window == bytes);
        assert!(has(&order.names()) && has(&order.secrets()) && has(b"of the test") && has(b"tun0"), "{n}");
        assert_eq!(columns(&path, &["frame.len"]), [((n - 1) % 3 + 1).to_string()]);
    }
    // What follows the last packet is in the last file.
    let statistics = LITTLE.statistics(1, 3_000_000_000, 600);
    assert!(fs::read(desk.path("part_00006.pcapng")).unwrap().ends_with(&statistics));
    // The parts of one are the whole.
    parts(&["split", &all, "-c", "100", "-w", &out]);
    assert!(fs::read(desk.path("part_00001.pcapng")).unwrap() == fs::read(&all).unwrap());
}

#[test]
fn captures_are_split_by_conversations_and_filters() {
    let desk = Desk::new();
    let out = desk.path("flow.pcap");
    let files = parts(&["split", HTTP, "--by-flow", "-w", &out]);
    assert!(files.iter().any(|file| file.starts_with("flow_tcp_0.pcap  ")), "{files:?}");
    assert!(files.iter().any(|file| file.starts_with("flow_udp_0.pcap  ")), "{files:?}");
    assert!(files.iter().any(|file| file.starts_with("flow_others.pcap  ")), "{files:?}");
    let packets = |file: &str| columns(file, &["frame.time_epoch", "frame.len"]);
    let of = |filter: &str| {
        let arguments = [
            "read",
            HTTP,
            "-Y",
            filter,
            "-T",
            "fields",
            "-E",
            "separator=/s",
            "-e",
            "frame.time_epoch",
            "-e",
            "frame.len",
        ];
        let (_, stdout, _) = call(&arguments, b"");
        String::from_utf8(stdout).unwrap().lines().map(str::to_string).collect::<Vec<_>>()
    };
    assert_eq!(packets(&desk.path("flow_tcp_0.pcap")), of("tcp.stream == 0"));
    assert_eq!(packets(&desk.path("flow_others.pcap")), of("!tcp && !udp"));
    let sum: usize = files.iter().filter_map(|file| file.rsplit(' ').next()?.parse::<usize>().ok()).sum();
    assert_eq!(sum, packets(HTTP).len());
    parts(&["split", HTTP, "-Y", "dns", "-w", &out]);
    assert_eq!(packets(&desk.path("flow_match.pcap")), of("dns"));
    assert_eq!(packets(&desk.path("flow_rest.pcap")), of("!dns"));
}

/// A capture of 20 packets of 40 to 59 bytes, a second apart, and where each record begins.
fn twenty(order: Order, is_pcapng: bool) -> (Vec<u8>, Vec<usize>) {
    let mut file = match is_pcapng {
        true => [order.section(&[]), order.interface(1, &[])].concat(),
        false => pcap(order, MICRO, 1, &[]),
    };
    let mut places = Vec::new();
    for n in 0..20_u8 {
        places.push(file.len());
        let data: Vec<u8> = (0..40 + n).map(|byte| byte.wrapping_mul(37) ^ n).collect();
        let second = 1_700_000_000 + u32::from(n);
        file.extend(match is_pcapng {
            true => order.packet(0, u64::from(second) * 1_000_000, &data, &[]),
            false => pcap(order, MICRO, 1, &[(second, 5, &data)])[24..].to_vec(),
        });
    }
    (file, places)
}

#[test]
fn what_can_be_saved_is_saved() {
    let desk = Desk::new();
    let out = desk.path("out");
    for (order, is_pcapng) in [(LITTLE, false), (BIG, false), (LITTLE, true), (BIG, true)] {
        let (whole, places) = twenty(order, is_pcapng);
        let save = |bytes: &[u8]| {
            let file = desk.file("broken", bytes);
            let said = says(&["repair", &file, "-w", &out], 0);
            (columns(&out, &["frame.len", "frame.cap_len"]), said)
        };
        let all: Vec<String> = (40..60).map(|n| format!("{n} {n}")).collect();
        let without = |from: usize, to: usize| [&all[..from], &all[to..]].concat();
        let (saved, said) = save(&whole);
        assert!(said.ends_with("no damage was found: 20 packets\n"), "{said}");
        assert_eq!(saved, all);
        assert!(fs::read(&out).unwrap() == whole);
        // Noise in place of three records.
        let mut noise = whole.clone();
        noise[places[5]..places[8]].fill(0xff);
        let (saved, said) = save(&noise);
        assert_eq!(saved, without(5, 8), "{said}");
        assert!(
            said.contains(&format!("{} bytes from byte {} on are passed over", places[8] - places[5], places[5])),
            "{said}"
        );
        assert!(said.contains("damaged places: 1; packets saved: 17"), "{said}");
        // Bytes are missing.
        let missing = [&whole[..places[5] + 7], &whole[places[6] + 9..]].concat();
        let (saved, said) = save(&missing);
        assert_eq!(saved, without(5, 7), "{said}");
        // A length that leads beyond the end of the file.
        let mut long = whole.clone();
        let at = places[9] + if is_pcapng { 4 } else { 8 };
        long[at..at + 4].copy_from_slice(&order.u32(100_000_000));
        let (saved, said) = save(&long);
        assert_eq!(saved, without(9, 10), "{said}");
        // The end is missing.
        let fixed = if is_pcapng { 28 } else { 16 };
        let (saved, said) = save(&whole[..places[19] + fixed + 12]);
        assert_eq!(saved, [&all[..19], &["59 12".to_string()]].concat(), "{said}");
        assert!(said.contains("packet 20: the 12 bytes that are there are saved"), "{said}");
        let (saved, _) = save(&whole[..places[19] + 5]);
        assert_eq!(saved, all[..19]);
        // Nothing is left.
        let file = desk.file("broken", &[&whole[..places[0]], &[0xff; 50]].concat());
        says(&["repair", &file, "-w", &out], 1);
    }
    let no_capture = desk.file("broken", b"no capture at all");
    says(&["repair", &no_capture, "-w", &out], 2);
}
