//! Rules that packets can break, each with a stable identifier and a severity.

use core::fmt;
use core::hash::{Hash, Hasher};

/// Severity of an issue.
///
/// ```
/// use packetsmith::Severity;
/// assert!(Severity::Note < Severity::Warning && Severity::Warning < Severity::Error);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the packet is as it should be.
    Note,
    /// Unusual or against a rule, but readable.
    Warning,
    /// Malformed.
    Error,
}

impl Severity {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A rule that a packet can break: of an RFC, or of what this library handles.
///
/// Two rules are equal if their identifiers are.
///
/// ```
/// use packetsmith::Severity;
/// use packetsmith::proto::transport::TcpRule;
/// let rule = TcpRule::SynFin.rule();
/// assert_eq!((rule.id(), rule.severity()), ("tcp.flags.syn_fin", Severity::Warning));
/// assert_eq!(rule.to_string(), "SYN and FIN are both set");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    id: &'static str,
    severity: Severity,
    text: &'static str,
}

impl Rule {
    /// Makes a rule. Its identifier is lower-case words joined by `_`, in parts joined by `.`.
    pub const fn new(id: &'static str, severity: Severity, text: &'static str) -> Self {
        Rule { id, severity, text }
    }

    /// Stable identifier, such as `tcp.flags.syn_fin`.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// How severe it is to break the rule.
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// Message for people. It may change between versions; the identifier does not.
    pub const fn text(&self) -> &'static str {
        self.text
    }
}

impl PartialEq for Rule {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

impl Hash for Rule {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// The message.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}
