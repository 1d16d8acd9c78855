//! `packetsmith capture` on interfaces of network namespaces that the tests make: files that are whole however a capture
//! ends, and losses that are counted. Says what is not tested where the rights or tools are missing.
#![cfg(target_os = "linux")]

use packetsmith::live::Sender;
use packetsmith::{Ethernet, Ipv4, MacAddr, Stack, Udp, Vlan};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_packetsmith");

/// What a call of the tool says on standard error, and its exit code.
fn complaint(arguments: &str) -> (String, Option<i32>) {
    let output = Command::new(PROGRAM).args(arguments.split(' ')).output().expect("it runs");
    (String::from_utf8_lossy(&output.stderr).into_owned(), output.status.code())
}

#[test]
fn nonsense_is_refused_with_the_words_to_use() {
    for (arguments, words) in [
        ("capture -i lo -w x.pcapng -a size:3", "duration:SECONDS, filesize:KB, packets:N or files:N"),
        ("capture -i lo -w x.pcapng -a 60", "a condition and its value are expected"),
        ("capture -i lo -w x.pcapng -a duration:-1", "not a number of seconds above 0"),
        ("capture -i lo -w x.pcapng -b files:3", "give -b filesize:KB"),
        ("capture -i lo -w x.pcapng -a files:3", "give -b filesize:KB"),
        ("capture -i lo -b filesize:3", "--write"),
        ("capture -i lo -w - -b filesize:3", "give -w a name"),
        ("capture -i lo -a filesize:3", "give -w FILE"),
        ("capture -i lo -c 0", "a whole number of 1 or more"),
        ("capture -i lo -s 300000", "a whole number from 0 to 262144"),
        ("capture -i lo -B 16384", "tcpdump's -B is in KiB"),
        ("capture -i lo -w x.pcapng.gz", "x.pcapng, and compress it afterwards"),
        ("capture -i any -w x.pcap -F pcap", "-i any needs pcapng"),
        ("capture -i lo -i lo -w x.pcapng", "given twice"),
        ("capture -i any -i lo -w x.pcapng", "give it alone"),
        ("capture -i lo -f tcp.prot", "tcp.p"),
        ("capture -i lx -w x.pcapng", "did you mean lo?"),
        ("read -i lx", "did you mean lo?"),
        ("read -i lo -i lo", "given twice"),
        ("capture", "--interface"),
    ] {
        let (text, code) = complaint(arguments);
        assert!(text.contains(words) && code == Some(2), "{arguments}: {text}");
    }
    assert!(!Path::new("x.pcapng").exists());
}

/// Runs a test of this file in namespaces of its own, with a pair of interfaces. `false` without the rights to.
fn in_namespaces(test: &str) {
    let script = "ip link set lo up && ip link add left type veth peer name right && ip link set left up && \
                  ip link set right up && ip address add 192.0.2.1/24 dev left && exec \"$0\" --ignored --exact \
                  --nocapture \"$1\"";
    let possible =
        Command::new("unshare").args(["-nm", "sh", "-c", "ip link add left type veth peer name right"]).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        println!("no network namespace with interfaces can be made: not tested");
        return;
    }
    let this = std::env::current_exe().expect("this program has a path");
    let output = Command::new("unshare").args(["-nm", "sh", "-c", script]).arg(this).arg(test).output();
    let output = output.expect("unshare runs");
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    out.lines().filter(|line| line.contains("not tested")).for_each(|line| println!("{line}"));
    assert!(output.status.success() && out.contains("inside"), "{out}{err}");
}

#[test]
fn files_are_whole_however_a_capture_ends() {
    in_namespaces("inside_ends");
}

#[test]
fn what_is_captured_is_what_was_on_the_wire() {
    in_namespaces("inside_contents");
}

#[test]
fn a_capture_ends_and_changes_files_in_time() {
    in_namespaces("inside_times");
}

