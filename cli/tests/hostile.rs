//! Hostile input to the program. Each input gives a clear message and the right exit status, in an address space that
//! the test limits. The good packets before it are shown, and those after it if they can be found. No test here
//! measures time: a program that does not end fails.
#![cfg(unix)]

#[path = "../../tests/common/mod.rs"]
mod common;

use assert_cmd::cargo::cargo_bin;
use flate2::{Compression, write::GzEncoder};
use packetsmith::{Ethernet, Ipv4, Stack, Udp};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Kilobytes of address space: the program itself, the C library and its threads take less than 100,000 of them.
const LITTLE: u32 = 250_000;

/// Runs the program within so much address space.
fn run_within(kilobytes: u32, arguments: &[&str], input: Stdio) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {kilobytes}; exec \"$0\" \"$@\"")]).arg(cargo_bin!("packetsmith"));
    command.args(arguments).stdin(input).env("TZ", "UTC0").current_dir(common::root());
    command.output().expect("sh runs")
}

/// Runs the program; whatever comes in, it ends in one of its own ways.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = run_within(LITTLE, arguments, Stdio::null());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code().unwrap_or_else(|| panic!("{arguments:?} was ended by a signal: {stderr}"));
    assert!((0..=2).contains(&code) && !stderr.contains("panicked"), "{arguments:?}: {code}: {stderr}");
    (code, String::from_utf8_lossy(&output.stdout).into_owned(), stderr)
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("there is room"))
    }
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).expect("there is room");
        path.to_string_lossy().into_owned()
    }
}

const PCAP: [u8; 24] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];

fn record(claimed: u32, frame: &[u8]) -> Vec<u8> {
    let mut record = vec![1, 0, 0, 0, 0, 0, 0, 0];
    record.extend(claimed.to_le_bytes());
    record.extend(claimed.to_le_bytes());
    record.extend(frame);
    record
}

fn frame(n: u8) -> Vec<u8> {
    let ip = Ipv4::build().src([10, 0, 0, n].into()).dst([10, 0, 0, 2].into());
    let udp = Udp::build().src_port(4000).dst_port(4001);
    Stack::new().push(Ethernet::build()).push(ip).push(udp).payload(b"hello").finish().unwrap()
}

fn good(n: u8) -> Vec<u8> {
    let frame = frame(n);
    record(frame.len() as u32, &frame)
}

