//! The command line: its output and exit status.

#[path = "../../tests/common/mod.rs"]
mod common;

use assert_cmd::Command;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

fn packetsmith() -> Command {
    let mut command = Command::cargo_bin("packetsmith").expect("the program is built");
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).env("TZ", "UTC0").env_remove("NO_COLOR");
    command
}

/// What a call writes on standard output.
fn output(arguments: &[&str]) -> String {
    let output = packetsmith().args(arguments).assert().success().get_output().stdout.clone();
    String::from_utf8(output).expect("output is UTF-8")
}

/// What a call that ends with `code` writes on standard error.
fn complaint(arguments: &[&str], code: i32) -> String {
    let output = packetsmith().args(arguments).assert().code(code).get_output().stderr.clone();
    String::from_utf8(output).expect("messages are UTF-8")
}

fn name(path: &Path) -> String {
    path.file_name().expect("a file has a name").to_string_lossy().into_owned()
}

/// Compares with what is written down in `tests/snapshots`; a name a file.
fn expect(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn lines() {
    for path in common::testdata() {
        let name = name(&path);
        if name != "http.pcap.gz" {
            expect(&format!("lines_{name}"), &output(&["read", &format!("testdata/{name}")]));
        }
    }
}

#[test]
fn trees() {
    for path in common::testdata() {
        let name = name(&path);
        if name != "http.pcap.gz" {
            expect(&format!("tree_{name}"), &output(&["read", "-V", "-c", "16", &format!("testdata/{name}")]));
        }
    }
}

#[test]
fn bytes() {
    for name in ["http.pcap", "snap.pcap", "llc.pcap"] {
        expect(&format!("bytes_{name}"), &output(&["read", "-x", "-c", "8", &format!("testdata/{name}")]));
    }
    let coloured = output(&["read", "-x", "-c", "1", "--color", "always", "testdata/http.pcap"]);
    expect("bytes_coloured", &coloured.replace('\x1b', "ESC"));
}

#[test]
fn json() {
    for name in ["http.pcap", "dhcp.pcap", "dns.pcap", "icmpv6.pcap", "multi.pcapng", "snap.pcap", "tcp.pcap"] {
        expect(&format!("json_{name}"), &output(&["read", "-T", "json", "-c", "8", &format!("testdata/{name}")]));
    }
}

#[test]
fn every_line_of_json_is_an_object_with_all_the_bytes() {
    for path in common::testdata() {
        let text = output(&["read", "-T", "json", &path.to_string_lossy()]);
        let packets = common::packets(&path);
        assert_eq!(text.lines().count(), packets.len(), "{}", path.display());
        for (line, packet) in text.lines().zip(packets) {
            let value: serde_json::Value = serde_json::from_str(line).expect("a line is an object");
            assert_eq!(value["captured_length"], packet.bytes.len());
            assert!(value["layers"].as_array().is_some_and(|layers| !layers.is_empty()), "{line}");
        }
    }
}

#[test]
fn compressed_and_piped_captures_read_the_same() {
    let plain = output(&["read", "testdata/http.pcap"]);
    assert_eq!(output(&["read", "testdata/http.pcap.gz"]), plain);
    let file = std::fs::read(common::root().join("testdata/http.pcap")).expect("the capture is there");
    packetsmith().args(["read", "-"]).write_stdin(file).assert().success().stdout(plain);
}

/// A capture with its packets again and again, until it is so many bytes long.
fn repeated(path: &Path, bytes: usize) -> Vec<u8> {
    let file = std::fs::read(path).expect("the capture is there");
    // A pcapng file has its header again, a pcap file must not.
    let header = if file.starts_with(b"\x0a\x0d\x0d\x0a") { 0 } else { 24 };
    let mut long = file.clone();
    while long.len() < bytes && file.len() > header {
        long.extend(&file[header..]);
    }
    long
}

#[test]
fn several_threads_write_what_one_does() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("long");
    let path = path.to_str().expect("the path is text");
    let forms: [&[&str]; 6] = [
        &[],
        &["-V", "-x", "-t", "d"],
        &["-T", "json"],
        &["-c", "900", "-Y", "udp || icmp", "-T", "json"],
        &["-c", "1000", "-Y", "tcp || arp"],
        &["--no-reassembly", "-T", "json", "--editable", "-c", "400"],
    ];
    for capture in common::testdata() {
        if capture.extension().is_some_and(|extension| extension == "gz") {
            continue;
        }
        std::fs::write(path, repeated(&capture, 400_000)).expect("there is room");
        for form in forms {
            let run =
                |threads: &str| packetsmith().args(["read", "-j", threads, path]).args(form).output().expect("it runs");
            let (one, several) = (run("1"), run("3"));
            assert_eq!(one.status.code(), several.status.code(), "{} {form:?}", capture.display());
            assert_eq!(one.stderr, several.stderr, "{} {form:?}", capture.display());
            assert!(one.stdout == several.stdout, "{} {form:?}", capture.display());
        }
    }
}

