//! The lines of hexdumps: offsets, bytes, text.

use super::error::HexdumpProblem;

/// Most characters of a line that an error quotes.
const MOST_QUOTED: usize = 20;

/// Bytes of a line of most tools, after half of which `hexdump -C` and others have a second blank.
const HALF_LINE: usize = 8;

/// Most bytes of a line that has text: `xxd -c 256`. To compare longer lines takes too long.
const MOST_BESIDE_TEXT: usize = 256;

/// How the lines of a dump are laid out. The first line with bytes decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DumpForm {
    /// Digits without offsets.
    Plain,
    /// `0x0000:  4500 003c`, with headers of packets between.
    Tcpdump,
    /// `00000000: 4500 003c`.
    Xxd,
    /// `0000  45 00 00 3c`: hexdump -C, od, tshark, text2pcap.
    Columns,
}

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DumpLine<'t> {
    /// Nothing.
    Blank,
    /// A comment.
    Comment,
    /// A header of a packet.
    Header,
    /// A `*` for lines like the one before.
    Repeat,
    /// An offset, its number of digits, and bytes unless it ends the dump.
    Row(u64, usize, &'t [u8]),
    /// Bytes.
    Digits(&'t [u8]),
}

/// The offset at the beginning of a line, and what stands after it.
struct Offset<'t> {
    value: u64,
    digits: usize,
    prefix: bool,
    colon: bool,
    rest: &'t [u8],
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The first characters of a text, up to a blank.
pub(super) fn quoted(text: &[u8]) -> Box<str> {
    let end = text.iter().position(|&byte| is_blank(byte)).unwrap_or(text.len());
    let word = String::from_utf8_lossy(&text[..end.min(4 * MOST_QUOTED)]);
    let cut = word.char_indices().nth(MOST_QUOTED).map(|(at, _)| at);
    cut.map_or_else(|| word.as_ref().into(), |at| format!("{}…", &word[..at]).into())
}

fn hex_run(text: &[u8]) -> usize {
    text.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(text.len())
}

fn without_prefix(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"0x").or(text.strip_prefix(b"0X"))
}

fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte | 0x20) - b'a' + 10,
    }
}

fn push_digits(digits: &[u8], bytes: &mut Vec<u8>) {
    bytes.extend(digits.as_chunks().0.iter().map(|&[high, low]: &[u8; 2]| digit(high) << 4 | digit(low)));
}

fn offset(text: &[u8]) -> Option<Offset<'_>> {
    let (text, prefix) = without_prefix(text).map_or((text, false), |text| (text, true));
    let digits = hex_run(text);
    if !(1..=16).contains(&digits) {
        return None;
    }
    let value = text[..digits].iter().fold(0, |value, &byte| value << 4 | u64::from(digit(byte)));
    let (colon, rest) = match text[digits..].split_first() {
        Some((b':', rest)) => (true, rest),
        _ => (false, &text[digits..]),
    };
    (rest.is_empty() || is_blank(rest[0])).then_some(Offset { value, digits, prefix, colon, rest })
}

impl DumpForm {
    /// The form of a dump whose first line with bytes this is. `None` for a line that has none.
    pub(super) fn of(line: &[u8]) -> Option<Result<DumpForm, HexdumpProblem>> {
        let line = line.trim_ascii();
        if let Some(offset) = offset(line) {
            let body = offset.rest.trim_ascii();
            let word = hex_run(body);
            let whole = word > 0 && body.get(word).is_none_or(|&byte| is_blank(byte));
            let found = match offset {
                Offset { colon: true, prefix, .. } if whole => {
                    Some(if prefix { DumpForm::Tcpdump } else { DumpForm::Xxd })
                }
                Offset { colon: false, digits: 3.., .. } if whole && word == 2 => Some(DumpForm::Columns),
                // An offset is not as long as the words after it: hexdump and od without options.
                Offset { colon: false, digits: 5.., value: 0, .. } if whole && word != offset.digits => {
                    return Some(Err(HexdumpProblem::Words(quoted(body))));
                }
                _ => None,
            };
            match found {
                Some(_) if offset.value != 0 => return Some(Err(HexdumpProblem::FirstOffset(offset.value))),
                Some(form) => return Some(Ok(form)),
                None => {}
            }
        }
        let mut bytes = Vec::new();
        plain(line, &mut bytes).ok().filter(|()| !bytes.is_empty()).map(|()| Ok(DumpForm::Plain))
    }

