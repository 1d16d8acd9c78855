//! Tables: for people, as JSON, as CSV.

use crate::clock;
use packetsmith::output::{Json, Style, TerminalText, TextBuffer};

/// A value of a table.
#[derive(Clone, Debug)]
pub enum Cell {
    /// There is none.
    Absent,
    Text(String),
    Count(u64),
    /// A number, and how many decimal places are shown.
    Number(f64, usize),
    /// Nanoseconds, which are shown as seconds, and how many decimal places are shown.
    Seconds(i128, usize),
    /// Text for people, and the value for programs.
    Shown(String, Box<Cell>),
}

impl Cell {
    pub fn text(text: impl ToString) -> Self {
        Cell::Text(text.to_string())
    }

    /// Seconds, if they are known.
    pub fn seconds(nanos: Option<i128>, digits: usize) -> Self {
        nanos.map_or(Cell::Absent, |nanos| Cell::Seconds(nanos, digits))
    }

    /// A number of events in a second, if the time is more than none.
    pub fn rate(count: u64, nanos: Option<i128>) -> Self {
        match nanos.filter(|nanos| *nanos > 0) {
            Some(nanos) => Cell::Number(count as f64 * 1e9 / nanos as f64, 1),
            None => Cell::Absent,
        }
    }

    /// The value for programs.
    fn plain(&self) -> String {
        match self {
            Cell::Absent => String::new(),
            Cell::Text(text) => TerminalText(text).to_string(),
            Cell::Count(count) => count.to_string(),
            Cell::Number(number, digits) => format!("{number:.digits$}"),
            Cell::Seconds(nanos, digits) => {
                let mut text = TextBuffer::default();
                clock::seconds(*nanos, *digits, &mut text);
                text.as_str().to_string()
            }
            Cell::Shown(_, value) => value.plain(),
        }
    }

    /// The cell with the value for programs.
    pub fn value(&self) -> &Cell {
        match self {
            Cell::Shown(_, value) => value,
            cell => cell,
        }
    }

    /// The text for people.
    pub fn shown(&self) -> String {
        match self {
            Cell::Absent => "-".to_string(),
            Cell::Shown(text, _) => TerminalText(text).to_string(),
            cell => cell.plain(),
        }
    }

    fn member(&self, key: &str, json: &mut Json) {
        match self {
            Cell::Absent => {}
            Cell::Text(text) => json.string(key, text),
            Cell::Count(count) => json.number(key, *count),
            Cell::Number(number, digits) => json.string(key, format_args!("{number:.digits$}")),
            Cell::Seconds(..) => json.string(key, self.plain()),
            Cell::Shown(_, value) => value.member(key, json),
        }
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name for programs; empty if the column is for people alone.
    pub key: &'static str,
    /// Heading for people; empty if the column is for programs alone.
    pub title: &'static str,
    /// Whether it holds text, which begins where its column begins. Numbers end where their column ends.
    pub is_text: bool,
}

/// A column of text.
pub const fn text(key: &'static str, title: &'static str) -> Column {
    Column { key, title, is_text: true }
}

/// A column of numbers.
pub const fn number(key: &'static str, title: &'static str) -> Column {
    Column { key, title, is_text: false }
}

/// Most columns of a line.
pub const MOST_COLUMNS: usize = 100;

/// A table, or a list of facts.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Heading for people.
    pub title: String,
    /// Name of the list in JSON.
    pub key: &'static str,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// Whether there is one row, which people see as a list, and JSON has as an object.
    pub is_list: bool,
    /// How many rows are cut off.
    pub more: usize,
    /// What else is to be said.
    pub notes: Vec<String>,
    /// Lines for people, in place of the rows.
    pub lines: Vec<String>,
}