#[test]
fn several_threads_print_messages_in_the_same_order() {
    let folder = tempfile::tempdir().expect("there is room");
    let (path, said) = (folder.path().join("damaged"), folder.path().join("said"));
    let mut file = repeated(&common::root().join("testdata/multi.pcapng"), 600_000);
    // Captured lengths of a few packets, which no block has room for.
    let places: Vec<_> = file.windows(4).enumerate().filter(|(_, w)| *w == [6, 0, 0, 0]).map(|(at, _)| at).collect();
    for place in places.iter().skip(700).step_by(900) {
        file[place + 20..place + 24].fill(0x11);
    }
    std::fs::write(&path, file).expect("there is room");
    let run = |threads: &str| {
        let out = std::fs::File::create(&said).expect("there is room");
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("packetsmith"));
        command.args(["read", "-j", threads]).arg(&path).stderr(out.try_clone().expect("there is room")).stdout(out);
        assert_eq!(command.status().expect("it runs").code(), Some(2));
        std::fs::read_to_string(&said).expect("it is text")
    };
    let one = run("1");
    assert!(one.matches("packetsmith: ").count() > 2 && one.lines().count() > 1000, "{}", one.len());
    assert!(one == run("2") && one == run("5"));
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_file() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("long.pcap");
    // The most memory in kB, with all that it can have read ahead.
    let peak = |form: &[&str], length: usize| -> u64 {
        std::fs::write(&path, repeated(&common::root().join("testdata/http.pcap"), length)).expect("there is room");
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("packetsmith"))
            .args(["read", "-j", "4"])
            .args(form)
            .arg(&path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stdout = child.stdout.take().expect("it is piped");
        // It waits here.
        std::io::copy(&mut stdout.by_ref().take(length as u64), &mut std::io::sink()).expect("there is more");
        std::thread::sleep(std::time::Duration::from_millis(200));
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it still runs");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux says it");
        drop(stdout);
        assert!(child.wait().expect("it ends").success(), "a closed pipe is no failure");
        peak.trim().trim_end_matches(" kB").parse().expect("it is a number")
    };
    for form in [&["-T", "json"][..], &["-V"]] {
        let (short, long) = (peak(form, 2 << 20), peak(form, 8 << 20));
        assert!(long < short + 2_000, "{form:?}: {short} kB for a quarter of the file, {long} kB");
        // Some 20 MB are pages of the program itself as tests compile it.
        assert!(long < 30_000, "{form:?}: {long} kB");
    }
}

#[test]
fn times_in_every_form() {
    for (form, first, second) in [
        ("r", "0.000000", "0.000052"),
        ("d", "0.000000", "0.000052"),
        ("e", "1795220", "1795220"),
        ("u", ":", ":"),
        ("ud", "2026-11-21 ", "2026-11-21 "),
        ("ad", "2026-11-21 ", "2026-11-21 "),
    ] {
        let text = output(&["read", "-c", "2", "-t", form, "testdata/http.pcap"]);
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].contains(first) && lines[1].contains(second), "{form}: {text}");
    }
}

