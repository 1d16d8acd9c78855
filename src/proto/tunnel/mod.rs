//! Tunnels: GRE, ERSPAN, EtherIP, MPLS, VXLAN, Geneve, L2TP, Teredo.

pub(crate) mod erspan;
pub(crate) mod etherip;
pub(crate) mod geneve;
pub(crate) mod gre;
pub(crate) mod l2tp;
pub(crate) mod mpls;
pub(crate) mod teredo;
pub(crate) mod vxlan;

pub use erspan::{Erspan2Edit, Erspan3Edit};
pub use erspan::{ErspanEncapsulation, ErspanFrameType, ErspanGranularity, ErspanIntegrity};
pub use etherip::EtherIpEdit;
pub use geneve::{GeneveEdit, GeneveOptionEdit, GeneveRule};
pub use geneve::{GeneveOption, GeneveOptionClass};
pub use gre::{GreEdit, GreRule};
pub use l2tp::{L2tpAvp, L2tpAvpHead, L2tpBearer, L2tpFraming, L2tpMessageType};
pub use l2tp::{L2tpAvpHeadEdit, L2tpEdit, L2tpRule};
pub use mpls::MplsLabelValue;
pub use mpls::{MplsEdit, MplsRule};
pub use teredo::{TeredoAuthentication, TeredoEdit, TeredoRule};
pub use vxlan::GpeProtocol;
pub use vxlan::{VxlanEdit, VxlanGpeEdit, VxlanRule};
