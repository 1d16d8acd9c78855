//! Which way packets to an address go: what the kernel answers (rtnetlink(7)).

use super::common::ProbeError;
use crate::interface_errors::cannot_open;
use netlink_packet_core::{NLM_F_REQUEST, NetlinkMessage, NetlinkPayload};
use netlink_packet_route::link::{LinkAttribute, LinkMessage};
use netlink_packet_route::route::{RouteAddress, RouteAttribute, RouteMessage, RouteType};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::protocols::NETLINK_ROUTE;
use netlink_sys::{Socket, SocketAddr};
use packetsmith::live::{OpenError, interfaces};
use rustix::io::Errno;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The way to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Name of the interface that sends.
    pub interface: String,
    /// Address that packets come from; `None` if the interface has none.
    pub source: Option<IpAddr>,
    /// The router that takes them; `None` if the address is on the link.
    pub gateway: Option<IpAddr>,
    /// What the address is: one of a host, of this machine, of all hosts of a link.
    pub kind: RouteType,
    /// Largest IP packet of the interface in bytes.
    pub mtu: u32,
}

/// Asks the kernel a question, and returns its answer.
fn ask(question: RouteNetlinkMessage) -> io::Result<RouteNetlinkMessage> {
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    let mut message = NetlinkMessage::from(question);
    message.header.flags = NLM_F_REQUEST;
    message.header.sequence_number = 1;
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    socket.send(&bytes, 0)?;
    let (answer, _) = socket.recv_from_full()?;
    let answer = NetlinkMessage::<RouteNetlinkMessage>::deserialize(&answer).map_err(io::Error::other)?;
    match answer.payload {
        NetlinkPayload::InnerMessage(answer) => Ok(answer),
        NetlinkPayload::Error(error) => Err(error.to_io()),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// An address of an attribute.
fn ip(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(address) => Some((*address).into()),
        RouteAddress::Inet6(address) => Some((*address).into()),
        _ => None,
    }
}

/// The number of an interface. The error lists the interfaces.
fn index_of(name: &str) -> Result<u32, ProbeError> {
    let all = interfaces();
    all.iter().find(|interface| interface.name == name).map(|interface| interface.index).ok_or_else(|| {
        let interfaces = all.iter().map(|interface| interface.name.clone()).collect();
        cannot_open(&OpenError::NotFound { name: name.into(), interfaces }).into()
    })
}

/// Largest IP packet of an interface in bytes.
fn mtu_of(index: u32) -> io::Result<u32> {
    let mut question = LinkMessage::default();
    question.header.index = index;
    let RouteNetlinkMessage::NewLink(link) = ask(RouteNetlinkMessage::GetLink(question))? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let mtu = link.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::Mtu(mtu) => Some(*mtu),
        _ => None,
    });
    mtu.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

impl Route {
    /// The way that packets to an address go, by an interface if one is given.
    ///
    /// # Errors
    ///
    /// There is no way, no such interface, or the address is one of several hosts.
    pub fn to(target: IpAddr, interface: Option<&str>) -> Result<Route, ProbeError> {
        let of_many = || ProbeError::Message(format!("{target}: is not the address of one host"));
        if target.is_multicast() || target.is_unspecified() || target == IpAddr::from([255; 4]) {
            return Err(of_many());
        }
        let index = interface.map(index_of).transpose()?;
        let route = Self::ask(target, index).map_err(|error| {
            let by = interface.map_or(String::new(), |name| format!(" by {name}"));
            // What the kernel answers for routes of the types unreachable, blackhole and prohibit.
            let why = match error.raw_os_error().map(Errno::from_raw_os_error) {
                Some(Errno::HOSTUNREACH) => "a route says that it is unreachable".to_string(),
                Some(Errno::INVAL) => "a route drops packets to it (blackhole)".to_string(),
                Some(Errno::ACCESS) => "a route prohibits packets to it".to_string(),
                _ => error.to_string(),
            };
            format!("{target}: this machine has no route to it{by}: {why}")
        })?;
        if route.kind == RouteType::Broadcast { Err(of_many()) } else { Ok(route) }
    }

    fn ask(target: IpAddr, interface: Option<u32>) -> io::Result<Route> {
        let mut question = RouteMessage::default();
        (question.header.address_family, question.header.destination_prefix_length) = match target {
            IpAddr::V4(_) => (AddressFamily::Inet, 32),
            IpAddr::V6(_) => (AddressFamily::Inet6, 128),
        };
        question.attributes.push(RouteAttribute::Destination(target.into()));
        question.attributes.extend(interface.map(RouteAttribute::Oif));
        let RouteNetlinkMessage::NewRoute(route) = ask(RouteNetlinkMessage::GetRoute(question))? else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let (mut index, mut source, mut gateway) = (None, None, None);
        for attribute in &route.attributes {
            match attribute {
                RouteAttribute::Oif(number) => index = Some(*number),
                RouteAttribute::PrefSource(address) => source = ip(address),
                RouteAttribute::Gateway(address) => gateway = ip(address),
                _ => {}
            }
        }
        let index = index.ok_or(io::ErrorKind::HostUnreachable)?;
        let interface = interfaces().into_iter().find(|interface| interface.index == index);
        let interface = interface.ok_or(io::ErrorKind::NotFound)?.name;
        Ok(Route { interface, source, gateway, kind: route.header.kind, mtu: mtu_of(index)? })
    }

    /// The way that broadcasts on an interface go, whether it has an address or not.
    ///
    /// # Errors
    ///
    /// There is no such interface.
    pub fn on_link(interface: &str, source: Option<IpAddr>) -> Result<Route, ProbeError> {
        let mtu =
            mtu_of(index_of(interface)?).map_err(|error| format!("{interface}: its MTU is not found: {error}"))?;
        Ok(Route { interface: interface.into(), source, gateway: None, kind: RouteType::Unicast, mtu })
    }

    /// The address that resolves to the MAC address of a frame to `target`.
    pub fn next_hop(&self, target: IpAddr) -> IpAddr {
        self.gateway.unwrap_or(target)
    }
}

/// The unspecified address of the same version.
pub fn unspecified(like: IpAddr) -> IpAddr {
    match like {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}
