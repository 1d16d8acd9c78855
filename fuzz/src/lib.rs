//! The fuzz targets. `tests/fuzz.rs` includes this file and replays the corpus and the findings, so that `cargo test`
//! needs neither a fuzzer nor a nightly toolchain.

use packetsmith::LinkType;
use packetsmith::capture::{HexdumpReader, HexdumpSettings, Reader};
use packetsmith::ip::Fragmenter;
use packetsmith::ip::{Outcome, Policy, Reassembler, Settings, find};
use packetsmith::output::{Hexdump, Json, Style, Summary, TerminalText, TreeText, is_unsafe};
use packetsmith::wire::Visitor;
use packetsmith::{Editor, Examine, Field, Filter, Packet, Span, Value, View, dissect, examine};
use std::time::Duration;

mod capture_filter;
mod edit;
mod flow;
#[path = "../../tests/bpf/machine.rs"]
mod machine;
#[path = "../../tests/bpf/programs.rs"]
mod machine_programs;
#[path = "../../tests/common/outline.rs"]
mod outline;
mod rewrite;
mod slow_expression;
mod slow_filter;
mod slow_regex;
mod stream;

pub use edit::{edit, edit_frame, text};
pub use flow::flow;
pub use stream::{http_content, stream};

/// Link types by the first byte. After 255, two bytes are any other link type.
pub const LINK_TYPES: [u16; 16] = [1, 101, 0, 108, 113, 276, 9, 50, 51, 104, 228, 229, 12, 14, 147, 1];

fn link_type(input: &[u8]) -> Option<(u16, &[u8])> {
    let (&first, rest) = input.split_first()?;
    match (first, rest) {
        (255, [a, b, rest @ ..]) => Some((u16::from_be_bytes([*a, *b]), rest)),
        _ => Some((LINK_TYPES[usize::from(first) % LINK_TYPES.len()], rest)),
    }
}

/// Reads every value of every field, and the fields that the editor finds by name.
struct Read(u64);

impl Visitor for Read {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        assert!(span.start <= span.end, "{}", field.name);
        self.0 =
            self.0.wrapping_add(value.number().unwrap_or(1)).wrapping_add(u64::from(field.meaning(&value).is_some()));
    }
    fn open(&mut self, _: &'static Field, span: Span) {
        assert!(span.start <= span.end);
    }
    fn close(&mut self) {}
}

/// Any bytes as a frame of any link type, with any snapshot length: every field is read, every output is written, and
/// each byte has one owner.
pub fn dissect_frame(input: &[u8]) {
    let Some((link_type, rest)) = link_type(input) else { return };
    let Some((&missing, frame)) = rest.split_first() else { return };
    let layers = || examine(link_type, frame).original_len(frame.len() + usize::from(missing));
    for layer in layers() {
        layer.show(&mut Read(0));
        layer.issues(|issue| assert!(issue.span.start <= issue.span.end));
        layer.checksum();
    }
    Json::default().packet(|_| {}, layers());
    TreeText::default().packet(layers());
    Summary::default().packet(layers());
    Hexdump::new(Style::COLOUR).packet(frame, dissect(link_type, frame));
    outline::check(link_type, frame);
    let layers: Vec<_> = dissect(link_type, frame).collect();
    let heads = layers.iter().map(|layer| layer.header());
    let tails = layers.iter().rev().map(|layer| layer.trailer());
    let whole = heads.chain(layers.last().map(|layer| layer.payload())).chain(tails).collect::<Vec<_>>().concat();
    assert_eq!(whole, frame);
}

/// Any text as a filter: it is read, or its error names a place in it.
pub fn filter(input: &[u8]) {
    let Some((link_type, text, frame)) = choices_and_frame(input) else { return };
    if let Ok(text) = std::str::from_utf8(text) {
        match Filter::parse(text) {
            Ok(filter) => {
                filter.matches(examine(link_type, frame));
            }
            Err(error) => assert!(text.is_char_boundary(error.at) && !error.what.is_empty(), "{text}: {error:?}"),
        }
    }
}

/// A filter made from bytes, with functions, slices, calculations and layers: it passes what a slow evaluator passes.
pub fn filter_functions(input: &[u8]) {
    let Some((link_type, choices, frame)) = choices_and_frame(input) else { return };
    slow_filter::check(choices, || examine(link_type, frame));
}

