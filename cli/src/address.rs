//! `packetsmith address`: network, hosts and kind of an IP address.

use crate::outcome::{Outcome, complain, marked};
use crate::output::Output;
use packetsmith::output::Json;
use packetsmith::subnet::{
    AddressError, AddressScope, Bits, Class, Subnet, mac_within, notations, purpose, range, reverse_name,
    solicited_node,
};
use std::fmt::{self, Display};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Describes an IP address: its network, hosts and kind, and whether another one is on the same subnet.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith address 172.16.10.1/24                              network, hosts, class, bits
  packetsmith address 172.16.10.1/255.255.255.0 172.16.10.2       on the same subnet?
  packetsmith address 172.16.10.1/24 172.16.10.2/25               and as the other one sees it?
  packetsmith address 2001:db8::1/64                              the three notations of IPv6
  packetsmith address 100.64.0.1                                  without a mask: the address alone

Exit status: 0 if all went well, 1 if OTHER is not on the same subnet, 2 if an argument is no address.")]
pub struct Arguments {
    /// An IPv4 or IPv6 address, with a prefix length or mask after a slash
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Another address: is it on the same subnet?
    #[arg(value_name = "OTHER")]
    other: Option<String>,
    /// Format of the output: text or json
    #[arg(short = 'T', long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

/// An argument, and whether it has a mask: an address without one is a network of one address.
struct ParsedAddress {
    subnet: Subnet,
    masked: bool,
}

fn parse(name: &str, text: &str) -> Result<ParsedAddress, String> {
    let subnet = text.parse().map_err(|error: AddressError| mistake(name, text, error.at, &error))?;
    Ok(ParsedAddress { subnet, masked: text.contains('/') })
}

/// Names the argument, and marks the place.
fn mistake(name: &str, text: &str, at: usize, what: &dyn Display) -> String {
    format!("{name} {text}: {what}\n\n{}", marked(text, at))
}

/// Parses both arguments, and checks that they can be compared.
fn given(arguments: &Arguments) -> Result<(ParsedAddress, Option<ParsedAddress>), String> {
    let text = &arguments.address;
    let address = parse("ADDRESS", text)?;
    let Some(theirs) = &arguments.other else { return Ok((address, None)) };
    let other = parse("OTHER", theirs)?;
    if other.subnet.address().is_ipv4() != address.subnet.address().is_ipv4() {
        let what = format!("and {text} are of different versions, and so on no common subnet");
        return Err(format!("OTHER {theirs} {what}"));
    }
    if !address.masked {
        // Perhaps OTHER is meant as the mask.
        let example = match format!("{text}/{theirs}") {
            masked if masked.parse::<Subnet>().is_ok() => masked,
            _ if address.subnet.address().is_ipv4() => format!("{text}/24"),
            _ => format!("{text}/64"),
        };
        let what = format!("needs a prefix length or a mask to compare by, as in {example}");
        return Err(mistake("ADDRESS", text, text.len(), &what));
    }
    Ok((address, Some(other)))
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let (address, other) = match given(arguments) {
        Ok(given) => given,
        Err(message) => {
            complain(message);
            return Ok(Outcome::Failed);
        }
    };
    let facts = facts(&address, other.as_ref());
    let mut output = Output::new();
    if arguments.format == "json" {
        let mut json = Json::default();
        json.line(|json| {
            for fact in &facts {
                let key = fact.name.replace(' ', "_").to_lowercase();
                match &fact.value {
                    Value::Text(text) => json.string(&key, text),
                    Value::Number(n) => json.number(&key, *n),
                    Value::Flag(flag) => json.flag(&key, *flag),
                }
            }
        });
        output.put(&json.text.bytes)?;
    } else {
        for fact in &facts {
            let line = format!("{:<16}  {:<20}  {}", fact.name, fact.value.to_string(), fact.remark);
            output.put(format!("{}\n", line.trim_end()).as_bytes())?;
        }
        if let Some(other) = &other {
            output.put(compared(&address.subnet, other).as_bytes())?;
        }
    }
    output.flush()?;
    Ok(match other {
        Some(other) if !address.subnet.is_local(other.subnet.address()) => Outcome::NothingMatched,
        _ => Outcome::Done,
    })
}

/// A row of the text, a member of the JSON object.
struct Fact {
    name: &'static str,
    value: Value,
    remark: String,
}

enum Value {
    Text(String),
    Number(u64),
    Flag(bool),
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => f.write_str(text),
            Value::Number(n) => n.fmt(f),
            Value::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
        }
    }
}

