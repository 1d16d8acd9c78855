//! `packetsmith send`, `probe` and `echo` between network namespaces that the tests make. Says what is not tested where the rights
//! or tools are missing.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_packetsmith");

/// Makes two namespaces: `left` with 10.9.0.1 and fd09::1 here, and behind $P a neighbour with 10.9.0.2 and fd09::2.
const NEIGHBOURS: &str = r#"
set -e
ip link set lo up
unshare -n sleep 60 & PEER=$!
trap 'kill $PEER $SERVER 2>/dev/null || true' EXIT
P="nsenter -t $PEER -n"
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ "$(readlink /proc/$PEER/ns/net)" != "$(readlink /proc/self/ns/net)" ] && break; sleep 0.1
done
ip link add left address 02:00:00:00:00:01 type veth peer name right address 02:00:00:00:00:02
ip link set right netns $PEER
$P ip link set lo up
$P ip address add 10.9.0.2/24 dev right
$P ip -6 address add fd09::2/64 dev right nodad
$P ip link set right up
ip address add 10.9.0.1/24 dev left
ip -6 address add fd09::1/64 dev left nodad
ip link set left up
set +e
# Waits until a file has something, 5 s at most.
until_file() { for _ in $(seq 50); do [ -s "$1" ] && return; sleep 0.1; done; }
"#;

/// Runs a script in a network namespace of its own, with the program as $PS. `None` if that cannot be done.
fn in_namespace(script: &str) -> Option<String> {
    let possible = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-n", "bash", "-c", script]).stdin(Stdio::null());
        command.output().ok().filter(|output| output.status.success())
    };
    if possible("ip link add left type veth peer name right && nsenter --version").is_none() {
        println!("no network namespaces with interfaces can be made: not tested");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["-n", "bash", "-c", &format!("exec 2>&1\n{NEIGHBOURS}{script}")]).env("PS", PROGRAM);
    let output = command.stdin(Stdio::null()).output().expect("unshare runs");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Panics with all of a text if it has not these parts in this order.
#[track_caller]
fn has_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else { panic!("{part:?} is missing in:\n{text}") };
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn the_kernel_answers_arp_and_pings_and_joins_our_fragments_as_we_join_its() {
    let script = "$PS probe arp 10.9.0.2; echo status $?
                  $PS probe arp 10.9.0.77 -W 0.1; echo status $?
                  $PS probe arp fd09::2; echo status $?
                  $PS probe ping 10.9.0.2 -s 4972; echo status $?
                  $PS probe ping fd09::2 -s 4972; echo status $?
                  $PS probe ping 127.0.0.1; echo status $?";
    let Some(text) = in_namespace(script) else { return };
    has_in_order(
        &text,
        &[
            "Who has 10.9.0.2? Tell 10.9.0.1",
            "10.9.0.2 has 02:00:00:00:00:02: it answered after",
            "status 0",
            "Nobody answered for 10.9.0.77 on left.",
            "status 1",
            "fd09::2 has 02:00:00:00:00:02",
            "status 0",
            "1514  Fragment of ICMP, offset 0",
            "1514  Fragment of ICMP, offset 1480",
            "1514  Fragment of ICMP, offset 2960",
            "574  echo request",
            "reassembled of 3, 4, 5 and 6",
            "574  echo reply",
            "reassembled of 7, 8, 9 and 10",
            "10.9.0.2 answered request 1 after",
            "status 0",
            "echo reply",
            "fd09::2 answered request 1 after",
            "status 0",
            "127.0.0.1 answered request 1 after",
            "status 0",
        ],
    );
}

#[test]
fn three_segments_open_a_connection_and_four_close_it_and_text_is_whole() {
    let script = "$P $PS echo tcp --port 9999 --address 10.9.0.2 --welcome 'Grüß Gott 你好' --reply 'Hello, {}!' > log & SERVER=$!
                  $PS echo udp --port 9998 > udp & UDP=$!
                  until_file log; until_file udp
                  $PS probe tcp 10.9.0.2 9999 --send 'Zoë\\n' -w out.pcapng; echo status $?
                  $PS probe tcp 10.9.0.2 81; echo status $?
                  printf 'Übung' > /dev/udp/127.0.0.1/9998; sleep 0.3
                  kill $SERVER $UDP; wait $UDP; echo status $?; cat log udp
                  $PS read out.pcapng | grep -c TCP";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(text) = in_namespace(&format!("cd {}\n{script}", folder.path().display())) else { return };
    has_in_order(
        &text,
        &[
            "[SYN] Seq=0",
            "[SYN, ACK] Seq=0 Ack=1",
            "[ACK] Seq=1 Ack=1",
            "[FIN, ACK]",
            "[FIN, ACK]",
            "[ACK]",
            "Port 9999 of 10.9.0.2 is open: it answered after",
            "Both sides have closed the connection: 5 bytes went to port 9999, and 32 came back.",
            "  Grüß Gott 你好\n  Hello, Zoë!\n",
            "status 0",
            "Port 81 of 10.9.0.2 is closed: a reset came after",
            "status 0",
            "status 0",
            "Listening on TCP 10.9.0.2:9999",
            " sent 5 bytes: Zoë\n",
            "Listening on UDP 127.0.0.1:9998",
            " sent 6 bytes: Übung\n",
        ],
    );
    let count = text.lines().last().and_then(|line| line.parse::<u32>().ok());
    assert!(count.is_some_and(|count| count >= 11), "{text}");
    assert!(!text.contains("[RST] "), "the kernel must not reset our connection:\n{text}");
}

