//! UDP options (RFC 9868). They follow the payload if the IP packet is longer than the datagram.

use crate::layer::rules;
use crate::layer::{LayerContext, Report};
use crate::wire::Schema;
use crate::wire::Sum;
use crate::wire::{Codec, Cursor, Tagged, TlvItem, TlvLayout, Tlvs, tagged_enum};
use crate::wire::{Encoder, FieldError, TRAILER, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, header};

rules! {
    /// Rules of UDP and its options.
    pub enum UdpRule {
        DestinationPortZero = Warning "udp.dst_port.zero" "port 0 is reserved (RFC 6335 §6)",
        OptionsAfterEnd = Warning "udp.options.after_end"
            "bytes after the end of options list are not zero (RFC 9868 §11.1)",
    }
}

tagged_enum! {
    /// A UDP option, RFC 9868 §11.
    pub enum UdpOption<'a>: "kind", "udp.option_kind", "options" {
        EndOfOptions = 0 "end of options" {}
        NoOperation = 1 "no operation" {}
        AdditionalChecksum = 2 "additional payload checksum" {
            /// CRC-32C of the payload, RFC 9868 §11.3.
            crc: u32, "udp.options.apc", hex;
        }
        Fragment = 3 "fragment" {
            /// Position of the fragment, RFC 9868 §11.4.
            fragment: UdpFragment, "udp.options.frag";
            /// Offset of the options of the whole datagram; last fragment only.
            options_start: Option<u16>, "udp.options.frag.rdos";
        }
        MaximumDatagramSize = 4 "maximum datagram size" {
            /// Largest unfragmented datagram that the sender accepts, in bytes, RFC 9868 §11.5.
            size: u16, "udp.options.mds", bytes;
        }
        MaximumReassembledSize = 5 "maximum reassembled datagram size" {
            /// Largest datagram that the sender reassembles, in bytes, RFC 9868 §11.6.
            size: u16, "udp.options.mrds", bytes;
            /// Largest number of fragments per datagram.
            segments: u8, "udp.options.mrds.segments";
        }
        EchoRequest = 6 "echo request" {
            /// Token for the peer to send back, RFC 9868 §11.7.
            token: u32, "udp.options.req", hex;
        }
        EchoResponse = 7 "echo response" {
            /// Token returned to the peer that sent it, RFC 9868 §11.7.
            token: u32, "udp.options.res", hex;
        }
        Timestamp = 8 "timestamp" {
            /// TSval: the sender's timestamp clock, RFC 9868 §11.8.
            value: u32, "udp.options.time.tsval";
            /// TSecr: the timestamp received last from the peer.
            echo: u32, "udp.options.time.tsecr";
        }
        Authentication = 9 "authentication" {
            /// Contents, RFC 9868 §11.9; not parsed.
            data: &'a [u8], "udp.options.auth";
        }
        Experiment = 127 "experiment" {
            /// Experiment identifier and its data, RFC 9868 §11.10.
            experiment: Tagged<'a, UdpExperiment<'a>, 2>, "udp.options.exp";
        }
        Compression = 192 "unsafe compression" {
            /// Contents, RFC 9868 §12.1; not parsed.
            data: &'a [u8], "udp.options.ucmp";
        }
        Encryption = 193 "unsafe encryption" {
            /// Contents, RFC 9868 §12.2; not parsed.
            data: &'a [u8], "udp.options.uenc";
        }
        UnsafeExperiment = 254 "unsafe experiment" {
            /// Experiment identifier and its data, RFC 9868 §12.3.
            experiment: Tagged<'a, UdpExperiment<'a>, 2>, "udp.options.uexp";
        }
    }
}

impl TlvItem for UdpOption<'_> {
    /// RFC 9868 §10: a longer option has the length 255, followed by an extended length of two bytes.
    const LAYOUT: TlvLayout = TlvLayout { extended: true, ..TlvLayout::IP };
}

