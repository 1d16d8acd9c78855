//! The chapters of the story: what happens from the first DHCP message to the last TCP segment.

use super::narrator::Narrator;
use super::scenario::{self, Segment, Story};
use packetsmith::proto::transport::TcpFlags;
use std::fmt::Write;
use std::net::Ipv4Addr;

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

// Segments of the handshake.
pub(super) const SYN: Segment<'static> =
    Segment { from_client: true, flags: TcpFlags::SYN, seq: 0, ack: 0, payload: &[] };
pub(super) const SYN_ACK: Segment<'static> =
    Segment { from_client: false, flags: TcpFlags(TcpFlags::SYN.0 | TcpFlags::ACK.0), seq: 0, ack: 1, payload: &[] };
pub(super) const ACK: Segment<'static> =
    Segment { from_client: true, flags: TcpFlags::ACK, seq: 1, ack: 1, payload: &[] };

impl Narrator {
    pub(super) fn story(&mut self) {
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

    pub(super) fn address(&mut self, story: &mut Story) {
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
            scenario::NEWCOMER_IP,
            scenario::GATEWAY_IP
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
            scenario::NEWCOMER_IP,
            scenario::MASK,
            scenario::GATEWAY_IP,
            scenario::DNS_IP
        );
        self.tell(&known);
    }

    pub(super) fn near_or_far(&mut self) {
        self.chapter(2, "Near or far: the mask");
        self.tell(
            "Before it sends anything, a host asks: is the destination on my own network? The mask decides. Address AND mask \
             is the network part; where that is the same, the other one is near. Take 172.16.10.1 and 172.16.10.2 under \
             255.255.255.0:",
        );
        self.mask(Ipv4Addr::new(172, 16, 10, 1), Ipv4Addr::new(172, 16, 10, 2));
        self.tell("The newcomer wants to ask its name server:");
        self.mask(scenario::NEWCOMER_IP, scenario::DNS_IP);
    }

    pub(super) fn gateway(&mut self, story: &mut Story) {
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

    pub(super) fn name(&mut self, story: &mut Story) {
        self.chapter(4, "A name: DNS");
        let asked = format!(
            "Now it can ask. The question goes over UDP to port 53 of {}. Mark who is who: the IP destination is the name server, \
             the Ethernet destination is the gateway. The IP addresses stay as they are from end to end; MAC addresses \
             change at each router.",
            scenario::DNS_IP
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
            scenario::NAME,
            scenario::SERVER_IP
        );
        self.tell(&known);
    }

    pub(super) fn open(&mut self, story: &mut Story) {
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

    pub(super) fn request(&mut self, story: &mut Story) {
        self.chapter(6, "A request of 4,960 bytes, in four fragments");
        self.tell(
            "The request is 4,960 bytes long, and the server takes that in one segment. 20 bytes of TCP header make 4,980, \
             20 bytes of IP header make a packet of 5,000. The newcomer's Ethernet carries 1,500. IP may split the packet, since DF \
             is not set: each fragment has an IP header of its own and 1,480 bytes of what was 4,980, the last one the \
             rest. Offsets are counted in units of 8 bytes, and 1,480 is 185 of them.",
        );
        story.wait(230);
        let request = scenario::request();
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
        let packet = scenario::reassembled(&fragments);
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
        let (sent, answer) = (1 + request.len() as u32, scenario::response());
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

    pub(super) fn close(&mut self, story: &mut Story) {
        self.chapter(7, "Good-bye: four segments");
        self.tell(
            "Each side ends its own half of the stream with a FIN, which counts as a byte like the SYN, and each FIN is \
             acknowledged: four segments. The client has nothing more to say and begins.",
        );
        let (sent, got) = (1 + scenario::REQUEST_LEN as u32, 1 + scenario::response().len() as u32);
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
}
