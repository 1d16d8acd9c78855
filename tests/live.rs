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
