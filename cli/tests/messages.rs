//! Each error message of the program, with a call that causes it.
#![cfg(unix)]

use assert_cmd::Command;
use std::fs::File;
use std::path::Path;

struct Folder(tempfile::TempDir);

impl Folder {
    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }
}

/// Calls the program, and holds that it ends with `code` and says so.
fn says(arguments: &[&str], input: &str, code: i32, what: &str) {
    let mut command = Command::cargo_bin("packetsmith").expect("the program is built");
    command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .env("TZ", "UTC0")
        .args(arguments)
        .write_stdin(input);
    let output = command.output().expect("it runs");
    let message = String::from_utf8(output.stderr).expect("messages are UTF-8");
    assert!(output.status.code() == Some(code) && message.contains(what), "{arguments:?} {input}: {message}");
}

#[test]
fn text_that_is_no_packet() {
    for (text, what) in [
        ("nonesuch / 0x00", "no protocol is called nonesuch"),
        ("udp x", "a field (name=value) or a slash was expected here"),
        ("udp / 0x0", "a layer, a payload or a field was expected here"),
        ("udp / \"abc", "a layer, a payload or a field was expected here"),
        ("ipv4 / @nowhere", "nowhere: cannot be read: "),
        ("udp src_port=70000", "70000 is more than 65535"),
        ("udp port=7", "port: there is no such field; udp has src_port, dst_port, length, checksum"),
        ("ipv4 protocol=nonesuch", "no number has this name"),
        ("ipv4 dst=10.0.0.300", "is not an IPv4 address"),
        ("ethernet dst=1", "is not a MAC address"),
    ] {
        says(&["build", text, "-x"], "", 2, what);
        // Where it is wrong is shown below it.
        says(&["build", text, "-x"], "", 2, "\n  ");
    }
    says(&["build", "udp", "--time", "soon"], "", 2, "is no number of seconds");
}

#[test]
fn a_payload_that_is_longer_than_any_packet() {
    let folder = Folder(tempfile::tempdir().expect("there is room"));
    let path = folder.path("long");
    let file = File::create(&path).expect("there is room");
    if file.set_len((128 << 20) + 1).is_err() {
        println!("this file system has no files of that size: not tested");
        return;
    }
    says(&["build", &format!("ethernet / @{path}"), "-x"], "", 2, "is longer than the 134217728 bytes");
}

#[test]
fn json_that_is_no_packet() {
    let folder = Folder(tempfile::tempdir().expect("there is room"));
    let (plain, sections) = (folder.path("out.pcap"), folder.path("out.pcapng"));
    let section = "\"capture\":{\"form\":\"pcapng\",\"byte_order\":\"big\"},\"interfaces\":[{\"link_type\":1}]";
    let layers = "\"layers\":[{\"layer\":\"data\",\"data\":\"00\"}]";
    let packet = |about: &str| format!("{{{about},{layers}}}");
    for (json, write, what) in [
        (packet("\"block\":\"new\",\"link_type\":1"), &plain, "line 1, packet 1: block: new is neither simple nor old"),
        (packet("\"options\":\"xyz\",\"link_type\":1"), &plain, "options: are hexadecimal digits"),
        (packet("\"record\":\"xyz\",\"link_type\":1"), &plain, "record: is hexadecimal"),
        (packet("\"time\":\"soon\",\"link_type\":1"), &plain, "time: soon is no number of seconds"),
        (
            packet("\"time\":\"-5.5\",\"link_type\":1"),
            &plain,
            "packet 1: the file's form has no room for the time -5.5",
        ),
        (packet("\"packet\":1"), &plain, "the first layer does not tell the link type: give --link-type"),
        (packet(&format!("{section},\"interface\":3")), &sections, "interface 3 is not described before its packet"),
        ("{\"layers\":5}".to_string(), &plain, "layers: a list is called for here"),
        ("{\"packet\":1}".to_string(), &plain, "layers: is missing: a packet has a list of layers"),
        ("{\"layers\":[{}]}".to_string(), &plain, "layer 1, layer: is missing: it names the protocol of the layer"),
        ("{\"rest\":\"x\"}".to_string(), &plain, "rest: is hexadecimal digits"),
        (
            section.replacen("\"capture", "{\"capture", 1).replace(":1}]", ":1,\"options\":\"x\"}]}"),
            &plain,
            "options are hex",
        ),
        ("{\"capture\":{\"form\":\"pcap\"}}".to_string(), &plain, "missing field `byte_order`"),
    ] {
        says(&["build", "-", "-w", write], &json, 2, what);
    }
    let json = packet(&format!("{section},\"interface\":3"));
    says(&["build", "-", "-F", "pcap", "-w", &plain], &json, 2, "the file does not describe the interface of packet");
    says(&["build", "nowhere.json", "-x"], "", 2, "nowhere.json: cannot be opened: ");
    assert!(!Path::new(&plain).exists() && !Path::new(&sections).exists(), "what cannot be written whole has no name");
}

