"""UDP-Lite (RFC 3828) with several checksum coverages, and plain UDP's oddities: udplite.py."""
import socket
import time

UDPLITE, SEND_CSCOV, SO_NO_CHECK = 136, 10, 11
for family, to in ((socket.AF_INET, "192.0.2.2"), (socket.AF_INET6, "2001:db8::2")):
    there = socket.socket(family, socket.SOCK_DGRAM, UDPLITE)
    s = socket.socket(family, socket.SOCK_DGRAM, UDPLITE)
    s.bind(("::" if ":" in to else "0.0.0.0", 40000))
    for coverage in (0, 8, 20):
        s.setsockopt(UDPLITE, SEND_CSCOV, coverage)
        s.sendto(b"only a part of this is covered", (to, 9))
        time.sleep(0.1)
