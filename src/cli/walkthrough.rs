//! `packetsmith walkthrough`: the story that every networking course tells, packet by packet.

use super::destination::{Choice, Destination};
use super::output::Output;
use super::story::{self, Frame, Segment, Story};
use super::{Outcome, complain};
use clap::ValueEnum;
use packetsmith::address::{Bits, Subnet};
use packetsmith::capture::{ByteOrder, Options, Record, Timestamp};
use packetsmith::field::Visitor;
use packetsmith::sink::{self, Sink, Style, Summary, Text};
use packetsmith::{Examined, Field, Issue, LinkType, Span, TcpFlags, Value, examine};
use std::fmt::Write;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;

/// Tells how a new host gets onto a network and fetches a page, packet by packet.
///
/// DHCP gives it an address, mask, gateway and name server; the mask says what is near; ARP finds the gateway; the
/// DNS finds the server; TCP opens, IP splits a request that is too large for Ethernet, and TCP closes. Every packet
/// is built by this program, and can be written to a capture file.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith walkthrough | less -R               the whole story
  packetsmith walkthrough -w story.pcap           and its packets, for any other tool to look at
  packetsmith walkthrough --lose synack           the handshake, when its second segment is lost")]
pub struct Arguments {
    /// Write the packets to this capture file; - for standard output, instead of the story
    #[arg(short, long, value_name = "OUT")]
    write: Option<PathBuf>,
    /// Form of the capture file
    #[arg(short = 'F', long = "file-format", value_name = "FORM", requires = "write")]
    file_format: Option<Choice>,
    /// Tell the three-way handshake with this segment lost
    #[arg(long, value_name = "SEGMENT")]
    lose: Option<Lose>,
}

/// A segment of the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Lose {
    /// The first: the client's SYN
    Syn,
    /// The second: the server's SYN, ACK
    Synack,
    /// The third: the client's ACK
    Ack,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let mut teller = Teller { style, ..Teller::default() };
    match arguments.lose {
        None => teller.whole(),
        Some(lose) => teller.handshake(lose),
    }
    if let Some(path) = &arguments.write
        && let Err(message) = save(path, arguments.file_format, &teller.frames)
    {
        complain(message);
        return Ok(Outcome::Failed);
    }
    if arguments.write.as_ref().is_none_or(|path| path.as_os_str() != "-") {
        let mut output = Output::new();
        output.put(teller.text.as_bytes())?;
        output.flush()?;
    }
    Ok(Outcome::Done)
}

fn save(path: &std::path::Path, choice: Option<Choice>, frames: &[Frame]) -> Result<(), String> {
    let mut destination = Destination::create(path, choice)?;
    for (i, frame) in frames.iter().enumerate() {
        let nanos = i128::from(story::BEGIN) * 1_000_000_000 + frame.time.as_nanos() as i128;
        let record = Record {
            number: i as u64 + 1,
            offset: 0,
            timestamp: Timestamp::from_nanos(nanos),
            original_len: frame.bytes.len() as u32,
            link_type: Some(LinkType::Ethernet.into()),
            interface: 0,
            description: None,
            fcs_len: None,
            header: &[],
            data: &frame.bytes,
            options: Options::new(ByteOrder::Little, &[]),
            format: None,
            section: 0,
            interfaces: &[],
        };
        destination.write(&record, record.kind())?;
    }
    destination.finish().map(|_| ())
}

/// A field of a packet, as it is shown.
struct Shown {
    layer: &'static str,
    name: &'static str,
    span: Span,
    text: String,
}

/// Collects the fields of a packet. What an option holds goes by the option's name.
#[derive(Default)]
struct Collect {
    layer: &'static str,
    option: Option<&'static str>,
    fields: Vec<Shown>,
}

