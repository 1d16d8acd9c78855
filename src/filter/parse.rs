//! Parsing: text to conditions and terms.

use super::error::FilterError;
use super::syntax::{
    Arithmetic, Condition, Operator, Quantifier, Relation, Right, SliceEnd, SliceRange, Term, TermKind,
};
use super::token::{Token, Tokens, error};
use super::unsupported::tcpdump;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Most tests in a filter.
pub(super) const MAX_TESTS: usize = 128;
/// Most members of a set.
pub(super) const MAX_MEMBERS: usize = 4096;
/// Most parentheses, negations and calculations inside each other.
const MAX_DEPTH: usize = 64;
/// Most parts of a slice, and of a choice of layers.
const MAX_PARTS: usize = 64;

/// Parses a filter by recursive descent.
pub(super) struct FilterParser<'t> {
    tokens: Tokens<'t>,
    depth: usize,
    tests: usize,
}

type Parsed<T> = Result<T, FilterError>;

/// Parses a whole filter.
pub(super) fn parse(text: &str) -> Parsed<Condition> {
    let mut parser = FilterParser { tokens: Tokens::new(text), depth: 0, tests: 0 };
    let parsed = parser.any().and_then(|condition| match parser.tokens.peek()? {
        Token::End => Ok(condition),
        token => Err(error(parser.tokens.at(), unexpected_after(&token))),
    });
    parsed.map_err(|problem| match Tokens::new(text).next() {
        // A filter of tcpdump: its first word says so.
        Ok((Token::Word(word), at)) => tcpdump(&word).map_or(problem, |what| error(at, what)),
        _ => problem,
    })
}

fn unexpected_after(token: &Token) -> String {
    match token {
        Token::Symbol(")") => "this parenthesis was not opened".into(),
        Token::Word(word) => tcpdump(word).unwrap_or_else(|| "an operator such as && or == was expected here".into()),
        _ => "an operator such as && or == was expected here".into(),
    }
}