/// A pcapng file: section, interface, and whatever else.
fn pcapng(blocks: &[&[u8]]) -> Vec<u8> {
    let mut file = block(0x0a0d_0d0a, &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
    file.extend(block(1, &[1, 0, 0, 0, 0, 0, 4, 0]));
    blocks.iter().for_each(|block| file.extend(*block));
    file
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = (12 + body.len().next_multiple_of(4)) as u32;
    let mut block = [kind.to_le_bytes(), length.to_le_bytes()].concat();
    block.extend(body);
    block.resize(length as usize - 4, 0);
    block.extend(length.to_le_bytes());
    block
}

fn packet_block(frame: &[u8]) -> Vec<u8> {
    let length = (frame.len() as u32).to_le_bytes();
    block(6, &[&[0; 12][..], &length, &length, frame].concat())
}

#[test]
fn cut_at_every_byte() {
    let folder = Folder::new();
    let pcap = [&PCAP[..], &good(1), &good(3), &good(4)].concat();
    let pcapng = pcapng(&[&packet_block(&frame(1)), &packet_block(&frame(3))]);
    for (name, whole) in [("pcap", pcap), ("pcapng", pcapng)] {
        for end in 0..whole.len() {
            let path = folder.file("cut", &whole[..end]);
            let (code, stdout, stderr) = run(&["read", &path]);
            let told = stderr.contains(&path);
            assert_eq!(code == 2, told, "{name} cut at {end}: {code}: {stderr}");
            let last = if name == "pcap" { 24 + stdout.lines().count() * 63 } else { 0 };
            assert!(name != "pcap" || end < last + 63 + 24 || end < 24, "{name} cut at {end} lost a packet:\n{stdout}");
        }
    }
}

#[test]
fn bits_flipped() {
    let folder = Folder::new();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for name in ["dns.pcap", "multi.pcapng", "tunnels.pcap", "icmpv6.pcap", "http.pcap.gz"] {
        let whole = fs::read(common::root().join("testdata").join(name)).unwrap();
        for _ in 0..30 {
            let mut bytes = whole.clone();
            for _ in 0..1 + random(20) {
                let at = random(bytes.len());
                bytes[at] ^= 1 << random(8);
            }
            let path = folder.file("flipped", &bytes);
            for arguments in [&["read", "-V", "-x"][..], &["read", "-T", "json"], &["reassemble"]] {
                run(&[arguments, &[&path]].concat());
            }
        }
    }
}

#[test]
fn record_lengths_of_zero_and_of_all_there_is() {
    let folder = Folder::new();
    for (name, claimed) in [("zero", 0), ("one", 1), ("half", 0x7fff_ffff), ("all", u32::MAX)] {
        let path = folder.file(name, &[&PCAP[..], &good(1), &record(claimed, &frame(3)), &good(4)].concat());
        let (code, stdout, stderr) = run(&["read", &path]);
        assert!(stdout.lines().next().is_some_and(|line| line.contains("10.0.0.1")), "{name}: {stdout}");
        assert!(code == 2 && stderr.contains(&path) && stderr.contains("byte "), "{name}: {code}: {stderr}");
    }
}

#[test]
fn a_record_that_claims_all_that_it_may_takes_no_more_than_is_there() {
    let folder = Folder::new();
    let claimed = 128_u32 << 20;
    let huge = [6_u32.to_le_bytes(), claimed.to_le_bytes(), [0; 4], [0; 4]].concat();
    // As many bytes as make the buffer grow.
    let there = vec![0; 600_000];
    let pcap = [&PCAP[..], &good(1), &record(claimed, &there)].concat();
    for file in [pcap, pcapng(&[&packet_block(&frame(1)), &huge, &there])] {
        let path = folder.file("claims", &file);
        // The program takes less than 100,000 kilobytes of these; what is claimed would be 131,072.
        let output = run_within(130_000, &["read", &path], Stdio::null());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("the file ends inside this record"), "{stderr}");
    }
}

#[test]
fn header_lengths_of_zero_and_of_all_there_is() {
    let folder = Folder::new();
    let whole = frame(1);
    let mut file = PCAP.to_vec();
    for at in 0..whole.len() {
        for value in [0, 0xff] {
            let mut frame = whole.clone();
            frame[at] = value;
            file.extend(record(frame.len() as u32, &frame));
        }
    }
    let path = folder.file("lengths", &file);
    let (code, stdout, stderr) = run(&["read", &path]);
    assert_eq!((code, stdout.lines().count(), stderr.as_str()), (0, 2 * whole.len(), ""));
    assert_eq!(run(&["read", "-V", "-x", &path]).0, 0);
}

#[test]
fn nested_a_thousand_deep() {
    let folder = Folder::new();
    let mut frames = Vec::new();
    frames.push([&[0; 12][..], &[0x81, 0, 0, 1].repeat(1500), &[8, 0]].concat());
    frames.push([&[0; 12][..], &[0x88, 0x47], &[0, 0, 0, 64].repeat(1500), &[0, 0, 1, 64, 0x45]].concat());
    let mut ip_in_ip = vec![0; 12];
    ip_in_ip.extend([8, 0]);
    for n in (0..1200u32).rev() {
        let length = ((n + 1) * 20) as u16;
        let [a, b] = length.to_be_bytes();
        ip_in_ip.extend([0x45, 0, a, b, 0, 0, 0, 0, 64, 4, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    }
    frames.push(ip_in_ip);
    for next in [0, 60, 43, 51] {
        let mut chain = [&[0; 12][..], &[0x86, 0xdd, 0x60, 0, 0, 0, 0x2e, 0xe0, next, 64], &[0x20; 32]].concat();
        for _ in 0..1500 {
            chain.extend([next, 0, 1, 4, 0, 0, 0, 0]);
        }
        frames.push(chain);
    }
    let file = frames.iter().fold(PCAP.to_vec(), |file, frame| [file, record(frame.len() as u32, frame)].concat());
    let path = folder.file("nested", &file);
    let (code, stdout, _) = run(&["read", &path]);
    assert_eq!((code, stdout.lines().count()), (0, frames.len()));
    for arguments in [&["read", "-V", "-x"][..], &["read", "-T", "json"], &["read", "-Y", "udp.port == 53 || ip"]] {
        assert_eq!(run(&[arguments, &[&path]].concat()).0, 0, "{arguments:?}");
    }
    // And back: JSON of a thousand layers is built again.
    let json = folder.file("nested.json", run(&["read", "-T", "json", &path]).1.as_bytes());
    let again = folder.path("again.pcap").to_string_lossy().into_owned();
    let (code, _, stderr) = run(&["build", &json, "-w", &again]);
    assert_eq!((code, fs::read(&again).ok()), (0, Some(file)), "{stderr}");
}

#[test]
fn json_nested_without_end() {
    let folder = Folder::new();
    for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000), format!("{{\"layers\":{}", "[".repeat(100_000))] {
        let path = folder.file("deep.json", text.as_bytes());
        let (code, _, stderr) = run(&["build", &path, "-x"]);
        assert!(code == 2 && stderr.contains(&path), "{stderr}");
    }
}

