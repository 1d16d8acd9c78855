//! Tests of this folder.
#![allow(dead_code, reason = "the macros make more than the tests use")]

use super::bits::load_bits;
use super::field::{computed_mask, row_named, tiles};
use super::*;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::ops::Range;

registry! {
    /// Kinds of tea.
    pub enum Tea: u8 { Green = 1 "green", Black = 2 "black" }
}
flags! {
    /// Moods.
    pub struct Mood: u8 {
        /// Glad.
        GLAD = 0x1, "glad", "mood.glad";
    }
}
header! {
    /// A header of four fields.
    pub struct Tiny(3) => TinyEdit {
        /// Four bits.
        version: u8 = 0..4, "tiny.version";
        /// Twelve bits across a byte boundary.
        length: u16 = 4..16, "tiny.length", computed, bytes;
        /// Five bits.
        tea: Tea = 16..21, "tiny.tea";
        /// Three bits.
        mood: Mood = 21..24, "tiny.mood";
    }
}

#[test]
fn a_row_reads_and_writes_its_own_bits_only() {
    let (tiny, rest) = Tiny::split(&[0x41, 0x02, 0x11, 9]).unwrap();
    assert_eq!((tiny.version(), tiny.length(), rest), (4, 0x102, &[9][..]));
    assert_eq!((tiny.tea(), tiny.mood()), (Tea::Black, Mood::GLAD));
    let mut bytes = [0xff; 3];
    Tiny::split_mut(&mut bytes).unwrap().0.edit().length(0).tea(Tea::from(0));
    assert_eq!(bytes, [0xf0, 0x00, 0x07]);
}

#[test]
fn one_load_reads_the_same_bits() {
    let bytes: [u8; 11] = core::array::from_fn(|i| (i as u8 + 1).wrapping_mul(0x9d));
    for len in 1..=bytes.len() {
        for start in 0..len * 8 {
            for end in start + 1..=(len * 8).min(start + 57) {
                assert_eq!(load_bits(&bytes[..len], start..end), get_bits(&bytes[..len], start..end));
            }
        }
    }
}

#[test]
fn setting_a_derived_field_marks_it_as_set() {
    assert_eq!(Tiny::build().unset, 0b10);
    assert_eq!(Tiny::build().version(1).unset, 0b10);
    assert_eq!(Tiny::build().length(1).unset, 0);
}

#[test]
fn the_table_reads_what_the_getters_read() {
    let bytes = [0x41, 0x02, 0x11];
    let values: [_; 4] = core::array::from_fn(|i| Tiny::FIELDS[i].read(&bytes).unwrap());
    assert_eq!(values, [Value::Uint(4), Value::Uint(0x102), Value::Uint(2), Value::Uint(1)]);
    assert_eq!(Tiny::FIELDS[2].meaning(&values[2]), Some("black"));
    assert!(Tiny::FIELDS[2].read(&bytes[..2]).is_none());
}

#[test]
fn a_number_with_a_sign_has_it_whatever_its_width() {
    let mut bytes = [0; 3];
    (-5i16).put(&mut bytes, 4..16);
    assert_eq!((bytes, i16::get(&bytes, 4..16)), ([0x0f, 0xfb, 0], -5));
    let field = Field::fixed("offset", "", 4..16, Kind::Int, "");
    assert_eq!(field.read(&bytes), Some(Value::Int(-5)));
    assert_eq!(Value::of_bytes(Kind::Int, &[0x80, 0]), Some(Value::Int(-32768)));
    assert_eq!(Value::of_bytes(Kind::Int, &[0x7f]), Some(Value::Int(127)));
    assert_eq!(i64::get(&[0xff; 8], 0..64), -1);
    let mut write = |value: Value<'_>| value.write(Kind::Int, &mut bytes, 0..8).map(|()| bytes[0]);
    assert_eq!((write(Value::Int(-128)), write(Value::Uint(127))), (Ok(0x80), Ok(0x7f)));
    assert!(write(Value::Int(-129)).is_err() && write(Value::Uint(128)).is_err());
}

