//! `packetsmith extract`: what is written, under which names, and what is said of it.

#[path = "../../tests/common/mod.rs"]
mod common;

use assert_cmd::Command;
use flate2::Compression;
use flate2::write::GzEncoder;
use hmac_sha256::Hash;
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ipv4, Stack, Tcp, Udp};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);

/// A capture of raw IP packets.
struct Capture {
    bytes: Vec<u8>,
    packets: u32,
}

/// A connection to a server, with the numbers that come next for each side.
struct Connection {
    ports: [u16; 2],
    next: [u32; 2],
}

impl Capture {
    fn new() -> Self {
        let mut bytes = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0];
        bytes.extend(101_u32.to_le_bytes());
        Capture { bytes, packets: 0 }
    }

    fn packet(&mut self, packet: &[u8]) {
        self.packets += 1;
        let length = packet.len() as u32;
        for number in [1, self.packets, length, length] {
            self.bytes.extend(number.to_le_bytes());
        }
        self.bytes.extend(packet);
    }

    fn udp(&mut self, [source, destination]: [(Ipv4Addr, u16); 2], data: &[u8]) {
        let ip = Ipv4::build().src(source.0).dst(destination.0);
        let udp = Udp::build().src_port(source.1).dst_port(destination.1);
        self.packet(&Stack::new().push(ip).push(udp).payload(data).finish().unwrap());
    }

    fn tcp(&mut self, connection: &Connection, side: usize, [seq, ack]: [u32; 2], flags: TcpFlags, data: &[u8]) {
        let ends = [CLIENT, SERVER];
        let ip = Ipv4::build().src(ends[side]).dst(ends[1 - side]);
        let ports = connection.ports;
        let tcp = Tcp::build().src_port(ports[side]).dst_port(ports[1 - side]).seq(seq).ack(ack).flags(flags);
        self.packet(&Stack::new().push(ip).push(tcp).payload(data).finish().unwrap());
    }

    /// Opens a connection to port 80.
    fn open(&mut self, port: u16) -> Connection {
        let connection = Connection { ports: [port, 80], next: [1, 1] };
        self.tcp(&connection, 0, [0, 0], TcpFlags::SYN, b"");
        self.tcp(&connection, 1, [0, 1], TcpFlags::SYN | TcpFlags::ACK, b"");
        connection
    }

    /// Data of a side in a segment.
    fn send(&mut self, connection: &mut Connection, side: usize, data: &[u8]) {
        let numbers = [connection.next[side], connection.next[1 - side]];
        self.tcp(connection, side, numbers, TcpFlags::ACK | TcpFlags::PSH, data);
        connection.next[side] += data.len() as u32;
    }

    fn close(&mut self, connection: &mut Connection) {
        for side in [1, 0] {
            let numbers = [connection.next[side], connection.next[1 - side]];
            self.tcp(connection, side, numbers, TcpFlags::ACK | TcpFlags::FIN, b"");
            connection.next[side] += 1;
        }
    }

    /// A connection with one request and its response in one segment each.
    fn exchange(&mut self, port: u16, request: &[u8], response: &[u8]) {
        let mut connection = self.open(port);
        self.send(&mut connection, 0, request);
        self.send(&mut connection, 1, response);
        self.close(&mut connection);
    }
}

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: example.test\r\n\r\n").into_bytes()
}

fn response(fields: &str, content: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{fields}\r\n", content.len()).as_bytes(), content].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A run of the command.
struct Run {
    code: i32,
    rows: Vec<Value>,
    stderr: String,
    folder: PathBuf,
}

impl Run {
    /// The files with their content.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.folder)
    }

    fn of<'a>(&'a self, member: &str) -> Vec<&'a str> {
        self.rows.iter().map(|row| row[member].as_str().unwrap_or("-")).collect()
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let entries = entries.map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Hash::hash(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn command(arguments: &[&str], input: &[u8], folder: &Path) -> (i32, String, String) {
    let mut command = Command::cargo_bin("packetsmith").expect("the program is built");
    command.current_dir(common::root()).arg("extract").args(arguments).arg(folder).write_stdin(input);
    let output = command.output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("it ends"), text(output.stdout), text(output.stderr))
}