#[test]
fn compression_loops_in_names() {
    let folder = Folder::new();
    let mut file = PCAP.to_vec();
    for name in [&[0xc0, 12][..], &[1, b'a', 0xc0, 12], &[0xc0, 14, 0xc0, 12], &[0xff, 0xff], &[63; 5], &[0x40, 0]] {
        let dns = [&[0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], name, &[0, 1, 0, 1]].concat();
        let udp = Udp::build().src_port(4000).dst_port(53);
        let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(udp).payload(&dns).finish().unwrap();
        file.extend(record(frame.len() as u32, &frame));
    }
    let path = folder.file("loops", &file);
    let (code, stdout, _) = run(&["read", "-V", &path]);
    assert_eq!(code, 0);
    assert!(stdout.contains("! error"), "{stdout}");
}

#[test]
fn a_gzip_bomb() {
    let folder = Folder::new();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Records as large as are allowed, 4 times: half a gigabyte in half a megabyte.
    encoder.write_all(&PCAP).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..4 {
        encoder.write_all(&record(128 << 20, &[])).unwrap();
        (0..128).for_each(|_| encoder.write_all(&zeros).unwrap());
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 2 << 20);
    let path = folder.file("bomb.pcap.gz", &bomb);
    let output = run_within(500_000, &["read", &path], Stdio::null());
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        (output.status.code(), text.lines().count()),
        (Some(0), 4),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Compressed more than once, it is no capture.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&bomb).unwrap();
    let path = folder.file("twice.gz", &encoder.finish().unwrap());
    assert_eq!(run(&["read", &path]).0, 2);
}

#[test]
fn a_sparse_capture_of_ten_gigabytes() {
    let folder = Folder::new();
    let path = folder.file("sparse.pcap", &[&PCAP[..], &good(1)].concat());
    if File::options().write(true).open(&path).unwrap().set_len(10 << 30).is_err() {
        println!("this file system has no files of that size: not tested");
        return;
    }
    // Zeros are records without bytes, of 1970: as many as are asked for.
    let (code, stdout, stderr) = run(&["read", "-c", "20000", &path]);
    assert_eq!((code, stdout.lines().count(), stderr.as_str()), (0, 20_000, ""));
    assert!(stdout.starts_with("    1 ") && stdout.contains("10.0.0.1"));
    // In pcapng, zeros are no block: the place is named at once.
    let path = folder.file("sparse.pcapng", &pcapng(&[&packet_block(&frame(1))]));
    File::options().write(true).open(&path).unwrap().set_len(10 << 30).unwrap();
    let (code, stdout, stderr) = run(&["read", &path]);
    assert!(code == 2 && stdout.lines().count() == 1 && stderr.contains(&path), "{stdout}{stderr}");
}

