//! Options of UDP, RFC 9868: they stand behind the payload, where the IP packet is longer than the datagram.

use crate::checksum::Sum;
use crate::field::{Field, Kind, Span, Value, Visitor, header};
use crate::layer::{Place, Reason, Report, Severity};
use crate::part::{Cursor, Framed, Framing, Part, Tagged, Tlvs, Variants, variants};
use crate::source::{Builder, Mistake, TAIL, Unfit};

variants! {
    /// An option of UDP, RFC 9868 §11.
    pub enum UdpOption<'a>: "kind", "udp.option_kind" {
        EndOfOptions = 0 "end of options" {}
        NoOperation = 1 "no operation" {}
        AdditionalChecksum = 2 "additional payload checksum" {
            /// CRC-32C of the payload, RFC 9868 §11.3.
            crc: u32, "udp.options.apc", hex;
        }
        Fragment = 3 "fragment" {
            /// Where the fragment belongs, RFC 9868 §11.4.
            fragment: UdpFragment, "udp.options.frag";
            /// Where the options of the whole datagram begin; in the last fragment only.
            options_start: Option<u16>, "udp.options.frag.rdos";
        }
        MaximumDatagramSize = 4 "maximum datagram size" {
            /// Largest datagram that the sender takes in one piece, RFC 9868 §11.5.
            size: u16, "udp.options.mds", bytes;
        }
        MaximumReassembledSize = 5 "maximum reassembled datagram size" {
            /// Largest datagram that the sender puts together, RFC 9868 §11.6.
            size: u16, "udp.options.mrds", bytes;
            /// Most fragments of a datagram.
            segments: u8, "udp.options.mrds.segments";
        }
        EchoRequest = 6 "echo request" {
            /// What the peer is to send back, RFC 9868 §11.7.
            token: u32, "udp.options.req", hex;
        }
        EchoResponse = 7 "echo response" {
            /// What the peer asked to have back, RFC 9868 §11.7.
            token: u32, "udp.options.res", hex;
        }
        Timestamp = 8 "timestamp" {
            /// The sender's clock, RFC 9868 §11.8.
            value: u32, "udp.options.time.tsval";
            /// The peer's clock as it was last heard.
            echo: u32, "udp.options.time.tsecr";
        }
        Authentication = 9 "authentication" {
            /// Contents, RFC 9868 §11.9.
            data: &'a [u8], "udp.options.auth";
        }
        Experiment = 127 "experiment" {
            /// Which experiment, and what it says, RFC 9868 §11.10.
            experiment: Tagged<'a, UdpExperiment<'a>, 2>, "udp.options.exp";
        }
        Compression = 192 "unsafe compression" {
            /// Contents, RFC 9868 §12.1.
            data: &'a [u8], "udp.options.ucmp";
        }
        Encryption = 193 "unsafe encryption" {
            /// Contents, RFC 9868 §12.2.
            data: &'a [u8], "udp.options.uenc";
        }
        UnsafeExperiment = 254 "unsafe experiment" {
            /// Which experiment, and what it says, RFC 9868 §12.3.
            experiment: Tagged<'a, UdpExperiment<'a>, 2>, "udp.options.uexp";
        }
    }
}

impl Framed for UdpOption<'_> {
    /// RFC 9868 §10: longer options have a length of 255, and their own length in two more bytes.
    const FRAMING: Framing = Framing { extended: true, ..Framing::IP };
}

variants! {
    /// A UDP option that is tried out. IANA keeps the identifiers together with those of TCP.
    pub enum UdpExperiment<'a>: "experiment", "udp.options.exid" {
        HostId = 0x0348 "host identifier" {
            /// Contents.
            data: &'a [u8], "udp.options.exp.data";
        }
    }
}

header! {
    /// Where a fragment of a datagram belongs, RFC 9868 §11.4.
    pub struct UdpFragment(8) {
        /// Where the fragment begins, counted from the UDP header.
        start: u16 = 0..16, "udp.options.frag.start";
        /// What fragments of one datagram have in common.
        identification: u32 = 16..48, "udp.options.frag.id", hex;
        /// Where in the datagram the fragment belongs.
        offset: u16 = 48..64, "udp.options.frag.offset";
    }
}

