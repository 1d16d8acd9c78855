//! Files that are written: whole or not at all, also where a signal or a limit ends the program, and as they were before.
#![cfg(unix)]

#[path = "../../tests/common/mod.rs"]
mod common;

use assert_cmd::cargo::cargo_bin;
use packetsmith::{Ipv4, Stack, Udp};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PCAP: [u8; 24] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0];

fn record(n: u8) -> Vec<u8> {
    let ip = Ipv4::build().src([10, 0, 0, n].into()).dst([10, 0, 0, 2].into());
    let packet = Stack::new().push(ip).push(Udp::build().src_port(4000).dst_port(4001)).payload(b"x").finish().unwrap();
    let len = (packet.len() as u32).to_le_bytes();
    [&[0; 8][..], &len, &len, &packet].concat()
}

fn capture(records: u8) -> Vec<u8> {
    PCAP.into_iter().chain((1..=records).flat_map(record)).collect()
}

fn packetsmith(folder: &Path) -> Command {
    let mut command = Command::new(cargo_bin!("packetsmith"));
    command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Waits until something is so; a test that fails does not wait forever.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_signal_ends_a_pipe_with_a_whole_file() {
    for name in ["INT", "TERM", "HUP"] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = packetsmith(folder.path());
        let mut child = command.args(["read", "-", "-w", "out.pcap"]).stdin(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(&capture(2)).unwrap();
        pipe.write_all(&record(3)[..20]).unwrap();
        until("a temporary file", || !names(folder.path()).is_empty());
        std::thread::sleep(Duration::from_millis(300));
        signal(&child, name);
        let status = child.wait().unwrap();
        assert_eq!((status.code(), names(folder.path())), (Some(0), vec!["out.pcap".to_string()]), "SIG{name}");
        assert_eq!(fs::read(folder.path().join("out.pcap")).unwrap(), capture(2));
        drop(pipe);
    }
}

#[test]
fn a_signal_ends_building_with_what_was_built() {
    let folder = tempfile::tempdir().unwrap();
    let mut child =
        packetsmith(folder.path()).args(["build", "-", "-w", "out.pcap"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"{\"time\":\"1.0\",\"layers\":[{\"layer\":\"ethernet\"}]}\n").unwrap();
    until("a temporary file", || !names(folder.path()).is_empty());
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "TERM");
    child.wait().unwrap();
    assert_eq!(names(folder.path()), ["out.pcap"]);
}

#[test]
fn a_second_signal_ends_at_once_and_removes_the_temporary_file() {
    let folder = tempfile::tempdir().unwrap();
    let big = [&PCAP[..], &record(1).repeat(200_000)].concat();
    fs::write(folder.path().join("big.pcap"), big).unwrap();
    let mut command = packetsmith(folder.path());
    // The pipe is full because no program reads it, so the tool waits there.
    let mut child = command.args(["read", "-V", "big.pcap", "-w", "out.pcap"]).stdout(Stdio::piped()).spawn().unwrap();
    until("a temporary file", || names(folder.path()).len() == 2);
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "INT");
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "INT");
    let status = child.wait().unwrap();
    assert_eq!((status.code(), names(folder.path())), (None, vec!["big.pcap".to_string()]));
}

#[test]
fn what_a_pipe_has_so_far_goes_on_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = packetsmith(folder.path());
    let mut child =
        command.args(["read", "-", "-w", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&capture(2)).unwrap();
    let mut have = vec![0; capture(2).len()];
    child.stdout.take().unwrap().read_exact(&mut have).unwrap();
    assert_eq!(have, capture(2));
    drop(pipe);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_file_that_is_replaced_keeps_its_permissions_and_its_links() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.pcap"), capture(2)).unwrap();
    fs::write(path("old.pcap"), b"").unwrap();
    symlink("old.pcap", path("link.pcap")).unwrap();
    symlink("link.pcap", path("chain.pcap")).unwrap();
    symlink("new.pcap", path("dangling.pcap")).unwrap();
    for mode in [0o600, 0o640, 0o666] {
        fs::set_permissions(path("old.pcap"), fs::Permissions::from_mode(mode)).unwrap();
        for name in ["old.pcap", "link.pcap", "chain.pcap"] {
            assert!(packetsmith(folder.path()).args(["read", "in.pcap", "-w", name]).status().unwrap().success());
            assert_eq!(fs::metadata(path("old.pcap")).unwrap().mode() & 0o777, mode, "{name}");
        }
    }
    assert!(packetsmith(folder.path()).args(["read", "in.pcap", "-w", "dangling.pcap"]).status().unwrap().success());
    for link in ["link.pcap", "chain.pcap", "dangling.pcap"] {
        assert!(fs::symlink_metadata(path(link)).unwrap().is_symlink(), "{link}");
    }
    for file in ["old.pcap", "new.pcap"] {
        assert_eq!(fs::read(path(file)).unwrap(), capture(2), "{file}");
    }
    assert_eq!(names(folder.path()).len(), 6);
}