#[test]
fn a_file_cut_in_the_middle_gives_all_whole_packets_and_one_error() {
    let file = std::fs::read(common::root().join("testdata/http.pcap")).expect("the capture is there");
    let cut = file[..file.len() - 10].to_vec();
    let assert = packetsmith().args(["read", "-"]).write_stdin(cut).assert().code(2);
    let (stdout, stderr) = (&assert.get_output().stdout, String::from_utf8_lossy(&assert.get_output().stderr));
    assert_eq!(stdout.iter().filter(|b| **b == b'\n').count(), 17);
    assert!(stderr.starts_with("packetsmith: standard input: packet 18, byte "), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_read_all_the_same() {
    let assert = packetsmith().args(["read", "no-such-file", "testdata/arp.pcap", "testdata"]).assert().code(2);
    let output = assert.get_output();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(stdout.contains("==> testdata/arp.pcap <==") && stdout.contains("Who has"), "{stdout}");
    assert!(stderr.contains("no-such-file: cannot be opened: "), "{stderr}");
    assert!(stderr.contains("testdata: cannot be opened: is a directory"), "{stderr}");
    let stderr = complaint(&["read", "Cargo.toml"], 2);
    assert!(stderr.contains("Cargo.toml: not a pcap or pcapng file: it begins with 5b 77 6f 72"), "{stderr}");
}

#[test]
fn filters() {
    assert_eq!(output(&["read", "-Y", "tcp.flags.syn == 1", "testdata/http.pcap"]).lines().count(), 2);
    assert_eq!(output(&["read", "-Y", "dns && !(dns.flags.response == 1)", "testdata/http.pcap"]).lines().count(), 2);
    assert_eq!(output(&["read", "-Y", "arp or udp.port in {53, 100..200}", "testdata/http.pcap"]).lines().count(), 6);
    assert_eq!(output(&["read", "-Y", "dns.qry.name contains \"example\"", "testdata/http.pcap"]).lines().count(), 4);
    assert_eq!(output(&["read", "-Y", "eth.addr == 02:00:00:00:00:02", "testdata/http.pcap"]).lines().count(), 17);
}

#[test]
fn a_filter_that_no_packet_passes_is_exit_code_1() {
    packetsmith().args(["read", "-Y", "icmp", "testdata/http.pcap"]).assert().code(1).stdout("").stderr("");
}

#[test]
fn a_wrong_filter_is_shown_with_its_place() {
    let stderr = complaint(&["read", "-Y", "ip.src == 10.0.0.1 && tcp.prt == 80", "testdata/http.pcap"], 2);
    expect("complaint_filter", &stderr);
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("packetsmith"))
        .args(["read", "-V", "-x", "testdata/dns.pcap", "testdata/tcp.pcap", "testdata/icmpv6.pcap"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut first = [0; 10];
    child.stdout.take().expect("it is piped").read_exact(&mut first).expect("something is written");
    let mut stderr = String::new();
    child.stderr.take().expect("it is piped").read_to_string(&mut stderr).expect("messages are UTF-8");
    assert!(child.wait().expect("it ends").success());
    assert_eq!(stderr, "");
}

#[test]
fn pipes_and_no_color_get_no_colour() {
    assert!(!output(&["read", "-V", "-x", "-c", "1", "testdata/http.pcap"]).contains('\x1b'));
    let forced = output(&["read", "-V", "-c", "1", "--color", "always", "testdata/http.pcap"]);
    assert!(forced.contains("\x1b["));
}

#[test]
fn help_names_every_command_and_option() {
    expect("help", &output(&["--help"]));
    expect("help_read", &output(&["read", "--help"]));
    assert_eq!(output(&["help"]), output(&["--help"]));
    assert_eq!(output(&["help", "read"]), output(&["read", "--help"]));
}

#[test]
fn help_prints_the_page_on_filters() {
    let page = std::fs::read_to_string(common::root().join("docs/filters.md")).expect("the page is there");
    assert_eq!(output(&["help", "filters"]), page);
    assert!(complaint(&["help", "fliters"], 2).contains("neither a command (read, "));
    for command in ["--help", "read --help"] {
        let text = output(&command.split(' ').collect::<Vec<_>>());
        assert!(text.contains("'packetsmith help filters'"), "{command} names the page");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{command} fits in 100 columns");
    }
}

#[test]
fn fields_lists_protocols_and_their_fields() {
    expect("fields", &output(&["fields"]));
    expect("fields_udp", &output(&["fields", "udp", "tcp"]));
    expect("fields_issues", &output(&["fields", "--issues"]));
    expect("fields_issues_tcp", &output(&["fields", "--issues", "tcp", "fragment"]));
    let stderr = complaint(&["fields", "tpc"], 2);
    assert!(stderr.contains("no protocol is called tpc; the nearest is tcp"), "{stderr}");
    let stderr = complaint(&["fields", "tcp.flags.sin"], 2);
    assert!(stderr.contains("no field or protocol is called tcp.flags.sin; the nearest is tcp.flags.syn"), "{stderr}");
    for name in ["tcp.flags.syn", "tcp.flags"] {
        let text = output(&["fields", name]);
        assert!(text.starts_with("tcp ") && text.lines().count() == 2 && text.contains("tcp.flags"), "{text}");
    }
    let text = output(&["fields", "udp.src_port", "tcp.options.mss_val"]);
    assert!(text.contains("udp.srcport") && text.contains("tcp.options.mss_val"), "{text}");
}

#[test]
fn walkthrough() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("story.pcap");
    let path = path.to_str().expect("the path is text");
    let text = output(&["walkthrough", "-w", path]);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "a terminal has 100 columns");
    expect("walkthrough", &text);
    expect("walkthrough_lines", &output(&["read", "-t", "ud", path]));
    assert!(!output(&["read", "-V", path]).contains(" ! "), "nothing is wrong with the story's packets");
    for lost in ["syn", "synack", "ack"] {
        expect(&format!("walkthrough_{lost}"), &output(&["walkthrough", "--lose", lost]));
    }
}

#[test]
fn the_story_is_consistent() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("story.pcap");
    let path = path.to_str().expect("the path is text");
    packetsmith().args(["walkthrough", "-w", path]).assert().success();
    let whole = |filter: &str| {
        let output = packetsmith().args(["read", "-Y", filter, path]).output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).lines().count()
    };
    assert_eq!(whole("dhcp"), 4);
    assert_eq!(whole("arp"), 2);
    assert_eq!(whole("dns"), 2);
    assert_eq!(whole("ip.flags.mf == 1"), 3);
    assert_eq!(whole("http"), 2, "the request, of its fragments, and the response");
    assert_eq!(whole("tcp.flags.syn == 1"), 2);
    assert_eq!(whole("tcp.flags.fin == 1"), 2);
    assert_eq!(whole("ip.checksum.status == bad || tcp.checksum.status == bad || udp.checksum.status == bad"), 0);
}