/// A filter made from bytes: what it passes, its programs of BPF accept.
pub fn capture_filter(input: &[u8]) {
    let Some((link_type, choices, frame)) = choices_and_frame(input) else { return };
    capture_filter::check(link_type, choices, frame);
}

/// Rules made from bytes, and a frame: what is right stays right, and what no rule is about stays as it is.
pub fn rewrite(input: &[u8]) {
    let Some((link_type, choices, frame)) = choices_and_frame(input) else { return };
    rewrite::check(link_type, choices, frame);
}

/// A link type, bytes that a filter or rules are made from, and a frame.
fn choices_and_frame(input: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (link_type, rest) = link_type(input)?;
    let (&length, rest) = rest.split_first()?;
    let (filter, frame) = rest.split_at(usize::from(length).min(rest.len()));
    Some((link_type, filter, frame))
}

/// Any bytes as a frame, as packet text, as a filter and as JSON: no character that is unsafe for a terminal is in any
/// output or escaped message, and JSON is strict.
pub fn terminal(input: &[u8]) {
    if let Some((link_type, rest)) = link_type(input)
        && let Some((&missing, frame)) = rest.split_first()
    {
        let layers = || examine(link_type, frame).original_len(frame.len() + usize::from(missing));
        let mut summary = Summary::default();
        summary.packet(layers());
        for column in [&summary.source, &summary.destination, &summary.protocol, &summary.info] {
            is_safe(&column.bytes, "the line", false);
            assert!(column.bytes.len() <= 4096, "{} bytes of a line", column.bytes.len());
        }
        for style in [Style::PLAIN, Style::COLOUR] {
            let mut tree = TreeText::new(style, 80);
            tree.packet(layers());
            is_safe(&without_styles(&tree.text.bytes, style), "the tree", true);
            let mut hex = Hexdump::new(style);
            hex.packet(frame, dissect(link_type, frame));
            is_safe(&without_styles(&hex.text.bytes, style), "the bytes", true);
        }
        let mut json = Json::default();
        json.packet(|json| json.string("text", String::from_utf8_lossy(frame)), layers());
        let line = json.text.bytes.strip_suffix(b"\n").expect("an object is a line");
        is_safe(line, "JSON", false);
        serde_json::from_slice::<serde_json::Value>(line).expect("JSON is strict");
        layers().for_each(|layer| layer.issues(|issue| is_safe(issue.to_string().as_bytes(), "an issue", false)));
    }
    let text = String::from_utf8_lossy(input);
    let safe =
        |message: &dyn std::fmt::Display| is_safe(TerminalText(message).to_string().as_bytes(), "a message", false);
    if let Err(error) = text.parse::<Packet>() {
        safe(&error);
    }
    if let Err(error) = Filter::parse(&text) {
        safe(&error);
    }
    let mut packet = Packet::default();
    match packet.form.read(&mut serde_json::Deserializer::from_str(&text)) {
        Err(error) => safe(&error),
        Ok(()) => {
            if let Err(error) = packet.build() {
                safe(&error);
            }
        }
    }
}

/// Removes the styles that the tool writes itself.
fn without_styles(text: &[u8], style: Style) -> Vec<u8> {
    let mut text = String::from_utf8(text.to_vec()).expect("text is UTF-8");
    if style.colour {
        let layers = (0..6).map(|n| style.layer(n));
        for own in [style.reset(), style.bold(), style.dim(), style.error(), style.warning()].into_iter().chain(layers)
        {
            text = text.replace(own, "");
        }
    }
    text.into_bytes()
}

/// Holds that text is UTF-8 without characters that are unsafe for a terminal.
fn is_safe(text: &[u8], what: &str, lines: bool) {
    let text = std::str::from_utf8(text).expect("text is UTF-8");
    let found = text.chars().find(|&c| is_unsafe(c) && !(lines && c == '\n'));
    assert_eq!(found, None, "in {what}: {text:?}");
}