#[test]
fn a_read_only_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.pcap"), capture(1)).unwrap();
    fs::write(path("out.pcap"), b"mine").unwrap();
    fs::set_permissions(path("out.pcap"), fs::Permissions::from_mode(0o444)).unwrap();
    let output = packetsmith(folder.path()).args(["read", "in.pcap", "-w", "out.pcap"]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && message.contains("out.pcap: is read-only"), "{message}");
    assert_eq!(fs::read(path("out.pcap")).unwrap(), b"mine");
}

#[test]
fn a_limit_on_the_size_of_files_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<u8> = (0..200).flat_map(record).collect();
    fs::write(folder.path().join("in.pcap"), [&PCAP[..], &records.repeat(100)].concat()).unwrap();
    let output = Command::new("sh")
        .args(["-c", "ulimit -f 8; exec \"$0\" read in.pcap -w out.pcap"])
        .arg(cargo_bin!("packetsmith"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && message.contains("out.pcap: cannot be written: "), "{message}");
    assert!(!message.contains(".packetsmith-"), "{message}");
    assert_eq!(names(folder.path()), ["in.pcap"]);
}

#[test]
fn text_and_a_capture_do_not_share_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.pcap"), capture(1)).unwrap();
    for arguments in [
        &["read", "-T", "json", "-w", "-", "in.pcap"][..],
        &["read", "-V", "-w", "-", "in.pcap"],
        &["read", "-P", "-w", "-", "in.pcap"],
        &["build", "ethernet", "-x", "-w", "-"],
    ] {
        let output = packetsmith(folder.path()).args(arguments).stdout(Stdio::piped()).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
    }
}

#[test]
fn packets_of_an_interface_that_is_not_described_are_left_out_and_the_others_copied() {
    let block = |kind: u32, body: &[u8]| {
        let length = (12 + body.len().next_multiple_of(4)) as u32;
        let mut block = [&kind.to_le_bytes()[..], &length.to_le_bytes(), body].concat();
        block.resize(length as usize - 4, 0);
        [block, length.to_le_bytes().to_vec()].concat()
    };
    let data = &record(1)[16..];
    let packet = |interface: u32| {
        let len = (data.len() as u32).to_le_bytes();
        block(6, &[&interface.to_le_bytes()[..], &[0; 8], &len, &len, data].concat())
    };
    let section = block(0x0a0d_0d0a, &[&[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0][..], &[0xff; 8]].concat());
    let file = [section, block(1, &[101, 0, 0, 0, 0, 0, 4, 0]), packet(0), packet(9), packet(0)].concat();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.pcapng"), file).unwrap();
    let output = packetsmith(folder.path()).args(["read", "in.pcapng", "-w", "out.pcapng"]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(2) && message.contains("packet 2: its file does not describe interface 9"),
        "{message}"
    );
    assert_eq!(common::packets(&folder.path().join("out.pcapng")).len(), 2);
    let output = packetsmith(folder.path()).args(["read", "in.pcapng"]).stdout(Stdio::piped()).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(lines.contains("of interface 9, which the file does not describe") && !lines.contains("65535"), "{lines}");
}

#[test]
fn captures_that_were_appended_are_read_and_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.pcap"), [capture(2), capture(1)].concat()).unwrap();
    let output = packetsmith(folder.path()).args(["read", "in.pcap"]).stdout(Stdio::piped()).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stdout).unwrap().lines().count()), (Some(2), 3));
    assert!(message.contains("the header of another capture file"), "{message}");
    let mut other = capture(1);
    other[20] = 1;
    fs::write(folder.path().join("in.pcap"), [capture(2), other].concat()).unwrap();
    let output = packetsmith(folder.path()).args(["read", "in.pcap"]).stdout(Stdio::piped()).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
    assert!(String::from_utf8(output.stderr).unwrap().contains("split it"));
}

#[test]
fn a_packet_that_was_cut_is_not_split() {
    let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
    let packet =
        Stack::new().push(ip).push(Udp::build().src_port(1).dst_port(2)).payload(&[7; 2_000]).finish().unwrap();
    let record = [&[0; 8][..], &300_u32.to_le_bytes(), &(packet.len() as u32).to_le_bytes(), &packet[..300]].concat();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.pcap"), [&PCAP[..], &record].concat()).unwrap();
    let arguments = ["fragment", "--mtu", "600", "in.pcap", "-w", "out.pcap"];
    let output = packetsmith(folder.path()).args(arguments).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && message.contains("packet 1: cannot be split"), "{message}");
}
