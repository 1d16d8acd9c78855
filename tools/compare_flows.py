#!/usr/bin/env python3
"""Compares the analysis of TCP and the numbers of streams with tshark, packet by packet.

usage: compare_flows.py [--tool EXAMPLE] [--min PERCENT] [--show N] [--every N] [CAPTURE...]

Without captures, those of testdata/ and of ../shared/corpus/captures are compared. EXAMPLE is the program
examples/flows, by default target/release/examples/flows. A value counts for a segment if either side has it.
"""
import collections
import sys

import comparison

FLAGS = ["tcp.analysis." + name for name in (
    "retransmission fast_retransmission spurious_retransmission out_of_order lost_segment ack_lost_segment "
    "duplicate_ack window_full zero_window zero_window_probe zero_window_probe_ack window_update keep_alive "
    "keep_alive_ack reused_ports tfo_syn tfo_ack tfo_ignored").split()]
FLAGS += ["tcp.connection.fin_active", "tcp.connection.fin_passive"]
TIMES = ["tcp.time_relative", "tcp.time_delta", "tcp.analysis.rto", "tcp.analysis.ack_rtt", "tcp.analysis.initial_rtt"]
NUMBERS = ["tcp.stream", "tcp.seq", "tcp.ack", "tcp.nxtseq", "tcp.len", "tcp.window_size",
           "tcp.window_size_scalefactor", "tcp.completeness", "tcp.analysis.duplicate_ack_num",
           "tcp.analysis.duplicate_ack_frame", "tcp.analysis.rto_frame", "tcp.analysis.bytes_in_flight",
           "tcp.analysis.push_bytes_sent", "tcp.analysis.acks_frame"]
TCP = NUMBERS + TIMES + FLAGS

# Values that may be below the minimum, and why. Their figures are printed all the same.
EXEMPT = {
    "udp.stream": "tshark's dissectors of SNMP, TFTP and others make conversations with a wildcard port, which have numbers",
}
COMPARED = set(TCP) | {"udp.stream"}

# Values that tshark takes from all subflows of a Multipath TCP connection together. They are not compared for such segments.
OF_SUBFLOWS = {"tcp.analysis.initial_rtt"} | {name for name in TCP if name.startswith("tcp.analysis.duplicate_ack")}

# A SYN-ACK of which sFlow has a sample has no relative numbers, and tshark takes its acknowledgment number for one that
# acknowledges data of the SYN.
OF_SAMPLES = {"tcp.analysis.tfo_ack"}


# Packets and values that are not compared, and why.
LEFT_OUT = "left out", "packets left out, with what is not dissected: " + ", ".join(sorted(comparison.NOT_DISSECTED))
OF_MULTIPATH = "left out", "values left out of segments of Multipath TCP, whose subflows share state in tshark"
OF_SAMPLED = "left out", "values left out of samples of sFlow, whose numbers tshark takes for relative ones"


def number(name, text):
    """A value of tshark as a whole number; seconds become nanoseconds."""
    if name in FLAGS:
        return 1
    if name in TIMES:
        seconds, _, fraction = text.lstrip("-").partition(".")
        nanos = int(seconds) * 10**9 + int((fraction + "0" * 9)[:9])
        return -nanos if text.startswith("-") else nanos
    return int(text)


def of_tshark(path):
    """Values by packet: (packet, name) -> list, in the order of the layers. And the packets that are left out, those with
    options of Multipath TCP, and those with samples of sFlow."""
    command = ["tshark", "-n", "-r", str(path), "-Y", "tcp || udp", "-T", "fields", "-E", "occurrence=a",
               "-E", "aggregator=,", "-e", "frame.number", "-e", "frame.protocols",
               "-e", "tcp.options.mptcp.subtype", "-e", "udp.stream"]
    for name in TCP:
        command += ["-e", name]
    text = comparison.run(*command).stdout.decode(errors="replace")
    values, left_out, multipath, sampled = {}, set(), set(), set()
    for line in text.splitlines():
        packet, protocols, subtypes, *columns = line.split("\t")
        if comparison.NOT_DISSECTED & set(protocols.split(":")):
            left_out.add(int(packet))
            continue
        if subtypes:
            multipath.add(int(packet))
        if "sflow" in protocols.split(":"):
            sampled.add(int(packet))
        for name, column in zip(["udp.stream"] + TCP, columns):
            if column:
                items = [number(name, item) for item in column.split(",")]
                # tshark has some flags twice: as a value, and as what its expert says.
                values[int(packet), name] = [1] if name in FLAGS else items
    return values, left_out, multipath, sampled


def of_packetsmith(tool, path):
    values = comparison.values_of_packetsmith(tool, path, COMPARED)
    return {(packet, name): [1] if name in FLAGS else items for (packet, name), items in values.items()}


def compare(job):
    tool, path = job
    (theirs, left_out, multipath, sampled), ours = of_tshark(path), of_packetsmith(tool, path)
    counts, examples = collections.Counter({LEFT_OUT: len(left_out)}), []
    for key in sorted(theirs.keys() | ours.keys()):
        packet, name = key
        if packet in left_out:
            continue
        if packet in multipath and name in OF_SUBFLOWS:
            counts[OF_MULTIPATH] += 1
            continue
        if packet in sampled and name in OF_SAMPLES:
            counts[OF_SAMPLED] += 1
            continue
        counts[name, "all"] += 1
        if theirs.get(key) != ours.get(key):
            counts[name, "differ"] += 1
            examples.append((name, path, packet, theirs.get(key), ours.get(key)))
    return counts, examples


if __name__ == "__main__":
    sys.exit(comparison.values(__doc__, 99.9, compare, ["udp.stream"] + TCP, EXEMPT))
