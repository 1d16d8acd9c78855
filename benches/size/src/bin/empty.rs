//! Nothing: what every program has.
#![no_std]
#![no_main]

packetsmith_size::program!(0);
