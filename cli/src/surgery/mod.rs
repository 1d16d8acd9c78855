//! Commands that cut, merge and change capture files as a whole.

mod copying;
pub mod cut;
pub mod merge;
mod times;
