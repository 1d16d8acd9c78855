//! Tunnels: GRE, ERSPAN, EtherIP, MPLS, VXLAN, Geneve, L2TP.

pub(crate) mod erspan;
pub(crate) mod etherip;
pub(crate) mod geneve;
pub(crate) mod gre;
pub(crate) mod l2tp;
pub(crate) mod mpls;
pub(crate) mod vxlan;

pub use erspan::{ErspanEncapsulation, ErspanFrameType, ErspanGranularity, ErspanIntegrity};
pub use geneve::{GeneveOption, GeneveOptionClass};
pub use l2tp::{L2tpAvp, L2tpAvpHead, L2tpBearer, L2tpFraming, L2tpMessageType};
pub use mpls::MplsLabelValue;
pub use vxlan::GpeProtocol;

pub use geneve::GeneveRule;
pub use gre::GreRule;
pub use l2tp::L2tpRule;
pub use mpls::MplsRule;
pub use vxlan::VxlanRule;