impl FilterParser<'_> {
    fn takes_symbol(&mut self, symbol: &str) -> Parsed<bool> {
        let found = matches!(self.tokens.peek()?, Token::Symbol(found) if found == symbol);
        if found {
            self.tokens.next()?;
        }
        Ok(found)
    }

    fn takes_word(&mut self, word: &str) -> Parsed<bool> {
        let found = matches!(self.tokens.peek()?, Token::Word(found) if found == word);
        if found {
            self.tokens.next()?;
        }
        Ok(found)
    }

    fn expect(&mut self, symbol: &str, what: &str) -> Parsed<()> {
        match self.takes_symbol(symbol)? {
            true => Ok(()),
            false => Err(error(self.tokens.at(), what)),
        }
    }

    /// Parses what is inside of `what`, `most` times inside each other at most.
    fn deeper<T>(&mut self, what: &str, most: usize, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > most {
            // The innermost level is a test, and in it a value.
            let most = most - most / MAX_DEPTH;
            return Err(error(self.tokens.at(), format!("too many {what} inside each other: {most} are the most")));
        }
        let done = parse(self)?;
        self.depth -= 1;
        Ok(done)
    }

    fn joined(
        &mut self,
        [symbol, word]: [&str; 2],
        part: fn(&mut Self) -> Parsed<Condition>,
        join: fn(Vec<Condition>) -> Condition,
    ) -> Parsed<Condition> {
        let mut parts = Vec::from([part(self)?]);
        while self.takes_symbol(symbol)? || self.takes_word(word)? {
            parts.push(part(self)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { join(parts) })
    }

    fn any(&mut self) -> Parsed<Condition> {
        self.joined(["||", "or"], Self::odd, Condition::Any)
    }

    fn odd(&mut self) -> Parsed<Condition> {
        self.joined(["^^", "xor"], Self::all, Condition::Xor)
    }

    fn all(&mut self) -> Parsed<Condition> {
        self.joined(["&&", "and"], Self::single, Condition::All)
    }

    fn single(&mut self) -> Parsed<Condition> {
        self.deeper("parentheses or negations", MAX_DEPTH, |parser| {
            if parser.takes_symbol("!")? || parser.takes_word("not")? {
                return Ok(Condition::Not(Box::new(parser.single()?)));
            }
            if parser.takes_symbol("(")? {
                let inner = parser.any()?;
                parser.expect(")", "a closing parenthesis is missing here")?;
                return Ok(inner);
            }
            parser.test()
        })
    }

    fn test(&mut self) -> Parsed<Condition> {
        if self.tests == MAX_TESTS {
            return Err(error(self.tokens.at(), format!("more than {MAX_TESTS} tests")));
        }
        self.tests += 1;
        let quantifier = self.quantifier()?;
        if let Token::End | Token::Symbol(_) = self.tokens.peek()?
            && !matches!(self.tokens.peek()?, Token::Symbol("@" | "-" | "{" | "+"))
        {
            return Err(error(self.tokens.at(), "the name of a field or protocol was expected here"));
        }
        let left = self.calculation(0)?;
        let at = self.tokens.at();
        let Some(operator) = self.operator()? else {
            return match quantifier {
                None => Ok(Condition::Alone(left)),
                Some(_) => Err(error(self.tokens.at(), "any and all need a comparison such as == here")),
            };
        };
        let right = match operator {
            Operator::In | Operator::NotIn => Right::Set(self.set()?),
            _ => Right::Term(self.value()?),
        };
        Ok(Condition::Relation(Relation { quantifier, left, operator, at, right }))
    }

    /// `any` or `all`, if a name follows.
    fn quantifier(&mut self) -> Parsed<Option<Quantifier>> {
        let mut ahead = self.tokens.clone();
        let quantifier = match ahead.next()?.0 {
            Token::Word(word) if word == "any" => Quantifier::Any,
            Token::Word(word) if word == "all" => Quantifier::All,
            _ => return Ok(None),
        };
        match ahead.peek()? {
            Token::Word(_) | Token::Symbol("@" | "{" | "-") => {
                self.tokens = ahead;
                Ok(Some(quantifier))
            }
            _ => Ok(None),
        }
    }

    fn operator(&mut self) -> Parsed<Option<Operator>> {
        let before = self.tokens.clone();
        let (token, _) = self.tokens.next()?;
        let text = match &token {
            Token::Word(word) => word.as_str(),
            Token::Symbol(symbol) => symbol,
            _ => "",
        };
        let found = match text {
            "==" | "eq" | "any_eq" => Operator::Equal,
            "!=" | "ne" | "all_ne" => Operator::AllDiffer,
            "===" | "all_eq" => Operator::AllEqual,
            "!==" | "~=" | "any_ne" => Operator::AnyDiffers,
            "<" | "lt" => Operator::Less,
            "<=" | "le" => Operator::LessOrEqual,
            ">" | "gt" => Operator::Greater,
            ">=" | "ge" => Operator::GreaterOrEqual,
            "contains" => Operator::Contains,
            "matches" | "~" => Operator::Matches,
            "in" => Operator::In,
            "not" if self.takes_word("in")? => Operator::NotIn,
            _ => {
                self.tokens = before;
                return Ok(None);
            }
        };
        Ok(Some(found))
    }

    fn set(&mut self) -> Parsed<Vec<(Term, Option<Term>)>> {
        const WHAT: &str = "a set such as {80, 443, 8000..8080} was expected here";
        let start = self.tokens.at();
        self.expect("{", WHAT)?;
        let mut members = Vec::new();
        while !self.takes_symbol("}")? {
            if members.len() == MAX_MEMBERS {
                return Err(error(self.tokens.at(), format!("more than {MAX_MEMBERS} members of a set")));
            }
            let low = self.set_member().map_err(|problem| match self.tokens.peek() {
                Ok(Token::End) => error(start, WHAT),
                _ => problem,
            })?;
            let high = if self.takes_symbol("..")? { Some(self.set_member()?) } else { None };
            members.push((low, high));
            self.takes_symbol(",")?;
        }
        match members.is_empty() {
            true => Err(error(start, WHAT)),
            false => Ok(members),
        }
    }

    fn set_member(&mut self) -> Parsed<Term> {
        match self.tokens.peek()? {
            Token::Word(_) | Token::Quoted(_) | Token::Character(_) => self.factor(),
            Token::Symbol("-" | "@" | "{") => self.factor(),
            _ => Err(error(self.tokens.at(), "a member of the set was expected here")),
        }
    }

    fn value(&mut self) -> Parsed<Term> {
        match self.tokens.peek()? {
            Token::Word(_) | Token::Quoted(_) | Token::Character(_) => {}
            Token::Symbol("@" | "-" | "+" | "{") => {}
            _ => return Err(error(self.tokens.at(), "a value was expected here")),
        }
        self.calculation(0)
    }

    /// A calculation, whose operators bind at least as tight as `level`: `&`, then `+` and `-`, then `*`, `/` and `%`.
    fn calculation(&mut self, level: usize) -> Parsed<Term> {
        const LEVELS: usize = 3;
        if level == LEVELS {
            return self.factor();
        }
        let mut left = self.calculation(level + 1)?;
        let mut count = 0;
        loop {
            let before = self.tokens.clone();
            let (token, _) = self.tokens.next()?;
            let text = match &token {
                Token::Word(word) => word.as_str(),
                Token::Symbol(symbol) => symbol,
                _ => "",
            };
            let operator = match (level, text) {
                (0, "&" | "bitwise_and" | "bitand") => Arithmetic::And,
                (1, "+") => Arithmetic::Add,
                (1, "-") => Arithmetic::Subtract,
                (2, "*") => Arithmetic::Multiply,
                (2, "/") => Arithmetic::Divide,
                (2, "%") => Arithmetic::Remainder,
                _ => {
                    self.tokens = before;
                    return Ok(left);
                }
            };
            count += 1;
            if count >= MAX_DEPTH {
                return Err(error(self.tokens.at(), "this calculation is too long"));
            }
            let right = match self.tokens.peek()? {
                Token::End => return Err(error(self.tokens.at(), "a value was expected here")),
                _ => self.calculation(level + 1)?,
            };
            left = Term { at: left.at, kind: TermKind::Calculation(operator, Box::new(left), Box::new(right)) };
        }
    }

    fn factor(&mut self) -> Parsed<Term> {
        self.deeper("braces, signs or functions", 2 * MAX_DEPTH, Self::factor_inside)
    }

    fn factor_inside(&mut self) -> Parsed<Term> {
        let (token, at) = self.tokens.next()?;
        let kind = match token {
            Token::Quoted(bytes) => TermKind::Quoted(bytes),
            Token::Character(byte) => TermKind::Character(byte),
            Token::Symbol("-") => TermKind::Negative(Box::new(self.factor()?)),
            Token::Symbol("+") => return self.factor(),
            Token::Symbol("@") => TermKind::Raw(Box::new(self.factor()?)),
            Token::Symbol("{") => {
                let inner = self.calculation(0)?;
                self.expect("}", "a closing brace is missing here")?;
                inner.kind
            }
            Token::Word(word) => self.word(word)?,
            _ => return Err(error(at, "a name or a value was expected here")),
        };
        let mut term = Term { at, kind };
        while self.takes_symbol("[")? {
            let (text, start) = self.tokens.brackets()?;
            term = Term { at, kind: TermKind::Slice(Box::new(term), slice(text, start)?) };
        }
        Ok(term)
    }

    /// A word, with the arguments or layers that follow it.
    fn word(&mut self, word: String) -> Parsed<TermKind> {
        if self.takes_symbol("(")? {
            let mut arguments = Vec::new();
            while !self.takes_symbol(")")? {
                if arguments.len() == MAX_DEPTH {
                    return Err(error(self.tokens.at(), "too many arguments"));
                }
                arguments.push(self.calculation(0)?);
                if !self.takes_symbol(",")? && !matches!(self.tokens.peek()?, Token::Symbol(")")) {
                    return Err(error(self.tokens.at(), "a comma or a closing parenthesis was expected here"));
                }
            }
            return Ok(TermKind::Call(word, arguments));
        }
        if self.takes_symbol("#")? {
            let at = self.tokens.at();
            let layers = match self.takes_symbol("[")? {
                true => {
                    let (text, start) = self.tokens.brackets()?;
                    layers(text, start)?
                }
                false => {
                    let sign = if self.takes_symbol("-")? { "-" } else { "" };
                    match self.tokens.next()?.0 {
                        Token::Word(number) => layers(&format!("{sign}{number}"), at)?,
                        _ => return Err(error(at, "the number of a layer was expected here, such as #2 or #[1-2]")),
                    }
                }
            };
            return Ok(TermKind::InLayers(word, layers));
        }
        Ok(TermKind::Word(word))
    }
}

