//! Tokens: words, strings, characters and symbols.

use super::error::FilterError;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// One token of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, an operator in letters, or a value without quotes.
    Word(String),
    /// A text in double quotes, without them, its escapes resolved.
    Quoted(Vec<u8>),
    /// A character in single quotes.
    Character(u8),
    Symbol(&'static str),
    End,
}

/// Symbols, each before its own beginnings.
const SYMBOLS: &[&str] = &[
    "===", "!==", "==", "!=", "~=", "<=", ">=", "&&", "||", "^^", "..", "<", ">", "!", "&", "(", ")", "{", "}", "[",
    "]", ",", "+", "-", "*", "/", "%", "~", "@", "#",
];

/// Reads a filter token by token.
#[derive(Clone)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    /// Where the next token begins, or the blanks before it.
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Tokens { text, at: 0 }
    }

    /// Where the next token begins.
    pub(super) fn at(&self) -> usize {
        let rest = &self.text[self.at..];
        self.text.len() - rest.trim_start().len()
    }

    /// The next token, and where it begins.
    pub(super) fn next(&mut self) -> Result<(Token, usize), FilterError> {
        self.at = self.at();
        let start = self.at;
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else { return Ok((Token::End, start)) };
        let raw = matches!(first, 'r' | 'R') && rest[1..].starts_with('"');
        let token = if raw {
            self.at += 2;
            self.raw_string(start)?
        } else if first == '"' {
            self.at += 1;
            Token::Quoted(self.escaped(start, b'"')?)
        } else if first == '\'' {
            self.at += 1;
            match self.escaped(start, b'\'')?[..] {
                [byte] => Token::Character(byte),
                _ => return Err(error(start, "single quotes hold one character; a text is written in double quotes")),
            }
        } else if let Some(symbol) = symbol(rest) {
            self.at += symbol.len();
            Token::Symbol(symbol)
        } else if starts_word(first) {
            let length = word_length(rest);
            self.at += length;
            Token::Word(rest[..length].to_string())
        } else {
            return Err(error(start, unexpected(first)));
        };
        Ok((token, start))
    }

    /// The next token, which stays the next one.
    pub(super) fn peek(&self) -> Result<Token, FilterError> {
        self.clone().next().map(|(token, _)| token)
    }

    /// The text up to `]`, which ends a slice or a list of layers, and where it begins. `[` was the last token.
    pub(super) fn brackets(&mut self) -> Result<(&'t str, usize), FilterError> {
        let (start, rest) = (self.at, &self.text[self.at..]);
        let end = rest.find(']').ok_or_else(|| error(self.text.len(), "a ] is missing here"))?;
        self.at += end + 1;
        Ok((&rest[..end], start))
    }

    fn raw_string(&mut self, start: usize) -> Result<Token, FilterError> {
        let rest = &self.text[self.at..];
        let mut escaped = false;
        let end = rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let end = end.ok_or_else(|| unclosed(start))?;
        self.at += end + 1;
        Ok(Token::Quoted(rest.as_bytes()[..end].to_vec()))
    }

    /// A text up to its closing quote.
    fn escaped(&mut self, start: usize, quote: u8) -> Result<Vec<u8>, FilterError> {
        let bytes = self.text.as_bytes();
        let mut out = Vec::new();
        loop {
            let at = self.at;
            let byte = *bytes.get(at).ok_or_else(|| unclosed(start))?;
            self.at += 1;
            match byte {
                b'\\' => self.escape(at, &mut out)?,
                byte if byte == quote => return Ok(out),
                byte => out.push(byte),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self, at: usize, out: &mut Vec<u8>) -> Result<(), FilterError> {
        let rest = &self.text[self.at..];
        let Some(letter) = rest.chars().next() else { return Err(unclosed(at)) };
        let simple = match letter {
            '"' | '\\' | '\'' => letter as u8,
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 11,
            'x' => return self.number_escape(at, 1, 2, 16, out),
            'u' => return self.unicode_escape(at, 4, out),
            'U' => return self.unicode_escape(at, 8, out),
            '0'..='7' => return self.number_escape(at, 0, 3, 8, out),
            _ => {
                let what = format!("\\{letter} is no escape; in a regular expression write r\"...\", which has none");
                return Err(error(at, what));
            }
        };
        self.at += 1;
        out.push(simple);
        Ok(())
    }

    /// Reads at most `most` digits after `skip` characters.
    fn digits(&mut self, skip: usize, most: usize, radix: u32) -> Option<u32> {
        let rest = self.text.get(self.at + skip..)?;
        let count = rest.chars().take(most).take_while(|c| c.is_digit(radix)).count();
        self.at += skip + count;
        u32::from_str_radix(&rest[..count], radix).ok()
    }

    fn number_escape(
        &mut self,
        at: usize,
        skip: usize,
        most: usize,
        radix: u32,
        out: &mut Vec<u8>,
    ) -> Result<(), FilterError> {
        let byte = self.digits(skip, most, radix).and_then(|number| u8::try_from(number).ok());
        out.push(byte.ok_or_else(|| error(at, "digits of one byte were expected after this, such as \\x0a or \\012"))?);
        Ok(())
    }

    fn unicode_escape(&mut self, at: usize, digits: usize, out: &mut Vec<u8>) -> Result<(), FilterError> {
        let character = self.digits(1, digits, 16).and_then(char::from_u32);
        let character = character.ok_or_else(|| error(at, "this is the number of no character"))?;
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }
}

pub(super) fn error(at: usize, what: impl ToString) -> FilterError {
    FilterError { at, what: what.to_string() }
}

fn unclosed(at: usize) -> FilterError {
    error(at, "the quote that ends this text is missing")
}

fn unexpected(character: char) -> String {
    match character {
        '=' => "= is no operator; to compare, write ==".to_string(),
        '|' => "| is no operator; to combine tests, write || or or".to_string(),
        '^' => "^ is no operator; of two tests exactly one passes with ^^ or xor".to_string(),
        '$' => "macros are not supported".to_string(),
        _ => format!("{:?} is unexpected here", character),
    }
}

fn symbol(rest: &str) -> Option<&'static str> {
    SYMBOLS.iter().copied().find(|symbol| rest.starts_with(symbol))
}

fn starts_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.')
}

/// Bytes of the word at the front. Two dots are a range, and end it. A slash belongs to an address alone.
fn word_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut length = 0;
    while let Some(&byte) = bytes.get(length) {
        let is_range = byte == b'.' && bytes.get(length + 1) == Some(&b'.');
        let is_part = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'-');
        if is_range || !is_part {
            break;
        }
        length += 1;
    }
    let word = &bytes[..length];
    let is_address = word.iter().any(|byte| matches!(byte, b'.' | b':'))
        && word.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':'));
    if is_address && bytes.get(length) == Some(&b'/') && bytes.get(length + 1).is_some_and(u8::is_ascii_digit) {
        let after = &bytes[length + 1..];
        let dots = |i: usize| after[i] == b'.' && after.get(i + 1) != Some(&b'.');
        length += 1 + (0..after.len()).take_while(|&i| after[i].is_ascii_digit() || dots(i)).count();
    }
    length
}
