"""AH and ESP as RFC 4302 and 4303 have them: ipsec.py FROM TO (IPv4); a library for ipv6_ext.py.

Integrity is HMAC-SHA-256-128 (RFC 4868) under KEY; encryption is none (RFC 2410) or AES-128-CBC
under KEY[:16] (RFC 3602), by the openssl program.
"""
import hashlib
import hmac
import socket
import struct
import subprocess
import sys

KEY = bytes(range(32))


def icv(data):
    return hmac.new(KEY, data, hashlib.sha256).digest()[:16]


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def udp(src, dst, data, sport=40000, dport=9):
    length = 8 + len(data)
    datagram = struct.pack("!HHHH", sport, dport, length, 0) + data
    pseudo = address(src) + address(dst)
    pseudo += struct.pack("!IHBB", length, 0, 0, 17) if ":" in src else struct.pack("!HH", 17, length)
    total = checksum(pseudo + datagram) or 0xFFFF
    return datagram[:6] + struct.pack("!H", total) + datagram[8:]


def ipv4(src, dst, proto, payload, tos=0, ttl=64, flags=0x4000):
    header = struct.pack("!BBHHHBBH", 0x45, tos, 20 + len(payload), 7, flags, ttl, proto, 0)
    header += address(src) + address(dst)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def ah(mutable_zeroed, spi, sequence, next_header, payload, multiple=4):
    """`mutable_zeroed`: the IP header as the sum sees it."""
    size = -(-(12 + 16) // multiple) * multiple
    head = struct.pack("!BBHII", next_header, size // 4 - 2, 0, spi, sequence)
    padding = bytes(size - 12 - 16)
    value = icv(mutable_zeroed + head + bytes(16) + padding + payload)
    return head + value + padding + payload


def esp(spi, sequence, next_header, payload, encrypt=False):
    block = 16 if encrypt else 4
    padding = bytes(range(1, 1 + -(len(payload) + 2) % block))
    text = payload + padding + bytes([len(padding), next_header])
    if encrypt:
        vector = bytes(range(100, 116))
        text = vector + subprocess.run(
            ["openssl", "enc", "-aes-128-cbc", "-nopad", "-K", KEY[:16].hex(), "-iv", vector.hex()],
            input=text, capture_output=True, check=True).stdout
    body = struct.pack("!II", spi, sequence) + text
    return body + icv(body)


def main(src, dst):
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(packet):
        s.sendto(packet, (dst, 0))

    def authentic(spi, number, next_header, payload):
        # Type of service, flags, TTL and checksum may change on the way, so they count as 0.
        length = 28 + len(payload)
        zeroed = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 7, 0, 0, 51, 0)
        zeroed += address(src) + address(dst)
        send(ipv4(src, dst, 51, ah(zeroed, spi, number, next_header, payload)))

    data = udp(src, dst, b"signed, not hidden")
    inner = ipv4("10.1.1.1", "10.1.1.2", 17, udp("10.1.1.1", "10.1.1.2", b"a packet within"))
    authentic(0x1001, 1, 17, data)                                     # AH, transport
    authentic(0x1001, 2, 4, inner)                                     # AH, tunnel
    send(ipv4(src, dst, 50, esp(0x2001, 1, 17, data)))                 # ESP with no encryption
    send(ipv4(src, dst, 50, esp(0x2001, 2, 4, inner)))                 # the same, tunnel
    send(ipv4(src, dst, 50, esp(0x3001, 1, 17, data, encrypt=True)))   # ESP with AES
    authentic(0x1001, 3, 50, esp(0x3001, 2, 17, data, encrypt=True))   # AH around ESP
    # ESP in UDP (RFC 3948): four zero bytes would be IKE, one byte ff is a keepalive.
    natt = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    natt.bind(("0.0.0.0", 4500))
    for payload in (esp(0x3001, 3, 17, data, encrypt=True), b"\xff"):
        natt.sendto(payload, (dst, 4500))


if __name__ == "__main__":
    main(*sys.argv[1:])
