//! A stack computes by the types of its headers. Layers of run time are computed by the tables of all protocols. Both must
//! give the same bytes and the same errors.
#![recursion_limit = "256"]

use packetsmith::build::{AnyHeader, EncodeHeader, LayerList};
use packetsmith::layer::{ChecksumCoverage, CoverageEnd, ParseDefect, ParsedHeader, Protocol};
use packetsmith::proto::CustomProtocol;
use packetsmith::proto::icmp::Icmpv4Message;
use packetsmith::proto::ip::{IpProtocol, Ipv4Flags, RoutingType};
use packetsmith::wire::{ByteSink, SelectorKind};
use packetsmith::*;
use proptest::prelude::*;

/// A frame, or its error with all that it says.
fn outcome(stack: Stack<impl LayerList>) -> Result<Vec<u8>, String> {
    let mut buffer = vec![0xaa; 80_000];
    let whole = stack.finish().map_err(|error| format!("{error:?}"));
    match stack.write_into(&mut buffer) {
        Ok(len) => assert_eq!(whole.as_deref(), Ok(&buffer[..len])),
        Err(error) => assert_eq!(whole, Err(format!("{error:?}"))),
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
            Dhcpv6 Ntp NtpControl NtpPrivate Tftp Snmp Radius Sflow Http Tls
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
    let headers = [outer(numbers[0], changes[0]), middle(numbers[1], changes[1]), inner(numbers[2], changes[2])];
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

/// A protocol of each kind around a payload: tunnels, tags, extension headers, messages. Most are right packets.
fn scenes(options: &[u8], payload: &[u8], set: &Change, route: &[u8], left: u8) -> Vec<Result<Vec<u8>, String>> {
    let segments = |kind| Routing::build().routing_type(kind).segments_left(left).raw(route);
    let ip4 = || Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
    let ip6 = || Ipv6::build().src(1u128.into()).dst(2u128.into());
    let gre = || Gre::build().checksum_present(true).raw(&[0; 4]);
    let shim = || Shim6::build().raw(&[0; 5]);
    let l2tp = || L2tp::build().length_present(true).raw(&[0, 0, 0, 7, 0, 9]);
    let control = || L2tp::build().control(true).raw(options);
    let computed = Change { marks: 1 << 63, ..Change::default() };
    let card = Change { marks: 1 << 60, ..Change::default() };
    vec![
        both!(
            Ethernet::build(),
            Vlan::build(),
            ip4().raw(options),
            Udp::build().dst_port(4789),
            Vxlan::build(),
            Ethernet::build(),
            ip4(),
            Tcp::build().raw(options),
            payload
        ),
        both!(Ethernet::build(), ip4(), gre(), ip6(), Udp::build(), payload),
        both!(ip4(), Changed(gre, &computed), ip4(), Changed(Tcp::build, set), payload),
        both!(ip4(), ip4(), ip6(), Changed(Udp::build, set), payload),
        both!(
            ip6(),
            HopByHop::build().raw(options),
            segments(RoutingType::SourceRoute),
            DestinationOptions::build(),
            Tcp::build().raw(options),
            payload
        ),
        both!(ip6(), segments(RoutingType::Type2), Udp::build(), payload),
        both!(ip6(), segments(RoutingType::SegmentRouting), Icmpv6::build(), payload),
        both!(ip6(), Changed(Routing::build, set), Fragment::build().more_fragments(true), Udp::build(), payload),
        both!(ip6(), Changed(shim, &computed), Udp::build(), payload),
        both!(ip6(), UdpLite::build().checksum_coverage(options.len() as u16), payload),
        both!(ip4(), Udp::build(), Geneve::build().raw(options), Ethernet::build(), Arp::build()),
        both!(ip4(), Udp::build(), Changed(l2tp, &computed), Ppp::build(), ip4(), Udp::build(), payload),
        both!(ip4(), Udp::build().dst_port(1701), Changed(control, &computed), payload),
        both!(Ethernet::build(), Pppoe::build(), Ppp::build(), ip6(), Icmpv6::build(), payload),
        both!(Ethernet::build(), Pppoe::build(), PppCompressed::build(), Lcp::build(), payload),
        both!(Ethernet::build(), Llc::build(), Snap::build(), ip4(), Changed(Udp::build, &card), payload),
        both!(Ethernet::build(), Mpls::build(), Mpls::build(), ip4(), Udp::build(), payload),
        both!(
            ip4(),
            Icmpv4::build().message(Icmpv4Message::TimeExceeded { unused: 0, length: 0, unused2: 0 }),
            ip4(),
            Udp::build(),
            payload
        ),
        both!(ip4().flags(Ipv4Flags::MORE_FRAGMENTS), Udp::build(), payload),
        both!(ip6(), Ah::build().raw(options), Esp::build(), payload),
        both!(ip6(), Mobility::build().raw(options)),
        both!(ip6(), Hip::build().raw(options), payload),
        both!(ip4(), Udp::build(), Changed(NtpControl::build, set), payload),
        both!(ip4(), Udp::build(), Changed(Dns::build, set), payload),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stacks_of_known_types_are_the_same_both_ways(
        options in prop::collection::vec(any::<u8>(), 0..44),
        payload in prop::collection::vec(any::<u8>(), 0..60),
        set in changes(),
        route in prop_oneof![
            prop::collection::vec(any::<u8>(), 36..37),
            prop::collection::vec(any::<u8>(), 20..21),
            prop::collection::vec(any::<u8>(), 0..60),
        ],
        left in 0..3u8,
    ) {
        scenes(&options, &payload, &set, &route, left);
    }
}

#[test]
fn checksums_are_good_from_the_outermost_layer_to_the_innermost() {
    let route: Vec<u8> = (0..36).collect();
    for left in 0..3 {
        let frames = scenes(&[1; 8], b"payload", &Change::default(), &route, left);
        let right = |frame: &Vec<u8>| {
            [1, 101].iter().any(|link_type| {
                let mut states = examine(*link_type, frame).filter_map(|layer| layer.checksum()).peekable();
                states.peek().is_some() && states.all(|state| matches!(state, Checksum::Good))
            })
        };
        let good = frames.iter().flatten().filter(|frame| right(frame)).count();
        assert!(good >= 16, "{good} of {}", frames.len());
    }
    // The sum of this datagram is zero, which is sent as 0xffff.
    let udp = |payload: &[u8]| both!(Ipv4::build(), Udp::build(), payload).expect("it fits");
    let with_zero = udp(&udp(&[0, 0])[26..28]);
    assert_eq!(with_zero[26..28], [0xff, 0xff]);
}

#[test]
fn errors_are_the_same_both_ways() {
    let much = vec![0; 70_000];
    let (much, long) = (&much[..], [0u8; 3000]);
    let errors = [
        both!(Ethernet::build(), Vlan::build().id(5000), Ipv4::build()),
        both!(Vlan::build().id(5000), Vlan::build().id(6000)),
        both!(Ethernet::build(), Ipv4::build(), Udp::build(), much),
        both!(Ipv4::build(), Ipv4::build(), Tcp::build(), much),
        both!(Ipv4::build().raw(&long), Udp::build(), much),
        both!(Ipv4::build(), Tcp::build().raw(&long)),
        // A routing header is computed first; of two, the outer one.
        both!(Ipv6::build(), Routing::build().raw(&long), Udp::build(), much),
        both!(Ipv6::build(), Routing::build().raw(&long), Routing::build().raw(&long), Udp::build(), much),
        both!(Ipv6::build(), Hip::build().raw(&long), Routing::build().raw(&long), HopByHop::build().raw(&long)),
        // Protocols that compute by code of their own, inside of layers with errors.
        both!(Ipv4::build(), Udp::build(), NtpControl::build(), much),
        both!(Ipv4::build(), Udp::build(), Dns::build(), much),
        both!(Ipv4::build(), Udp::build(), NtpControl::build(), Udp::build(), much),
    ];
    let texts = errors.map(|error| error.expect_err("it does not fit"));
    assert!(texts[0].contains("layer: 1") && texts[1].contains("layer: 1"), "{texts:?}");
}

#[test]
fn a_header_that_is_missing_leaves_the_stack_as_without_it() {
    let (tag, ip) = (Vlan::build().id(7), Ipv4::build());
    let with = |tag: Option<proto::link::VlanEdit>, ip: Option<proto::ip::Ipv4Edit>, payload: Option<&'static [u8]>| {
        both!(Ethernet::build(), tag, tag, ip, Some(Udp::build()), payload).expect("it fits")
    };
    assert_eq!(with(None, Some(ip), None), both!(Ethernet::build(), ip, Udp::build()).expect("it fits"));
    let whole = both!(Ethernet::build(), tag, tag, ip, Udp::build(), b"hi").expect("it fits");
    assert_eq!(with(Some(tag), Some(ip), Some(b"hi")), whole);
    // Nothing selects UDP in a frame of Ethernet.
    assert_eq!(with(None, None, None), both!(Ethernet::build(), Udp::build()).expect("it fits"));
    // The index of a layer counts what is there.
    let error = Stack::new().push(None::<proto::link::VlanEdit>).push(Vlan::build().id(5000)).finish().unwrap_err();
    assert_eq!((error.layer, error.proto), (0, Proto::Vlan));
    // What is missing does not count as deep.
    let none = None::<proto::link::VlanEdit>;
    let four = || Stack::new().push(none).push(none).push(none).push(none);
    let eight = four().push(none).push(none).push(none).push(none);
    assert_eq!(eight.push(ip).finish().expect("it fits").len(), 20);
}

#[test]
fn layers_of_run_time_are_computed_as_those_of_types() {
    let (ethernet, tag, ip) = (Ethernet::build(), Vlan::build(), Ipv4::build());
    let udp = Udp::build().dst_port(7);
    let types = Stack::new().push(ethernet).push(tag).push(ip).push(udp).payload(b"hi").pad(60).fcs().finish();
    let types = types.expect("it fits");
    let layers: Vec<Box<dyn AnyHeader>> = vec![Box::new(ethernet), Box::new(tag), Box::new(ip), Box::new(udp)];
    let layers: Vec<&dyn AnyHeader> = layers.iter().map(|layer| &**layer).collect();
    assert_eq!(Stack::of(&layers).payload(b"hi").pad(60).fcs().finish().expect("it fits"), types);
    // One header of run time in a stack of types, and an empty list.
    let stack = Stack::new().push(ethernet).push(Some(&tag as &dyn AnyHeader)).push(ip).push(udp).payload(b"hi");
    assert_eq!(stack.pad(60).fcs().finish().expect("it fits"), types);
    assert_eq!(Stack::of(&[]).finish().expect("it fits"), []);
    assert_eq!(Stack::of(&[&None::<&[u8]>]).finish().expect("it fits"), []);
    // Too many layers, as in a stack of types.
    let many = [&tag as &dyn AnyHeader; 33];
    assert!(Stack::of(&many[..32]).finish().is_ok());
    let error = Stack::of(&many).finish().unwrap_err();
    assert_eq!((error.layer, error.proto), (0, Proto::Data));
    assert!(Stack::of(&many[..32]).payload(b"").finish().is_err());
}

#[test]
fn a_number_that_is_set_stays() {
    let packet = both!(Ipv4::build().protocol(IpProtocol::Udp).total_length(7), Tcp::build()).expect("it fits");
    assert_eq!((packet[9], &packet[2..4]), (17, &[0, 7][..]));
}

header! {
    /// A header of a protocol that is defined here.
    pub struct Ours(4) => OursEdit, layer {
        /// Protocol of the payload.
        next: u8 = 0..8, "ours.next", next_protocol(SelectorKind::IpProtocol);
        /// Length in bytes.
        length: u8 = 8..16, "ours.length", total_length(0);
        /// Checksum of header and payload.
        checksum: u16 = 16..32, "ours.checksum", checksum;
    }
}

impl<'a> Protocol<'a> for Ours<&'a [u8; 4]> {
    const NAME: &'static str = "ours";
    const TITLE: &'static str = "A protocol of a test";
    const TABLE: &'static [Field] = Ours::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Ours::LEN))?;
        Ok(ParsedHeader::new(header, Ours::LEN, NextProtocol::IpProtocol(header.next())))
    }

    fn coverage(&self) -> Option<ChecksumCoverage> {
        Some(ChecksumCoverage::plain(CoverageEnd::Payload))
    }
}

