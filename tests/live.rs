//! Sending and receiving on an interface. Needs the rights to do so, and a loopback interface named lo.
#![cfg(target_os = "linux")]

use packetsmith::live::{Link, interfaces};
use packetsmith::{Ethernet, MacAddr, Stack};
use std::sync::mpsc;
use std::time::Duration;

#[test]
fn the_interfaces_of_this_machine_have_names_and_numbers() {
    for interface in interfaces() {
        assert!(!interface.name.is_empty() && interface.index > 0, "{interface:?}");
    }
}

#[test]
fn an_interface_that_is_not_there_is_named_with_those_that_are() {
    let error = Link::open("no such interface").expect_err("there is none").to_string();
    assert!(error.starts_with("no interface is called no such interface; there are "), "{error}");
    assert!(interfaces().iter().all(|interface| error.contains(&interface.name)), "{error}");
}

#[test]
fn what_is_sent_onto_the_loopback_interface_is_received() {
    if !interfaces().iter().any(|interface| interface.name == "lo" && interface.up) {
        println!("no interface lo is up: not tested");
        return;
    }
    let mut link = match Link::open("lo") {
        Ok(link) => link,
        Err(error) => {
            println!("lo cannot be opened: {error}: not tested");
            return;
        }
    };
    assert_eq!(format!("{link:?}"), "Link { .. }");
    let ethernet = Ethernet::build().src(MacAddr([2, 0, 0, 0, 0, 1])).ethertype(0x88b5.into());
    let payload = format!("packetsmith {}", std::process::id());
    let frame = Stack::new().push(ethernet).payload(payload.as_bytes()).finish().expect("it fits");
    if let Err(error) = link.send(&frame) {
        println!("nothing can be sent onto lo: {error}: not tested");
        return;
    }
    // What does not come must not be waited for.
    let (sender, received) = mpsc::channel();
    let sent = frame.clone();
    std::thread::spawn(move || {
        while let Ok(frame) = link.receive() {
            if frame == sent {
                return sender.send(frame.to_vec());
            }
        }
        Ok(())
    });
    assert_eq!(received.recv_timeout(Duration::from_secs(20)), Ok(frame));
}

/// Runs a test of this file in a network namespace of its own, with a pair of interfaces. `None` without the rights to.
fn in_a_namespace(test: &str) -> Option<std::process::Output> {
    let script = "ip link set lo up && ip link add left type veth peer name right && ip link set left up && \
                  ip link set right up && exec \"$0\" --ignored --exact --nocapture \"$1\"";
    let possible = |script: &str| {
        let mut command = std::process::Command::new("unshare");
        command.args(["-n", "sh", "-c", script]).output().is_ok_and(|output| output.status.success())
    };
    if !possible("ip link add left type veth peer name right") {
        println!("no network namespace with interfaces can be made: not tested");
        return None;
    }
    let this = std::env::current_exe().expect("this program has a path");
    let mut command = std::process::Command::new("unshare");
    Some(command.args(["-n", "sh", "-c", script]).arg(this).arg(test).output().expect("unshare runs"))
}

#[test]
fn tags_are_in_their_frames_and_a_frame_of_the_loopback_interface_comes_once() {
    if let Some(output) = in_a_namespace("inside_a_namespace") {
        let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        assert!(output.status.success(), "{out}{err}");
    }
}

#[test]
#[ignore = "is run in a namespace by another test"]
fn inside_a_namespace() {
    if !interfaces().iter().any(|interface| interface.name == "right") {
        return;
    }
    // All frames that come within some time.
    let received = |link: &mut Link| {
        let mut frames = Vec::new();
        let end = std::time::Instant::now() + Duration::from_millis(700);
        while std::time::Instant::now() < end {
            match link.receive_within(Duration::from_millis(50)) {
                Ok(Some(frame)) => {
                    let age = frame.time.elapsed().unwrap_or_default();
                    assert!(age < Duration::from_secs(60), "the time of the frame is {age:?} ago");
                    frames.push(frame.data.to_vec());
                }
                Ok(None) => {}
                Err(error) => panic!("{error}"),
            }
        }
        frames
    };
    let (mut left, mut right) = (Link::open("left").expect("it is there"), Link::open("right").expect("it is there"));
    assert_eq!((left.link_type(), Link::open("lo").expect("it is there").link_type()), (1, 1));
    let ethernet = Ethernet::build().dst(MacAddr::BROADCAST).src(MacAddr([2, 0, 0, 0, 0, 1]));
    let tagged = |id: u16| {
        let payload = [&id.to_be_bytes()[..], &[0x88, 0xb5, 1, 2]].concat();
        let frame = Stack::new().push(ethernet.ethertype(0x8100.into())).payload(&payload);
        frame.pad(60).finish().expect("it fits")
    };
    let sent = [tagged(5), tagged(0x6fff), tagged(0)];
    sent.iter().for_each(|frame| left.send(frame).expect("it can be sent"));
    let came: Vec<_> =
        received(&mut right).into_iter().filter(|frame| frame[16..].starts_with(&[0x88, 0xb5])).collect();
    assert_eq!(came, sent);
    let mut lo = Link::open("lo").expect("it is there");
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("lo is up");
    socket.send_to(b"packetsmith once", ("127.0.0.1", 9)).expect("it can be sent");
    let came = received(&mut lo);
    // An ICMP message that nobody listens on the port quotes it.
    assert_eq!(
        came.iter().filter(|frame| frame[23] == 17 && frame.ends_with(b"packetsmith once")).count(),
        1,
        "{came:02x?}"
    );
}