/// Whether this is the namespace that a test of this file made.
fn is_inside() -> bool {
    let names: Vec<_> = packetsmith::live::interfaces().into_iter().map(|interface| interface.name).collect();
    let is_inside = ["left", "right"].iter().all(|name| names.iter().any(|there| there == name));
    if is_inside {
        println!("inside");
    }
    is_inside
}

/// A folder that is removed at the end.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("there is room for a folder")
}

/// A capture that runs.
struct Running(Child);

/// Begins a capture to a file, and waits until it is there.
fn begin(arguments: &str, file: &Path) -> Running {
    let mut command = Command::new(PROGRAM);
    command.arg("capture").args(arguments.split(' ')).arg("-w").arg(file).stderr(Stdio::piped());
    let child = command.spawn().expect("it runs");
    let end = Instant::now() + Duration::from_secs(10);
    let has_begun = || {
        let folder = file.parent().and_then(|folder| fs::read_dir(folder).ok());
        folder.is_some_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.metadata().is_ok_and(|data| data.len() > 0)))
        })
    };
    while !has_begun() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    Running(child)
}

impl Running {
    /// Sends a signal.
    fn signal(&self, name: &str) {
        let status = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.0.id())]).status();
        assert!(status.is_ok_and(|status| status.success()));
    }

    /// Waits for the end, and returns what was said and the exit code.
    fn end(self) -> (String, Option<i32>) {
        let Output { stderr, status, .. } = self.0.wait_with_output().expect("it ends");
        (String::from_utf8_lossy(&stderr).into_owned(), status.code())
    }

    fn end_by(self, signal: &str) -> (String, Option<i32>) {
        self.signal(signal);
        self.end()
    }
}

/// What the tool prints, when all goes well.
fn output_of(arguments: &[&str], file: &Path) -> String {
    let output = Command::new(PROGRAM).args(arguments).arg(file).output().expect("it runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && error.is_empty(), "{arguments:?} {}: {error}", file.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Packets in a file that passes for whole, also with capinfos if that is there.
fn packets(file: &Path) -> usize {
    let packets = output_of(&["read"], file).lines().count();
    match Command::new("capinfos").args(["-c", "-M"]).arg(file).output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout);
            let count = text.lines().find_map(|line| line.strip_prefix("Number of packets:"));
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(count.map(str::trim), Some(&*packets.to_string()), "{text}");
        }
        Err(_) => println!("capinfos is not there: not tested with it"),
    }
    packets
}

/// Sends datagrams onto the loopback interface. Nobody answers: the socket is its own destination.
fn chatter(datagrams: usize, length: usize) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("lo is up");
    let to = socket.local_addr().expect("it is bound");
    for _ in 0..datagrams {
        socket.send_to(&vec![7; length], to).expect("it can be sent");
    }
}

fn ip(arguments: &str) {
    let status = Command::new("ip").args(arguments.split(' ')).status();
    assert!(status.is_ok_and(|status| status.success()), "ip {arguments}");
}

/// The number in front of words.
fn number_before(text: &str, words: &str) -> usize {
    let before = &text[..text.find(words).unwrap_or_else(|| panic!("{words} is not in {text}"))];
    let digits = before.trim_end().rsplit(' ').next().unwrap_or_default().replace(',', "");
    digits.parse().unwrap_or_else(|_| panic!("no number is before {words} in {text}"))
}

#[test]
#[ignore = "is run in a namespace by another test"]
fn inside_ends() {
    if !is_inside() {
        return;
    }
    signals();
    limits();
    ring();
    gone();
    full_disk();
    closed_pipe();
    standing_still();
}

fn signals() {
    let folder = folder();
    for signal in ["INT", "TERM", "HUP"] {
        let file = folder.path().join("trace.pcapng");
        let running = begin("-i lo", &file);
        chatter(5, 100);
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(packets(&file), 5, "the file can be read while it grows");
        chatter(4, 100);
        let (text, code) = running.end_by(signal);
        assert_eq!((packets(&file), code), (9, Some(0)), "{signal}: {text}");
        assert!(text.contains("9 packets captured, 0 lost: "), "{text}");
        fs::remove_file(&file).expect("it is there");
    }
}

