#!/usr/bin/env python3
"""Compares the data of TCP streams with `tshark -z follow,tcp,raw,N`.

usage: compare_streams.py [--tool PACKETSMITH] [--most N] [--each N] [CAPTURE...]

Without captures, those of testdata/ and of ../shared/corpus/captures are searched for streams with data, at most --each
in a capture and --most in all. Exit status 1 if a stream differs. Where the capture lacks bytes, tshark writes a note in
their place, or nothing if the snapshot length cut the packet; the data around it is compared.
"""
import json
import re
import sys

import comparison

NOTE = re.compile(rb"\[\d+ bytes missing in capture file\]\x00?")


def run(*command):
    return comparison.run(*command).stdout


def of_tshark(path, stream):
    """The data of both nodes."""
    nodes = [b"", b""]
    for line in run("tshark", "-r", path, "-q", "-z", f"follow,tcp,raw,{stream}").splitlines():
        if re.fullmatch(rb"\t?[0-9a-f]+", line):
            nodes[line.startswith(b"\t")] += bytes.fromhex(line.decode())
    return sorted(NOTE.sub(b"", node) for node in nodes)


def of_packetsmith(tool, path, stream):
    sides = {"first": b"", "second": b""}
    for line in run(tool, "follow", "-T", "json", path, stream).splitlines():
        event = json.loads(line)
        if "data" in event:
            sides[event["side"]] += bytes.fromhex(event["data"])
    return sorted(sides.values())


def main():
    parser = comparison.parser(__doc__)
    parser.add_argument("--most", type=int, default=60)
    parser.add_argument("--each", type=int, default=3)
    arguments = parser.parse_args()
    captures = comparison.captures(arguments.captures)
    compared = differ = 0
    for path in captures:
        listed = run(arguments.tool, "streams", "--protocol", "tcp", "-T", "json", path).splitlines()
        streams = [json.loads(line) for line in listed]
        with_data = [stream for stream in streams if stream["client_bytes"] + stream["server_bytes"] > 0]
        for stream in with_data[:arguments.each]:
            number = stream["stream"]
            theirs, ours = of_tshark(path, number), of_packetsmith(arguments.tool, path, number)
            compared += 1
            if theirs != ours:
                differ += 1
                print(f"{path} stream {number}: tshark {[len(node) for node in theirs]}, "
                      f"packetsmith {[len(side) for side in ours]} bytes")
        if compared >= arguments.most:
            break
    print(f"{compared} streams compared, {differ} differ")
    return differ > 0


if __name__ == "__main__":
    sys.exit(main())