const PADDING: &Field = &Field::floating("padding", "udp.options.padding", Kind::Uint, "Aligns what follows.");
const CHECKSUM: &Field = &Field::floating(
    "option_checksum",
    "udp.options.ocs",
    Kind::Uint,
    "Internet checksum of the surplus area and its length, RFC 9868 §9.",
)
.hex();
const OPTIONS: &Field = &Field::floating("options", "udp.options", Kind::List(&Kind::Group), "Options, RFC 9868 §10.");
pub(super) const VARIABLE: &[&[Field]] = &[
    &[*PADDING, *CHECKSUM, *OPTIONS, *UdpOption::KIND, *UdpExperiment::KIND],
    UdpOption::FIELDS,
    UdpFragment::FIELDS,
    UdpExperiment::FIELDS,
];

/// Takes note of options behind a datagram's payload, which are given as its tail.
pub(super) fn build(builder: &mut Builder<'_>) -> Result<(), Mistake> {
    if !builder.source.has(TAIL) && builder.source.has(OPTIONS) {
        return Err(Mistake::at(OPTIONS, Unfit::Rule("are built from the bytes of the tail alone")));
    }
    for field in [PADDING, CHECKSUM, OPTIONS] {
        builder.source.skip(field);
    }
    Ok(())
}

/// The options behind a datagram, if the bytes there are options: if their checksum is right.
pub(super) struct Surplus<'a> {
    padding: Option<(Span, u8)>,
    checksum: (Span, u16),
    /// The options.
    pub(super) options: Tlvs<'a, UdpOption<'a>>,
}

impl<'a> Surplus<'a> {
    pub(super) fn new(place: &Place<'a>) -> Option<Self> {
        let span = place.tail_span();
        if span.len() < 2 || !place.is_all_here() {
            return None;
        }
        let mut cursor = Cursor::within(place.context.frame, span);
        // What follows is aligned to 2 bytes, counted from the UDP header.
        let padding = match (span.start - place.context.at) % 2 {
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

    pub(super) fn show(&self, visitor: &mut dyn Visitor) {
        if let Some((span, byte)) = self.padding {
            visitor.field(PADDING, span, Value::Uint(byte.into()));
        }
        visitor.field(CHECKSUM, self.checksum.0, Value::Uint(self.checksum.1.into()));
        self.options.show(OPTIONS, visitor);
    }

    pub(super) fn check(&self, report: &mut Report<'_>) {
        self.options.check(OPTIONS, report);
        for rest in self.options.items().filter_map(|item| item.err()) {
            if rest.after_end && rest.bytes.iter().any(|&b| b != 0) {
                let rule = "bytes behind the end of options are not zero (RFC 9868 §11.1)";
                report(Some(OPTIONS), rest.span, Reason::Rule(Severity::Warning, rule));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Udp, View, examine};

    /// A datagram of `payload`, with a surplus area of `options` behind a right checksum.
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
        assert_eq!(udp.tail().len(), bytes.len() - 28 - udp.body().len(), "the options stay the tail");
        Udp::options(&udp.place).map(|options| options.iter().collect())
    }

    #[test]
    fn options_are_those_whose_checksum_is_right() {
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
            assert_eq!(options(&bytes), None, "a wrong checksum makes it a plain tail");
        }
    }

    #[test]
    fn a_length_of_255_says_that_two_bytes_more_hold_it() {
        let long = [&[9, 255, 1, 4][..], &[7; 256], &[1, 6, 255, 0, 8, 1, 2, 3, 4]].concat();
        let options = Tlvs::<UdpOption>::new(&long);
        let mut items = options.items().map(Result::unwrap);
        assert_eq!(items.next().map(|item| (item.length, item.contents.span())), Some((Some(260), Span::new(4, 260))));
        let token = options.iter().nth(2);
        assert_eq!(token, Some(UdpOption::EchoRequest { token: 0x01020304 }), "short ones may be written so too");
        let mut lengths = Lengths(Vec::new());
        options.show_items(&mut lengths);
        assert_eq!(lengths.0, [(Span::new(1, 4), Value::Uint(260)), (Span::new(262, 265), Value::Uint(8))]);
        let mut written = Vec::new();
        options.iter().for_each(|option| UdpOption::FRAMING.emit(&option, &mut written));
        assert_eq!(written[..261], long[..261], "a longer length is written where it is needed");
        assert_eq!(written[261..], [6, 6, 1, 2, 3, 4]);
        for cut in [&long[..2], &long[..3], &long[..200], &[9, 255, 0, 3]] {
            assert!(Tlvs::<UdpOption>::new(cut).items().next().unwrap().is_err(), "{cut:?}");
        }
    }

    /// Keeps the lengths of options.
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
    fn zeros_are_no_options() {
        let mut bytes = datagram(b"even", &[0; 4]);
        let at = bytes.len() - 6;
        bytes[at..].fill(0);
        assert_eq!(options(&bytes), None);
    }
}
