//! Sending and receiving on an interface. Needs the rights to do so, and a loopback interface named lo.
#![cfg(target_os = "linux")]

use nix::poll::{PollFd, PollFlags, poll};
use packetsmith::live::{
    Capture, CaptureError, CapturedInterface, FrameDirection, MAX_SNAP_LEN, OpenError, ReceivedFrame, Sender,
    interfaces,
};
use packetsmith::{Ethernet, Filter, FrameSource, MacAddr, Stack};
use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[test]
fn the_interfaces_of_this_machine_have_names_and_numbers() {
    for interface in interfaces() {
        assert!(!interface.name.is_empty() && interface.index > 0, "{interface:?}");
    }
}

#[test]
fn an_interface_that_is_not_there_is_named_with_those_that_are() {
    let error = Capture::open("no such interface").expect_err("there is none");
    let OpenError::NotFound { name, interfaces: there } = &error else { panic!("{error:?}") };
    assert_eq!(name, "no such interface");
    assert!(interfaces().iter().all(|interface| there.contains(&interface.name)), "{error}");
    assert!(error.to_string().starts_with("no interface is called no such interface; there are "), "{error}");
    assert!(matches!(Capture::builder().open(), Err(OpenError::NoInterface)));
}

#[test]
fn what_is_sent_onto_the_loopback_interface_is_received() {
    if !interfaces().iter().any(|interface| interface.name == "lo" && interface.up) {
        println!("no interface lo is up: not tested");
        return;
    }
    let (mut capture, mut sender) = match (Capture::open("lo"), Sender::open("lo")) {
        (Ok(capture), Ok(sender)) => (capture, sender),
        (Err(error), _) => return println!("lo cannot be opened: {error}: not tested"),
        (_, Err(error)) => return println!("lo cannot be opened: {error}: not tested"),
    };
    let ethernet = Ethernet::build().src(MacAddr([2, 0, 0, 0, 0, 1])).ethertype(0x88b5.into());
    let payload = format!("packetsmith {}", std::process::id());
    let frame = Stack::new().push(ethernet).payload(payload.as_bytes()).finish().expect("it fits");
    if let Err(error) = sender.send(&frame) {
        println!("nothing can be sent onto lo: {error}: not tested");
        return;
    }
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end {
        let received = capture.next_frame(Duration::from_millis(100)).expect("lo can be read");
        if received.is_some_and(|received| received.data == frame) {
            return;
        }
    }
    panic!("the frame did not come");
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
    let mut left = Sender::open("left").expect("it is there");
    let mut right = Capture::open("right").expect("it is there");
    let ethernet = Ethernet::build().dst(MacAddr::BROADCAST).src(MacAddr([2, 0, 0, 0, 0, 1]));
    let tagged = |id: u16| {
        let payload = [&id.to_be_bytes()[..], &[0x88, 0xb5, 1, 2]].concat();
        let frame = Stack::new().push(ethernet.ethertype(0x8100.into())).payload(&payload);
        frame.pad(60).finish().expect("it fits")
    };
    let sent = [tagged(5), tagged(0x6fff), tagged(0)];
    sent.iter().for_each(|frame| left.send(frame).expect("it can be sent"));
    let is_ours = |frame: &ReceivedFrame<'_>| frame.data[16..].starts_with(&[0x88, 0xb5]);
    let came = received(&mut right, is_ours);
    assert_eq!(came.iter().map(|frame| frame.data.clone()).collect::<Vec<_>>(), sent);
    assert!(came.iter().all(|frame| (frame.original_len, frame.direction) == (60, FrameDirection::Broadcast)));
    assert_eq!(came[0].interface.name, "right");
    once_on_loopback();
    cut_and_sent();
    by_all(&tagged(7));
    by_polling(&tagged(8));
    filtered_by_all(&tagged(9));
    losses_are_counted();
    gone();
}

/// What is asked about a frame.
struct Came {
    data: Vec<u8>,
    original_len: u32,
    direction: FrameDirection,
    interface: CapturedInterface,
    time: SystemTime,
}

