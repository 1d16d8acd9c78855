//! The English text of statements about TCP connections.

use super::statement::{AfterError, Party, TcpStatement};
use crate::explain::icmp_error::of_several;
use crate::explain::packet_list::{CountOf, Grouped, Nanos, PacketList, listed};
use core::fmt;

/// A party at the beginning of a sentence.
struct Capital(Party);

impl fmt::Display for Capital {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Party::Client => f.write_str("The client"),
            Party::Server => f.write_str("The server"),
            Party::Endpoint(endpoint) => write!(f, "{endpoint}"),
        }
    }
}

/// A duration with words around it, if it is known.
struct Around(&'static str, Option<Nanos>, &'static str);

impl fmt::Display for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Around(before, nanos, after) = self;
        nanos.map_or(Ok(()), |nanos| write!(f, "{before}{nanos}{after}"))
    }
}

/// ` after 1.00 s, 2.00 s and 4.00 s`; nothing if no time is known.
struct AfterWaits<'a>(&'a [Nanos]);

impl fmt::Display for AfterWaits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => Ok(()),
            waits => {
                f.write_str(" after ")?;
                listed(f, waits, waits.len())
            }
        }
    }
}

/// A whole sentence.
impl fmt::Display for TcpStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TcpStatement as S;
        match self {
            S::Midway { .. }
            | S::OneDirection { .. }
            | S::Unreadable { .. }
            | S::Opened { .. }
            | S::OpenedByBoth { .. }
            | S::BothSentSyn { .. }
            | S::SynAgain { .. }
            | S::SynNotCaptured { .. }
            | S::SynAckNotCaptured { .. }
            | S::SynRepeated { .. }
            | S::SynAckNotHeard { .. }
            | S::SynAckRepeated { .. }
            | S::AckNotHeard { .. }
            | S::Unanswered { .. }
            | S::Refused { .. }
            | S::HalfOpen { .. }
            | S::SegmentSizes { .. } => self.handshake(f),
            S::HttpExchange { .. }
            | S::HttpResponse { .. }
            | S::TlsClientHello { .. }
            | S::TlsServerHello { .. }
            | S::TlsRetry { .. }
            | S::TlsAlert { .. }
            | S::MoreSaid { .. }
            | S::Data { .. } => self.contents(f),
            S::Closed { .. }
            | S::HalfClosed { .. }
            | S::FinRepeated { .. }
            | S::Reset { .. }
            | S::OtherReset { .. }
            | S::StillOpen { .. } => self.end(f),
            S::IcmpError { .. }
            | S::MoreErrors { .. }
            | S::ZeroWindow { .. }
            | S::MoreZeroWindows { .. }
            | S::WindowFull { .. }
            | S::WindowProbes { .. }
            | S::KeepAlives { .. } => self.waits(f),
            _ => self.losses(f),
        }
    }
}

