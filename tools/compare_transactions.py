#!/usr/bin/env python3
"""Compares requests and responses with tshark, packet by packet: which request a response belongs to, and the time between.

usage: compare_transactions.py [--tool EXAMPLE] [--min PERCENT] [--show N] [--every N] [CAPTURE...]

Without captures, those of testdata/ and of ../shared/corpus/captures are compared. EXAMPLE is the program
examples/flows, by default target/release/examples/flows. A value counts for a packet if either side has it. tshark does not
put segments together, as the program does not.
"""
import collections
import sys

import comparison

DNS = ["dns.response_to", "dns.time", "dns.retransmission", "dns.retransmit_request_in", "dns.retransmit_response_in",
       "dns.unsolicited"]
NAMES = DNS + ["http.request_in", "http.time", "icmp.resp_to", "icmp.resptime", "icmpv6.resp_to", "icmpv6.resptime"]
TIMES = {"dns.time": 9, "http.time": 9, "icmp.resptime": 6, "icmpv6.resptime": 6}

# Frames with these have others in them that packetsmith does not dissect.
NOT_DISSECTED = comparison.NOT_DISSECTED | {"radiotap"}

# Values that may be below the minimum, and why.
EXEMPT = {
    "dns.unsolicited": "few packets have it; tshark stops at malformed messages, and takes quoted ones for responses",
}


def number(name, text):
    """A value of tshark as a whole number; seconds and milliseconds become nanoseconds."""
    if name in TIMES:
        return round(float(text) * 10 ** TIMES[name])
    return int(text)


def is_same(name, theirs, ours):
    """tshark has response times of ICMP as floating-point numbers."""
    if theirs is None or ours is None or name not in TIMES:
        return theirs == ours
    return len(theirs) == len(ours) and all(abs(a - b) <= 1 + abs(b) // 10**6 for a, b in zip(theirs, ours))


def of_tshark(path):
    """Values by packet: (packet, name) -> list, in the order of the layers. And what is said of a packet's protocols."""
    command = ["tshark", "-n", "-r", str(path), "-o", "tcp.desegment_tcp_streams:FALSE", "-T", "fields",
               "-Y", "dns || mdns || llmnr || http || icmp || icmpv6 || tcp.analysis.retransmission", "-E", "occurrence=a", "-E", "aggregator=,",
               "-e", "frame.number", "-e", "frame.protocols", "-e", "tcp.analysis.retransmission", "-e", "icmp.type"]
    for name in NAMES:
        command += ["-e", name]
    text = comparison.run(*command).stdout.decode(errors="replace")
    values, protocols = {}, {}
    for line in text.splitlines():
        packet, layers, again, kinds, *columns = line.split("\t")
        protocols[int(packet)] = set(layers.split(":"))
        if again:
            protocols[int(packet)].add("sent again by TCP")
        if {"13", "14", "17", "18"} & set(kinds.split(",")):
            protocols[int(packet)].add("timestamp or address mask")
        for name, column in zip(NAMES, columns):
            if column:
                values[int(packet), name] = [number(name, item) for item in column.split(",")]
    return values, protocols


def why_left_out(protocols, packet):
    """Why the values of a packet are not compared, if they are not."""
    of_packet = protocols.get(packet, set())
    if NOT_DISSECTED & of_packet:
        return "what is not dissected: " + ", ".join(sorted(NOT_DISSECTED))
    if "mdns" in of_packet:
        return "multicast DNS: tshark matches what a host says with its own queries"
    if "llmnr" in of_packet:
        return "LLMNR: tshark does not match responses with what was asked by multicast"
    if "ssdp" in of_packet:
        return "SSDP: HTTP in datagrams is not matched"
    if "timestamp or address mask" in of_packet:
        return "ICMP timestamps and address masks: tshark matches echo alone"
    if "sent again by TCP" in of_packet:
        return "segments that TCP sends again: tshark does not look into them"
    return None


def compare(job):
    tool, path = job
    (theirs, protocols), ours = of_tshark(path), comparison.values_of_packetsmith(tool, path, NAMES)
    counts, examples = collections.Counter(), []
    for key in sorted(theirs.keys() | ours.keys()):
        packet, name = key
        reason = why_left_out(protocols, packet)
        if reason:
            counts["left out", f"values left out: {reason}"] += 1
            continue
        counts[name, "all"] += 1
        if not is_same(name, theirs.get(key), ours.get(key)):
            counts[name, "differ"] += 1
            examples.append((name, path, packet, theirs.get(key), ours.get(key)))
    return counts, examples


if __name__ == "__main__":
    sys.exit(comparison.values(__doc__, 95, compare, NAMES, EXEMPT))
