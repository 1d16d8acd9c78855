//! Commands that cut, merge and change capture files as a whole.

pub mod copying;
pub mod cut;
pub mod dedup;
pub mod info;
pub mod merge;
pub mod repair;
pub mod shift;
pub mod split;
mod times;
