"""Joins a group, then leaves it: multicast.py join4|join6 GROUP [SOURCE]."""
import socket
import sys
import time

kind, group, *source = sys.argv[1:]
index = socket.if_nametoindex("eth0").to_bytes(4, sys.byteorder)
if kind == "join4":
    local = socket.inet_aton("192.0.2.1")
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + local)
    time.sleep(1.5)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, socket.inet_aton(group) + local)
    time.sleep(1.5)
    for address in source:
        IP_ADD_SOURCE_MEMBERSHIP = 39
        s.setsockopt(socket.IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP,
                     socket.inet_aton("232.1.2.3") + local + socket.inet_aton(address))
        time.sleep(1.5)
        s.close()
        time.sleep(1.5)
else:
    def sockaddr(address):
        inner = socket.AF_INET6.to_bytes(2, sys.byteorder) + bytes(6)
        return (inner + socket.inet_pton(socket.AF_INET6, address)).ljust(128, b"\0")

    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    member = socket.inet_pton(socket.AF_INET6, group) + index
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
    time.sleep(1.5)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_LEAVE_GROUP, member)
    time.sleep(1.5)
    for address in source:
        MCAST_JOIN_SOURCE_GROUP = 46
        s.setsockopt(socket.IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP,
                     index + bytes(4) + sockaddr("ff35::7e57") + sockaddr(address))
        time.sleep(1.5)
        s.close()
        time.sleep(1.5)
