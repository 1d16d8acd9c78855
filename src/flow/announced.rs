//! Connections that FTP announces (RFC 959, RFC 2428). Wireshark makes a conversation of the announcement, so the first
//! segment is none that begins one: `tcp.completeness` does not have it.

use super::endpoint::{Endpoint, FTP_CONTROL_PORT};
use super::tcp_segment::TcpSegment;
use core::net::{IpAddr, Ipv4Addr};
use core::str::FromStr;
use std::collections::VecDeque;

/// Most announcements that are remembered.
const MOST: usize = 1000;

/// Endpoints that were announced, and to which no connection was seen yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Announced {
    endpoints: VecDeque<Endpoint>,
}

impl Announced {
    /// Reads the lines of a segment of a control connection.
    #[inline]
    pub(super) fn observe(&mut self, segment: &TcpSegment<'_>) {
        let is_control = segment.source.port == FTP_CONTROL_PORT || segment.destination.port == FTP_CONTROL_PORT;
        if is_control && !segment.payload.is_empty() && !segment.is_quoted {
            self.lines(segment);
        }
    }

    #[cold]
    fn lines(&mut self, segment: &TcpSegment<'_>) {
        for line in segment.payload.split(|&byte| byte == b'\n') {
            let Ok(line) = core::str::from_utf8(line) else { continue };
            if let Some(endpoint) = announcement(line.trim_end(), segment.source.address) {
                if self.endpoints.len() == MOST {
                    self.endpoints.pop_front();
                }
                self.endpoints.push_back(endpoint);
            }
        }
    }

    /// Whether the connection that this segment begins was announced. It is not expected any more then.
    #[inline]
    pub(super) fn take(&mut self, segment: &TcpSegment<'_>) -> bool {
        let at = self.endpoints.iter().position(|endpoint| *endpoint == segment.destination);
        at.is_some_and(|at| self.endpoints.remove(at).is_some())
    }
}

/// The endpoint that a command or reply announces, which `sender` sent.
fn announcement(line: &str, sender: IpAddr) -> Option<Endpoint> {
    let (word, rest) = line.split_once(' ')?;
    match word {
        "227" => host_port(rest.trim_start_matches(|c: char| !c.is_ascii_digit())),
        "229" => {
            let mut parts = rest.split_once("(|||")?.1.split('|');
            Some(Endpoint { address: sender, port: parts.next()?.parse().ok()? })
        }
        _ if word.eq_ignore_ascii_case("PORT") => host_port(rest),
        _ if word.eq_ignore_ascii_case("EPRT") => {
            // The first character separates the parts.
            let separator = rest.chars().next()?;
            let mut parts = rest.split(separator).skip(2);
            let address = IpAddr::from_str(parts.next()?).ok()?;
            Some(Endpoint { address, port: parts.next()?.parse().ok()? })
        }
        _ => None,
    }
}

/// Six numbers with commas between them: address and port (RFC 959 §5.3.2).
fn host_port(text: &str) -> Option<Endpoint> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(u8::from_str);
    let mut next = || numbers.next()?.ok();
    let address = Ipv4Addr::new(next()?, next()?, next()?, next()?);
    Some(Endpoint { address: address.into(), port: u16::from_be_bytes([next()?, next()?]) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn announcements_are_read() {
        let of = |line| announcement(line, [192, 0, 2, 9].into()).map(|endpoint| endpoint.to_string());
        for (line, endpoint) in [
            ("227 Entering Passive Mode (192,0,2,1,4,1).", "192.0.2.1:1025"),
            ("227 =192,0,2,1,4,1", "192.0.2.1:1025"),
            ("229 Entering Extended Passive Mode (|||6446|)", "192.0.2.9:6446"),
            ("PORT 192,0,2,1,4,1", "192.0.2.1:1025"),
            ("EPRT |2|2001:db8::1|5282|", "[2001:db8::1]:5282"),
        ] {
            assert_eq!(of(line).as_deref(), Some(endpoint), "{line}");
        }
        for line in
            ["", "227", "227 none", "PORT 1,2,3,4,5", "PORT 256,0,2,1,4,1", "EPRT |3|a|1|", "229 (||||)", "220 hi"]
        {
            assert_eq!(of(line), None, "{line}");
        }
    }
}
