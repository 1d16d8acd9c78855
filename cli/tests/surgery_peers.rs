//! `packetsmith merge`, `cut`, `shift`, `split`, `dedup` and `info` beside mergecap, editcap and capinfos of Wireshark, over the captures
//! of `testdata`. A test passes with a message where the program is not installed.

#[path = "../../tests/common/mod.rs"]
mod common;

use assert_cmd::cargo::cargo_bin;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether a program is there. Says so if it is not.
fn has(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        eprintln!("{program} is not installed: nothing is compared");
    }
    is_there
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).env("TZ", "UTC0").output().expect("it is there");
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn ours(arguments: &[&str]) -> String {
    let output = Command::new(cargo_bin!("packetsmith")).args(arguments).output().expect("it is built");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Time, lengths, link type and bytes of each packet.
fn packets(path: &Path) -> Vec<String> {
    let mut reader = packetsmith::capture::Reader::open(path).expect("it is a capture");
    let mut all = Vec::new();
    while let Some(record) = reader.next_record() {
        let record = record.expect("it is whole");
        let nanos = record.timestamp.map(|time| time.nanos());
        all.push(format!("{nanos:?} {} {:?} {:?}", record.original_len, record.link_type, record.data));
    }
    all
}

fn captures() -> Vec<PathBuf> {
    let all: Vec<PathBuf> = common::testdata();
    assert!(all.len() > 30);
    all
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the name is UTF-8")
}

#[test]
fn cut_is_editcap() {
    if !has("editcap") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (mine, theirs) = (folder.path().join("mine"), folder.path().join("theirs"));
    for capture in captures() {
        let name = text(&capture);
        ours(&["cut", name, "2-4", "6", "9-", "-w", text(&mine)]);
        run("editcap", &["-r", name, text(&theirs), "2-4", "6", "9-999999"]);
        assert_eq!(packets(&mine), packets(&theirs), "{name}");
        ours(&["cut", name, "2-4", "-v", "-w", text(&mine)]);
        run("editcap", &[name, text(&theirs), "2-4"]);
        assert_eq!(packets(&mine), packets(&theirs), "{name}");
        let times: Vec<String> =
            packets(&capture).iter().filter_map(|packet| packet.split(['(', ')']).nth(1).map(str::to_string)).collect();
        let nanos: i128 = times.get(times.len() / 2).map_or(0, |time| time.parse().unwrap());
        let seconds = nanos / 1_000_000_000;
        let (from, to) = (format!("{seconds}"), format!("{}", seconds + 2));
        ours(&["cut", name, "-A", &from, "-B", &to, "-w", text(&mine)]);
        run("editcap", &["-A", &from, "-B", &to, name, text(&theirs)]);
        assert_eq!(packets(&mine), packets(&theirs), "{name}");
    }
}

#[test]
fn shift_is_editcap() {
    if !has("editcap") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (mine, theirs) = (folder.path().join("mine"), folder.path().join("theirs"));
    for capture in captures() {
        for offset in ["3600", "-0.25", "86400.000001"] {
            ours(&["shift", text(&capture), "-t", offset, "-w", text(&mine)]);
            run("editcap", &["-t", offset, text(&capture), text(&theirs)]);
            assert_eq!(packets(&mine), packets(&theirs), "{}", text(&capture));
        }
    }
}

#[test]
fn dedup_is_editcap() {
    if !has("editcap") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (mine, theirs) = (folder.path().join("mine"), folder.path().join("theirs"));
    let twice = folder.path().join("twice.pcapng");
    for capture in captures() {
        ours(&["merge", text(&capture), text(&capture), "-w", text(&twice)]);
        for file in [&capture, &twice] {
            for (options, others) in [
                (&["-D", "5"][..], &["-d"][..]),
                (&["-D", "2"], &["-D", "2"]),
                (&["-D", "100"], &["-D", "100"]),
                (&["--within", "0.5"], &["-w", "0.5"]),
                (&["-D", "5", "-I", "14"], &["-D", "5", "-I", "14"]),
            ] {
                ours(&[&["dedup", text(file), "-w", text(&mine)], options].concat());
                run("editcap", &[others, &[text(file), text(&theirs)]].concat());
                assert_eq!(packets(&mine), packets(&theirs), "{} {options:?}", text(file));
            }
        }
    }
}

#[test]
fn merge_is_mergecap() {
    if !has("mergecap") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (mine, theirs) = (folder.path().join("mine"), folder.path().join("theirs"));
    let captures = captures();
    for files in captures.chunks(3) {
        let files: Vec<&str> = files.iter().map(|file| text(file)).collect();
        ours(&[&["merge", "-w", text(&mine)], &files[..]].concat());
        run("mergecap", &[&["-w", text(&theirs)], &files[..]].concat());
        assert_eq!(packets(&mine), packets(&theirs), "{files:?}");
        ours(&[&["merge", "-a", "-w", text(&mine)], &files[..]].concat());
        run("mergecap", &[&["-a", "-w", text(&theirs)], &files[..]].concat());
        assert_eq!(packets(&mine), packets(&theirs), "{files:?}");
    }
}

#[test]
fn info_is_capinfos() {
    if !has("capinfos") {
        return;
    }
    for capture in captures() {
        let name = text(&capture);
        // Packets, bytes, first and last time in seconds, digest, order.
        let table = run("capinfos", &["-TmrMScdaeHo", name]);
        let theirs: Vec<&str> = table.trim_end().split(',').collect();
        let json: serde_json::Value = serde_json::from_str(&ours(&["info", "-T", "json", name])).expect("an object");
        let of = |key: &str| json["summary"][key].to_string().trim_matches('"').to_string();
        let seconds = |key: &str| {
            let time: packetsmith::capture::Timestamp = of(key).parse().expect("a time");
            time.nanos() as f64 / 1e9
        };
        let near = |theirs: &str, ours: f64| theirs.parse::<f64>().is_ok_and(|theirs| (theirs - ours).abs() < 1e-5);
        assert!(theirs.contains(&&*of("packets")), "{name}: {theirs:?}");
        assert!(theirs.contains(&&*of("bytes")), "{name}: {theirs:?}");
        assert!(theirs.contains(&&*of("sha256")), "{name}: {theirs:?}");
        assert!(theirs.iter().any(|field| near(field, seconds("first"))), "{name}: {theirs:?}");
        assert!(theirs.iter().any(|field| near(field, seconds("last"))), "{name}: {theirs:?}");
        let is_ordered = theirs.contains(&"TRUE") || theirs.contains(&"True");
        assert_eq!(of("in_order"), if is_ordered { "yes" } else { "no" }, "{name}: {theirs:?}");
    }
}

/// The packets of the files of a folder, by the names of the files.
fn parts(folder: &Path) -> Vec<Vec<String>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    // editcap may leave files without packets.
    paths.iter().map(|path| packets(path)).filter(|packets| !packets.is_empty()).collect()
}

#[test]
fn split_is_editcap() {
    if !has("editcap") {
        return;
    }
    for capture in captures() {
        for rule in [["-c", "5"], ["-i", "0.01"], ["-i", "3"]] {
            let (mine, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            ours(&["split", text(&capture), rule[0], rule[1], "-w", text(&mine.path().join("a.pcapng"))]);
            run("editcap", &[rule[0], rule[1], text(&capture), text(&theirs.path().join("a.pcapng"))]);
            assert_eq!(parts(mine.path()), parts(theirs.path()), "{} {rule:?}", text(&capture));
        }
    }
}