#[test]
fn numbers_without_a_name_are_kept() {
    assert_eq!(u8::from(Tea::from(77)), 77);
    assert_eq!(Tea::from(77).name(), None);
    assert_eq!((Mood::GLAD | Mood(0x80)).0, 0x81);
}

#[test]
fn what_a_table_is_checked_for_when_it_is_compiled() {
    for proto in crate::proto::Proto::ALL {
        let fields = proto.fields();
        let bits = fields.last().map_or(0, |field| usize::from(field.end_bit));
        assert!(tiles(fields, bits / 8), "{}", proto.name());
        assert!(!tiles(fields, bits / 8 + 1), "{}", proto.name());
        for (row, field) in fields.iter().enumerate() {
            assert_eq!(row_named(fields, field.name), row);
            assert_eq!(computed_mask(fields) >> row & 1 == 1, field.is_computed(), "{}", field.name);
        }
    }
    let row = |bits| Field::fixed("row", "", bits, Kind::Uint, "");
    assert!(tiles(&[], 0) && tiles(&[row(0..4), row(4..8)], 1));
    for wrong in [&[row(0..4), row(5..8)][..], &[row(0..4), row(3..8)], &[row(0..0), row(0..8)], &[row(0..4)]] {
        assert!(!tiles(wrong, 1), "{wrong:?}");
    }
    let fields = [row(0..4).default(5), row(4..12).default(0x81), row(12..16)];
    assert_eq!(defaults::<2>(&fields), [0x58, 0x10]);
    assert_eq!((fields[1].span(10), row(0..0).span(10)), (Span::new(10, 12), Span::new(10, 10)));
}

#[test]
#[should_panic(expected = "no row has this name")]
fn a_row_that_is_a_part_of_another_name_is_none() {
    row_named(Tiny::FIELDS, "versio");
}

#[test]
fn what_is_said_of_a_field_is_kept() {
    let field = || Field::floating("name", "filter", Kind::Uint, "What it is.");
    let units = [
        (field().bytes(), Unit::Bytes(1)),
        (field().words(), Unit::Bytes(4)),
        (field().eight_byte_units(), Unit::Bytes(8)),
        (field().seconds(), Unit::Seconds),
        (field().milliseconds(), Unit::Milliseconds),
        (field().log2_seconds(), Unit::Log2Seconds),
        (field().short_time(), Unit::ShortTime),
        (field().ntp_time(), Unit::NtpTime),
        (field().unix_time(), Unit::UnixTime),
        (field().tcp_port(), Unit::TcpPort),
        (field().udp_port(), Unit::UdpPort),
        (field(), Unit::None),
    ];
    assert!(units.iter().all(|(field, unit)| field.unit == *unit && !field.is_computed() && !field.hex));
    let computed = [
        (field().computed(), Computed::Custom),
        (field().header_length(4, 2), Computed::HeaderLength { unit: 4, less: 2 }),
        (field().total_length(8), Computed::TotalLength { less: 8 }),
        (field().next_protocol(SelectorKind::IpProtocol), Computed::NextProtocol(SelectorKind::IpProtocol)),
        (field().checksum(), Computed::Checksum),
    ];
    assert!(computed.iter().all(|(field, computed)| field.computed == *computed && field.is_computed()));
    assert!(matches!(field().checksum().kind, Kind::Checksum) && matches!(field().text().kind, Kind::Text));
    assert!(field().hex().hex && field().reserved().reserved && !field().reserved);
    assert_eq!((field().named("type").name, field().default(7).default), ("type", 7));
    assert_eq!((field().filter, field().doc, field().bits()), ("filter", "What it is.", 0..0));
    assert!(matches!(Field::floating("", "", Kind::List(&Kind::Mac), "").item_kind(), Kind::Mac));
}

