//! Capture files in.