/// Bytes to an owned packet, to JSON and back; and structured packets to bytes and back.
pub fn roundtrip(input: &[u8]) {
    let Some((link_type, frame)) = link_type(input) else { return };
    #[cfg(feature = "arbitrary")]
    if link_type == 147 {
        return owned(frame);
    }
    let layers = || examine(link_type, frame);
    let mut packet = Packet::new(layers());
    assert_eq!(packet.build().expect("what was read can be built"), frame);
    let mut json = Json::default();
    json.packet(|_| {}, layers());
    let mut text = serde_json::Deserializer::from_slice(&json.text.bytes);
    packet.form.read(&mut text).expect("what is written can be read");
    assert_eq!(packet.build().expect("what was written can be built"), frame);
    // Editing: repairing twice is repairing once.
    let mut once = frame.to_vec();
    if Editor::new(link_type, &mut once).repair().is_ok() {
        let mut twice = once.clone();
        let _ = Editor::new(link_type, &mut twice).repair();
        assert_eq!(once.len(), twice.len());
    }
}

#[cfg(feature = "arbitrary")]
fn owned(input: &[u8]) {
    use arbitrary::{Arbitrary, Unstructured};
    let Ok(mut packet) = Packet::arbitrary(&mut Unstructured::new(input)) else { return };
    let Ok(bytes) = packet.build() else { return };
    let mut again = Packet::new(examine(1, &bytes));
    assert_eq!(again.build().expect("what was read can be built"), bytes);
}

/// Any IP packet, split, shuffled and reassembled.
pub fn fragment(input: &[u8]) {
    let [policy, low, high, seed, packet @ ..] = input else { return };
    let mtu = usize::from(u16::from_le_bytes([*low, *high & 7]));
    let mut fragmenter = Fragmenter::new(mtu).ignore_dont_fragment(*high & 8 != 0).split_headers(*high & 16 != 0);
    let Ok(pieces) = fragmenter.split(packet) else { return };
    let count = pieces.len();
    let mut pieces: Vec<Vec<u8>> = pieces.map(|piece| piece.slices().concat()).collect();
    assert_eq!(pieces.len(), count);
    if pieces.len() == 1 {
        assert_eq!(pieces[0], packet[..pieces[0].len()]);
        return;
    }
    assert!(pieces.iter().all(|piece| piece.len() <= mtu));
    // Bytes past the packet's length are not part of it.
    let own = match packet {
        [first, _, a, b, ..] if first >> 4 == 4 => u16::from_be_bytes([*a, *b]).into(),
        [_, _, _, _, a, b, ..] => 40 * usize::from(*a | *b != 0) + usize::from(u16::from_be_bytes([*a, *b])),
        _ => 0,
    };
    let packet = &packet[..if own == 0 { packet.len() } else { own.max(usize::from(packet[0] & 15) * 4) }];
    for n in 0..pieces.len() {
        let other = (n * 7 + usize::from(*seed)) % pieces.len();
        pieces.swap(n, other);
    }
    let policy = Policy::ALL[usize::from(*policy) % Policy::ALL.len()];
    let mut reassembler = Reassembler::new(Settings { ipv4: policy, ipv6: policy, ..Settings::default() });
    let mut complete = false;
    let mut refused = false;
    for (n, piece) in pieces.iter().enumerate() {
        match reassembler.push(piece, n as u64, Duration::ZERO, &mut |_| {}) {
            Outcome::Complete(datagram) => {
                assert!(packet.ends_with(datagram.payload()));
                complete = true;
            }
            Outcome::Refused(..) | Outcome::NotFragment => refused = true,
            _ => {}
        }
    }
    // A packet that is a fragment waits for the rest.
    let whole = match packet[0] >> 4 {
        4 => packet[6] & 0x3f == 0 && packet[7] == 0,
        _ => find(dissect(LinkType::Raw, packet)).is_none(),
    };
    assert!(complete || refused || !whole, "{} pieces", pieces.len());
}

