#!/usr/bin/env python3
"""Compares `packetsmith stats` with the statistics of tshark and capinfos.

usage: compare_stats.py [--tool PACKETSMITH] [--show N] [CAPTURE...]

Compared are io,phs; conv,eth; conv,ip; conv,ipv6; conv,tcp; conv,udp; endpoints,ip; endpoints,ipv6; endpoints,tcp;
endpoints,udp; io,stat,1; dns,tree; and capinfos. Without captures, those of ../shared/corpus/captures that CAPTURES names.
PACKETSMITH is by default target/release/packetsmith. docs/statistics.md names the cause of each difference that is left.

The exit status is 1 if anything differs.
"""
import argparse
import collections
import csv
import io
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared/corpus/captures"
CAPTURES = [
    "zeek/http__content-range-gap-skip.pcap", "pcapplusplus/DnsPackets.pcap", "zeek/ipv6-reassembly-state-leak.pcap",
    "suricata-verify/defrag__bug-6942-6887-defrag-eth-ip-gre-ppp-ip-udp-data__eth-ip-gre-ppp-max-ip-packet.pcap",
    "zeek/tunnels__gre-within-gre.pcap", "pcapplusplus/IcmpPackets.pcap", "pcapplusplus/pcapng-example.pcapng",
    "suricata-verify/community-id-ipv6__input.pcap", "zeek/tcp__ssh-dups.pcap", "pcapplusplus/VlanPackets.pcap",
    "zeek/tls__google-cert-repeat.pcap", "gopacket/pcap__test_loopback.pcap",
]
KINDS = {"eth": "Ethernet", "ipv4": "IPv4", "ipv6": "IPv6", "tcp": "TCP", "udp": "UDP"}

# Our names of protocols with tshark's.
NAMES = {"ethernet": "eth", "ipv4": "ip", "icmpv4": "icmp", "ntp_control": "ntp", "ntp_private": "ntp", "snap": None, "ppp_compressed": "ppp",
         "ppp_hdlc": "ppp", "ppp_direction": None, "dest_opts": None, "vxlan_gpe": "vxlan", "erspan2": "erspan",
         "erspan3": "erspan"}
# Protocols of tshark that packetsmith takes apart, too. All others are data here.
DISSECTED = set("""eth sll null loop vlan llc arp ip ipv6 ah esp icmp icmpv6 igmp tcp udp gre erspan etherip mpls pppoes
pppoed ppp lcp ipcp ipv6cp ccp pap chap l2tp vxlan geneve teredo udplite dns mdns llmnr dhcp dhcpv6 ntp tftp snmp radius http
ssdp tls mipv6 hip shim6 data raw""".split())


def run(command):
    return subprocess.run(command, capture_output=True).stdout.decode(errors="replace")


def same_bytes(theirs, ours):
    """tshark 4.0 writes large numbers of bytes of conversations as 12 kB: rounded down."""
    number, unit = theirs.split()
    scale = {"bytes": 1, "kB": 1000, "MB": 10**6, "GB": 10**9}[unit]
    return int(number) == ours // scale


def tables(text):
    """The tables of conversations and endpoints of tshark, by heading: lists of columns."""
    found, name = {}, None
    for line in text.splitlines():
        heading = re.match(r"(\w+) (Conversations|Endpoints)$", line)
        if heading:
            name = (heading[2].lower(), heading[1])
            found[name] = []
        elif line.startswith("===="):
            name = None
        elif name and line and not line.startswith((" ", "Filter:")):
            found[name].append(line)
    return found


def conversations_of_tshark(lines):
    result = collections.Counter()
    exact = []
    for line in lines:
        at = re.match(r"(\S+)\s+<-> (\S+)\s+(\d+) (\d+ \w+)\s+(\d+) (\d+ \w+)\s+(\d+) (\d+ \w+)\s+(\S+)\s+(\S+)$", line)
        if not at:
            print("   not understood:", line)
            continue
        a, b, to_a, to_a_bytes, to_b, to_b_bytes, _, _, start, length = at.groups()
        if a > b:
            a, b, to_a, to_b, to_a_bytes, to_b_bytes = b, a, to_b, to_a, to_b_bytes, to_a_bytes
        exact.append((a, b, int(to_b), to_b_bytes, int(to_a), to_a_bytes, round(float(start), 6), float(length)))
    return sorted(exact, key=lambda row: (row[0], row[1], row[6]))


def address(text):
    """tshark has no brackets around addresses of IPv6."""
    return re.sub(r"^\[(.*)\]:", r"\1:", text)


