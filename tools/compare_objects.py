#!/usr/bin/env python3
"""Compares `packetsmith extract --only http` with `tshark --export-objects http,DIR`.

usage: compare_objects.py [--tool PACKETSMITH] [FOLDER_OR_CAPTURE...]

Without arguments, the captures of testdata/ and of ../shared/corpus/captures are compared. Of each capture with HTTP, the SHA-256 of
all contents are compared, whatever their order and names. Each difference is printed with what is known of its cause. Exit status 1
if there is a difference without a known cause.
"""
import collections
import hashlib
import json
import pathlib
import sys
import tempfile

import comparison
from comparison import run

COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18")
# Protocols that carry HTTP in tshark, and that packetsmith does not dissect.
NOT_DISSECTED = {"arcnet", "gtp"}


def has_http(path):
    content = path.read_bytes()
    return content.startswith(COMPRESSED) or b"HTTP/1." in content


def of_tshark(path, *options):
    """SHA-256, size, name and content of the objects."""
    with tempfile.TemporaryDirectory() as folder:
        run("tshark", "-r", path, *options, "-q", "--export-objects", f"http,{folder}")
        objects = []
        for file in pathlib.Path(folder).iterdir():
            content = file.read_bytes()
            objects.append((hashlib.sha256(content).hexdigest(), len(content), file.name, content))
        return objects


def of_packetsmith(tool, path):
    done = run(tool, "extract", "-n", "--only", "http", "-T", "json", path, "unused")
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode(errors="replace")


def fields(path, wanted, *names):
    """Values of fields of packets that pass a filter."""
    selected = [part for name in names for part in ("-e", name)]
    lines = run("tshark", "-r", path, "-Y", wanted, "-T", "fields", *selected).stdout.decode(errors="replace").split("\n")
    return [line.split("\t") for line in lines if line]


class Causes:
    """Why one has an object that the other has not."""

    def __init__(self, path):
        self.path = path
        # By default tshark puts no segments together that come out of order or were sent again.
        again = of_tshark(path, "-o", "tcp.reassemble_out_of_order:TRUE")
        self.in_order = {sha256 for sha256, *_ in again}
        self.http = fields(path, "http", "frame.protocols", "_ws.col.Info", "http.content_length_header", "tcp.payload", "tcp.reassembled.data")

    def of_packetsmith(self, row):
        if not row["complete"]:
            return "tshark exports what is complete: " + row.get("note", "")
        if row["sha256"] in self.in_order:
            return "tshark loses it among segments out of order, unless tcp.reassemble_out_of_order is set"
        protocols = fields(self.path, f"frame.number == {row['packet']}", "frame.protocols")[0][0]
        if "http" not in protocols.split(":"):
            return "tshark does not take the packet for HTTP, but for " + protocols
        return None

    def of_tshark(self, content):
        protocols = {protocol for row in self.http for protocol in row[0].split(":")}
        if NOT_DISSECTED & protocols:
            return "packetsmith does not dissect " + ", ".join(NOT_DISSECTED & protocols)
        if content.startswith(b"PRI * HTTP/2.0"):
            return "the preface of HTTP/2 is no content"
        if content.startswith((b" ", b"\t")):
            return "tshark takes a folded line of a field for content (RFC 9112 §5.2)"
        digits = content.hex()
        for _, info, lengths, payload, reassembled in self.http:
            if digits not in payload and digits not in reassembled:
                continue
            if "," in lengths:
                return f"lengths contradict each other ({lengths}), so there is no content (RFC 9112 §6.3)"
            if "Continuation" in info:
                return "tshark takes for content what begins no message (Continuation)"
        return None


def main():
    arguments = comparison.parser(__doc__).parse_args()
    captures = comparison.captures(arguments.captures)
    same = ours_alone = theirs_alone = unknown = compared = 0
    for path in filter(has_http, captures):
        theirs = of_tshark(path)
        ours, messages = of_packetsmith(arguments.tool, path)
        if not theirs and not ours:
            continue
        compared += 1
        left = collections.Counter(row["sha256"] for row in ours)
        wanted = collections.Counter(sha256 for sha256, *_ in theirs)
        same += sum((left & wanted).values())
        more, fewer = left - wanted, wanted - left
        if not more and not fewer:
            continue
        causes = Causes(path)
        for row in ours:
            if more[row["sha256"]] > 0:
                more[row["sha256"]] -= 1
                ours_alone += 1
                why = causes.of_packetsmith(row)
                unknown += why is None
                print(f"{path}: packetsmith alone: packet {row['packet']}, {row['size']} bytes, {row['message']} "
                      f"{row.get('url', '')[:60]}: {why or 'NO KNOWN CAUSE'}")
        for sha256, size, name, content in theirs:
            if fewer[sha256] > 0:
                fewer[sha256] -= 1
                theirs_alone += 1
                why = causes.of_tshark(content)
                unknown += why is None
                print(f"{path}: tshark alone: {size} bytes, {name[:60]}, {content[:24]!r}: {why or 'NO KNOWN CAUSE'}")
        if messages:
            print(f"  {messages.strip()}")
    print(f"{compared} captures with objects: {same} are the same, {ours_alone} packetsmith has alone, {theirs_alone} tshark has alone, "
          f"{unknown} without a known cause")
    return unknown > 0


if __name__ == "__main__":
    sys.exit(main())
