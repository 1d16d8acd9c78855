//! Tests of the control protocols.

extern crate std;
use super::*;
use crate::dissect::{Examine, ExaminedLayer, Layers};
use crate::layer::{IssueKind, NextProtocol};
use crate::proto::{Proto, View};
use std::vec::Vec;

fn layer(protocol: u16, packet: &[u8]) -> ExaminedLayer<'_> {
    Examine::new(Layers::new(NextProtocol::PppProtocol(protocol), packet)).next().unwrap()
}

fn issues(layer: &ExaminedLayer<'_>) -> Vec<IssueKind> {
    let mut all = Vec::new();
    layer.issues(|issue| all.push(issue.kind));
    all
}

#[test]
fn padding_after_the_length_is_not_an_option() {
    let layer = layer(0xc021, &[1, 1, 0, 8, 1, 4, 5, 0xd4, 0, 0, 0]);
    assert_eq!((layer.header().len(), layer.trailer(), issues(&layer)), (8, &[0, 0, 0][..], [].into()));
}

#[test]
fn wrong_lengths_are_reported() {
    let short = layer(0xc021, &[1, 1, 0, 3, 9]);
    assert_eq!((short.payload(), issues(&short)), (&[9][..], [IssueKind::TooShort { declared: 3, min: 4 }].into()));
    let long = layer(0x8021, &[1, 1, 0, 30, 3, 6, 10]);
    assert!(matches!(issues(&long)[..], [IssueKind::Truncated { needed: 30, have: 7, .. }]));
}

#[test]
fn a_truncated_option_is_reported() {
    assert_eq!(
        issues(&layer(0xc021, &[1, 1, 0, 6, 1, 1])),
        [IssueKind::CutItem { bytes: 2, kind: 1, length: Some(1) }]
    );
    assert_eq!(issues(&layer(0x8057, &[1, 1, 0, 7, 1, 3, 0])), [IssueKind::BadItem(1)]);
}

#[test]
fn names_and_passwords_follow_their_lengths() {
    let layer = layer(0xc023, b"\x01\x01\0\x0c\x03bob\x03pwd");
    let View::Pap(pap) = layer.view else { panic!() };
    let PapMessage::Request { peer_id, password } = pap.message(&layer.context) else { panic!() };
    assert_eq!((peer_id.0.0, password.0.0), (&b"bob"[..], &b"pwd"[..]));
    assert_eq!(issues(&layer), []);
}

#[test]
fn the_compression_control_protocol_has_options_and_resets() {
    let packet = [1, 1, 0, 15, 26, 4, 0x78, 0, 24, 4, 0x78, 0, 21, 3, 0x2f];
    let found = layer(0x80fd, &packet);
    let View::Ccp(ccp) = found.view else { panic!() };
    let options: Vec<_> = ccp.options(&found.context).iter().collect();
    let [
        CcpOption::Deflate { parameters: deflate },
        CcpOption::Magnalink { .. },
        CcpOption::BsdCompress { parameters },
    ] = options[..]
    else {
        panic!("{options:?}")
    };
    assert_eq!((deflate.window(), deflate.method(), deflate.check()), (7, 8, 0));
    assert_eq!((parameters.version(), parameters.dictionary_bits()), (1, 15));
    assert_eq!(issues(&found), []);
    let reset = layer(0x80fd, &[14, 2, 0, 4]);
    let View::Ccp(ccp) = reset.view else { panic!() };
    assert_eq!((ccp.code(), ccp.options(&reset.context).iter().count()), (CcpCode::ResetRequest, 0));
}

#[test]
fn a_rejected_packet_is_taken_apart_as_a_quotation() {
    let packet = [8, 2, 0, 20, 0x80, 0x57, 1, 1, 0, 14, 1, 10, 0xed, 0x17, 0, 0xa2, 0x1b, 0xaf, 0x22, 0x9e];
    let layers: Vec<_> = Layers::new(NextProtocol::PppProtocol(0xc021), &packet).collect();
    assert_eq!(layers.iter().map(|layer| layer.proto).collect::<Vec<_>>(), [Proto::Lcp, Proto::Ipv6cp]);
    assert_eq!(layers.iter().map(|layer| layer.quoted).collect::<Vec<_>>(), [false, true]);
    assert_eq!((layers[0].header().len(), layers[1].header().len()), (6, 14));
    // The peer may cut what it sends back (RFC 1661 §5.7).
    let cut = [8, 2, 0, 10, 0x80, 0x57, 1, 1, 0, 14];
    let found = layer(0xc021, &cut);
    assert_eq!(issues(&found), []);
    let short = [8, 2, 0, 5, 0x80];
    assert_eq!(issues(&layer(0xc021, &short)), [IssueKind::BadItem(8)]);
}