impl Visitor for Collect {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        if matches!(field.name, "code" | "kind") {
            self.option = field.meaning(&value);
            return;
        }
        let (mut text, mut meaning) = (Text::default(), Text::default());
        text.value(field, &value, 24);
        meaning.meaning(field, &value);
        let mut text = String::from_utf8_lossy(&text.bytes).into_owned();
        match String::from_utf8_lossy(&meaning.bytes).as_ref() {
            // Nearly all addresses here are such.
            "" | "locally administered" | "private" => {}
            unit if unit == "bytes" || unit.starts_with("s (") => text = format!("{text} {unit}"),
            meaning => text = format!("{text} ({meaning})"),
        }
        let name = self.option.filter(|_| field.name != "length").unwrap_or(field.name);
        self.fields.push(Shown { layer: self.layer, name, span, text });
    }
    fn open(&mut self, field: &'static Field, span: Span) {
        if self.option.is_none() {
            self.fields.push(Shown { layer: self.layer, name: field.name, span, text: String::new() });
        }
    }
    fn close(&mut self) {}
}

impl Sink for Collect {
    fn layer(&mut self, layer: &Examined<'_>) {
        (self.layer, self.option) = (layer.proto.name(), None);
    }
    fn issue(&mut self, _: &Issue) {}
    fn end(&mut self, _: &Examined<'_>) {}
}

/// Tells the story.
#[derive(Default)]
struct Teller {
    style: Style,
    text: String,
    frames: Vec<Frame>,
}

// Layers and fields that are shown, with commas between.
const ETHERNET: (&str, &str) = ("ethernet", "dst, src, ethertype");
const IPV4: (&str, &str) = ("ipv4", "src, dst, ttl, protocol, total_length");
const FRAGMENT: (&str, &str) = ("ipv4", "total_length, identification, flags, fragment_offset, checksum");
const UDP: (&str, &str) = ("udp", "src_port, dst_port, length, checksum");
const TCP: (&str, &str) = ("tcp", "src_port, dst_port, seq, ack, flags, window, checksum, maximum segment size");
const ARP: (&str, &str) = ("arp", "operation, sender_hardware, sender_protocol, target_hardware, target_protocol");
const OFFER: (&str, &str) = (
    "dhcp",
    "DHCP message type, xid, yiaddr, server identifier, IP address lease time, subnet mask, router, domain name server",
);

impl Teller {
    /// Begins a chapter.
    fn chapter(&mut self, number: u8, title: &str) {
        let (bold, reset) = (self.style.bold(), self.style.reset());
        let _ = write!(self.text, "{}{bold}{number}. {title}{reset}\n\n", if number > 1 { "\n" } else { "" });
    }

    /// Tells something, in lines of at most 96 columns.
    fn tell(&mut self, text: &str) {
        let mut column = 0;
        for word in text.split_whitespace() {
            let width = word.chars().count();
            let gap = match column {
                0 => "",
                _ if column + 1 + width > 96 => {
                    column = 0;
                    "\n"
                }
                _ => {
                    column += 1;
                    " "
                }
            };
            column += width;
            let _ = write!(self.text, "{gap}{word}");
        }
        self.text += "\n\n";
    }

    /// Shows a packet: a line, chosen fields of its layers, and the bytes that matter, with what they are.
    fn packet(&mut self, frame: Frame, fields: &[(&str, &str)], bytes: &[(&str, &str, &str)]) {
        let number = self.frames.len() + 1;
        let mut summary = Summary::default();
        summary.packet(examine(1, &frame.bytes));
        let (bold, dim, reset) = (self.style.bold(), self.style.dim(), self.style.reset());
        let column = |text: &Text| String::from_utf8_lossy(&text.bytes).into_owned();
        let line = format!(
            "{bold}{number:>3}{reset}  {dim}{:>9.6} s{reset}  {} -> {}  {bold}{}{reset}  {} bytes",
            frame.time.as_secs_f64(),
            column(&summary.source),
            column(&summary.destination),
            column(&summary.protocol),
            frame.bytes.len(),
        );
        let _ = writeln!(self.text, "{line}");
        let info = column(&summary.info);
        let info: String =
            if info.chars().count() > 92 { info.chars().take(91).chain(['…']).collect() } else { info };
        let _ = writeln!(self.text, "     {info}");
        let mut collect = Collect::default();
        sink::walk(examine(1, &frame.bytes), &mut collect);
        for (index, (layer, names)) in fields.iter().enumerate() {
            let colour = self.style.layer(index);
            let _ = write!(self.text, "     {colour}{layer:<9}{reset}");
            let mut width = 14;
            for name in names.split(", ") {
                // A field of several values stands once, with all of them.
                let values: Vec<&str> = collect
                    .fields
                    .iter()
                    .filter(|shown| shown.layer == *layer && shown.name == name && !shown.text.is_empty())
                    .map(|shown| shown.text.as_str())
                    .collect();
                if values.is_empty() {
                    continue;
                }
                let text = format!("{name} {}", values.join(", "));
                let columns = text.chars().count();
                if width + columns + 2 > 98 && width > 14 {
                    let _ = write!(self.text, "\n{:14}", "");
                    width = 14;
                }
                let gap = if width > 14 { "  " } else { " " };
                let _ = write!(self.text, "{gap}{text}");
                width += columns + 2;
            }
            self.text += "\n";
        }
        for (layer, name, caption) in bytes {
            let found = collect.fields.iter().find(|shown| shown.layer == *layer && shown.name == *name);
            let span = match (found, *name) {
                (Some(shown), _) => shown.span,
                _ => continue,
            };
            self.bytes(&frame.bytes, span, caption);
        }
        self.text += "\n";
        self.frames.push(frame);
    }

