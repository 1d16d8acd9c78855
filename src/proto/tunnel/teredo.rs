//! Teredo: IPv6 over UDP through address translators (RFC 4380).

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, NextProtocol, ParseDefect, ParsedHeader, Protocol, Report, Rule, rules};
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Cursor, DATA, Encoder, Field, FieldError, Kind, Schema, Span, Value, Visitor, header, show_rows};
use core::net::{Ipv4Addr, SocketAddrV4};

header! {
    /// Indications before the IPv6 packet, [RFC 4380 §5.1.1](https://www.rfc-editor.org/rfc/rfc4380#section-5.1.1):
    /// authentication, origin, both in this order, or none.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// let mut packet = vec![0, 0, 0xf1, 0x2a, 0x3f, 0xff, 0xfd, 0xfe];
    /// packet.extend([0x60; 40]);
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPort(3544), &packet)).next().unwrap();
    /// let View::Teredo(teredo) = layer.view else { panic!() };
    /// assert_eq!(teredo.origin(&layer.context), Some("192.0.2.1:3797".parse().unwrap()));
    /// assert_eq!(teredo.authentication(&layer.context), None);
    /// ```
    pub struct Teredo(0) => TeredoEdit, layer {}
}

/// Authentication data of a Teredo client or server, RFC 4380 §5.1.1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TeredoAuthentication<'a> {
    /// Identifies the client; may be empty.
    pub client_id: &'a [u8],
    /// Proves knowledge of the shared secret; may be empty.
    pub value: &'a [u8],
    /// Random number that the server repeats.
    pub nonce: [u8; 8],
    /// Zero, unless the server asks the client for a new key.
    pub confirmation: u8,
}

crate::wire::readable_debug!(TeredoAuthentication: client_id, value, nonce, confirmation);

/// First two bytes of each indication, RFC 4380 §5.1.1.
const IS_AUTHENTICATION: [u8; 2] = [0, 1];
const IS_ORIGIN: [u8; 2] = [0, 0];
/// Bytes of an authentication indication besides client identifier and authentication value.
const AUTHENTICATION_LEN: usize = 13;
const ORIGIN_LEN: usize = 8;

const AUTHENTICATION: &Field = &Field::floating(
    "authentication",
    "teredo.auth",
    Kind::Group,
    "Authentication between client and server, RFC 4380 §5.1.1.",
);
const ID_LENGTH: &Field =
    &Field::floating("id_length", "teredo.auth.idlen", Kind::Uint, "Length of the client identifier in bytes.")
        .of_bits(8)
        .bytes()
        .computed();
const VALUE_LENGTH: &Field =
    &Field::floating("value_length", "teredo.auth.aulen", Kind::Uint, "Length of the authentication value in bytes.")
        .of_bits(8)
        .bytes()
        .computed();
const CLIENT_ID: &Field =
    &Field::floating("client_id", "teredo.auth.id", Kind::Bytes, "Client identifier; may be empty.");
const VALUE: &Field = &Field::floating(
    "value",
    "teredo.auth.value",
    Kind::Bytes,
    "Authentication value: proves knowledge of the shared secret, RFC 4380 §5.2.2; may be empty.",
);
const NONCE: &Field = &Field::floating(
    "nonce",
    "teredo.auth.nonce",
    Kind::Bytes,
    "Random number that the server repeats in its answer, RFC 4380 §5.2.2.",
);
const CONFIRMATION: &Field = &Field::floating(
    "confirmation",
    "teredo.auth.conf",
    Kind::Bytes,
    "Zero, unless the server asks the client for a new key, RFC 4380 §5.2.2.",
);
const ORIGIN: &Field = &Field::floating(
    "origin",
    "teredo.orig",
    Kind::Group,
    "Origin: address and port that the server received the packet from, RFC 4380 §5.1.1.",
);
const PORT: &Field = &Field::floating(
    "port",
    "teredo.orig.port",
    Kind::Uint,
    "UDP port of the origin. Its bits are inverted in the packet, so that no address translator changes it.",
)
.of_bits(16)
.udp_port();
const ADDRESS: &Field = &Field::floating(
    "address",
    "teredo.orig.addr",
    Kind::Ipv4,
    "IPv4 address of the origin. Its bits are inverted in the packet.",
);

