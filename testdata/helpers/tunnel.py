"""A tunnel's end in user space, for kernels that lack it.

tunnel.py KIND DEVICE WIRE ME YOU NET4 NET6: what goes into DEVICE comes out of WIRE, wrapped.
ME and YOU are the last digits of the addresses.
"""
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

kind, name, wire, me, you, net4, net6 = sys.argv[1:]
TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
tap = kind in ("gretap", "geneve")
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), (IFF_TAP if tap else IFF_TUN) | IFF_NO_PI))


def ip(*command):
    subprocess.run(["ip", *command], check=True)


six = kind in ("sit", "ip6ip6", "gre6", "gre46")
if not six:
    with open(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "w") as f:
        f.write("1")
if tap:
    ip("link", "set", name, "address", f"02:00:00:00:{len(kind):02x}:0{me}")
ip("link", "set", name, "mtu", "1280", "up")
if six:
    ip("addr", "add", f"{net6}::{me}/64", "dev", name, "nodad")
if not six or kind == "gre46":
    ip("addr", "add", f"{net4}.{me}/24", "dev", name)

V4, V6 = f"192.0.2.{you}", f"2001:db8::{you}"
GRE, GENEVE, MPLS = 47, 6081, 0x8847
number = 0


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def gre(payload):
    global number
    inner = 0x6558 if tap else 0x86DD if payload[0] >> 4 == 6 else 0x0800
    if kind != "gre-key":
        return struct.pack("!HH", 0, inner) + payload
    # Checksum, key and sequence number (RFC 2784, 2890).
    packet = struct.pack("!HHHHII", 0xB000, inner, 0, 0, 0xC0FFEE, number) + payload
    number += 1
    return packet[:4] + struct.pack("!H", checksum(packet)) + packet[6:]


def strip_gre(data):
    flags = data[0]
    return data[4 + 4 * sum(bool(flags & bit) for bit in (0x80, 0x20, 0x10)):]


def unwrapped_v4(data):
    return data[(data[0] & 15) * 4:]


if kind in ("ipip", "sit", "gre", "gre46", "gre-key", "gretap"):
    proto = {"ipip": 4, "sit": 41}.get(kind, GRE)
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, proto)
    s.bind((f"192.0.2.{me}", 0))
    to = (V4, 0)
    if proto == GRE:
        wrap = gre
        def unwrap(data):
            data = unwrapped_v4(data)
            if kind == "gre46":
                return strip_gre(data)
            # The sockets of all three kinds see every packet.
            mine = {"gre": b"\0\0\x08\0", "gre-key": b"\xb0\0\x08\0", "gretap": b"\0\0\x65\x58"}[kind]
            return strip_gre(data) if data[:4] == mine else None
    else:
        wrap, unwrap = bytes, unwrapped_v4
elif kind in ("ip4ip6", "ip6ip6", "gre6"):
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, {"ip4ip6": 4, "ip6ip6": 41, "gre6": GRE}[kind])
    s.bind((f"2001:db8::{me}", 0))
    to = (V6, 0)
    wrap, unwrap = (gre, strip_gre) if kind == "gre6" else (bytes, bytes)
elif kind == "geneve":
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((f"192.0.2.{me}", GENEVE))
    to = (V4, GENEVE)
    # One option of class 0x0103, type 1, four bytes (RFC 8926).
    head = struct.pack("!BBHI", 2, 0, 0x6558, 5002 << 8) + struct.pack("!HBBI", 0x0103, 1, 1, 0xDEADBEEF)
    def wrap(payload):
        return head + payload
    def unwrap(data):
        return data[8 + (data[0] & 63) * 4:]
elif kind == "mpls":
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(MPLS))
    s.bind((wire, MPLS))
    to = (wire, MPLS, 0, 0, bytes.fromhex(f"02000000000{you}"))
    # Two labels: 1000 (class 5), then 2000, bottom of stack.
    labels = struct.pack("!II", 1000 << 12 | 5 << 9 | 64, 2000 << 12 | 1 << 8 | 64)
    def wrap(payload):
        return labels + payload
    def unwrap(data):
        return data[8:]
else:
    sys.exit(f"no tunnel of kind {kind}")

while True:
    for ready in select.select([tun, s], [], [])[0]:
        if ready is s:
            packet = unwrap(s.recv(65535))
            if packet:
                os.write(tun, packet)
        else:
            packet = os.read(tun, 65535)
            s.sendto(wrap(packet), to)
