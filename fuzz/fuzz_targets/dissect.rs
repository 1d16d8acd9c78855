//! Any bytes as a frame of any link type: every layer is shown in every form, and each byte has one
//! owner.
#![no_main]

use libfuzzer_sys::fuzz_target;
use packetsmith::sink::{Hexdump, Json, Style, Summary, Tree};
use packetsmith::{dissect, examine};

fuzz_target!(|input: (u16, u16, &[u8])| {
    let (link_type, more, frame) = input;
    let layers = || examine(link_type, frame).original_len(frame.len() + usize::from(more));
    Json::default().packet(|_| {}, layers());
    Tree::default().packet(layers());
    Summary::default().packet(layers());
    Hexdump::new(Style::COLOUR).packet(frame, dissect(link_type, frame));
    let layers: Vec<_> = dissect(link_type, frame).collect();
    let heads = layers.iter().map(|layer| layer.head());
    let tails = layers.iter().rev().map(|layer| layer.tail());
    let whole = heads.chain(layers.last().map(|layer| layer.body())).chain(tails).collect::<Vec<_>>().concat();
    assert_eq!(whole, frame);
});
