"""A tagging port in user space, for kernels without 8021q.

trunk.py WIRE TAP MAC TAGS ADDRESS: frames of the tap device go out on WIRE with TAGS, outermost
first ("88a8:200,8100:100"), and come in when they have them. The priority is the IPv4
precedence, as with `ip link ... type vlan egress-qos-map`.
"""
import fcntl
import select
import socket
import struct
import subprocess
import sys

wire, name, mac, tags, address = sys.argv[1:]
tags = [(int(tpid, 16), int(vid)) for tpid, vid in (t.split(":") for t in tags.split(","))]

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
SOL_PACKET, PACKET_AUXDATA, PACKET_OUTGOING = 263, 8, 4
TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID = 1 << 4, 1 << 6

tap = open("/dev/net/tun", "r+b", buffering=0)
fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
for command in (["link", "set", name, "address", mac, "up"], ["addr", "add", address, "dev", name]):
    subprocess.run(["ip", *command], check=True)

port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
port.bind((wire, 0))
port.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
port.setsockopt(SOL_PACKET, 1, struct.pack("IHH8x", socket.if_nametoindex(wire), 1, 0))  # promiscuous


def tagged(frame):
    priority = frame[15] >> 5 if frame[12:14] == b"\x08\x00" else 0
    stack = b"".join(struct.pack("!HH", tpid, priority << 13 | vid) for tpid, vid in tags)
    return frame[:12] + stack + frame[12:]


def untagged(frame):
    for tpid, vid in tags:
        have, tci = struct.unpack("!HH", frame[12:16])
        if have != tpid or tci & 0xFFF != vid:
            return None
        frame = frame[:12] + frame[16:]
    # A deeper tag is another port's.
    return None if frame[12:14] in (b"\x81\x00", b"\x88\xa8", b"\x91\x00") else frame


while True:
    for ready in select.select([tap, port], [], [])[0]:
        if ready is tap:
            port.send(tagged(tap.read(2048)))
            continue
        frame, extra, _, sender = port.recvmsg(2048, 256)
        if sender[2] == PACKET_OUTGOING:
            continue
        for level, kind, data in extra:
            # The kernel takes the outermost tag off and hands it over beside the frame.
            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                status, *_, tci, tpid = struct.unpack("IIIHHHH", data)
                if status & TP_STATUS_VLAN_VALID:
                    tpid = tpid if status & TP_STATUS_VLAN_TPID_VALID else 0x8100
                    frame = frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]
        frame = untagged(frame)
        if frame:
            tap.write(frame)