fn limits() {
    let (text, code) = complaint("capture -i lo -w none/x.pcapng");
    assert!(text.contains("there is no folder none") && code == Some(2), "{text}");
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let running = begin("-i lo -c 3", &file);
    chatter(7, 100);
    assert_eq!((running.end().1, packets(&file)), (Some(0), 3));
    fs::remove_file(&file).expect("it is there");

    let running = begin("-i lo -a packets:4", &file);
    chatter(7, 100);
    assert_eq!((running.end().1, packets(&file)), (Some(0), 4));
    fs::remove_file(&file).expect("it is there");

    let begun = Instant::now();
    let (text, code) = begin("-i lo -a duration:0.3", &file).end();
    assert!(text.contains("0 packets captured, 0 lost") && code == Some(1), "{text}");
    assert!((300..3000).contains(&begun.elapsed().as_millis()));
    assert_eq!(packets(&file), 0, "a file without packets");
    fs::remove_file(&file).expect("it is there");

    // Until the file has so many bytes: the packet with which it has them is the last.
    let running = begin("-i lo -a filesize:10 -F pcap", &file);
    chatter(30, 1000);
    assert_eq!(running.end().1, Some(0));
    let length = fs::metadata(&file).expect("it is there").len();
    assert_eq!((packets(&file), length), (10, 24 + 10 * (16 + 42 + 1000)));
}

fn ring() {
    let folder = folder();
    let running = begin("-i lo -b packets:3 -b files:2 -c 10", &folder.path().join("ring.pcapng"));
    chatter(12, 100);
    let (text, code) = running.end();
    assert!(code == Some(0) && text.contains("10 packets captured (6 of them in files that were removed)"), "{text}");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder.path()).expect("it is there").map(|file| file.expect("it is there").path()).collect();
    files.sort();
    let name = |file: &PathBuf| file.file_name().expect("it has one").to_string_lossy().into_owned();
    assert_eq!(files.iter().map(|file| packets(file)).collect::<Vec<_>>(), [3, 1]);
    for (file, number) in files.iter().zip(["00003", "00004"]) {
        let name = name(file);
        assert!(name.starts_with(&format!("ring_{number}_20")) && name.ends_with(".pcapng"), "{name}");
        assert_eq!(name.len(), "ring_00003_20240714120117.pcapng".len(), "{name}");
    }
}

fn gone() {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    ip("link add one type veth peer name other");
    ip("link set one up");
    ip("link set other up");
    let running = begin("-i other -i lo", &file);
    chatter(2, 100);
    ip("link set other down");
    std::thread::sleep(Duration::from_millis(400));
    ip("link del one");
    std::thread::sleep(Duration::from_millis(800));
    chatter(3, 100);
    let (text, code) = running.end_by("INT");
    assert!(text.contains("other went down") && text.contains("other is there no more"), "{text}");
    assert_eq!(code, Some(2), "{text}");
    assert_eq!(output_of(&["read", "-Y", "udp"], &file).lines().count(), 5, "the other interface goes on");

    fs::remove_file(&file).expect("it is there");
    ip("link add one type veth peer name other");
    ip("link set one up");
    ip("link set other up");
    let running = begin("-i other", &file);
    ip("link del one");
    let (text, code) = running.end();
    assert!(text.contains("other is there no more") && text.contains(" captured, 0 lost"), "{text}");
    assert_eq!(code, Some(2), "it ends by itself");
    packets(&file);
}

fn full_disk() {
    let folder = folder();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "none"]).arg(folder.path()).status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("no small disk can be mounted: a full one is not tested");
        return;
    }
    let file = folder.path().join("trace.pcapng");
    let running = begin("-i lo", &file);
    chatter(200, 1000);
    let (text, code) = running.end();
    let written = packets(&file);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("cannot be written on: ") && (20..64).contains(&written), "{written}: {text}");
    assert_eq!(number_before(&text, "packets captured"), written);
    assert!(number_before(&text, "packets before that are lost") > 0, "{text}");
    let _ = Command::new("umount").arg(folder.path()).status();
}

