//! Comparisons of issues: identifiers that exist, and severities.

use super::evaluate::contains;
use super::expression::{Check, Comparison};
use super::literal::Literal;
use super::subject::Subject;
use crate::layer::{IssueKind, Rule, Severity};
use crate::proto::Proto;
use crate::wire::distance;
use alloc::format;
use alloc::string::{String, ToString};

impl Subject {
    /// Refuses a comparison that can never hold of an issue, and turns severities into numbers.
    pub(super) fn accept(&self, check: Check) -> Result<Check, String> {
        let exists = |literal: &Literal| match literal {
            Literal::Text(id) if rules().any(|rule| rule.id() == id) => Ok(()),
            Literal::Text(id) => {
                let nearest = rules().map(Rule::id).min_by_key(|known| distance(known, id)).unwrap_or_default();
                Err(format!("no issue is called {id}: the nearest is {nearest}"))
            }
            _ => Err("the identifier of an issue was expected here".to_string()),
        };
        let number = |literal: &Literal| {
            let severities = [Severity::Note, Severity::Warning, Severity::Error];
            let found = match literal {
                Literal::Text(name) => {
                    severities.into_iter().find(|severity| severity.name().eq_ignore_ascii_case(name))
                }
                _ => None,
            };
            found.map(|severity| Literal::Number(severity as i128)).ok_or("note, warning or error was expected here")
        };
        match (self, &check) {
            (Subject::Issue, Check::Compare(Comparison::Equal, id)) => exists(id)?,
            (Subject::Issue, Check::In(set)) => {
                set.iter().flat_map(|(low, high)| [low, high]).try_for_each(exists)?;
            }
            (Subject::Issue, Check::Contains(part)) if rules().any(|rule| contains(rule.id().as_bytes(), part)) => {}
            (Subject::Issue, Check::Contains(_)) => return Err("no identifier of an issue contains this".to_string()),
            (Subject::Issue, _) => return Err("issues are compared by ==, !=, in and contains".to_string()),
            (Subject::IssueSeverity, Check::Compare(comparison, name)) => {
                return Ok(Check::Compare(*comparison, number(name)?));
            }
            (Subject::IssueSeverity, Check::In(set)) => {
                let numbers = set.iter().map(|(low, high)| Ok((number(low)?, number(high)?)));
                return Ok(Check::In(numbers.collect::<Result<_, &str>>()?));
            }
            (Subject::IssueSeverity, _) => {
                return Err("severities are compared by ==, !=, <, <=, >, >= and in".to_string());
            }
            _ => {}
        }
        Ok(check)
    }
}

/// Every issue that a packet can have, by identifier.
fn rules() -> impl Iterator<Item = &'static Rule> {
    let groups = Proto::ALL.iter().flat_map(|proto| proto.rules().iter().copied());
    IssueKind::STRUCTURAL.iter().chain(groups.flatten())
}
