//! error: unreachable pattern
//! note: matches all the relevant values
#![allow(dead_code, unused, unexpected_cfgs)]

#[path = "../../src/wire/mod.rs"]
mod wire;

wire::registry! {
    /// Two names for one number.
    pub enum Code: u8 { Request = 1 "request", Reply = 2 "reply", Failure = 2 "failure" }
}

fn main() {}
