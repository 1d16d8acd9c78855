//! Network namespaces that tests make, in which a script runs. Each test uses a part of it.
#![allow(dead_code)]

use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_packetsmith");

/// Connects two namespaces. This one has the interface `left` with 10.9.0.1 and fd09::1. Commands after $P run in the other one,
/// which has 10.9.0.2 and fd09::2.
pub const NEIGHBOURS: &str = r#"
set -e
ip link set lo up
# A namespace whose process is $PEER is reached by nsenter.
until_apart() {
  for _ in $(seq 50); do [ "$(readlink /proc/$1/ns/net)" != "$(readlink /proc/self/ns/net)" ] && return; sleep 0.1; done
}
unshare -n sleep 120 & PEER=$!
trap 'kill $PEER $FAR $SERVER 2>/dev/null || true' EXIT
P="nsenter -t $PEER -n"
until_apart $PEER
ip link add left address 02:00:00:00:00:01 type veth peer name right address 02:00:00:00:00:02
ip link set right netns $PEER
$P ip link set lo up
$P ip address add 10.9.0.2/24 dev right
$P ip -6 address add fd09::2/64 dev right nodad
$P ip link set right up
ip address add 10.9.0.1/24 dev left
ip -6 address add fd09::1/64 dev left nodad
ip link set left up
set +e
# Waits until a file has something, 5 s at most.
until_file() { for _ in $(seq 50); do [ -s "$1" ] && return; sleep 0.1; done; }
"#;

/// Makes the other namespace a router to a third one, which has 10.9.1.2 and fd09:1::2. Commands after $F run there. The router
/// answers that 10.9.2.0/24 and fd09:2::/64 are unreachable.
pub const FAR: &str = r#"
set -e
unshare -n sleep 120 & FAR=$!
F="nsenter -t $FAR -n"
until_apart $FAR
$P ip link add outside address 02:00:00:00:00:03 type veth peer name far address 02:00:00:00:00:04
$P ip link set far netns $FAR
$F ip link set lo up
$P ip address add 10.9.1.1/24 dev outside
$P ip -6 address add fd09:1::1/64 dev outside nodad
$P ip link set outside up
$F ip address add 10.9.1.2/24 dev far
$F ip -6 address add fd09:1::2/64 dev far nodad
$F ip link set far up
# All errors are sent, however many there are.
$P sh -c 'cd /proc/sys/net && echo 1 > ipv4/ip_forward && echo 1 > ipv6/conf/all/forwarding &&
          echo 0 > ipv4/icmp_ratelimit && echo 0 > ipv6/icmp/ratelimit'
$F sh -c 'cd /proc/sys/net && echo 0 > ipv4/icmp_ratelimit && echo 0 > ipv6/icmp/ratelimit'
$P ip route add unreachable 10.9.2.0/24
$P ip -6 route add unreachable fd09:2::/64
$F ip route add default via 10.9.1.1
$F ip -6 route add default via fd09:1::1
ip route add default via 10.9.0.2
ip -6 route add default via fd09::2
set +e
"#;

/// Runs a script in a network namespace of its own, with the program as $PS. `None` if that cannot be done.
pub fn in_namespace(topology: &[&str], script: &str) -> Option<String> {
    let possible = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-n", "-m", "bash", "-c", script]).stdin(Stdio::null());
        command.output().ok().filter(|output| output.status.success())
    };
    if possible("ip link add left type veth peer name right && nsenter --version").is_none() {
        println!("no network namespaces with interfaces can be made: not tested");
        return None;
    }
    let mut command = Command::new("unshare");
    let topology = topology.concat();
    command.args(["-n", "-m", "bash", "-c", &format!("exec 2>&1\n{topology}{script}")]).env("PS", PROGRAM);
    let output = command.stdin(Stdio::null()).output().expect("unshare runs");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Panics with all of a text if it has not these parts in this order.
#[track_caller]
pub fn has_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else { panic!("{part:?} is missing, or not in this order, in:\n{text}") };
        rest = &rest[at + part.len()..];
    }
}