#[derive(Default)]
struct Facts(Vec<Fact>);

impl Facts {
    fn add(&mut self, name: &'static str, value: Value, remark: impl Display) {
        self.0.push(Fact { name, value, remark: remark.to_string() });
    }

    fn text(&mut self, name: &'static str, value: impl Display, remark: impl Display) {
        self.add(name, Value::Text(value.to_string()), remark);
    }
}

fn facts(given: &ParsedAddress, other: Option<&ParsedAddress>) -> Vec<Fact> {
    let mut facts = Facts::default();
    let address = given.subnet.address();
    facts.text("address", address, "");
    facts.text("kind", purpose(address), "");
    match range(address) {
        Some(range) => {
            facts.text("block", range.block, "");
            facts.text("standard", range.reference, "");
            if let Some(global) = range.global {
                let remark = match global {
                    true => "reachable from everywhere, by IANA's registry",
                    false => "not reachable from everywhere, by IANA's registry",
                };
                facts.add("global", Value::Flag(global), remark);
            }
        }
        None if purpose(address) == "public" => {
            facts.add("global", Value::Flag(true), "in none of IANA's special ranges")
        }
        None => {}
    }
    if given.masked {
        network(&mut facts, &given.subnet);
    }
    match address {
        IpAddr::V4(v4) => ipv4(&mut facts, v4),
        IpAddr::V6(v6) => ipv6(&mut facts, v6),
    }
    if given.masked && address.is_ipv4() {
        facts.text("mask bits", Bits(given.subnet.mask()), "");
    }
    facts.text("reverse name", reverse_name(address), "");
    if let Some(other) = other {
        let theirs = other.subnet.address();
        facts.text("other", theirs, "");
        facts.text("other kind", purpose(theirs), "");
        facts.text("other network", masked(&given.subnet, theirs), "other AND mask");
        facts.add("same subnet", Value::Flag(given.subnet.is_local(theirs)), "");
        if other.masked {
            let remark = format!("by the other's own mask, /{}", other.subnet.prefix_len());
            facts.add("seen by other", Value::Flag(other.subnet.is_local(address)), remark);
        }
    }
    facts.0
}

/// The facts that follow from the mask.
fn network(facts: &mut Facts, subnet: &Subnet) {
    let (address, length) = (subnet.address(), subnet.prefix_len());
    let network = subnet.network();
    let (first, last, count) = subnet.hosts();
    facts.add("prefix length", Value::Number(length.into()), "");
    facts.text("mask", subnet.mask(), "");
    facts.text("network", network, "address AND mask");
    facts.text("host part", subnet.host_part(), "address AND NOT mask");
    facts.text("subnet", format!("{network}/{length}"), "");
    // Links between two routers have no anycast address: RFC 6164.
    let anycast = address.is_ipv6() && length < 127;
    if !address.is_multicast() {
        match address {
            _ if address == network && subnet.broadcast().is_some() => {
                facts.text("role", "network", "no host's address")
            }
            _ if subnet.broadcast() == Some(address) => facts.text("role", "broadcast", "no host's address"),
            _ if address == network && anycast => facts.text("role", "routers' anycast", "RFC 4291 §2.6.1"),
            _ => facts.text("role", "host", ""),
        }
    }
    if let Some(broadcast) = subnet.broadcast() {
        facts.text("broadcast", broadcast, "");
    }
    facts.text("first host", first, if anycast { "also all routers of the subnet, RFC 4291 §2.6.1" } else { "" });
    facts.text("last host", last, "");
    match address {
        IpAddr::V4(_) => {
            let less = if subnet.broadcast().is_some() { " - 2: network and broadcast" } else { "" };
            facts.add("hosts", Value::Number(count as u64), format!("2^{}{less}", 32 - length));
        }
        // Larger than numbers that JSON readers can hold; for ::/0, larger than u128.
        IpAddr::V6(_) if length == 0 => facts.text("hosts", "340282366920938463463374607431768211456", "2^128"),
        IpAddr::V6(_) => facts.text("hosts", count, format!("2^{}", 128 - length)),
    }
}