impl Table {
    /// Whether there is nothing to show but the title.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.notes.is_empty() && self.more == 0
    }

    /// The title without what it counts.
    pub fn name(&self) -> &str {
        self.title.split_once(':').map_or(&*self.title, |(name, _)| name)
    }

    /// Keeps the first rows, unless `top` is 0.
    pub fn cut(&mut self, top: usize) {
        if top > 0 && self.rows.len() > top {
            self.more = self.rows.len() - top;
            self.rows.truncate(top);
        }
    }

    /// Writes the table for people.
    pub fn write(&self, style: Style, text: &mut TextBuffer) {
        text.str(style.bold());
        text.str(&self.title);
        text.str(style.reset());
        text.str("\n");
        match self.is_list {
            true => self.write_list(text),
            false if !self.lines.is_empty() => {
                self.lines.iter().for_each(|line| text.show(format_args!("  {}\n", TerminalText(line))));
            }
            false if self.rows.is_empty() => text.str("  none\n"),
            false => self.write_rows(style, text),
        }
        if self.more > 0 {
            text.show(format_args!("  and {} more, use --top 0\n", self.more));
        }
        for note in &self.notes {
            text.show(format_args!("  {}\n", TerminalText(note)));
        }
    }

    fn write_list(&self, text: &mut TextBuffer) {
        let shown = self.columns.iter().zip(self.rows.iter().flatten());
        let shown = shown.filter(|(column, cell)| !column.title.is_empty() && !matches!(cell, Cell::Absent));
        let width = shown.clone().map(|(column, _)| column.title.len()).max().unwrap_or(0);
        for (column, cell) in shown {
            text.show(format_args!("  {:width$}  {}\n", column.title, cell.shown()));
        }
    }

    fn write_rows(&self, style: Style, text: &mut TextBuffer) {
        let shown: Vec<usize> = (0..self.columns.len()).filter(|at| !self.columns[*at].title.is_empty()).collect();
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| shown.iter().map(|at| row[*at].shown()).collect()).collect();
        let titles: Vec<String> = shown.iter().map(|at| self.columns[*at].title.to_string()).collect();
        let width = |column: usize| {
            let cells = rows.iter().chain([&titles]).map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..shown.len()).map(width).collect();
        text.str(style.dim());
        for (number, row) in std::iter::once(&titles).chain(&rows).enumerate() {
            for (at, cell) in row.iter().enumerate() {
                let fill = widths[at] - cell.chars().count();
                let is_text = self.columns[shown[at]].is_text;
                text.str("  ");
                text.fill(b' ', if is_text { 0 } else { fill });
                text.str(cell);
                text.fill(b' ', if is_text { fill } else { 0 });
            }
            while text.bytes.last() == Some(&b' ') {
                text.bytes.pop();
            }
            text.str(if number == 0 { style.reset() } else { "" });
            text.str("\n");
        }
    }

    /// Writes the members of a row.
    fn members(&self, row: &[Cell], json: &mut Json) {
        for (column, cell) in self.columns.iter().zip(row).filter(|(column, _)| !column.key.is_empty()) {
            cell.member(column.key, json);
        }
    }
}

/// Writes tables as members of an object: one for each name, with the rows of all tables of that name.
pub fn members(tables: &[Table], json: &mut Json) {
    let mut tables = tables;
    while let Some(first) = tables.first() {
        let same = tables.iter().take_while(|table| table.key == first.key).count();
        let (now, rest) = tables.split_at(same);
        tables = rest;
        if let ([table], true) = (now, first.is_list) {
            json.object(first.key, |json| table.rows.iter().for_each(|row| table.members(row, json)));
        } else {
            json.list(first.key, |json| {
                for table in now {
                    table.rows.iter().for_each(|row| json.object("", |json| table.members(row, json)));
                }
            });
        }
        let more: usize = now.iter().map(|table| table.more).sum();
        if more > 0 {
            json.number(&format!("{}_left_out", first.key), more as u64);
        }
        if now.iter().any(|table| !table.notes.is_empty()) {
            json.list(&format!("{}_notes", first.key), |json| {
                now.iter().flat_map(|table| &table.notes).for_each(|note| json.item_string(note));
            });
        }
    }
}