/// The frames that pass a test and come within some time.
fn received(capture: &mut Capture, is_asked_for: impl Fn(&ReceivedFrame<'_>) -> bool) -> Vec<Came> {
    let mut frames: Vec<Came> = Vec::new();
    let end = Instant::now() + Duration::from_millis(500);
    while Instant::now() < end {
        let frame = capture.next_frame(Duration::from_millis(50)).expect("the interface can be read");
        let Some(frame) = frame.filter(|frame| is_asked_for(frame)) else { continue };
        let age = frame.time.elapsed().unwrap_or_default();
        assert!(age < Duration::from_secs(60), "the time of the frame is {age:?} ago");
        assert_eq!(UNIX_EPOCH + Duration::from_nanos(frame.nanos()), frame.time);
        let ReceivedFrame { original_len, direction, time, .. } = frame;
        frames.push(Came {
            data: frame.data.to_vec(),
            original_len,
            direction,
            interface: frame.interface.clone(),
            time,
        });
    }
    frames
}

/// A frame of the loopback interface comes once, and is counted once.
fn once_on_loopback() {
    let mut lo = Capture::open("lo").expect("it is there");
    assert_eq!(lo.interfaces()[0].link_type, 1);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("lo is up");
    socket.send_to(b"packetsmith once", ("127.0.0.1", 9)).expect("it can be sent");
    // An ICMP message that nobody listens on the port quotes it.
    let came = received(&mut lo, |frame| frame.data[23] == 17 && frame.data.ends_with(b"packetsmith once"));
    assert_eq!(came.len(), 1);
    let counted = lo.statistics();
    assert_eq!((counted[0].received, counted[0].dropped), (counted[0].delivered, Some(0)));
}

/// A frame is cut to the snapshot length, and has its own length and direction.
fn cut_and_sent() {
    let mut left = Capture::builder().interface("left").snap_len(20).open().expect("it is there");
    let frame =
        Stack::new().push(Ethernet::build().ethertype(0x88b5.into())).payload(&[9; 986]).finish().expect("it fits");
    Sender::open("left")
        .map_err(std::io::Error::from)
        .and_then(|mut sender| sender.send(&frame))
        .expect("it can be sent");
    let came = received(&mut left, |frame| frame.original_len == 1000);
    assert_eq!(came.len(), 1);
    assert_eq!((&came[0].data[..], came[0].direction), (&frame[..20], FrameDirection::Sent));
}

/// All interfaces: each frame names its own. Frames of two interfaces come in the order of time.
fn by_all(frame: &[u8]) {
    let mut any = Capture::open("any").expect("there is any");
    let mut both = Capture::builder().interface("left").interface("right").open().expect("they are there");
    let mut senders = ["left", "right"].map(|name| Sender::open(name).expect("it is there"));
    for turn in 0..100 {
        senders[turn % 2].send(frame).expect("it can be sent");
    }
    let came = received(&mut any, |found| found.data == frame);
    let of = |name: &str| came.iter().filter(|frame| frame.interface.name == name).count();
    assert_eq!((of("left"), of("right"), came.len()), (100, 100, 200));
    let came = received(&mut both, |found| found.data == frame);
    assert_eq!(came.len(), 200);
    assert!(came.is_sorted_by_key(|frame| frame.time), "the order of time");

    // A frame that the loopback device sends and receives is one.
    let socket = UdpSocket::bind("127.0.0.1:0").expect("lo is up");
    socket.send_to(b"packetsmith once", socket.local_addr().expect("it is bound")).expect("it can be sent");
    let came = received(&mut any, |frame| frame.data.ends_with(b"packetsmith once"));
    assert_eq!((came.len(), &*came[0].interface.name), (1, "lo"));
    let counted = any.statistics().remove(0);
    assert_eq!((counted.received, counted.left_out), (counted.delivered, 0), "{counted:?}");
}

/// Who polls the descriptor gets frames of several interfaces in time, though they wait for earlier ones of others.
fn by_polling(frame: &[u8]) {
    let builder = Capture::builder().interface("left").interface("right").longest_delay(Duration::from_millis(10));
    let mut both = builder.open().expect("they are there");
    assert!((10..100).contains(&both.longest_delay().as_millis()), "{:?}", both.longest_delay());
    for turn in 0..5 {
        Sender::open("left").expect("it is there").send(frame).expect("it can be sent");
        let begin = Instant::now();
        let (mut times, mut polls) = (Vec::new(), 0);
        while times.len() < 2 {
            assert_eq!(poll(&mut [PollFd::new(both.as_fd(), PollFlags::POLLIN)], 2000_u16), Ok(1), "turn {turn}");
            polls += 1;
            while let Some(found) = both.next_frame(Duration::ZERO).expect("it can be read") {
                if found.data == frame {
                    times.push(found.time);
                }
            }
        }
        assert!(times.is_sorted() && begin.elapsed() < Duration::from_secs(1) && polls < 20, "{times:?} {polls}");
    }
    assert_eq!(poll(&mut [PollFd::new(both.as_fd(), PollFlags::POLLIN)], 0_u16), Ok(0), "nothing is left");
}

/// The kernel filters the frames of all interfaces by the program for their link type.
fn filtered_by_all(frame: &[u8]) {
    let filter = Filter::parse("udp.length == 24").expect("it is a filter");
    let builder = Capture::builder().interface("any");
    let program =
        move |link_type: u16| Some(filter.capture_program(link_type, FrameSource::Socket).instructions().to_vec());
    let mut any = builder.kernel_filter(program).open().expect("there is any");
    Sender::open("left").expect("it is there").send(frame).expect("it can be sent");
    let socket = UdpSocket::bind("127.0.0.1:0").expect("lo is up");
    for text in [&b"packetsmith once"[..], b"another length"] {
        socket.send_to(text, socket.local_addr().expect("it is bound")).expect("it can be sent");
    }
    let came = received(&mut any, |_| true);
    assert_eq!(came.len(), 1, "{:?}", came.iter().map(|frame| &frame.data).collect::<Vec<_>>());
    assert_eq!(any.statistics()[0].received, 1, "the kernel left out the others");
}

/// What the kernel drops is counted, and nothing else is missing. The descriptor tells when there is something.
fn losses_are_counted() {
    let builder = || Capture::builder().interface("right").buffer(16 << 10);
    // There is room for two frames of any length that is asked for.
    let room = builder().open().expect("it is there").buffer();
    assert!((2 * MAX_SNAP_LEN as usize..2 << 20).contains(&room), "{room}");
    let mut small = builder().snap_len(100).open().expect("it is there");
    assert!((16 << 10..256 << 10).contains(&small.buffer()), "{}", small.buffer());
    let frame =
        Stack::new().push(Ethernet::build().ethertype(0x88b5.into())).payload(&[7; 50]).finish().expect("it fits");
    let mut left = Sender::open("left").expect("it is there");
    for _ in 0..5000 {
        left.send(&frame).expect("it can be sent");
    }
    let mut ready = [PollFd::new(small.as_fd(), PollFlags::POLLIN)];
    assert_eq!(poll(&mut ready, 1000_u16), Ok(1));
    let mut came = 0;
    while small.next_frame(Duration::from_millis(100)).expect("it can be read").is_some() {
        came += 1;
    }
    let counted = small.statistics().remove(0);
    let lost = counted.dropped.expect("Linux counts");
    assert!(lost > 0 && came + lost >= 5000, "{counted:?}");
    assert_eq!((counted.delivered, counted.received), (came, came + lost));
    assert_eq!(poll(&mut [PollFd::new(small.as_fd(), PollFlags::POLLIN)], 0_u16), Ok(0));
}

/// An interface that goes down, comes up, and goes away.
fn gone() {
    let ip = |arguments: &str| {
        let status = std::process::Command::new("ip").args(arguments.split(' ')).status();
        assert!(status.is_ok_and(|status| status.success()), "ip {arguments}");
    };
    // Until an error other than silence.
    let error_of = |capture: &mut Capture| {
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end {
            match capture.next_frame(Duration::from_millis(50)) {
                Ok(_) => {}
                Err(error) => return Some(error),
            }
        }
        None
    };
    let mut right = Capture::open("right").expect("it is there");
    ip("link set right down");
    assert!(matches!(error_of(&mut right), Some(CaptureError::Down { name }) if name == "right"));
    assert!(matches!(Capture::open("right"), Err(OpenError::Down { name }) if name == "right"));
    ip("link set right up");
    let frame =
        Stack::new().push(Ethernet::build().ethertype(0x88b5.into())).payload(&[7; 50]).finish().expect("it fits");
    Sender::open("right")
        .map_err(std::io::Error::from)
        .and_then(|mut sender| sender.send(&frame))
        .expect("it can be sent");
    assert_eq!(received(&mut right, |found| found.data == frame).len(), 1, "it goes on");
    ip("link del right");
    assert!(matches!(error_of(&mut right), Some(CaptureError::Gone { name }) if name == "right"));
    assert!(matches!(error_of(&mut right), Some(CaptureError::NoneLeft)));
}