    /// Shows bytes, 16 a line, with what they are beside the first line.
    fn bytes(&mut self, frame: &[u8], span: Span, caption: &str) {
        let (dim, reset) = (self.style.dim(), self.style.reset());
        let bytes = frame.get(span.start as usize..span.end as usize).unwrap_or_default();
        for (i, row) in bytes.chunks(16).enumerate() {
            let hex: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
            let caption = if i == 0 { caption } else { "" };
            let line =
                format!("     {dim}{:04x}{reset}  {:<47}  {caption}", span.start as usize + 16 * i, hex.join(" "));
            let _ = writeln!(self.text, "{}", line.trim_end());
        }
    }

    /// Shows how a mask decides.
    fn mask(&mut self, from: Ipv4Addr, to: Ipv4Addr) {
        let subnet = Subnet::new(from.into(), 24);
        for (name, address) in [("", from), ("", to)] {
            let _ = writeln!(self.text, "     {name:<4}{:<16}{}", address.to_string(), Bits(address.into()));
            let _ = writeln!(self.text, "     {:<4}{:<16}{}", "AND", story::MASK.to_string(), Bits(story::MASK.into()));
            let network = address & story::MASK;
            let _ = writeln!(self.text, "     {:<4}{:<16}{}\n", "=", network.to_string(), Bits(network.into()));
        }
        let (bold, reset) = (self.style.bold(), self.style.reset());
        let verdict = match subnet.is_some_and(|subnet| subnet.is_local(to.into())) {
            true => format!("The same network: {from} sends to {to} directly."),
            false => format!("Another network: what {from} has for {to} goes to the gateway."),
        };
        let _ = writeln!(self.text, "     {bold}{verdict}{reset}\n");
    }

    fn whole(&mut self) {
        let mut story = Story::new();
        self.address(&mut story);
        self.near_or_far();
        self.gateway(&mut story);
        self.name(&mut story);
        self.open(&mut story);
        self.request(&mut story);
        self.close(&mut story);
        let (bold, reset, count) = (self.style.bold(), self.style.reset(), self.frames.len());
        self.text.insert_str(0, &format!("{bold}From a cable to a web page, in {count} packets{reset}\n\n"));
    }