/// Layers: numbers from 1, or from -1 backwards, and ranges of them as in a slice.
fn layers(text: &str, at: usize) -> Parsed<Vec<SliceRange>> {
    let range = |part: &str| {
        let range = slice_range(part.trim())?;
        match (range.start, range.end) {
            (0, _) | (_, SliceEnd::Last(0)) => None,
            _ => Some(range),
        }
    };
    let ranges: Option<Vec<_>> = few(text, at)?.map(range).collect();
    ranges.ok_or_else(|| {
        error(at, "layers are numbers from 1, or from -1 backwards, such as #2, #[1-2], #[1,3], #[2:] or #[-1]")
    })
}

/// The parts of a slice, or of a choice of layers. Each part of a slice can be as long as the frame.
fn few(text: &str, at: usize) -> Parsed<core::str::Split<'_, char>> {
    match text.split(',').count() {
        ..=MAX_PARTS => Ok(text.split(',')),
        _ => Err(error(at, format!("more than {MAX_PARTS} parts"))),
    }
}

/// A slice: `i:j` is `j` bytes from `i` on, `i-j` the bytes from `i` to `j`, `i` one byte, `:j` and `i:` from the
/// beginning and to the end. An offset below zero counts from the end.
fn slice(text: &str, at: usize) -> Parsed<Vec<SliceRange>> {
    let ranges: Option<Vec<_>> = few(text, at)?.map(|part| slice_range(part.trim())).collect();
    ranges
        .ok_or_else(|| error(at, "a slice is written [offset:length], [first-last], [offset], [:length] or [offset:]"))
}

fn slice_range(part: &str) -> Option<SliceRange> {
    let offset = |text: &str| text.trim().parse::<i32>().ok().filter(|_| !text.trim().starts_with('+')).map(i64::from);
    if let Some((start, length)) = part.split_once(':') {
        let start = if start.trim().is_empty() { 0 } else { offset(start)? };
        let end = match length.trim() {
            "" => SliceEnd::Open,
            length => SliceEnd::Length(length.parse::<u32>().ok().filter(|length| *length > 0)?),
        };
        return Some(SliceRange { start, end });
    }
    // A minus sign after the first character separates.
    let dash = part.char_indices().skip(1).find(|(_, c)| *c == '-').map(|(i, _)| i);
    if let Some(dash) = dash {
        let (start, last) = (offset(&part[..dash])?, offset(&part[dash + 1..])?);
        let is_ordered = (start < 0) != (last < 0) || start <= last;
        return is_ordered.then_some(SliceRange { start, end: SliceEnd::Last(last) });
    }
    Some(SliceRange { start: offset(part)?, end: SliceEnd::Length(1) })
}
