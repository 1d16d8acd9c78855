//! A stack computes by the types of its headers. Layers of run time are computed by the tables of all protocols. Both must
//! give the same bytes and the same errors.
#![recursion_limit = "256"]

use packetsmith::build::{AnyHeader, EncodeHeader, LayerList};
use packetsmith::wire::ByteSink;
use packetsmith::*;
use proptest::prelude::*;

/// A frame, or its error with all that it says.
fn outcome(stack: Stack<impl LayerList>) -> Result<Vec<u8>, String> {
    let mut buffer = vec![0xaa; 4096];
    let whole = stack.finish().map_err(|error| format!("{error:?}"));
    match stack.write_into(&mut buffer) {
        Ok(len) => assert_eq!(whole.as_deref(), Ok(&buffer[..len])),
        Err(error) if buffer.len() > 4000 && whole.is_err() => assert_eq!(whole, Err(format!("{error:?}"))),
        Err(_) => {}
    }
    whole
}

/// Builds a stack in both ways, and gives what both gave.
macro_rules! both {
    ($($header:expr),+ $(,)?) => {{
        let by_types = outcome(Stack::new()$(.push($header))+);
        let by_table = outcome(Stack::of(&[$(&$header as &dyn AnyHeader),+]));
        assert_eq!(by_types, by_table);
        by_types
    }};
}

/// A header with some of its bytes changed, more bytes after it, and some computed rows taken for set.
#[derive(Clone, Debug, Default)]
struct Change {
    bytes: Vec<(usize, u8)>,
    more: Vec<u8>,
    set: u64,
    marks: u64,
}

/// A function that makes a header.
trait MakesHeader {
    type Made: EncodeHeader;
    fn make(&self) -> Self::Made;
}

impl<H: EncodeHeader, F: Fn() -> H> MakesHeader for F {
    type Made = H;
    fn make(&self) -> H {
        self()
    }
}

/// A changed header. It holds the function that makes the header, since many of these are on the stack.
#[derive(Clone, Copy)]
struct Changed<'c, F>(F, &'c Change);

impl<F: MakesHeader> EncodeHeader for Changed<'_, F> {
    type Header = <F::Made as EncodeHeader>::Header;

    fn put(&self, out: &mut impl ByteSink) -> u64 {
        let at = out.len();
        let unset = self.0.make().put(out);
        let header = out.written().get_mut(at..).unwrap_or_default();
        for (place, byte) in &self.1.bytes {
            if !header.is_empty() {
                let place = place % header.len();
                header[place] ^= byte;
            }
        }
        out.put(&self.1.more);
        match unset & !self.1.set {
            0 => 0,
            unset => unset | self.1.marks,
        }
    }
}

fn changes() -> impl Strategy<Value = Change> {
    let bytes = prop_oneof![
        3 => Just(Vec::new()),
        1 => prop::collection::vec((any::<usize>(), any::<u8>()), 0..3),
        // Changes of a bit: versions, flags and lengths.
        1 => prop::collection::vec((0..4usize, (0..8u32).prop_map(|bit| 1 << bit)), 0..3),
    ];
    let more = prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => (0..300usize).prop_map(|len| vec![0; len]),
    ];
    let set = prop_oneof![2 => Just(0), 1 => any::<u64>().prop_map(|set| set & 0xffff)];
    // Rows outside of the fixed header; a checksum left to the card; a zero that is written as all ones.
    let marks = prop_oneof![4 => Just(0), 1 => Just(1u64 << 63), 1 => Just(1 << 60), 1 => Just(1 << 59)];
    (bytes, more, set, marks).prop_map(|(bytes, more, set, marks)| {
        // What such a row is in must be there.
        let marks = if marks == 1 << 63 && more.len() < 8 { 0 } else { marks };
        Change { bytes, more, set, marks }
    })
}

