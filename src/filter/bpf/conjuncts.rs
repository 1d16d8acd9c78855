//! The parts of a filter that `&&` joins, as they are written.

use crate::filter::token::{Token, Tokens};
use alloc::vec::Vec;

/// The texts of the parts that `&&` joins outside of all parentheses. The whole text if there is one part, or if it is not
/// joined by `&&` alone.
pub(super) fn conjuncts(text: &str, parts: usize) -> Vec<&str> {
    let mut tokens = Tokens::new(text);
    let (mut found, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    if parts < 2 {
        return Vec::from([text.trim()]);
    }
    loop {
        let Ok((token, at)) = tokens.next() else { return Vec::from([text.trim()]) };
        match token {
            Token::End => break,
            Token::Symbol("(" | "{" | "[") => depth += 1,
            Token::Symbol(")" | "}" | "]") => depth = depth.saturating_sub(1),
            Token::Symbol("&&") if depth == 0 => {
                found.push(text[start..at].trim());
                start = at + 2;
            }
            Token::Word(word) if depth == 0 && word == "and" => {
                found.push(text[start..at].trim());
                start = at + 3;
            }
            _ => {}
        }
    }
    found.push(text[start..].trim());
    found
}
