//! `packetsmith fields`: the protocols and their fields.

use super::output::Output;
use super::{Outcome, complain};
use packetsmith::sink::{Style, Text};
use packetsmith::{Field, Proto};
use std::io;

/// Lists the protocols, or the fields of those that are named.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Protocols whose fields to list, by the names that the list of protocols gives
    #[arg(value_name = "PROTOCOL")]
    protocols: Vec<String>,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let mut output = Output::new();
    let mut text = Text::default();
    let mut failed = false;
    if arguments.protocols.is_empty() {
        for proto in Proto::ALL {
            let start = text.bytes.len();
            text.str(style.bold());
            text.str(proto.name());
            text.str(style.reset());
            text.pad_to(start, 24);
            text.str(proto.title());
            text.str("\n");
        }
    }
    for name in &arguments.protocols {
        match Proto::ALL.iter().find(|proto| proto.name() == name) {
            Some(proto) => list(*proto, style, &mut text),
            None => {
                complain(format_args!("no protocol is called {name}; `packetsmith fields` lists them all"));
                failed = true;
            }
        }
    }
    output.put(&text.bytes)?;
    output.flush()?;
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

fn list(proto: Proto, style: Style, text: &mut Text) {
    text.show(format_args!("{}{}{}  {}\n", style.bold(), proto.name(), style.reset(), proto.title()));
    for field in proto.fields() {
        row(field, style, text);
    }
    for field in proto.variable_fields().iter().copied().flatten() {
        row(field, style, text);
    }
}

fn row(field: &Field, style: Style, text: &mut Text) {
    let start = text.bytes.len();
    text.str("  ");
    text.str(field.name);
    text.pad_to(start, 24);
    text.str(" ");
    text.str(style.dim());
    let column = text.bytes.len();
    match field.end_bit {
        0 => {}
        end => text.show(format_args!("bits {}..{end}", field.first_bit)),
    }
    text.pad_to(column, 15);
    text.str(style.reset());
    let column = text.bytes.len();
    text.str(field.filter);
    text.pad_to(column, 28);
    text.str(" ");
    text.str(style.dim());
    text.str(&field.doc.split_whitespace().collect::<Vec<_>>().join(" "));
    text.str(style.reset());
    text.str("\n");
}
