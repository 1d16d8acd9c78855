//! Names of files made of names from packets.
//!
//! A name from a packet is hostile until proven otherwise: what is made of it is one plain name on every system.

/// Most bytes of the part of a name that comes from a packet.
const MOST_BYTES: usize = 60;

/// Most bytes of an extension, which is kept where a name is cut.
const MOST_EXTENSION: usize = 16;

/// Names of devices on Windows, whatever their extension.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// The name of a file without and with its extension: a number can be put between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileName {
    stem: String,
    extension: String,
}

impl FileName {
    /// Makes a file name of bytes from a packet. It begins with `before`. If no byte can be used, `otherwise` follows.
    pub(super) fn new(before: &str, bytes: &[u8], otherwise: &str) -> Self {
        let name = safe(bytes);
        let (stem, extension) = split(if name.is_empty() { otherwise } else { &name });
        FileName { stem: format!("{before}{stem}"), extension: extension.to_string() }
    }

    /// The name, with a number if it is not the first.
    pub(super) fn numbered(&self, number: u32) -> String {
        match number {
            0 | 1 => format!("{}{}", self.stem, self.extension),
            _ => format!("{}-{number}{}", self.stem, self.extension),
        }
    }
}

/// A name and its extension with the dot.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= MOST_EXTENSION => name.split_at(dot),
        _ => (name, ""),
    }
}

/// Bytes of a name as a plain name: of UTF-8, without separators, leading dots and dashes, and what any system reserves.
/// Empty, if nothing is left.
fn safe(bytes: &[u8]) -> String {
    // More could not be kept in any case.
    let bytes = &bytes[..bytes.len().min(1 << 12)];
    let mut name = String::new();
    for c in String::from_utf8_lossy(bytes).chars() {
        // One sign for many of them: `..` is no part of a name, and rows of signs are of no use.
        match (is_allowed(c), name.chars().next_back()) {
            (true, Some('.')) if c == '.' => {}
            (true, _) => name.push(c),
            (false, Some('.' | '_')) => {}
            (false, _) => name.push('_'),
        }
    }
    if name.chars().all(|c| matches!(c, '.' | '_' | '-' | ' ')) {
        return String::new();
    }
    let trimmed = name.trim_start_matches(['.', '-', ' ', '~']).trim_end_matches(['.', ' ']);
    let (stem, extension) = split(trimmed);
    let stem = cut(stem, MOST_BYTES - extension.len()).trim_end_matches(['.', ' ']);
    let first = stem.split('.').next().unwrap_or_default().trim_end();
    let mark = if is_device(first) { "_" } else { "" };
    format!("{mark}{stem}{extension}")
}

/// Whether a character can be in a name on every system, and is shown as what it is.
fn is_allowed(c: char) -> bool {
    !packetsmith::output::is_unsafe(c)
        && !matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' | '$' | '`' | '\u{fffd}')
        // Characters that are not seen, or that end a line.
        && !matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
        && (c == ' ' || !c.is_whitespace())
}

fn is_device(stem: &str) -> bool {
    let upper = stem.to_uppercase();
    let is_port = |name: &str| {
        let number = upper.strip_prefix(name).unwrap_or_default();
        number.chars().count() == 1 && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'))
    };
    DEVICES.contains(&upper.as_str()) || is_port("COM") || is_port("LPT")
}

/// The first bytes of a text, up to a limit, without a part of a character.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

/// Takes off percent-encoding once (RFC 3986 §2.1). What is none stays.
pub(super) fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = match *after {
            [high, low, ..] if byte == b'%' => digit(high).zip(digit(low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        decoded.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::{FileName, MOST_BYTES, percent_decoded, safe};
    use proptest::prelude::*;

    #[test]
    fn names_become_plain_names() {
        for (bytes, expected) in [
            ("index.html", "index.html"),
            ("..%2f..%2fetc%2fpasswd", "2f.2fetc_2fpasswd"),
            ("../../etc/passwd", "etc_passwd"),
            ("..", ""),
            (".bashrc", "bashrc"),
            ("-rf", "rf"),
            ("C:\\windows\\x.exe", "C_windows_x.exe"),
            ("nul.txt", "_nul.txt"),
            ("COM1", "_COM1"),
            ("aux", "_aux"),
            ("console", "console"),
            ("a\u{202e}gpj.exe", "a_gpj.exe"),
            ("a\x1b[31m\0\n", "a_[31m_"),
            ("__init__.py", "__init__.py"),
            ("größe.txt", "größe.txt"),
            ("写真.jpg", "写真.jpg"),
            ("a..b", "a.b"),
            ("end. . ", "end"),
        ] {
            assert_eq!(safe(bytes.as_bytes()), expected, "{bytes:?}");
        }
        assert_eq!(safe(b"\xff\xfe"), "");
        assert_eq!(safe(b"a\xffb"), "a_b");
    }

    #[test]
    fn a_long_name_keeps_its_extension_and_whole_characters() {
        let name = safe(format!("{}.tar", "ä".repeat(100)).as_bytes());
        assert!(name.ends_with("ä.tar") && name.len() <= MOST_BYTES, "{name}");
        assert_eq!(safe(&[b'a'; 5000]).len(), MOST_BYTES);
    }

    #[test]
    fn a_number_stands_before_the_extension() {
        let name = FileName::new("14-", b"a.b.html", "index");
        assert_eq!([1, 2].map(|number| name.numbered(number)), ["14-a.b.html", "14-a.b-2.html"]);
        assert_eq!(FileName::new("1-", b"..", "index").numbered(1), "1-index");
    }

    #[test]
    fn percent_encoding_is_taken_off_once() {
        assert_eq!(percent_decoded(b"%2e%2E%2fa%20b%%4%zz%252f"), b"../a b%%4%zz%2f");
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_the_name_is_plain(bytes in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,200}") {
            for bytes in [&bytes, text.as_bytes()] {
                let name = safe(bytes);
                prop_assert!(name.len() <= MOST_BYTES + 1 && !name.contains("..") && !name.starts_with(['.', '-', ' ']));
                prop_assert!(!name.contains(['/', '\\', ':', '\0']) && !name.ends_with(['.', ' ']), "{name:?}");
                prop_assert!(!name.chars().any(packetsmith::output::is_unsafe));
            }
        }
    }
}
