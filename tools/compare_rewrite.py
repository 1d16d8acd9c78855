#!/usr/bin/env python3
"""Runs `packetsmith rewrite` and tcprewrite over captures, and compares the packets.

    tools/compare_rewrite.py PACKETSMITH FILE...

Both map 10.0.0.0/8, 192.168.0.0/16 and 172.16.0.0/12 to other networks of the same length. A packet that differs is put into a
class by what it is: a fragment, an ICMP error with a quote, a tunnel, ARP, a cut packet. tshark says of each class how many of
either side have a wrong checksum that the source does not have.
"""

import collections
import pathlib
import subprocess
import sys
import tempfile

MAPPINGS = [("10.0.0.0/8", "11.0.0.0/8"), ("192.168.0.0/16", "198.18.0.0/16"), ("172.16.0.0/12", "44.16.0.0/12")]
CHECKS = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]
BAD = ["ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status"]


def fields(path, *names):
    """The values of fields of each packet."""
    command = ["tshark", "-n", "-r", path, *CHECKS, "-T", "fields"]
    for name in names:
        command += ["-e", name]
    out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return [line.split("\t") for line in out.splitlines()]


def raw(path):
    """The packets of a pcap file."""
    data = pathlib.Path(path).read_bytes()
    order = "little" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else "big"
    at, packets = 24, []
    while at + 16 <= len(data):
        length = int.from_bytes(data[at + 8:at + 12], order)
        packets.append(data[at + 16:at + 16 + length])
        at += 16 + length
    return packets


def kind(protocols, fragment, cut):
    names = protocols.split(":")
    if "icmp" in names and names.count("ip") > 1 or "icmpv6" in names and names.count("ipv6") > 1:
        return "quote"
    if names.count("ip") + names.count("ipv6") > 1:
        return "tunnel"
    if fragment:
        return "fragment"
    if "arp" in names:
        return "ARP"
    return "cut packet" if cut else "other"


def compare(tool, path, folder, totals):
    source, ours, theirs = (str(folder / name) for name in ("source.pcap", "ours.pcap", "theirs.pcap"))
    subprocess.run(["editcap", "-F", "pcap", path, source], capture_output=True, check=False)
    command = [tool, "rewrite", source, "-w", ours]
    for old, new in MAPPINGS:
        command += ["--map-ip", f"{old}={new}"]
    subprocess.run(command, capture_output=True, check=False)
    pnat = ",".join(f"{old}:{new}" for old, new in MAPPINGS)
    result = subprocess.run(["tcprewrite", f"--pnat={pnat}", "-i", source, "-o", theirs], capture_output=True, text=True, check=False)
    if result.returncode:
        print(f"{path}: tcprewrite refuses it: {result.stderr.strip().splitlines()[-1:]}")
        return
    told = fields(source, "frame.protocols", "ip.flags.mf", "ip.frag_offset", "frame.len", "frame.cap_len", *BAD)
    bad = {name: fields(file, *BAD) for name, file in (("ours", ours), ("theirs", theirs))}
    for number, (before, one, other) in enumerate(zip(told, raw(ours), raw(theirs))):
        protocols, more, offset, length, captured, *states = before
        fragment = "1" in more.split(",") or any(part not in ("", "0") for part in offset.split(","))
        what = kind(protocols, fragment, length != captured)
        totals[what]["packets"] += 1
        totals[what]["different"] += one != other
        for name in bad:
            new = sum(state.split(",").count("0") for state in bad[name][number])
            totals[what][f"newly wrong: {name}"] += new > sum(state.split(",").count("0") for state in states)


def main():
    tool, *paths = sys.argv[1:]
    totals = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            compare(tool, path, pathlib.Path(folder), totals)
    for what, counts in sorted(totals.items()):
        print(f"{what:12}", ", ".join(f"{name} {count}" for name, count in counts.items()))
    sys.exit(any(counts["newly wrong: ours"] for counts in totals.values()))


if __name__ == "__main__":
    main()
