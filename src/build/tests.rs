//! Tests of this folder.

use super::dispatch::HeaderProto;
use super::*;
use crate::layer::{ChecksumCoverage, CoverageEnd, NextProtocol, ParseDefect, ParsedHeader, Protocol};
use crate::proto::Proto;
use crate::proto::{Ethernet, Ipv4, Udp, Vlan};
use crate::wire::{Checksum, Field, MacAddr, SelectorKind, Sum, ValueError, header};
use alloc::string::ToString;

#[test]
fn a_frame_is_filled_up_and_followed_by_its_check_sequence() {
    let ethernet = Ethernet::build().dst(MacAddr::BROADCAST);
    for payload in [0, 1, 17, 18, 19, 40] {
        let body = [7; 40];
        let stack = Stack::new().push(ethernet).push(Ipv4::build()).push(Udp::build()).payload(&body[..payload]);
        let plain = stack.finish().unwrap();
        assert_eq!(plain.len(), 42 + payload);
        let mut padded = plain.clone();
        padded.resize(plain.len().max(60), 0);
        assert_eq!(stack.pad(60).finish().unwrap(), padded);
        let fcs = crate::wire::fcs(&padded);
        let whole = [&padded[..], &fcs].concat();
        assert_eq!(stack.pad(60).fcs().finish().unwrap(), whole);
        // Old contents of the buffer do not appear in the packet, and bytes after the packet stay.
        let mut buffer = [0xaa; 128];
        assert_eq!(stack.pad(60).fcs().write_into(&mut buffer).unwrap(), whole.len());
        assert_eq!((&buffer[..whole.len()], buffer[whole.len()]), (&whole[..], 0xaa));
        assert_eq!(stack.pad(60).fcs().write_into(&mut buffer[..whole.len()]).unwrap(), whole.len());
        let error = stack.pad(60).fcs().write_into(&mut buffer[..whole.len() - 1]).unwrap_err();
        assert_eq!((error.layer, error.error.error), (0, ValueError::NoRoom(whole.len())));
        let error = stack.write_into(&mut []).unwrap_err();
        assert_eq!(error.error.error, ValueError::NoRoom(plain.len()));
    }
}

#[test]
fn as_many_layers_are_built_as_are_pushed() {
    fn tagged<L: LayerList>(stack: Stack<L>) -> Stack<impl LayerList> {
        let tag = || Vlan::build().id(1);
        stack.push(tag()).push(tag()).push(tag()).push(tag())
    }
    // Eight layers, nine, thirty-two, and one too many.
    let eight =
        tagged(Stack::new().push(Ethernet::build()).push(Vlan::build()).push(Vlan::build()).push(Vlan::build()));
    let ethernet = Stack::new().push(Ethernet::build());
    let most = tagged(tagged(tagged(tagged(tagged(tagged(tagged(ethernet)))))));
    let most = most.push(Vlan::build()).push(Vlan::build()).push(Vlan::build());
    for (frame, layers) in [
        (eight.finish().unwrap(), 8),
        (tagged(ethernet).push(Vlan::build()).push(Vlan::build()).push(Vlan::build()).finish().unwrap(), 8),
        (tagged(tagged(ethernet)).finish().unwrap(), 9),
        (most.finish().unwrap(), 32),
    ] {
        assert_eq!(frame.len(), 14 + 4 * (layers - 1));
        let tags = frame[12..].chunks(4).filter(|tag| tag[..2] == [0x81, 0]);
        assert_eq!(tags.count(), layers - 1);
    }
    let error = most.push(Vlan::build()).finish().unwrap_err();
    assert_eq!((error.layer, error.proto, error.error.error), (0, Proto::Data, ValueError::TooDeep));
}

#[test]
fn what_does_not_fit_says_in_which_layer() {
    let error = |payload: usize| {
        let body = alloc::vec![0; payload];
        let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build());
        stack.payload(&body).finish().map(|frame| frame.len()).map_err(|e| (e.layer, e.proto, e.to_string()))
    };
    assert_eq!(error(65507), Ok(65549));
    let text = "ipv4.total_length: 65536 is more than 65535, the largest that fits";
    assert_eq!(error(65508), Err((1, Proto::Ipv4, text.into())));
    let text = "udp.length: 65536 is more than 65535, the largest that fits";
    assert_eq!(error(65528), Err((2, Proto::Udp, text.into())));
}

/// A protocol that is in no table.
mod ours {
    #![allow(dead_code)]

    use super::*;

    header! {
        /// A header of a protocol that is in no table.
        pub struct Ours(4) => OursEdit, layer {
            /// Protocol of the payload.
            next: u8 = 0..8, "ours.next", next_protocol(SelectorKind::IpProtocol);
            /// Length in bytes.
            length: u8 = 8..16, "ours.length", total_length(0);
            /// Checksum of header and payload.
            checksum: u16 = 16..32, "ours.checksum", checksum;
        }
    }

    impl<'a> Protocol<'a> for Ours<&'a [u8; 4]> {
        const NAME: &'static str = "ours";
        const TITLE: &'static str = "A protocol of a test";
        const TABLE: &'static [Field] = Ours::FIELDS;
        const RAW: &'static str = "Nothing.";

        fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
            let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Ours::LEN))?;
            Ok(ParsedHeader::new(header, Ours::LEN, NextProtocol::IpProtocol(header.next())))
        }

        fn coverage(&self) -> Option<ChecksumCoverage> {
            Some(ChecksumCoverage::plain(CoverageEnd::Payload))
        }
    }

    impl HeaderProto for Ours {
        type Layer<'a> = Ours<&'a [u8; 4]>;
        const PROTO: Proto = Proto::Data;
        const IP_PROTOCOL: Option<u16> = Some(253);

        fn is_selected_by(selector: NextProtocol) -> bool {
            matches!(selector, NextProtocol::EtherType(0x88b5) | NextProtocol::IpProtocol(253))
        }
    }
}
use ours::Ours;

#[test]
fn a_protocol_that_is_in_no_table_is_computed_by_its_type() {
    let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Ours::build()).push(Udp::build());
    let frame = stack.payload(b"hi").finish().unwrap();
    assert_eq!((frame[23], &frame[34..36]), (253, &[17, 14][..]), "its number in IPv4, UDP's in it, and its length");
    assert_eq!(Sum::new().bytes(&frame[34..]).verify(0), Checksum::Good);
    assert_ne!(frame[44..46], [0, 0], "UDP inside of it has a checksum with the addresses of IPv4");
    let error = Stack::new().push(Vlan::build()).push(Ours::build()).payload(&[0; 300]).finish().unwrap_err();
    assert_eq!((error.layer, error.error.field.map(|field| field.filter)), (1, Some("ours.length")));
    // No EtherType is its only one: numbers are tried, and 0x88b5 is one of those that Ethernet names.
    let frame = Stack::new().push(Ethernet::build().ethertype(0x0800.into())).push(Ours::build()).finish().unwrap();
    assert_eq!(frame[12..14], [0x08, 0x00], "what is set stays");
    let frame = Stack::new().push(Vlan::build()).push(Ours::build()).finish().unwrap();
    assert_eq!(frame[2..4], [0x88, 0xb5]);
}