    /// Tells what a line of a dump in this form is.
    pub(super) fn line<'t>(self, line: &'t [u8]) -> Result<DumpLine<'t>, HexdumpProblem> {
        let trimmed = line.trim_ascii();
        if trimmed.is_empty() {
            return Ok(DumpLine::Blank);
        }
        if trimmed[0] == b'#' && self != DumpForm::Tcpdump {
            return Ok(DumpLine::Comment);
        }
        if self == DumpForm::Plain {
            return Ok(DumpLine::Digits(trimmed));
        }
        if trimmed == b"*" && self != DumpForm::Tcpdump {
            return Ok(DumpLine::Repeat);
        }
        match offset(trimmed) {
            Some(Offset { colon: true, prefix: true, value, digits, rest }) if self == DumpForm::Tcpdump => {
                Ok(DumpLine::Row(value, digits, rest))
            }
            Some(Offset { colon: true, prefix: false, value, digits, rest }) if self == DumpForm::Xxd => {
                Ok(DumpLine::Row(value, digits, rest))
            }
            Some(Offset { colon: false, digits: digits @ 3.., value, rest, .. }) if self == DumpForm::Columns => {
                Ok(DumpLine::Row(value, digits, rest))
            }
            // What begins like the bytes of a packet is no header.
            _ if self == DumpForm::Tcpdump && without_prefix(trimmed).is_none() => Ok(DumpLine::Header),
            _ => Err(HexdumpProblem::NotHex(quoted(trimmed))),
        }
    }
}

/// Appends the bytes of a line without offset: digits between blanks, commas, colons and hyphens.
pub(super) fn plain(line: &[u8], bytes: &mut Vec<u8>) -> Result<(), HexdumpProblem> {
    let mut rest = line;
    loop {
        let gap = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b':' | b',' | b'-')).unwrap_or(rest.len());
        rest = &rest[gap..];
        if rest.is_empty() {
            return Ok(());
        }
        let prefixed = without_prefix(rest).or(rest.strip_prefix(b"\\x"));
        let digits = prefixed.unwrap_or(rest);
        let run = hex_run(digits);
        match digits.get(run) {
            None | Some(b' ' | b'\t' | b':' | b',' | b'-' | b'\\') if run > 0 => {}
            _ => return Err(HexdumpProblem::NotHex(quoted(rest))),
        }
        match run % 2 {
            0 => push_digits(&digits[..run], bytes),
            // In a list of numbers, 0x0 is a byte.
            _ if run == 1 && prefixed.is_some() => bytes.push(digit(digits[0])),
            _ => return Err(HexdumpProblem::OddDigits(quoted(rest))),
        }
        rest = &digits[run..];
    }
}

/// How many bytes a line has.
#[derive(Clone, Copy, Debug)]
pub(super) enum RowLength {
    /// The offset of the next line says so.
    Exactly(usize),
    /// The line is the last of its packet. The lines before have so many, if there are any.
    AtMost(Option<usize>),
}

/// What stands after the bytes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) count: usize,
    pub(super) has_text: bool,
}

