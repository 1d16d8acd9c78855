//! Names that follow by rule from a field: the length that is encoded before a value or a list, and a list as a whole.

use super::types::Type;
use crate::proto::Proto;
use crate::wire::Field;

/// A name of what is before or around the values of a field.
#[derive(Debug)]
pub(super) struct CountedName {
    pub(super) name: &'static str,
    proto: Proto,
    /// Own name and filter name of the field.
    field: (&'static str, &'static str),
    pub(super) what: CountedPart,
}

/// What of a field that has its length before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "which of it is used depends on the features")]
pub(super) enum CountedPart {
    /// The length of each value in bytes, which is encoded in so many bytes before it.
    ValueLength(u8),
    /// The length of the list in bytes, which is encoded in so many bytes before it.
    ListLength(u8),
    /// The list: it is there or not, and has no value.
    List,
}

use CountedPart::{List, ListLength, ValueLength};

impl CountedName {
    /// Whether it is about this field.
    pub(super) fn is_of(&self, proto: Proto, field: &Field) -> bool {
        self.proto == proto && self.field == (field.name, field.filter)
    }

    pub(super) fn kind(&self) -> Type {
        match self.what {
            ValueLength(bytes) | ListLength(bytes) => Type::Number(0, (1 << (8 * bytes.min(8))) - 1),
            List => Type::Presence,
        }
    }
}

#[cfg(feature = "applications")]
const fn tls(name: &'static str, field: &'static str, filter: &'static str, what: CountedPart) -> CountedName {
    CountedName { name, proto: Proto::Tls, field: (field, filter), what }
}

#[cfg(not(feature = "applications"))]
pub(super) static COUNTED: &[CountedName] = &[];

#[cfg(feature = "applications")]
#[rustfmt::skip]
pub(super) static COUNTED: &[CountedName] = &[
    CountedName { name: "dns.txt.length", proto: Proto::Dns, field: ("text", "dns.txt"), what: ValueLength(1) },
    tls("tls.handshake.session_id_length", "session_id", "tls.handshake.session_id", ValueLength(1)),
    tls("tls.handshake.session_ticket_length", "ticket", "tls.handshake.session_ticket", ValueLength(2)),
    tls("tls.handshake.cipher_suites_length", "cipher_suites", "tls.handshake.ciphersuite", ListLength(2)),
    tls("tls.handshake.ciphersuites", "cipher_suites", "tls.handshake.ciphersuite", List),
    tls("tls.handshake.comp_methods_length", "compression_methods", "tls.handshake.comp_method", ListLength(1)),
    tls("tls.handshake.comp_methods", "compression_methods", "tls.handshake.comp_method", List),
    tls("tls.handshake.certificates_length", "certificates", "tls.handshake.certificate", ListLength(3)),
    tls("tls.handshake.certificates", "certificates", "tls.handshake.certificate", List),
    tls("tls.handshake.certificate_length", "certificates", "tls.handshake.certificate", ValueLength(3)),
    tls("tls.handshake.ocsp_response_len", "response", "", ValueLength(3)),
    tls("tls.handshake.extensions_server_name_list_len", "names", "", ListLength(2)),
    tls("tls.handshake.extensions_server_name_len", "name", "tls.handshake.extensions_server_name", ValueLength(2)),
    tls("tls.handshake.extensions_status_request_responder_ids_len", "responder_ids", "", ValueLength(2)),
    tls("tls.handshake.extensions_status_request_exts_len", "request_extensions", "", ValueLength(2)),
    tls("tls.handshake.extensions_supported_groups_length", "groups", "tls.handshake.extensions_supported_group", ListLength(2)),
    tls("tls.handshake.extensions_supported_groups", "groups", "tls.handshake.extensions_supported_group", List),
    tls("tls.handshake.extensions_ec_point_formats_length", "formats", "tls.handshake.extensions_ec_point_format", ListLength(1)),
    tls("tls.handshake.extensions_ec_point_formats", "formats", "tls.handshake.extensions_ec_point_format", List),
    tls("tls.handshake.extensions_srp_len", "user", "tls.handshake.extensions_srp_username", ValueLength(1)),
    tls("tls.handshake.sig_hash_alg_len", "schemes", "tls.handshake.sig_hash_alg", ListLength(2)),
    tls("tls.handshake.sig_hash_algs", "schemes", "tls.handshake.sig_hash_alg", List),
    tls("tls.handshake.extensions_alpn_len", "protocols", "tls.handshake.extensions_alpn_str", ListLength(2)),
    tls("tls.handshake.extensions_alpn_list", "protocols", "tls.handshake.extensions_alpn_str", List),
    tls("tls.handshake.extensions_alpn_str_len", "protocols", "tls.handshake.extensions_alpn_str", ValueLength(1)),
    tls("tls.handshake.extensions_npn_str_len", "protocols", "tls.handshake.extensions_npn", ValueLength(1)),
    tls("tls.compress_certificate.algorithms_length", "algorithms", "tls.compress_certificate.algorithm", ListLength(1)),
    tls("tls.handshake.extensions.psk.identities.length", "identities", "", ListLength(2)),
    tls("tls.handshake.extensions.psk.identity.identity_length", "identity", "tls.handshake.extensions.psk.identity.identity", ValueLength(2)),
    tls("tls.handshake.extensions.psk.binders_len", "binders", "", ListLength(2)),
    tls("tls.handshake.extensions.supported_versions_len", "versions", "tls.handshake.extensions.supported_version", ListLength(1)),
    tls("tls.handshake.extensions.cookie_len", "cookie", "tls.handshake.extensions.cookie", ValueLength(2)),
    tls("tls.extension.psk_ke_modes_length", "modes", "tls.extension.psk_ke_mode", ListLength(1)),
    tls("tls.handshake.extensions_key_share_client_length", "client_shares", "", ListLength(2)),
    tls("tls.handshake.extensions_key_share_key_exchange_length", "key_exchange", "tls.handshake.extensions_key_share_key_exchange", ValueLength(2)),
    tls("tls.handshake.extensions_reneg_info_len", "renegotiated", "tls.handshake.extensions_reneg_info", ValueLength(1)),
];

/// Contents of items of a list, under a name that only some kinds of items have.
#[derive(Debug)]
pub(super) struct ItemContents {
    pub(super) name: &'static str,
    /// Filter name of the number that says what the item is.
    pub(super) of: &'static str,
    /// Bytes of the item before the contents.
    pub(super) header: u32,
    /// Whether items with this number have the name.
    pub(super) has: fn(i128) -> bool,
}

pub(super) static CONTENTS: &[ItemContents] = &[
    ItemContents { name: "icmpv6.opt.src_linkaddr", of: "icmpv6.opt.type", header: 2, has: |kind| kind == 1 },
    ItemContents { name: "icmpv6.opt.target_linkaddr", of: "icmpv6.opt.type", header: 2, has: |kind| kind == 2 },
    #[cfg(feature = "applications")]
    ItemContents { name: "dhcpv6.duid.bytes", of: "dhcpv6.option.type", header: 4, has: |kind| matches!(kind, 1 | 2) },
    // Other names have the contents of options that Wireshark 4.0 knows.
    #[cfg(feature = "applications")]
    ItemContents {
        name: "dns.opt.data",
        of: "dns.opt.code",
        header: 4,
        has: |code| !matches!(code, 5..=8 | 10..=13 | 15),
    },
];