#[test]
fn values_fill_their_bytes() {
    let of = Value::of_bytes;
    for (kind, bytes, value) in [
        (Kind::Mac, &[1, 2, 3, 4, 5, 6][..], Some(Value::Mac(MacAddr([1, 2, 3, 4, 5, 6])))),
        (Kind::Mac, &[1, 2, 3, 4, 5], None),
        (Kind::Ipv4, &[10, 0, 0, 1], Some(Value::Ipv4([10, 0, 0, 1].into()))),
        (Kind::Ipv4, &[10, 0, 0], None),
        (Kind::Ipv6, &[7; 16], Some(Value::Ipv6([7; 16].into()))),
        (Kind::Ipv6, &[7; 15], None),
        (Kind::Bytes, &[], Some(Value::Bytes(&[]))),
        (Kind::Text, b"abc", Some(Value::Text(b"abc"))),
        (Kind::Little, &[1, 2, 0, 0], Some(Value::Uint(0x201))),
        (Kind::Little, &[1, 2], None),
        (Kind::Bool, &[0, 1], Some(Value::Bool(true))),
        (Kind::Bool, &[0, 0], Some(Value::Bool(false))),
        (Kind::Int, &[0xff, 0xfe], Some(Value::Int(-2))),
        (Kind::Int, &[], None),
        (Kind::Int, &[0; 9], None),
        (Kind::Uint, &[1, 0], Some(Value::Uint(256))),
        (Kind::Uint, &[0xff; 8], Some(Value::Uint(u64::MAX))),
        (Kind::Uint, &[], None),
        (Kind::Uint, &[0; 9], None),
    ] {
        assert_eq!(of(kind, bytes), value, "{kind:?} of {bytes:?}");
    }
}

#[test]
fn spans_outside_of_a_frame_hold_nothing() {
    assert_eq!(Span::new(1, 3).of(&[1, 2, 3]), [2, 3]);
    assert_eq!((Span::new(1, 4).of(&[1, 2, 3]).len(), Span::new(3, 1).of(&[1, 2, 3]).len()), (0, 0));
    assert_eq!((Span::new(3, 1).len(), Span::new(1, 3).len()), (0, 2));
    assert!(Span::new(2, 2).is_empty() && Span::new(3, 2).is_empty() && !Span::new(2, 3).is_empty());
}

#[test]
fn each_type_is_written_as_it_is_read() {
    fn hold<T: WireValue + PartialEq + core::fmt::Debug>(value: T, bits: Range<usize>, expected: [u8; 18]) {
        for fill in [0, 0xff] {
            let mut buf = [fill; 18];
            value.put(&mut buf, bits.clone());
            for (at, (byte, expected)) in buf.iter().zip(expected).enumerate() {
                for bit in 0..8 {
                    let inside = bits.contains(&(at * 8 + bit));
                    let wanted = if inside { expected } else { fill };
                    assert_eq!(byte >> (7 - bit) & 1, wanted >> (7 - bit) & 1, "{value:?} in {bits:?}: byte {at}");
                }
            }
            assert_eq!(T::get(&buf, bits.clone()), value);
        }
    }
    let bytes = |start: usize, bytes: &[u8]| {
        let mut all = [0; 18];
        all[start..start + bytes.len()].copy_from_slice(bytes);
        all
    };
    hold(5u8, 1..4, bytes(0, &[0x50]));
    hold(0xabcu16, 4..16, bytes(0, &[0x0a, 0xbc]));
    hold(0x12345u32, 3..20, bytes(0, &[0x12, 0x34, 0x50]));
    hold(u64::MAX - 1, 8..72, bytes(1, &[255, 255, 255, 255, 255, 255, 255, 254]));
    hold(-1i8, 2..5, bytes(0, &[0x38]));
    hold(-2i64, 0..64, bytes(0, &[255, 255, 255, 255, 255, 255, 255, 254]));
    hold(-3i32, 8..40, bytes(1, &[255, 255, 255, 253]));
    hold(true, 7..8, bytes(0, &[1]));
    hold(false, 7..8, bytes(0, &[0]));
    hold([1, 2, 3], 8..32, bytes(1, &[1, 2, 3]));
    hold(MacAddr([1, 2, 3, 4, 5, 6]), 8..56, bytes(1, &[1, 2, 3, 4, 5, 6]));
    hold(Ipv4Addr::new(10, 0, 0, 1), 0..32, bytes(0, &[10, 0, 0, 1]));
    hold(Ipv6Addr::from([9; 16]), 8..136, bytes(1, &[9; 16]));
    hold(LittleU32(0x0102), 0..32, bytes(0, &[2, 1, 0, 0]));
    hold(U24(0x010203), 8..32, bytes(1, &[1, 2, 3]));
    hold(Tea::Black, 3..6, bytes(0, &[0x08]));
    hold(Mood::GLAD, 0..1, bytes(0, &[0x80]));
}

