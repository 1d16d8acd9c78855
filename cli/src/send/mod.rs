//! `packetsmith send`: packets of captures, or of text, onto an interface.

mod arguments;
mod frames;
mod pace;
mod player;
mod precise_sleep;

pub use self::arguments::Arguments;

use self::frames::Macs;
use self::player::Player;
use crate::interface_errors::cannot_open;
use crate::outcome::{Outcome, complain, fail};
use crate::output::Output;
use crate::signals;
use packetsmith::live::Sender;
use std::io;
use std::path::Path;

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    if let Err(message) = arguments.protocols.apply() {
        return fail(message);
    }
    if arguments.rounds != 1 && arguments.sources.iter().any(|source| source == "-") {
        return fail("--loop: standard input can be read once only; write it to a file first");
    }
    if let Some(source) = arguments.sources.iter().find(|source| is_missing_file(source)) {
        return fail(format!("{source}: there is no such file, and it is no packet: a packet begins with a protocol"));
    }
    let sender = match Sender::open(&arguments.interface) {
        Ok(sender) => sender,
        Err(error) => return fail(cannot_open(&error)),
    };
    let macs = match Macs::new(arguments.source_mac, arguments.destination_mac, &sender) {
        Ok(macs) => macs,
        Err(message) => return fail(message),
    };
    let sources = match frames::sources(arguments, &sender) {
        Ok(sources) => sources,
        Err(message) => return fail(message),
    };
    signals::watch();
    let mut player = Player::new(sender, arguments.pace());
    let sent = frames::send(arguments, &sources, macs, &mut player);
    let mut output = Output::new();
    output.put(player.report().as_bytes())?;
    output.flush()?;
    match sent {
        Err(message) => fail(message),
        Ok(()) if player.refused > 0 => Ok(Outcome::Failed),
        Ok(()) if signals::ended() => {
            if arguments.rounds != 0 {
                complain("interrupted: the rest is not sent");
            }
            Ok(if arguments.rounds == 0 { Outcome::Done } else { Outcome::Failed })
        }
        Ok(()) => Ok(Outcome::Done),
    }
}

/// Whether a source is meant as a file that is not there: packets have blanks, slashes with blanks, or an equals sign, and file names
/// end with a dot and letters.
fn is_missing_file(source: &str) -> bool {
    let looks_like_file = !source.contains([' ', '=', '"']) && source.contains('.');
    source != "-" && looks_like_file && !Path::new(source).exists()
}