impl TcpStatement {
    // long: a sentence for each statement
    fn handshake(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TcpStatement::Midway { first } => {
                write!(f, "The capture has no handshake of this connection; its first segment is in {first}.")
            }
            TcpStatement::Unreadable { packets } => write!(
                f,
                "{} a TCP header that is wrong or cut off ({packets:#}), and {} not followed.",
                if packets.count() == 1 {
                    "A segment has".into()
                } else {
                    alloc::format!("{} segments have", Grouped(packets.count()))
                },
                if packets.count() == 1 { "is" } else { "are" }
            ),
            TcpStatement::OneDirection { who } => {
                write!(f, "The capture has only the packets of {who}, none of the other direction.")
            }
            TcpStatement::Opened { packets, took, first_syn, took_in_all } => {
                let took = Around(" in ", *took, "");
                write!(f, "The client opened it{took} with SYN, SYN-ACK and ACK ({packets})")?;
                match (first_syn, took_in_all) {
                    (Some(syn), Some(took)) => write!(f, ", {took} after its first SYN ({syn})."),
                    _ => f.write_str("."),
                }
            }
            TcpStatement::BothSentSyn { packets, others: 0 } => {
                write!(f, "Both sides sent SYN ({packets}), and nothing more of the connection is in the capture.")
            }
            TcpStatement::BothSentSyn { packets, .. } => {
                write!(f, "Both sides sent SYN ({packets}); the capture has no acknowledgment of each by the other.")
            }
            TcpStatement::SynAgain { syns, ack } => match ack {
                Some(ack) => write!(f, "The client's SYN is in the capture again ({syns}), after its ACK ({ack})."),
                None => write!(f, "The client's SYN is again in {syns}, whose time is before that of the SYN-ACK."),
            },
            TcpStatement::OpenedByBoth { packets } => {
                write!(f, "Both sides opened it at the same time, each with a SYN ({packets}).")
            }
            TcpStatement::SynNotCaptured { syn_ack } => {
                write!(f, "The client's SYN is not in the capture, but the server's SYN-ACK is ({syn_ack}).")
            }
            TcpStatement::SynAckNotCaptured { syn, who: who @ (Party::Server | Party::Endpoint(_)), ack } => write!(
                f,
                "The client sent SYN ({syn}). The SYN-ACK of the server is not in the capture, though another packet of {who} \
                 is ({ack})."
            ),
            TcpStatement::SynAckNotCaptured { syn, ack, .. } => write!(
                f,
                "The client sent SYN ({syn}). The SYN-ACK of the server is not in the capture, though the client goes on as \
                 if it had come ({ack})."
            ),
            TcpStatement::SynRepeated { syn, repeats, waits } => write!(
                f,
                "The client's SYN ({syn}) has no answer in the capture: the SYN or the SYN-ACK was lost on the way, or the \
                 server did not answer. The client sent it again{} ({repeats}).",
                AfterWaits(waits)
            ),
            TcpStatement::SynAckNotHeard { syn_ack, syns, wait, answers } => {
                write!(
                    f,
                    "The server's SYN-ACK ({syn_ack}) had not come to the client when it sent its SYN again{} ({syns}): the \
                     SYN-ACK was lost or late.",
                    Around(" after ", *wait, "")
                )?;
                match answers.is_empty() {
                    true => Ok(()),
                    false => write!(f, " The server sent SYN-ACK again ({answers})."),
                }
            }
            TcpStatement::SynAckRepeated { syn_ack, repeats, waits } => write!(
                f,
                "The server's SYN-ACK ({syn_ack}) had no ACK yet, and it sent it again{} ({repeats}).",
                AfterWaits(waits)
            ),
            TcpStatement::AckNotHeard { ack, syn_acks, wait, answer } => {
                write!(
                    f,
                    "The client's ACK ({ack}) had not come to the server when that sent its SYN-ACK again{} ({syn_acks}): \
                     the ACK was lost or late.",
                    Around(" after ", *wait, "")
                )?;
                answer.as_ref().map_or(Ok(()), |answer| write!(f, " The client acknowledged again ({answer})."))
            }
            TcpStatement::Unanswered { syns, waits, silence } => unanswered(f, syns, waits, *silence),
            TcpStatement::Refused { syns, resets, took } => write!(
                f,
                "The client sent SYN ({syns}), and was refused with RST{} ({resets}): nothing accepts connections on that port, \
                 or a firewall refuses them.",
                Around(" after ", *took, "")
            ),
            TcpStatement::HalfOpen { packets, silence } => write!(
                f,
                "SYN was answered with SYN-ACK ({packets}), but no ACK of the client is in the capture{}: the connection is half \
                 open.",
                Around(", which goes on for ", *silence, "")
            ),
            TcpStatement::SegmentSizes { client_segment: client, server_segment: server } => write!(
                f,
                "The client takes segments of up to {} bytes, the server of up to {}.",
                Grouped((*client).into()),
                Grouped((*server).into())
            ),
            _ => Ok(()),
        }
    }

    fn contents(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TcpStatement::HttpExchange {
                request,
                malformed,
                host,
                asked,
                response,
                answered,
                took,
                completed,
                completed_after,
            } => {
                match *malformed {
                    "yes" => write!(f, "The client sent the malformed request line \"{request}\"")?,
                    _ => write!(f, "The client requested {request}")?,
                }
                if let Some(host) = host {
                    write!(f, " from {host}")?;
                }
                match response {
                    Some(response) => {
                        let took = Around(" after ", *took, "");
                        write!(f, " ({asked}), and the server answered {response}{took} ({answered})")?;
                        match completed {
                            Some(last) => {
                                write!(f, ", complete{} ({last}).", Around(" after ", *completed_after, ""))
                            }
                            None => f.write_str("."),
                        }
                    }
                    None => write!(f, " ({asked}); a response is not in the capture."),
                }
            }
            TcpStatement::HttpResponse { response, packets } => {
                write!(f, "The server answered {response} ({packets}) to a request that is not in the capture.")
            }
            TcpStatement::TlsClientHello { server_name, packets } => match server_name {
                Some(name) => write!(f, "The client began TLS and asked for the server name {name} ({packets})."),
                None => write!(f, "The client began TLS, without a server name ({packets})."),
            },
            TcpStatement::TlsRetry { packets } => {
                write!(f, "The server asked for another hello, with HelloRetryRequest ({packets}).")
            }
            TcpStatement::TlsServerHello { version, packets } => match version {
                Some(version) => write!(f, "The server chose {version} ({packets})."),
                None => write!(f, "The server answered with its own hello ({packets})."),
            },
            TcpStatement::TlsAlert { who, alert, packets } => {
                write!(f, "{} sent the TLS alert {alert} ({packets}).", Capital(*who))
            }
            TcpStatement::MoreSaid { count } => {
                write!(f, "There are {} more like these.", CountOf(*count, "request, response or message"))
            }
            TcpStatement::Data { first, first_bytes, second, second_bytes, first_packets, second_packets } => {
                match (first_bytes, second_bytes) {
                    (0, 0) => f.write_str("Neither side sent data."),
                    (_, 0) => write!(
                        f,
                        "{} sent {} ({first_packets}), {second} none.",
                        Capital(*first),
                        CountOf(*first_bytes, "byte")
                    ),
                    (0, _) => write!(
                        f,
                        "{} sent {} ({second_packets}), {first} none.",
                        Capital(*second),
                        CountOf(*second_bytes, "byte")
                    ),
                    _ => write!(
                        f,
                        "{} sent {} ({first_packets}), {second} {} ({second_packets}).",
                        Capital(*first),
                        CountOf(*first_bytes, "byte"),
                        Grouped(*second_bytes)
                    ),
                }
            }
            _ => Ok(()),
        }
    }

    fn losses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TcpStatement::Repeated { .. } => self.repeated(f),
            TcpStatement::RepeatedOften { .. } => self.repeated_often(f),
            TcpStatement::RepeatedMany { who, unacknowledged, fast, spurious } => {
                repeated_many(f, *who, [unacknowledged, fast, spurious])
            }
            TcpStatement::MissingThenSent { who, bytes, before, filled, longest, how, .. } => {
                let (was, they) = if *bytes == 1 { ("was", "it was") } else { ("were", "they were") };
                write!(
                    f,
                    "{} of {who} {was} missing before {before}, and came{} later ({filled}): ",
                    CountOf(*bytes, "byte"),
                    Around(if filled.count() > 1 { " up to " } else { " " }, *longest, "")
                )?;
                match *how {
                    "sent_again" => write!(f, "{they} sent again; an earlier copy is not in the capture."),
                    _ => write!(f, "{they} lost before the place of the capture and sent again, or late."),
                }
            }
            TcpStatement::OutOfOrder { who, packets, longest } => write!(
                f,
                "{} of {who} came out of order{} ({packets:#}).",
                CountOf(packets.count(), "segment"),
                Around(if packets.count() > 1 { ", up to " } else { ", " }, longest.filter(|late| late.0 > 0), " late")
            ),
            TcpStatement::NotCaptured { who, other, gaps: _, bytes, before, acknowledged } => match bytes {
                1 => write!(
                    f,
                    "1 byte of {who}, or a FIN, is not in the capture (before {before}), but {other} acknowledged it \
                     ({acknowledged}): the capture lacks it, it was not lost on the way."
                ),
                _ => write!(
                    f,
                    "{} of {who} are not in the capture (before {before}), but {other} acknowledged them ({acknowledged}): \
                     the capture lacks them, they were not lost on the way.",
                    CountOf(*bytes, "byte")
                ),
            },
            TcpStatement::AcknowledgedBefore { who, bytes, packets } => write!(
                f,
                "{} of {who} {} in the capture only after {} acknowledgment ({packets}).",
                CountOf(*bytes, "byte"),
                if *bytes == 1 { "is" } else { "are" },
                if *bytes == 1 { "its" } else { "their" }
            ),
            TcpStatement::NeverSeen { who, gaps: _, bytes, before } => write!(
                f,
                "{} of {who} before {before} {} not in the capture, and neither is an acknowledgment of {}.",
                CountOf(*bytes, "byte"),
                if *bytes == 1 { "is" } else { "are" },
                if *bytes == 1 { "it" } else { "them" }
            ),
            TcpStatement::MoreMissing { who, ranges } => {
                write!(f, "{} more of missing bytes of {who} are not followed here.", CountOf(*ranges, "range"))
            }
            TcpStatement::DuplicateAcks { who, packets } => {
                write!(f, "{} sent {} ({packets:#}).", Capital(*who), CountOf(packets.count(), "duplicate ACK"))
            }
            TcpStatement::CameTwice { who, originals, by_other_networks, packets } => {
                match (*originals, packets.count()) {
                    (1, 1) => write!(f, "A packet of {who} came a second time, unchanged")?,
                    (1, count) => write!(f, "A packet of {who} came {} more times, unchanged", Grouped(count))?,
                    (packets, count) if packets == count => {
                        write!(f, "{} packets of {who} came a second time, unchanged", Grouped(count))?;
                    }
                    (packets, count) => {
                        let packets = Grouped(packets);
                        write!(
                            f,
                            "{packets} packets of {who} came again, unchanged, {} more times in all",
                            Grouped(count)
                        )?;
                    }
                }
                write!(f, " ({packets:#}): ")?;
                match (*by_other_networks, packets.count()) {
                    (0, _) => f.write_str("doubled on the way, or captured twice."),
                    (1, 1) => f.write_str("by another VLAN, tunnel or interface than the first time."),
                    (other, all) if other >= all => {
                        f.write_str("by other VLANs, tunnels or interfaces than the first time.")
                    }
                    (other, _) => write!(
                        f,
                        "{} by another VLAN, tunnel or interface than the first time; the others were doubled on the way, or \
                         captured twice.",
                        Grouped(other)
                    ),
                }
            }
            _ => Ok(()),
        }
    }

    fn waits(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TcpStatement::WindowFull { who, other, packets } => write!(
                f,
                "{} sent as much as the window of {other} allows {} ({packets:#}).",
                Capital(*who),
                Times(packets.count())
            ),
            TcpStatement::ZeroWindow { who, other, from, until, lasted } => {
                write!(
                    f,
                    "{} had no room for more data: it announced a window of 0 ({from}), and {other} had to wait",
                    Capital(*who)
                )?;
                match until {
                    Some(until) => write!(f, "{} ({until}).", Around(" for ", *lasted, "")),
                    None => f.write_str(". No larger window of it is in the capture."),
                }
            }
            TcpStatement::MoreZeroWindows { who, count } => {
                write!(f, "{} did so {} in all.", Capital(*who), Times(*count))
            }
            TcpStatement::WindowProbes { who, packets } => {
                write!(
                    f,
                    "{} asked {} whether the closed window had opened ({packets:#}).",
                    Capital(*who),
                    Times(packets.count())
                )
            }
            TcpStatement::KeepAlives { who, packets } => {
                write!(f, "{} sent {} ({packets:#}).", Capital(*who), CountOf(packets.count(), "keep-alive"))
            }
            TcpStatement::IcmpError { .. } => self.icmp_error(f),
            TcpStatement::MoreErrors { count } => {
                write!(f, "There are {} about the connection.", CountOf(*count, "more ICMP error"))
            }
            _ => Ok(()),
        }
    }

    fn end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TcpStatement::Closed { first, fin, second, second_fin, wait, last_ack } => {
                if fin == second_fin {
                    return write!(f, "Both sides closed ({fin}).");
                }
                write!(
                    f,
                    "{} closed first, with FIN ({fin}), and {second}{} ({second_fin})",
                    Capital(*first),
                    Around(" ", *wait, " later")
                )?;
                match last_ack {
                    Some(ack) => write!(f, "; {first} acknowledged that ({ack})."),
                    None => f.write_str("; an acknowledgment of the last FIN is not in the capture."),
                }
            }
            TcpStatement::HalfClosed { who, fin, other, acknowledged, resets } => {
                write!(f, "{} closed its side, with FIN ({fin}).", Capital(*who))?;
                if *resets != 0 {
                    return Ok(());
                }
                f.write_str(" ")?;
                match acknowledged {
                    Some(ack) => write!(
                        f,
                        "{} acknowledged that ({ack}), but a FIN of its own is not in the capture.",
                        Capital(*other)
                    ),
                    None => write!(f, "Neither an acknowledgment of that nor a FIN of {other} is in the capture."),
                }
            }
            TcpStatement::FinRepeated { who, packets } => {
                let times = Times(packets.count());
                match packets.count() {
                    1 => write!(f, "{} sent its FIN again ({packets}).", Capital(*who)),
                    _ => write!(f, "{} sent its FIN again {times} ({packets}).", Capital(*who)),
                }
            }
            TcpStatement::Reset { who, packets, after, when, later } => {
                // The others came at other moments.
                let (first, more) = (packets.first().first().copied().unwrap_or_default(), packets.without_first());
                write!(
                    f,
                    "{} reset the connection with RST (packet {first}) {when}{}.",
                    Capital(*who),
                    Around(", ", *after, " after its first packet")
                )?;
                match more.count() {
                    0 => {}
                    1 => write!(f, " It sent RST again ({more}).")?,
                    count => write!(f, " It sent RST again {} ({more:#}).", Times(count))?,
                }
                match later.is_empty() {
                    true => Ok(()),
                    false => write!(
                        f,
                        " {} of the other side came after that ({later:#}).",
                        CountOf(later.count(), "segment")
                    ),
                }
            }
            TcpStatement::OtherReset { who, packets } => {
                write!(f, "{} sent RST too ({packets}).", Capital(*who))
            }
            TcpStatement::StillOpen { last, silence } => {
                write!(f, "The capture has no end of it; {last} is the last of the connection")?;
                match silence.filter(|silence| silence.0 >= 1_000_000_000) {
                    Some(silence) => write!(f, ", {silence} before the capture ends."),
                    None => f.write_str("."),
                }
            }
            _ => Ok(()),
        }
    }
}

