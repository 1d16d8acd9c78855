//! `packetsmith probe` with servers of TCP, DNS and DHCP that do not do what one expects, in network namespaces that the tests make. Says
//! what is not tested where the rights or tools are missing.
#![cfg(target_os = "linux")]

#[path = "common/namespaces.rs"]
mod namespaces;

use self::namespaces::{NEIGHBOURS, has_in_order, in_namespace};
use packetsmith::live::{Capture, Sender};
use packetsmith::{BpfInstruction, Packet};
use socket2::{SockFilter, SockRef};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

/// The servers that [`odd_servers`] runs, each on a port.
const SERVERS: [(u16, fn(TcpStream)); 6] = [
    // Says more than one segment takes, and closes.
    (7001, |mut stream| stream.write_all(&[b'x'; 100_000]).expect("a greeting")),
    // Resets at the first bytes.
    (7002, |mut stream| {
        let _ = stream.read(&mut [0; 100]);
        SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("linger");
    }),
    // Never answers, and never closes.
    (7003, |_stream| thread::sleep(Duration::from_secs(100))),
    // Closes a second after the other side, with a last word.
    (7004, |mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
        thread::sleep(Duration::from_secs(1));
        stream.write_all(b"late\n").expect("a last word");
    }),
    // Never ends.
    (7005, |mut stream| while stream.write_all(b"0123456789\n").is_ok() {}),
    // Answers in two parts.
    (7006, |mut stream| {
        let _ = stream.read(&mut [0; 100]);
        stream.write_all("Grüß ".as_bytes()).expect("a first part");
        thread::sleep(Duration::from_millis(100));
        stream.write_all("Gott\n".as_bytes()).expect("a second part");
        let _ = stream.read_to_end(&mut Vec::new());
    }),
];

/// Runs the servers in the namespace of the neighbour. It is started by a script.
#[test]
#[ignore = "it is a server for the other tests"]
fn odd_servers() {
    let keep_quiet = TcpListener::bind("10.9.0.2:7100").expect("the port is free");
    let BpfInstruction { code, jt, jf, k } = BpfInstruction::REJECT;
    SockRef::from(&keep_quiet).attach_filter(&[SockFilter::new(code, jt, jf, k)]).expect("a filter");
    thread::spawn(without_window);
    thread::spawn(dns);
    thread::spawn(dhcp);
    for (port, serve) in SERVERS {
        let listener = TcpListener::bind(("10.9.0.2", port)).expect("the port is free");
        thread::spawn(move || {
            listener.incoming().flatten().for_each(|stream| drop(thread::spawn(move || serve(stream))))
        });
    }
    std::fs::write("ready", "ready").expect("it can be written");
    thread::sleep(Duration::from_secs(100));
}

/// Opens connections to port 7100, with a window of 0.
fn without_window() {
    let mut capture = Capture::open("right").expect("the interface");
    let mut sender = Sender::open("right").expect("the interface");
    loop {
        let Ok(Some(frame)) = capture.next_frame(Duration::from_secs(1)) else { continue };
        let data = frame.data;
        // TCP in IPv4 without options.
        if data.len() < 54 || data[12..15] != [8, 0, 0x45] || data[23] != 6 || data[36..38] != 7100_u16.to_be_bytes() {
            continue;
        }
        let source = u16::from_be_bytes([data[34], data[35]]);
        let seq = u32::from_be_bytes([data[38], data[39], data[40], data[41]]);
        let is_syn = data[47] & 2 != 0;
        let text = format!(
            "ethernet src=02:00:00:00:00:02 dst=02:00:00:00:00:01 / ipv4 src=10.9.0.2 dst=10.9.0.1 / tcp src_port=7100 dst_port={source} \
             seq={} ack={} flags={} window=0",
            if is_syn { 100 } else { 101 },
            seq.wrapping_add(1),
            if is_syn { 0x12 } else { 0x10 },
        );
        let answer = text.parse::<Packet>().expect("a packet").build().expect("a packet");
        sender.send(&answer).expect("it is sent");
    }
}