fn ipv4(facts: &mut Facts, address: Ipv4Addr) {
    let class = Class::of(address);
    let remark = match class {
        Class::A => "networks of 8 bits, until RFC 4632",
        Class::B => "networks of 16 bits, until RFC 4632",
        Class::C => "networks of 24 bits, until RFC 4632",
        Class::D => "multicast groups, RFC 5771",
        Class::E => "reserved, RFC 1112 §4",
    };
    facts.text("class", format!("{class:?}"), remark);
    facts.add("integer", Value::Number(address.to_bits().into()), format!("0x{:08x}", address.to_bits()));
    facts.text("bits", Bits(address.into()), "");
}

fn ipv6(facts: &mut Facts, address: Ipv6Addr) {
    if let Some(scope) = AddressScope::of(address) {
        let name = scope.name().map_or_else(|| format!("unassigned, {}", u8::from(scope)), String::from);
        // The flags of a group: RFC 4291 §2.7, RFC 3306, RFC 3956.
        let remark = match address.octets() {
            [0xff, flags, ..] if flags & 0x40 != 0 => "multicast, transient, with its rendezvous point",
            [0xff, flags, ..] if flags & 0x20 != 0 => "multicast, transient, by its network's prefix",
            [0xff, flags, ..] if flags & 0x10 != 0 => "multicast, transient",
            [0xff, ..] => "multicast, assigned by IANA",
            _ => "unicast",
        };
        facts.text("scope", name, remark);
    }
    let [full, short, mixed] = notations(address);
    facts.text("in full", full, "");
    facts.text("shortened", short, "");
    facts.text("with IPv4", mixed, "");
    facts.text("canonical", address, "RFC 5952");
    facts.text("integer", address.to_bits(), "");
    if let Some(mac) = mac_within(address) {
        facts.text("made of MAC", mac, "modified EUI-64, RFC 4291");
    }
    if !address.is_multicast() && !address.is_unspecified() && !address.is_loopback() {
        facts.text("solicited node", solicited_node(address), "the group by which neighbours ask for it");
    }
}

/// The network part of another address under the same mask.
fn masked(subnet: &Subnet, other: IpAddr) -> IpAddr {
    Subnet::new(other, subnet.prefix_len()).map_or(other, |subnet| subnet.network())
}

/// Shows how the mask decides.
fn compared(subnet: &Subnet, other: &ParsedAddress) -> String {
    let theirs = other.subnet.address();
    let mut text = String::from("\n");
    let mut row = |name: &str, address: IpAddr| {
        let bits = Bits(address).to_string();
        match address {
            IpAddr::V4(_) => text += &format!("  {name:<8}  {:<15}  {bits}\n", address.to_string()),
            // Two lines of four groups.
            IpAddr::V6(_) => {
                let (high, low) = bits.split_at(4 * 17);
                text += &format!("  {name:<8}  {address}\n  {:<8}  {high}\n  {:<8}  {low}\n", "", "");
            }
        }
    };
    row("address", subnet.address());
    row("mask", subnet.mask());
    row("AND", subnet.network());
    row("other", theirs);
    row("mask", subnet.mask());
    row("AND", masked(subnet, theirs));
    let local = subnet.is_local(theirs);
    text += match local {
        true => "\nThe network parts are the same: the other host is on the same subnet, and is sent to directly.\n",
        false => "\nThe network parts differ: the other host is elsewhere, and what is for it goes to the gateway.\n",
    };
    if other.masked && other.subnet.is_local(subnet.address()) != local {
        text += match local {
            true => "By its own mask the other host finds them to differ, and answers by way of the gateway.\n",
            false => "By its own mask the other host finds them to be the same, and answers directly.\n",
        };
    }
    text
}