impl TcpStatement {
    fn icmp_error(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TcpStatement::IcmpError { from, what, who, about, about_unknown, packets, then, .. } = self else {
            return Ok(());
        };
        write!(f, "{from} said")?;
        if packets.count() > about.count() && packets.count() > 1 {
            write!(f, " {}", Times(packets.count()))?;
        }
        match (about.count(), about_unknown) {
            (0, 1) => write!(f, " about a packet of {who}")?,
            (0, _) => write!(f, " about packets of {who}")?,
            (_, 0) => write!(f, " about {about} of {who}")?,
            _ => write!(f, " about packets of {who}, among them {about},")?,
        }
        match about.count() + about_unknown {
            1 => write!(f, " that {what} ({packets}).")?,
            _ => write!(f, " that {} ({packets}).", of_several(what))?,
        }
        let capital = Capital(*who);
        match then {
            AfterError::NothingMore => write!(f, " {capital} sent nothing after that."),
            AfterError::NoMoreData { packet } => {
                write!(f, " {capital} sent no data after that; its next segment is packet {packet}.")
            }
            AfterError::MoreData { packet } => write!(f, " {capital} sent more data after that (packet {packet})."),
            AfterError::SmallerThanQuoted { most, quoted, packet } => write!(
                f,
                " The segment in the {} has {} bytes of data; those of {who} have at most {} from packet {packet} on.",
                if packets.count() == 1 { "error" } else { "last error" },
                Grouped((*quoted).into()),
                Grouped((*most).into())
            ),
            AfterError::Smaller { most, before, packet } => write!(
                f,
                " From packet {packet} on its segments have at most {} bytes of data; before they had up to {}.",
                Grouped((*most).into()),
                Grouped((*before).into())
            ),
            AfterError::AsLarge { packet } => {
                write!(f, " {capital} went on with segments that are not smaller (packet {packet}).")
            }
        }
    }

