//! Link layers: Ethernet, VLAN, LLC, ARP, Linux cooked captures, BSD loopback.

pub(crate) mod arp;
pub(crate) mod ethernet;
pub(crate) mod link_type;
#[cfg(feature = "alloc")]
pub(crate) mod link_type_names;
pub(crate) mod llc;
pub(crate) mod loopback;
pub(crate) mod sll;
pub(crate) mod vlan;

pub use arp::{ArpAddresses, ArpHardware, ArpKind, ArpOperation};
pub use arp::{ArpEdit, ArpRule, MacsAndIps};
pub use ethernet::{EtherType, FcsStatus, FrameSize};
pub use ethernet::{EthernetEdit, EthernetRule};
pub use llc::Sap;
pub use llc::{LlcEdit, SnapEdit};
pub use loopback::AddressFamily;
pub use loopback::{LoopEdit, NullEdit};
pub use sll::PacketType;
pub use sll::{Sll2Edit, SllEdit};
pub use vlan::Priority;
pub use vlan::VlanEdit;
