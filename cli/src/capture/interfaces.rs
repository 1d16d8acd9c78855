//! The list of interfaces.

use crate::output::Output;
use packetsmith::live::{NetworkInterface, interfaces};
use packetsmith::output::TerminalText;
use std::io;

/// Prints the interfaces: number, name, state, and addresses.
pub fn list() -> io::Result<()> {
    let mut output = Output::new();
    let all = interfaces();
    let width = all.iter().map(|interface| interface.name.chars().count()).max().unwrap_or_default();
    for interface in &all {
        let NetworkInterface { name, mac, addresses, loopback, .. } = interface;
        let name = TerminalText(name).to_string();
        let mut line = format!("{name:<width$}  {:<11}", state(interface));
        if *loopback {
            line.push_str("  loopback");
        } else if let Some(mac) = mac {
            line.push_str(&format!("  {mac}"));
        }
        for (address, prefix) in addresses {
            line.push_str(&format!("  {address}/{prefix}"));
        }
        output.put(format!("{}\n", line.trim_end()).as_bytes())?;
    }
    if cfg!(target_os = "linux") {
        output.put(format!("{:<width$}  all interfaces, also those that come later\n", "any").as_bytes())?;
    }
    output.flush()
}

/// Whether an interface has packets.
fn state(interface: &NetworkInterface) -> &'static str {
    match (interface.up, interface.running) {
        (false, _) => "down",
        (true, false) => "up, no link",
        (true, true) => "up",
    }
}
