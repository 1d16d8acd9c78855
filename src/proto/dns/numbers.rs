//! Numbers and flags of DNS (IANA): types, classes, codes and algorithms.

use crate::wire::{flags, registry};

registry! {
    /// Record and query types (IANA).
    pub enum DnsType: u16 {
        A = 1 "A",
        Ns = 2 "NS",
        Md = 3 "MD",
        Mf = 4 "MF",
        Cname = 5 "CNAME",
        Soa = 6 "SOA",
        Mb = 7 "MB",
        Mg = 8 "MG",
        Mr = 9 "MR",
        Null = 10 "NULL",
        Wks = 11 "WKS",
        Ptr = 12 "PTR",
        Hinfo = 13 "HINFO",
        Minfo = 14 "MINFO",
        Mx = 15 "MX",
        Txt = 16 "TXT",
        Rp = 17 "RP",
        Afsdb = 18 "AFSDB",
        X25 = 19 "X25",
        Isdn = 20 "ISDN",
        Rt = 21 "RT",
        Nsap = 22 "NSAP",
        NsapPtr = 23 "NSAP-PTR",
        Sig = 24 "SIG",
        Key = 25 "KEY",
        Px = 26 "PX",
        Gpos = 27 "GPOS",
        Aaaa = 28 "AAAA",
        Loc = 29 "LOC",
        Nxt = 30 "NXT",
        Eid = 31 "EID",
        Nimloc = 32 "NIMLOC",
        Srv = 33 "SRV",
        Atma = 34 "ATMA",
        Naptr = 35 "NAPTR",
        Kx = 36 "KX",
        Cert = 37 "CERT",
        A6 = 38 "A6",
        Dname = 39 "DNAME",
        Sink = 40 "SINK",
        Opt = 41 "OPT",
        Apl = 42 "APL",
        Ds = 43 "DS",
        Sshfp = 44 "SSHFP",
        Ipseckey = 45 "IPSECKEY",
        Rrsig = 46 "RRSIG",
        Nsec = 47 "NSEC",
        Dnskey = 48 "DNSKEY",
        Dhcid = 49 "DHCID",
        Nsec3 = 50 "NSEC3",
        Nsec3param = 51 "NSEC3PARAM",
        Tlsa = 52 "TLSA",
        Smimea = 53 "SMIMEA",
        Hip = 55 "HIP",
        Ninfo = 56 "NINFO",
        Rkey = 57 "RKEY",
        Talink = 58 "TALINK",
        Cds = 59 "CDS",
        Cdnskey = 60 "CDNSKEY",
        Openpgpkey = 61 "OPENPGPKEY",
        Csync = 62 "CSYNC",
        Zonemd = 63 "ZONEMD",
        Svcb = 64 "SVCB",
        Https = 65 "HTTPS",
        Dsync = 66 "DSYNC",
        Hhit = 67 "HHIT",
        Brid = 68 "BRID",
        Spf = 99 "SPF",
        Uinfo = 100 "UINFO",
        Uid = 101 "UID",
        Gid = 102 "GID",
        Unspec = 103 "UNSPEC",
        Nid = 104 "NID",
        L32 = 105 "L32",
        L64 = 106 "L64",
        Lp = 107 "LP",
        Eui48 = 108 "EUI48",
        Eui64 = 109 "EUI64",
        Nxname = 128 "NXNAME",
        Tkey = 249 "TKEY",
        Tsig = 250 "TSIG",
        Ixfr = 251 "IXFR",
        Axfr = 252 "AXFR",
        Mailb = 253 "MAILB",
        Maila = 254 "MAILA",
        Any = 255 "ANY",
        Uri = 256 "URI",
        Caa = 257 "CAA",
        Avc = 258 "AVC",
        Doa = 259 "DOA",
        Amtrelay = 260 "AMTRELAY",
        Resinfo = 261 "RESINFO",
        Wallet = 262 "WALLET",
        Cla = 263 "CLA",
        Ipn = 264 "IPN",
        Ta = 32768 "TA",
        Dlv = 32769 "DLV",
    }
}

registry! {
    /// Classes (IANA).
    pub enum DnsClass: u16 {
        Internet = 1 "IN",
        Chaos = 3 "CH",
        Hesiod = 4 "HS",
        None = 254 "NONE",
        Any = 255 "ANY",
    }
}

registry! {
    /// Opcodes (IANA).
    pub enum DnsOpcode: u8 {
        Query = 0 "query",
        InverseQuery = 1 "inverse query (obsolete)",
        Status = 2 "status",
        Notify = 4 "notify",
        Update = 5 "update",
        Stateful = 6 "stateful operations",
    }
}

