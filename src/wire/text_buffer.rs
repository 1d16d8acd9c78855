//! A buffer of text: numbers, addresses and bytes are written straight into it.

use super::domain_name::Name;
use super::field::Field;
use super::hex::DIGITS;
use super::kind::Kind;
use super::mac::MacAddr;
use super::terminal_text::{TerminalText, is_unsafe};
use super::value::Value;
use alloc::vec::Vec;
use core::fmt::{Display, Write};
use core::net::Ipv6Addr;

/// Text that is written piece by piece. Clear [`bytes`](Self::bytes) to use the allocation again.
///
/// ```
/// use packetsmith::output::TextBuffer;
/// let mut text = TextBuffer::default();
/// text.str("port ");
/// text.number(53);
/// assert_eq!(text.to_string(), "port 53");
/// ```
#[derive(Clone, Debug, Default)]
pub struct TextBuffer {
    /// The bytes of the text: UTF-8, unless others than the methods here write to it.
    pub bytes: Vec<u8>,
}

impl Display for TextBuffer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&alloc::string::String::from_utf8_lossy(&self.bytes))
    }
}

impl Write for TextBuffer {
    fn write_str(&mut self, s: &str) -> core::fmt::Result {
        self.str(s);
        Ok(())
    }
}

impl TextBuffer {
    /// The text as a string; empty if it is no UTF-8.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    /// Appends a string.
    #[inline]
    pub fn str(&mut self, s: &str) {
        self.bytes.extend_from_slice(s.as_bytes());
    }

    /// Appends whatever can be displayed.
    pub fn show(&mut self, value: impl Display) {
        // Writing to a buffer cannot fail.
        let _ = write!(self, "{value}");
    }

    /// Appends a number in decimal.
    #[inline]
    pub fn number(&mut self, n: u64) {
        const EIGHT: u64 = 100_000_000;
        // Most numbers are small. So is what precedes the last eight digits of a number of 32 bits.
        if n < 256 {
            let (digits, len) = &OCTETS[n as usize];
            return self.some(digits, usize::from(*len) - 1);
        }
        if n >= EIGHT {
            self.number(n / EIGHT);
            return self.some(&eight_digits((n % EIGHT) as u32).to_le_bytes(), 8);
        }
        let digits = eight_digits(n as u32);
        // Leading zeros are the lowest bytes.
        let zeros = ((digits ^ ZEROS).trailing_zeros() / 8).min(7);
        self.some(&(digits >> (zeros * 8)).to_le_bytes(), 8 - zeros as usize);
    }

    /// Appends the first `len` of a few bytes: a copy of fixed size is no call.
    #[inline]
    fn some<const N: usize>(&mut self, bytes: &[u8; N], len: usize) {
        let end = self.bytes.len() + len;
        self.bytes.extend_from_slice(bytes);
        self.bytes.truncate(end);
    }

