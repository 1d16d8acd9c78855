//! `packetsmith probe dhcp`: which servers offer which addresses.

use super::common::{Answer, Common, ProbeError, Shown};
use super::link::{Link, Seen, build, filter, random_number};
use super::reserved_port::ReservedPort;
use super::route::Route;
use crate::signals;
use packetsmith::output::{Style, TerminalText};
use packetsmith::{Filter, MacAddr};
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

/// Asks the DHCP servers of a link for an offer.
///
/// Only a discover is sent: no address is taken. It is sent up to three times. All offers that come within the time are shown.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Take the lease that the first offer is about. The interface does not get the address
    #[arg(long)]
    request: bool,
    /// With --request: give the lease back at the end
    #[arg(long, requires = "request")]
    release: bool,
    /// The host name that is told to the servers
    #[arg(long, value_name = "NAME")]
    host_name: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// A client that asks.
struct Client {
    mac: MacAddr,
    xid: u32,
    host_name: String,
}

impl Client {
    /// A message to all servers, as text.
    fn message(&self, kind: &str, options: &str) -> String {
        let Client { mac, xid, host_name } = self;
        format!(
            "ethernet src={mac} dst=ff:ff:ff:ff:ff:ff / ipv4 src=0.0.0.0 dst=255.255.255.255 \
             / udp src_port=68 dst_port=67 \
             / dhcp xid={xid} flags=broadcast chaddr={mac} message_type={kind} {options}{host_name} \
               parameter_request_list=[1, 3, 6, 15, 28, 42, 51, 54, 121] maximum_message_size=1500"
        )
    }

    /// The filter for answers of some type.
    fn answer(&self, kinds: &str) -> Result<Filter, ProbeError> {
        filter(&format!("dhcp.id == {} && dhcp.type == 2 && dhcp.option.dhcp in {{{kinds}}}", self.xid))
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> Result<Answer, ProbeError> {
    const REQUESTS: usize = 3;
    let Some(name) = &arguments.common.interface else {
        return Err(ProbeError::Message("give the interface whose servers are asked: -i NAME".into()));
    };
    let host_name = match &arguments.host_name {
        None => String::new(),
        Some(name)
            if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) && !name.is_empty() =>
        {
            format!(" host_name=\"{name}\"")
        }
        Some(name) => {
            return Err(ProbeError::Message(format!("{name}: a host name has letters, digits, dots and hyphens")));
        }
    };
    let read = arguments.common.show.arguments();
    let route = Route::on_link(name, None)?;
    let mut link = Link::by(route, &arguments.common, &read, style)?;
    let mac = link.mac().ok_or_else(|| ProbeError::Message(format!("{name}: has no MAC address, and no DHCP")))?;
    // Where a client of this machine has the port already, the kernel does not answer for it.
    let _reserved = ReservedPort::udp(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 68).ok();
    let client = Client { mac, xid: random_number(), host_name };
    let ours = filter(&format!("dhcp.id == {}", client.xid))?;
    let offers = client.answer("2")?;
    let discover = build(&client.message("discover", ""))?;
    let mut first = None;
    for attempt in 1..=REQUESTS {
        link.pace(Duration::from_secs(1));
        if signals::ended() {
            break;
        }
        link.send_frame(&discover)?;
        let end = Instant::now() + link.timeout;
        // Each server answers once.
        while let Some((offer, _)) = link.wait(end.saturating_duration_since(Instant::now()), &ours, [&offers])? {
            let after = link.after(&offer);
            link.tell(&offered(&offer, after))?;
            first.get_or_insert(offer);
        }
        if first.is_some() {
            break;
        }
        link.tell(&format!("No offer for discover {attempt} within {}.", Shown(link.timeout)))?;
    }
    let came = if first.is_some() { Answer::Came } else { Answer::None };
    let taken = match first.filter(|_| arguments.request && !signals::ended()) {
        Some(offer) => take(&mut link, &client, &offer, &ours, arguments.release)?,
        None => Answer::Came,
    };
    link.finish()?;
    Ok(if taken == Answer::None { Answer::None } else { came })
}

/// What a server offers, as a sentence.
fn offered(offer: &Seen, after: Shown) -> String {
    let server = match offer.value("dhcp.option.dhcp_server_id") {
        id if id.is_empty() => format!("{}, which gives no identifier,", offer.value("ip.src")),
        id => id,
    };
    let mut text = format!("{server} offers {} after {after}", offer.value("dhcp.ip.your"));
    let parts = [
        ("mask", "dhcp.option.subnet_mask"),
        ("router", "dhcp.option.router"),
        ("DNS server", "dhcp.option.domain_name_server"),
    ];
    for (what, field) in parts {
        let value = offer.values(field);
        if !value.is_empty() {
            text += &format!(", {what} {value}");
        }
    }
    if let Some(seconds) = offer.number("dhcp.option.ip_address_lease_time") {
        text += &format!(", for {seconds} s");
    }
    text + "."
}

/// Takes the lease of an offer, and gives it back if that is asked for.
fn take(
    link: &mut Link<'_>,
    client: &Client,
    offer: &Seen,
    ours: &Filter,
    release: bool,
) -> Result<Answer, ProbeError> {
    let (server, address) = (offer.value("dhcp.option.dhcp_server_id"), offer.value("dhcp.ip.your"));
    if server.is_empty() {
        return Err(ProbeError::Message(
            "the offer does not say which server it is of: its address cannot be taken".into(),
        ));
    }
    let options = format!("server_identifier={server} requested_address={address}");
    let request = build(&client.message("request", &options))?;
    let answers = client.answer("5, 6")?;
    link.pace(Duration::from_secs(1));
    link.send_frame(&request)?;
    let Some((answer, _)) = link.wait(link.timeout, ours, [&answers])? else {
        link.tell(&format!("{server} did not answer the request within {}.", Shown(link.timeout)))?;
        return Ok(Answer::None);
    };
    if answer.number("dhcp.option.dhcp") == Some(6) {
        let why = answer.value("dhcp.option.message");
        let why = if why.is_empty() { why } else { format!(": {}", TerminalText(&why)) };
        link.tell(&format!("{server} refused the request{why}."))?;
        return Ok(Answer::None);
    }
    link.tell(&format!("{server} gave {address} to {}.", client.mac))?;
    if release {
        let Client { mac, xid, .. } = client;
        let to = answer.value("eth.src");
        let message = format!(
            "ethernet src={mac} dst={to} / ipv4 src={address} dst={server} / udp src_port=68 dst_port=67 \
             / dhcp xid={xid} ciaddr={address} chaddr={mac} message_type=release server_identifier={server}"
        );
        link.pace(Duration::from_secs(1));
        link.send_frame(&build(&message)?)?;
        // The release itself, which nobody answers.
        let none = filter("frame.number == 0")?;
        link.wait(Duration::from_millis(200), ours, [&none])?;
        link.tell(&format!("{address} was given back; servers do not confirm that."))?;
    }
    Ok(Answer::Came)
}
