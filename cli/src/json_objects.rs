//! Streams of JSON objects: where each begins and ends, and the lines and columns of values.

use packetsmith::packet::Step;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::io::{self, BufRead, BufReader, Read};

/// Most bytes of one object of JSON: enough for a frame of 20 MB, byte by byte and field by field.
const MAX_OBJECT: usize = 1 << 26;

/// Most bytes of a line that is first parsed as one object.
const MAX_LINE: u64 = 1 << 18;

/// Result of reading an object.
pub type Parsed = serde_json::Result<()>;

/// Splits a stream of JSON into objects, which may span lines or share them.
pub struct JsonObjects<R> {
    read: BufReader<R>,
    /// Number of the current line, from 1.
    line: u64,
    /// The current line, and the offset of its unread part.
    pending: Vec<u8>,
    at: usize,
    /// The last object.
    pub bytes: Vec<u8>,
}

impl<R: Read> JsonObjects<R> {
    /// Starts at the first line of a stream.
    pub fn new(read: BufReader<R>) -> Self {
        JsonObjects { read, line: 1, pending: Vec::new(), at: 0, bytes: Vec::new() }
    }

    /// Reads the next object and gives it to `parse`. Returns the number of its first line, and the result. An error has
    /// its line.
    pub fn next(&mut self, parse: &mut impl FnMut(&[u8]) -> Parsed) -> Result<Option<(u64, Parsed)>, (u64, String)> {
        // Most objects are one line each: let the parser decide.
        // From the front: blanks at the end of a long line are not looked at for each object.
        if self.pending[self.at..].iter().all(u8::is_ascii_whitespace) {
            self.line += self.pending[self.at..].iter().filter(|&&byte| byte == b'\n').count() as u64;
            let start = self.line;
            self.pending.clear();
            self.at = 0;
            let read = Read::by_ref(&mut self.read).take(MAX_LINE).read_until(b'\n', &mut self.pending);
            read.map_err(|error| (start, format!("cannot be read: {error}")))?;
            if let [b'{', .., b'}', b'\n'] = self.pending.as_slice()
                && parse(&self.pending).is_ok()
            {
                std::mem::swap(&mut self.pending, &mut self.bytes);
                self.pending.clear();
                self.line += 1;
                return Ok(Some((start, Ok(()))));
            }
        }
        let found = self.cut()?;
        Ok(found.map(|line| (line, parse(&self.bytes))))
    }

    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.at < self.pending.len() { Ok(&self.pending[self.at..]) } else { self.read.fill_buf() }
    }

    /// Finds the end of the next object byte by byte. Returns the number of its first line.
    fn cut(&mut self) -> Result<Option<u64>, (u64, String)> {
        self.bytes.clear();
        let (mut depth, mut in_string, mut escaped) = (0u64, false, false);
        let (mut line, mut start) = (self.line, self.line);
        let mut bytes = std::mem::take(&mut self.bytes);
        let found = loop {
            let chunk = match self.fill() {
                Ok(chunk) => chunk,
                Err(error) => break Err((line, format!("cannot be read: {error}"))),
            };
            if chunk.is_empty() {
                break match bytes.is_empty() {
                    true => Ok(None),
                    false => Err((line, "the object that begins above does not end".into())),
                };
            }
            let (mut used, mut begin) = (0, 0);
            let mut done = false;
            for &byte in chunk {
                used += 1;
                line += u64::from(byte == b'\n');
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_string => escaped = true,
                    b'"' => in_string = !in_string,
                    _ if in_string => {}
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth = depth.saturating_sub(1);
                        done = depth == 0;
                    }
                    _ => {}
                }
                if bytes.is_empty() && begin + 1 == used {
                    if byte.is_ascii_whitespace() {
                        begin = used;
                        continue;
                    }
                    if byte != b'{' {
                        self.bytes = bytes;
                        return Err((line, "is not JSON: a packet is an object in braces".into()));
                    }
                    start = line;
                }
                if done {
                    break;
                }
            }
            bytes.extend_from_slice(&chunk[begin..used]);
            if self.at < self.pending.len() {
                self.at += used;
            } else {
                self.read.consume(used);
            }
            if done {
                break Ok(Some(start));
            }
            if bytes.len() > MAX_OBJECT {
                break Err((start, format!("the object is longer than the {MAX_OBJECT} bytes allowed")));
            }
        };
        (self.line, self.bytes) = (line, bytes);
        found
    }
}

/// Finds the place of a value in JSON: lines below the first, and the column.
pub fn locate(json: &[u8], path: &[Step]) -> Option<(u64, usize)> {
    struct PathSeeker<'p>(&'p [Step]);
    impl<'de> DeserializeSeed<'de> for PathSeeker<'_> {
        type Value = ();
        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    impl<'de> Visitor<'de> for PathSeeker<'_> {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a way on")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
            let Some((Step::Item(n), rest)) = self.0.split_first() else {
                return Err(serde::de::Error::custom("here"));
            };
            for _ in 0..*n {
                items.next_element::<IgnoredAny>()?;
            }
            items.next_element_seed(PathSeeker(rest))?;
            Err(serde::de::Error::custom("here"))
        }
        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
            let Some((Step::Member(name), rest)) = self.0.split_first() else {
                return Err(serde::de::Error::custom("here"));
            };
            while let Some(key) = members.next_key::<String>()? {
                if key == *name {
                    members.next_value_seed(PathSeeker(rest))?;
                    return Err(serde::de::Error::custom("here"));
                }
                members.next_value::<IgnoredAny>()?;
            }
            Err(serde::de::Error::custom("here"))
        }
    }
    let error = PathSeeker(path).deserialize(&mut serde_json::Deserializer::from_slice(json)).err()?;
    (!path.is_empty()).then_some((error.line() as u64 - 1, error.column()))
}