def compare_conversations(theirs, ours, what):
    rows = []
    for row in ours:
        a, b = address(row["a"]), address(row["b"])
        to_b, to_a = (row["packets_a_to_b"], row["bytes_a_to_b"]), (row["packets_b_to_a"], row["bytes_b_to_a"])
        if a > b:
            a, b, to_a, to_b = b, a, to_b, to_a
        rows.append((a, b, *to_b, *to_a, round(float(row.get("start", 0)), 6), float(row.get("duration", 0))))
    rows.sort(key=lambda row: (row[0], row[1], row[6]))
    theirs = conversations_of_tshark(theirs)
    differences = []
    if len(rows) != len(theirs):
        differences.append(f"{what}: {len(theirs)} in tshark, {len(rows)} here")
    key = lambda row: (row[0], row[1], row[6])
    mine = {key(row): row for row in rows}
    for row in theirs:
        own = mine.pop(key(row), None)
        if own is None:
            differences.append(f"{what}: only in tshark {row}")
        elif (row[2], row[4]) != (own[2], own[4]) or not same_bytes(row[3], own[3]) or not same_bytes(row[5], own[5]) \
                or abs(row[7] - own[7]) > 0.0001:
            differences.append(f"{what}: {row} in tshark, {own} here")
    differences += [f"{what}: only here {row}" for row in mine.values()]
    return differences


def compare_endpoints(theirs, ours, what, has_port):
    found = {}
    for line in theirs:
        columns = line.split()
        name = f"{columns[0]}:{columns[1]}" if has_port else columns[0]
        found[name] = tuple(int(column) for column in columns[2 if has_port else 1:])
    mine = {address(row["address"]): (row["packets"], row["bytes"], row["packets_sent"], row["bytes_sent"],
                                      row["packets_received"], row["bytes_received"]) for row in ours}
    return [f"{what}: {name}: {found.get(name)} in tshark, {mine.get(name)} here"
            for name in sorted(found.keys() | mine.keys()) if found.get(name) != mine.get(name)]


def hierarchy_of_tshark(text):
    rows, path = {}, []
    begun = False
    for line in text.splitlines():
        begun |= line.startswith("Protocol Hierarchy Statistics")
        at = re.match(r"( *)(\S+)\s+frames:(\d+) bytes:(\d+)$", line) if begun else None
        if at:
            depth = len(at[1]) // 2
            path = path[:depth] + [at[2]]
            rows[tuple(path)] = (int(at[3]), int(at[4]))
    return rows


def named(path):
    names = []
    for name in path.split(":"):
        name = NAMES.get(name, name)
        if name:
            names.append(name)
    return tuple(names)


def compare_hierarchy(theirs, ours):
    """Paths up to the first protocol that packetsmith does not take apart."""
    # Multicast DNS and LLMNR are DNS here.
    merged = collections.defaultdict(lambda: (0, 0))
    for path, (packets, count) in theirs.items():
        if path == ("pkt_comment",):
            continue
        # Comments of packets are no protocol.
        path = tuple("dns" if name in ("mdns", "llmnr") else name for name in path if name != "pkt_comment")
        merged[path] = (merged[path][0] + packets, merged[path][1] + count)
    theirs = merged
    mine = {}
    for row in ours:
        path = named(row["path"])
        # tshark shows the data of an echo inside of ICMP.
        if path[-2:] in (("icmp", "data"), ("icmpv6", "data")):
            continue
        # SNAP is a part of LLC there.
        if row["path"].endswith(":snap"):
            continue
        mine[path] = (row["packets"], row["bytes"])
    differences = []
    not_dissected = collections.Counter()
    for path, counts in theirs.items():
        unknown = [name for name in path if name not in DISSECTED]
        if unknown:
            not_dissected[":".join(path[:path.index(unknown[0])])] += counts[0]
    for path in sorted(theirs.keys() | mine.keys()):
        there, here = theirs.get(path) or None, mine.get(path)
        if there == here or any(name not in DISSECTED for name in path):
            continue
        parent = ":".join(path[:-1])
        if path[-1] == "data" and not_dissected[parent]:
            continue  # what tshark takes apart further
        if path[-2:] == ("http", "data") and there is None:
            continue  # content, which tshark takes apart by its type
        differences.append(f"io,phs: {':'.join(path)}: {there} in tshark, {here} here")
    return differences


def compare_time(text, ours):
    rows = re.findall(r"^\|\s*[\d.]+ <> +(?:[\d.]+|Dur) *\|\s*(\d+) \|\s*(\d+) \|$", text, re.M)
    theirs = [(int(frames), int(count)) for frames, count in rows]
    mine = [(row["packets"], row["bytes"]) for row in ours]
    while theirs and theirs[-1] == (0, 0):
        theirs.pop()
    if theirs == mine:
        return []
    return [f"io,stat,1: interval {n}: {a} in tshark, {b} here"
            for n, (a, b) in enumerate(zip(theirs, mine)) if a != b] or \
        [f"io,stat,1: {len(theirs)} intervals in tshark, {len(mine)} here"]


def dns_of_tshark(text):
    counts, topic = {}, None
    for line in text.splitlines():
        at = re.match(r"( *)(\S.*?)\s{2,}(\d+)\s", line)
        if not at:
            continue
        depth, name = len(at[1]), at[2]
        if depth <= 1:
            topic = name
        counts[topic if depth <= 1 else (topic, name)] = int(at[3])
    return counts


