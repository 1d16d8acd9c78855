//! The columns of lines: number, time, addresses, protocol and length. Their widths come from the first packets of a
//! file; of packets that come one by one, from those so far.

use crate::clock;
use packetsmith::output::{Style, Summary, TextBuffer};

/// Columns that a terminal keeps for the summary of a packet.
const INFO: usize = 40;

/// The columns of one line.
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) time: &'a [u8],
    pub(super) summary: &'a Summary,
    pub(super) length: u64,
}

/// Widths of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    number: usize,
    time: usize,
    /// Whether times are numbers, whose ends are below each other.
    numbers: bool,
    source: usize,
    destination: usize,
    protocol: usize,
    length: usize,
    /// Most columns of an address on a terminal.
    most: usize,
}

impl Columns {
    /// The widths that most packets need. `width` is that of the terminal.
    pub(super) fn new(format: clock::Format, width: Option<usize>) -> Self {
        use clock::Format::{D, Dd, R};
        // What the other columns and the gaps take at least.
        let others = 5 + 1 + 11 + 1 + 1 + 1 + 8 + 1 + 4 + 2;
        Columns {
            number: 5,
            time: if let R | D | Dd = format { 11 } else { 0 },
            numbers: format.is_seconds(),
            source: 15,
            destination: 15,
            protocol: 8,
            length: 4,
            most: width.map_or(usize::MAX, |width| (width.saturating_sub(others + INFO) / 2).max(15)),
        }
    }

    /// Makes room for a line.
    pub(super) fn fit(&mut self, line: &Line<'_>) {
        let digits = |n: u64| n.checked_ilog10().map_or(1, |digits| digits as usize + 1);
        self.number = self.number.max(digits(line.number));
        self.time = self.time.max(line.time.len());
        self.source = self.source.max(line.summary.source.bytes.len().min(self.most));
        self.destination = self.destination.max(line.summary.destination.bytes.len().min(self.most));
        self.protocol = self.protocol.max(line.summary.protocol.bytes.len().min(self.most));
        self.length = self.length.max(digits(line.length));
    }

    /// Writes a line up to its summary. What does not fit takes from the gaps after it.
    pub(super) fn write(&self, line: &Line<'_>, style: Style, text: &mut TextBuffer) {
        let Line { summary, .. } = line;
        text.str(style.dim());
        text.right(line.number, self.number);
        text.str(" ");
        let at = text.bytes.len();
        text.bytes.extend_from_slice(line.time);
        if self.numbers {
            text.align_right(at, self.time);
        } else {
            text.pad_to(at, self.time);
        }
        text.str(style.reset());
        text.str(" ");
        let mut over = 0;
        let cells = [
            (&summary.source.bytes, self.source, ""),
            (&summary.destination.bytes, self.destination, ""),
            (&summary.protocol.bytes, self.protocol, style.line(summary.kind)),
        ];
        for (cell, width, begin) in cells {
            text.str(begin);
            text.bytes.extend_from_slice(cell);
            text.str(if begin.is_empty() { "" } else { style.reset() });
            let used = cell.len() + over;
            let gap = (width + 1).saturating_sub(used).max(1);
            text.fill(b' ', gap);
            over = used + gap - (width + 1);
        }
        text.right(line.length, self.length.saturating_sub(over));
        text.str("  ");
    }
}

#[cfg(test)]
mod tests {
    use super::{Columns, Line};
    use crate::clock::Format;
    use packetsmith::output::{Style, Summary, TextBuffer};

    fn summary(source: &str, destination: &str, protocol: &str) -> Summary {
        let mut summary = Summary::default();
        summary.source.str(source);
        summary.destination.str(destination);
        summary.protocol.str(protocol);
        summary
    }

    fn shown(columns: &Columns, time: &str, summary: &Summary) -> String {
        let mut text = TextBuffer::default();
        columns.write(&Line { number: 7, time: time.as_bytes(), summary, length: 60 }, Style::PLAIN, &mut text);
        text.to_string()
    }

    #[test]
    fn a_long_cell_takes_from_the_gaps_after_it() {
        let columns = Columns::new(Format::R, None);
        let plain = shown(&columns, "0.000000", &summary("10.0.0.1", "10.0.0.2", "UDP"));
        let long = shown(&columns, "0.000000", &summary("2001:db8::1234:5678", "::1", "UDP"));
        assert_eq!(plain.find("UDP"), long.find("UDP"));
        let protocol = shown(&columns, "0.000000", &summary("10.0.0.1", "10.0.0.2", "VXLAN-GPE"));
        assert_eq!((plain.len(), protocol.len()), (long.len(), plain.len()));
    }

    #[test]
    fn columns_grow_for_the_longest_cell_but_leave_room_on_a_terminal() {
        let wide =
            summary("2001:db8:1111:2222:3333:4444:5555:6666", "2001:db8:1111:2222:3333:4444:5555:7777", "ICMPv6");
        let line = Line { number: 1_234_567, time: b"1700000000.000000000", summary: &wide, length: 65_535 };
        let mut columns = Columns::new(Format::E, None);
        columns.fit(&line);
        let narrow = summary("::1", "::2", "TCP");
        let (a, b) = (shown(&columns, "1.0", &narrow), shown(&columns, "1.0", &wide));
        assert_eq!((a.len(), a.find("60")), (b.len(), b.rfind("60")));
        let mut columns = Columns::new(Format::R, Some(100));
        columns.fit(&line);
        assert!(shown(&columns, "1.0", &narrow).len() <= 80);
    }
}
