"""ICMPv6 errors that ping does not provoke: icmp6.py HOST."""
import socket
import sys
import time

host = sys.argv[1]
# A closed port.
udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
udp.bind(("2001:db8:1::1", 40000))
udp.sendto(b"anybody?", (host, 9))
time.sleep(0.2)
# Parameter problem, code 1: a next header nobody knows.
raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 253)
raw.bind(("2001:db8:1::1", 0))
raw.sendto(b"experiment", (host, 0))
time.sleep(0.2)
# Parameter problem, code 2: an option to be reported when unknown.
option = bytes([17, 0, 0x9E, 4, 1, 2, 3, 4])
udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, option)
udp.sendto(b"what is this?", (host, 9))
time.sleep(0.2)
# Listener reports: join a group, join another for one source only, leave.
group = socket.inet_pton(socket.AF_INET6, "ff15::7e57")
index = socket.if_nametoindex("eth0").to_bytes(4, sys.byteorder)
member = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
member.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group + index)
time.sleep(1.2)


def sockaddr(address):
    inner = socket.AF_INET6.to_bytes(2, sys.byteorder) + bytes(6)
    inner += socket.inet_pton(socket.AF_INET6, address) + bytes(4)
    return inner + bytes(128 - len(inner))


MCAST_JOIN_SOURCE_GROUP = 46
member.setsockopt(socket.IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP,
                  index + bytes(4) + sockaddr("ff35::7e57") + sockaddr("2001:db8:2::2"))
time.sleep(1.2)
member.close()
time.sleep(1.2)