/// Calls a macro with all types of headers.
macro_rules! all_headers {
    ($callback:ident) => {
        $callback! {
            Ethernet Sll Sll2 Null Loop Vlan Llc Snap Arp Ipv4 Ipv6 HopByHop DestinationOptions Routing Fragment Mobility Hip
            Shim6 Ah Esp Icmpv4 Icmpv6 Igmp Tcp Udp Gre Erspan2 Erspan3 EtherIp Mpls Pppoe PppDirection PppHdlc Ppp
            PppCompressed CHdlc Lcp Ipcp Ipv6cp Ccp Pap Chap L2tp Vxlan VxlanGpe Geneve Teredo UdpLite DnsOverTcp Dns Dhcp
            Dhcpv6 Ntp NtpControl NtpPrivate Tftp Snmp Radius Http
        }
    };
}

/// Defines headers of which a layer is one: their names, a macro that pushes all of them, of which only one is there, and a
/// function that gives this one as a header of run time.
macro_rules! define_choice {
    ($d:tt $names:ident $push:ident $any:ident: $($name:ident)+) => {
        const $names: &[&str] = &[$(stringify!($name)),+];

        macro_rules! $push {
            ($d stack:expr, $d number:expr, $d change:expr) => {{
                let (mut at, number, change) = (0, $d number, $d change);
                let mut here = || {
                    at += 1;
                    at - 1 == number
                };
                $d stack $(.push(here().then(|| Changed($name::build, change))))+
            }};
        }

        fn $any<'c>(number: usize, change: &'c Change) -> Box<dyn AnyHeader + 'c> {
            let all: &[fn(&'c Change) -> Box<dyn AnyHeader + 'c>] =
                &[$(|change| Box::new(Changed($name::build, change))),+];
            all[number](change)
        }
    };
}

define_choice! { $ OUTER push_outer outer:
    Ethernet Sll Vlan Snap Ipv4 Ipv6 HopByHop Routing Gre Geneve Mpls Ppp PppCompressed CHdlc VxlanGpe Udp
}
define_choice! { $ MIDDLE push_middle middle:
    Ethernet Vlan Arp Llc Snap Ipv4 Ipv6 Routing Fragment Shim6 Udp UdpLite Tcp Icmpv6 Gre Mpls Pppoe Ppp Lcp L2tp Erspan2
    NtpControl Dns
}
define_choice! { $ INNER push_inner inner: Ipv4 Udp Ppp Vlan Dns }

/// Builds three layers and a payload in both ways.
fn three_layers(numbers: [usize; 3], changes: [&Change; 3], payload: &[u8]) -> Result<Vec<u8>, String> {
    let stack = push_outer!(Stack::new(), numbers[0], changes[0]);
    let stack = push_middle!(stack, numbers[1], changes[1]);
    let stack = push_inner!(stack, numbers[2], changes[2]);
    let by_types = outcome(stack.push((!payload.is_empty()).then_some(payload)));
    let headers =
        [outer(numbers[0], changes[0]), middle(numbers[1], changes[1]), inner(numbers[2], changes[2])];
    let mut layers: Vec<&dyn AnyHeader> = headers.iter().map(|header| &**header).collect();
    if !payload.is_empty() {
        layers.push(&payload);
    }
    let names = [OUTER[numbers[0]], MIDDLE[numbers[1]], INNER[numbers[2]]];
    assert_eq!(by_types, outcome(Stack::of(&layers)), "{names:?}");
    by_types
}

#[test]
fn three_headers_are_the_same_both_ways() {
    let plain = Change::default();
    for outer in 0..OUTER.len() {
        for middle in 0..MIDDLE.len() {
            for inner in 0..INNER.len() {
                three_layers([outer, middle, inner], [&plain; 3], b"").ok();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_headers_are_the_same_both_ways(
        numbers in (0..OUTER.len(), 0..MIDDLE.len(), 0..INNER.len()),
        changes in prop::array::uniform3(changes()),
        payload in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        three_layers(numbers.into(), changes.each_ref(), &payload).ok();
    }
}

macro_rules! define_with_all {
    ($($name:ident)+) => {
        fn with_all<A: EncodeHeader + Copy>(outer: A) {
            $(both!(outer, $name::build()).ok();)+
        }
    };
}
all_headers!(define_with_all);

#[test]
fn pairs_of_types_are_the_same_both_ways() {
    with_all(Ethernet::build());
    with_all(Ipv6::build());
    with_all(Ppp::build());
}