    /// Appends `byte` `N` times, to be overwritten in place. Returns the new bytes and the position of the first.
    /// (Digits that are written one by one and then copied as one larger piece stall the copy.)
    #[inline]
    fn room<const N: usize>(&mut self, byte: u8) -> (&mut [u8], usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[byte; N]);
        (&mut self.bytes[start..], start)
    }

    /// Appends a number in decimal, with its sign if it is negative.
    pub fn signed(&mut self, n: i64) {
        if n < 0 {
            self.str("-");
        }
        self.number(n.unsigned_abs());
    }

    /// Appends a number in decimal, zero-padded to `width` digits at least.
    pub fn padded(&mut self, n: u64, width: usize) {
        if let Some(digits) = last_digits(n, width) {
            return self.some(&(digits >> (64 - 8 * width)).to_le_bytes(), width);
        }
        let digits = n.checked_ilog10().map_or(1, |d| d as usize + 1);
        self.fill(b'0', width.saturating_sub(digits));
        self.number(n);
    }

    /// Appends a number in decimal at the right end of `width` columns.
    pub fn right(&mut self, n: u64, width: usize) {
        if let Some(digits) = last_digits(n, width) {
            // Leading zeros are the lowest bytes.
            let zeros = (digits ^ ZEROS).trailing_zeros() / 8;
            let leading = (1 << (8 * zeros.min(7))) - 1;
            let digits = digits & !leading | BLANKS & leading;
            return self.some(&(digits >> (64 - 8 * width)).to_le_bytes(), width);
        }
        let digits = n.checked_ilog10().map_or(1, |d| d as usize + 1);
        self.fill(b' ', width.saturating_sub(digits));
        self.number(n);
    }

    /// Appends a number as `0x` and `digits` hexadecimal digits at least.
    pub fn hex(&mut self, n: u64, digits: usize) {
        self.str("0x");
        let digits = digits.max((n | 1).ilog2() as usize / 4 + 1);
        let mut text = [b'0'; 16];
        let shown = digits.min(16);
        for (i, digit) in text[..shown].iter_mut().rev().enumerate() {
            *digit = DIGITS[(n >> (i * 4) & 15) as usize];
        }
        self.fill(b'0', digits - shown);
        self.some(&text, shown);
    }

    /// Appends bytes as hexadecimal digits.
    pub fn hex_bytes(&mut self, bytes: &[u8]) {
        let start = self.bytes.len();
        self.bytes.resize(start + 2 * bytes.len(), 0);
        for (pair, byte) in self.bytes[start..].as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
    }

    /// Appends one byte several times.
    #[inline]
    pub fn fill(&mut self, byte: u8, times: usize) {
        match times {
            0..=16 => self.some(&[byte; 16], times),
            _ => self.bytes.resize(self.bytes.len() + times, byte),
        }
    }

    /// Moves what was written since byte `start`, all of it ASCII, to the right end of `width` columns.
    pub fn align_right(&mut self, start: usize, width: usize) {
        let end = self.bytes.len();
        let gap = width.saturating_sub(end - start);
        self.fill(b' ', gap);
        self.bytes.copy_within(start..end, start + gap);
        self.bytes[start..start + gap].fill(b' ');
    }

    /// Pads with spaces until what was written since byte `start` is `width` characters wide.
    pub fn pad_to(&mut self, start: usize, width: usize) {
        let written = width_of(&self.bytes[start.min(self.bytes.len())..]);
        self.fill(b' ', width.saturating_sub(written));
    }

    /// Cuts what was written since byte `start` to `width` columns, and ends it with an ellipsis where
    /// something is cut off.
    pub fn cut_to(&mut self, start: usize, width: usize) {
        if width_of(&self.bytes[start..]) <= width {
            return;
        }
        let (mut at, mut column) = (start, 0);
        while at < self.bytes.len() {
            let end =
                self.bytes[at + 1..].iter().position(|b| b & 0xc0 != 0x80).map_or(self.bytes.len(), |n| at + 1 + n);
            let escape = match self.bytes[at] {
                0x1b => self.bytes[at..].iter().position(|&b| b == b'm').map(|n| at + n + 1),
                _ => None,
            };
            if escape.is_none() && column + 1 >= width {
                break;
            }
            column += usize::from(escape.is_none());
            at = escape.unwrap_or(end);
        }
        self.bytes.truncate(at);
        self.str("…");
    }

    /// Appends bytes as text in quotes, with quotes and backslashes escaped, and all that [`escaped`](Self::escaped)
    /// escapes.
    pub fn quoted(&mut self, bytes: &[u8]) {
        self.bytes.push(b'"');
        self.escape(bytes, true);
        self.bytes.push(b'"');
    }

    /// Appends bytes as text. Bytes that are not UTF-8 become `\xNN`. Characters that are unsafe for a terminal become
    /// `\xNN`, `\u{N}`, `\n` and the like.
    pub fn escaped(&mut self, bytes: &[u8]) {
        self.escape(bytes, false);
    }

    fn escape(&mut self, bytes: &[u8], quotes: bool) {
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '"' | '\\' if quotes => self.show(c.escape_debug()),
                    '\0' => self.str("\\0"),
                    c if is_unsafe(c) => self.show(TerminalText(c)),
                    c => self.show(c),
                }
            }
            for b in chunk.invalid() {
                self.show(format_args!("\\x{b:02x}"));
            }
        }
    }

    /// Appends a value as people write it. Of bytes and text, at most `most` bytes are written; an ellipsis and
    /// the length follow if there are more.
    pub fn value(&mut self, field: &Field, value: &Value<'_>, most: usize) {
        match *value {
            Value::Uint(n) if field.hex => self.hex(n, hex_digits(field, n)),
            Value::Uint(n) => self.number(n),
            Value::Int(n) => self.signed(n),
            Value::Bool(b) => self.str(if b { "true" } else { "false" }),
            Value::Checksum(n, _) => self.hex(n.into(), 4),
            Value::Mac(a) => self.mac(a),
            Value::Ipv4(a) => self.ipv4(a.octets()),
            Value::Ipv6(a) => self.ipv6(a),
            Value::Name(n) => self.name(&n),
            Value::Bytes([]) => self.str("(none)"),
            Value::Bytes(b) => {
                self.hex_bytes(&b[..b.len().min(most)]);
                if b.len() > most {
                    self.show(format_args!("… ({} bytes)", b.len()));
                }
            }
            Value::Text(t) => {
                // Text fields of fixed size are padded with zeros.
                let end = t.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
                self.quoted(&t[..end.min(most)]);
                if end > most {
                    self.show(format_args!("… ({} bytes)", t.len()));
                }
            }
        }
    }

    /// Appends an IPv4 address.
    #[inline]
    pub fn ipv4(&mut self, octets: [u8; 4]) {
        let (text, start) = self.room::<20>(0);
        let mut at = 0;
        for octet in octets {
            let (digits, len) = OCTETS[usize::from(octet)];
            text[at..at + 4].copy_from_slice(&digits);
            at += usize::from(len);
        }
        self.bytes.truncate(start + at - 1);
    }

    /// Appends a MAC address.
    pub fn mac(&mut self, MacAddr(octets): MacAddr) {
        let (text, start) = self.room::<18>(b':');
        for (context, byte) in text.as_chunks_mut::<3>().0.iter_mut().zip(octets) {
            [context[0], context[1]] = [digit(byte >> 4), digit(byte & 15)];
        }
        self.bytes.truncate(start + 17);
    }

    /// Appends an IPv6 address as RFC 5952 has it: the first of the longest runs of zero groups is left out.
    pub fn ipv6(&mut self, address: Ipv6Addr) {
        if address.to_ipv4_mapped().is_some() {
            return self.show(address);
        }
        let groups = address.segments();
        let (mut longest, mut run) = (0..0, 0..0);
        for (i, &group) in groups.iter().enumerate() {
            run = if group == 0 { run.start..i + 1 } else { i + 1..i + 1 };
            if run.len() > longest.len() {
                longest = run.clone();
            }
        }
        let (text, start) = self.room::<48>(b':');
        let mut at = 0;
        for (i, &group) in groups.iter().enumerate() {
            if longest.len() > 1 && longest.contains(&i) {
                // The run becomes one colon, and a second one if the address begins with it.
                at += usize::from(i == longest.start) + usize::from(i == 0);
                continue;
            }
            let digits = 4 - (group | 1).leading_zeros() as usize / 4;
            for shift in (0..digits).rev() {
                text[at] = DIGITS[usize::from(group >> (shift * 4) & 15)];
                at += 1;
            }
            at += 1;
        }
        // No colon follows the last group.
        let open = longest.len() > 1 && longest.end == 8;
        self.bytes.truncate(start + if open { at } else { at - 1 });
    }

    /// Appends a domain name in the form of its `Display`.
    pub fn name(&mut self, name: &Name<'_>) {
        let start = self.bytes.len();
        for label in name.labels() {
            match label {
                Ok(label) if label.iter().all(|&b| b.is_ascii_graphic() && b != b'.' && b != b'\\') => {
                    self.bytes.extend_from_slice(label);
                    self.bytes.push(b'.');
                }
                _ => {
                    self.bytes.truncate(start);
                    return self.show(name);
                }
            }
        }
        match self.bytes.len() > start {
            true => self.bytes.truncate(self.bytes.len() - 1),
            false => self.str("."),
        }
    }

    /// Appends a name if there is one, else `what` and the number.
    pub fn name_or_number(&mut self, name: Option<&str>, what: &str, number: impl Into<u64>) {
        match name {
            Some(name) => self.str(name),
            None => {
                self.str(what);
                self.number(number.into());
            }
        }
    }

    /// Appends the names of the flags that a value sets, or the name that a registry gives a number. Returns
    /// whether there was a name.
    pub(crate) fn names(&mut self, field: &Field, value: &Value<'_>) -> bool {
        let start = self.bytes.len();
        match (field.item_kind(), *value) {
            (Kind::Flags(flags), Value::Uint(n)) => {
                for flag in flags.iter().filter(|flag| n & flag.mask != 0) {
                    if self.bytes.len() > start {
                        self.str(", ");
                    }
                    self.str(flag.name);
                }
            }
            _ => self.str(field.meaning(value).unwrap_or_default()),
        }
        self.bytes.len() > start
    }
}

