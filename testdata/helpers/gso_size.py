"""Lets a device take segments over 64 KB: gso_size.py DEVICE BYTES. (`ip` may be too old.)"""
import socket
import struct
import sys

index, size = socket.if_nametoindex(sys.argv[1]), int(sys.argv[2])
RTM_SETLINK, NLM_F_REQUEST, NLM_F_ACK = 19, 1, 4
IFLA_GSO_MAX_SIZE, IFLA_GRO_MAX_SIZE, IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE = 41, 58, 63, 64
attributes = b"".join(struct.pack("=HHI", 8, kind, size) for kind in (
    IFLA_GSO_MAX_SIZE, IFLA_GRO_MAX_SIZE, IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE))
body = struct.pack("=BxHiII", socket.AF_UNSPEC, 0, index, 0, 0) + attributes
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
s.send(struct.pack("=IHHII", 16 + len(body), RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, 1, 0) + body)
sys.exit(-struct.unpack("=i", s.recv(4096)[16:20])[0])
