"""A PXE client, a BOOTP client and a DHCPINFORM, whose server answers: bootp.py."""
import socket
import struct
import time

MAC = bytes.fromhex("020000000001")
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
s.bind(("0.0.0.0", 68))
s.settimeout(2)
COOKIE = b"\x63\x82\x53\x63"


def option(code, value):
    return bytes([code, len(value)]) + value


def ask(xid, vendor, flags=0x8000, ciaddr="0.0.0.0", to="255.255.255.255", answer=True):
    head = struct.pack("!BBBBIHH", 1, 1, 6, 0, xid, 0, flags) + socket.inet_aton(ciaddr)
    head += bytes(12) + MAC.ljust(16, b"\0") + bytes(64 + 128)
    s.sendto((head + vendor).ljust(300, b"\0"), (to, 67))
    try:
        return s.recv(2000) if answer else b""
    except TimeoutError:
        return b""
    finally:
        time.sleep(0.1)


def dhcp(kind, *more):
    return COOKIE + option(53, bytes([kind])) + b"".join(more) + b"\xff"


wanted = option(55, bytes([1, 3, 6, 12, 15, 17, 43, 60, 66, 67, 97, 128, 150, 209, 210]))
pxe = [wanted, option(57, struct.pack("!H", 1260)),
       option(60, b"PXEClient:Arch:00007:UNDI:003016"), option(93, struct.pack("!H", 7)),
       option(94, b"\x01\x03\x10"), option(97, b"\0" + bytes(range(16))), option(77, b"iPXE")]
offer = ask(0x50584501, dhcp(1, *pxe))
if offer:
    ask(0x50584501, dhcp(3, option(50, offer[16:20]), option(54, socket.inet_aton("192.0.2.2")), *pxe))
# BOOTP (RFC 951): no message type at all, with the cookie and without.
ask(0x424F4F54, COOKIE + b"\xff")
ask(0x424F4F55, bytes(64))
# DHCPINFORM: has an address, wants the rest; with a long site option in two parts (RFC 3396).
long = b"0123456789abcdef" * 20
ask(0x494E464F, dhcp(8, wanted, option(60, b"packetsmith"), option(240, long[:200]),
                     option(240, long[200:])), flags=0, ciaddr="192.0.2.50")
# Options that go on in the file and sname fields (option 52), here in a discover.
overload = bytearray(struct.pack("!BBBBIHH", 1, 1, 6, 0, 0x4F564552, 0, 0x8000) + bytes(16)
                     + MAC.ljust(16, b"\0") + bytes(192) + dhcp(1, option(52, b"\x03"), wanted))
sname, file = option(12, b"client") + b"\xff", option(60, b"packetsmith") + b"\xff"
overload[44:44 + len(sname)] = sname
overload[108:108 + len(file)] = file
s.sendto(bytes(overload).ljust(300, b"\0"), ("255.255.255.255", 67))
try:
    s.recv(2000)
except TimeoutError:
    pass
