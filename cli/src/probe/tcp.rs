//! `packetsmith probe tcp`: is a port open, shown by a handshake and an orderly close.

use super::common::{Answer, ProbeError, Shown};
use super::link::Link;
use super::reserved_port::ReservedPort;
use super::target::HostOptions;
use super::tcp_connection::{Closing, Connection, Delivery, most_payload};
use crate::numbers::number;
use packetsmith::output::{Style, TerminalText};
use std::time::Duration;

/// Opens a TCP connection to a port, and closes it.
///
/// A SYN is sent up to three times. If the port is open, three segments open the connection, and four close it; with --send a text is
/// sent between. The kernel has no part in it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Address or name of the host
    #[arg(value_name = "HOST")]
    host: String,
    /// The port
    #[arg(value_name = "PORT", value_parser = number::<u16>(1..=65_535))]
    port: u16,
    /// Send this text, and wait for an answer before the close. \r, \n, \t and \\ are escapes
    #[arg(long, value_name = "TEXT")]
    send: Option<String>,
    /// Seconds to wait for what the host says before the close: a greeting, or with --send the whole answer
    #[arg(long, value_name = "SECONDS", value_parser = super::common::seconds)]
    listen: Option<Duration>,
    #[command(flatten)]
    options: HostOptions,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> Result<Answer, ProbeError> {
    let target = arguments.options.target(&arguments.host)?;
    let text = arguments.send.as_deref().map(unescape).transpose()?;
    let read = arguments.options.common.show.arguments();
    let mut link = Link::to(&target, &arguments.options.common, &read, style)?;
    let target = target.address;
    let most = most_payload(&link, target);
    if let Some(length) = text.as_ref().map(Vec::len).filter(|&length| length > most) {
        return Err(format!("--send: {length} bytes do not fit into a segment, which takes {most} here").into());
    }
    let source = link.source()?;
    let reserved =
        ReservedPort::tcp(source, 0).map_err(|error| format!("{source}: no port of it can be used: {error}"))?;
    if !link.resolve(target)? {
        link.finish()?;
        return Ok(Answer::None);
    }
    let connection = Connection::new(&mut link, source, target, (reserved.port, arguments.port))?;
    let answer = converse(connection, arguments, text.as_deref())?;
    link.finish()?;
    Ok(answer)
}

/// Opens the connection, sends the text, receives the answer, and closes the connection. Then it tells how that went.
fn converse(
    mut connection: Connection<'_, '_>,
    arguments: &Arguments,
    text: Option<&[u8]>,
) -> Result<Answer, ProbeError> {
    let Some(open) = connection.open()? else {
        return Ok(if connection.is_reset { Answer::Came } else { Answer::None });
    };
    let port = arguments.port;
    let timeout = connection.link.timeout;
    let delivery = connection.deliver(text.unwrap_or_default())?;
    if let Some(wait) = arguments.listen.or(text.map(|_| timeout)).filter(|_| delivery == Delivery::Complete) {
        connection.receive_all(wait)?;
    }
    let target = connection.target;
    let mut report = match (delivery, connection.close(delivery)?) {
        (_, Closing::ResetByHost) => format!("{target} reset the connection"),
        (Delivery::NoWindow, _) => format!("{target} took no more, its window is 0, and the connection was reset"),
        (Delivery::NotAcknowledged, _) => {
            format!("{target} did not acknowledge all that was sent three times, and the connection was reset")
        }
        (_, Closing::Both) => "Both sides have closed the connection".to_string(),
        (_, Closing::Interrupted) => "Interrupted: the connection was reset".to_string(),
        (_, Closing::NotAcknowledged) => {
            format!("{target} did not acknowledge the close, sent three times, and the connection was reset")
        }
        (_, Closing::OursOnly) => {
            format!("{target} did not close its side within {}, and the connection was reset", Shown(timeout))
        }
    };
    let (sent, received) = (connection.delivered, connection.received_count);
    match text.map(<[u8]>::len).filter(|&length| length as u64 != sent) {
        Some(length) => report += &format!(": {sent} of {length} bytes arrived at port {port}"),
        None if text.is_some() || received > 0 => report += &format!(": {sent} bytes went to port {port}"),
        None => {}
    }
    if text.is_some() || received > 0 {
        report += &format!(", and {received} came back");
    }
    connection.link.tell(&open)?;
    connection.link.tell(&(report + "."))?;
    show(&connection.received, received > connection.received.len() as u64, connection.link)?;
    Ok(Answer::Came)
}

/// Shows the beginning of what came as lines of text.
fn show(received: &[u8], is_cut: bool, link: &mut Link<'_>) -> Result<(), ProbeError> {
    let text = String::from_utf8_lossy(received);
    // A character may be cut, too.
    let text = if is_cut { text.trim_end_matches(char::REPLACEMENT_CHARACTER) } else { &text };
    for line in text.lines() {
        link.tell(&format!("  {}", TerminalText(line)))?;
    }
    if is_cut {
        link.tell("  ...")?;
    }
    Ok(())
}

/// Replaces \r, \n, \t and \\.
fn unescape(text: &str) -> Result<Vec<u8>, ProbeError> {
    let mut bytes = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let c = match c {
            '\\' => match rest.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('\\') => '\\',
                _ => {
                    return Err(ProbeError::Message(format!(
                        "--send {text}: a backslash goes with n, r, t or another one"
                    )));
                }
            },
            c => c,
        };
        bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_replaced_or_refused() {
        assert_eq!(unescape(r"GET /\tmp\r\n\\").ok(), Some(b"GET /\tmp\r\n\\".to_vec()));
        assert!(unescape(r"\x00").is_err() && unescape("\\").is_err());
    }
}