tagged_enum! {
    /// A UDP experiment. IANA keeps one registry of identifiers for UDP and TCP.
    pub enum UdpExperiment<'a>: "experiment", "udp.options.exid", "experiments" {
        HostId = 0x0348 "host identifier" {
            /// Contents; not parsed.
            data: &'a [u8], "udp.options.exp.data";
        }
    }
}

header! {
    /// Position of a fragment in its datagram, RFC 9868 §11.4.
    pub struct UdpFragment(8) => UdpFragmentEdit {
        /// Start of the fragment data, in bytes from the start of the UDP header.
        start: u16 = 0..16, "udp.options.frag.start";
        /// Identification, shared by all fragments of a datagram.
        identification: u32 = 16..48, "udp.options.frag.id", hex;
        /// Offset of the fragment in the datagram, in bytes.
        offset: u16 = 48..64, "udp.options.frag.offset";
    }
}

const PADDING: &Field =
    &Field::floating("padding", "udp.options.padding", Kind::Uint, "Aligns the options to 2 bytes.").of_bits(8);
const CHECKSUM: &Field = &Field::floating(
    "option_checksum",
    "udp.options.ocs",
    Kind::Uint,
    "Internet checksum of the surplus area and its length, RFC 9868 §9.",
)
.of_bits(16)
.hex();
const OPTIONS: &Field = &Field::floating("options", "udp.options", Kind::List(&Kind::Group), "Options, RFC 9868 §10.");
pub(crate) const SCHEMA: &Schema =
    &Schema { fields: &[*PADDING, *CHECKSUM, *OPTIONS], nested: &[Tlvs::<UdpOption>::SCHEMA], ..Schema::EMPTY };

/// Skips the options of a datagram: their bytes are given as the trailer.
pub(crate) fn build(builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    if !builder.source.has(TRAILER) && builder.source.has(OPTIONS) {
        return Err(FieldError::at(OPTIONS, ValueError::Rule("are built from the bytes of the trailer alone")));
    }
    for field in [PADDING, CHECKSUM, OPTIONS] {
        builder.source.skip(field);
    }
    Ok(())
}

/// The options after a datagram, if the surplus bytes are options, that is if their checksum is correct.
pub(crate) struct Surplus<'a> {
    padding: Option<(Span, u8)>,
    checksum: (Span, u16),
    /// The options.
    pub(crate) options: Tlvs<'a, UdpOption<'a>>,
}

impl<'a> Surplus<'a> {
    pub(crate) fn new(context: &LayerContext<'a>) -> Option<Self> {
        let span = context.trailer_span();
        if span.len() < 2 || !context.is_all_here() {
            return None;
        }
        let mut cursor = Cursor::within(context.frame, span);
        // The options are aligned to 2 bytes, counted from the UDP header.
        let padding = match (span.start - context.bounds.start) % 2 {
            0 => None,
            _ => Some((Span::new(span.start, span.start + 1), u8::take(&mut cursor)?)),
        };
        let sum = Sum::new().bytes(cursor.bytes()).number(span.len() as u32);
        let start = cursor.span().start;
        let checksum = u16::take(&mut cursor)?;
        let right = sum.value() == 0xffff && checksum != 0 && padding.is_none_or(|(_, byte)| byte == 0);
        let checksum = (Span::new(start, start + 2), checksum);
        right.then_some(Surplus { padding, checksum, options: Tlvs::at(cursor) })
    }

    pub(crate) fn show(&self, visitor: &mut dyn Visitor) {
        if let Some((span, byte)) = self.padding {
            visitor.field(PADDING, span, Value::Uint(byte.into()));
        }
        visitor.field(CHECKSUM, self.checksum.0, Value::Uint(self.checksum.1.into()));
        self.options.show(OPTIONS, visitor);
    }