    fn repeated(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TcpStatement::Repeated { who, other, original, part, repeat, bytes, wait, cause, asked_by, acknowledged } =
            self
        else {
            return Ok(());
        };
        let bytes = RepeatedBytes(*bytes, part);
        let after = Around(" after ", *wait, "");
        match *cause {
            "fast" if asked_by.is_empty() => write!(
                f,
                "{} sent {bytes} of {original} again{after} ({repeat}), as a fast retransmission",
                Capital(*who)
            )?,
            "fast" => write!(
                f,
                "{bytes:#} of {original} had not come to {other} when it sent {} for the bytes before ({asked_by:#}); {who} \
                 sent them again{after} ({repeat}), as a fast retransmission",
                CountOf(asked_by.count(), "duplicate ACK")
            )?,
            "spurious" => write!(
                f,
                "{} sent {bytes} of {original} again{after} ({repeat}), though {other} had acknowledged them",
                Capital(*who)
            )?,
            _ => write!(
                f,
                "{} had no acknowledgment of {bytes} of {original} and sent them again{after} ({repeat})",
                Capital(*who)
            )?,
        }
        match (*cause, acknowledged) {
            ("spurious", _) => f.write_str("."),
            (_, Some(ack)) => write!(f, "; {other} acknowledged them then ({ack})."),
            (_, None) => f.write_str("; an acknowledgment is not in the capture."),
        }
    }

