"""IPv6 extension headers: ipv6_ext.py FROM TO ROUTER. The kernel's first, then raw ones."""
import socket
import struct
import sys
import time

from ipsec import KEY, address, ah, checksum, esp, udp  # noqa: F401

src, dst, router = sys.argv[1:]
V6 = socket.IPPROTO_IPV6


def pause():
    time.sleep(0.12)


def options(next_header, data):
    """A hop-by-hop or destination options header, padded to a multiple of eight."""
    short = -(2 + len(data)) % 8
    pad = b"" if short == 0 else b"\0" if short == 1 else bytes([1, short - 2]) + bytes(short - 2)
    body = data + pad
    return bytes([next_header, (2 + len(body)) // 8 - 1]) + body


# By socket options: the kernel puts the headers in order.
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind((src, 40000))
s.setsockopt(V6, socket.IPV6_HOPOPTS, options(0, bytes([5, 2, 0, 0])))       # router alert
s.sendto(b"hop by hop", (dst, 9))
pause()
s.setsockopt(V6, socket.IPV6_HOPOPTS, b"")
s.setsockopt(V6, socket.IPV6_DSTOPTS, options(0, bytes([0x1E, 3, 1, 2, 3])))  # experiment, skippable
s.sendto(b"destination options", (dst, 9))
pause()
s.setsockopt(V6, socket.IPV6_HOPOPTS, options(0, bytes([5, 2, 0, 0])))
s.sendto(bytes(2000), (dst, 9))  # options before and after a fragment header
pause()
try:
    # A segment routing header: last segment first, one left, the router before the server.
    s.setsockopt(V6, socket.IPV6_HOPOPTS, b"")
    s.setsockopt(V6, socket.IPV6_DSTOPTS, b"")
    segments = address(dst) + address(router)
    s.setsockopt(V6, socket.IPV6_RTHDR, bytes([0, 4, 4, 1, 1, 0, 0, 0]) + segments)
    s.sendto(b"segments", (dst, 9))
except OSError as error:
    print("no segment routing by socket:", error)
pause()

# By a raw socket: whole packets.
raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)


def send(next_header, payload, to=dst, traffic_class=0, flow=0, hops=64):
    head = struct.pack("!IHBB", 6 << 28 | traffic_class << 20 | flow, len(payload), next_header, hops)
    raw.sendto(head + address(src) + address(to) + payload, (to, 0))
    pause()


def fragment(next_header, offset, more, ident):
    return struct.pack("!BBHI", next_header, 0, offset | more, ident)


# An atomic fragment (RFC 6946): first and last at once.
send(44, fragment(17, 0, 0, 1) + udp(src, dst, b"whole"))
# Two fragments, the second one first.
data = udp(src, dst, bytes(range(64)))
send(44, fragment(17, 40, 0, 2) + data[40:])
send(44, fragment(17, 0, 1, 2) + data[:40])
# Routing headers: type 0 (deprecated), used up; type 2 (mobile IPv6): the checksum is that of
# the home address.
send(43, bytes([17, 2, 0, 0]) + bytes(4) + address(router) + udp(src, dst, b"source routed"))
home = "2001:db8:2::ca7e"
send(43, bytes([17, 2, 2, 1]) + bytes(4) + address(home) + udp(src, home, b"home address"))
# Type 0 with a segment left: the UDP checksum is that of the final destination.
send(43, bytes([17, 2, 0, 1]) + bytes(4) + address(dst) + udp(src, dst, b"on its way"), to=router)
# Everything at once, in the order of RFC 8200.
inner = udp(home, dst, b"at last")  # the option below says who the sender is
chain = options(60, bytes([5, 2, 0, 0]))
chain += options(43, bytes([4, 1, 7]))                       # tunnel encapsulation limit
chain += bytes([44, 2, 0, 0]) + bytes(4) + address(router)
chain += fragment(60, 0, 0, 3)
chain += options(17, bytes([201, 16]) + address(home))       # home address
send(0, chain + inner)
# AH: traffic class, flow label and hop limit count as 0.
data = udp(src, dst, b"signed, not hidden")
zeroed = struct.pack("!IHBB", 6 << 28, 32 + len(data), 51, 0) + address(src) + address(dst)
send(51, ah(zeroed, 0x1001, 1, 17, data, multiple=8), traffic_class=0xB8, flow=0x12345)
# ESP without encryption, with AES, and in AH.
send(50, esp(0x2001, 1, 17, data))
send(50, esp(0x3001, 1, 17, data, encrypt=True))
hidden = esp(0x3001, 2, 17, data, encrypt=True)
zeroed = struct.pack("!IHBB", 6 << 28, 32 + len(hidden), 51, 0) + address(src) + address(dst)
send(51, ah(zeroed, 0x1001, 2, 50, hidden, multiple=8))
# No next header, and bytes after it that are nobody's.
send(59, b"")
send(60, options(59, b"") + b"ignored")
# Mobility: a binding refresh request (RFC 6275), with its own checksum.
body = bytes([59, 0, 0, 0, 0, 0, 0, 0])
pseudo = address(src) + address(dst) + struct.pack("!II", len(body), 135)
total = checksum(pseudo + body)
send(135, body[:4] + struct.pack("!H", total) + body[6:])
# A next header for experiments.
send(253, b"whatever")
