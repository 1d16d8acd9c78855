//! `packetsmith fields`: the protocols, their fields, and the issues that packets can have.

use crate::outcome::{Outcome, complain};
use crate::output::Output;
use packetsmith::flow::FlowField;
use packetsmith::output::Style;
use packetsmith::output::TextBuffer;
use packetsmith::{Field, Filter, IssueKind, Kind, Proto, Rule};
use std::io;

/// Lists the protocols, or the fields of those that are named, or issues.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Protocols whose fields to list, by the names that the list of protocols gives, or fields by their filter names
    #[arg(value_name = "PROTOCOL")]
    protocols: Vec<String>,
    /// List the fields and protocols whose names or descriptions have this word
    #[arg(short, long, value_name = "WORD", conflicts_with_all = ["protocols", "issues"])]
    search: Option<String>,
    /// List the issues that packets of these protocols can have, with identifier and severity; of no protocol: all
    #[arg(long)]
    issues: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let mut output = Output::new();
    let mut text = TextBuffer::default();
    let mut failed = false;
    if let Some(word) = &arguments.search {
        if !search(word, style, &mut text) {
            complain(format_args!("no field has the word {word}; `packetsmith fields` lists the protocols"));
            failed = true;
        }
    } else if arguments.protocols.is_empty() && arguments.issues {
        list_all_issues(style, &mut text);
    } else if arguments.protocols.is_empty() {
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
        let mut found = Proto::named(name).peekable();
        if found.peek().is_none() && (arguments.issues || !list_named(name, style, &mut text)) {
            let what = if name.contains('.') { Filter::unknown_name(name) } else { Proto::unknown_name(name) };
            complain(format_args!("{what}; `packetsmith fields` lists the protocols"));
            failed = true;
        }
        for proto in found {
            if arguments.issues {
                let rules = proto.rules().iter().copied().flatten();
                list_issues(proto.name(), rules, style, &mut text);
            } else {
                list(proto, style, &mut text);
            }
        }
    }
    output.put(&text.bytes)?;
    output.flush()?;
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

/// Lists the fields whose names or descriptions have a word, in any case, and all of a protocol that itself has it in its
/// name. `false` if there is none.
fn search(word: &str, style: Style, text: &mut TextBuffer) -> bool {
    let word = word.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&word);
    for &proto in Proto::ALL {
        let whole = has(proto.name());
        let fields = proto.fields().iter().chain(proto.variable_fields());
        let mut found =
            fields.filter(|field| whole || has(field.name) || has(field.filter) || has(field.doc)).peekable();
        if found.peek().is_some() || has(proto.title()) {
            heading(proto, style, text);
        }
        found.for_each(|field| row(field, style, text));
    }
    let found = |field: &FlowField| has(field.name) || has(field.filter) || has(field.doc);
    list_flow_fields("conversations", found, style, text);
    !text.bytes.is_empty()
}

/// Lists the fields that have a name in filters: Wireshark's, of which a bit is listed with its number, or else that of the
/// protocol with their own. `false` if there is none.
fn list_named(name: &str, style: Style, text: &mut TextBuffer) -> bool {
    let by_filter = |_: Proto, field: &Field| {
        let bits = match field.kind {
            Kind::Flags(flags) => flags,
            _ => &[],
        };
        field.filter == name || bits.iter().any(|bit| bit.filter == name)
    };
    let own = name.split_once('.');
    let by_own_name = |proto: Proto, field: &Field| own == Some((proto.name(), field.name));
    list_where(by_filter, style, text)
        || list_flow_fields("conversations", |field| field.filter == name, style, text)
        || list_where(by_own_name, style, text)
}

/// Lists the fields of which this holds. `false` if there is none.
fn list_where(holds: impl Fn(Proto, &Field) -> bool, style: Style, text: &mut TextBuffer) -> bool {
    let before = text.bytes.len();
    for &proto in Proto::ALL {
        let fields = proto.fields().iter().chain(proto.variable_fields());
        let mut found = fields.filter(|field| holds(proto, field)).peekable();
        if found.peek().is_some() {
            heading(proto, style, text);
        }
        found.for_each(|field| row(field, style, text));
    }
    text.bytes.len() > before
}

/// Lists what is found out about conversations, as far as this holds. `false` if nothing is.
fn list_flow_fields(title: &str, holds: impl Fn(&FlowField) -> bool, style: Style, text: &mut TextBuffer) -> bool {
    let mut found = FlowField::all().filter(|field| holds(field)).peekable();
    let any = found.peek().is_some();
    if any {
        text.show(format_args!("{}{title}{}  what the packets before say of a header\n", style.bold(), style.reset()));
    }
    for field in found {
        row_of(field.name, "", field.filter, field.doc, style, text);
    }
    any
}

fn heading(proto: Proto, style: Style, text: &mut TextBuffer) {
    text.show(format_args!("{}{}{}  {}\n", style.bold(), proto.name(), style.reset(), proto.title()));
}

fn list(proto: Proto, style: Style, text: &mut TextBuffer) {
    heading(proto, style, text);
    for field in proto.fields() {
        row(field, style, text);
    }
    for field in proto.variable_fields() {
        row(field, style, text);
    }
    let of_proto = |field: &FlowField| field.filter.split('.').next() == Some(proto.name());
    list_flow_fields(&format!("{} in conversations", proto.name()), of_proto, style, text);
}

fn row(field: &Field, style: Style, text: &mut TextBuffer) {
    let bits = match field.end_bit {
        0 => String::new(),
        end => format!("bits {}..{end}", field.first_bit),
    };
    row_of(field.name, &bits, field.filter, field.doc, style, text);
}

fn row_of(name: &str, bits: &str, filter: &str, doc: &str, style: Style, text: &mut TextBuffer) {
    let start = text.bytes.len();
    text.str("  ");
    text.str(name);
    text.pad_to(start, 24);
    text.str(" ");
    text.str(style.dim());
    let column = text.bytes.len();
    text.str(bits);
    text.pad_to(column, 15);
    text.str(style.reset());
    let column = text.bytes.len();
    text.str(filter);
    text.pad_to(column, 28);
    text.str(" ");
    text.str(style.dim());
    text.str(&doc.split_whitespace().collect::<Vec<_>>().join(" "));
    text.str(style.reset());
    text.str("\n");
}

/// Lists every issue once: those of any protocol, then those of each protocol or of several that share them.
fn list_all_issues(style: Style, text: &mut TextBuffer) {
    list_issues("any protocol", IssueKind::STRUCTURAL, style, text);
    let mut groups: Vec<&[Rule]> = Vec::new();
    for group in Proto::ALL.iter().flat_map(|proto| proto.rules()) {
        if !groups.contains(group) {
            groups.push(group);
            let sharing = Proto::ALL.iter().filter(|proto| proto.rules().contains(group));
            let names: Vec<_> = sharing.map(|proto| proto.name()).collect();
            list_issues(&names.join(", "), *group, style, text);
        }
    }
}

fn list_issues(name: &str, rules: impl IntoIterator<Item = &'static Rule>, style: Style, text: &mut TextBuffer) {
    text.show(format_args!("{}{name}{}\n", style.bold(), style.reset()));
    for rule in rules {
        let start = text.bytes.len();
        text.str("  ");
        text.str(rule.id());
        text.pad_to(start, 44);
        text.str(" ");
        let column = text.bytes.len();
        text.str(rule.severity().name());
        text.pad_to(column, 8);
        text.str(style.dim());
        text.str(rule.text());
        text.str(style.reset());
        text.str("\n");
    }
}
