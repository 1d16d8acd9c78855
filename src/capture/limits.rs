//! Bounds on what is remembered of a capture file.

/// Most bytes of one record, 128 MiB. For such a record, and as its bytes arrive, the buffer grows to this.
pub const MAX_RECORD: usize = 128 * 1024 * 1024;

/// Most interfaces of one pcapng section that are remembered.
pub const MAX_INTERFACES: usize = 65_536;

/// Most bytes of options that are remembered of one pcapng section and its interfaces.
pub(super) const MAX_OPTIONS: usize = 1024 * 1024;
