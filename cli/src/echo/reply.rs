//! The text of answers.

/// An answer: what came, or a text around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    before: Vec<u8>,
    /// Whether what came is in it, and the text after it.
    after: Option<Vec<u8>>,
}

impl Reply {
    /// Parses a text in which the first `{}` stands for what came.
    pub fn parse(text: &str) -> Self {
        match text.split_once("{}") {
            Some((before, after)) => Reply { before: before.into(), after: Some(after.into()) },
            None => Reply { before: text.into(), after: None },
        }
    }

    /// Whether the answer is what came.
    pub fn is_echo(&self) -> bool {
        self.before.is_empty() && self.after.as_ref().is_some_and(Vec::is_empty)
    }

    /// The answer to bytes. A line end of what came is at the end of the answer.
    pub fn to(&self, came: &[u8]) -> Vec<u8> {
        let end = came.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
        let (text, line_end) = came.split_at(end);
        let mut answer = self.before.clone();
        if let Some(after) = &self.after {
            answer.extend_from_slice(text);
            answer.extend_from_slice(after);
        }
        answer.extend_from_slice(line_end);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::Reply;

    #[test]
    fn braces_stand_for_what_came() {
        assert_eq!(Reply::parse("Hello, {}!").to("Zoë\r\n".as_bytes()), "Hello, Zoë!\r\n".as_bytes());
        assert_eq!(Reply::parse("{}").to(b"\xff\x00 {}\n\n"), b"\xff\x00 {}\n\n");
        assert_eq!(Reply::parse("no").to(b"what\n"), b"no\n");
        assert!(Reply::parse("{}").is_echo() && !Reply::parse("{} ").is_echo() && !Reply::parse("").is_echo());
    }
}
