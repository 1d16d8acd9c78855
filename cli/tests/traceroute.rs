//! `packetsmith probe traceroute` across a router, between network namespaces that the test makes. Says what is not tested where the
//! rights or tools are missing.
#![cfg(target_os = "linux")]

#[path = "common/namespaces.rs"]
mod namespaces;

use self::namespaces::{FAR, NEIGHBOURS, has_in_order, in_namespace};

#[test]
fn a_router_and_the_host_behind_it_are_found_by_each_protocol() {
    let script = "$F $PS echo tcp --port 80 --address 10.9.1.2 > log & SERVER=$!
                  until_file log
                  for protocol in icmp udp tcp; do
                    for host in 10.9.1.2 fd09:1::2; do
                      echo \"== $protocol $host\"
                      $PS probe traceroute $host -P $protocol -I 0.01 -n 2 | tail -n 5; echo status ${PIPESTATUS[0]}
                    done
                  done
                  echo '== no host'; $PS probe traceroute 10.9.1.99 -P udp -I 0.01 -m 3 -W 4 | tail -n 4";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = format!("cd {}\n{script}", folder.path().display());
    let Some(text) = in_namespace(&[NEIGHBOURS, FAR], &script) else { return };
    for protocol in ["icmp", "udp", "tcp"] {
        for (host, router) in [("10.9.1.2", "10.9.0.2"), ("fd09:1::2", "fd09::2")] {
            let hops =
                [(1, router), (1, router), (2, host), (2, host)].map(|(n, from)| format!("\n  {n}  {from} after "));
            let mut parts = vec![format!("== {protocol} {host}\n")];
            parts.extend(hops);
            parts.push(format!("\n{host} was reached.\nstatus 0\n"));
            // The first hop is the first line after the heading.
            parts[0].pop();
            has_in_order(&text, &parts.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
    // The router asks for the MAC address of the host for three seconds before it says so.
    has_in_order(
        &text,
        &[
            "== no host",
            "  1  10.9.0.2 after ",
            "  2  10.9.0.2 after ",
            ": host unreachable\n10.9.1.99 was not reached: 10.9.0.2 says: host unreachable.",
        ],
    );
}

#[test]
fn a_silent_router_is_a_hop_and_one_that_refuses_is_the_last() {
    // The router forwards, and has no way to send something of its own to us.
    let script = "$P ip rule add iif lo to 10.9.0.1 blackhole
                  $PS probe traceroute 10.9.1.2 -I 0.01 -W 0.3; echo status $?
                  $P ip rule delete iif lo to 10.9.0.1 blackhole
                  $PS probe traceroute 10.9.2.1 -I 0.01 -W 1; echo status $?
                  $PS probe traceroute fd09:2::1 -I 0.01 -W 1 -P tcp; echo status $?
                  $PS probe traceroute 10.9.1.2 -m 1; echo status $?
                  echo '10.9.1.2 far.test' > hosts; mount --bind hosts /etc/hosts
                  $PS probe traceroute far.test -I 0.01; echo status $?
                  $PS probe traceroute nowhere.invalid; echo status $?
                  $PS probe traceroute 10.9.1.2 -P udp --port 65535; echo status $?
                  ip route delete default; $PS probe traceroute 10.9.1.2; echo status $?";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = format!("cd {}\n{script}", folder.path().display());
    let Some(text) = in_namespace(&[NEIGHBOURS, FAR], &script) else { return };
    has_in_order(
        &text,
        &[
            "\n  1  no answer within 300.000 ms\n  2  10.9.1.2 after ",
            "\n10.9.1.2 was reached.\nstatus 0\n",
            "\n  1  10.9.0.2 after ",
            ": host unreachable\n10.9.2.1 was not reached: 10.9.0.2 says: host unreachable.\nstatus 1\n",
            "\n  1  fd09::2 after ",
            "\nfd09:2::1 was not reached: fd09::2 says: ",
            "status 1\n",
            "\n  1  10.9.0.2 after ",
            "\n10.9.1.2 was not reached with a time to live of 1.\nstatus 1\n",
            "\n  2  10.9.1.2 after ",
            "status 0\n",
            "nowhere.invalid: its address is not found",
            "status 2\n",
            "--port: ",
            "status 2\n",
            "10.9.1.2: this machine has no route to it: Network is unreachable",
            "status 2\n",
        ],
    );
}
