//! The interfaces of this machine.

use super::errors::OpenError;
use crate::wire::MacAddr;
use std::net::IpAddr;
use std::string::{String, ToString};
use std::vec::Vec;

/// A network interface.
///
/// ```no_run
/// for interface in packetsmith::live::interfaces() {
///     println!("{}", interface.name);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkInterface {
    /// Name, such as `eth0`.
    pub name: String,
    /// Index of the interface in the system.
    pub index: u32,
    /// Its MAC address, if it has one.
    pub mac: Option<MacAddr>,
    /// Whether it is up.
    pub up: bool,
    /// Whether it is up and has a link.
    pub running: bool,
    /// Whether its frames go to this machine alone.
    pub loopback: bool,
    /// Its IP addresses, each with the length of its network's prefix in bits.
    pub addresses: Vec<(IpAddr, u8)>,
}

/// The interfaces of this machine.
pub fn interfaces() -> Vec<NetworkInterface> {
    let all = pnet_datalink::interfaces().into_iter();
    all.map(|i| NetworkInterface {
        up: i.is_up(),
        running: is_running(&i),
        loopback: i.is_loopback(),
        addresses: i.ips.iter().map(|network| (network.ip(), network.prefix())).collect(),
        name: i.name,
        index: i.index,
        mac: i.mac.map(|m| MacAddr(m.octets())),
    })
    .collect()
}

/// Whether an interface has a link.
#[cfg(unix)]
fn is_running(interface: &pnet_datalink::NetworkInterface) -> bool {
    interface.is_running()
}

/// Windows tells only whether an interface is up.
#[cfg(not(unix))]
fn is_running(interface: &pnet_datalink::NetworkInterface) -> bool {
    interface.is_up()
}

/// Finds an interface. The error lists the interfaces.
pub(super) fn interface_named(name: &str) -> Result<pnet_datalink::NetworkInterface, OpenError> {
    let mut all = pnet_datalink::interfaces();
    let Some(at) = all.iter().position(|interface| interface.name == name) else {
        let interfaces = all.into_iter().map(|interface| interface.name).collect();
        return Err(OpenError::NotFound { name: name.to_string(), interfaces });
    };
    Ok(all.swap_remove(at))
}

/// The name of the interface with an index. One that is gone has its number.
pub(super) fn name_of(index: u32) -> String {
    let found = pnet_datalink::interfaces().into_iter().find(|interface| interface.index == index);
    found.map_or_else(|| std::format!("#{index}"), |interface| interface.name)
}
