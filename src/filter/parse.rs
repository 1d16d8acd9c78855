//! Parsing: text to expressions and tests.

use super::error::FilterError;
use super::expression::{Check, Comparison, Expression, Test};
use super::literal::{Literal, is_name, literal, set_member};
use super::subject::{Subject, nearest_name};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char, multispace0};
use nom::multi::separated_list1;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// Most tests in a filter.
const MAX_TESTS: usize = 128;
/// Most parentheses and negations inside each other.
const MAX_DEPTH: usize = 64;

/// Parses a filter by recursive descent. Each method parses the beginning of `rest`, and returns the remainder.
pub(super) struct FilterParser<'t> {
    pub(super) text: &'t str,
    pub(super) tests: &'t mut Vec<Test>,
    pub(super) depth: usize,
    /// Where the value or set of the last comparison begins.
    pub(super) value_at: &'t str,
}

type ParseResult<'t, T> = Result<(T, &'t str), FilterError>;

impl<'t> FilterParser<'t> {
    pub(super) fn error(&self, rest: &str, what: impl ToString) -> FilterError {
        FilterError { at: self.text.len() - rest.len(), what: what.to_string() }
    }

    fn joined(
        &mut self,
        rest: &'t str,
        [symbol, name]: [&str; 2],
        part: fn(&mut Self, &'t str) -> ParseResult<'t, Expression>,
        join: fn(Vec<Expression>) -> Expression,
    ) -> ParseResult<'t, Expression> {
        let (first, mut rest) = part(self, rest)?;
        let mut parts = Vec::from([first]);
        while let Ok((after, _)) = word_or_symbol(rest, symbol, name) {
            let (next, after) = part(self, after)?;
            parts.push(next);
            rest = after;
        }
        Ok((if parts.len() == 1 { parts.remove(0) } else { join(parts) }, rest))
    }

    pub(super) fn any(&mut self, rest: &'t str) -> ParseResult<'t, Expression> {
        self.joined(rest, ["||", "or"], Self::all, Expression::Any)
    }

    fn all(&mut self, rest: &'t str) -> ParseResult<'t, Expression> {
        self.joined(rest, ["&&", "and"], Self::single, Expression::All)
    }

    fn single(&mut self, rest: &'t str) -> ParseResult<'t, Expression> {
        let rest = rest.trim_start();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(rest, "too many parentheses or negations inside each other: 63 are the most"));
        }
        let done = if let Ok((after, _)) = word_or_symbol(rest, "!", "not") {
            let (inner, rest) = self.single(after)?;
            (Expression::Not(Box::new(inner)), rest)
        } else if let Some(after) = rest.strip_prefix('(') {
            let (inner, after) = self.any(after)?;
            match after.trim_start().strip_prefix(')') {
                Some(after) => (inner, after),
                None => return Err(self.error(after.trim_start(), "a closing parenthesis is missing here")),
            }
        } else {
            self.test(rest)?
        };
        self.depth -= 1;
        Ok(done)
    }

    fn test(&mut self, rest: &'t str) -> ParseResult<'t, Expression> {
        let name_at = rest;
        let Ok((rest, name)) = name(rest) else {
            return Err(self.error(rest, "the name of a field or protocol was expected here"));
        };
        let Some(subject) = Subject::find(name) else {
            let near = nearest_name(name).map_or(String::new(), |near| format!("; the nearest is {near}"));
            return Err(self.error(name_at, format_args!("no field or protocol is called {name}{near}")));
        };
        if self.tests.len() == MAX_TESTS {
            return Err(self.error(name_at, format_args!("more than {MAX_TESTS} tests")));
        }
        let (check, none, rest) = self.check(rest.trim_start())?;
        let check = check.map(|check| subject.accept(check)).transpose();
        let check = check.map_err(|what| self.error(self.value_at, what))?;
        self.tests.push(Test { subject, check, none });
        Ok((Expression::Test(self.tests.len() - 1), rest))
    }

    fn check(&mut self, rest: &'t str) -> Result<(Option<Check>, bool, &'t str), FilterError> {
        use Comparison::*;
        let comparisons = [
            ("==", "eq", Equal),
            ("<=", "le", LessOrEqual),
            (">=", "ge", GreaterOrEqual),
            ("<", "lt", Less),
            (">", "gt", Greater),
        ];
        for (symbol, word, comparison) in comparisons {
            if let Ok((after, _)) = word_or_symbol(rest, symbol, word) {
                let (literal, after) = self.literal(after)?;
                return Ok((Some(Check::Compare(comparison, literal)), false, after));
            }
        }
        if let Ok((after, _)) = word_or_symbol(rest, "!=", "ne") {
            let (literal, after) = self.literal(after)?;
            return Ok((Some(Check::Compare(Equal, literal)), true, after));
        }
        if let Ok((after, _)) = word_or_symbol(rest, "", "contains") {
            let (literal, after) = self.literal(after)?;
            return Ok((Some(Check::Contains(literal.bytes())), false, after));
        }
        if !rest.starts_with("&&")
            && let Ok((after, _)) = word_or_symbol(rest, "&", "bitwise_and")
        {
            return match self.literal(after)? {
                (Literal::Number(bits), after) => Ok((Some(Check::Bits(bits)), false, after)),
                _ => Err(self.error(after.trim_start(), "a number was expected here")),
            };
        }
        if let Ok((after, _)) = word_or_symbol(rest, "", "in") {
            let set = delimited(
                preceded(multispace0, char('{')),
                separated_list1(preceded(multispace0, alt((tag(","), tag("")))), set_member),
                preceded(multispace0, char('}')),
            )
            .parse(after);
            self.value_at = after.trim_start();
            return match set {
                Ok((after, set)) => Ok((Some(Check::In(set)), false, after)),
                Err(_) => Err(self.error(after.trim_start(), "a set such as {80, 443, 8000..8080} was expected here")),
            };
        }
        Ok((None, false, rest))
    }

    fn literal(&mut self, rest: &'t str) -> ParseResult<'t, Literal> {
        self.value_at = rest.trim_start();
        match literal(rest) {
            Ok((after, literal)) => Ok((literal, after)),
            Err(_) => Err(self.error(rest.trim_start(), "a value was expected here")),
        }
    }
}

fn word_or_symbol<'t>(rest: &'t str, symbol: &str, word: &str) -> IResult<&'t str, ()> {
    let rest = rest.trim_start();
    if !symbol.is_empty()
        && let Some(after) = rest.strip_prefix(symbol)
        // `!=` is not `!`.
        && !(symbol == "!" && after.starts_with('='))
    {
        return Ok((after, ()));
    }
    match rest.strip_prefix(word) {
        Some(after) if !after.starts_with(is_name) => Ok((after, ())),
        _ => Err(nom::Err::Error(nom::error::Error::new(rest, nom::error::ErrorKind::Tag))),
    }
}

fn name(rest: &str) -> IResult<&str, &str> {
    preceded(multispace0, take_while1(is_name)).parse(rest)
}
