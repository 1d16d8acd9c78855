//! Extension mechanisms for DNS: the OPT record and its options, RFC 6891.

use super::{ClientSubnet, DigestType, DnsType, DnssecAlgorithm, EdnsFlags, ExtendedError, Nsec3Hash};
use crate::addr::MacAddr;
use crate::field::header;
use crate::name::Name;
use crate::part::{Framed, Framing, List, Text, variants};

header! {
    /// What follows the name in an OPT record, RFC 6891 §6.1.2.
    pub struct OptFields(10) {
        /// Type: OPT.
        rtype: DnsType = 0..16, "dns.resp.type";
        /// Largest UDP payload that the sender takes, in bytes; it stands where others have a class.
        udp_payload_size: u16 = 16..32, "dns.rr.udp_payload_size", bytes;
        /// Upper eight bits of the response code.
        extended_rcode: u8 = 32..40, "dns.resp.ext_rcode";
        /// Version of EDNS.
        version: u8 = 40..48, "dns.resp.edns0_version";
        /// Flags.
        flags: EdnsFlags = 48..64, "dns.resp.z", hex;
        /// Length of the options, in bytes.
        rdlength: u16 = 64..80, "dns.resp.len", bytes, derived;
    }
}

variants! {
    /// An option of an OPT record, RFC 6891 §6.1.2.
    pub enum EdnsOption<'a>: "code", "dns.opt.code" {
        /// RFC 8764 §3.2.
        LongLivedQuery = 1 "LLQ" {
            /// Version: 1.
            version: u16, "dns.opt.llq.version";
            /// 1 to set up, 2 to refresh, 3 for an event.
            opcode: u16, "dns.opt.llq.opcode";
            /// Error.
            error: u16, "dns.opt.llq.error";
            /// Identifier.
            id: u64, "dns.opt.llq.id", hex;
            /// How long it lasts.
            lease: u32, "dns.opt.llq.lease", seconds;
        }
        /// RFC 9664 §4.
        UpdateLease = 2 "update lease" {
            /// How long an update lasts.
            lease: u32, "dns.opt.ul.lease", seconds;
            /// How long its keys last.
            key_lease: Option<u32>, "dns.opt.ul.key_lease", seconds;
        }
        /// RFC 5001 §2.3.
        ServerIdentifier = 3 "NSID" {
            /// Which server it is.
            identifier: Text<'a>, "dns.opt.nsid";
        }
        /// Draft-cheshire-edns0-owner-option; multicast DNS sleep proxies use it.
        Owner = 4 "owner" {
            /// Version: 0.
            version: u8, "dns.opt.owner.version";
            /// Changes each time the host sleeps.
            sequence: u8, "dns.opt.owner.sequence";
            /// Address of the sleeping host.
            primary_address: MacAddr, "dns.opt.owner.primary";
            /// Address to wake it at.
            wakeup_address: Option<MacAddr>, "dns.opt.owner.wakeup";
            /// Password to wake it with.
            password: Option<&'a [u8]>, "dns.opt.owner.password";
        }
        /// RFC 6975 §3.
        Dau = 5 "DAU" {
            /// Signature algorithms understood.
            algorithms: List<'a, DnssecAlgorithm>, "dns.opt.dau";
        }
        /// RFC 6975 §3.
        Dhu = 6 "DHU" {
            /// Digests understood.
            digests: List<'a, DigestType>, "dns.opt.dhu";
        }
        /// RFC 6975 §3.
        N3u = 7 "N3U" {
            /// NSEC3 hashes understood.
            hashes: List<'a, Nsec3Hash>, "dns.opt.n3u";
        }
        /// RFC 7871 §6.
        ClientSubnet = 8 "client subnet" {
            /// The network that the query comes from.
            subnet: ClientSubnet<'a>, "dns.opt.client";
        }
        /// RFC 7314 §2.
        Expire = 9 "expire" {
            /// When a secondary server gives the zone up.
            expire: Option<u32>, "dns.opt.expire", seconds;
        }
        /// RFC 7873 §4.
        Cookie = 10 "cookie" {
            /// The client's cookie.
            client: [u8; 8], "dns.opt.cookie.client";
            /// The server's cookie.
            server: Option<&'a [u8]>, "dns.opt.cookie.server";
        }
        /// RFC 7828 §3.1.
        Keepalive = 11 "TCP keepalive" {
            /// How long an idle connection is kept, in tenths of a second.
            timeout: Option<u16>, "dns.opt.edns_tcp_keepalive.timeout";
        }
        /// RFC 7830 §3.
        Padding = 12 "padding" {
            /// Should be zero.
            padding: &'a [u8], "dns.opt.padding";
        }
        /// RFC 7901 §4.
        Chain = 13 "chain" {
            /// Lowest name whose keys the client has.
            closest_trust_point: Name<'a>, "dns.opt.chain.fqdn";
        }
        /// RFC 8145 §4.1.
        KeyTag = 14 "key tag" {
            /// Trust anchors of the client.
            key_tags: List<'a, u16>, "dns.opt.key_tag";
        }
        /// RFC 8914 §2.
        ExtendedError = 15 "extended error" {
            /// What became of the query.
            info_code: ExtendedError, "dns.opt.ext_error.info_code";
            /// More of it, for people.
            extra_text: Text<'a>, "dns.opt.ext_error.extra_text";
        }
        ClientTag = 16 "client tag" {
            /// The client's tag.
            tag: u16, "dns.opt.client_tag";
        }
        ServerTag = 17 "server tag" {
            /// The server's tag.
            tag: u16, "dns.opt.server_tag";
        }
        /// RFC 9567 §6.1.
        ReportChannel = 18 "report channel" {
            /// Where errors are to be reported.
            agent_domain: Name<'a>, "dns.opt.report_channel";
        }
        /// RFC 9660 §2.
        ZoneVersion = 19 "zone version" {
            /// Labels of the zone's name.
            label_count: Option<u8>, "dns.opt.zoneversion.labels";
            /// 0: the SOA serial number.
            version_type: Option<u8>, "dns.opt.zoneversion.type";
            /// The version.
            version: Option<&'a [u8]>, "dns.opt.zoneversion.version";
        }
    }
}

impl Framed for EdnsOption<'_> {
    const FRAMING: Framing = Framing::WORDS;
}
