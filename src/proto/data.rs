//! Data that no supported protocol parses: what its selector says about it.

use crate::layer::{IssueKind, LayerContext, NextProtocol, Report, rules};
#[cfg(feature = "tunnels")]
use crate::proto::PppProtocolNumber;
use crate::proto::{EtherType, IpProtocol};
use crate::wire::Span;

rules! {
    /// Rules about data that no supported protocol parses.
    pub enum DataRule {
        ProtocolUnassigned = Note "data.protocol.unassigned" "the IP protocol number is not assigned (IANA)",
        EtherTypeUnknown = Note "data.ethertype.unknown" "no protocol with this EtherType is known",
        FamilyUnknown = Note "data.family.unknown" "no protocol with this address family is known",
        PppProtocolUnknown = Note "data.ppp_protocol.unknown" "no protocol with this PPP protocol number is known",
        AfterNoNextHeader = Note "data.after_no_next_header"
            "bytes follow a header after which there is none, and receivers ignore them (RFC 8200 §4.7)",
    }
}

/// Reports what is wrong with the selector of data.
pub(crate) fn check_data(context: &LayerContext<'_>, report: &mut Report<'_>) {
    let span = context.payload_span();
    let kind = match context.selector {
        _ if span.is_empty() => return,
        NextProtocol::IpVersion(found) => {
            let first = Span::new(span.start, span.start + 1);
            return report(None, first, IssueKind::Version { found, expected: 4 });
        }
        NextProtocol::IpProtocol(59) => DataRule::AfterNoNextHeader,
        NextProtocol::IpProtocol(number) if IpProtocol::from(number).name().is_none() => DataRule::ProtocolUnassigned,
        NextProtocol::EtherType(number) if EtherType::from(number).name().is_none() => DataRule::EtherTypeUnknown,
        #[cfg(feature = "tunnels")]
        NextProtocol::PppProtocol(number) if PppProtocolNumber::from(number).name().is_none() => {
            DataRule::PppProtocolUnknown
        }
        NextProtocol::Family(_) => DataRule::FamilyUnknown,
        _ => return,
    };
    report(None, span, kind.into());
}