/// Extracts to a folder, and compares the list with the files.
fn extract_to(folder: &Path, arguments: &[&str], input: &[u8]) -> Run {
    let before = files(folder);
    let file: &[&str] = if input.is_empty() { &[] } else { &["-"] };
    let arguments = [&["-T", "json"], arguments, file].concat();
    let (code, stdout, stderr) = command(&arguments, input, folder);
    let rows: Vec<Value> =
        stdout.lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect();
    let run = Run { code, rows, stderr, folder: folder.to_path_buf() };
    if !arguments.contains(&"--dry-run") {
        let files = run.files();
        assert_eq!(files.len(), before.len() + run.rows.len(), "{arguments:?}");
        for row in &run.rows {
            let name = row["file"].as_str().unwrap();
            let content = &files[name];
            assert_eq!(
                (row["size"].as_u64(), row["sha256"].as_str()),
                (Some(content.len() as u64), Some(&*sha256(content)))
            );
            assert_eq!(row["complete"] == true, !name.ends_with(".incomplete"), "{name}");
            assert!(name.len() <= 100 && name.chars().all(|c| !packetsmith::output::is_unsafe(c)), "{name:?}");
        }
    }
    for (name, content) in &before {
        assert!(run.files().get(name) == Some(content), "{name} is as it was");
    }
    run
}

fn extract(arguments: &[&str], capture: &Capture) -> Run {
    let folder = TempDir::new().unwrap();
    // The files are looked at before the folder goes.
    let folder = folder.keep().join("objects");
    extract_to(&folder, arguments, &capture.bytes)
}

#[test]
fn http_and_tftp_of_real_captures() {
    let folder = TempDir::new().unwrap();
    let (code, stdout, stderr) = command(&["testdata/http.pcap"], b"", folder.path());
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(
        stdout,
        "\
packet  kind            size  SHA-256
    14  http              78  9eddc0538ab6c6451735095b078224c49aaeb7336703b747c14d8d71ce652b17
        file  14-index.html
        from  response to GET http://www.example.test/
"
    );
    assert_eq!(
        sha256(&files(folder.path())["14-index.html"]),
        "9eddc0538ab6c6451735095b078224c49aaeb7336703b747c14d8d71ce652b17"
    );
    let folder = TempDir::new().unwrap();
    let run = extract_to(folder.path(), &["testdata/tftp.pcap"], b"");
    assert_eq!((run.code, run.of("file")), (0, vec!["4-numbers.txt", "11-numbers.txt"]));
    let files = run.files();
    assert_eq!(files["4-numbers.txt"], files["11-numbers.txt"]);
    assert_eq!(files["4-numbers.txt"].len(), 1492);
}

#[test]
fn nothing_to_extract_is_said() {
    let folder = TempDir::new().unwrap();
    let (code, stdout, stderr) = command(&["testdata/pxe.pcap"], b"", &folder.path().join("new"));
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert_eq!(stderr, "packetsmith: testdata/pxe.pcap: there is nothing to extract\n");
    assert!(!folder.path().join("new").exists());
    let (code, _, stderr) = command(&["testdata/http.pcap"], b"", &folder.path().join("a/b"));
    assert!(code == 2 && stderr.contains("there is no folder"), "{stderr}");
    let (code, _, stderr) = command(&["testdata/http.pcap"], b"", &common::root().join("Cargo.toml"));
    assert!(code == 2 && stderr.contains("is not a folder"), "{stderr}");
}

#[test]
fn what_cannot_be_written_is_said() {
    let mut capture = Capture::new();
    for port in 1..4 {
        capture.exchange(port, &get("/a.txt"), &response("", b"one"));
    }
    let folder = TempDir::new().unwrap();
    let run = extract_to(&folder.path().join("long".repeat(100)), &[], &capture.bytes);
    assert_eq!((run.code, run.rows.len()), (2, 0));
    // Once: what stands in the way of one file stands in the way of all.
    let message = "4-a.txt: cannot be written: ";
    assert!(run.stderr.lines().count() == 1 && run.stderr.contains(message), "{}", run.stderr);
}

