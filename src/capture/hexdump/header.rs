//! What the headers of tcpdump's packets tell: the time and the protocol.

use crate::capture::{Resolution, Timestamp};

/// What the times of a hexdump are.
///
/// ```
/// use packetsmith::capture::{HexdumpReader, HexdumpSettings, HexdumpTimes};
/// let text = "00:15:09.498026 IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 8\n\t0x0000:  4500\n";
/// let mut dump = HexdumpReader::new(text.as_bytes(), HexdumpSettings::default());
/// assert_eq!(dump.times().unwrap(), HexdumpTimes::OfDay);
/// assert_eq!(dump.next_packet().unwrap().unwrap().time.unwrap().to_string(), "909.498026");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HexdumpTimes {
    /// There are none.
    #[default]
    None,
    /// Differences, of `tcpdump -ttt` and `-ttttt`, which look the same: packets have no times.
    Differences,
    /// Times of day, without a date: packets have those of 1970-01-01 and the days after it.
    OfDay,
    /// Dates and times of day, taken as UTC.
    Dates,
    /// Seconds since 1970.
    Seconds,
}

/// The header of a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) times: HexdumpTimes,
    pub(super) time: Option<Timestamp>,
    pub(super) network: Option<NamedNetwork>,
}

/// The protocol above the link that a header names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedNetwork {
    Ip,
    Other,
}

/// Length of `00:15:09`.
const CLOCK: usize = 8;

/// A number with decimal places at the beginning of a text, and what follows.
fn decimal(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let (whole, fraction) = number.split_once('.')?;
    let is_number = !whole.is_empty() && (1..=9).contains(&fraction.len()) && !fraction.contains('.');
    (is_number && (rest.is_empty() || rest.starts_with(' '))).then_some((number, rest))
}

/// A time of day at the beginning of a text.
fn clock(text: &str) -> Option<(&str, &str)> {
    let colons = text.get(..CLOCK)?.bytes().enumerate().all(|(at, byte)| match at {
        2 | 5 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let (_, rest) = decimal(text.get(CLOCK - 2..)?).filter(|_| colons)?;
    Some(text.split_at(text.len() - rest.len()))
}

/// The time of a date and a time of day, with the resolution that its digits show.
fn utc(date: &str, clock: &str) -> Option<Timestamp> {
    with_digits(format!("{date}T{clock}Z").parse().ok()?, clock)
}

fn with_digits(time: Timestamp, text: &str) -> Option<Timestamp> {
    let digits = text.rsplit_once('.').map_or(0, |(_, fraction)| fraction.len());
    let resolution = if digits > 6 { Resolution::NANOSECONDS } else { Resolution::MICROSECONDS };
    time.at(resolution, i64::try_from(time.seconds()).ok()?)
}

impl Header {
    /// Reads the first line of a header. `None` for a line that continues one.
    pub(super) fn parse(line: &[u8]) -> Option<Header> {
        let text = String::from_utf8_lossy(line);
        let unblanked = text.trim_start();
        // tcpdump -#: the number of the packet and two blanks.
        let digits = unblanked.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        let numbered = unblanked[digits..].strip_prefix("  ").filter(|_| digits > 0);
        let start = numbered.unwrap_or(&text);
        let signed = start.strip_prefix([' ', '-']).unwrap_or(start);
        let dated = signed.split_once(' ').and_then(|(date, rest)| Some((date, clock(rest)?)));
        let (times, time, rest) = match dated.filter(|(date, _)| date.len() == 10 && date.as_bytes()[4] == b'-') {
            Some((date, (clock, rest))) => (HexdumpTimes::Dates, utc(date, clock), rest),
            None => match (clock(signed), decimal(signed)) {
                (Some((_, rest)), _) if signed.len() < start.len() => (HexdumpTimes::Differences, None, rest),
                (Some((clock, rest)), _) => (HexdumpTimes::OfDay, utc("1970-01-01", clock), rest),
                (_, Some((number, rest))) if signed.len() == start.len() => {
                    let time = number.parse().ok().and_then(|time| with_digits(time, number));
                    (HexdumpTimes::Seconds, time, rest)
                }
                _ => (HexdumpTimes::None, None, start),
            },
        };
        if times == HexdumpTimes::None && numbered.is_none() && start.starts_with([' ', '\t']) {
            return None;
        }
        Some(Header { times, time, network: network(rest) })
    }
}

/// The protocol that a header names: at its beginning, or with -e by its EtherType.
fn network(text: &str) -> Option<NamedNetwork> {
    let text = text.trim_start();
    let ethertype = text.find("ethertype ").map(|at| &text[at + "ethertype ".len()..]);
    let name = ethertype.unwrap_or(text);
    let word = name.split([' ', ',']).next().unwrap_or_default();
    match word {
        "IP" | "IP6" | "IPv4" | "IPv6" => Some(NamedNetwork::Ip),
        "ARP" | "RARP" => Some(NamedNetwork::Other),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Header, HexdumpTimes, NamedNetwork};

    #[test]
    fn each_form_of_times_is_read() {
        use HexdumpTimes::*;
        for (line, times, time) in [
            ("00:15:09.498026 IP 10.0.0.1 > 10.0.0.2", OfDay, "909.498026"),
            ("00:15:09.498026123 IP 10.0.0.1 > 10.0.0.2", OfDay, "909.498026123"),
            (" 00:00:00.000052 IP 10.0.0.1 > 10.0.0.2", Differences, ""),
            ("2026-11-21 00:15:09.498026 IP6 ::1 > ::2", Dates, "1795220109.498026"),
            ("1795220109.498026 IP 10.0.0.1 > 10.0.0.2", Seconds, "1795220109.498026"),
            ("    2  00:15:09.498026 IP 10.0.0.1 > 10.0.0.2", OfDay, "909.498026"),
            ("IP 10.0.0.1 > 10.0.0.2", None, ""),
            (
                "00:15:09.498026 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, ethertype IPv4 (0x0800), length 42:",
                OfDay,
                "909.498026",
            ),
        ] {
            let header = Header::parse(line.as_bytes()).expect(line);
            assert_eq!((header.times, header.network), (times, Some(NamedNetwork::Ip)), "{line}");
            assert_eq!(header.time.map_or(String::new(), |time| time.to_string()), time, "{line}");
        }
        assert_eq!(Header::parse(b"    10.0.0.1.80 > 10.0.0.2.1: Flags [S]"), Option::None);
        assert_eq!(Header::parse(b"\tzone 1"), Option::None);
        Header::parse("99:99:99.9 \u{e4}\u{e4}".as_bytes());
        Header::parse("\u{e4}".as_bytes());
    }
}