    fn repeated_often(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TcpStatement::RepeatedOften {
            who,
            other,
            original,
            part,
            repeats,
            bytes,
            first_after,
            last_after,
            acknowledged,
        } = self
        else {
            return Ok(());
        };
        let (times, bytes) = (Times(repeats.count()), RepeatedBytes(*bytes, part));
        write!(f, "{} sent {bytes} of {original} again {times}", Capital(*who))?;
        if let (Some(first), Some(last)) = (first_after, last_after) {
            write!(f, ", after {first} to {last}")?;
        }
        match acknowledged {
            Some(ack) => write!(f, " ({repeats}); {other} acknowledged them in {ack}."),
            None => write!(f, " ({repeats}); an acknowledgment is not in the capture."),
        }
    }
}

/// Bytes that were sent again: `the 100 bytes`, if they are all of the segments before, `100 bytes` if they are a part. The
/// alternate form begins a sentence.
struct RepeatedBytes(u32, &'static str);

impl fmt::Display for RepeatedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.1, f.alternate()) {
            ("yes", _) => "",
            (_, true) => "The ",
            (_, false) => "the ",
        })?;
        write!(f, "{}", CountOf(self.0.into(), "byte"))
    }
}

/// `once`, `3 times`.
pub(in crate::explain) struct Times(pub(in crate::explain) u64);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("once"),
            2 => f.write_str("twice"),
            times => write!(f, "{} times", Grouped(times)),
        }
    }
}

