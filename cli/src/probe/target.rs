//! The host that is asked: an address, or a name that the system resolves.

use super::common::ProbeError;
use std::net::{IpAddr, ToSocketAddrs};

/// Which version of IP is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::Args)]
#[group(skip)]
pub struct Version {
    /// Use IPv4
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    ipv4: bool,
    /// Use IPv6
    #[arg(short = '6', long)]
    ipv6: bool,
}

impl Version {
    fn takes(self, address: IpAddr) -> bool {
        !(self.ipv4 && address.is_ipv6() || self.ipv6 && address.is_ipv4())
    }
}

/// The address of a host. Of a name's addresses, the first of the wanted version.
pub fn address(host: &str, version: Version) -> Result<IpAddr, ProbeError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return match version.takes(address) {
            true => Ok(address),
            false => Err(ProbeError::Message(format!("{host}: is an address of the other version of IP"))),
        };
    }
    let found = (host, 0).to_socket_addrs();
    let found = found.map_err(|error| ProbeError::Message(format!("{host}: its address is not found: {error}")))?;
    let address = found.map(|address| address.ip()).find(|address| version.takes(*address));
    address.ok_or_else(|| ProbeError::Message(format!("{host}: has no address of this version of IP")))
}