#[test]
fn a_pcapng_block_that_claims_four_gigabytes() {
    let folder = Folder::new();
    for kind in [6_u32, 3, 2, 1, 5, 0x0a0d_0d0a, 0x7777] {
        for claimed in [u32::MAX, 0xffff_fffc, 0x8000_0000, 0, 4, 11] {
            let huge = [kind.to_le_bytes(), claimed.to_le_bytes(), [0; 4], claimed.to_le_bytes()].concat();
            let path = folder.file("huge", &pcapng(&[&packet_block(&frame(1)), &huge, &packet_block(&frame(3))]));
            let (code, stdout, stderr) = run(&["read", &path]);
            assert!(stdout.contains("10.0.0.1"), "{kind} {claimed}: {stdout}");
            assert!(code == 2 && stderr.contains("byte "), "{kind} {claimed}: {code} {stderr}");
        }
    }
}

#[test]
fn a_damaged_block_that_can_be_skipped_is_skipped_and_named() {
    let folder = Folder::new();
    let mut damaged = packet_block(&frame(9));
    // It claims more bytes of packet than the block has.
    damaged[20..24].copy_from_slice(&0x00ff_ffff_u32.to_le_bytes());
    let path = folder.file("damaged", &pcapng(&[&packet_block(&frame(1)), &damaged, &packet_block(&frame(3))]));
    let (code, stdout, stderr) = run(&["read", &path]);
    assert!(stdout.contains("10.0.0.1") && stdout.contains("10.0.0.3"), "{stdout}");
    assert!(code == 2 && stderr.contains("byte "), "{stderr}");
}

#[test]
fn what_is_no_capture() {
    let folder = Folder::new();
    let text = folder.file("text", b"This is a letter, and no capture at all.");
    let empty = folder.file("empty", b"");
    let directory = folder.0.path().to_string_lossy().into_owned();
    let nowhere = folder.path("nowhere").to_string_lossy().into_owned();
    let within = format!("{text}/within");
    for path in [&text, &empty, &directory, &nowhere, &within] {
        for arguments in [&["read"][..], &["reassemble"], &["fragment", "-w", "-"], &["mutate", "-w", "-"]] {
            let (code, stdout, stderr) = run(&[arguments, &[path]].concat());
            assert!(code == 2 && stdout.is_empty() && stderr.contains(path.as_str()), "{arguments:?} {path}: {stderr}");
        }
    }
    let (code, _, stderr) = run(&["build", &text]);
    assert!(code == 2 && !stderr.is_empty());
    // The others are read all the same.
    let good = folder.file("good", &[&PCAP[..], &good(1)].concat());
    let (code, stdout, _) = run(&["read", &text, &good, &nowhere]);
    assert!(code == 2 && stdout.contains("10.0.0.1"));
}

#[test]
fn a_file_that_must_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.file("secret", &PCAP);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(&path).is_ok() {
        println!("root reads everything: not tested");
        return;
    }
    let (code, _, stderr) = run(&["read", &path]);
    assert!(code == 2 && stderr.contains(&path));
}

