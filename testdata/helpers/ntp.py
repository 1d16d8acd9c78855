"""NTP in a few lines: ntp.py serve|ask. Versions 3 and 4; client, server, broadcast, control."""
import socket
import struct
import sys
import time

EPOCH = 2_208_988_800


def stamp(t):
    return struct.pack("!II", (int(t) + EPOCH) & 0xFFFFFFFF, int(t % 1 * 2**32))


def message(leap, version, mode, stratum, ref, *times):
    head = struct.pack("!BBbbII4s", leap << 6 | version << 3 | mode, stratum, 6, -20, 0x100, 0x200, ref)
    return head + b"".join(times)


s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
ZERO = bytes(8)
if sys.argv[1] == "serve":
    s.bind(("0.0.0.0", 123))
    while True:
        data, who = s.recvfrom(1000)
        now = time.time()
        if data[0] & 7 == 6:
            # Control (RFC 9327): response to "read variables".
            text = b'version="packetsmith", stratum=2\r\n'
            s.sendto(bytes([data[0], 0x82]) + data[2:4] + struct.pack("!HHHH", 0x0615, 0, 0, len(text))
                     + text + bytes(-len(text) % 4), who)
            continue
        if data[0] & 7 != 3:
            continue
        version = data[0] >> 3 & 7
        if version == 2:  # a kiss of death: go away
            s.sendto(message(3, 2, 4, 0, b"RATE", ZERO, data[40:48], stamp(now), stamp(now)), who)
            continue
        s.sendto(message(0, version, 4, 2, socket.inet_aton("192.0.2.4"), stamp(now - 17), data[40:48],
                         stamp(now), stamp(time.time())), who)
else:
    s.bind(("0.0.0.0", 0))
    s.settimeout(2)
    for version in (4, 3, 2):
        s.sendto(message(0, version, 3, 0, b"\0\0\0\0", ZERO, ZERO, ZERO, stamp(time.time())), ("192.0.2.2", 123))
        s.recv(1000)
    # A symmetric key's digest after the message: key number, 16 bytes.
    s.sendto(message(0, 4, 3, 0, b"\0\0\0\0", ZERO, ZERO, ZERO, stamp(time.time()))
             + struct.pack("!I", 7) + bytes(range(16)), ("192.0.2.2", 123))
    s.recv(1000)
    s.sendto(bytes([0x16, 2, 0, 1]) + bytes(8), ("192.0.2.2", 123))  # control: read variables
    s.recv(1000)
    s.sendto(message(0, 4, 5, 1, b"GPS\0", stamp(time.time() - 5), ZERO, ZERO, stamp(time.time())),
             ("192.0.2.255", 123))
