//! `packetsmith send`, `probe` and `echo` between network namespaces that the tests make. Says what is not tested where the rights
//! or tools are missing.
#![cfg(target_os = "linux")]

#[path = "common/namespaces.rs"]
mod namespaces;

use self::namespaces::{FAR, NEIGHBOURS, has_in_order};
use std::process::Command;

/// Runs a script between two neighbours.
fn in_namespace(script: &str) -> Option<String> {
    namespaces::in_namespace(&[NEIGHBOURS], script)
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
            "ipv4 dst=10.9.0.2: left sends frames of Ethernet: the packet has to begin with ethernet",
            "status 2",
            "lefd",
            "status 2",
        ],
    );
}

#[test]
fn addresses_that_cannot_be_asked_are_refused_and_those_of_a_link_need_its_name() {
    let script =
        "for host in fe80::ff:fe00:2 fe80::ff:fe00:2%left fe80::ff:fe00:2%lefd 10.9.0.255 224.0.0.1 0.0.0.0 ''; do
                    echo \"== $host\"; $PS probe ping \"$host\" | tail -n 1; echo status ${PIPESTATUS[0]}
                  done
                  $PS probe arp 224.0.0.1 -i left; echo status $?
                  $PS probe ping 10.9.0.2 -i lo; echo status $?
                  $PS probe ping 10.9.0.2 --mtu 9000; echo status $?
                  $PS probe ping 10.9.0.2 -6; echo status $?
                  ip route add blackhole 10.8.1.0/24; $PS probe ping 10.8.1.1; echo status $?
                  timeout -s INT 1.5 $PS probe ping 10.9.0.2 -c 9 | grep -E '^([1-8]) of \\1 requests? '
                  ip link set left down; $PS probe arp 10.9.0.2 -i left; echo status $?";
    // The kernel makes the link-local address of the MAC address, and looks for another host that has it.
    let Some(text) = in_namespace(&format!("sleep 2.5\n{script}")) else { return };
    has_in_order(
        &text,
        &[
            "== fe80::ff:fe00:2\npacketsmith: fe80::ff:fe00:2: a link-local address belongs to one link: give its interface, -i NAME or fe80::ff:fe00:2%NAME\nstatus 2\n",
            "== fe80::ff:fe00:2%left\nfe80::ff:fe00:2 answered request 1 after",
            "status 0\n",
            "lefd: there is no such interface: did you mean left?",
            "status 2\n",
            "10.9.0.255: is not the address of one host\nstatus 2\n",
            "224.0.0.1: is not the address of one host\nstatus 2\n",
            "0.0.0.0: is not the address of one host\nstatus 2\n",
            "the address or name of the host is empty\nstatus 2\n",
            "224.0.0.1: is not the address of one host\nstatus 2\n",
            "lo: its packets stay on this machine",
            "status 2\n",
            "--mtu: left does not take packets of 9000 bytes; its MTU is 1500\nstatus 2\n",
            "10.9.0.2: is an address of IPv4, and --ipv6 is given\nstatus 2\n",
            "10.8.1.1: this machine has no route to it: a route drops packets to it (blackhole)\nstatus 2\n",
            " answered",
            "left: the interface is down, and neither sends nor receives",
            "status 2\n",
        ],
    );
}

/// A pcap file with packets of some seconds and lengths.
fn capture_of(packets: &[(u32, usize)]) -> Vec<u8> {
    let mut bytes = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0];
    for &(seconds, length) in packets {
        [seconds, 0, length as u32, length as u32].iter().for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
        bytes.resize(bytes.len() + length, 2);
    }
    bytes
}