#[test]
fn what_is_split_is_put_together_again() {
    let folder = tempfile::tempdir().expect("there is room");
    let file = |name: &str| folder.path().join(name).to_str().expect("the path is text").to_string();
    let (whole, split, again) = (file("whole.pcap"), file("split.pcap"), file("again.pcap"));
    for name in ["tunnels.pcap", "fragments.pcap", "vlan.pcap", "sll2.pcap", "llc.pcap"] {
        packetsmith().args(["reassemble", "-q", &format!("testdata/{name}"), "-w", &whole]).output().expect("it runs");
        packetsmith()
            .args(["fragment", "--mtu", "76", "--ignore-df", "--split-headers", &whole, "-w", &split])
            .assert()
            .success();
        packetsmith().args(["reassemble", "-q", &split, "-w", &again]).output().expect("it runs");
        assert_eq!(std::fs::read(&whole).unwrap(), std::fs::read(&again).unwrap(), "{name}");
    }
    expect("reassemble", &output(&["reassemble", "testdata/fragments.pcap"]));
    let told = complaint(&["fragment", "--mtu", "100", "testdata/tunnels.pcap", "-w", &split], 2);
    assert!(
        told.contains("packet 3: 104 bytes exceed the MTU of 100, and the packet must not be split (DF)"),
        "{told}"
    );
}

#[test]
fn fragments_can_be_left_alone() {
    let lines = output(&["read", "--no-reassembly", "testdata/fragments.pcap"]);
    assert!(!lines.contains("reassembled") && lines.contains("Fragment of ICMP, offset 4440, ID 0x09c9, the last"));
}

#[test]
fn an_overlap_goes_by_the_policy() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("overlap.pcap");
    let path = path.to_str().expect("the path is text");
    let fragment = |flags: &str, offset: u8, text: &str| {
        format!(
            "ipv4 src=10.0.0.1 dst=10.0.0.2 protocol=253 identification=7 flags={flags} fragment_offset={offset} / \"{text}\""
        )
    };
    let packets = [fragment("MF", 0, "AAAAAAAABBBBBBBB"), fragment("MF", 1, "XXXXXXXX"), fragment("0", 2, "CCCCCCCC")];
    packetsmith().arg("build").args(&packets).args(["-w", path]).assert().success();
    let report = |policy: &str| output(&["reassemble", "--policy", policy, path]);
    assert!(report("first").contains("packet 1: bytes 0..16"));
    assert!(report("last").contains("packet 2: bytes 8..16"));
    let output =
        packetsmith().args(["reassemble", "--policy", "drop", path]).assert().code(1).get_output().stdout.clone();
    let text = String::from_utf8(output).expect("output is UTF-8");
    assert!(text.contains("packet 2: refused, bytes 8..16 of the payload: it overlaps another fragment"), "{text}");
}