#[test]
fn a_pipe_that_closes_early() {
    let mut child = Command::new(cargo_bin!("packetsmith"))
        .args(["read", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let bytes = [&PCAP[..], &good(1), &good(3)].concat();
    child.stdin.take().unwrap().write_all(&bytes[..bytes.len() - 7]).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        (output.status.code(), String::from_utf8_lossy(&output.stdout).lines().count()),
        (Some(2), 1),
        "{stderr}"
    );
    assert!(stderr.contains("standard input"), "{stderr}");
}

#[test]
fn a_full_disk() {
    if !Path::new("/dev/full").exists() {
        println!("this system has no /dev/full: not tested");
        return;
    }
    let path = "testdata/http.pcap";
    for arguments in [&["read", path, "-w", "/dev/full"][..], &["fragment", path, "-w", "/dev/full"]] {
        let (code, _, stderr) = run(arguments);
        assert!(code == 2 && stderr.contains("/dev/full"), "{arguments:?}: {code}: {stderr}");
    }
    for arguments in [&["read", path][..], &["read", "-T", "json", path], &["walkthrough"], &["fields"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(cargo_bin!("packetsmith"));
        let output = command
            .current_dir(common::root())
            .args(arguments)
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .expect("it runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && stderr.contains("standard output"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_closed_standard_output() {
    for arguments in ["read testdata/http.pcap", "read -T json testdata/http.pcap", "fields", "--help"] {
        let script = format!("exec \"$0\" {arguments} >&-");
        let output = Command::new("sh")
            .current_dir(common::root())
            .args(["-c", &script])
            .arg(cargo_bin!("packetsmith"))
            .output()
            .expect("sh runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code().is_some() && !stderr.contains("panicked"), "{arguments}: {stderr}");
    }
    // A reader that goes away is no failure.
    let script = "\"$0\" read -V testdata/icmpv6.pcap | head -n 1; exit ${PIPESTATUS:-0}";
    let output = Command::new("sh")
        .current_dir(common::root())
        .args(["-c", script])
        .arg(cargo_bin!("packetsmith"))
        .output()
        .expect("sh runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn json_of_a_gigabyte_on_one_line() {
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -v {}; exec \"$0\" build - -w /dev/null", 2 * LITTLE)])
        .arg(cargo_bin!("packetsmith"))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sh runs");
    let mut input = child.stdin.take().unwrap();
    let mut sent = input.write_all(b"{\"packet\":1,\"link_type\":1,\"layers\":[{\"layer\":\"data\",\"data\":\"");
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..1000 {
        sent = sent.and_then(|()| input.write_all(&zeros));
    }
    drop(input);
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    let code = child.wait().unwrap().code();
    // It does not wait for the end of the line.
    assert!(sent.is_err(), "all of it was taken");
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("line 1: the object is longer than"), "{stderr}");
}

#[test]
fn one_packet_takes_little_memory() {
    // Its bytes as text take five times as much.
    let frame = vec![7; 24 << 20];
    let mut header = PCAP;
    header[20] = 147;
    let folder = Folder::new();
    let path = folder.file("large", &[&header[..], &record(frame.len() as u32, &frame)].concat());
    for arguments in [&["read", "-x"][..], &["read", "-T", "json"]] {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit -v {LITTLE}; exec \"$0\" \"$@\" > /dev/null")])
            .arg(cargo_bin!("packetsmith"));
        assert!(command.args(arguments).arg(&path).status().expect("sh runs").success(), "{arguments:?}");
    }
}

#[test]
fn threads_that_cannot_be_started_are_done_without() {
    let folder = Folder::new();
    let path = folder.file("many", &[&PCAP[..], &good(1).repeat(20_000)].concat());
    for threads in ["500", "65535"] {
        let output = run_within(LITTLE, &["read", "-j", threads, &path], Stdio::null());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout.iter().filter(|&&byte| byte == b'\n').count(), 20_000);
    }
}

#[test]
fn objects_and_blanks_on_a_line_take_linear_time() {
    let folder = Folder::new();
    let object = "{\"layers\":[{\"layer\":\"ipv4\"}]}";
    let line = format!("{}{}\n", object.repeat(4_000), " ".repeat(100_000));
    let path = folder.file("many.json", line.repeat(4).as_bytes());
    let out = folder.path("out.pcap").to_string_lossy().into_owned();
    let (code, _, stderr) = run(&["build", &path, "-w", &out]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(fs::metadata(&out).unwrap().len(), 24 + 16_000 * 36);
}

#[test]
fn fragments_without_end() {
    let folder = Folder::new();
    let mut file = PCAP.to_vec();
    for n in 0..40_000_u32 {
        let [_, a, b, c] = n.to_be_bytes();
        let mut frame =
            [&[0; 12][..], &[8, 0, 0x45, 0, 0, 220, b, c, 0x20, 0, 64, 17, 0, 0, 10, a, 0, 1, 10, 0, 0, 2]].concat();
        frame.resize(234, 0);
        file.extend(record(234, &frame));
    }
    let path = folder.file("fragments", &file);
    let (code, stdout, _) = run(&["reassemble", "-q", &path]);
    assert_eq!(
        (code, stdout.as_str()),
        (1, "40000 fragments: 0 datagrams complete, 40000 given up, 0 fragments refused\n")
    );
    assert_eq!(run(&["read", &path]).0, 0);
}