/// Answers queries of DNS in the way that the first label of the name says.
fn dns() {
    let (socket, other) = (UdpSocket::bind("10.9.0.2:53"), UdpSocket::bind("10.9.0.2:5300"));
    let (socket, other) = (socket.expect("the port is free"), other.expect("the port is free"));
    let mut query = [0; 512];
    while let Ok((length, peer)) = socket.recv_from(&mut query) {
        let query = &query[..length];
        let record: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x01\x02\x03\x04";
        // Identifier, flags, counts, and the question again.
        let response = |identifier: u8, flags: u16, answers: u8| {
            let mut bytes =
                vec![query[0], query[1] ^ identifier, (flags >> 8) as u8, flags as u8, 0, 1, 0, answers, 0, 0, 0, 0];
            bytes.extend_from_slice(&query[12..]);
            bytes.extend_from_slice(if answers > 0 { record } else { &[] });
            bytes
        };
        let send = |bytes: &[u8]| drop(socket.send_to(bytes, peer));
        match &query[13..13 + usize::from(query[12])] {
            b"silent" => {}
            b"identifier" => {
                send(&response(1, 0x8180, 1));
                send(&response(0, 0x8180, 1));
            }
            b"port" => drop(other.send_to(&response(0, 0x8180, 1), peer)),
            b"name" => {
                let mut bytes = response(0, 0x8180, 1);
                bytes[13] = b'x';
                send(&bytes);
            }
            b"truncated" => send(&response(0, 0x8380, 0)),
            b"missing" => send(&response(0, 0x8183, 0)),
            b"count" => send(&response(0, 0x8180, 9)),
            b"garbage" => send(&query[..2]),
            b"bare" => send(&[query[0], query[1], 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0]),
            _ => send(query),
        }
    }
}

/// Offers an address without saying who it is, then another as 10.9.0.2, and refuses the request.
fn dhcp() {
    let socket = UdpSocket::bind("0.0.0.0:67").expect("the port is free");
    SockRef::from(&socket).bind_device(Some(b"right")).expect("the interface");
    socket.set_broadcast(true).expect("broadcasts");
    let mut request = [0; 1500];
    while let Ok((length, _)) = socket.recv_from(&mut request) {
        let request = &request[..length];
        // What follows the magic cookie is the message type.
        let answer = |kind: u8, address: u8, options: &[u8]| {
            let mut bytes = vec![0; 240];
            bytes[..4].copy_from_slice(&[2, 1, 6, 0]);
            bytes[4..8].copy_from_slice(&request[4..8]);
            bytes[16..20].copy_from_slice(&[10, 9, 0, address]);
            bytes[28..44].copy_from_slice(&request[28..44]);
            bytes[236..240].copy_from_slice(&[0x63, 0x82, 0x53, 0x63]);
            bytes.extend_from_slice(&[53, 1, kind]);
            bytes.extend_from_slice(options);
            bytes.push(255);
            socket.send_to(&bytes, "255.255.255.255:68").expect("it is sent");
        };
        match request[242] {
            1 => {
                answer(2, 50, &[54, 4, 10, 9, 0, 2]);
                answer(2, 60, &[]);
            }
            _ => answer(6, 0, b"\x36\x04\x0a\x09\0\x02\x38\x04used"),
        }
    }
}

#[test]
fn only_an_answer_to_the_query_is_taken_for_one_and_what_it_says_is_told() {
    let script = "$P $TEST --ignored --exact odd_servers > log & SERVER=$!
                  until_file ready
                  for name in silent identifier port name truncated missing count garbage bare echo; do
                    $PS probe dns $name --server 10.9.0.2 -W 0.05 | grep -v ' DNS \\| ARP \\| dns '; echo $name ${PIPESTATUS[0]}
                  done
                  $PS probe dns 10.9.0.7 PTR --server 10.9.0.2 -W 0.05 | grep -m 1 query
                  $PS probe dns . NS --server 10.9.0.2 -W 0.05 | grep -m 1 query
                  $PS probe dns www..org --server 10.9.0.2; echo status $?
                  $PS probe dhcp -i left --request -W 0.3 | grep -v ' DHCP '; echo status ${PIPESTATUS[0]}
                  $PS probe dhcp -i lo; echo status $?";
    let Some(text) = with_servers(script) else { return };
    has_in_order(
        &text,
        &[
            "No answer to query 1 within 50.000 ms.",
            "No answer to query 3 within 50.000 ms.\nsilent 1\n",
            "That is no answer to the query: its identifier is 0x",
            "10.9.0.2 answered after ",
            "with 1 record: 1.2.3.4.\nidentifier 0\n",
            "That is no answer to the query: it is from 10.9.0.2, port 5300.\nNo answer to query 1",
            "port 1\n",
            "That is no answer to the query: it is about another question.\n",
            "name 1\n",
            "with 0 records; the answer is truncated, and complete over TCP only.\ntruncated 0\n",
            "with the error no such name.\nmissing 0\n",
            "with 1 of 9 announced records: 1.2.3.4.\ncount 0\n",
            "That is no answer to the query: it is no message of DNS.\n",
            "garbage 1\n",
            "with the error format error.\nbare 0\n",
            "That is no answer to the query: it is no response of DNS.\n",
            "echo 1\n",
            "PTR 7.0.9.10.in-addr.arpa\n",
            "NS ",
            "www..org A: is no question of DNS: ",
            "status 2\n",
            "10.9.0.2 offers 10.9.0.50 after ",
            "10.9.0.2, which gives no identifier, offers 10.9.0.60 after ",
            "10.9.0.2 refused the request: used.\nstatus 1\n",
            "lo: its packets stay on this machine",
            "status 2\n",
        ],
    );
}

