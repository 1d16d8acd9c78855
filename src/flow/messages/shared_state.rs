//! What both sides of a connection have said about messages to come.

use super::http_head::Outstanding;
#[cfg(feature = "applications")]
use super::tls_records::selected_version;

/// What both sides of a connection have said about messages to come.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedState {
    pub(super) requests: Outstanding,
    /// Whether a side has sent a record of TLS. Then the other one sends records too.
    pub(super) is_tls: bool,
    /// The version of TLS that a ServerHello has selected.
    pub(super) tls_version: Option<u16>,
}

impl SharedState {
    /// Takes handshake messages of TLS that spanned records.
    pub(super) fn learn(&mut self, joined: Option<&[u8]>) {
        #[cfg(feature = "applications")]
        if let Some(version) = joined.and_then(selected_version) {
            self.tls_version = Some(version);
        }
        #[cfg(not(feature = "applications"))]
        let _ = joined;
    }
}