#[test]
fn what_cannot_be_read_or_written() {
    let folder = Folder(tempfile::tempdir().expect("there is room"));
    let (itself, out) = (folder.0.path().to_string_lossy().into_owned(), folder.path("out.pcap"));
    let http = "testdata/http.pcap";
    for command in ["read", "reassemble", "fragment", "mutate"] {
        says(&[command, "nowhere", "-w", &out], "", 2, "nowhere: cannot be opened: ");
        says(&[command, http, "-w", &itself], "", 2, "cannot be written: is a directory");
        says(&[command, http, "-w", &folder.path("out.zst")], "", 2, "of the compressions only gzip (.gz) is written");
        says(&[command, http, "-w", &folder.path("nowhere/out.pcap")], "", 2, "cannot be written: there is no folder");
    }
    says(&["walkthrough", "-w", &itself], "", 2, "cannot be written: is a directory");
    let both = ["read", http, "testdata/raw.pcap", "-F", "pcap", "-w", &out];
    says(&both, "", 2, "packet 1 of interface 0 has link type 101, but a pcap file has only one, here 1: write pcapng");
    let nano = ["read", "testdata/nano.pcap", "-F", "pcap", "-w", &out];
    says(&nano, "", 0, "10 times had more digits than the file can hold, and were rounded down: -F pcapng keeps them");
    says(&["fragment", "--mtu", "40", http, "-w", &out], "", 2, "packet 3: 62 bytes exceed the MTU of 40");
    says(
        &["fragment", "--mtu", "60", "testdata/icmpv6.pcap", "-w", &out],
        "",
        2,
        "has no room for all headers, 64 bytes",
    );
    says(&["fragment", "--mtu", "27", http, "-w", &out], "", 2, "a whole number from 28 to 65535 is expected");
    says(&["read", "-i", "no such interface"], "", 2, "no such interface: there is no such interface\n  there are ");
}

#[test]
fn arguments_that_mean_nothing() {
    for (arguments, what) in [
        (&["address", "10.0.0.300"][..], "ADDRESS 10.0.0.300: is not an IPv4 address"),
        (&["address", "10.0.0.0/33"], "is not a prefix length of 0 to 32, and not a mask"),
        (&["address", ""], "is not an IPv4 or IPv6 address"),
        (&["address", "10.0.0.1", "10.0.0.x"], "OTHER 10.0.0.x: is not an IPv4 address"),
        (&["address", "10.0.0.1", "fe80::1"], "are of different versions"),
        (&["fields", "nonesuch"], "no protocol is called nonesuch; `packetsmith fields` lists the protocols"),
        (&["read", "--time", "never", "testdata/http.pcap"], "possible values: r, d, dd, a"),
        (&["read", "-T", "xml", "testdata/http.pcap"], "possible values: text, json"),
        (&["read", "-Y", "ip.adr", "testdata/http.pcap"], "no field or protocol is called ip.adr"),
        (
            &["read", "-Y", "issue == tcp.flags.synfin", "testdata/http.pcap"],
            "no issue is called tcp.flags.synfin; the nearest is tcp.flags.syn_fin",
        ),
        (&["mutate", "testdata/http.pcap", "-w", "-", "--fault", "nonesuch"], "invalid value 'nonesuch'"),
        (&["build", "udp", "-w", "-"], "the first layer does not tell the link type: give --link-type"),
    ] {
        says(arguments, "", 2, what);
    }
}
