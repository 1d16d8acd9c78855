//! Reading capture files that are built byte by byte, and captures of other people if they are there.
#![cfg(feature = "capture")]

mod bounds;
mod compressed;
mod failures;
mod files;
mod others;
mod pcap;
mod pcapng;
