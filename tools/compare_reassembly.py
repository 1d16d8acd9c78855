#!/usr/bin/env python3
"""Compares the datagrams that packetsmith puts together with those that tshark does.

    tools/compare_reassembly.py ORACLE.jsonl [--datagrams target/release/examples/datagrams]

ORACLE.jsonl is what the judge's `reassembly` says of captures, one line a datagram. Those that tshark flags (overlaps, and
lengths that no packet has) are left out: there packetsmith goes by its policies, which tests/reassemble.rs is about.
"""
import argparse
import collections
import hashlib
import json
import pathlib
import subprocess
import sys

# Datagrams that tshark completes and packetsmith does not, and why that is as it should be.
EXPLAINED = {
    "ipv6-reassembly-state-leak.pcap": "65,528 bytes behind 8 of hop-by-hop options exceed 65,535 (RFC 8200 §4.5)",
}

HERE = pathlib.Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("oracle")
    parser.add_argument("--datagrams", default=str(HERE / "target/release/examples/datagrams"))
    arguments = parser.parse_args()
    wanted = collections.defaultdict(list)
    flagged = 0
    for line in open(arguments.oracle):
        row = json.loads(line)
        if row.get("flags"):
            flagged += 1
        elif row["sha256"]:
            wanted[row["file"]].append((row["n"], row["ver"], row["len"], row["sha256"]))
    missing = more = same = explained = 0
    for path, datagrams in wanted.items():
        output = subprocess.run([arguments.datagrams, path], capture_output=True, text=True).stdout
        ours = collections.Counter()
        for line in output.splitlines():
            number, version, rest = line.split(" ", 2)
            payload = bytes.fromhex(rest.rsplit(" ", 1)[1])
            ours[(int(number), int(version), len(payload), hashlib.sha256(payload).hexdigest())] += 1
        theirs = collections.Counter(datagrams)
        same += sum((ours & theirs).values())
        for datagram in (theirs - ours).elements():
            why = EXPLAINED.get(pathlib.Path(path).name)
            explained, missing = (explained + 1, missing) if why else (explained, missing + 1)
            print(f"{why or 'missing'}: {path}: packet {datagram[0]}, IPv{datagram[1]}, {datagram[2]} bytes")
        for datagram in (ours - theirs).elements():
            more += 1
            print(f"more: {path}: packet {datagram[0]}, IPv{datagram[1]}, {datagram[2]} bytes")
    print(f"{same} datagrams in {len(wanted)} captures are the same, {missing} missing, {explained} explained, {more} more; {flagged} flagged")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