/// Captures of transfers, with the SHA-256 of what the programs at both ends had.
#[test]
fn transfers_have_the_sums_that_their_programs_had() {
    let Ok(transfers) = fs::read_to_string(common::root().join("testdata/transfers.txt")) else { return };
    let rows: Vec<Vec<&str>> =
        transfers.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' ').collect()).collect();
    for capture in ["http_download.pcap", "upload.pcap", "upload_loss.pcap"] {
        let of = |kind: &'static str| rows.iter().filter(move |row| row[0] == capture && row[3] == kind);
        // Content that is compressed has a second row without.
        let decoded: Vec<&str> = of("decoded").map(|row| row[7]).collect();
        let bodies = of("body").filter(|row| row[4] != "0" && !decoded.contains(&row[7]));
        let mut expected: Vec<&str> = bodies.chain(of("decoded")).map(|row| row[5]).collect();
        let folder = TempDir::new().unwrap();
        let file = format!("testdata/{capture}");
        let run = extract_to(&folder.path().join("http"), &[&file], b"");
        let mut found = run.of("sha256");
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{capture}");
        let run = extract_to(&folder.path().join("streams"), &["--only", "streams", &file], b"");
        for row in of("stream") {
            let (stream, side) = (row[1].strip_prefix("tcp/").unwrap(), row[2]);
            let name = format!("tcp-{stream}-{side}.bin");
            assert_eq!(sha256(&run.files()[&name]), row[5], "{capture} {name}");
        }
    }
}

#[test]
fn content_is_without_chunks_and_compression() {
    let mut capture = Capture::new();
    let text = b"a text that is repeated; a text that is repeated".as_slice();
    let chunks = [b"5\r\na tex\r\n2b\r\n".as_slice(), &text[5..], b"\r\n0\r\nA: b\r\n\r\n"].concat();
    let chunked = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice(), &chunks].concat();
    // In one segment, and in many.
    capture.exchange(1, &get("/chunked"), &chunked);
    let mut connection = capture.open(2);
    capture.send(&mut connection, 0, &get("/pieces"));
    chunked.chunks(7).for_each(|piece| capture.send(&mut connection, 1, piece));
    capture.exchange(3, &get("/packed"), &response("Content-Encoding: gzip\r\n", &gzip(text)));
    capture.exchange(4, &get("/brotli"), &response("Content-Encoding: br\r\n", b"packed"));
    let run = extract(&[], &capture);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let files = run.files();
    for (name, content) in &files {
        let expected = if name.ends_with("brotli") { b"packed" } else { text };
        assert_eq!(content, expected, "{name}");
    }
    assert_eq!(
        run.of("file").iter().map(|name| name.split_once('-').unwrap().1).collect::<Vec<_>>(),
        ["chunked", "pieces", "packed", "brotli"]
    );
    assert_eq!(run.of("note")[3], "still coded, since this coding is not known here: br");
}

