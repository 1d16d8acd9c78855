"""ICMPv4 that ping does not do: icmp.py HOST ROUTER."""
import socket
import struct
import sys
import time

host, router = sys.argv[1:3]


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def icmp(kind, code, rest):
    message = struct.pack("!BBH", kind, code, 0) + rest
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
# Timestamp request: the kernel answers with its own.
now = int(time.time() * 1000) % 86_400_000
raw.sendto(icmp(13, 0, struct.pack("!HHIII", 7, 1, now, 0, 0)), (host, 0))
# Extended echo request (RFC 8335): is there an interface named eth0?
extension = struct.pack("!HBB", 8, 3, 1) + b"eth0"
body = struct.pack("!BBH", 0x20, 0, 0) + extension
body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
raw.sendto(icmp(42, 0, struct.pack("!HBB", 8, 1, 1) + body), (host, 0))
time.sleep(0.2)

# A closed port.
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("0.0.0.0", 40000))
udp.sendto(b"anybody?", (host, 9))
time.sleep(0.2)
# A protocol nobody speaks.
other = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
other.sendto(b"experiment", (host, 0))
time.sleep(0.2)

# IPv4 options: router alert (RFC 2113), loose source route by way of the router.
echo = icmp(8, 0, struct.pack("!HH", 7, 2) + b"router alert")
raw.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes([148, 4, 0, 0]))
raw.sendto(echo, (host, 0))
time.sleep(0.2)
echo = icmp(8, 0, struct.pack("!HH", 7, 3) + b"loose source route")
raw.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS,
               bytes([1, 131, 7, 4]) + socket.inet_aton(router))
raw.sendto(echo, (host, 0))
time.sleep(0.2)

# A record-route option whose pointer points before the option: parameter problem.
options = bytes([7, 7, 3, 0, 0, 0, 0, 0])
echo = icmp(8, 0, struct.pack("!HH", 7, 4) + b"bad pointer")
header = struct.pack("!BBHHHBBH", 0x47, 0, 28 + len(echo), 7, 0, 64, 1, 0)
header += socket.inet_aton("192.0.2.1") + socket.inet_aton(host) + options
own = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
own.sendto(header + echo, (host, 0))
time.sleep(0.2)