/// Hostile fragments: memory stays under its bound, and each byte comes from the fragment that is reported.
pub fn reassemble(input: &[u8]) {
    let [policy, input @ ..] = input else { return };
    let policy = Policy::ALL[usize::from(*policy) % Policy::ALL.len()];
    let settings = Settings {
        ipv4: policy,
        ipv6: policy,
        datagrams: 8,
        bytes: 16_384,
        timeout: Duration::from_secs(3),
        ..Settings::default()
    };
    let mut reassembler = Reassembler::new(settings);
    let mut lost = 0;
    for (number, bytes) in input.chunks(6).enumerate() {
        let [flags, offset, blocks, id, time, extra] = *bytes else { break };
        // All bytes of a fragment are its number.
        let payload = vec![number as u8; usize::from(blocks) * 8 + usize::from(extra & 7)];
        let more = flags & 1;
        let offset = u16::from(offset) | u16::from(flags >> 3) << 8;
        let packet = if flags & 2 == 0 {
            let mut packet = vec![0x45, 0, 0, 0, 0, id & 15, 0, 0, 64, 253, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
            let word = (offset & 0x1fff) | u16::from(more) << 13;
            packet[6..8].copy_from_slice(&word.to_be_bytes());
            packet.extend(&payload);
            let length = packet.len() as u16;
            packet[2..4].copy_from_slice(&length.to_be_bytes());
            packet
        } else {
            let mut packet = vec![0x60, 0, 0, 0, 0, 0, 44, 64];
            packet.extend([0x20; 32]);
            packet.extend([253, 0]);
            packet.extend((offset << 3 | u16::from(more)).to_be_bytes());
            packet.extend([0, 0, 0, id & 15]);
            packet.extend(&payload);
            let length = packet.len() as u16 - 40;
            packet[4..6].copy_from_slice(&length.to_be_bytes());
            packet
        };
        let time = Duration::from_millis(u64::from(time) * 20 + number as u64 * 10);
        if let Outcome::Complete(datagram) = reassembler.push(&packet, number as u64, time, &mut |given_up| {
            lost += given_up.holes().count() + given_up.origins().count();
        }) {
            let mut end = 0;
            for origin in datagram.origins() {
                assert_eq!(origin.bytes.start, end);
                end = origin.bytes.end;
                assert!(datagram.payload()[origin.bytes].iter().all(|byte| *byte == origin.frame as u8));
            }
            assert_eq!(end, datagram.payload().len());
        }
        assert!(reassembler.memory() <= settings.bytes + 8192, "{}", reassembler.memory());
        assert!(reassembler.waiting() <= settings.datagrams);
    }
    // Then any bytes.
    reassembler.push(input, 0, Duration::ZERO, &mut |_| {});
    reassembler.finish(&mut |_| {});
    assert_eq!(reassembler.waiting(), 0);
}

/// Any bytes as a capture file: reading ends, and gives a record or an error for all of it.
pub fn capture(input: &[u8]) {
    hexdump(input);
    let Ok(mut reader) = Reader::new(input) else { return };
    let mut done = false;
    let mut records = 0;
    while let Some(record) = reader.next_record() {
        assert!(!done, "nothing follows a final error");
        records += 1;
        assert!(records <= input.len() * 1100 + 1024, "records are made of bytes");
        match record {
            Ok(record) => {
                assert!(record.data.len() <= input.len() * 1100 + (1 << 20));
                let _ = record.timestamp.map(|time| time.to_string());
                let _ = (record.kind(), record.options.bytes().len());
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                done = error.is_final();
            }
        }
    }
}

/// Any bytes as a hexdump: packets are made of lines, and an error, which is the last item, names one.
fn hexdump(input: &[u8]) {
    let lines = input.split(|&byte| byte == b'\n').count() as u64;
    let mut dump = HexdumpReader::new(input, HexdumpSettings::default());
    let first = dump.link_type();
    let mut line = 0;
    loop {
        match dump.next_packet() {
            Ok(Some(packet)) => {
                assert!(packet.data.len() <= HexdumpReader::MAX_PACKET);
                assert!(line < packet.line && packet.line <= lines, "packets begin one after the other");
                line = packet.line;
            }
            Ok(None) => break,
            Err(error) => {
                assert!((1..=lines + 1).contains(&error.line) && error.to_string().len() < 400, "{error}");
                assert!(dump.next_packet().is_ok_and(|packet| packet.is_none()), "nothing follows an error");
                break;
            }
        }
    }
    if first.is_ok()
        && let Ok(mut reader) = Reader::from_hexdump(HexdumpReader::new(input, HexdumpSettings::default()))
    {
        while let Some(record) = reader.next_record() {
            record.map_or_else(|error| assert!(error.is_final(), "{error}"), |_| ());
        }
    }
    HexdumpReader::recognizes(input, true);
}

/// Any text as packet text: the packet is built, or the error names a place in the text.
pub fn build_text(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match text.parse::<Packet>() {
        Ok(mut packet) => {
            if let Ok(frame) = packet.build() {
                let first = packet.first();
                let link = if first.is_some_and(|proto| proto.name() == "ethernet") { 1 } else { 101 };
                for layer in Examine::new(dissect(link, &frame)) {
                    layer.show(&mut Read(0));
                }
            }
        }
        Err(error) => {
            assert!(error.at <= text.len() && text.is_char_boundary(error.at), "{error:?}");
            assert!(!error.what.is_empty());
        }
    }
}

/// Compares with etherparse. If both read a header, they read the same. Each exception has a name and a reason.
pub fn differential(frame: &[u8]) {
    use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};
    let Ok(theirs) = LaxSlicedPacket::from_ethernet(frame) else { return };
    let mut layers = dissect(1, frame).take_while(|layer| !layer.quoted).peekable();
    let link = layers.next().expect("etherparse found an Ethernet header");
    let Some(link_slice) = &theirs.link else { return };
    let etherparse::LinkSlice::Ethernet2(ethernet) = link_slice else { return };
    let View::Ethernet(header) = link.view else { panic!("no Ethernet header where etherparse has one") };
    assert_eq!((header.src().0, header.dst().0), (ethernet.source(), ethernet.destination()));
    // Rule "802.3": up to 1,535 is a length or undefined (IEEE 802.3 §3.2.6); etherparse reads it as a type.
    if u16::from(header.ethertype()) < 0x600 {
        return;
    }
    let Some(net) = &theirs.net else { return };
    let ip = layers
        .find(|layer| matches!(layer.view, View::Ipv4(_) | View::Ipv6(_) | View::Arp(_) | View::Data | View::Cut));
    match (net, ip.map(|layer| (layer.view, layer))) {
        (LaxNetSlice::Ipv4(theirs_ip), Some((View::Ipv4(ours), layer))) => {
            let header = theirs_ip.header();
            assert_eq!(ours.src().octets(), header.source());
            assert_eq!(ours.dst().octets(), header.destination());
            assert_eq!(u8::from(ours.protocol()), header.protocol().0);
            assert_eq!(ours.ttl(), header.ttl());
            assert_eq!(ours.identification(), header.identification());
            assert_eq!(ours.fragment_offset(), header.fragments_offset().value());
            assert_eq!(ours.is_fragment(), header.is_fragmenting_payload());
            assert_eq!(layer.header().len(), header.slice().len());
            // Rule "total length 0": segmentation offload (both take the rest of the frame).
            transport(&theirs.transport, &mut layers);
        }
        (LaxNetSlice::Ipv6(theirs_ip), Some((View::Ipv6(ours), _))) => {
            let header = theirs_ip.header();
            assert_eq!(ours.src().octets(), header.source());
            assert_eq!(ours.dst().octets(), header.destination());
            assert_eq!(ours.hop_limit(), header.hop_limit());
            assert_eq!(ours.flow_label(), header.flow_label().value());
            transport(&theirs.transport, &mut layers);
        }
        (LaxNetSlice::Arp(theirs_arp), Some((View::Arp(ours), _))) => {
            assert_eq!(u16::from(ours.operation()), theirs_arp.operation().0);
        }
        // Rule "deeper": Only one of the two walks MACsec and PPPoE; both name the protocol.
        _ => {}
    }

    fn transport<'a>(theirs: &Option<TransportSlice<'a>>, mut layers: impl Iterator<Item = packetsmith::Layer<'a>>) {
        // Rule "walk on": packetsmith walks AH, mobility, HIP and shim6 headers and tunnels, and stops at fragments.
        let Some(layer) = layers.find(|layer| {
            matches!(layer.view, View::Tcp(_) | View::Udp(_) | View::Data | View::Cut | View::Ipv4(_) | View::Ipv6(_))
        }) else {
            return;
        };
        match (theirs, layer.view) {
            (Some(TransportSlice::Tcp(theirs)), View::Tcp(ours)) => {
                assert_eq!((ours.src_port(), ours.dst_port()), (theirs.source_port(), theirs.destination_port()));
                assert_eq!((ours.seq(), ours.ack()), (theirs.sequence_number(), theirs.acknowledgment_number()));
                assert_eq!((ours.window(), ours.checksum()), (theirs.window_size(), theirs.checksum()));
                assert_eq!(layer.header().len(), theirs.slice().len() - theirs.payload().len());
            }
            (Some(TransportSlice::Udp(theirs)), View::Udp(ours)) => {
                assert_eq!((ours.src_port(), ours.dst_port()), (theirs.source_port(), theirs.destination_port()));
                assert_eq!((ours.length(), ours.checksum()), (theirs.length(), theirs.checksum()));
            }
            _ => {}
        }
    }
}