    fn address(&mut self, story: &mut Story) {
        self.chapter(1, "An address: DHCP");
        self.tell(
            "A host has been plugged in. It has a MAC address and nothing else: no IP address, no mask, no idea who else is \
             here. So it calls to everybody. The Ethernet destination is ff:ff:ff:ff:ff:ff, the IP destination \
             255.255.255.255, and since it has no address of its own, the source is 0.0.0.0. DHCP clients send from UDP \
             port 68 to port 67.",
        );
        let options = "host_name=\"newcomer\" parameter_request_list=[1, 3, 6]";
        let discover = story.dhcp_client("discover", options);
        let dhcp = ("dhcp", "DHCP message type, xid, flags, chaddr, host name, parameter request list");
        self.packet(
            discover,
            &[ETHERNET, IPV4, UDP, dhcp],
            &[("dhcp", "cookie", "magic cookie: options follow"), ("dhcp", "options", "options: type, length, value")],
        );
        self.tell(
            "The gateway runs a DHCP server. It has an address to lend, and offers it, with the mask, the gateway and the name \
             server that go with it. The answer is broadcast too: the newcomer could not yet be reached otherwise.",
        );
        story.wait(412);
        let offer = story.dhcp_server("offer");
        self.packet(offer, &[ETHERNET, IPV4, UDP, OFFER], &[("dhcp", "yiaddr", "your address")]);
        self.tell(
            "There may be several servers, and so several offers. The newcomer says to all of them whose offer it takes: it is \
             still a broadcast from 0.0.0.0, for nothing is settled until the server says yes.",
        );
        story.wait(655);
        let options = format!(
            "requested_address={} server_identifier={} host_name=\"newcomer\" parameter_request_list=[1, 3, 6]",
            story::NEWCOMER_IP,
            story::GATEWAY_IP
        );
        let request = story.dhcp_client("request", &options);
        self.packet(
            request,
            &[IPV4, ("dhcp", "DHCP message type, xid, requested IP address, server identifier")],
            &[("dhcp", "options", "53 request, 50 address, 54 server, ...")],
        );
        story.wait(388);
        let ack = story.dhcp_server("ack");
        self.packet(ack, &[IPV4, OFFER], &[("dhcp", "options", "53 ack, 54 server, 51 lease, 1 mask, ...")]);
        let known = format!(
            "Now it is settled for a day, 86,400 seconds. The newcomer knows four things: its address is {}, its mask {}, \
             its gateway {}, and its name server {}.",
            story::NEWCOMER_IP,
            story::MASK,
            story::GATEWAY_IP,
            story::DNS_IP
        );
        self.tell(&known);
    }

    fn near_or_far(&mut self) {
        self.chapter(2, "Near or far: the mask");
        self.tell(
            "Before it sends anything, a host asks: is the destination on my own network? The mask decides. Address AND mask \
             is the network part; where that is the same, the other one is near. Take 172.16.10.1 and 172.16.10.2 under \
             255.255.255.0:",
        );
        self.mask(Ipv4Addr::new(172, 16, 10, 1), Ipv4Addr::new(172, 16, 10, 2));
        self.tell("The newcomer wants to ask its name server:");
        self.mask(story::NEWCOMER_IP, story::DNS_IP);
    }

    fn gateway(&mut self, story: &mut Story) {
        self.chapter(3, "The gateway's MAC address: ARP");
        self.tell(
            "The packet for 8.8.8.8 goes to the gateway, and Ethernet knows no IP addresses. The newcomer knows the \
             gateway's IP address, and asks everybody for the MAC address that belongs to it.",
        );
        story.wait(2140);
        let request = story.arp_request();
        self.packet(request, &[ETHERNET, ARP], &[("arp", "target_hardware", "the target's MAC address: the question")]);
        self.tell(
            "Only the gateway answers, and only to the one who asked. The newcomer will remember it for a while.",
        );
        story.wait(305);
        let reply = story.arp_reply();
        self.packet(reply, &[ETHERNET, ARP], &[("arp", "sender_hardware", "the sender's MAC address: the answer")]);
    }

    fn name(&mut self, story: &mut Story) {
        self.chapter(4, "A name: DNS");
        let asked = format!(
            "Now it can ask. The question goes over UDP to port 53 of {}. Mark who is who: the IP destination is the name server, \
             the Ethernet destination is the gateway. The IP addresses stay as they are from end to end; MAC addresses \
             change at each router.",
            story::DNS_IP
        );
        self.tell(&asked);
        story.wait(96);
        let query = story.dns_query();
        self.packet(
            query,
            &[ETHERNET, IPV4, UDP, ("dns", "id, response, recursion_desired, name, qtype")],
            &[("dns", "name", "3 www 6 google 3 com 0")],
        );
        self.tell(
            "The answer has the question in it again, and its record names the same host by pointing back to it: c0 0c is \
             \"the name at byte 12 of this message\".",
        );
        story.wait(18_221);
        let answer = story.dns_answer();
        self.packet(
            answer,
            &[IPV4, UDP, ("dns", "id, response, answer_count, rtype, ttl, address")],
            &[("dns", "answers", "name, A, IN, 300 s, 4 bytes: the address")],
        );
        let known = format!(
            "{} is {}. That is not near either, so all that follows goes by the gateway.",
            story::NAME,
            story::SERVER_IP
        );
        self.tell(&known);
    }

