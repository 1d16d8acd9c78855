//! DNS: messages, resource records and EDNS.

pub(crate) mod edns;
pub(crate) mod message;
pub(crate) mod numbers;
pub(crate) mod over_tcp;
pub(crate) mod prefixes;
pub(crate) mod records;
pub(crate) mod sections;

pub use edns::OptFieldsEdit;
pub use edns::{EdnsOption, OptFields};
pub use message::{DnsEdit, DnsEntries};
pub use numbers::{
    CaaFlags, CertificateType, CsyncFlags, DigestType, DnsClass, DnsFamily, DnsGatewayType, DnsOpcode, DnsRcode,
    DnsType, DnskeyFlags, DnssecAlgorithm, EdnsFlags, ExtendedError, IpseckeyAlgorithm, Nsec3Flags, Nsec3Hash,
    SshAlgorithm, SshFingerprint, TkeyMode, TlsaMatching, TlsaSelector, TlsaUsage, ZonemdHash,
};
pub use over_tcp::{DnsOverTcpEdit, DnsOverTcpRule};
pub use prefixes::{AddressPrefix, ClientSubnet, PrefixFields, SubnetFields};
pub use prefixes::{PrefixFieldsEdit, SubnetFieldsEdit};
pub use records::{
    A6, AmtRelay, AmtRelayFields, DnsGateway, HostIdentity, HostIdentityFields, IpseckeyFields, IpseckeyGateway, Loc,
    Rdata, SvcParam, SvcParamKey, TypeBitmap, U48,
};
pub use records::{AmtRelayFieldsEdit, HostIdentityFieldsEdit, IpseckeyFieldsEdit, LocEdit};
pub use sections::{
    DnsQuestion, DnsRecord, DnsSection, MulticastQuestionFields, MulticastRecordFields, QuestionFields, RecordFields,
};
pub use sections::{
    DnsRule, MulticastQuestionFieldsEdit, MulticastRecordFieldsEdit, QuestionFieldsEdit, RecordFieldsEdit,
};