impl CustomProtocol for Ours {
    type Header<'a> = Ours<&'a [u8; 4]>;
    const SELECTORS: &'static [NextProtocol] =
        &[NextProtocol::IpProtocol(253), NextProtocol::EtherType(0x88b5), NextProtocol::PppProtocol(0x0021)];
}

#[test]
fn a_protocol_from_outside_is_computed_by_its_type() {
    let ours = Ours::build();
    let frame = both!(Ethernet::build(), Ipv4::build(), ours, Udp::build(), b"hi").expect("it fits");
    assert_eq!((frame[23], &frame[34..36]), (253, &[17, 14][..]), "its number in IPv4, UDP's in it, and its length");
    assert_eq!(Sum::new().bytes(&frame[34..]).verify(0), Checksum::Good);
    assert_ne!(frame[44..46], [0, 0], "UDP inside of it has a checksum with the addresses of IPv4");
    let error = both!(Vlan::build(), ours, &[0u8; 300]).expect_err("the length has eight bits");
    assert!(error.contains("layer: 1") && error.contains("ours.length"), "{error}");
    assert_eq!(both!(Vlan::build(), ours).expect("it fits")[2..4], [0x88, 0xb5]);
    assert_eq!(both!(Vlan::build(), Some(ours), Udp::build()).expect("it fits")[2..4], [0x88, 0xb5]);
    // A number that no table has is found by parsing.
    assert_eq!(both!(Ppp::build(), ours, Udp::build()).expect("it fits")[..2], [0x00, 0x21]);
}