/// Length of an authentication indication that begins with `bytes`; at least what is needed to tell.
fn authentication_len(bytes: &[u8]) -> usize {
    match *bytes {
        [_, _, id, value, ..] => AUTHENTICATION_LEN + usize::from(id) + usize::from(value),
        _ => AUTHENTICATION_LEN,
    }
}

/// The indications at the front of a datagram, as far as they are there.
struct Indications<'a> {
    authentication: Option<Cursor<'a>>,
    origin: Option<Cursor<'a>>,
    /// Bytes of both, if nothing is cut.
    len: usize,
}

impl<'a> Indications<'a> {
    fn new(mut cursor: Cursor<'a>) -> Self {
        let mut len = 0;
        let mut next = |kind: [u8; 2], needed: fn(&[u8]) -> usize| {
            let bytes = cursor.bytes();
            let needed = needed(bytes);
            bytes.starts_with(&kind).then(|| {
                len += needed;
                cursor.split(needed).unwrap_or_else(|| cursor.rest())
            })
        };
        let authentication = next(IS_AUTHENTICATION, authentication_len);
        let origin = next(IS_ORIGIN, |_| ORIGIN_LEN);
        Indications { authentication, origin, len }
    }
}

/// The address and the port of an origin indication.
fn origin(bytes: &[u8]) -> Option<(u16, Ipv4Addr)> {
    let &[_, _, p, q, a, b, c, d] = bytes.first_chunk::<ORIGIN_LEN>()?;
    Some((!u16::from_be_bytes([p, q]), Ipv4Addr::from(!u32::from_be_bytes([a, b, c, d]))))
}

