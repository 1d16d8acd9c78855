//! Extension mechanisms for DNS (RFC 6891): the OPT record and its options.

use crate::proto::{ClientSubnet, DigestType, DnsType, DnssecAlgorithm, EdnsFlags, ExtendedError, Nsec3Hash};
use crate::wire::MacAddr;
use crate::wire::Name;
use crate::wire::header;
use crate::wire::{List, Text, TlvItem, TlvLayout, tagged_enum};

header! {
    /// Fields after the name in an OPT record, RFC 6891 §6.1.2.
    pub struct OptFields(10) => OptFieldsEdit {
        /// Type: OPT.
        rtype: DnsType = 0..16, "dns.resp.type";
        /// Largest UDP payload that the sender accepts, in bytes. Other records have the class here.
        udp_payload_size: u16 = 16..32, "dns.rr.udp_payload_size", bytes;
        /// Upper eight bits of the response code.
        extended_rcode: u8 = 32..40, "dns.resp.ext_rcode";
        /// EDNS version: 0.
        version: u8 = 40..48, "dns.resp.edns0_version";
        /// Flags.
        flags: EdnsFlags = 48..64, "dns.resp.z", hex;
        /// Length of the options, in bytes.
        rdlength: u16 = 64..80, "dns.resp.len", bytes, computed;
    }
}

tagged_enum! {
    /// An option of an OPT record, RFC 6891 §6.1.2.
    pub enum EdnsOption<'a>: "code", "dns.opt.code", "EDNS options", length "dns.opt.len" {
        /// RFC 8764 §3.2.
        LongLivedQuery = 1 "LLQ" {
            /// Version of the LLQ protocol: 1.
            version: u16, "dns.opt.llq.version";
            /// Operation: 1 setup, 2 refresh, 3 event.
            opcode: u16, "dns.opt.llq.opcode";
            /// Error code.
            error: u16, "dns.opt.llq.error";
            /// Identifier of the query.
            id: u64, "dns.opt.llq.id", hex;
            /// Lease time of the query in seconds.
            lease: u32, "dns.opt.llq.lease", seconds;
        }
        /// RFC 9664 §4.
        UpdateLease = 2 "update lease" {
            /// Lease time of the records in seconds.
            lease: u32, "dns.opt.ul.lease", seconds;
            /// Lease time of the KEY records in seconds.
            key_lease: Option<u32>, "dns.opt.ul.key_lease", seconds;
        }
        /// RFC 5001 §2.3.
        ServerIdentifier = 3 "NSID" {
            /// Identifier of the server.
            identifier: Text<'a>, "dns.opt.nsid";
        }
        /// draft-cheshire-edns0-owner-option, used by multicast DNS sleep proxies.
        Owner = 4 "owner" {
            /// Version: 0.
            version: u8, "dns.opt.owner.version";
            /// Sequence number, incremented each time that the host sleeps.
            sequence: u8, "dns.opt.owner.sequence";
            /// MAC address of the sleeping host.
            primary_address: MacAddr, "dns.opt.owner.primary";
            /// MAC address for the wake-up packet.
            wakeup_address: Option<MacAddr>, "dns.opt.owner.wakeup";
            /// Password for the wake-up packet.
            password: Option<&'a [u8]>, "dns.opt.owner.password";
        }
        /// RFC 6975 §3.
        Dau = 5 "DAU" {
            /// DNSSEC signature algorithms that the client supports.
            algorithms: List<'a, DnssecAlgorithm>, "dns.opt.dau";
        }
        /// RFC 6975 §3.
        Dhu = 6 "DHU" {
            /// DS digest types that the client supports.
            digests: List<'a, DigestType>, "dns.opt.dhu";
        }
        /// RFC 6975 §3.
        N3u = 7 "N3U" {
            /// NSEC3 hash algorithms that the client supports.
            hashes: List<'a, Nsec3Hash>, "dns.opt.n3u";
        }
        /// RFC 7871 §6.
        ClientSubnet = 8 "client subnet" {
            /// Network of the client that sent the query.
            subnet: ClientSubnet<'a>, "dns.opt.client";
        }
        /// RFC 7314 §2.
        Expire = 9 "expire" {
            /// Time after which a secondary server discards the zone, in seconds.
            expire: Option<u32>, "dns.opt.expire", seconds;
        }
        /// RFC 7873 §4.
        Cookie = 10 "cookie" {
            /// Client cookie.
            client: [u8; 8], "dns.opt.cookie.client";
            /// Server cookie.
            server: Option<&'a [u8]>, "dns.opt.cookie.server";
        }
        /// RFC 7828 §3.1.
        Keepalive = 11 "TCP keepalive" {
            /// Time for which an idle connection is kept open, in units of 100 milliseconds.
            timeout: Option<u16>, "dns.opt.edns_tcp_keepalive.timeout", units_of_100_milliseconds;
        }
        /// RFC 7830 §3.
        Padding = 12 "padding" {
            /// Should be zero.
            padding: &'a [u8], "dns.opt.padding";
        }
        /// RFC 7901 §4.
        Chain = 13 "chain" {
            /// Closest trust point: lowest name for which the client has validated keys.
            closest_trust_point: Name<'a>, "dns.opt.chain.fqdn";
        }
        /// RFC 8145 §4.1.
        KeyTag = 14 "key tag" {
            /// Key tags of the client's trust anchors.
            key_tags: List<'a, u16>, "dns.opt.key_tag";
        }
        /// RFC 8914 §2.
        ExtendedError = 15 "extended error" {
            /// Error code that explains the result of the query.
            info_code: ExtendedError, "dns.opt.ext_error.info_code";
            /// Additional text for the user.
            extra_text: Text<'a>, "dns.opt.ext_error.extra_text";
        }
        ClientTag = 16 "client tag" {
            /// Tag chosen by the client.
            tag: u16, "dns.opt.client_tag";
        }
        ServerTag = 17 "server tag" {
            /// Tag chosen by the server.
            tag: u16, "dns.opt.server_tag";
        }
        /// RFC 9567 §6.1.
        ReportChannel = 18 "report channel" {
            /// Domain to which errors should be reported.
            agent_domain: Name<'a>, "dns.opt.report_channel";
        }
        /// RFC 9660 §2.
        ZoneVersion = 19 "zone version" {
            /// Number of labels in the name of the zone.
            label_count: Option<u8>, "dns.opt.zoneversion.labels";
            /// Version type: 0 is the SOA serial number.
            version_type: Option<u8>, "dns.opt.zoneversion.type";
            /// Version of the zone.
            version: Option<&'a [u8]>, "dns.opt.zoneversion.version";
        }
    }
}

impl TlvItem for EdnsOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout::WORDS;
}
