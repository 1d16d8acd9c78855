//! The walk over the layers of a frame.
#![no_std]
#![no_main]

use core::hint::black_box;
use packetsmith::dissect;

fn task() -> usize {
    let frame = black_box([0; 64]);
    dissect(1, &frame).map(|layer| layer.payload().len()).sum()
}

packetsmith_size::program!(task());