#[test]
fn a_frame_that_cannot_be_sent_stops_no_other_and_a_long_wait_and_a_lost_interface_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, packets: &[(u32, usize)]| {
        std::fs::write(folder.path().join(name), capture_of(packets)).expect("it can be written");
    };
    write("short.pcap", &[(0, 60), (0, 0), (0, 13), (0, 14)]);
    write("hours.pcap", &[(0, 60), (7200, 60)]);
    write("later.pcap", &[(0, 60), (1, 60), (2, 60)]);
    let script = "$PS send -i left short.pcap; echo status $?
                  timeout -s INT 1 $PS send -i left hours.pcap
                  timeout -s INT 1 $PS send -i left hours.pcap --pps 1e-9
                  $PS send -i left later.pcap short.pcap --count 2 --pps 1000 --loop 3; echo status $?
                  $PS send -i left later.pcap --speed 20 --loop 3 --fragment 1000; echo status $?
                  $PS send -i left later.pcap 'ethernet / ipv4 dst=nowhere'; echo status $?
                  (sleep 0.5; ip link set left down) & $PS send -i left later.pcap; echo status $?
                  $PS send -i left later.pcap; echo status $?
                  ip link set left up; (sleep 0.5; ip link delete left) & $PS send -i left later.pcap; echo status $?";
    let Some(text) = in_namespace(&format!("cd {}\n{script}", folder.path().display())) else { return };
    has_in_order(
        &text,
        &[
            "short.pcap: packet 2: not sent: an Ethernet frame has at least 14 bytes, and it has 0\n",
            "short.pcap: packet 3: not sent: an Ethernet frame has at least 14 bytes, and it has 13\n",
            "Sent 2 frames of 74 bytes",
            "Not sent: 2\nstatus 2\n",
            "hours.pcap: packet 2 is sent 7200 s after the one before it, by its time; --speed or --pps is faster",
            "Sent 1 frame of 60 bytes",
            "interrupted: the rest is not sent",
            "hours.pcap: packet 2 is sent 1000000000 s after the one before it, at this rate\n",
            "Sent 9 frames of 540 bytes",
            "Not sent: 3\nstatus 2\n",
            "Sent 9 frames of 540 bytes to left in 0.3",
            "status 0\n",
            "layer 2 (ipv4), dst: is not an IPv4 address",
            "status 2\n",
            "Sent 1 frame of 60 bytes",
            "later.pcap: packet 2: left cannot send: it is down\nstatus 2\n",
            "left: the interface is down, and neither sends nor receives\n",
            "status 2\n",
            "Sent 1 frame of 60 bytes",
            "later.pcap: packet 2: left cannot send: it is there no more\nstatus 2\n",
        ],
    );
}

#[test]
fn a_client_that_does_not_receive_does_not_keep_echo_from_ending_nor_does_a_closed_output() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // The client sends lines, and receives none of the answers.
    let script = "$PS echo tcp --port 9999 --reply '{} {}' > log & SERVER=$!
                  until_file log
                  (exec 3<>/dev/tcp/127.0.0.1/9999; yes >&3) 2> /dev/null & CLIENT=$!
                  sleep 2; kill -INT $SERVER; timeout 5 tail --pid=$SERVER -f /dev/null; echo waited $?
                  kill $CLIENT; tail -n 1 log
                  $PS echo tcp --port 9998 | head -n 1 & sleep 1
                  for n in 1 2; do (exec 3<>/dev/tcp/127.0.0.1/9998; echo hi >&3) 2> /dev/null; sleep 0.5; done
                  (exec 3<>/dev/tcp/127.0.0.1/9998) 2>&1 | grep -o refused";
    let Some(text) = in_namespace(&format!("cd {}\n{script}", folder.path().display())) else { return };
    has_in_order(
        &text,
        &["waited 0\n", " was closed by the interrupt, after ", "Listening on TCP 127.0.0.1:9998\n", "refused\n"],
    );
}

#[test]
fn two_hosts_that_have_one_address_are_both_named() {
    // Both neighbours are on the link of a bridge.
    let script = "$P ip address flush dev right; $P ip link add bridge0 type bridge; $P ip address flush dev outside
                  $P ip link set right master bridge0; $P ip link set outside master bridge0
                  $P ip link set dev bridge0 address 02:00:00:00:00:02 up; $P ip address add 10.9.0.7/24 dev bridge0
                  $F ip address add 10.9.0.7/24 dev far; sleep 0.5
                  $PS probe arp 10.9.0.7; echo status $?";
    let Some(text) = namespaces::in_namespace(&[NEIGHBOURS, FAR], script) else { return };
    has_in_order(&text, &["10.9.0.7 has 02:00:00:00:00:0", " answered too: 2 hosts claim 10.9.0.7.\nstatus 0\n"]);
}
