//! Tests of this folder.

extern crate std;
use super::*;
use crate::layer::{IssueKind, NextProtocol};
use crate::proto::link::FrameSize;
use std::vec::Vec;

/// An IPv4 packet of 20 bytes in a frame filled up with `padding` bytes, and its FCS.
fn frame(padding: usize) -> Vec<u8> {
    let mut frame = std::vec![0; 34 + padding];
    frame[12..18].copy_from_slice(&[8, 0, 0x45, 0, 0, 20]);
    let fcs = crate::wire::fcs(&frame);
    frame.extend(fcs);
    frame
}

fn trailer(frame: &[u8], fcs_len: Option<u8>) -> Option<(usize, bool)> {
    let layer = examine(1, frame).fcs_len(fcs_len).next().unwrap();
    layer.ethernet_trailer().map(|trailer| (trailer.padding.len(), trailer.good))
}

#[test]
fn an_fcs_that_nothing_announces_must_be_right_and_behind_the_packet() {
    assert_eq!(trailer(&frame(26), None), Some((26, true)));
    assert_eq!(trailer(&frame(0), None), Some((0, true)));
    let mut wrong = frame(26);
    wrong[63] ^= 1;
    assert_eq!(trailer(&wrong, None), None);
    assert_eq!(trailer(&frame(26)[..60], None), None);
    // The body of an unknown EtherType has no end of its own, so its last bytes may be anything.
    let mut open = [0; 64];
    open[12..14].copy_from_slice(&[0x88, 0xb5]);
    let fcs = crate::wire::fcs(&open[..60]);
    open[60..].copy_from_slice(&fcs);
    assert_eq!((trailer(&open, None), trailer(&open, Some(4))), (None, Some((0, true))));
}

#[test]
fn an_announced_fcs_that_is_wrong_is_an_issue() {
    let mut wrong = frame(26);
    wrong[40] = 1;
    assert_eq!(trailer(&wrong, Some(4)), Some((26, false)));
    let report = |fcs_len| {
        let mut count = 0;
        let layer = examine(1, &wrong).fcs_len(fcs_len).next().unwrap();
        layer.issues(|issue| count += usize::from(matches!(issue.kind, IssueKind::FrameCheck(_))));
        count
    };
    assert_eq!((report(Some(4)), report(None), report(Some(0))), (1, 0, 0));
    // What the capture cut off cannot be verified.
    assert_eq!(examine(1, &wrong).fcs_len(Some(4)).original_len(70).next().unwrap().ethernet_trailer(), None);
}

#[test]
fn an_original_length_is_no_less_than_what_was_captured_nor_more_than_an_offset_holds() {
    let frame = frame(26);
    let wire_end = |bytes| {
        let layer = examine(1, &frame).original_len(bytes).next().unwrap();
        (layer.context.wire_end, layer.context.payload_wire_end)
    };
    assert_eq!([0, 63, 64].map(wire_end), [(64, 64); 3]);
    assert_eq!(wire_end(65), (65, 65));
    // The largest number stands for no end at all.
    assert_eq!([u32::MAX as usize, usize::MAX].map(wire_end), [(u32::MAX - 1, u32::MAX - 1); 2]);
}

#[test]
fn a_layer_is_intact_if_its_length_ends_within_what_is_there() {
    let intact = |total: u8| {
        let mut packet = [0; 24];
        (packet[0], packet[3], packet[9]) = (0x45, total, 253);
        Layers::new(NextProtocol::EtherType(0x0800), &packet).next().unwrap().is_intact()
    };
    assert_eq!([19, 20, 23, 24, 25].map(intact), [false, true, true, true, false]);
}

#[test]
fn vlan_tags_and_an_fcs_do_not_make_a_frame_jumbo() {
    let mut bytes = [0; 1522];
    bytes[12..14].copy_from_slice(&[0x81, 0]);
    bytes[16..18].copy_from_slice(&[0x88, 0xb5]);
    let size = |n, fcs| examine(1, &bytes[..n]).fcs_len(fcs).next().unwrap().frame_size();
    assert_eq!(size(1518, None), Some(FrameSize::Basic));
    assert_eq!(size(1519, None), Some(FrameSize::Jumbo));
    assert_eq!(size(1522, Some(4)), Some(FrameSize::Basic));
    assert_eq!(size(63, Some(4)), Some(FrameSize::Short));
}