#[test]
fn a_set_of_bits_has_those_that_are_in_it() {
    let both = Mood::GLAD | Mood(0x80);
    assert!(both.contains(Mood::GLAD) && both.contains(both) && !Mood::GLAD.contains(both) && both.contains(Mood(0)));
    assert_eq!((Tea::Green.name(), Tea::Black.name()), (Some("green"), Some("black")));
    assert_eq!((Tea::REGISTRY.name(2), Tea::REGISTRY.name(3), Tea::REGISTRY.name(258)), (Some("black"), None, None));
    assert_eq!((u8::from(Tea::Green), Tea::from(1)), (1, Tea::Green));
}

#[cfg(feature = "alloc")]
mod lists {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn a_row_that_may_be_missing_is_there_where_it_is_given() {
        let built = |options: &str| {
            let text = format!("dhcp options=[82 suboptions=[{options}], 255]");
            text.parse::<crate::packet::Packet>().unwrap().build().unwrap()[240..].to_vec()
        };
        assert_eq!(built("{type=152}"), [82, 2, 152, 0, 255]);
        assert_eq!(built("{type=152 address=10.0.0.1}"), [82, 6, 152, 4, 10, 0, 0, 1, 255]);
        // Raw contents follow the fields that are given.
        assert_eq!(built("{type=152 address=10.0.0.1 data=0506}"), [82, 8, 152, 6, 10, 0, 0, 1, 5, 6, 255]);
        assert_eq!(built("{type=152 data=0506}"), [82, 4, 152, 2, 5, 6, 255]);
        assert_eq!(built("{type=152 length=9}"), [82, 2, 152, 9, 255]);
    }

    #[test]
    fn bytes_of_a_fixed_number_are_so_many() {
        let built = |digest: &str| {
            let packet = format!("tcp options=[19 digest={digest}]").parse::<crate::packet::Packet>().unwrap().build();
            packet.map(|segment| segment[20..].to_vec()).ok()
        };
        let digest: Vec<u8> = (1..=16).collect();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(built(&hex), Some([&[19, 18][..], &digest, &[0, 0]].concat()));
        // Fewer are filled up with zeros, and more are refused.
        assert_eq!(built(&hex[..30]), Some([&[19, 18][..], &digest[..15], &[0, 0, 0]].concat()));
        assert_eq!(built(&(hex + "11")), None);
    }

    #[test]
    fn contents_too_long_for_one_item_are_split_over_several() {
        for len in [0, 1, 254, 255, 256, 509, 510, 511, 765, 766, 1000] {
            let contents: Vec<u8> = (0..len).map(|n| (n % 251) as u8).collect();
            let hex: String = contents.iter().map(|byte| format!("{byte:02x}")).collect();
            // The items before and after it do not change.
            let text = format!("dhcp options=[12 name=\"ab\", 224 data=0x{hex}, 255]");
            let message = text.parse::<crate::packet::Packet>().unwrap().build().unwrap();
            let mut expected = Vec::from(*b"\x0c\x02ab");
            let pieces = if len == 0 { Vec::from([&[][..]]) } else { contents.chunks(255).collect() };
            for piece in pieces {
                expected.extend([224, piece.len() as u8]);
                expected.extend_from_slice(piece);
            }
            expected.push(255);
            assert_eq!(message[240..], expected, "{len} bytes");
        }
    }
}