fn closed_pipe() {
    let mut command = Command::new(PROGRAM);
    command.args(["capture", "-i", "lo", "-w", "-"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let mut pipe = child.stdout.take().expect("it is piped");
    let mut begin = [0; 4];
    pipe.read_exact(&mut begin).expect("the header comes before any packet");
    assert_eq!(begin, [0x0a, 0x0d, 0x0d, 0x0a]);
    chatter(1, 100);
    let mut come = vec![0; 4096];
    let mut at = 0;
    let end = Instant::now() + Duration::from_secs(5);
    while !come[..at].windows(20).any(|window| window == [7; 20]) {
        assert!(Instant::now() < end, "a packet comes at once");
        at += pipe.read(&mut come[at..]).expect("it can be read");
    }
    drop(pipe);
    chatter(1, 100);
    let (text, code) = Running(child).end();
    assert!(code == Some(0) && text.contains("whose reader has closed it"), "{text}");
}

#[test]
#[ignore = "is run in a namespace by another test"]
fn inside_contents() {
    if !is_inside() {
        return;
    }
    interfaces();
    trunk();
    losses();
    filtered();
    upload();
    shown();
    read_to_a_file();
    lease();
}

#[test]
#[ignore = "is run in a namespace by another test"]
fn inside_times() {
    if !is_inside() {
        return;
    }
    // Each takes some seconds, so they run side by side.
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let stop = Instant::now() + Duration::from_secs(32);
            while Instant::now() < stop {
                chatter(1, 100);
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        for signal in ["INT", "TERM", "HUP"] {
            scope.spawn(move || thirty_seconds(signal));
        }
        scope.spawn(duration);
        scope.spawn(|| changing("duration:1", 3));
        scope.spawn(|| changing("interval:1", 3));
        scope.spawn(status_line);
    });
}

/// A capture that is stopped for a second loses no packet of a link with 100 packets a second.
fn standing_still() {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let running = begin("-i lo", &file);
    running.signal("STOP");
    for _ in 0..100 {
        chatter(1, 100);
        std::thread::sleep(Duration::from_millis(10));
    }
    running.signal("CONT");
    let (text, code) = running.end_by("INT");
    assert!(number_before(&text, "packets captured") >= 100 && text.contains(" 0 lost"), "{text}");
    assert_eq!(code, Some(0), "{text}");
}

/// A capture of 30 s that a signal ends has all packets until then.
fn thirty_seconds(signal: &str) {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let running = begin("-i lo", &file);
    std::thread::sleep(Duration::from_secs(30));
    let (text, code) = running.end_by(signal);
    let count = packets(&file);
    assert!((400..=600).contains(&count) && code == Some(0), "{signal}: {text}");
    assert_eq!(number_before(&text, "packets captured"), count, "{signal}");
    assert!(text.contains(", 0 lost: "), "{signal}: {text}");
    let times = times(&file);
    let length = times[times.len() - 1] - times[0];
    assert!((29.0..32.0).contains(&length), "{signal}: {length} s");
    assert!(times.windows(2).all(|pair| pair[1] > pair[0] && pair[1] - pair[0] < 2.0), "{signal}: nothing is missing");
}

/// The times of the packets of a file, in seconds since 1970.
fn times(file: &Path) -> Vec<f64> {
    let text = output_of(&["read", "-T", "fields", "-e", "frame.time_epoch"], file);
    text.lines().map(|time| time.parse().expect("a number")).collect()
}

fn duration() {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let begun = Instant::now();
    let (text, code) = begin("-i lo -a duration:2", &file).end();
    assert_eq!(code, Some(0), "{text}");
    assert!((2.0..6.0).contains(&begun.elapsed().as_secs_f64()), "{text}");
    let times = times(&file);
    let length = times[times.len() - 1] - times[0];
    assert!(
        (1.5..2.2).contains(&length) && number_before(&text, "packets captured") == times.len(),
        "{length}: {text}"
    );
}

/// A capture that goes on in another file after a second, or when a second begins, loses no packet between.
fn changing(rule: &str, files: usize) {
    let folder = folder();
    let running = begin(&format!("-i lo -b {rule} -a files:{files}"), &folder.path().join("trace.pcapng"));
    let (text, code) = running.end();
    assert_eq!(code, Some(0), "{text}");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder.path()).expect("it is there").map(|file| file.expect("it is there").path()).collect();
    paths.sort();
    assert_eq!(paths.len(), files, "{text}");
    let times: Vec<Vec<f64>> = paths.iter().map(|path| times(path)).collect();
    assert_eq!(number_before(&text, "packets captured"), times.iter().map(Vec::len).sum::<usize>());
    let all = times.concat();
    assert!(all.windows(2).all(|pair| pair[1] > pair[0] && pair[1] - pair[0] < 1.0), "{rule}: {all:?}");
    for file in &times[1..] {
        let length = file[file.len() - 1] - file[0];
        assert!((0.5..1.3).contains(&length), "{rule}: {length} s in a file");
        if rule.starts_with("interval") {
            // A packet that comes as the second begins may be in either file.
            let after = file[0].fract();
            assert!(!(0.2..0.9).contains(&after), "{rule}: the file begins {after} s after the second");
        }
    }
}

