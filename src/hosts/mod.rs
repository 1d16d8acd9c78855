//! What a capture says about hosts: who has which address, what DHCP leased, what DNS was asked.
//!
//! [`AddressTable`] takes ARP and Neighbor Discovery, and says which MAC addresses an IP address had, with changes and
//! conflicts.
//! Each type takes the packets of a capture in order. Nothing here prints. Memory is bounded: each type says by what, and
//! counts what did not fit.

mod address_claims;
mod address_findings;
mod address_message;
mod address_table;
mod sighting;

pub use address_claims::{
    AddressEvidence, AddressProbe, AddressRecord, Asked, DoubleAnswer, MacChange, MacClaim,
};
pub use address_findings::{AddressFinding, TakenAddress};
pub use address_table::{AddressTable, UnansweredAsker};
pub use sighting::Sighting;
