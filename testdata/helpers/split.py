"""Has the kernel send a TCP segment of 4,980 bytes as one IPv4 packet of 5,000: split.py SOURCE DESTINATION.

The segment carries a request of 4,960 bytes. TCP itself would never send it so: a raw socket does, and IP splits it.
"""
import socket
import struct
import sys

source, destination = sys.argv[1], sys.argv[2]
head = b"POST /letters HTTP/1.1\r\nHost: www.google.com\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
length = 4960 - len(head % 1000)
body = b"".join(b"Line %03d of a letter that is too long for one frame.\r\n" % n for n in range(1, 200))[:length]
request = head % length + body
assert len(request) == 4960


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def segment(check):
    return struct.pack("!HHIIBBHHH", 51775, 80, 52681001, 917400001, 0x50, 0x18, 64240, check, 0) + request


pseudo = socket.inet_aton(source) + socket.inet_aton(destination) + struct.pack("!BBH", 0, 6, 4980)
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
s.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER: IP_PMTUDISC_DONT, so DF is not set
s.bind((source, 0))
s.sendto(segment(checksum(pseudo + segment(0))), (destination, 0))
