//! Conversations and the analysis of TCP: each finding with an exchange that has it, and one that just has not; numbers,
//! windows, states; copies, tunnels, fragments and cut headers; and what holds when the tables are full.
//!
//! `tests/examples.rs` has what is said of whole captures.

mod bounds;
mod connections;
mod duplicate_addresses;
mod exchange;
mod filters;
mod findings;
mod handshake;
mod messages;
mod numbers;
mod packets;
mod transactions;
mod udp;
