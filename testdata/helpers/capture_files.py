"""Capture files rewritten: capture_files.py swap|scrub IN OUT.

swap: a nanosecond pcap file in this machine's order becomes a microsecond one in the other.
scrub: a pcapng file loses what its section headers say about the machine.
"""
import struct
import sys

what, source, target = sys.argv[1:]
data = open(source, "rb").read()
out = bytearray()
if what == "swap":
    magic, major, minor, zone, figures, snap, link = struct.unpack("<IHHiIII", data[:24])
    assert magic == 0xA1B23C4D, "not a little-endian nanosecond file"
    out += struct.pack(">IHHiIII", 0xA1B2C3D4, major, minor, zone, figures, snap, link)
    at = 24
    while at < len(data):
        seconds, nanos, kept, length = struct.unpack_from("<IIII", data, at)
        out += struct.pack(">IIII", seconds, nanos // 1000, kept, length)
        out += data[at + 16:at + 16 + kept]
        at += 16 + kept
else:
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        block = data[at:at + length]
        at += length
        # Options 2 and 3 of a section header are the hardware and the system; 12 of an
        # interface is the system again.
        start, drop = {0x0A0D0D0A: (24, (2, 3)), 1: (16, (12,))}.get(kind, (None, ()))
        if start is not None:
            kept, p = block[8:start], start
            while p < length - 4:
                code, size = struct.unpack_from("<HH", block, p)
                end = p + 4 + (size + 3) // 4 * 4
                if code not in drop:
                    kept += block[p:end]
                p = end
            if kind == 0x0A0D0D0A:
                kept = kept[:8] + b"\xff" * 8 + kept[16:]  # the section's length: unknown
            total = 12 + len(kept)
            block = struct.pack("<II", kind, total) + kept + struct.pack("<I", total)
        out += block
open(target, "wb").write(out)