#[test]
fn each_mutation_is_said_and_can_be_made_again() {
    let folder = tempfile::tempdir().expect("there is room");
    let file = |name: &str| folder.path().join(name).to_str().expect("the path is text").to_string();
    let (first, second) = (file("first.pcap"), file("second.pcap"));
    let mutate = |to: &str, more: &[&str]| {
        output(&[&["mutate", "testdata/dhcp.pcap", "-w", to, "--seed", "7", "--count", "60"], more].concat())
    };
    let said = mutate(&first, &[]);
    assert_eq!(said.lines().count(), 60, "the file has fewer packets, and is read again");
    assert_eq!((mutate(&second, &[]), std::fs::read(&second).unwrap()), (said.clone(), std::fs::read(&first).unwrap()));
    for kind in ["length", "checksum", "option", "flag", "number", "truncation"] {
        assert!(said.contains(&format!(", {kind}: ")), "{kind} is not in\n{said}");
        let said = mutate(&second, &["--fault", kind]);
        assert!(said.lines().all(|line| line.contains(&format!(", {kind}: "))), "{said}");
    }
    assert_eq!(mutate(&second, &["--quiet"]), "");
    let wrong = output(&["read", "-V", &first]);
    assert!(wrong.matches(" ! ").count() > 20, "what is made wrong is found to be wrong");
    assert!(
        complaint(&["mutate", "testdata/dhcp.pcap", "-w", &second, "--fault", "colour"], 2)
            .contains("is not one of length")
    );
    let nothing = file("nothing.pcap");
    std::fs::write(&nothing, &std::fs::read(common::root().join("testdata/dhcp.pcap")).unwrap()[..24]).unwrap();
    packetsmith().args(["mutate", &nothing, "-w", &second]).assert().code(1);
}

#[test]
fn fragments_within_fragments_are_put_together_in_their_frame() {
    let folder = tempfile::tempdir().expect("there is room");
    let file = |name: &str| folder.path().join(name).to_str().expect("the path is text").to_string();
    let inner = "ipv4 src=10.0.0.1 dst=10.0.0.2 identification=7";
    let outer = "ethernet / ipv4 src=1.1.1.1 dst=2.2.2.2";
    let text = "x".repeat(600);
    let packets = [
        format!(
            "{outer} identification=1 / {inner} flags=MF / udp src_port=4000 dst_port=4001 length=1200 checksum=0 / \"{}\"",
            &text[..592]
        ),
        format!("{outer} identification=2 / {inner} protocol=17 fragment_offset=75 / \"{text}\""),
    ];
    let (whole, split, again) = (file("whole.pcap"), file("split.pcap"), file("again.pcap"));
    packetsmith().arg("build").args(&packets).args(["-w", &whole]).assert().success();
    packetsmith().args(["fragment", "--mtu", "300", &whole, "-w", &split]).assert().success();
    let report = output(&["reassemble", &split, "-w", &again]);
    assert!(
        report.contains("identification 0x0001, protocol 4") && report.contains("identification 0x0007, protocol 17"),
        "{report}"
    );
    let lines = output(&["read", &again]);
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert!(lines.contains("10.0.0.1        10.0.0.2        UDP      1254  4000 → 4001 Len=1192"), "{lines}");
    let lines = output(&["read", &split]);
    assert!(
        lines.lines().last().is_some_and(|line| line.contains("UDP") && line.contains("[reassembled of")),
        "{lines}"
    );
    let tree = output(&["read", "-V", "-x", &split]);
    assert_eq!(tree.matches("Reassembled").count(), 3, "both outer ones, and the inner one");
    assert!(
        output(&["read", "-T", "json", &split])
            .lines()
            .last()
            .is_some_and(|line| line.matches("\"fragments\"").count() == 2)
    );
}
