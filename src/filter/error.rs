//! Why a text is no filter.

use alloc::string::String;
use core::fmt;

/// Why a text is not a filter.
///
/// ```
/// let error = packetsmith::Filter::parse("tcp.prot == 80").unwrap_err();
/// assert_eq!(error.at, 0);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Offset of the error in the text, in bytes.
    pub at: usize,
    /// The error in words.
    pub what: String,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl core::error::Error for FilterError {}

/// Why a text is no column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnError {
    /// The column, counted from 0.
    pub column: usize,
    /// What is wrong in it.
    pub error: FilterError,
}

impl fmt::Display for ColumnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl core::error::Error for ColumnError {}