#[test]
fn content_of_requests_is_extracted_and_responses_without_content_are_not() {
    let mut capture = Capture::new();
    let post = b"POST /form?x=1 HTTP/1.1\r\nHost: example.test\r\nContent-Length: 3\r\n\r\na=b";
    capture.exchange(1, post, b"HTTP/1.1 204 No Content\r\n\r\n");
    capture.exchange(
        2,
        b"HEAD /big HTTP/1.1\r\nHost: example.test\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
    );
    capture.exchange(3, &get("/cached"), b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n");
    capture.exchange(4, &get("/empty"), &response("", b""));
    // An interim response answers no request.
    let mut connection = capture.open(5);
    capture.send(
        &mut connection,
        0,
        b"PUT /p HTTP/1.1\r\nHost: example.test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n",
    );
    capture.send(&mut connection, 1, b"HTTP/1.1 100 Continue\r\n\r\n");
    capture.send(&mut connection, 0, b"data");
    capture.send(&mut connection, 1, &response("Content-Type: text/plain; a\r\n", b"done"));
    let run = extract(&[], &capture);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let urls = ["http://example.test/form?x=1", "http://example.test/p", "http://example.test/p"];
    assert_eq!((run.of("url"), run.of("message")), (urls.to_vec(), vec!["request", "request", "response"]));
    assert_eq!(run.rows[2]["content_type"], "text/plain; a");
    let files = run.files();
    let contents: Vec<&[u8]> = run.of("file").into_iter().map(|file| files[file].as_slice()).collect();
    assert_eq!(contents, [&b"a=b"[..], b"data", b"done"]);
}

#[test]
fn pipelined_messages_have_the_names_of_their_requests() {
    let mut capture = Capture::new();
    let mut connection = capture.open(1);
    capture.send(&mut connection, 0, &[get("/a"), get("/b"), get("/c")].concat());
    let answers = ["first", "second", "third"].map(|text| response("", text.as_bytes())).concat();
    answers.chunks(50).for_each(|piece| capture.send(&mut connection, 1, piece));
    let run = extract(&[], &capture);
    let content: Vec<(&str, Vec<u8>)> =
        run.of("url").into_iter().zip(run.of("file").iter().map(|&file| run.files()[file].clone())).collect();
    let expected = [("a", "first"), ("b", "second"), ("c", "third")];
    for ((url, content), (target, expected)) in content.iter().zip(expected) {
        assert_eq!((*url, content.as_slice()), (&*format!("http://example.test/{target}"), expected.as_bytes()));
    }
    assert_eq!((run.code, content.len()), (0, 3));
}

#[test]
fn segments_out_of_order_and_repeated_give_whole_content() {
    let mut capture = Capture::new();
    let content: Vec<u8> = (0..5000_u32).map(|n| (n * 7 % 251) as u8).collect();
    let answer = response("", &content);
    let mut connection = capture.open(1);
    capture.send(&mut connection, 0, &get("/data.bin"));
    let segments: Vec<(u32, &[u8])> =
        answer.chunks(1000).enumerate().map(|(n, piece)| (1 + n as u32 * 1000, piece)).collect();
    for n in [0, 2, 1, 1, 4, 3, 5, 0] {
        let (seq, piece) = segments[n];
        capture.tcp(&connection, 1, [seq, connection.next[0]], TcpFlags::ACK, piece);
    }
    let run = extract(&[], &capture);
    assert_eq!((run.code, run.rows.len()), (0, 1), "{}", run.stderr);
    assert_eq!(run.files().into_values().next().unwrap(), content);
}

#[test]
fn what_is_not_complete_is_named_so() {
    let mut capture = Capture::new();
    let content = [b'x'; 3000];
    let answer = response("", &content);
    let head = answer.len() - content.len();
    // A segment in the middle is lost, which the client has acknowledged.
    let mut connection = capture.open(1);
    capture.send(&mut connection, 0, &get("/lost"));
    capture.send(&mut connection, 1, &answer[..1000]);
    connection.next[1] += 1000;
    capture.send(&mut connection, 1, &answer[2000..]);
    capture.close(&mut connection);
    // The server closes too early; the capture ends too early.
    let mut connection = capture.open(2);
    capture.send(&mut connection, 0, &get("/short"));
    capture.send(&mut connection, 1, &answer[..500]);
    capture.close(&mut connection);
    let mut connection = capture.open(3);
    capture.send(&mut connection, 0, &get("/unfinished"));
    capture.send(&mut connection, 1, &answer[..600]);
    let run = extract(&[], &capture);
    assert_eq!((run.code, run.rows.len()), (2, 3), "{}", run.stderr);
    let note = run.of("note").join("\n");
    assert!(note.contains("gap of 1000 bytes") && note.contains("closed") && note.contains("capture ends"), "{note}");
    let sizes: Vec<usize> = run.of("file").iter().map(|&file| run.files()[file].len()).collect();
    assert_eq!(sizes, [1000 - head, 500 - head, 600 - head]);
    assert!(run.of("file").iter().all(|file| file.ends_with(".incomplete")));
    assert!(run.stderr.contains("3 of 3 are not complete"), "{}", run.stderr);
}

#[test]
fn a_response_after_lost_ones_has_the_last_request() {
    let mut capture = Capture::new();
    let mut connection = capture.open(1);
    capture.send(&mut connection, 0, &get("/lost"));
    connection.next[1] += 500;
    capture.send(&mut connection, 0, &get("/seen"));
    capture.send(&mut connection, 1, &response("", b"content"));
    let run = extract(&[], &capture);
    assert_eq!((run.code, run.of("url")), (0, vec!["http://example.test/seen"]), "{}", run.stderr);
    assert!(run.of("note")[0].contains("doubtful"));
}

#[test]
fn a_refusal_before_the_end_of_the_request_is_named_by_it() {
    let mut capture = Capture::new();
    let mut connection = capture.open(1);
    let post = b"POST /upload HTTP/1.1\r\nHost: example.test\r\nContent-Length: 10\r\n\r\n12345";
    capture.send(&mut connection, 0, post);
    let refusal = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\ntoo long";
    capture.send(&mut connection, 1, refusal);
    capture.send(&mut connection, 0, b"67890");
    capture.send(&mut connection, 0, &get("/next"));
    capture.send(&mut connection, 1, &response("", b"content"));
    let run = extract(&[], &capture);
    assert_eq!((run.code, run.rows.len()), (0, 3), "{}", run.stderr);
    let url = ["http://example.test/upload", "http://example.test/upload", "http://example.test/next"];
    assert_eq!(run.of("url"), url);
    assert_eq!(run.of("message"), ["response", "request", "response"]);
}

#[test]
fn contradictory_lengths_are_said_of_the_object() {
    let mut capture = Capture::new();
    let post = b"POST /a HTTP/1.1\r\nHost: example.test\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!";
    capture.exchange(1, post, b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello");
    let both = b"POST /b HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    capture.exchange(2, both, b"HTTP/1.1 204 No\r\nContent-Length: x\r\n\r\n");
    let huge = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nffffffffffffffff\r\nhello";
    capture.exchange(3, &get("/c"), huge);
    let run = extract(&[], &capture);
    assert_eq!((run.code, run.rows.len()), (2, 4), "{}", run.stderr);
    let notes = run.of("note");
    assert!(notes[0].starts_with("it is not known what the content is: the values of Content-Length"), "{notes:?}");
    assert!(notes[1].contains("doubtful: Content-Length is no number"), "{notes:?}");
    assert!(notes[2].contains("doubtful: there is a Content-Length beside Transfer-Encoding"), "{notes:?}");
    assert!(notes[3].contains("a chunk says that it has more than 2^50 bytes"), "{notes:?}");
    let sizes: Vec<usize> = run.of("file").iter().map(|&file| run.files()[file].len()).collect();
    assert_eq!(sizes, [0, 5, 3, 3]);
    let complete: Vec<_> = run.rows.iter().map(|row| row["complete"].as_bool().unwrap()).collect();
    assert_eq!(complete, [false, true, true, false]);
}

#[test]
fn overlapping_segments_with_other_bytes_are_said_of_the_object() {
    let mut capture = Capture::new();
    let mut connection = capture.open(1);
    let answer = response("", b"content of the first");
    capture.send(&mut connection, 0, &get("/a"));
    capture.send(&mut connection, 1, &answer[..50]);
    // The last ten bytes again, and others; then the rest, before a segment that it waits for.
    let next = connection.next;
    capture.tcp(&connection, 1, [next[1] - 10, next[0]], TcpFlags::ACK, b"**********");
    capture.tcp(&connection, 1, [next[1] + 5, next[0]], TcpFlags::ACK, &answer[55..]);
    capture.tcp(&connection, 1, [next[1] + 5, next[0]], TcpFlags::ACK, &vec![b'*'; answer.len() - 55]);
    capture.tcp(&connection, 1, [next[1], next[0]], TcpFlags::ACK, &answer[50..55]);
    connection.next[1] += (answer.len() - 50) as u32;
    capture.send(&mut connection, 0, &get("/b"));
    capture.send(&mut connection, 1, &response("", b"content of the second"));
    capture.close(&mut connection);
    let run = extract(&["--streams"], &capture);
    assert_eq!((run.code, run.rows.len()), (0, 4), "{}", run.stderr);
    let notes: Vec<_> = run.rows.iter().map(|row| row["note"].as_str().unwrap_or_default()).collect();
    assert_eq!(notes[0], "segments overlap with other bytes: those that came first are here");
    assert_eq!(notes[1], "", "another message");
    assert!(notes[3].contains("were sent with different values"), "{notes:?}");
    assert_eq!(run.files()[run.of("file")[0]], b"content of the first");
}

#[test]
fn names_from_packets_are_made_safe() {
    let targets = [
        "/..%2f..%2fetc%2fpasswd",
        "/a/../../x.txt",
        "/..",
        "/.bashrc",
        "/-rf",
        "/nul.txt?query=/a/b",
        "/gr%C3%B6%C3%9Fe.txt",
        "/%E2%80%AEgpj.exe",
        "/%1b%5b31m%00",
        "http://other.test/path/absolute.txt",
        "/%ff%fe",
        "/C:%5cx%5cy",
    ];
    let mut capture = Capture::new();
    for (n, target) in targets.iter().enumerate() {
        capture.exchange(n as u16 + 1, &get(target), &response("", target.as_bytes()));
    }
    let long = format!("/{}.tar", "%C3%A4".repeat(200));
    capture.exchange(100, &get(&long), &response("", b"long"));
    let run = extract(&[], &capture);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let names: Vec<&str> = run.of("file").into_iter().map(|name| name.split_once('-').unwrap().1).collect();
    let long = format!("{}.tar", "ä".repeat(28));
    let expected = [
        "etc_passwd",
        "x.txt",
        "index",
        "bashrc",
        "rf",
        "_nul.txt",
        "größe.txt",
        "_gpj.exe",
        "_[31m_",
        "absolute.txt",
        "index",
        "C_x_y",
        &long,
    ];
    assert_eq!(names, expected);
    assert_eq!(run.of("url")[9], "http://other.test/path/absolute.txt");
    assert_eq!(fs::read_dir(run.folder.parent().unwrap()).unwrap().count(), 1, "all is in the folder");
    // The list for people has nothing that a terminal could take for its own.
    let (_, text, _) = command(&["-n", "-"], &capture.bytes, &run.folder);
    assert!(text.lines().all(|line| line.len() <= 100 && !line.chars().any(packetsmith::output::is_unsafe)), "{text}");
}

#[test]
fn no_file_is_replaced() {
    let mut capture = Capture::new();
    // Two objects in one packet.
    let mut connection = capture.open(1);
    capture.send(&mut connection, 0, &[get("/a.txt"), get("/a.txt")].concat());
    capture.send(&mut connection, 1, &[response("", b"one"), response("", b"two")].concat());
    let folder = TempDir::new().unwrap();
    let run = extract_to(folder.path(), &[], &capture.bytes);
    assert_eq!(run.of("file"), ["4-a.txt", "4-a-2.txt"]);
    // `extract_to` compares those that were there before.
    let planned = extract_to(folder.path(), &["--dry-run"], &capture.bytes);
    let run = extract_to(folder.path(), &[], &capture.bytes);
    assert_eq!((run.of("file"), planned.of("file")), (vec!["4-a-3.txt", "4-a-4.txt"], vec!["4-a-3.txt", "4-a-4.txt"]));
}

#[cfg(unix)]
#[test]
fn no_symbolic_link_is_followed() {
    let mut capture = Capture::new();
    capture.exchange(1, &get("/a.txt"), &response("", b"one"));
    let folder = TempDir::new().unwrap();
    let (target, objects) = (folder.path().join("target"), folder.path().join("objects"));
    fs::create_dir(&objects).unwrap();
    fs::write(&target, "kept").unwrap();
    for name in ["4-a.txt", "4-a.txt.incomplete"] {
        std::os::unix::fs::symlink(&target, objects.join(name)).unwrap();
    }
    std::os::unix::fs::symlink(folder.path().join("new"), objects.join("4-a-2.txt")).unwrap();
    let run = extract_to(&objects, &[], &capture.bytes);
    assert_eq!((run.code, run.of("file")), (0, vec!["4-a-3.txt"]), "{}", run.stderr);
    assert_eq!(fs::read(&target).unwrap(), b"kept");
    assert!(!folder.path().join("new").exists());
}

#[test]
fn a_dry_run_writes_nothing() {
    let mut capture = Capture::new();
    capture.exchange(1, &get("/a.txt"), &response("", b"one"));
    let run = extract(&["--dry-run"], &capture);
    assert_eq!((run.code, run.of("file"), run.of("sha256")), (0, vec!["4-a.txt"], vec![&*sha256(b"one")]));
    assert!(!run.folder.exists());
}

#[test]
fn limits_hold_and_are_said() {
    let mut capture = Capture::new();
    // A small message that decompresses to a large one.
    let bomb = gzip(&vec![0; 10 << 20]);
    let mut connection = capture.open(1);
    capture.send(&mut connection, 0, &get("/bomb"));
    response("Content-Encoding: gzip\r\n", &bomb)
        .chunks(1400)
        .for_each(|piece| capture.send(&mut connection, 1, piece));
    for port in 2..5 {
        capture.exchange(port, &get("/small"), &response("", b"0123456789"));
    }
    let run = extract(&["--max-size", "64K"], &capture);
    assert_eq!((run.code, run.rows[0]["size"].as_u64()), (2, Some(64 << 10)));
    assert!(run.of("note")[0].contains("cut at 65536 bytes (--max-size)"), "{:?}", run.of("note"));
    let run = extract(&["--max-files", "2"], &capture);
    assert_eq!((run.code, run.rows.len()), (2, 2));
    assert!(
        run.stderr.contains("more than 2 files: 2 objects are not written (--max-files raises the limit)"),
        "{}",
        run.stderr
    );
    let run = extract(&["--max-size", "10", "--max-total", "25"], &capture);
    let sizes: Vec<_> = run.rows.iter().map(|row| row["size"].as_u64().unwrap()).collect();
    assert_eq!((run.code, sizes), (2, vec![10, 10, 5]));
    assert!(run.stderr.contains("more than 25 bytes in all: 1 objects are not written"), "{}", run.stderr);
    for wrong in ["0", "1X", "+1", "M"] {
        let (code, _, stderr) = command(&["--max-size", wrong, "testdata/http.pcap"], b"", Path::new("unused"));
        assert!(code == 2 && stderr.contains("--max-size"), "{stderr}");
    }
}

/// A transfer of a file in blocks, by number, after a request with options.
fn tftp(capture: &mut Capture, port: u16, options: &[u8], blocks: impl IntoIterator<Item = (u16, Vec<u8>)>) {
    let (client, server) = ((CLIENT, port), (SERVER, port + 10_000));
    capture.udp([client, (SERVER, 69)], &[b"\0\x01dir/file.img\0octet\0", options].concat());
    if !options.is_empty() {
        capture.udp([server, client], &[b"\0\x06", options].concat());
    }
    for (number, data) in blocks {
        capture.udp([server, client], &[b"\0\x03", number.to_be_bytes().as_slice(), &data].concat());
        capture.udp([client, server], &[b"\0\x04", number.to_be_bytes().as_slice()].concat());
    }
}

#[test]
fn files_of_tftp_are_put_together() {
    let mut capture = Capture::new();
    let data: Vec<u8> = (0..2000_u32).map(|n| (n % 253) as u8).collect();
    let blocks =
        |size| data.chunks(size).enumerate().map(|(n, block)| (n as u16 + 1, block.to_vec())).collect::<Vec<_>>();
    // A block that is sent again, and another size.
    let mut repeated = blocks(512);
    repeated.insert(2, repeated[1].clone());
    tftp(&mut capture, 1000, b"", repeated);
    tftp(&mut capture, 1001, b"blksize\x001468\0", blocks(1468));
    // A window whose blocks come in another order.
    let mut shuffled = blocks(100);
    shuffled.swap(3, 5);
    tftp(&mut capture, 1002, b"blksize\x00100\0windowsize\x004\0", [shuffled, vec![(21, vec![])]].concat());
    // A write: data from the client.
    let (client, server) = ((CLIENT, 1003), (SERVER, 11_003));
    capture.udp([client, (SERVER, 69)], b"\0\x02up.bin\0octet\0");
    capture.udp([server, client], b"\0\x04\0\0");
    capture.udp([client, server], b"\0\x03\0\x01hello");
    let run = extract(&[], &capture);
    assert_eq!((run.code, run.rows.len()), (0, 4), "{} {:?}", run.stderr, run.of("note"));
    let files = run.files();
    for (row, expected) in run.rows.iter().zip([&data[..], &data, &data, b"hello"]) {
        assert!(files[row["file"].as_str().unwrap()] == expected, "{row}");
    }
    assert_eq!(run.of("name"), ["dir/file.img", "dir/file.img", "dir/file.img", "up.bin"]);
}

#[test]
fn block_numbers_of_tftp_wrap() {
    let mut capture = Capture::new();
    let count = 65_540_u32;
    let blocks = (1..=count).map(|n| (n as u16, n.to_be_bytes().repeat(2))).chain([((count + 1) as u16, vec![1])]);
    tftp(&mut capture, 1000, b"blksize\x008\0", blocks);
    let run = extract(&[], &capture);
    assert_eq!((run.code, run.rows[0]["size"].as_u64()), (0, Some(u64::from(count) * 8 + 1)), "{}", run.stderr);
}

#[test]
fn files_of_tftp_with_gaps_are_not_complete() {
    let mut capture = Capture::new();
    let block = |n: u16, length| (n, vec![n as u8; length]);
    tftp(&mut capture, 1000, b"", [block(1, 512), block(3, 512), block(4, 10)]);
    tftp(&mut capture, 1001, b"", [block(1, 512), block(2, 512)]);
    tftp(&mut capture, 1002, b"", [block(1, 512)]);
    capture.udp([(SERVER, 11_002), (CLIENT, 1002)], b"\0\x05\0\x03disk full\0");
    // Data of someone else is none of the transfer.
    capture.udp([(SERVER, 11_999), (CLIENT, 1001)], b"\0\x03\0\x03evil");
    let run = extract(&[], &capture);
    assert_eq!((run.code, run.rows.len()), (2, 3), "{}", run.stderr);
    let notes = run.of("note");
    assert_eq!(notes[0], "gap of 512 bytes (1 blocks), which the capture lacks");
    assert!(notes[1].contains("error 3: disk full") && notes[2].contains("last block"), "{notes:?}");
    assert_eq!(run.rows.iter().map(|row| row["size"].as_u64().unwrap()).collect::<Vec<_>>(), [1034, 512, 1024]);
}

#[test]
fn streams_are_what_each_side_sent() {
    let mut capture = Capture::new();
    let sent: Vec<u8> = (0..100_000_u32).map(|n| (n % 249) as u8).collect();
    let mut connections: Vec<Connection> = (1..=50).map(|port| capture.open(port)).collect();
    // More files than are open at a time, by turns.
    for piece in sent.chunks(10_000) {
        connections.iter_mut().for_each(|connection| capture.send(connection, 0, piece));
    }
    connections.iter_mut().for_each(|connection| capture.send(connection, 1, b"answer"));
    connections[7].next[1] += 10;
    capture.send(&mut connections[7], 1, b"after a gap");
    connections.iter_mut().for_each(|connection| capture.close(connection));
    let run = extract(&["--streams", "--only", "streams"], &capture);
    assert_eq!((run.code, run.rows.len()), (2, 100), "{}", run.stderr);
    let files = run.files();
    for n in 0..50 {
        assert!(files[&format!("tcp-{n}-first.bin")] == sent, "{n}");
        if n != 7 {
            assert_eq!(files[&format!("tcp-{n}-second.bin")], b"answer");
        }
    }
    assert_eq!(files["tcp-7-second.bin.incomplete"], b"answerafter a gap");
    assert_eq!(run.rows[15]["note"], "gap of 10 bytes, which the capture lacks");
}

#[test]
fn what_to_take_is_chosen() {
    let mut capture = Capture::new();
    capture.exchange(1, &get("/a.txt"), &response("", b"one"));
    tftp(&mut capture, 1000, b"", [(1, b"two".to_vec())]);
    let kinds = |arguments: &[&str]| {
        let mut kinds = extract(arguments, &capture).of("kind").join(" ");
        kinds.push('.');
        kinds
    };
    assert_eq!(kinds(&[]), "http tftp.");
    assert_eq!(kinds(&["--only", "tftp"]), "tftp.");
    assert_eq!(kinds(&["--only", "http,streams"]), "http stream stream.");
    assert_eq!(kinds(&["--streams"]), "http tftp stream stream.");
}
