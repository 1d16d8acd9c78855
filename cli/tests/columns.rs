//! `read -T fields` and `-T csv`: columns of expressions.

#[path = "../../tests/common/mod.rs"]
mod common;

use packetsmith::output::is_unsafe;
use packetsmith::proto::dns::{DnsQuestion, DnsType};
use packetsmith::{Dns, Ethernet, Ipv4, Name, Stack, Udp};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn run_with(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("packetsmith"));
    command.current_dir(common::root()).env("TZ", "UTC0").arg("read").args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn lines(arguments: &[&str]) -> Vec<String> {
    let output = run_with(arguments, &[]);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(String::from).collect()
}

fn refused(arguments: &[&str]) -> String {
    let output = run_with(arguments, &[]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// What tshark 4.0.17 prints for packets 8 to 10 of `http.pcap`.
#[test]
fn values_are_written_as_tshark_writes_them() {
    let names = "frame.number frame.time_epoch frame.time frame.protocols eth.src ip.id ip.addr ip.flags.df tcp.srcport tcp.flags \
                 tcp.flags.syn tcp.flags.str tcp.analysis.ack_rtt http.host tcp.window_size tcp.options";
    let mut arguments = vec!["testdata/http.pcap", "-Y", "frame.number in {8..10}", "-T", "fields"];
    names.split(' ').filter(|name| !name.is_empty()).for_each(|name| arguments.extend(["-e", name]));
    assert_eq!(
        lines(&arguments),
        [
            "8\t1795220109.501122000\tNov 21, 2026 00:15:09.501122000 UTC\teth:ethertype:ip:tcp\t02:00:00:00:00:02\t0x0000\t\
             192.0.2.2,192.0.2.1\t1\t80\t0x0012\t1\t·······A··S·\t0.000026000\t\t65160\t020405b40402080a7d5ead5d61dc63df0103030a",
            "9\t1795220109.501145000\tNov 21, 2026 00:15:09.501145000 UTC\teth:ethertype:ip:tcp\t02:00:00:00:00:01\t0x2ebc\t\
             192.0.2.1,192.0.2.2\t1\t53270\t0x0010\t0\t·······A····\t0.000023000\t\t64512\t0101080a61dc63df7d5ead5d",
            "10\t1795220109.501227000\tNov 21, 2026 00:15:09.501227000 UTC\teth:ethertype:ip:tcp:http\t02:00:00:00:00:01\t0x2ebd\t\
             192.0.2.1,192.0.2.2\t1\t53270\t0x0018\t0\t·······AP···\t\twww.example.test\t64512\t0101080a61dc63df7d5ead5d",
        ]
    );
}

#[test]
fn every_expression_of_the_filter_language_is_a_column() {
    let row = lines(&[
        "testdata/http.pcap",
        "-Y",
        "frame.number == 10",
        "-T",
        "fields",
        "-e",
        "tcp.len * 2 + 1",
        "-e",
        "eth.src[0:3]",
        "-e",
        "@ip.src",
        "-e",
        "ip.src#2",
        "-e",
        "len(http.host)",
        "-e",
        "upper(http.host)",
        "-e",
        "tcp.port == 80",
        "-e",
        "udp || arp",
        "-e",
        "max(tcp.srcport, tcp.dstport)",
        "-e",
        "count(ip.addr)",
        "-e",
        "ip.src[0] & 0f",
        "-e",
        "tcp.dst_port",
    ]);
    assert_eq!(row, ["161\t020000\tc0000201\t\t16\tWWW.EXAMPLE.TEST\t1\t0\t53270\t2\t00\t80"]);
}

#[test]
fn options_are_those_of_tshark() {
    let of = |options: &[&str]| {
        let mut arguments =
            vec!["testdata/http.pcap", "-c", "3", "-T", "fields", "-e", "ip.addr", "-e", "frame.number"];
        options.iter().for_each(|option| arguments.extend(["-E", option]));
        lines(&arguments)
    };
    assert_eq!(of(&[]), ["\t1", "\t2", "192.0.2.1,192.0.2.2\t3"]);
    assert_eq!(
        of(&["header=y", "separator=;", "aggregator=/s"])[..],
        ["ip.addr;frame.number", ";1", ";2", "192.0.2.1 192.0.2.2;3"]
    );
    assert_eq!(of(&["occurrence=f", "quote=d", "separator=/s"]), [" \"1\"", " \"2\"", "\"192.0.2.1\" \"3\""]);
    assert_eq!(of(&["occurrence=l", "quote=s", "escape=y"]), ["\t'1'", "\t'2'", "'192.0.2.2'\t'3'"]);
    assert_eq!(of(&["bom=y"])[0], "\u{feff}\t1");
    for wrong in
        ["nothing=y", "header", "header=x", "separator=", "separator=ab", "occurrence=x", "quote=x", "escape=n"]
    {
        let said = refused(&["testdata/http.pcap", "-T", "fields", "-e", "ip.src", "-E", wrong]);
        assert!(said.contains(wrong.split('=').next().unwrap()), "{wrong}: {said}");
    }
}

/// As tshark 4.0.17 does it: of an expression that comes again, the last column alone is filled.
#[test]
fn an_expression_that_is_given_twice_fills_its_last_column() {
    let of = |format: &str| {
        let names = ["ip.src", "ip.dst", "ip.src", "frame.number", "ip.src"];
        let mut arguments = vec!["testdata/http.pcap", "-Y", "frame.number == 3", "-T", format];
        names.iter().for_each(|name| arguments.extend(["-e", name]));
        lines(&arguments)
    };
    assert_eq!(of("fields"), ["\t192.0.2.2\t\t3\t192.0.2.1"]);
    assert_eq!(of("csv")[1], "192.0.2.1,192.0.2.2,192.0.2.1,3,192.0.2.1");
}

#[test]
fn columns_of_lines_are_columns_by_both_names_of_wireshark() {
    let of = |names: [&str; 7]| {
        let mut arguments = vec!["testdata/http.pcap", "-Y", "frame.number == 4", "-T", "fields", "-E", "separator=|"];
        names.iter().for_each(|name| arguments.extend(["-e", name]));
        lines(&arguments)
    };
    let row = "4|0.002685|192.0.2.2|192.0.2.1|DNS|92|\
               Standard query response 0x7126 A www.example.test → A 192.0.2.2 [reply to 3, 0.002628 s]";
    let names = ["number", "cls_time", "def_src", "def_dst", "protocol", "packet_length", "info"];
    assert_eq!(of(names.map(|name| format!("_ws.col.{name}")).each_ref().map(String::as_str)), [row]);
    let titles = ["No.", "Time", "Source", "Destination", "Protocol", "Length", "Info"];
    assert_eq!(of(titles.map(|name| format!("_ws.col.{name}")).each_ref().map(String::as_str)), [row]);
    let line = lines(&["testdata/http.pcap", "-Y", "frame.number == 14"]).concat();
    let info =
        lines(&["testdata/http.pcap", "-Y", "frame.number == 14", "-T", "fields", "-e", "_ws.col.info"]).concat();
    assert!(line.ends_with(&info) && info.ends_with("[reassembled of 12 and 14]"), "{info}");
    let said = refused(&["testdata/http.pcap", "-T", "fields", "-e", "_ws.col.delta"]);
    assert!(said.contains("_ws.col.info"), "{said}");
}

/// What tshark 4.0.17 prints.
#[test]
fn times_count_from_the_packet_that_was_displayed_before() {
    let of = |more: &[&str]| {
        let mut arguments =
            vec!["testdata/http.pcap", "-T", "fields", "-e", "frame.number", "-e", "frame.time_delta_displayed"];
        arguments.extend(more);
        lines(&arguments)
    };
    let wanted = ["3\t0.000000000", "4\t0.002628000", "5\t0.000051000", "6\t0.000041000", "10\t0.000424000"];
    assert_eq!(of(&["-Y", "http or dns", "-c", "10"]), wanted);
    assert_eq!(
        of(&["-Y", "frame.number in {3, 6} || frame.time_delta_displayed == 0.002628"])[..2],
        [wanted[0], wanted[1]]
    );
}

#[test]
fn what_does_not_go_together_is_refused() {
    for (arguments, what) in [
        (&["-T", "fields"][..], "needs a column"),
        (&["-e", "ip.src"], "-e needs -T fields or -T csv"),
        (&["-E", "header=y"], "-E needs -T fields or -T csv"),
        (&["-T", "json", "-e", "ip.src"], "-e needs -T fields or -T csv"),
        (&["-T", "fields", "-e", "ip.src", "-V"], "-V does not go with -T fields"),
        (&["-T", "csv", "-e", "ip.src", "-E", "quote=d"], "quote= does not go with -T csv"),
        (&["-T", "fields", "-e", "ip.scr"], "the nearest is ip.src"),
        (&["-T", "fields", "-e", "dns.resp.ttl - dns.resp.len"], "too many results"),
    ] {
        let mut all = vec!["testdata/http.pcap"];
        all.extend(arguments);
        let said = refused(&all);
        assert!(said.contains(what), "{arguments:?}: {said}");
    }
}

#[test]
fn csv_has_a_header_and_quotes_what_needs_it() {
    let rows = lines(&[
        "testdata/http.pcap",
        "-c",
        "3",
        "-T",
        "csv",
        "-e",
        "frame.number",
        "-e",
        "frame.time",
        "-e",
        "ip.addr",
        "-e",
        "max(ip.ttl, 1)",
    ]);
    assert_eq!(rows[0], "frame.number,frame.time,ip.addr,\"max(ip.ttl, 1)\"");
    assert_eq!(rows[3], "3,\"Nov 21, 2026 00:15:09.498083000 UTC\",192.0.2.1;192.0.2.2,64");
    assert_eq!(rows.len(), 4);
}

#[test]
fn rows_are_the_same_by_any_number_of_threads_and_from_a_pipe() {
    let columns = ["-T", "fields", "-e", "frame.number", "-e", "tcp.stream", "-e", "tcp.seq", "-e", "frame.time_delta"];
    let of = |more: &[&str]| lines(&[more, &columns[..]].concat());
    let one = of(&["testdata/http_download.pcap", "-j", "1"]);
    assert_eq!(of(&["testdata/http_download.pcap", "-j", "4"]), one);
    let bytes = std::fs::read(common::root().join("testdata/http_download.pcap")).unwrap();
    let piped = run_with(&[&["-"], &columns[..]].concat(), &bytes);
    assert_eq!(String::from_utf8(piped.stdout).unwrap().lines().collect::<Vec<_>>(), one);
}

#[test]
fn a_datagram_does_not_repeat_the_headers_of_its_last_fragment() {
    let rows = lines(&[
        "testdata/fragments.pcap",
        "-T",
        "fields",
        "-e",
        "ip.src",
        "-e",
        "ipv6.src",
        "-Y",
        "!(icmp.type in {3, 11}) && icmp || !(icmpv6.type in {1, 3}) && icmpv6",
    ]);
    assert!(!rows.is_empty() && rows.iter().all(|row| !row.contains(',')), "{rows:?}");
}

#[test]
fn text_of_packets_is_escaped() {
    let name = Name::from_text("a\x1b[31m\t\n\u{202e}b").unwrap();
    let question = [DnsQuestion::new(name, DnsType::A)];
    let dns = Dns::build().questions(&question);
    let frame = Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build())
        .push(Udp::build().dst_port(53))
        .push(dns)
        .finish()
        .unwrap();
    let mut capture = Vec::new();
    for number in [0xa1b2_c3d4, 0x0002_0004, 0, 0, 65_535, 1, 0, 0, frame.len() as u32, frame.len() as u32] {
        capture.extend(u32::to_be_bytes(number));
    }
    capture.extend(&frame);
    let output = run_with(&["-", "-T", "fields", "-e", "dns.qry.name"], &capture);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, "a\\x1b[31m\\t\\n\\u{202e}b\n");
    assert!(!text.trim_end().contains(is_unsafe));
}
