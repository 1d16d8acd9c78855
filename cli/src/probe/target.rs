//! The host that is asked: an address, or a name that the system resolves.

use super::common::{Common, ProbeError};
use packetsmith::live::interfaces;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, ToSocketAddrs};

/// What all probes of a host take.
#[derive(Debug, Default, clap::Args)]
#[group(skip)]
pub struct HostOptions {
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    version: Version,
}

/// Which version of IP is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::Args)]
#[group(skip)]
struct Version {
    /// Use IPv4
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    ipv4: bool,
    /// Use IPv6
    #[arg(short = '6', long)]
    ipv6: bool,
}

/// The address of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub address: IpAddr,
    /// The interface by which it is reached, if that is given.
    pub interface: Option<String>,
}

impl Version {
    fn takes(self, address: IpAddr) -> bool {
        !(self.ipv4 && address.is_ipv6() || self.ipv6 && address.is_ipv4())
    }
}

impl HostOptions {
    /// The address of a host. Of a name's addresses, the first of the wanted version. A link-local address needs an interface: `-i`, or
    /// a zone as in `fe80::1%eth0` (RFC 4007 §11).
    pub fn target(&self, host: &str) -> Result<Target, ProbeError> {
        if host.is_empty() {
            return Err("the address or name of the host is empty".to_string().into());
        }
        let (address, zone) = match parse(host)? {
            Some(found) if self.version.takes(found.0) => found,
            Some((IpAddr::V4(_), _)) => {
                return Err(format!("{host}: is an address of IPv4, and --ipv6 is given").into());
            }
            Some(_) => return Err(format!("{host}: is an address of IPv6, and --ipv4 is given").into()),
            None => self.resolve(host)?,
        };
        let interface = match (zone, &self.common.interface) {
            (Some(zone), Some(name)) if zone != *name => {
                return Err(format!("{host}: is on the interface {zone}, and -i says {name}").into());
            }
            (zone, name) => zone.or_else(|| name.clone()),
        };
        if matches!(address, IpAddr::V6(address) if address.is_unicast_link_local()) && interface.is_none() {
            return Err(format!(
                "{address}: a link-local address belongs to one link: give its interface, -i NAME or {address}%NAME"
            )
            .into());
        }
        Ok(Target { address, interface })
    }

    fn resolve(&self, host: &str) -> Result<(IpAddr, Option<String>), ProbeError> {
        let found =
            (host, 0).to_socket_addrs().map_err(|error| format!("{host}: its address is not found: {error}"))?;
        let address = found.into_iter().find(|address| self.version.takes(address.ip()));
        let address = address.ok_or_else(|| format!("{host}: has no address of this version of IP"))?;
        let zone = match address {
            SocketAddr::V6(address) if address.scope_id() != 0 => Some(name_of(&address.scope_id().to_string())),
            _ => None,
        };
        Ok((address.ip(), zone))
    }
}

/// Parses an address and its zone. `None` if the text is no address.
fn parse(host: &str) -> Result<Option<(IpAddr, Option<String>)>, ProbeError> {
    if let Some((address, zone)) = host.split_once('%')
        && let Ok(address) = address.parse::<Ipv6Addr>()
    {
        return match zone {
            "" => Err(format!("{host}: the name of an interface is expected after %").into()),
            zone => Ok(Some((address.into(), Some(name_of(zone))))),
        };
    }
    Ok(host.parse().ok().map(|address| (address, None)))
}

/// The name of the interface of a zone, which may be a number.
fn name_of(zone: &str) -> String {
    let number = zone.parse::<u32>().ok();
    let found = interfaces().into_iter().find(|interface| Some(interface.index) == number);
    found.map_or_else(|| zone.to_string(), |interface| interface.name)
}

#[cfg(test)]
mod tests {
    use super::{Common, HostOptions};

    fn target(host: &str, interface: Option<&str>) -> Result<(String, Option<String>), String> {
        let common = Common { interface: interface.map(str::to_string), ..Common::default() };
        let target = HostOptions { common, ..HostOptions::default() }.target(host);
        target.map(|target| (target.address.to_string(), target.interface)).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn a_link_local_address_needs_one_interface() {
        let on = |name: &str| Ok(("fe80::1".to_string(), Some(name.to_string())));
        assert_eq!(target("fe80::1%eth7", None), on("eth7"));
        assert_eq!(target("fe80::1", Some("eth7")), on("eth7"));
        assert_eq!(target("fe80::1%eth7", Some("eth7")), on("eth7"));
        assert!(target("fe80::1%eth7", Some("eth8")).is_err_and(|error| error.contains("-i says eth8")));
        assert!(target("fe80::1", None).is_err_and(|error| error.contains("fe80::1%NAME")));
        assert!(target("fe80::1%", None).is_err());
        assert_eq!(target("fd09::1", None), Ok(("fd09::1".to_string(), None)));
    }
}
