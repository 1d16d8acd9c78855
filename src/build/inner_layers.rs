//! The layers inside of a layer, by their types: which number selects them.

use super::announce::follows;
use super::dispatch::HeaderProto;
use super::encode_header::EncodeHeader;
use crate::layer::{NextProtocol, Protocol};
use crate::wire::SelectorKind;
use core::marker::PhantomData;

/// The layers after a layer, in the order of the frame. `()` is the empty list.
#[doc(hidden)]
pub trait InnerLayers: Copy {
    /// Whether [`number`](Self::number) has the answer for EtherTypes, in every stack of these types.
    const HAS_ETHER_TYPE: bool;
    /// Whether [`number`](Self::number) has the answer for Internet protocol numbers, in every stack of these types.
    const HAS_IP_PROTOCOL: bool;
    /// Whether nothing is to be selected, in every stack of these types.
    const IS_DATA: bool;

    /// Whether nothing is to be selected: there is no layer, or it is data.
    fn is_data(self) -> bool;
    /// The number that selects the first layer, if it is the only one.
    fn number(self, numbers: SelectorKind) -> Option<u16>;
    /// The selector with which the first layer is parsed in `bytes`, if `selector` selects it.
    fn selected_by(self, selector: NextProtocol, bytes: &[u8]) -> Option<NextProtocol>;
    /// Whether the second layer follows the first one, which `selector` selects in `bytes`.
    fn second_follows(self, selector: NextProtocol, bytes: &[u8]) -> bool;
}

/// Whether the number that selects the first layer is known at compile time.
pub(super) const fn is_known<I: InnerLayers>(numbers: SelectorKind) -> bool {
    match numbers {
        _ if I::IS_DATA => true,
        SelectorKind::EtherType => I::HAS_ETHER_TYPE,
        SelectorKind::IpProtocol => I::HAS_IP_PROTOCOL,
        SelectorKind::Custom => false,
    }
}

impl InnerLayers for () {
    const HAS_ETHER_TYPE: bool = true;
    const HAS_IP_PROTOCOL: bool = true;
    const IS_DATA: bool = true;

    #[inline(always)]
    fn is_data(self) -> bool {
        true
    }
    #[inline(always)]
    fn number(self, _: SelectorKind) -> Option<u16> {
        None
    }
    fn selected_by(self, _: NextProtocol, _: &[u8]) -> Option<NextProtocol> {
        None
    }
    fn second_follows(self, _: NextProtocol, _: &[u8]) -> bool {
        true
    }
}

/// A layer of a stack, and those inside of it.
#[doc(hidden)]
pub struct Inner<H, I> {
    is_there: bool,
    rest: I,
    header: PhantomData<fn() -> H>,
}

impl<H, I: Copy> Clone for Inner<H, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H, I: Copy> Copy for Inner<H, I> {}

impl<H: EncodeHeader, I: InnerLayers> Inner<H, I> {
    /// The number of the header, if it is the only one.
    const fn only(numbers: SelectorKind) -> Option<u16> {
        match numbers {
            SelectorKind::EtherType => H::Header::ETHER_TYPE,
            SelectorKind::IpProtocol => H::Header::IP_PROTOCOL,
            SelectorKind::Custom => None,
        }
    }

    #[inline(always)]
    pub(super) fn new(is_there: bool, rest: I) -> Self {
        Inner { is_there, rest, header: PhantomData }
    }

    #[inline(always)]
    fn is_there(self) -> bool {
        H::ALWAYS || self.is_there
    }
}

impl<H: EncodeHeader, I: InnerLayers> InnerLayers for Inner<H, I> {
    const HAS_ETHER_TYPE: bool =
        (H::Header::IS_DATA || Self::only(SelectorKind::EtherType).is_some()) && (H::ALWAYS || I::HAS_ETHER_TYPE);
    const HAS_IP_PROTOCOL: bool =
        (H::Header::IS_DATA || Self::only(SelectorKind::IpProtocol).is_some()) && (H::ALWAYS || I::HAS_IP_PROTOCOL);
    const IS_DATA: bool = H::Header::IS_DATA && (H::ALWAYS || I::IS_DATA);

    #[inline(always)]
    fn is_data(self) -> bool {
        if self.is_there() { H::Header::IS_DATA } else { self.rest.is_data() }
    }

    #[inline(always)]
    fn number(self, numbers: SelectorKind) -> Option<u16> {
        if self.is_there() { Self::only(numbers) } else { self.rest.number(numbers) }
    }

    fn selected_by(self, selector: NextProtocol, bytes: &[u8]) -> Option<NextProtocol> {
        if !self.is_there() {
            return self.rest.selected_by(selector, bytes);
        }
        H::Header::PROTO.selected_by(selector, bytes)
    }

    fn second_follows(self, selector: NextProtocol, bytes: &[u8]) -> bool {
        if !self.is_there() {
            return self.rest.second_follows(selector, bytes);
        }
        if self.rest.is_data() {
            return true;
        }
        if bytes.is_empty() && !selector.requires_header() {
            return false;
        }
        match <H::Header as HeaderProto>::Layer::parse(bytes, selector) {
            Ok(parsed) => follows(&parsed, bytes, |next, payload| self.rest.selected_by(next, payload).is_some()),
            Err(_) => false,
        }
    }
}
