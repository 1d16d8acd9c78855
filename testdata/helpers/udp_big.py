"""Sends one datagram that has to be fragmented: udp_big.py ADDRESS SIZE."""
import socket
import sys

address, size = sys.argv[1], int(sys.argv[2])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.bind(("::" if ":" in address else "0.0.0.0", 40000))
s.sendto(bytes(i % 251 for i in range(size)), (address, 9))