fn unanswered(f: &mut fmt::Formatter<'_>, syns: &PacketList, waits: &[Nanos], silence: Option<Nanos>) -> fmt::Result {
    match syns.count() {
        1 => write!(f, "The client sent SYN ({syns}), and no answer is in the capture")?,
        count => write!(
            f,
            "The client sent SYN {}, again{} ({syns}), and no answer is in the capture",
            Times(count),
            AfterWaits(waits)
        )?,
    }
    match silence.filter(|silence| silence.0 > 0) {
        Some(silence) => write!(f, ", which goes on for {silence}."),
        None => f.write_str("."),
    }
}

fn repeated_many(f: &mut fmt::Formatter<'_>, who: Party, lists: [&PacketList; 3]) -> fmt::Result {
    let texts = [
        "that had not been acknowledged",
        "right after duplicate ACKs for the bytes before (fast retransmissions)",
        "that had been acknowledged",
    ];
    let count = lists.iter().map(|list| list.count()).sum();
    let kinds: alloc::vec::Vec<_> = lists.into_iter().zip(texts).filter(|(list, _)| !list.is_empty()).collect();
    write!(f, "{} sent {} again", Capital(who), CountOf(count, "segment"))?;
    if let [(list, text)] = *kinds {
        return write!(f, " {text} ({list:#}).");
    }
    f.write_str(": ")?;
    let items = kinds.iter().map(|(list, text)| alloc::format!("{} {text} ({list:#})", Grouped(list.count())));
    listed(f, items, kinds.len())?;
    f.write_str(".")
}
