//! What is told of a capture: each statement with packets that show it, and with packets that just do not.

mod connections;
mod losses;
mod others;
mod story;