    fn open(&mut self, story: &mut Story) {
        self.chapter(5, "A connection: the three-way handshake");
        self.tell(
            "HTTP wants a stream of bytes in order, and TCP makes one out of packets. Both sides say at which number they \
             begin to count their bytes, and each has to hear that the other one has heard it: that takes three segments. A SYN counts \
             as one byte, which is why the answers are one more than what they answer.",
        );
        story.wait(140);
        let syn = story.segment(SYN);
        self.packet(
            syn,
            &[ETHERNET, IPV4, TCP],
            &[("tcp", "seq", "the client counts from here"), ("tcp", "flags", "header length, SYN")],
        );
        story.wait(24_310);
        let synack = story.segment(SYN_ACK);
        self.packet(
            synack,
            &[IPV4, TCP],
            &[
                ("tcp", "seq", "the server counts from here"),
                ("tcp", "ack", "the client's number and one"),
                ("tcp", "flags", "header length, SYN and ACK"),
            ],
        );
        story.wait(61);
        let ack = story.segment(ACK);
        self.packet(
            ack,
            &[IPV4, TCP],
            &[("tcp", "ack", "the server's number and one"), ("tcp", "flags", "header length, ACK")],
        );
        self.tell(
            "Both sides are in the state ESTABLISHED. In its SYN the server has said that it takes segments of up to 8,960 bytes; the \
             client has said 1,460, which is what fits into its own Ethernet.",
        );
    }

    fn request(&mut self, story: &mut Story) {
        self.chapter(6, "A request of 4,960 bytes, in four fragments");
        self.tell(
            "The request is 4,960 bytes long, and the server takes that in one segment. 20 bytes of TCP header make 4,980, \
             20 bytes of IP header make a packet of 5,000. The newcomer's Ethernet carries 1,500. IP may split the packet, since DF \
             is not set: each fragment has an IP header of its own and 1,480 bytes of what was 4,980, the last one the \
             rest. Offsets are counted in units of 8 bytes, and 1,480 is 185 of them.",
        );
        story.wait(230);
        let request = story::request();
        let flags = TcpFlags::PSH | TcpFlags::ACK;
        let frame = story.segment(Segment { from_client: true, flags, seq: 1, ack: 1, payload: &request });
        let fragments = story.fragments(&frame);
        let (dim, reset) = (self.style.dim(), self.style.reset());
        let _ = writeln!(self.text, "     {dim}fragment   bytes   payload        offset   more fragments{reset}");
        for (i, fragment) in fragments.iter().enumerate() {
            let packet = &fragment.bytes[14..];
            let word = u16::from_be_bytes([packet[6], packet[7]]);
            let (offset, more) = (usize::from(word & 0x1fff), word >> 13 & 1);
            let end = offset * 8 + packet.len() - 20;
            let range = format!("{}..{end}", offset * 8);
            let _ = writeln!(self.text, "     {:>8}   {:>5}   {range:<12}   {offset:>6}   {more}", i + 1, packet.len());
        }
        self.text += "\n";
        for (i, fragment) in fragments.iter().enumerate() {
            let addresses = ("ipv4", "src, dst, ttl, protocol");
            let fields: &[_] = if i == 0 { &[ETHERNET, addresses, FRAGMENT] } else { &[FRAGMENT] };
            let caption = match i {
                0 => "more fragments, offset 0: TCP's header",
                1 => "more fragments, offset 185",
                2 => "more fragments, offset 370",
                _ => "the last, offset 555",
            };
            self.packet(
                fragment.clone(),
                fields,
                &[("ipv4", "identification", "the same in all four"), ("ipv4", "fragment_offset", caption)],
            );
        }
        let packet = story::reassembled(&fragments);
        let verdict = match packet[40..] == request && packet == frame.bytes[14..] {
            true => "the same bytes as the packet before it was split",
            false => "NOT the packet that was split",
        };
        let whole = format!(
            "No router puts them together again; the server does. It collects what has the same source, destination, \
             protocol and identification, until the bytes from 0 to the end of the last fragment are all there: {} bytes, {verdict}. Were \
             one of the four lost, all would be lost, and TCP would have to send the whole segment again. Only now can the TCP \
             checksum be verified, and the request be read:",
            packet.len()
        );
        self.tell(&whole);
        for line in String::from_utf8_lossy(&request).lines().take(8) {
            let _ = writeln!(self.text, "     {line}");
        }
        let _ = writeln!(self.text, "     ...\n");
        let (sent, answer) = (1 + request.len() as u32, story::response());
        story.wait(24_902);
        let response = story.segment(Segment { from_client: false, flags, seq: 1, ack: sent, payload: &answer });
        let told = format!(
            "The response acknowledges the request by its number: 1 for the SYN and 4,960 bytes, so that byte {sent} is expected \
             next, counted from the client's first number."
        );
        self.tell(&told);
        self.packet(
            response,
            &[IPV4, TCP, ("http", "version, status, reason")],
            &[("tcp", "ack", "all of the request has come")],
        );
        for line in String::from_utf8_lossy(&answer).lines() {
            let _ = writeln!(self.text, "     {line}");
        }
        self.text += "\n";
        story.wait(70);
        let ack =
            Segment { from_client: true, flags: TcpFlags::ACK, seq: sent, ack: 1 + answer.len() as u32, payload: &[] };
        let ack = story.segment(ack);
        self.packet(ack, &[TCP], &[("tcp", "ack", "all of the response has come")]);
    }