impl<'a> Teredo<&'a [u8; 0]> {
    /// The authentication indication, if there is one, and it is whole.
    pub fn authentication(&self, context: &LayerContext<'a>) -> Option<TeredoAuthentication<'a>> {
        let mut cursor = Indications::new(context.options(Teredo::LEN)).authentication?;
        let &[_, _, id, value] = cursor.chunk::<4>()?;
        Some(TeredoAuthentication {
            client_id: cursor.take(id.into())?,
            value: cursor.take(value.into())?,
            nonce: *cursor.chunk()?,
            confirmation: cursor.take(1)?.first().copied()?,
        })
    }

    /// The origin indication, if there is one, and it is whole: where the server received the packet from.
    pub fn origin(&self, context: &LayerContext<'a>) -> Option<SocketAddrV4> {
        let bytes = Indications::new(context.options(Teredo::LEN)).origin?.bytes();
        origin(bytes).map(|(port, address)| SocketAddrV4::new(address, port))
    }
}

rules! {
    /// Rules of Teredo.
    pub enum TeredoRule {
        PayloadNotIpv6 = Warning "teredo.payload.not_ipv6" "an IPv6 packet must follow (RFC 4380 §5.1.1)",
        PayloadMissing = Warning "teredo.payload.missing" "no IPv6 packet follows (RFC 4380 §5.1.1)",
        KeyRefused = Note "teredo.authentication.key_refused"
            "the server asks the client for a new key: the confirmation is not 0 (RFC 4380 §5.2.2)",
    }
}

impl<'a> Protocol<'a> for Teredo<&'a [u8; 0]> {
    const NAME: &'static str = "teredo";
    const TITLE: &'static str = "Teredo, IPv6 over UDP through address translators, RFC 4380";
    const TABLE: &'static [Field] = Teredo::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[&Schema {
        fields: &[
            *AUTHENTICATION,
            *ID_LENGTH,
            *VALUE_LENGTH,
            *CLIENT_ID,
            *VALUE,
            *NONCE,
            *CONFIRMATION,
            *ORIGIN,
            *PORT,
            *ADDRESS,
        ],
        ..Schema::EMPTY
    }];
    const RULES: &'static [&'static [Rule]] = &[TeredoRule::ALL];
    const RAW: &'static str = "Trailers after the IPv6 packet (RFC 6081), which are its trailer.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Teredo::LEN))?;
        let len = Indications::new(Cursor::new(bytes)).len;
        if len > bytes.len() {
            return Ok(ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown).defect(ParseDefect::needs(len)));
        }
        let next = match bytes.get(len..) {
            Some([0x60..=0x6f, ..]) => NextProtocol::IpVersion(6),
            _ => NextProtocol::Unknown,
        };
        Ok(ParsedHeader::new(header, len, next))
    }

    fn build(builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        if builder.source.open(AUTHENTICATION)? {
            builder.out.put(&IS_AUTHENTICATION);
            let at = builder.len();
            let given = [builder.given(ID_LENGTH, 1)?, builder.given(VALUE_LENGTH, 1)?];
            for (i, (row, length)) in [(CLIENT_ID, ID_LENGTH), (VALUE, VALUE_LENGTH)].into_iter().enumerate() {
                let start = builder.len();
                builder.bytes(row)?;
                if given[i].is_none() {
                    let number = builder.len() - start;
                    builder.compute(length, (at + i, 1), number, u8::MAX.into())?;
                }
            }
            put_fixed::<8>(NONCE, builder)?;
            put_fixed::<1>(CONFIRMATION, builder)?;
            builder.source.close()?;
        }
        if builder.source.open(ORIGIN)? {
            builder.out.put(&IS_ORIGIN);
            let at = builder.len();
            builder.number(PORT, 2)?;
            builder.wire::<Ipv4Addr>(ADDRESS)?;
            for byte in builder.out.written().get_mut(at..).unwrap_or(&mut []) {
                *byte = !*byte;
            }
            builder.source.close()?;
        }
        builder.bytes(DATA)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let indications = Indications::new(context.options(Teredo::LEN));
        if let Some(mut cursor) = indications.authentication {
            visitor.open(AUTHENTICATION, cursor.span());
            cursor.take(IS_AUTHENTICATION.len());
            let [id, value] = cursor.bytes().first_chunk().map_or([0; 2], |lengths| lengths.map(usize::from));
            let rows =
                [(ID_LENGTH, 1), (VALUE_LENGTH, 1), (CLIENT_ID, id), (VALUE, value), (NONCE, 8), (CONFIRMATION, 1)];
            // Neither an empty identifier nor an empty value is shown.
            show_rows(rows.into_iter().filter(|&(_, len)| len > 0), cursor, visitor);
            visitor.close();
        }
        if let Some(cursor) = indications.origin {
            let span = cursor.span();
            visitor.open(ORIGIN, span);
            if let Some((port, address)) = origin(cursor.bytes()) {
                visitor.field(PORT, Span::new(span.start + 2, span.start + 4), Value::Uint(port.into()));
                visitor.field(ADDRESS, Span::new(span.start + 4, span.end), Value::Ipv4(address));
            }
            visitor.close();
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let indications = Indications::new(context.options(Teredo::LEN));
        if let Some(cursor) = indications.authentication
            && self.authentication(context).is_some_and(|authentication| authentication.confirmation != 0)
        {
            let span = Span::new(cursor.span().end - 1, cursor.span().end);
            report(Some(CONFIRMATION), span, TeredoRule::KeyRefused.into());
        }
        if indications.len > context.header().len() {
            return;
        }
        let nothing = context.payload().is_empty() && context.is_whole() && !context.is_short && !context.quoted;
        match context.payload() {
            [] if nothing => report(None, context.header_span(), TeredoRule::PayloadMissing.into()),
            [] | [0x60..=0x6f, ..] => {}
            _ => report(None, context.payload_span(), TeredoRule::PayloadNotIpv6.into()),
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("Teredo");
        let (authentication, origin) = (self.authentication(context), self.origin(context));
        if authentication.is_some() {
            info.str("authentication");
        }
        if let Some(origin) = origin {
            let gap = if authentication.is_some() { ", " } else { "" };
            append!(info, gap, "origin ", *origin.ip(), ":", origin.port());
        }
    }
}

/// Builds `N` bytes: those that the source gives, or zeros.
fn put_fixed<const N: usize>(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    <[u8; N] as crate::wire::Codec>::build(field, builder)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::layer::IssueKind;
    use crate::proto::Proto;
    use std::vec::Vec;

    /// An IPv6 packet without a payload.
    const BUBBLE: [u8; 40] = {
        let mut packet = [0; 40];
        (packet[0], packet[6], packet[7]) = (0x60, 59, 64);
        packet
    };
    const AUTHENTICATED: [u8; 18] = [0, 1, 2, 3, b'm', b'e', 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 0];
    const SEEN_FROM: [u8; 8] = [0, 0, 0xf1, 0x2a, 0x3f, 0xff, 0xfd, 0xfe];

    fn protos(packet: &[u8]) -> Vec<Proto> {
        Layers::new(NextProtocol::UdpPorts(50000, 3544), packet).map(|layer| layer.proto).collect()
    }

    fn issues(packet: &[u8]) -> Vec<IssueKind> {
        let mut all = Vec::new();
        let layer = Examine::new(Layers::new(NextProtocol::UdpPort(3544), packet)).next().unwrap();
        layer.issues(|issue| all.push(issue.kind));
        all
    }

    #[test]
    fn an_ipv6_packet_follows_with_and_without_indications() {
        let mut whole = Vec::new();
        for front in [&[][..], &AUTHENTICATED, &SEEN_FROM, &[&AUTHENTICATED[..], &SEEN_FROM].concat()] {
            whole = [front, &BUBBLE].concat();
            assert_eq!(protos(&whole), [Proto::Teredo, Proto::Ipv6]);
            assert_eq!(issues(&whole), []);
        }
        let layer = Examine::new(Layers::new(NextProtocol::UdpPort(3544), &whole)).next().unwrap();
        let teredo = Teredo::new(&[]);
        assert_eq!(layer.header().len(), 26);
        assert_eq!(teredo.origin(&layer.context), Some(SocketAddrV4::new([192, 0, 2, 1].into(), 3797)));
        let wanted = TeredoAuthentication {
            client_id: b"me",
            value: &[7, 8, 9],
            nonce: [1, 2, 3, 4, 5, 6, 7, 8],
            confirmation: 0,
        };
        assert_eq!(teredo.authentication(&layer.context), Some(wanted));
    }

    #[test]
    fn an_origin_comes_last() {
        let packet = [&SEEN_FROM[..], &AUTHENTICATED, &BUBBLE].concat();
        assert_eq!(protos(&packet), [Proto::Teredo, Proto::Data]);
        assert_eq!(issues(&packet), [TeredoRule::PayloadNotIpv6.into()]);
    }

    #[test]
    fn what_is_not_teredo_is_data() {
        assert_eq!(protos(b"\x45hello"), [Proto::Teredo, Proto::Data]);
        assert_eq!(issues(b"\x45hello"), [TeredoRule::PayloadNotIpv6.into()]);
        assert_eq!(issues(&SEEN_FROM), [TeredoRule::PayloadMissing.into()]);
        let mut refused = [&AUTHENTICATED[..], &BUBBLE].concat();
        refused[17] = 1;
        assert_eq!(issues(&refused), [TeredoRule::KeyRefused.into()]);
    }

    #[test]
    fn a_cut_indication_is_truncated() {
        for front in [&AUTHENTICATED[..], &SEEN_FROM] {
            for len in 2..front.len() {
                assert_eq!(protos(&front[..len]), [Proto::Teredo]);
                let found = issues(&front[..len]);
                assert!(matches!(found[..], [IssueKind::Truncated { .. }]), "{len}: {found:?}");
            }
        }
    }
}
