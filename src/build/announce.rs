//! Selectors that no table has: they are found by parsing.

use super::encoded_layer::EncodedLayer;
use crate::layer::{NextProtocol, ParsedHeader};
use crate::proto::{Proto, ProtoRow};
use crate::wire::{Field, Kind, get_bits, put_bits};

/// What a number in a layer's header selects.
pub(super) enum SelectedLayers {
    /// Not the next layer.
    Nothing,
    /// The next layer, but not the one after it.
    Next,
    /// The next layer, and the one after it.
    Both,
}

impl Proto {
    /// The selector with which the protocol is parsed in `bytes`, if `selector` selects it: where that alone does not say
    /// which protocol follows, the first bytes do. A number of a protocol from outside says it alone.
    pub(super) fn selected_by(self, selector: NextProtocol, bytes: &[u8]) -> Option<NextProtocol> {
        if let Proto::Custom(definition) = self {
            return definition.is_selected_by(selector).then_some(selector);
        }
        let selector = if selector.row_by_call() == ProtoRow::Data { selector.resolve(bytes) } else { selector };
        (selector.row_by_call() == self.row()).then_some(selector)
    }
}

/// Whether a header that was parsed from `bytes` selects what follows it, which `selected` tells of a selector and the
/// payload.
pub(super) fn follows<H>(
    parsed: &ParsedHeader<H>,
    bytes: &[u8],
    selected: impl FnOnce(NextProtocol, &[u8]) -> bool,
) -> bool {
    match bytes.get(parsed.header_len..bytes.len().min(parsed.total_len as usize)) {
        Some([]) if !parsed.next.requires_header() => false,
        Some(payload) => selected(parsed.next, payload),
        None => false,
    }
}

/// Finds the selector of the next layer and writes it. Each number is written, and `selected` tells what the layer's
/// bytes select with it. The first number is taken with which the next layer follows, and after it the one inside. If there
/// is none, the row keeps its value. An EtherType may be a length of the payload instead (IEEE 802.3).
#[inline(never)]
pub(super) fn announce(
    frame: &mut [u8],
    layer: &EncodedLayer,
    field: &'static Field,
    selected: &dyn Fn(&[u8]) -> SelectedLayers,
) {
    let (at, end) = (layer.bounds.start as usize, layer.bounds.payload_end as usize);
    let bits = field.bits();
    let Some(bytes) = frame.get_mut(at..end).filter(|bytes| bits.end <= bytes.len() * 8) else { return };
    let before = get_bits(bytes, bits.clone());
    // The first number that selects the next layer, but not what follows it.
    let mut nearly = None;
    let mut works = |number: u64| {
        put_bits(bytes, bits.clone(), number);
        match selected(bytes) {
            SelectedLayers::Nothing => false,
            SelectedLayers::Next => {
                nearly = nearly.or(Some(number));
                false
            }
            SelectedLayers::Both => true,
        }
    };
    let body = u64::from(layer.bounds.payload_end - layer.bounds.header_end);
    let found = match field.kind {
        Kind::Named(registry) => {
            registry.entries.iter().any(|(number, _)| works(*number)) || bits.len() == 16 && works(body)
        }
        Kind::Bool => works(0) || works(1),
        _ if bits.len() <= 8 => (0..1 << bits.len()).any(&mut works),
        _ => false,
    };
    if !found {
        put_bits(bytes, bits, nearly.unwrap_or(before));
    }
}