    fn close(&mut self, story: &mut Story) {
        self.chapter(7, "Good-bye: four segments");
        self.tell(
            "Each side ends its own half of the stream with a FIN, which counts as a byte like the SYN, and each FIN is \
             acknowledged: four segments. The client has nothing more to say and begins.",
        );
        let (sent, got) = (1 + story::REQUEST_LEN as u32, 1 + story::response().len() as u32);
        let fin = TcpFlags::FIN | TcpFlags::ACK;
        let steps = [
            (310, true, fin, sent, got, "FIN, ACK: the client in FIN-WAIT-1"),
            (24_270, false, TcpFlags::ACK, got, sent + 1, "ACK: CLOSE-WAIT there, FIN-WAIT-2 here"),
            (180, false, fin, got, sent + 1, "FIN, ACK: the server in LAST-ACK"),
            (55, true, TcpFlags::ACK, sent + 1, got + 1, "ACK: closed there, TIME-WAIT here"),
        ];
        for (wait, from_client, flags, seq, ack, caption) in steps {
            story.wait(wait);
            let segment = story.segment(Segment { from_client, flags, seq, ack, payload: &[] });
            self.packet(segment, &[TCP], &[("tcp", "flags", caption)]);
        }
        self.tell(
            "The client stays in TIME-WAIT for twice the longest life of a segment (RFC 9293 §3.6.1), in case its last ACK was \
             lost and the server sends its FIN again. Then it is as if nothing had been.",
        );
    }

    fn handshake(&mut self, lose: Lose) {
        let mut story = Story::new();
        let (bold, reset) = (self.style.bold(), self.style.reset());
        let name = match lose {
            Lose::Syn => "SYN",
            Lose::Synack => "SYN, ACK",
            Lose::Ack => "ACK",
        };
        let _ = writeln!(self.text, "{bold}The three-way handshake, its {name} lost{reset}\n");
        self.tell(
            "What is numbered was on the client's link, as a capture there has it. Half of the way to the server and back takes \
             12 ms. Who hears nothing for one second sends again, and waits twice as long each time (RFC 6298 §2 and §5.5).",
        );
        match lose {
            Lose::Syn => self.lose_syn(&mut story),
            Lose::Synack => self.lose_synack(&mut story),
            Lose::Ack => self.lose_ack(&mut story),
        }
        self.tell("Both are in ESTABLISHED. Nothing was lost but time.");
    }

    fn shake(&mut self, story: &mut Story, segment: Segment<'_>, caption: &str) {
        let frame = story.segment(segment);
        self.packet(frame, &[("tcp", "seq, ack, flags")], &[("tcp", "flags", caption)]);
    }

