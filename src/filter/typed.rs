//! Operands whose types are known.

use super::literal::Expected;
use super::plan::Operand;
use super::types::{Names, Type};
use alloc::string::String;
use alloc::vec::Vec;

/// An operand, and what is known of it.
pub(super) struct Typed {
    pub(super) operand: Operand,
    pub(super) kind: Type,
    /// Its name, for messages.
    pub(super) name: String,
    pub(super) names: Vec<Names>,
    /// How many different values a packet can give it.
    pub(super) most: u64,
    /// How many results of calculations must be worked out for them.
    pub(super) work: u64,
}

impl Typed {
    /// What a value must be to be compared with the operand.
    pub(super) fn expected(&self) -> Expected<'_> {
        Expected { name: &self.name, kind: self.kind, names: &self.names }
    }

    pub(super) fn of(operand: Operand, kind: Type, name: String) -> Self {
        Typed { operand, kind, name, names: Vec::new(), most: 1, work: 0 }
    }

    /// Sets how many different values a packet can give it, unless the type has fewer, and how many results must be
    /// worked out for them.
    pub(super) fn bounded(self, most: u64, work: u64) -> Self {
        Typed { most: most.min(self.kind.count()), work, ..self }
    }
}
