//! `packetsmith probe arp`: who has an address on the link.

use super::common::{Answer, ProbeError};
use super::link::{Link, mac_of};
use super::route::Route;
use super::target::{HostOptions, Target};
use netlink_packet_route::route::RouteType;
use packetsmith::output::Style;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Asks who has an address on the link: by ARP, or for IPv6 by neighbour discovery.
///
/// It asks up to three times, once a second. All hosts that answer are named: several are a conflict.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The address, or a name
    #[arg(value_name = "HOST")]
    host: String,
    #[command(flatten)]
    options: HostOptions,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> Result<Answer, ProbeError> {
    let target = arguments.options.target(&arguments.host)?;
    let read = arguments.options.common.show.arguments();
    let route = route(&target)?;
    let target = target.address;
    let mut link = Link::by(route, &arguments.options.common, &read, style)?;
    if link.mac().is_none() {
        let name = &link.route.interface;
        return Err(ProbeError::Message(format!("{name}: its frames have no MAC addresses: there is nothing to ask")));
    }
    let Some(reply) = link.ask_for_mac(target)? else {
        link.tell(&format!("Nobody answered for {target} on {}.", link.route.interface.clone()))?;
        link.finish()?;
        return Ok(Answer::None);
    };
    let mac = mac_of(&reply);
    let after = link.after(&reply);
    let shown = mac.map_or("an unknown MAC address".to_string(), |mac| mac.to_string());
    link.tell(&format!("{target} has {shown}: it answered after {}.", after))?;
    // Another host may answer, too.
    let (ours, others) = others(target, &shown)?;
    let end = Instant::now() + Duration::from_millis(300);
    let mut claims = vec![shown];
    while let Some((other, _)) = link.wait(end.saturating_duration_since(Instant::now()), &ours, [&others])? {
        let other = mac_of(&other).map_or(String::new(), |mac| mac.to_string());
        if !claims.contains(&other) {
            claims.push(other);
            let (other, count) = (&claims[claims.len() - 1], claims.len());
            link.tell(&format!("{other} answered too: {count} hosts claim {target}."))?;
        }
    }
    link.finish()?;
    Ok(Answer::Came)
}

/// The filters for answers that name another MAC address.
fn others(target: IpAddr, mac: &str) -> Result<(packetsmith::Filter, packetsmith::Filter), ProbeError> {
    let answers = match target {
        IpAddr::V4(_) => format!("arp.opcode == 2 && arp.src.proto_ipv4 == {target}"),
        IpAddr::V6(_) => format!("icmpv6.nd.na.target_address == {target}"),
    };
    let other = match target {
        IpAddr::V4(_) => format!("{answers} && arp.src.hw_mac != {mac}"),
        IpAddr::V6(_) => format!("{answers} && eth.src != {mac}"),
    };
    Ok((super::link::filter(&answers)?, super::link::filter(&other)?))
}

/// The link that an address is on: that of the route if no interface is given, but never by a router.
fn route(host: &Target) -> Result<Route, ProbeError> {
    let target = host.address;
    let found = Route::to(target, host.interface.as_deref());
    match (found, host.interface.as_deref()) {
        (Ok(route), None) if route.kind == RouteType::Local => Err(ProbeError::Message(format!(
            "{target}: is an address of this machine, which nobody else has to answer for"
        ))),
        (Ok(Route { gateway: Some(gateway), interface, .. }), None) => Err(ProbeError::Message(format!(
            "{target}: is not on a link of this machine, but behind the router {gateway} by {interface}; give -i \
             {interface} to ask there all the same"
        ))),
        (Ok(route), None) => Ok(route),
        (Err(error), _) if target.is_multicast() || target.is_unspecified() || target == IpAddr::from([255; 4]) => {
            Err(error)
        }
        (found, Some(name)) => {
            let source = found.ok().filter(|route| route.interface == name).and_then(|route| route.source);
            Route::on_link(name, source)
        }
        (Err(error), None) => Err(error),
    }
}