    fn lost(&mut self, what: &str) {
        let (warning, reset) = (self.style.warning(), self.style.reset());
        let _ = writeln!(self.text, "     {warning}x {what}{reset}\n");
    }

    fn lose_syn(&mut self, story: &mut Story) {
        self.shake(story, SYN, "SYN: the client in SYN-SENT");
        self.lost("lost on its way to the server");
        self.tell(
            "The server has heard nothing and does nothing: it is in LISTEN as before. The client cannot know whether its SYN was \
             lost, or the answer, or whether there is a server at all. After a second it sends the same SYN again, with the same \
             sequence number.",
        );
        story.clock = story::TIMEOUT;
        self.shake(story, SYN, "the same SYN; next after 2, 4, 8 s ...");
        story.wait(24_310);
        self.shake(story, SYN_ACK, "SYN, ACK: the server in SYN-RECEIVED");
        story.wait(61);
        self.shake(story, ACK, "ACK: both soon in ESTABLISHED");
        self.tell(
            "Had no answer ever come, the client would have given up after some tries, with \"connection timed out\".",
        );
    }

    fn lose_synack(&mut self, story: &mut Story) {
        self.shake(story, SYN, "SYN: the client in SYN-SENT");
        // The server answers, but the answer is never on the client's link.
        story.clock = std::time::Duration::from_micros(12_155);
        let _ = story.segment(SYN_ACK);
        self.lost("SYN, ACK at 0.012155 s: lost on its way to the client, so it is not in this capture");
        self.tell(
            "The server is in SYN-RECEIVED: it has set memory aside for a connection that the client knows nothing of. (Who sends \
             many SYNs and never answers makes a server fill its memory: a SYN flood.) Both wait for a second, and the client's is over \
             first. To the client this looks just as if its SYN had been lost.",
        );
        story.clock = story::TIMEOUT;
        self.shake(story, SYN, "the same SYN");
        self.tell(
            "The server gets a SYN that it has seen before. It does not begin anew; it sends its SYN, ACK again, with the same \
             sequence number. Its own timer runs out at the same moment: whichever comes first, it is sent once.",
        );
        story.wait(24_310);
        self.shake(story, SYN_ACK, "the same SYN, ACK");
        story.wait(61);
        self.shake(story, ACK, "ACK: both soon in ESTABLISHED");
    }

    fn lose_ack(&mut self, story: &mut Story) {
        self.shake(story, SYN, "SYN: the client in SYN-SENT");
        story.wait(24_310);
        self.shake(story, SYN_ACK, "SYN, ACK: the server in SYN-RECEIVED");
        story.wait(61);
        self.shake(story, ACK, "ACK: the client in ESTABLISHED");
        self.lost("lost on its way to the server");
        self.tell(
            "Now the two differ. The client has heard all that it needs, and is in ESTABLISHED: it may send. The server is still in \
             SYN-RECEIVED. An ACK is never sent again by itself, since nobody acknowledges it; so it is the server's turn. After a \
             second it sends its SYN, ACK again.",
        );
        story.clock = std::time::Duration::from_micros(12_155 + 12_155) + story::TIMEOUT;
        self.shake(story, SYN_ACK, "the same SYN, ACK");
        self.tell(
            "The client has seen it before. It stays in ESTABLISHED and says again what it has received (RFC 9293 §3.10.7.4).",
        );
        story.wait(48);
        self.shake(story, ACK, "the ACK again: the server too");
        self.tell(
            "Mostly it does not come to this: the client sends its request at once, and every segment of it carries the same \
             acknowledgement. The first one to arrive does what the lost ACK should have done.",
        );
    }
}

const SYN: Segment<'static> = Segment { from_client: true, flags: TcpFlags::SYN, seq: 0, ack: 0, payload: &[] };
const SYN_ACK: Segment<'static> =
    Segment { from_client: false, flags: TcpFlags(TcpFlags::SYN.0 | TcpFlags::ACK.0), seq: 0, ack: 1, payload: &[] };
const ACK: Segment<'static> = Segment { from_client: true, flags: TcpFlags::ACK, seq: 1, ack: 1, payload: &[] };
