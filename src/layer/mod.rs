//! What a protocol is: the trait, next-protocol selectors, bounds, context, checksum coverage, issues.

pub(crate) mod bounds;
pub(crate) mod checksum_coverage;
pub(crate) mod computed_rows;
pub(crate) mod context;
pub(crate) mod extension_headers;
pub(crate) mod issue;
pub(crate) mod next_protocol;
pub(crate) mod option_list;
pub(crate) mod parse_defect;
pub(crate) mod parsed_header;
pub(crate) mod protocol;
pub(crate) mod pseudo_header;
pub(crate) mod report;
pub(crate) mod reserved_fields;
pub(crate) mod rule;
#[cfg(feature = "alloc")]
pub(crate) mod summary;

#[cfg(test)]
mod tests;

pub use bounds::LayerBounds;
pub use checksum_coverage::{ChecksumCoverage, CoverageEnd};
#[doc(hidden)]
pub use computed_rows::ComputedRows;
pub use context::{LayerContext, Scope};
pub use extension_headers::{ExtensionHeaderRule, ExtensionHeaders};
pub use issue::MAX_LAYERS;
#[doc(hidden)]
pub use issue::{Issue, IssueKind, Limit, rules};
#[doc(hidden)]
pub use next_protocol::NextProtocol;
pub use option_list::{NamedOption, OptionList};
pub use parse_defect::{ParseDefect, ParseDefectKind};
pub use parsed_header::ParsedHeader;
#[cfg(feature = "alloc")]
pub(crate) use protocol::build;
pub use protocol::{Protocol, QuotedPacketRule, check, show};
pub(crate) use protocol::{check_verified, option_schemas, show_verified, verify_by_coverage};
pub use pseudo_header::PseudoHeaderAddresses;
pub use report::Report;
pub use reserved_fields::ReservedFieldChecker;
#[doc(hidden)]
pub use rule::{Rule, Severity};
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub use summary::Summary;
