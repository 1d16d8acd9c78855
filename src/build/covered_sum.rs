//! Where the checksums of a frame are, and what they cover: for those who change bytes and update them.

use crate::layer::{CoverageEnd, LayerContext, PseudoHeaderAddresses};
use crate::proto::View;
use crate::wire::{Checksum, Field, Kind, Span};

/// The protocol of the packet that begins in the payload of this header, if that is a first fragment.
pub(crate) fn first_fragment_protocol(view: &View<'_>) -> Option<u8> {
    match view {
        View::Ipv4(header) if header.is_fragment() && header.fragment_offset() == 0 => Some(header.protocol().into()),
        View::Fragment(header) if !header.is_atomic() && header.fragment_offset() == 0 => {
            Some(header.next_header().into())
        }
        _ => None,
    }
}

/// The coverage of one checksum in the frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CoveredSum {
    /// Bytes of the checksum.
    pub field: Span,
    /// The covered bytes that are in the frame.
    pub covers: Span,
    /// The addresses in its pseudo-header. `None` if it has none.
    pub network: Option<PseudoHeaderAddresses>,
    pub optional: bool,
    pub offloaded: bool,
}

impl CoveredSum {
    /// That of a header. `None` if it has none.
    pub fn of(fields: &[Field], view: &View<'_>, context: &LayerContext<'_>) -> Option<Self> {
        let cover = view.coverage(context.header())?;
        let row = fields.iter().find(|field| matches!(field.kind, Kind::Checksum))?;
        let field = row.span(context.bounds.start);
        let end = match cover.end {
            CoverageEnd::Header => context.bounds.header_end,
            CoverageEnd::Payload => context.bounds.payload_end,
            CoverageEnd::Trailer => context.bounds.trailer_end,
            CoverageEnd::First(n) => context.bounds.start.saturating_add(n).min(context.bounds.payload_end),
        };
        let stored = || row.read(context.header()).and_then(|value| value.number()).unwrap_or(0) as u16;
        let may_be_offloaded = cover.pseudo.is_none() || context.may_be_left_to_the_card(cover, stored());
        Some(CoveredSum {
            field,
            covers: Span::new(context.bounds.start, end),
            network: cover.pseudo.map(|_| context.addresses).filter(|network| network.size != 0),
            optional: cover.optional,
            offloaded: may_be_offloaded && view.verify(context) == Some(Checksum::Offloaded),
        })
    }
}

impl CoveredSum {
    /// The checksum of the whole packet, in its first fragment. It covers the addresses and the bytes of this fragment.
    pub fn of_first_fragment(protocol: u8, context: &LayerContext<'_>) -> Option<Self> {
        let (begin, end) = (context.bounds.start, context.bounds.payload_end);
        let at = begin.saturating_add(match protocol {
            6 => 16,
            17 | 136 => 6,
            58 => 2,
            _ => return None,
        });
        Some(CoveredSum {
            field: Span::new(at, at + 2),
            covers: Span::new(begin, end),
            network: Some(context.addresses).filter(|network| network.size != 0),
            optional: protocol == 17,
            offloaded: false,
        })
        .filter(|_| at + 2 <= end)
    }
}

impl CoveredSum {
    /// The same in a frame in which the bytes are this much further back.
    #[cfg(feature = "std")]
    pub fn shifted(self, by: u32) -> Self {
        let span = |span: Span| Span::new(span.start + by, span.end + by);
        let network = self.network.map(|network| network.shifted(by));
        CoveredSum { field: span(self.field), covers: span(self.covers), network, ..self }
    }
}