/// Hexadecimal digits that a field fills; pairs of them where its width is not in the table.
fn hex_digits(field: &Field, n: u64) -> usize {
    match field.end_bit - field.first_bit {
        0 => (n | 1).ilog(16) as usize / 2 * 2 + 2,
        bits => usize::from(bits).div_ceil(4),
    }
}

/// Eight `0`.
const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// Eight blanks.
const BLANKS: u64 = u64::from_le_bytes([b' '; 8]);

/// The eight decimal digits of a number that has at most `width` digits, 1 to 8; `None` of others.
#[inline]
fn last_digits(n: u64, width: usize) -> Option<u64> {
    const MOST: [u64; 9] = [0, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
    (n < *MOST.get(width)?).then(|| eight_digits(n as u32))
}

/// The decimal digits of a number below 10⁸, the first of them in the lowest byte: halves, then pairs, then digits,
/// each beside the other in one register.
#[inline]
fn eight_digits(n: u32) -> u64 {
    let n = u64::from(n);
    let halves = (n / 10_000) | ((n % 10_000) << 32);
    let hundreds = ((halves * 10_486) >> 20) & 0x7f_0000_007f;
    let pairs = hundreds | ((halves - hundreds * 100) << 16);
    let tens = ((pairs * 103) >> 10) & 0xf_000f_000f_000f;
    (tens | ((pairs - tens * 10) << 8)) + ZEROS
}

/// A hexadecimal digit.
#[inline]
const fn digit(n: u8) -> u8 {
    n + if n > 9 { b'a' - 10 } else { b'0' }
}

/// Each octet of an IPv4 address in decimal, followed by a dot, and the length of both.
static OCTETS: [([u8; 4], u8); 256] = {
    let mut octets = [([b'.'; 4], 0); 256];
    let mut n = 0;
    while n < 256 {
        let digits = [b'0' + (n / 100) as u8, b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8];
        let len = if n > 99 {
            3
        } else if n > 9 {
            2
        } else {
            1
        };
        let mut i = 0;
        while i < len {
            octets[n].0[i] = digits[3 - len + i];
            i += 1;
        }
        octets[n].1 = len as u8 + 1;
        n += 1;
    }
    octets
};

/// Characters that text takes up, styles not counted.
pub(crate) fn width_of(text: &[u8]) -> usize {
    if text.iter().all(|byte| (b' '..0x7f).contains(byte)) {
        return text.len();
    }
    let mut width = 0;
    let mut escape = false;
    for &b in text {
        match (escape, b) {
            (true, b'm') => escape = false,
            (true, _) => {}
            (false, 0x1b) => escape = true,
            (false, b) if b & 0xc0 != 0x80 => width += 1,
            _ => {}
        }
    }
    width
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(f: impl FnOnce(&mut TextBuffer)) -> alloc::string::String {
        let mut text = TextBuffer::default();
        f(&mut text);
        alloc::string::String::from_utf8(text.bytes).unwrap()
    }

    #[test]
    fn numbers() {
        assert_eq!(text(|t| t.number(0)), "0");
        assert_eq!(text(|t| t.number(u64::MAX)), "18446744073709551615");
        assert_eq!(text(|t| t.padded(7, 6)), "000007");
        assert_eq!(text(|t| t.padded(0, 3)), "000");
        assert_eq!(text(|t| t.hex(0x800, 4)), "0x0800");
        assert_eq!(text(|t| t.hex(0x12345, 4)), "0x12345");
        assert_eq!(text(|t| t.hex(0, 1)), "0x0");
    }

    #[test]
    fn numbers_of_every_length() {
        for power in 0..20 {
            for n in [10_u64.pow(power) - 1, 10_u64.pow(power), 10_u64.pow(power) / 7 * 9, u64::MAX >> (3 * power)] {
                assert_eq!(text(|t| t.number(n)), alloc::format!("{n}"));
            }
        }
        (0..=20_000).for_each(|n| assert_eq!(text(|t| t.number(n * 5_003)), alloc::format!("{}", n * 5_003)));
    }

    #[test]
    fn numbers_fill_columns() {
        for width in 0..12 {
            for n in (0..20).flat_map(|power| [10_u64.pow(power) - 1, 10_u64.pow(power), 10_u64.pow(power) / 7 * 9]) {
                assert_eq!(text(|t| t.right(n, width)), alloc::format!("{n:>width$}"));
                assert_eq!(text(|t| t.padded(n, width)), alloc::format!("{n:0>width$}"));
            }
        }
    }

    #[test]
    fn addresses_are_written_as_they_are_displayed() {
        for n in 0..=255 {
            assert_eq!(text(|t| t.ipv4([n, 1, 255 - n, n])), alloc::format!("{n}.1.{}.{n}", 255 - n));
            let mac = MacAddr([n, 0, 0x9a, n ^ 0xff, 1, n]);
            assert_eq!(text(|t| t.mac(mac)), alloc::format!("{mac}"));
        }
        // Every pattern of zeros, and groups of each length.
        for zeros in 0..256 {
            for value in [0x1, 0x20, 0xabc, 0xfedc] {
                let group = |i: u16| if zeros >> i & 1 == 1 { 0 } else { value };
                let address = Ipv6Addr::from(core::array::from_fn::<u16, 8, _>(|i| group(i as u16)));
                assert_eq!(text(|t| t.ipv6(address)), alloc::format!("{address}"));
            }
        }
        let mapped: Ipv6Addr = "::ffff:1.2.3.4".parse().unwrap();
        assert_eq!(text(|t| t.ipv6(mapped)), alloc::format!("{mapped}"));
    }

    #[test]
    fn names_are_written_as_they_are_displayed() {
        for name in
            [&b"\x03www\x07example\0"[..], b"\0", b"\x02a.\x01\\\0", b"\x01a\x80", b"\x01a\xc0\x02", b"\x02\xc3\xa9\0"]
        {
            let name = Name::new(name, 0);
            assert_eq!(text(|t| t.name(&name)), alloc::format!("{name}"));
        }
    }

    #[test]
    fn hexadecimal_digits() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(text(|t| t.hex_bytes(&bytes)), alloc::format!("{}", crate::wire::Hex(&bytes)));
        assert_eq!(text(|t| t.hex(u64::MAX, 20)), "0x0000ffffffffffffffff");
    }

    #[test]
    fn text_is_quoted_whatever_its_bytes() {
        assert_eq!(text(|t| t.quoted(b"a\"\n\x01\xff\xc3\xa9")), "\"a\\\"\\n\\x01\\xffé\"");
    }
}
