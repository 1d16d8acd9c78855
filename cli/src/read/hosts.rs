//! Names of hosts, which the thread that reads a file learns, and those that print it look up.

use packetsmith::Examine;
use packetsmith::View;
use packetsmith::output::{HostNames, Json, Summary, TextBuffer};
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

/// Names of hosts of a file.
#[derive(Clone, Default)]
pub struct Hosts(Arc<RwLock<HostNames>>);

impl Hosts {
    /// Takes the answers of a packet.
    pub(super) fn learn<'a>(&self, packet: u64, walks: impl Iterator<Item = Examine<'a>>) {
        let mut names = self.0.write().unwrap_or_else(PoisonError::into_inner);
        walks.for_each(|layers| names.learn(packet, layers));
    }

    /// Whether there are more names than are kept.
    pub(super) fn is_full(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).is_full()
    }

    /// The name of a host as of a packet.
    pub(super) fn name(&self, address: IpAddr, packet: u64) -> Option<Arc<str>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).name(address, packet)
    }

    /// Puts names in the place of the addresses of a line.
    pub(super) fn rename(&self, packet: u64, summary: &mut Summary) {
        for column in [&mut summary.source, &mut summary.destination] {
            self.rename_column(packet, column);
        }
    }

    fn rename_column(&self, packet: u64, column: &mut TextBuffer) {
        if let Some(name) = column.as_str().parse().ok().and_then(|address| self.name(address, packet)) {
            column.bytes.clear();
            column.str(&name);
        }
    }

    /// Writes a member with the names of the addresses in the IP headers of a packet.
    pub(super) fn members(&self, packet: u64, layers: Examine<'_>, json: &mut Json) {
        let mut found: Vec<(IpAddr, Arc<str>)> = Vec::new();
        for layer in layers {
            let addresses: [IpAddr; 2] = match layer.view {
                View::Ipv4(ip) => [ip.src().into(), ip.dst().into()],
                View::Ipv6(ip) => [ip.src().into(), ip.dst().into()],
                _ => continue,
            };
            for address in addresses {
                if found.iter().all(|(known, _)| *known != address)
                    && let Some(name) = self.name(address, packet)
                {
                    found.push((address, name));
                }
            }
        }
        if !found.is_empty() {
            json.object("hosts", |json| {
                found.iter().for_each(|(address, name)| json.string(&address.to_string(), &**name));
            });
        }
    }
}