/// Appends the bytes of a line, which stand after its offset. Bytes have one blank between them; two or more, or a bar,
/// begin the text, but for the blank in the middle of a line. What the next offset says goes before.
pub(super) fn row(form: DumpForm, body: &[u8], count: RowLength, bytes: &mut Vec<u8>) -> Result<Row, HexdumpProblem> {
    let start = bytes.len();
    let full = match count {
        RowLength::Exactly(count) => Some(count),
        RowLength::AtMost(width) => width,
    };
    let is_exact = matches!(count, RowLength::Exactly(_));
    let mut rest = body.trim_ascii();
    let mut longest = 0;
    let end = |bytes: &Vec<u8>, text: &[u8], longest: usize| {
        let have = bytes.len() - start;
        if let Some(want) = full.filter(|&want| is_exact && have < want) {
            return Err(HexdumpProblem::Missing { have, want });
        }
        if longest > 1 && form == DumpForm::Xxd && is_reversed(text, &bytes[start..], longest) {
            return Err(HexdumpProblem::LittleEndian);
        }
        let is_bar = form == DumpForm::Columns && matches!(text.first(), Some(b'|' | b'>'));
        if !is_exact && !is_bar && !text.is_empty() && !is_rendering(text, &bytes[start..]) {
            // Text of people is beside the columns of text2pcap alone.
            let word = hex_run(text);
            let is_byte = word == 2 && text.get(word).is_none_or(|&byte| is_blank(byte));
            if form != DumpForm::Columns || is_byte {
                return Err(HexdumpProblem::NoText);
            }
        }
        Ok(Row { count: have, has_text: !text.is_empty() })
    };
    while !rest.is_empty() {
        let run = hex_run(rest);
        if run == 0 || rest.get(run).is_some_and(|&byte| !is_blank(byte)) {
            return Err(HexdumpProblem::NotHex(quoted(rest)));
        }
        if !run.is_multiple_of(2) {
            return Err(HexdumpProblem::OddDigits(quoted(rest)));
        }
        if run > 2 && form == DumpForm::Columns {
            return Err(HexdumpProblem::Words(quoted(rest)));
        }
        push_digits(&rest[..run], bytes);
        longest = longest.max(run / 2);
        let after = &rest[run..];
        let gap = after.iter().position(|&byte| !is_blank(byte)).unwrap_or(after.len());
        let is_wide = gap > 1 || after.first() == Some(&b'\t');
        rest = &after[gap..];
        let have = bytes.len() - start;
        if full.is_some_and(|full| have > full) {
            return Err(surplus(is_exact, full, body.trim_ascii()));
        }
        let is_bar = form == DumpForm::Columns && matches!(rest.first(), Some(b'|' | b'>'));
        let is_whole = full == Some(have);
        if rest.is_empty() || is_bar {
            return end(bytes, rest, longest);
        }
        if is_whole && !is_wide && !is_rendering(rest, &bytes[start..]) {
            return Err(surplus(is_exact, full, rest));
        }
        if is_whole {
            return end(bytes, rest, longest);
        }
        if is_wide {
            let word = hex_run(rest);
            let in_the_middle = form == DumpForm::Columns
                && gap == 2
                && have == HALF_LINE
                && word == 2
                && rest.get(word).is_none_or(|&byte| is_blank(byte))
                && !is_rendering(rest, &bytes[start..]);
            if !in_the_middle {
                return end(bytes, rest, longest);
            }
        } else if !is_exact && have <= MOST_BESIDE_TEXT && is_rendering(rest, &bytes[start..]) {
            return Err(HexdumpProblem::NoText);
        }
    }
    end(bytes, rest, longest)
}

fn surplus(is_exact: bool, full: Option<usize>, text: &[u8]) -> HexdumpProblem {
    match full {
        Some(want) if is_exact => HexdumpProblem::Surplus { want, text: quoted(text) },
        _ => HexdumpProblem::NoText,
    }
}

fn rendered(byte: u8) -> u8 {
    if matches!(byte, b' '..=b'~') { byte } else { b'.' }
}

/// Tells whether a text is what the tools show beside these bytes: a point for each that cannot be printed, with tcpdump
/// for a blank too.
fn is_rendering(text: &[u8], bytes: &[u8]) -> bool {
    let graphic = |byte: &u8| if *byte == b' ' { b'.' } else { rendered(*byte) };
    if text.len() == bytes.len() && text.iter().copied().eq(bytes.iter().map(graphic)) {
        return true;
    }
    // Blanks at its ends cannot be told from the gap.
    let is_blank = |byte: &&u8| **byte == b' ';
    let leading = bytes.iter().take_while(is_blank).count();
    let bytes = &bytes[leading..];
    let trailing = bytes.iter().rev().take_while(is_blank).count();
    let bytes = &bytes[..bytes.len() - trailing];
    text.trim_ascii().iter().copied().eq(bytes.iter().copied().map(rendered))
}

/// Tells whether a text belongs to the bytes only if each word of them is reversed.
fn is_reversed(text: &[u8], bytes: &[u8], word: usize) -> bool {
    if text.is_empty() || is_rendering(text, bytes) {
        return false;
    }
    let reversed: Vec<u8> = bytes.chunks(word).flat_map(|word| word.iter().rev().copied()).collect();
    is_rendering(text, &reversed)
}

#[cfg(test)]
mod tests {
    use super::{DumpForm, DumpLine, Row, RowLength, row};
    use crate::capture::hexdump::HexdumpProblem;

    fn read(form: DumpForm, body: &str, count: RowLength) -> Result<(Vec<u8>, bool), HexdumpProblem> {
        let mut bytes = Vec::new();
        row(form, body.as_bytes(), count, &mut bytes).map(|Row { has_text, .. }| (bytes, has_text))
    }

