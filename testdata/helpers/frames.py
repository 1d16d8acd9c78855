"""Frames that no program here sends, by a packet socket: frames.py DEVICE llc|rarp."""
import socket
import struct
import sys
import time

device, what = sys.argv[1:]
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((device, 0))
ME = bytes.fromhex("020000000001")
YOU = bytes.fromhex("020000000002")
ALL = b"\xff" * 6


def send(dst, kind, payload, pad=60):
    frame = dst + ME + struct.pack("!H", kind) + payload
    s.send(frame.ljust(pad, b"\0"))
    time.sleep(0.05)


def ieee(dst, payload):
    """An 802.3 frame: the type field holds the length, padding follows it."""
    send(dst, len(payload), payload)


def tlv(kind, value):
    return struct.pack("!H", kind << 9 | len(value)) + value


def cdp(kind, value):
    return struct.pack("!HH", kind, 4 + len(value)) + value


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def arp(op, sha, spa, tha, tpa):
    return struct.pack("!HHBBH", 1, 0x0800, 6, 4, op) + sha + spa + tha + tpa


A1, A2, A0 = (socket.inet_aton(a) for a in ("192.0.2.1", "192.0.2.2", "0.0.0.0"))

if what == "llc":
    # SNAP, OUI 00:00:00: an EtherType follows (RFC 1042). ARP in an 802.3 frame.
    ieee(ALL, b"\xaa\xaa\x03\0\0\0\x08\x06" + arp(1, ME, A1, bytes(6), A2))
    # SNAP with a vendor's OUI: CDP, with its own checksum.
    body = cdp(1, b"client.example.test") + cdp(3, b"eth0") + cdp(4, struct.pack("!I", 1))
    body += cdp(6, b"a test frame") + cdp(10, struct.pack("!H", 100)) + cdp(11, b"\x01")
    body = b"\x02\xb4\0\0" + body
    body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    ieee(bytes.fromhex("01000ccccccc"), b"\xaa\xaa\x03\0\0\x0c\x20\0" + body)
    # LLC type 1: XID and TEST commands, a null SAP.
    ieee(YOU, bytes.fromhex("0000bf810100"))
    ieee(YOU, b"\x00\x00\xf3" + b"test")
    # LLC type 2: an I frame and a supervisory frame have two control bytes.
    ieee(YOU, bytes.fromhex("e4e40204") + b"numbered")
    ieee(YOU, bytes.fromhex("e4e50106"))
    # IPX right after the length: "raw" 802.3 has no LLC at all.
    ipx = bytes.fromhex("ffff00280001") + bytes(4) + ALL + b"\x04\x53" + bytes(4) + ME + b"\x40\x03"
    ieee(ALL, ipx + bytes.fromhex("0001") + b"\xff" * 8)
    # IS-IS hello: LLC without SNAP, fe fe 03.
    area = b"\x01\x04\x03\x49\x00\x01" + b"\x81\x01\xcc" + b"\x84\x04" + A1
    lsp = bytes.fromhex("831b01000f010000") + b"\x01" + b"\0\0\0\0\0\x01" + b"\0\x1e"
    lsp += struct.pack("!H", 27 + len(area)) + b"\x40" + b"\0\0\0\0\0\x01\x01" + area
    ieee(bytes.fromhex("0180c2000014"), b"\xfe\xfe\x03" + lsp)
    # LLDP has an EtherType; it is here because it speaks to the same neighbours.
    lldp = tlv(1, b"\x04" + ME) + tlv(2, b"\x05eth0") + tlv(3, struct.pack("!H", 120))
    lldp += tlv(4, b"first cable") + tlv(5, b"client.example.test") + tlv(6, b"packetsmith test")
    lldp += tlv(7, struct.pack("!HH", 0x0094, 0x0010))
    lldp += tlv(8, b"\x05\x01" + A1 + b"\x02" + struct.pack("!I", 2) + b"\0")
    lldp += tlv(127, b"\x00\x80\xc2\x01" + struct.pack("!H", 100))          # port VLAN
    lldp += tlv(127, b"\x00\x12\x0f\x04" + struct.pack("!H", 1500)) + tlv(0, b"")
    send(bytes.fromhex("0180c200000e"), 0x88CC, lldp)
    # A type field that is neither a length (over 1500) nor an EtherType (under 1536).
    send(YOU, 1520, b"neither")
    # Pause: MAC control.
    send(bytes.fromhex("0180c2000001"), 0x8808, struct.pack("!HH", 1, 0xFFFF))
    # Wake on LAN.
    send(ALL, 0x0842, ALL + YOU * 16)
else:
    send(ALL, 0x8035, arp(3, ME, A0, ME, A0))                 # RARP request: who am I?
    s2 = arp(4, YOU, A2, ME, A1)
    s.send((ME + YOU + b"\x80\x35" + s2).ljust(60, b"\0"))     # and the answer
    send(YOU, 0x0806, arp(8, ME, A1, YOU, A0))                # InARP request: what is your address?
    s.send((ME + YOU + b"\x08\x06" + arp(9, YOU, A2, ME, A1)).ljust(60, b"\0"))
    send(ALL, 0x0806, arp(10, ME, A1, bytes(6), A2))          # ARP NAK (RFC 1577)
    # Hardware that is not Ethernet: IEEE 1394 has 16-byte addresses (RFC 2734 fields aside).
    send(ALL, 0x0806, struct.pack("!HHBBH", 24, 0x0800, 16, 4, 1) + bytes(range(16)) + A1
         + bytes(16) + A2)