/// On a terminal a line counts the packets, and is taken away at the end.
fn status_line() {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let command = format!("exec '{PROGRAM}' capture -i lo -a duration:3.5 -w '{}'", file.display());
    let output = Command::new("script").args(["-qec", &command, "/dev/null"]).stdin(Stdio::null()).output();
    let Ok(output) = output else {
        println!("script is not there: the line that counts packets is not tested");
        return;
    };
    let refused =
        Command::new("script").args(["-qec", &format!("'{PROGRAM}' capture -i lo -w -"), "/dev/null"]).output();
    let refused = refused.expect("script is there").stdout;
    assert!(String::from_utf8_lossy(&refused).contains("not written to a terminal"), "{refused:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<_> = text.split('\r').filter(|line| line.contains(" a second, 0 lost\u{1b}[K")).collect();
    assert!((2..=4).contains(&lines.len()), "once a second: {text:?}");
    let counts: Vec<_> = lines.iter().map(|line| number_before(line, "packets, ")).collect();
    assert!(counts.is_sorted() && counts[0] > 0, "{text:?}");
    let end = text.rfind("\r\u{1b}[K").map_or("", |end| &text[end..]);
    assert!(end.contains("packetsmith:") && end.contains("packets captured, 0 lost: "), "{text:?}");
}

fn interfaces() {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let running = begin("-i left -i right -i lo -f udp -s 60", &file);
    let socket = UdpSocket::bind("192.0.2.1:0").expect("left has the address");
    socket.set_broadcast(true).expect("it can be set");
    socket.send_to(&[7; 100], "192.0.2.255:9").expect("it can be sent");
    chatter(1, 100);
    let (text, code) = running.end_by("INT");
    assert_eq!(code, Some(0), "{text}");
    let json = output_of(&["read", "-T", "json"], &file);
    let info = output_of(&["info"], &file);
    for name in ["left", "right", "lo"] {
        assert!(info.contains(name), "{info}");
    }
    assert!(info.contains("udp") && json.contains("60"), "{info}");
    // Once sent, once received, and once on lo.
    let fields = output_of(
        &["read", "-T", "fields", "-e", "frame.interface_id", "-e", "frame.len", "-e", "frame.cap_len"],
        &file,
    );
    assert_eq!(fields, "0\t142\t60\n1\t142\t60\n2\t142\t60\n");
    if let Ok(output) = Command::new("tshark")
        .args(["-T", "fields", "-e", "frame.interface_name", "-e", "frame.packet_flags_direction", "-r"])
        .arg(&file)
        .output()
    {
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(text, "left\t0x00000002\nright\t0x00000001\nlo\t0x00000001\n");
    }
}

fn trunk() {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let running = begin("-i right -f vlan&&udp", &file);
    let mut left = Sender::open("left").expect("it is there");
    let ip = Ipv4::build().src([198, 51, 100, 1].into()).dst([198, 51, 100, 2].into());
    let (udp, ethernet) = (Udp::build().dst_port(9), Ethernet::build().dst(MacAddr::BROADCAST));
    let tag = |id: u16| Vlan::build().id(id);
    // One tag, two, and none.
    let frames = [
        Stack::new().push(ethernet).push(tag(5)).push(ip).push(udp).payload(&[7; 100]).finish(),
        Stack::new().push(ethernet).push(tag(6)).push(tag(7)).push(ip).push(udp).payload(&[7; 100]).finish(),
        Stack::new().push(ethernet).push(ip).push(udp).payload(&[7; 100]).finish(),
    ];
    for frame in frames {
        left.send(&frame.expect("it fits")).expect("it can be sent");
    }
    let (text, code) = running.end_by("INT");
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(output_of(&["read", "-T", "fields", "-e", "vlan.id", "-e", "frame.len"], &file), "5\t146\n6,7\t150\n");
}

fn losses() {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let running = begin("-i lo -B 4K -s 100", &file);
    chatter(30_000, 10);
    let (text, code) = running.end_by("INT");
    let (captured, lost) = (number_before(&text, "packets captured"), number_before(&text, "lost: "));
    assert_eq!((captured + lost, packets(&file), code), (30_000, captured, Some(0)), "{text}");
    assert!(lost > 0 && text.contains(&format!("lo: {lost} of 30000 packets were lost")), "{text}");
    assert!(output_of(&["info"], &file).contains(&lost.to_string()));
}

fn filtered() {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let socket = UdpSocket::bind("127.0.0.1:0").expect("lo is up");
    let port = socket.local_addr().expect("it is bound").port();
    let running = begin(&format!("-i lo -f udp.dstport=={port}"), &file);
    chatter(20, 50);
    socket.send_to(&[1; 50], ("127.0.0.1", port)).expect("it can be sent");
    let (text, _) = running.end_by("INT");
    // The kernel has left out the others.
    assert!(text.contains("1 of 1 packet captured, 0 lost"), "{text}");
    assert_eq!(packets(&file), 1);
}

fn upload() {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let listener = TcpListener::bind("127.0.0.1:0").expect("lo is up");
    let port = listener.local_addr().expect("it is bound").port();
    let body: Vec<u8> = (0..300_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let running = begin(&format!("-i lo -f tcp.port=={port}"), &file);
    let head = format!(
        "POST /upload.bin HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/octet-stream\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    let length = head.len() + body.len();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("someone calls");
        stream.read_exact(&mut vec![0; length]).expect("all comes");
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").expect("it can be sent");
    });
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("someone listens");
    stream.write_all(&[head.as_bytes(), &body].concat()).expect("it can be sent");
    stream.read_to_end(&mut Vec::new()).expect("the answer comes");
    drop(stream);
    server.join().expect("it ends");
    let (text, code) = running.end_by("INT");
    assert!(code == Some(0) && text.contains(", 0 lost"), "{text}");
    let out = folder.path().join("out");
    let extracted = Command::new(PROGRAM).arg("extract").arg(&file).arg(&out).output().expect("it runs");
    let said = String::from_utf8_lossy(&extracted.stderr);
    let files: Vec<_> = fs::read_dir(&out).map(|files| files.filter_map(Result::ok).collect()).unwrap_or_default();
    let is_it = |file: &fs::DirEntry| fs::read(file.path()).is_ok_and(|found| found == body);
    assert!(files.iter().any(is_it), "{said}: {files:?}");
}

/// `read -i -w` writes what `capture` does.
fn read_to_a_file() {
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let run = |arguments: &[&str], datagrams: usize| {
        let mut command = Command::new(PROGRAM);
        command.args(["read", "-i", "lo", "-w"]).arg(&file).args(arguments).stderr(Stdio::piped());
        let running = Running(command.spawn().expect("it runs"));
        std::thread::sleep(Duration::from_millis(500));
        chatter(datagrams, 100);
        running.end_by("INT")
    };
    let (text, code) = run(&["-Y", "udp"], 4);
    assert_eq!((packets(&file), code), (4, Some(0)), "{text}");
    let fields = ["-e", "frame.interface_name", "-e", "frame.packet_flags_direction"];
    if let Ok(output) = Command::new("tshark").args(["-T", "fields"]).args(fields).arg("-r").arg(&file).output() {
        assert_eq!(String::from_utf8_lossy(&output.stdout), "lo\t0x00000001\n".repeat(4));
    }
    let info = output_of(&["info"], &file);
    assert!(info.contains("lo") && info.contains("packetsmith"), "{info}");
    let blocks = block_types(&file);
    assert_eq!(blocks, [0x0a0d_0d0a, 1, 6, 6, 6, 6, 5], "the losses stand behind the packets");
    let (text, code) = run(&["-Y", "tcp"], 2);
    assert_eq!((block_types(&file), code), (vec![0x0a0d_0d0a, 1, 5], Some(1)), "{text}");
    let (text, code) = run(&["-Y", "tcp", "-F", "pcap"], 2);
    assert_eq!((fs::metadata(&file).expect("it is there").len(), code), (24, Some(1)), "{text}");
}

/// The types of the blocks of a pcapng file.
fn block_types(file: &Path) -> Vec<u32> {
    let bytes = fs::read(file).expect("it is there");
    let word = |at: usize| bytes.get(at..at + 4).map(|word| u32::from_le_bytes(word.try_into().expect("four bytes")));
    let (mut types, mut at) = (Vec::new(), 0);
    while let (Some(block), Some(length)) = (word(at), word(at + 4)) {
        types.push(block);
        at += length as usize;
    }
    types
}

fn shown() {
    let mut command = Command::new(PROGRAM);
    command.args(["capture", "-i", "lo", "-f", "udp", "-c", "2"]).stdout(Stdio::piped());
    let child = command.spawn().expect("it runs");
    std::thread::sleep(Duration::from_millis(300));
    chatter(2, 100);
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.code() == Some(0) && text.lines().count() == 2 && text.contains("UDP"), "{text}");
}

/// A lease of dnsmasq for dhclient, seen live.
fn lease() {
    let exists = |program: &str| {
        Command::new("sh")
            .args(["-c", &format!("command -v {program}")])
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !exists("dnsmasq") || !exists("dhclient") {
        println!("dnsmasq or dhclient is not there: a lease is not tested");
        return;
    }
    let folder = folder();
    let file = folder.path().join("trace.pcapng");
    let in_folder = |name: &str| folder.path().join(name).display().to_string();
    let server = Command::new("dnsmasq")
        .args(["--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=left", "--bind-interfaces"])
        .args(["--dhcp-range=192.0.2.50,192.0.2.60,1h", "--dhcp-authoritative", "--no-ping"])
        .arg(format!("--dhcp-leasefile={}", in_folder("leases")))
        .arg(format!("--pid-file={}", in_folder("pid")))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut server = server.expect("dnsmasq runs");
    let running = begin("-i right -f dhcp -a duration:15 -c 4", &file);
    std::thread::sleep(Duration::from_millis(300));
    // Nothing of it may hold the output of this test open.
    let client = Command::new("dhclient")
        .args(["-1", "-d", "-sf", "/bin/true", "-lf", &in_folder("lf"), "-pf", &in_folder("pf"), "right"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let (text, code) = running.end();
    if let Ok(mut client) = client {
        let _ = client.kill();
        let _ = client.wait();
    }
    let _ = server.kill();
    let _ = server.wait();
    assert_eq!(code, Some(0), "{text}");
    let types = output_of(&["read", "-T", "fields", "-e", "dhcp.option.dhcp"], &file);
    assert_eq!(types.lines().collect::<Vec<_>>(), ["1", "2", "3", "5"], "{text}");
}