/// Runs a script with the servers at hand.
fn with_servers(script: &str) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let test = std::env::current_exe().expect("this program");
    let script = format!("cd {}; TEST={}\n{script}", folder.path().display(), test.display());
    in_namespace(&[NEIGHBOURS], &script)
}

#[test]
fn every_outcome_of_a_connection_is_told_as_it_is() {
    let script = "$P $TEST --ignored --exact odd_servers > log & SERVER=$!
                  until_file ready
                  $PS probe tcp 10.9.0.2 7001 --listen 2 | grep -v TCP; echo status ${PIPESTATUS[0]}
                  $PS probe tcp 10.9.0.2 7002 --send 'hello\\n' | grep -v TCP; echo status ${PIPESTATUS[0]}
                  $PS probe tcp 10.9.0.2 7003 --send 'hello\\n' -W 1 | grep -v TCP; echo status ${PIPESTATUS[0]}
                  $PS probe tcp 10.9.0.2 7004 | grep -v TCP; echo status ${PIPESTATUS[0]}
                  $PS probe tcp 10.9.0.2 7005 --listen 0.1 -W 0.2 | grep -v TCP; echo status ${PIPESTATUS[0]}
                  $PS probe tcp 10.9.0.2 7006 --send 'hello\\n' | grep -v TCP; echo status ${PIPESTATUS[0]}
                  $PS probe tcp 10.9.0.2 7100 --send 'hello\\n' | grep -v TCP; echo status ${PIPESTATUS[0]}
                  $PS probe tcp 10.9.0.2 7001 --send \"$(printf '%2000s')\"; echo status $?
                  $P ip address add 10.9.0.3/24 dev right; $P ip link set lo down
                  $P ip route add blackhole 10.9.0.1/32
                  $PS probe tcp 10.9.0.2 7001 -W 0.2 | grep -v TCP; echo status ${PIPESTATUS[0]}";
    let Some(text) = with_servers(script) else { return };
    has_in_order(
        &text,
        &[
            "Port 7001 of 10.9.0.2 is open",
            "Both sides have closed the connection: 0 bytes went to port 7001, and 100000 came back.\n  xxx",
            "\n  ...\nstatus 0\n",
            "Port 7002 of 10.9.0.2 is open",
            "10.9.0.2 reset the connection: 6 bytes went to port 7002, and 0 came back.\nstatus 0\n",
            "10.9.0.2 did not close its side within 1.000 s, and the connection was reset: 6 bytes went to port 7003, and 0 came back.",
            "Both sides have closed the connection: 0 bytes went to port 7004, and 5 came back.\n  late\nstatus 0\n",
            "10.9.0.2 did not close its side within 200.000 ms, and the connection was reset: 0 bytes went to port 7005, and ",
            "\n  0123456789\n  0123456789\n",
            "  ...\nstatus 0\n",
            "Both sides have closed the connection: 6 bytes went to port 7006, and 12 came back.\n  Grüß Gott\nstatus 0\n",
            "Port 7100 of 10.9.0.2 is open",
            "10.9.0.2 took no more, its window is 0, and the connection was reset: 0 of 6 bytes arrived at port 7100, and 0 came back.",
            "--send: 2000 bytes do not fit into a segment, which takes 1460 here",
            "status 2\n",
            "No answer to SYN 3 within 200.000 ms.\n10.9.0.2 did not answer for port 7001: a filter drops the packets, or no host is there.",
            "status 1\n",
        ],
    );
}