    #[test]
    fn the_first_line_decides_the_form() {
        for (line, form) in [
            ("\t0x0000:  4500 003c", Some(DumpForm::Tcpdump)),
            ("00000000: 4500 003c 1c46  E..<.F", Some(DumpForm::Xxd)),
            ("0000: 45 00", Some(DumpForm::Xxd)),
            ("00000000  45 00 00 3c  |E..<|", Some(DumpForm::Columns)),
            ("000000 45 00", Some(DumpForm::Columns)),
            ("0000 0000 4500", Some(DumpForm::Plain)),
            ("45 00 00 3c", Some(DumpForm::Plain)),
            ("45:00:00:3c", Some(DumpForm::Plain)),
            ("0x45, 0x0, 0x3c,", Some(DumpForm::Plain)),
            ("\\x45\\x00", Some(DumpForm::Plain)),
            ("a letter", None),
            ("12:00:00.000001 IP 10.0.0.1 > 10.0.0.2: ICMP", None),
        ] {
            assert_eq!(DumpForm::of(line.as_bytes()).map(|form| form.expect(line)), form, "{line}");
        }
        for line in ["0000000 0045 3c00", "000000 0045 3c00"] {
            assert!(matches!(DumpForm::of(line.as_bytes()), Some(Err(HexdumpProblem::Words(_)))), "{line}");
        }
        assert!(matches!(DumpForm::of(b"0010  45 00"), Some(Err(HexdumpProblem::FirstOffset(16)))));
    }

    #[test]
    fn text_that_looks_like_bytes_is_text() {
        let last = RowLength::AtMost(None);
        assert_eq!(read(DumpForm::Columns, "  61 62 20 64  ab d", last).unwrap(), (b"ab d".to_vec(), true));
        assert_eq!(read(DumpForm::Columns, "  61 62  a letter", last).unwrap(), (b"ab".to_vec(), true));
        assert_eq!(read(DumpForm::Tcpdump, "  6120 6220  a.b.", last).unwrap(), (b"a b ".to_vec(), true));
        // A second blank between bytes.
        for (form, body) in [(DumpForm::Columns, "61 62  63 64"), (DumpForm::Xxd, "6162  6364  abcd")] {
            assert!(matches!(read(form, body, last), Err(HexdumpProblem::NoText)), "{body}");
        }
        assert_eq!(read(DumpForm::Xxd, " 6162 6364  abcd", last).unwrap(), (b"abcd".to_vec(), true));
        // Eight bytes whose text is like the second half of a line.
        let eight = "61 62 20 63 64 20 65 66  ab cd ef";
        assert_eq!(read(DumpForm::Columns, eight, last).unwrap().0, b"ab cd ef");
        assert_eq!(read(DumpForm::Columns, eight, RowLength::Exactly(8)).unwrap().0, b"ab cd ef");
        assert_eq!(read(DumpForm::Columns, "61 62 20 63 64 20 65 66  ab cd ee", last).unwrap().0.len(), 11);
        // The next offset says how many there are.
        assert_eq!(read(DumpForm::Columns, "61 62  63 64 65", RowLength::Exactly(2)).unwrap().0, b"ab");
        assert!(matches!(read(DumpForm::Xxd, " 6162 6364 abcd", last), Err(HexdumpProblem::NoText)));
    }

    #[test]
    fn wrong_lines_are_refused() {
        let of = |body, count| read(DumpForm::Columns, body, count).unwrap_err();
        assert!(matches!(of("45 0", RowLength::AtMost(None)), HexdumpProblem::OddDigits(text) if *text == *"0"));
        assert!(matches!(of("45 0g", RowLength::AtMost(None)), HexdumpProblem::NotHex(text) if *text == *"0g"));
        assert!(matches!(of("45 00", RowLength::Exactly(3)), HexdumpProblem::Missing { have: 2, want: 3 }));
        assert!(matches!(of("45 00 00", RowLength::Exactly(2)), HexdumpProblem::Surplus { want: 2, .. }));
        assert!(matches!(of("4500 0000", RowLength::Exactly(4)), HexdumpProblem::Words(_)));
        assert!(matches!(
            read(DumpForm::Xxd, " 64636261  abcd", RowLength::AtMost(None)).unwrap_err(),
            HexdumpProblem::LittleEndian
        ));
        assert!(DumpForm::Tcpdump.line(b"\t0x00g0:  4500").is_err());
        assert_eq!(DumpForm::Tcpdump.line(b"    10.0.0.1 > 10.0.0.2").unwrap(), DumpLine::Header);
    }
}