    pub(crate) fn check(&self, report: &mut Report<'_>) {
        self.options.check(OPTIONS, report);
        for rest in self.options.items().filter_map(|item| item.err()) {
            if rest.after_end && rest.bytes.iter().any(|&b| b != 0) {
                report(Some(OPTIONS), rest.span, UdpRule::OptionsAfterEnd.into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::examine;
    use crate::proto::{Udp, View};

    /// Builds a datagram with `payload`, and a surplus area of `options` after a correct checksum.
    fn datagram(payload: &[u8], options: &[u8]) -> Vec<u8> {
        let pad = payload.len() % 2;
        let area = pad + 2 + options.len();
        let total = 28 + payload.len() + area;
        let mut bytes = vec![0x45, 0, 0, total as u8, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        bytes.extend([0, 9, 0, 9, 0, 8 + payload.len() as u8, 0, 0]);
        bytes.extend(payload);
        bytes.extend(&[0][..pad]);
        bytes.extend(Sum::new().bytes(options).number(area as u32).checksum().to_be_bytes());
        bytes.extend(options);
        bytes
    }

    fn options(bytes: &[u8]) -> Option<Vec<UdpOption<'_>>> {
        let udp = examine(101, bytes).find(|layer| matches!(layer.view, View::Udp(_))).unwrap();
        assert_eq!(udp.trailer().len(), bytes.len() - 28 - udp.payload().len(), "the options remain the trailer");
        Udp::options(&udp.context).map(|options| options.iter().collect())
    }

    #[test]
    fn surplus_bytes_are_options_if_their_checksum_is_correct() {
        for payload in [&b"even"[..], b"odd"] {
            let mut bytes = datagram(payload, &[4, 4, 5, 0xdc, 1, 6, 6, 1, 2, 3, 4, 0]);
            assert_eq!(
                options(&bytes).unwrap()[..],
                [
                    UdpOption::MaximumDatagramSize { size: 1500 },
                    UdpOption::NoOperation {},
                    UdpOption::EchoRequest { token: 0x01020304 },
                    UdpOption::EndOfOptions {},
                ]
            );
            *bytes.last_mut().unwrap() = 1;
            assert_eq!(options(&bytes), None, "with a wrong checksum, the bytes are a plain trailer");
        }
    }

    #[test]
    fn a_length_of_255_selects_the_extended_length() {
        let long = [&[9, 255, 1, 4][..], &[7; 256], &[1, 6, 255, 0, 8, 1, 2, 3, 4]].concat();
        let options = Tlvs::<UdpOption>::new(&long);
        let mut items = options.items().map(Result::unwrap);
        assert_eq!(items.next().map(|item| (item.length, item.contents.span())), Some((Some(260), Span::new(4, 260))));
        let token = options.iter().nth(2);
        assert_eq!(
            token,
            Some(UdpOption::EchoRequest { token: 0x01020304 }),
            "a short option may use the extended length"
        );
        let mut lengths = Lengths(Vec::new());
        options.show_items(&mut lengths);
        assert_eq!(lengths.0, [(Span::new(1, 4), Value::Uint(260)), (Span::new(262, 265), Value::Uint(8))]);
        let mut written = Vec::new();
        options.iter().for_each(|option| UdpOption::LAYOUT.emit(&option, &mut written));
        assert_eq!(written[..261], long[..261], "the extended length is written if needed");
        assert_eq!(written[261..], [6, 6, 1, 2, 3, 4]);
        for cut in [&long[..2], &long[..3], &long[..200], &[9, 255, 0, 3]] {
            assert!(Tlvs::<UdpOption>::new(cut).items().next().unwrap().is_err(), "{cut:?}");
        }
    }

    /// Collects the lengths of options.
    struct Lengths(Vec<(Span, Value<'static>)>);

    impl Visitor for Lengths {
        fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
            if let ("length", Value::Uint(n)) = (field.name, value) {
                self.0.push((span, Value::Uint(n)));
            }
        }
        fn open(&mut self, _: &'static Field, _: Span) {}
        fn close(&mut self) {}
    }

    #[test]
    fn zero_bytes_are_not_options() {
        let mut bytes = datagram(b"even", &[0; 4]);
        let at = bytes.len() - 6;
        bytes[at..].fill(0);
        assert_eq!(options(&bytes), None);
    }
}