/// Writes the rows of tables with the same columns as CSV (RFC 4180). `file` is the value of a first column.
pub fn csv(tables: &[Table], file: Option<&str>, has_heading: bool, text: &mut TextBuffer) {
    let Some(first) = tables.first() else { return };
    let keys = first.columns.iter().map(|column| column.key).filter(|key| !key.is_empty());
    if !has_heading {
        line(file.map(|_| "file").into_iter().chain(keys).map(str::to_string), text);
    }
    for row in tables.iter().flat_map(|table| &table.rows) {
        let cells = first.columns.iter().zip(row).filter(|(column, _)| !column.key.is_empty());
        let cells = cells.map(|(_, cell)| cell.plain());
        line(file.map(|file| TerminalText(file).to_string()).into_iter().chain(cells), text);
    }
}

fn line(cells: impl Iterator<Item = String>, text: &mut TextBuffer) {
    for (n, cell) in cells.enumerate() {
        text.str(if n > 0 { "," } else { "" });
        match cell.contains(['"', ',', '\n', '\r']) {
            true => text.show(format_args!("\"{}\"", cell.replace('"', "\"\""))),
            false => text.str(&cell),
        }
    }
    text.str("\n");
}

/// The first characters of a text, with an ellipsis if there are more.
pub fn cut(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_string(),
    }
}

/// Makes a table for people fit into the lines of a narrow terminal: cuts cells of the columns in `shrink`, each down to a least
/// width, and if that is not enough, leaves out the columns in `hide`, in their order. Both are titles of columns. Programs
/// get all of it.
pub fn fit(table: &mut Table, width: usize, shrink: &[(&str, usize)], hide: &[&str]) {
    // A file and a wide terminal have room.
    if width < MOST_COLUMNS {
        fit_into(table, width, shrink, hide);
    }
}

/// As [`fit`], for a table that must fit into files too.
pub fn fit_into(table: &mut Table, width: usize, shrink: &[(&str, usize)], hide: &[&str]) {
    let columns = |table: &Table, at: usize| -> usize {
        let cells = table.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.shown().chars().count());
        cells.chain([table.columns.get(at).map_or(0, |column| column.title.chars().count())]).max().unwrap_or(0)
    };
    let all = |table: &Table| -> usize {
        let is_shown = |at: &usize| table.columns.get(*at).is_some_and(|column| !column.title.is_empty());
        (0..table.columns.len()).filter(is_shown).map(|at| columns(table, at) + 2).sum()
    };
    let place = |table: &Table, title: &str| table.columns.iter().position(|column| column.title == title);
    let mut hide = hide.iter();
    loop {
        let over = all(table).saturating_sub(width);
        let shrunk = |(title, least): &(&str, usize)| {
            let at = place(table, title)?;
            Some((at, columns(table, at), (*least).max(title.len())))
        };
        let shrunk: Vec<(usize, usize, usize)> = shrink.iter().filter_map(shrunk).collect();
        let room: usize = shrunk.iter().map(|(_, now, least)| now.saturating_sub(*least)).sum();
        if room < over
            && let Some(title) = hide.next()
        {
            if let Some(column) = place(table, title).and_then(|at| table.columns.get_mut(at)) {
                column.title = "";
            }
            continue;
        }
        let mut over = over;
        for (at, now, least) in shrunk {
            let most = now.saturating_sub(over).max(least).min(now);
            over = over.saturating_sub(now - most);
            for cell in table.rows.iter_mut().filter_map(|row| row.get_mut(at)) {
                let shown = cell.shown();
                if shown.chars().count() > most {
                    *cell = Cell::Shown(cut(&shown, most), Box::new(cell.value().clone()));
                }
            }
        }
        return;
    }
}
