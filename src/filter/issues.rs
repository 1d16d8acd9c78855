//! Comparisons of issues: identifiers that exist.

use super::datum::contains;
use super::error::FilterError;
use super::literal::Constant;
use super::token::error;
use crate::layer::{IssueKind, Rule};
use crate::proto::Protocols;
use crate::wire::or_the_nearest;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

fn text(value: &Constant) -> String {
    match value {
        Constant::Datum(datum) => String::from_utf8_lossy(datum.as_bytes()).into_owned(),
        Constant::Network(..) => String::new(),
    }
}

/// Refuses an identifier that no issue has.
pub(super) fn exists(value: &Constant, at: usize, known: &Protocols) -> Result<(), FilterError> {
    let id = text(value);
    if rules(known).any(|rule| rule.id() == id) {
        return Ok(());
    }
    let near = or_the_nearest(&id, rules(known).map(Rule::id));
    Err(error(at, format!("no issue is called {id}{near}")))
}

/// A part of identifiers. Refuses one that none has.
pub(super) fn part(value: &Constant, at: usize, known: &Protocols) -> Result<Vec<u8>, FilterError> {
    let part = text(value).into_bytes();
    match rules(known).any(|rule| contains(rule.id().as_bytes(), &part)) {
        true => Ok(part),
        false => Err(error(at, "no identifier of an issue contains this")),
    }
}

/// Every issue that a packet can have, by identifier.
fn rules(known: &Protocols) -> impl Iterator<Item = &'static Rule> {
    let groups = known.iter().flat_map(|proto| proto.rules().iter().copied());
    IssueKind::STRUCTURAL.iter().chain(groups.flatten())
}
