//! `packetsmith address`: what an address is under a mask.

use super::output::Output;
use super::{Outcome, complain};
use packetsmith::address::{Bits, Class, Subnet, mac_within, notations, purpose, reverse_name, solicited_node};
use packetsmith::sink::Json;
use std::fmt::Display;
use std::io;
use std::net::IpAddr;

/// Says what an address is: its network, its hosts, its kind, and whether another one is on the same subnet.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith address 172.16.10.1/24                    network, hosts, class, bits
  packetsmith address 172.16.10.1/255.255.255.0 172.16.10.2     on the same subnet?
  packetsmith address 2001:db8::1/64                    the three notations of IPv6

Exit status: 0 if all went well, 1 if OTHER is not on the same subnet, 2 if an argument is no address.")]
pub struct Arguments {
    /// An IPv4 or IPv6 address, with a prefix length or a mask behind a slash
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Another address, which may be on the same subnet
    #[arg(value_name = "OTHER")]
    other: Option<String>,
    /// Form of the output: text or json
    #[arg(short = 'T', long, value_name = "FORM", default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

fn parse(text: &str) -> Result<Subnet, String> {
    text.parse::<Subnet>().map_err(|error| {
        let column = text[..error.at].chars().count();
        format!("{}: {error}\n\n  {text}\n  {:column$}^", text, "")
    })
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let other = arguments.other.as_deref().map(parse).transpose();
    let (subnet, other) = match (parse(&arguments.address), other) {
        (Ok(subnet), Ok(other)) => (subnet, other),
        (Err(message), _) | (_, Err(message)) => {
            complain(message);
            return Ok(Outcome::Failed);
        }
    };
    if other.is_some_and(|other| other.address().is_ipv4() != subnet.address().is_ipv4()) {
        complain("the two addresses are of different versions, and so on no common subnet");
        return Ok(Outcome::Failed);
    }
    let facts = facts(&subnet, other.map(|other| other.address()));
    let mut output = Output::new();
    if arguments.format == "json" {
        let mut json = Json::default();
        json.line(|json| {
            for (name, value, _) in &facts {
                json.string(&name.replace(' ', "_"), value);
            }
        });
        output.put(&json.text.bytes)?;
    } else {
        for (name, value, remark) in &facts {
            let line = format!("{name:<16}  {value:<20}  {remark}");
            output.put(format!("{}\n", line.trim_end()).as_bytes())?;
        }
        if let Some(other) = other {
            output.put(compared(&subnet, other.address()).as_bytes())?;
        }
    }
    output.flush()?;
    Ok(match other {
        Some(other) if !subnet.is_local(other.address()) => Outcome::NothingMatched,
        _ => Outcome::Done,
    })
}

/// A fact's name, its value, and a remark.
type Fact = (&'static str, String, String);

fn facts(subnet: &Subnet, other: Option<IpAddr>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |name, value: &dyn Display, remark: &dyn Display| {
        facts.push((name, value.to_string(), remark.to_string()));
    };
    let address = subnet.address();
    add("address", &address, &"");
    add("kind", &purpose(address), &"");
    add("prefix length", &subnet.prefix_len(), &"");
    add("mask", &subnet.mask(), &"");
    add("network", &subnet.network(), &format!("address AND mask, {}/{}", subnet.network(), subnet.prefix_len()));
    add("host part", &subnet.host_part(), &"");
    if let Some(broadcast) = subnet.broadcast() {
        add("broadcast", &broadcast, &"");
    }
    let (first, last, count) = subnet.hosts();
    add("first host", &first, &"");
    add("last host", &last, &"");
    add("hosts", &count, &"");
    match address {
        IpAddr::V4(v4) => {
            let class = Class::of(v4);
            let remark = class.prefix_len().map_or(String::new(), |n| format!("networks of {n} bits, until RFC 4632"));
            add("class", &format!("{class:?}"), &remark);
            add("integer", &u32::from(v4), &format!("0x{:08x}", u32::from(v4)));
            add("bits", &Bits(address), &"");
            add("mask bits", &Bits(subnet.mask()), &"");
        }
        IpAddr::V6(v6) => {
            let [full, short, mixed] = notations(v6);
            add("in full", &full, &"");
            add("shortened", &short, &"RFC 5952");
            add("with IPv4", &mixed, &"");
            add("integer", &u128::from(v6), &"");
            if let Some(mac) = mac_within(v6) {
                add("made of MAC", &mac, &"modified EUI-64, RFC 4291");
            }
            if !v6.is_multicast() {
                add("solicited node", &solicited_node(v6), &"the group by which neighbours ask for it");
            }
        }
    }
    add("reverse name", &reverse_name(address), &"");
    if let Some(other) = other {
        let local = if subnet.is_local(other) { "yes" } else { "no" };
        add("other", &other, &purpose(other));
        add("same subnet", &local, &"");
    }
    facts
}

/// Shows how the mask decides.
fn compared(subnet: &Subnet, other: IpAddr) -> String {
    let length = subnet.prefix_len();
    let theirs = Subnet::new(other, length).map_or(other, |subnet| subnet.network());
    let local = subnet.is_local(other);
    let mut text = String::from("\n");
    let mut row = |name: &str, address: IpAddr| {
        let (bits, width) = match address {
            IpAddr::V4(_) => (Bits(address).to_string(), 15),
            IpAddr::V6(v6) => (notations(v6)[0].clone(), 39),
        };
        text += &format!("  {name:<8}  {:<width$}  {bits}\n", address.to_string());
    };
    row("address", subnet.address());
    row("mask", subnet.mask());
    row("AND", subnet.network());
    row("other", other);
    row("mask", subnet.mask());
    row("AND", theirs);
    text + match local {
        true => "\nThe network parts are the same: the other host is on the same subnet, and is sent to directly.\n",
        false => "\nThe network parts differ: the other host is elsewhere, and what is for it goes to the gateway.\n",
    }
}
