//! What a capture says about hosts: who has which address, what DHCP leased, what DNS was asked.
//!
//! [`AddressTable`] takes ARP and Neighbor Discovery, and says which MAC addresses an IP address had, with changes and
//! conflicts. `Leases` takes DHCP, BOOTP and DHCPv6, and says who leased what of whom. `DnsLookups` takes DNS, multicast DNS
//! and LLMNR, and says who asked for what, and what came of it.
//!
//! Each type takes the packets of a capture in order. Nothing here prints. Memory is bounded: each type says by what, and
//! counts what did not fit.

mod address_claims;
mod address_findings;
mod address_message;
mod address_table;
#[cfg(feature = "applications")]
mod dhcp_exchange;
#[cfg(feature = "applications")]
mod dhcp_messages;
#[cfg(feature = "applications")]
mod dhcp_reading;
#[cfg(feature = "applications")]
mod dns_announcement;
#[cfg(feature = "applications")]
mod dns_answers;
#[cfg(feature = "applications")]
mod dns_carrier;
#[cfg(feature = "applications")]
mod dns_lookups;
#[cfg(feature = "applications")]
mod dns_sums;
#[cfg(feature = "applications")]
mod leases;
mod sighting;

pub use address_claims::{
    AddressEvidence, AddressProbe, AddressRecord, DoubleAnswer, MacChange, MacClaim, ProbeRefusal, Solicited,
};
pub use address_findings::{AddressFinding, TakenAddress};
pub use address_table::{AddressTable, UnansweredAsker};
#[cfg(feature = "applications")]
pub use dhcp_exchange::{DhcpDifference, DhcpExchange, DhcpOutcome};
#[cfg(feature = "applications")]
pub use dhcp_messages::{
    DelegatedPrefix, DhcpClient, DhcpMessage, DhcpMessageKind, DhcpPurpose, DhcpRepetition, DhcpServer, DhcpTerms,
    LeasedAddress,
};
#[cfg(feature = "applications")]
pub use dns_announcement::DnsAnnouncement;
#[cfg(feature = "applications")]
pub use dns_answers::DnsAnswer;
#[cfg(feature = "applications")]
pub use dns_carrier::{DnsService, DnsTransport};
#[cfg(feature = "applications")]
pub use dns_lookups::{DnsLookup, DnsLookups, DnsOutcome, DnsResponse, DnsRetry};
#[cfg(feature = "applications")]
pub use dns_sums::DnsSums;
#[cfg(feature = "applications")]
pub use leases::{Lease, LeaseEnd, LeaseFinding, Leases};
pub use sighting::Sighting;
