//! Bounds on what is remembered of a capture file.

/// Largest record in bytes: 128 MiB. The buffer grows to this size as the bytes of such a record arrive.
pub const MAX_RECORD: usize = 128 * 1024 * 1024;

/// Most bytes of a packet of a hexdump: the largest snapshot length of tcpdump.
pub(super) const MAX_DUMPED: usize = 262_144;

/// Most interfaces of one pcapng section that are kept.
pub const MAX_INTERFACES: usize = 65_536;

/// Most interfaces whose statistics are kept.
pub(super) const MAX_STATISTICS: usize = 1024;

/// Most bytes of options that are kept of one pcapng section and its interfaces.
pub(super) const MAX_OPTIONS: usize = 1024 * 1024;