#[test]
fn a_dhcp_server_offers_and_gives_and_a_name_server_answers() {
    if Command::new("dnsmasq").arg("--version").output().is_err() {
        println!("dnsmasq is not there: not tested");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = "$P dnsmasq -k --no-resolv --no-hosts --no-ping --user=root --address=/www.example.org/192.0.2.7 --interface=right \
                  --bind-interfaces --dhcp-range=10.9.0.100,10.9.0.110,1h --dhcp-leasefile=$PWD/leases --pid-file=$PWD/pid \
                  --log-facility=$PWD/log & SERVER=$!
                  until_file pid
                  $PS probe dhcp -i left; echo status $?
                  $PS probe dhcp -i left --request --release --host-name tester; echo status $?
                  $PS probe dns www.example.org --server 10.9.0.2; echo status $?
                  $PS probe dns www.example.org NOTYPE --server 10.9.0.2; echo status $?";
    let Some(text) = in_namespace(&format!("cd {}\n{script}", folder.path().display())) else { return };
    has_in_order(
        &text,
        &[
            "DISCOVER",
            "OFFER",
            "10.9.0.2 offers 10.9.0.1",
            "mask 255.255.255.0, router 10.9.0.2, DNS server 10.9.0.2, for 3600 s.",
            "status 0",
            "DISCOVER",
            "OFFER",
            "REQUEST",
            "ACK",
            "10.9.0.2 gave 10.9.0.1",
            "RELEASE",
            "status 0",
            "Standard query",
            "10.9.0.2 answered after",
            "with 1 record: 192.0.2.7.",
            "status 0",
            "www.example.org NOTYPE: is no question of DNS",
            "status 2",
        ],
    );
    let (first, _) = text.split_once("status").unwrap_or_default();
    assert!(!first.contains("REQUEST"), "a discover alone takes no lease:\n{text}");
}

#[test]
fn packets_are_sent_as_they_are_or_named() {
    let script = "$PS build 'ethernet src=02:00:00:00:00:09 dst=02:00:00:00:00:02 / ipv4 src=10.9.0.9 dst=10.9.0.2 / udp / @big' -w large.pcap
                  $PS send -i left large.pcap; echo status $?
                  $PS capture -i left -w seen.pcapng -q & CAPTURE=$!
                  until_file seen.pcapng
                  $PS send -i left large.pcap --fragment 1500 --source-mac interface; echo status $?
                  $PS send -i left 'ethernet src=02:00:00:00:00:07 dst=ff:ff:ff:ff:ff:ff / arp sender_protocol=10.9.0.9' --pps 10 --loop 3; echo status $?
                  sleep 0.5; kill -INT $CAPTURE; wait $CAPTURE
                  $PS read seen.pcapng -Y 'eth.src == 02:00:00:00:00:01 && ip.src == 10.9.0.9' -T fields -e ip.len
                  $PS read seen.pcapng -Y 'eth.src == 02:00:00:00:00:07' -T fields -e arp.src.proto_ipv4
                  $PS send -i left nothing.pcap; echo status $?
                  $PS send -i left 'ipv4 dst=10.9.0.2'; echo status $?
                  $PS send -i lefd large.pcap; echo status $?";
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("big"), [7; 4972]).expect("it can be written");
    let Some(text) = in_namespace(&format!("cd {}\n{script}", folder.path().display())) else { return };
    has_in_order(
        &text,
        &[
            "packet 1: not sent: left does not take frames of 5014 bytes; --fragment splits IP packets",
            "status 2",
            "Sent 4 frames of 5116 bytes to left",
            "status 0",
            "Sent 3 frames of 126 bytes to left in 0.",
            "status 0",
            "\n1500\n1500\n1500\n560\n",
            "10.9.0.9\n10.9.0.9\n10.9.0.9\n",
            "nothing.pcap: there is no such file",
            "status 2",
            "does not begin as left sends frames",
            "status 2",
            "lefd",
            "status 2",
        ],
    );
}