def compare_dns(text, ours):
    theirs = dns_of_tshark(text[text.find("\nDNS:"):] if "\nDNS:" in text else "")
    mine = {(row["topic"], row["item"]): row["count"] for row in ours}
    differences = []

    def check(what, there, here):
        if (there or 0) != (here or 0):
            differences.append(f"dns,tree: {what}: {there or 0} in tshark, {here or 0} here")

    check("messages", theirs.get("Total Packets"), mine.get(("messages", "all")))
    check("queries", theirs.get(("Query/Response", "Query")), mine.get(("messages", "queries")))
    check("responses", theirs.get(("Query/Response", "Response")), mine.get(("messages", "responses")))
    codes = {"No error": "no error", "No such name": "no such name", "Server failure": "server failure",
             "Format error": "format error", "Refused": "refused", "Not implemented": "not implemented"}
    for there, here in codes.items():
        # tshark counts the code of queries, which mean nothing by it.
        queries = mine.get(("messages", "queries"), 0) if there == "No error" else 0
        check(there, theirs.get(("rcode", there)), mine.get(("response code", here), 0) + queries)
    types = {name.split()[0]: count for (topic, name), count in
             ((key, count) for key, count in theirs.items() if isinstance(key, tuple)) if topic == "Query Type"}
    own = {item: count for (topic, item), count in mine.items() if topic == "question type"}
    own = {("*" if item in ("*", "ANY") else item): count for item, count in own.items()}
    for name in sorted(types.keys() | own.keys()):
        check(f"type {name}", types.get(name), own.get(name))
    return differences


def compare_capinfos(path, summary):
    row = next(csv.DictReader(io.StringIO(run(["capinfos", "-T", "-m", "-M", "-S", "-r" if False else "-Q", str(path)]))))
    differences = []

    def check(what, there, here):
        if there != here:
            differences.append(f"capinfos: {what}: {there} there, {here} here")

    check("packets", int(row["Number of packets"]), summary["packets"])
    check("bytes", int(row["Data size (bytes)"]), summary["bytes"])
    if summary["packets"]:
        check("size", round(float(row["Average packet size (bytes)"]), 2), float(summary["average_bytes"]))
    if summary["packets"] > 1 and "duration" in summary:
        check("duration", float(row["Capture duration (seconds)"]), float(summary["duration"]))
        order = "True" if summary["out_of_order"] == 0 else "False"
        check("strict time order", row["Strict time order"], order)
        for there, here in (("Average packet rate (packets/sec)", "packets_per_second"),
                            ("Data bit rate (bits/sec)", "bits_per_second")):
            if here in summary and abs(float(row[there]) - float(summary[here])) > 0.06 + float(summary[here]) * 1e-6:
                check(here, row[there], summary[here])
    return differences


def compare(tool, path):
    statistics = ["io,phs", "conv,eth", "conv,ip", "conv,ipv6", "conv,tcp", "conv,udp", "endpoints,ip", "endpoints,ipv6",
                  "endpoints,tcp", "endpoints,udp", "dns,tree"]
    command = ["tshark", "-n", "-q", "-r", str(path)]
    text = run(command + [word for name in statistics for word in ("-z", name)])
    protocols = ",".join(KINDS)
    ours = json.loads(run([tool, "stats", "-T", "json", "--protocol", protocols, "--interval", "1s", str(path)]))
    theirs = tables(text)
    differences = compare_hierarchy(hierarchy_of_tshark(text), ours["protocols"])
    for kind, name in KINDS.items():
        rows = [row for row in ours["conversations"] if row["protocol"] == kind]
        differences += compare_conversations(theirs.get(("conversations", name), []), rows, f"conv,{kind}")
        if kind != "eth":
            rows = [row for row in ours["endpoints"] if row["protocol"] == kind]
            lines = theirs.get(("endpoints", name), [])
            differences += compare_endpoints(lines, rows, f"endpoints,{kind}", kind in ("tcp", "udp"))
    if "time" in ours:
        # By itself: it ends tshark if there are too many intervals.
        differences += compare_time(run(command + ["-z", "io,stat,1"]), ours["time"])
    else:
        print("   too many intervals of a second, so they are not compared")
    differences += compare_dns(text, ours["dns"])
    differences += compare_capinfos(path, ours["summary"])
    return differences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", default=str(ROOT / "target/release/packetsmith"))
    parser.add_argument("--show", type=int, default=8)
    parser.add_argument("captures", nargs="*")
    arguments = parser.parse_args()
    captures = [pathlib.Path(path) for path in arguments.captures] or [CORPUS / name for name in CAPTURES]
    failed = False
    for path in captures:
        differences = compare(arguments.tool, path)
        print(f"{path.name}: {'the same' if not differences else f'{len(differences)} differences'}")
        for difference in differences[:arguments.show]:
            print("  ", difference)
        failed |= bool(differences)
    return failed


if __name__ == "__main__":
    sys.exit(main())