header! {
    /// A header whose number says what follows it, as that of IPX and AppleTalk in PPP might.
    pub struct Numbered(2) => NumberedEdit, layer {
        /// Any number.
        number: u16 = 0..16, "numbered.number";
    }
}

impl<'a> Protocol<'a> for Numbered<&'a [u8; 2]> {
    const NAME: &'static str = "numbered";
    const TITLE: &'static str = "Another protocol of a test";
    const TABLE: &'static [Field] = Numbered::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], selector: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Numbered::LEN))?;
        let next = match selector {
            NextProtocol::PppProtocol(0x002b) => NextProtocol::IpProtocol(253),
            NextProtocol::PppProtocol(0x0031) => NextProtocol::TcpPort(9000),
            _ => NextProtocol::IpProtocol(6),
        };
        Ok(ParsedHeader::new(header, Numbered::LEN, next))
    }
}

impl CustomProtocol for Numbered {
    type Header<'a> = Numbered<&'a [u8; 2]>;
    const SELECTORS: &'static [NextProtocol] = &[
        NextProtocol::PppProtocol(0x0029),
        NextProtocol::PppProtocol(0x002b),
        NextProtocol::PppProtocol(0x0031),
        NextProtocol::TcpPort(9000),
    ];
}

/// A number is looked for with which both layers inside follow, where these are from outside of the crate too.
#[test]
fn layers_from_outside_follow_each_other() {
    let numbered = Numbered::build();
    let number = |frame: Result<Vec<u8>, String>| <[u8; 2]>::try_from(&frame.expect("it fits")[..2]).unwrap();
    assert_eq!(number(both!(Ppp::build(), numbered, Tcp::build())), [0x00, 0x29]);
    assert_eq!(number(both!(Ppp::build(), numbered, Ours::build())), [0x00, 0x2b]);
    // Its port says it, though the bytes begin as HTTP does.
    let http = Numbered::build().number(u16::from_be_bytes(*b"GE"));
    assert_eq!(number(both!(Ppp::build(), numbered, http, b"T / HTTP/1.1\r\n\r\n")), [0x00, 0x31]);
}