registry! {
    /// Response codes (IANA). The header has four bits, an OPT record eight more; TSIG and TKEY records have 16 bits.
    pub enum DnsRcode: u16 {
        NoError = 0 "no error",
        FormatError = 1 "format error",
        ServerFailure = 2 "server failure",
        NameError = 3 "no such name",
        NotImplemented = 4 "not implemented",
        Refused = 5 "refused",
        NameExists = 6 "name exists",
        RecordSetExists = 7 "record set exists",
        NoRecordSet = 8 "no such record set",
        NotAuthorized = 9 "not authoritative or not authorized",
        NotInZone = 10 "name not in zone",
        NoStatefulType = 11 "DSO-TYPE not implemented",
        BadVersion = 16 "bad OPT version or TSIG signature",
        BadKey = 17 "key not recognized",
        BadTime = 18 "signature out of time window",
        BadMode = 19 "bad TKEY mode",
        BadName = 20 "duplicate key name",
        BadAlgorithm = 21 "algorithm not supported",
        BadTruncation = 22 "bad truncation",
        BadCookie = 23 "bad or missing server cookie",
    }
}

registry! {
    /// Algorithms of DNSSEC keys and signatures (IANA).
    pub enum DnssecAlgorithm: u8 {
        Delete = 0 "delete DS",
        RsaMd5 = 1 "RSA/MD5",
        DiffieHellman = 2 "Diffie-Hellman",
        DsaSha1 = 3 "DSA/SHA-1",
        RsaSha1 = 5 "RSA/SHA-1",
        DsaNsec3Sha1 = 6 "DSA-NSEC3-SHA1",
        RsaSha1Nsec3Sha1 = 7 "RSASHA1-NSEC3-SHA1",
        RsaSha256 = 8 "RSA/SHA-256",
        RsaSha512 = 10 "RSA/SHA-512",
        EccGost = 12 "GOST R 34.10-2001",
        EcdsaP256Sha256 = 13 "ECDSA P-256 with SHA-256",
        EcdsaP384Sha384 = 14 "ECDSA P-384 with SHA-384",
        Ed25519 = 15 "Ed25519",
        Ed448 = 16 "Ed448",
        Sm2Sm3 = 17 "SM2 with SM3",
        EccGost12 = 23 "GOST R 34.10-2012",
        Indirect = 252 "indirect keys",
        PrivateName = 253 "private algorithm, named",
        PrivateOid = 254 "private algorithm, by OID",
    }
}

registry! {
    /// Digest types of DS records (IANA).
    pub enum DigestType: u8 {
        Sha1 = 1 "SHA-1",
        Sha256 = 2 "SHA-256",
        Gost94 = 3 "GOST R 34.11-94",
        Sha384 = 4 "SHA-384",
        Gost2012 = 5 "GOST R 34.11-2012",
        Sm3 = 6 "SM3",
    }
}

registry! {
    /// Hash algorithms of NSEC3 records, RFC 5155 §11.
    pub enum Nsec3Hash: u8 { Sha1 = 1 "SHA-1" }
}

registry! {
    /// Certificate types of CERT records, RFC 4398 §2.1.
    pub enum CertificateType: u16 {
        Pkix = 1 "X.509",
        Spki = 2 "SPKI",
        Pgp = 3 "OpenPGP",
        Ipkix = 4 "URL of X.509",
        Ispki = 5 "URL of SPKI",
        Ipgp = 6 "fingerprint and URL of OpenPGP",
        Acpkix = 7 "attribute certificate",
        Iacpkix = 8 "URL of attribute certificate",
        Uri = 253 "private, by URI",
        Oid = 254 "private, by OID",
    }
}

registry! {
    /// SSH key algorithms (IANA, RFC 4255 §3.1.1).
    pub enum SshAlgorithm: u8 { Rsa = 1 "RSA", Dsa = 2 "DSA", Ecdsa = 3 "ECDSA", Ed25519 = 4 "Ed25519", Ed448 = 6 "Ed448" }
}

registry! {
    /// SSH fingerprint types, RFC 4255 §3.1.2.
    pub enum SshFingerprint: u8 { Sha1 = 1 "SHA-1", Sha256 = 2 "SHA-256" }
}

registry! {
    /// Certificate usages of TLSA records, RFC 7218 §2.1.
    pub enum TlsaUsage: u8 {
        PkixTa = 0 "PKIX-TA",
        PkixEe = 1 "PKIX-EE",
        DaneTa = 2 "DANE-TA",
        DaneEe = 3 "DANE-EE",
        Private = 255 "PrivCert",
    }
}

registry! {
    /// Selectors of TLSA records: the part of a certificate that is matched, RFC 7218 §2.2.
    pub enum TlsaSelector: u8 { Certificate = 0 "Cert", PublicKey = 1 "SPKI", Private = 255 "PrivSel" }
}

registry! {
    /// Matching types of TLSA records, RFC 7218 §2.3.
    pub enum TlsaMatching: u8 { Full = 0 "Full", Sha256 = 1 "SHA2-256", Sha512 = 2 "SHA2-512", Private = 255 "PrivMatch" }
}

registry! {
    /// Modes of TKEY records, RFC 2930 §2.5.
    pub enum TkeyMode: u16 {
        Server = 1 "server assignment",
        DiffieHellman = 2 "Diffie-Hellman exchange",
        GssApi = 3 "GSS-API negotiation",
        Resolver = 4 "resolver assignment",
        Deletion = 5 "key deletion",
    }
}

