//! Where messages of a stream begin and end.

use super::http_head::{MessageHead, Outstanding};
use super::message_rest::Rest;
use crate::dissect::Examine;
use crate::layer::NextProtocol;
#[cfg(feature = "applications")]
use crate::proto::Tls;
#[cfg(feature = "applications")]
use crate::proto::app::http::begins;
use crate::proto::{Proto, Protocols};

/// Length of the header of DNS. A message that is shorter is wrong, or none.
pub(super) const DNS_HEADER: u16 = 12;

/// How messages of a stream are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// A length of two bytes (RFC 1035 §4.2.2).
    Dns,
    /// A head up to an empty line, and content by its fields (RFC 9112 §6).
    Http,
    /// A record with its length (RFC 8446 §5.1).
    Tls,
    /// A protocol from outside of this crate, whose parser says how many bytes it needs.
    Custom,
}

/// What is known of a message from its first bytes.
#[derive(Debug)]
pub(super) enum Beginning {
    /// More bytes are needed.
    NeedsMore,
    /// So many bytes are the head, and this follows.
    Head(usize, Rest),
    /// This is no message.
    NoMessage,
}

impl Framing {
    /// How the messages of a stream are told apart whose next bytes these are. `None` if they begin no message that can
    /// span segments.
    #[inline]
    pub(super) fn of(known: &Protocols, selector: NextProtocol, bytes: &[u8]) -> Option<Self> {
        match known.examine(selector, bytes).into_layers().next()?.proto {
            #[cfg(feature = "applications")]
            Proto::DnsOverTcp => Some(Framing::Dns),
            #[cfg(feature = "applications")]
            Proto::Http if begins(bytes) => Some(Framing::Http),
            #[cfg(feature = "applications")]
            Proto::Tls => Some(Framing::Tls),
            Proto::Custom(_) => Some(Framing::Custom),
            _ => None,
        }
    }

    /// Whether bytes at the end of a segment may be the first of another message of the stream. They can be too few to be
    /// recognized.
    pub(super) fn may_begin(self, bytes: &[u8]) -> bool {
        match self {
            Framing::Http => {
                let is_method = bytes.len() < 20 && bytes.iter().all(u8::is_ascii_uppercase);
                !bytes.is_empty() && (is_method || b"HTTP/1.".starts_with(bytes))
            }
            Framing::Tls => matches!(bytes, [20..=23] | [20..=23, 3] | [20..=23, 3, _] | [20..=23, 3, _, _]),
            Framing::Dns | Framing::Custom => false,
        }
    }

    /// Whether the bytes are a TLS record without contents, which the walk takes for data.
    pub(super) fn is_empty_record(self, bytes: &[u8]) -> bool {
        self == Framing::Tls && matches!(bytes, [20..=23, 3, _, 0, 0, ..])
    }

    /// Whether the bytes begin with a record of TLS, by its header alone. In a stream without TLS they can do so by chance.
    pub(super) fn is_record(self, bytes: &[u8]) -> bool {
        #[cfg(feature = "applications")]
        return self == Framing::Tls && Tls::record_length(bytes).is_some();
        #[cfg(not(feature = "applications"))]
        return false;
    }

    /// How the messages of a stream are told apart that begins with these bytes. The flag tells that they are too few to be
    /// sure.
    pub(super) fn of_start(known: &Protocols, selector: NextProtocol, mut bytes: &[u8]) -> Option<(Self, bool)> {
        // TLS can begin with records without contents; what follows tells.
        let mut has_empty = false;
        while Framing::Tls.is_empty_record(bytes) {
            (bytes, has_empty) = (bytes.get(5..).unwrap_or_default(), true);
        }
        let found = match (Framing::of(known, selector, bytes), bytes) {
            (None, []) => has_empty.then_some((Framing::Tls, true)),
            (None, _) => Framing::guess(bytes).map(|guess| (guess, true)),
            (framing, _) => framing.map(|framing| (framing, false)),
        };
        found.filter(|(framing, _)| !has_empty || *framing == Framing::Tls)
    }

    /// What the first bytes of a stream may begin, if they are too few to be recognized.
    pub(super) fn guess(bytes: &[u8]) -> Option<Self> {
        const BEGINNINGS: [&[u8]; 10] = [
            b"GET ",
            b"HEAD ",
            b"POST ",
            b"PUT ",
            b"DELETE ",
            b"CONNECT ",
            b"OPTIONS ",
            b"TRACE ",
            b"PATCH ",
            b"HTTP/1.",
        ];
        match bytes {
            [] => None,
            _ if BEGINNINGS.iter().any(|beginning| beginning.starts_with(bytes)) => Some(Framing::Http),
            _ => Some(Framing::Tls).filter(|tls| tls.may_begin(bytes)),
        }
    }

    /// Whether several messages in a segment are layers one after the other.
    pub(super) fn is_chained(self) -> bool {
        matches!(self, Framing::Dns | Framing::Tls)
    }

    /// What is known of the message that begins with these bytes. `scanned` of them were not enough before. `is_in_step`:
    /// a message begins here, since all before it in the stream is known.
    pub(super) fn begin(
        self,
        (known, selector): (&Protocols, NextProtocol),
        bytes: &[u8],
        (scanned, is_in_step): (usize, bool),
        outstanding: &mut Outstanding,
    ) -> Beginning {
        match self {
            Framing::Dns => match bytes.first_chunk::<2>().map(|&length| u16::from_be_bytes(length)) {
                None => Beginning::NeedsMore,
                Some(length) if length < DNS_HEADER && !is_in_step => Beginning::NoMessage,
                Some(length) => Beginning::Head(2, Rest::Counted(length.into())),
            },
            #[cfg(feature = "applications")]
            Framing::Http if !begins(bytes) && !self.may_begin(bytes) => Beginning::NoMessage,
            Framing::Http => match MessageHead::find_end(bytes, scanned) {
                None if bytes.len() > MessageHead::MOST => Beginning::NoMessage,
                None => Beginning::NeedsMore,
                Some(end) => Beginning::Head(end, MessageHead::read(&bytes[..end]).rest(outstanding)),
            },
            Framing::Tls => match bytes {
                #[cfg(feature = "applications")]
                [_, _, _, _, _, ..] => match Tls::record_length(bytes) {
                    Some(length) => Beginning::Head(Tls::LEN, Rest::Counted((length - Tls::LEN) as u64)),
                    // A record without contents.
                    None if is_in_step && self.is_empty_record(bytes) => Beginning::Head(Tls::LEN, Rest::Counted(0)),
                    None => Beginning::NoMessage,
                },
                _ => Beginning::NeedsMore,
            },
            Framing::Custom => {
                let layer = Examine::into_layers(known.examine(selector, bytes)).next();
                match layer.and_then(|layer| layer.bytes_needed()) {
                    Some(needed) if needed > bytes.len() && needed <= MessageHead::MOST => Beginning::NeedsMore,
                    Some(_) => Beginning::NoMessage,
                    None => Beginning::Head(bytes.len(), Rest::Counted(0)),
                }
            }
        }
    }
}
