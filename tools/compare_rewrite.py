#!/usr/bin/env python3
"""Runs `packetsmith rewrite` and tcprewrite over captures, and compares the packets.

    tools/compare_rewrite.py PACKETSMITH FILE...

Both map 10.0.0.0/8, 192.168.0.0/16, 172.16.0.0/12 and 192.0.2.0/24 to other networks of the same length. Packets are counted by
what they are: a fragment, an ICMP error with a quote, a tunnel, ARP, a cut packet. tshark says of each kind how many of either
side have a wrong checksum that the source does not have. Each packet that differs has a cause; one without is listed, and the exit
status is 1. Fragments of a datagram and of a segment are made here.
"""

import collections
import pathlib
import subprocess
import sys
import tempfile

MAPPINGS = [
    ("10.0.0.0/8", "11.0.0.0/8"),
    ("192.168.0.0/16", "198.18.0.0/16"),
    ("172.16.0.0/12", "44.16.0.0/12"),
    ("192.0.2.0/24", "198.51.100.0/24"),
]
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


def link_type(path):
    data = pathlib.Path(path).read_bytes()[:24]
    return int.from_bytes(data[20:24], "little" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else "big") & 0xffff


def half(packet, at):
    return int.from_bytes(packet[at:at + 2], "big")


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(half(data, at) for at in range(0, len(data), 2))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return total


class Headers:
    """Where the outer headers of a packet are, and which of its checksums are not right."""

    def __init__(self, packet, link):
        self.ip = {1: 14, 101: 0, 12: 0, 14: 0, 113: 16, 276: 20, 228: 0, 229: 0}.get(link)
        if link == 1:
            while half(packet, self.ip - 2) in (0x8100, 0x88a8):
                self.ip += 4
        self.version, self.l4, self.number, self.fragment, self.end = 0, None, None, False, len(packet)
        self.wrong = set()
        if self.ip is None or len(packet) < self.ip + 20:
            return
        self.version = packet[self.ip] >> 4
        if self.version == 4:
            self.l4 = self.ip + (packet[self.ip] & 15) * 4
            self.number = packet[self.ip + 9]
            self.fragment = half(packet, self.ip + 6) & 0x3fff != 0
            self.end = self.ip + half(packet, self.ip + 2)
            if checksum(packet[self.ip:self.l4]) != 0xffff:
                self.wrong.add("IP")
            addresses = packet[self.ip + 12:self.ip + 20]
        elif self.version == 6:
            self.l4, self.number = self.ip + 40, packet[self.ip + 6]
            self.end = self.l4 + half(packet, self.ip + 4)
            addresses = packet[self.ip + 8:self.ip + 40]
        else:
            return
        self.is_cut = self.end > len(packet)
        data = packet[self.l4:self.end]
        if self.number in (6, 17) and not self.fragment and not self.is_cut:
            pseudo = addresses + len(data).to_bytes(4, "big") + self.number.to_bytes(4, "big")
            if checksum(pseudo + data) != 0xffff:
                self.wrong.add("transport")

    def transport_checksum(self):
        at = {6: 16, 17: 6, 1: 2, 58: 2}.get(self.number)
        return None if at is None else self.l4 + at


def causes(source, ours, theirs, link):
    """Why the packets differ."""
    headers = Headers(source, link)
    found = set()
    if theirs == source:
        return {"tcprewrite leaves it as it is: link type, tunnel, quote or ARP"}
    if len(ours) != len(theirs):
        return {"another length"}
    different = [at for at in range(len(ours)) if ours[at] != theirs[at]]
    sums = headers.transport_checksum() if headers.l4 else None
    length_at = headers.ip + {4: 2, 6: 4}[headers.version] if headers.version in (4, 6) else None
    is_padded = length_at is not None and half(theirs, length_at) != half(source, length_at)
    begin = headers.l4 and headers.l4 + (8 if sums else 0)
    inside = [at for at in different if begin and at >= begin and ours[at] != source[at] == theirs[at]]
    for at in different:
        if link == 1 and at < 12 and ours[at] == source[at]:
            found.add("tcprewrite changes a MAC address that no rule is about")
        elif is_padded and at >= headers.ip:
            found.add("tcprewrite takes the padding of the frame for a part of the IP packet")
        elif headers.version == 4 and at - headers.ip in (10, 11) and "IP" in headers.wrong:
            found.add("tcprewrite computes a wrong or missing checksum of IP anew")
        elif sums and at - sums in (0, 1) and headers.fragment:
            found.add("tcprewrite computes a checksum over a fragment alone")
        elif sums and at - sums in (0, 1) and headers.is_cut:
            found.add("tcprewrite computes a checksum over a packet that is cut")
        elif sums and at - sums in (0, 1) and "transport" in headers.wrong:
            found.add("tcprewrite computes a wrong or partial checksum of TCP or UDP anew")
        elif at in inside:
            found.add("tcprewrite leaves what a tunnel or an ICMP error carries")
        elif inside and sums and at - sums in (0, 1):
            pass
        else:
            found.add("not explained")
    return found


def compare(tool, path, folder, totals, why):
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
    link, packets = link_type(source), raw(source)
    bad = {name: fields(file, *BAD) for name, file in (("ours", ours), ("theirs", theirs))}
    for number, (before, one, other) in enumerate(zip(told, raw(ours), raw(theirs))):
        protocols, more, offset, length, captured, *states = before
        fragment = "1" in more.split(",") or any(part not in ("", "0") for part in offset.split(","))
        what = kind(protocols, fragment, length != captured)
        totals[what]["packets"] += 1
        totals[what]["different"] += one != other
        if one != other:
            for cause in causes(packets[number], one, other, link):
                why[cause] += 1
                if cause == "not explained":
                    print(f"{path}: packet {number + 1}: {protocols}")
        for name in bad:
            new = sum(state.split(",").count("0") for state in bad[name][number])
            totals[what][f"newly wrong: {name}"] += new > sum(state.split(",").count("0") for state in states)


def fragments(tool, folder):
    """Captures of a datagram and of a segment that are split, for captures seldom have fragments of UDP and TCP."""
    for transport in ("udp", "tcp"):
        whole, split = (str(folder / f"{transport}-{name}.pcap") for name in ("whole", "split"))
        packet = f'ethernet / ipv4 src=10.0.0.1 dst=10.0.0.2 / {transport} src_port=9999 dst_port=9999 / "{"x" * 3000}"'
        subprocess.run([tool, "build", packet, "-w", whole], capture_output=True, check=True)
        subprocess.run([tool, "fragment", whole, "--mtu", "576", "-w", split], capture_output=True, check=True)
        yield split


def main():
    tool, *paths = sys.argv[1:]
    totals, why = collections.defaultdict(collections.Counter), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for path in [*paths, *fragments(tool, pathlib.Path(folder))]:
            compare(tool, path, pathlib.Path(folder), totals, why)
    for what, counts in sorted(totals.items()):
        print(f"{what:12}", ", ".join(f"{name} {count}" for name, count in counts.items()))
    for cause, count in why.most_common():
        print(f"{count:6}  {cause}")
    sys.exit(any(counts["newly wrong: ours"] for counts in totals.values()) or "not explained" in why)


if __name__ == "__main__":
    main()