registry! {
    /// Hash algorithms of ZONEMD records, RFC 8976 §5.3.
    pub enum ZonemdHash: u8 { Sha384 = 1 "SHA-384", Sha512 = 2 "SHA-512" }
}

registry! {
    /// Extended DNS error codes, RFC 8914 §5.2.
    pub enum ExtendedError: u16 {
        Other = 0 "other error",
        UnsupportedAlgorithm = 1 "unsupported DNSKEY algorithm",
        UnsupportedDigest = 2 "unsupported DS digest type",
        StaleAnswer = 3 "stale answer",
        ForgedAnswer = 4 "forged answer",
        Indeterminate = 5 "DNSSEC indeterminate",
        Bogus = 6 "DNSSEC bogus",
        SignatureExpired = 7 "signature expired",
        SignatureNotYetValid = 8 "signature not yet valid",
        KeyMissing = 9 "DNSKEY missing",
        SignaturesMissing = 10 "RRSIGs missing",
        NoZoneKey = 11 "no zone key bit set",
        NsecMissing = 12 "NSEC missing",
        CachedError = 13 "cached error",
        NotReady = 14 "not ready",
        Blocked = 15 "blocked",
        Censored = 16 "censored",
        Filtered = 17 "filtered",
        Prohibited = 18 "prohibited",
        StaleNameError = 19 "stale NXDOMAIN answer",
        NotAuthoritative = 20 "not authoritative",
        NotSupported = 21 "not supported",
        NoAuthority = 22 "no reachable authority",
        NetworkError = 23 "network error",
        InvalidData = 24 "invalid data",
        ExpiredBeforeValid = 25 "signature expired before valid",
        TooEarly = 26 "too early",
        UnsupportedIterations = 27 "unsupported NSEC3 iterations value",
        Policy = 28 "unable to conform to policy",
        Synthesized = 29 "synthesized",
        InvalidType = 30 "invalid query type",
    }
}

registry! {
    /// Address family numbers in DNS (IANA).
    pub enum DnsFamily: u16 { Ipv4 = 1 "IPv4", Ipv6 = 2 "IPv6" }
}

flags! {
    /// Flags of a DNSKEY record, RFC 4034 §2.1.1.
    pub struct DnskeyFlags: u16 {
        /// The key signs zone data.
        ZONE = 0x0100, "zone key", "dns.dnskey.flags.zone_key";
        /// The key is revoked, RFC 5011 §7.
        REVOKE = 0x0080, "revoked", "dns.dnskey.flags.key_revoked";
        /// Secure entry point: the key signs keys.
        SECURE_ENTRY_POINT = 0x0001, "secure entry point", "dns.dnskey.flags.secure_entry_point";
    }
}

flags! {
    /// Flags of an NSEC3 record, RFC 5155 §3.1.2.
    pub struct Nsec3Flags: u8 {
        /// Opt-out: the span may contain unsigned delegations.
        OPT_OUT = 0x01, "opt-out", "dns.nsec3.flags.opt_out";
    }
}

flags! {
    /// Flags of a CSYNC record, RFC 7477 §2.1.1.2.
    pub struct CsyncFlags: u16 {
        /// The records may be processed immediately.
        IMMEDIATE = 0x0001, "immediate", "dns.csync.flags.immediate";
        /// The records may be processed if the SOA serial number is at least that of the record.
        SOA_MINIMUM = 0x0002, "soaminimum", "dns.csync.flags.soaminimum";
    }
}

flags! {
    /// Flags of a CAA record, RFC 8659 §4.1.
    pub struct CaaFlags: u8 {
        /// Issuer critical: an issuer that does not know the property must not issue a certificate.
        CRITICAL = 0x80, "issuer critical", "dns.caa.flags.issuer_critical";
    }
}

flags! {
    /// Flags of an OPT record (IANA).
    pub struct EdnsFlags: u16 {
        /// DO: the client accepts DNSSEC records, RFC 3225.
        DNSSEC_OK = 0x8000, "DO", "dns.resp.z.do";
        /// CO: the client accepts compact answers, RFC 9824 §5.
        COMPACT_OK = 0x4000, "CO", "dns.resp.z.co";
    }
}

registry! {
    /// Key algorithms of IPSECKEY and HIP records (IANA, RFC 4025 §2.4).
    pub enum IpseckeyAlgorithm: u8 { None = 0 "no key", Dsa = 1 "DSA", Rsa = 2 "RSA", Ecdsa = 3 "ECDSA", Eddsa = 4 "EdDSA" }
}

registry! {
    /// Types of a gateway or relay address, RFC 4025 §2.3 and RFC 8777 §4.2.3.
    pub enum DnsGatewayType: u8 { None = 0 "none", Ipv4 = 1 "IPv4 address", Ipv6 = 2 "IPv6 address", Name = 3 "name" }
}
