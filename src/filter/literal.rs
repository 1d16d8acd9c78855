//! The values that fields are compared with.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;
use nom::branch::alt;
use nom::bytes::complete::{is_not, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::{opt, recognize};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Number(i128),
    Address(IpAddr, u8),
    Bytes(Vec<u8>),
    Text(String),
}

fn quoted(rest: &str) -> IResult<&str, Literal> {
    let quoted = delimited(char('"'), opt(is_not("\"")), char('"'));
    quoted.map(|text: Option<&str>| Literal::Text(text.unwrap_or_default().to_string())).parse(rest)
}

pub(super) fn literal(rest: &str) -> IResult<&str, Literal> {
    let bare = take_while1(|c| is_name(c) || matches!(c, ':' | '/'));
    preceded(multispace0, alt((quoted, recognize(bare).map(Literal::bare)))).parse(rest)
}

/// A value, or a range of values with two dots in between. Single dots belong to addresses.
pub(super) fn set_member(rest: &str) -> IResult<&str, (Literal, Literal)> {
    if let Ok((after, text)) = preceded(multispace0, quoted).parse(rest) {
        return Ok((after, (text.clone(), text)));
    }
    let (after, text) = preceded(multispace0, take_while1(|c| is_name(c) || matches!(c, ':' | '/'))).parse(rest)?;
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    Ok((after, (Literal::bare(low), Literal::bare(high))))
}

pub(super) fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

impl Literal {
    pub(super) fn bare(text: &str) -> Self {
        if let Some(number) = number(text) {
            return Literal::Number(number);
        }
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        if let Ok(address) = address.parse::<IpAddr>() {
            let most = if address.is_ipv4() { 32 } else { 128 };
            let prefix = prefix.map_or(Some(most), |p| p.parse().ok().filter(|p| *p <= most));
            if let Some(prefix) = prefix {
                return Literal::Address(address, prefix);
            }
        }
        let bytes: Option<Vec<u8>> =
            text.split([':', '-']).map(|pair| u8::from_str_radix(pair, 16).ok().filter(|_| pair.len() == 2)).collect();
        match bytes.filter(|bytes| bytes.len() > 1) {
            Some(bytes) => Literal::Bytes(bytes),
            None => Literal::Text(text.to_string()),
        }
    }

    /// The bytes that `contains` searches for.
    pub(super) fn bytes(self) -> Vec<u8> {
        match self {
            Literal::Number(0) => Vec::from([0]),
            Literal::Number(n) => n.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect(),
            Literal::Address(IpAddr::V4(a), _) => a.octets().into(),
            Literal::Address(IpAddr::V6(a), _) => a.octets().into(),
            Literal::Bytes(bytes) => bytes,
            Literal::Text(text) => text.into_bytes(),
        }
    }
}

fn number(text: &str) -> Option<i128> {
    if let Some(rest) = text.strip_prefix('-').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        return number(rest).map(|n| -n);
    }
    match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(i128::from),
        None if text.starts_with(|c: char| c.is_ascii_digit()) => text.parse::<u64>().ok().map(i128::from),
        None => match text {
            "true" | "True" | "TRUE" => Some(1),
            "false" | "False" | "FALSE" => Some(0),
            _ => None,
        },
    }
}
