//! Statements as text and as JSON.

use crate::clock;
use packetsmith::explain::{Explanation, Paragraph, Statement, StatementMember, ToldConnection, Topic};
use packetsmith::output::{Json, Style, TerminalText, TextBuffer};

/// Most columns of a line.
const WIDTH: usize = 100;

/// Least columns of a line, if the terminal is narrow.
const LEAST_WIDTH: usize = 40;

/// Text for people.
pub(super) struct Page {
    style: Style,
    width: usize,
    text: String,
}

impl Page {
    pub(super) fn new(style: Style, width: Option<usize>) -> Self {
        Page { style, width: width.unwrap_or(WIDTH).clamp(LEAST_WIDTH, WIDTH), text: String::new() }
    }

    /// The text of an explanation.
    pub(super) fn text(mut self, explanation: &Explanation) -> String {
        let (bold, reset) = (self.style.bold(), self.style.reset());
        for (n, chapter) in explanation.chapters.iter().enumerate() {
            self.text += if n > 0 { "\n" } else { "" };
            self.text += &format!("{bold}{}{reset}\n\n", chapter.topic);
            let mut before: Option<&Paragraph> = None;
            for paragraph in &chapter.paragraphs {
                // A connection's paragraph has a heading, and an empty line before it.
                if before.is_some_and(|before| before.connection.is_some()) {
                    self.text += "\n";
                }
                self.paragraph(paragraph);
                before = Some(paragraph);
            }
        }
        self.text
    }

    fn paragraph(&mut self, paragraph: &Paragraph) {
        let (bold, reset) = (self.style.bold(), self.style.reset());
        let sentences: Vec<String> = paragraph.statements.iter().map(|said| TerminalText(said).to_string()).collect();
        match &paragraph.connection {
            Some(connection) => {
                let begin = self.text.len();
                self.wrapped(&TerminalText(connection).to_string(), "  ", "    ");
                let heading = self.text.split_off(begin);
                for line in heading.lines() {
                    let indent = line.len() - line.trim_start().len();
                    self.text += &format!("{}{bold}{}{reset}\n", &line[..indent], &line[indent..]);
                }
                self.wrapped(&sentences.join(" "), "  ", "  ");
            }
            None => self.wrapped(&sentences.join(" "), "  ", "    "),
        }
    }

    /// Writes text in lines, broken at blanks.
    fn wrapped(&mut self, text: &str, first: &str, others: &str) {
        let mut line = first.to_string();
        let mut columns = line.len();
        let mut is_empty = true;
        let room = self.width.saturating_sub(others.len().max(first.len())).max(1);
        for word in text.split(' ').flat_map(|word| pieces(word, room)) {
            let length = word.chars().count();
            if !is_empty && columns + 1 + length > self.width {
                self.text += line.trim_end();
                self.text += "\n";
                line = others.to_string();
                columns = line.len();
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
                columns += 1;
            }
            line += word;
            columns += length;
            is_empty = false;
        }
        self.text += line.trim_end();
        self.text += "\n";
    }
}

/// A word in pieces that fit into a line.
fn pieces(word: &str, most: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(word);
    std::iter::from_fn(move || {
        let word = rest.take()?;
        match word.char_indices().nth(most) {
            Some((end, _)) => {
                let (piece, after) = word.split_at(end);
                rest = Some(after);
                Some(piece)
            }
            None => Some(word),
        }
    })
}

/// Writes a statement as a line of JSON.
pub(super) fn object(topic: Topic, connection: Option<&ToldConnection>, statement: &Statement, json: &mut Json) {
    json.line(|json| {
        json.string("chapter", topic.name());
        if let Some(connection) = connection {
            json.number("stream", connection.stream);
            let [first, second] = match connection.has_client {
                true => ["client", "server"],
                false => ["first_endpoint", "second_endpoint"],
            };
            json.string(first, connection.first);
            json.string(second, connection.second);
        }
        json.string("kind", statement.kind());
        json.string("text", statement);
        statement.members(&mut |name, value| member(name, &value, json));
    });
}

/// Writes a member of a statement, or of a value in it.
fn member(name: &str, value: &StatementMember<'_>, json: &mut Json) {
    match *value {
        StatementMember::Number(number) => json.number(name, number),
        StatementMember::Text(text) => json.string(name, text),
        StatementMember::Duration(nanos) => {
            json.plain(name, |text| clock::seconds(nanos.0.into(), 9, text));
        }
        StatementMember::Packets(packets) => {
            json.list(name, |json| packets.first().iter().for_each(|packet| json.item(packet)));
            let more = packets.count() - packets.first().len() as u64;
            if more > 0 {
                json.number(&format!("{name}_more"), more);
                json.number(&format!("{name}_last"), packets.last().unwrap_or_default());
            }
        }
        StatementMember::List(items) => {
            json.list(name, |json| items.iter().for_each(|item| json.item_string(item)));
        }
        StatementMember::Numbers(numbers) => {
            json.list(name, |json| numbers.iter().for_each(|number| json.item(number)));
        }
        StatementMember::Durations(durations) => json.list(name, |json| {
            for nanos in durations {
                let mut text = TextBuffer::default();
                clock::seconds(nanos.0.into(), 9, &mut text);
                json.item_string(text.as_str());
            }
        }),
        StatementMember::Record(record) => {
            json.object(name, |json| record.members(&mut |name, value| member(name, &value, json)));
        }
        StatementMember::Records(records) => json.list(name, |json| {
            for record in records {
                json.object("", |json| record.members(&mut |name, value| member(name, &value, json)));
            }
        }),
        StatementMember::Nothing => {}
    }
}
