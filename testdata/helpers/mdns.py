"""Multicast DNS and LLMNR: mdns.py serve|ask. Messages by hand, sockets as real ones."""
import select
import socket
import struct
import sys
import time

INDEX = socket.if_nametoindex("eth0")
A, PTR, TXT, AAAA, SRV, NSEC, ANY = 1, 12, 16, 28, 33, 47, 255
FLUSH = UNICAST = 0x8000
ME4, ME6 = "192.0.2.2", "2001:db8::2"


def name(text):
    return b"".join(bytes([len(p)]) + p.encode() for p in text.split(".")) + b"\0"


def question(text, kind, bits=0):
    return name(text) + struct.pack("!HH", kind, 1 | bits)


def record(text, kind, data, ttl=120, bits=FLUSH):
    return name(text) + struct.pack("!HHIH", kind, 1 | bits, ttl, len(data)) + data


def message(ident, flags, questions=(), answers=(), authority=(), additional=()):
    sections = [questions, answers, authority, additional]
    head = struct.pack("!HHHHHH", ident, flags, *map(len, sections))
    return head + b"".join(b"".join(s) for s in sections)


SERVICE, WEB, HOST = "_http._tcp.local", "Test page._http._tcp.local", "server.local"
pointer = record(SERVICE, PTR, name(WEB), 4500, bits=0)
located = [record(WEB, SRV, struct.pack("!HHH", 0, 0, 80) + name(HOST)),
           record(WEB, TXT, b"\x09txtvers=1\x06path=/", 4500)]
v4 = record(HOST, A, socket.inet_aton(ME4))
v6 = record(HOST, AAAA, socket.inet_pton(socket.AF_INET6, ME6))
nsec = record(HOST, NSEC, name(HOST) + b"\0\x04\x40\0\0\x08")
RESPONSE = 0x8400


def joined(port, group4, group6):
    a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    a.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    a.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
    a.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    a.bind(("0.0.0.0", port))
    a.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                 socket.inet_aton(group4) + struct.pack("@4xi", INDEX))
    b = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    b.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    b.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    b.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    b.bind(("::", port))
    b.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                 socket.inet_pton(socket.AF_INET6, group6) + struct.pack("@i", INDEX))
    return (a, (group4, port)), (b, (group6, port, 0, INDEX))


mdns = joined(5353, "224.0.0.251", "ff02::fb")
llmnr = joined(5355 if sys.argv[1] == "serve" else 0, "224.0.0.252", "ff02::1:3")


def cast(data):
    for sock, group in mdns:
        sock.sendto(data, group)
    time.sleep(0.25)


if sys.argv[1] == "serve":
    answered = 0
    while True:
        for sock in select.select([s for s, _ in mdns + llmnr], [], [])[0]:
            data, who = sock.recvfrom(9000)
            if data[2] & 0x80:
                continue
            if (sock, None) in [(s, None) for s, _ in llmnr]:
                # LLMNR answers by unicast, question included.
                sock.sendto(message(struct.unpack("!H", data[:2])[0], 0x8000, [data[12:]],
                                    [record("server", A, socket.inet_aton(ME4), 30, bits=0)]), who)
            elif data[7]:
                pass  # the answer is known already
            elif name(SERVICE) in data:
                reply = message(0, RESPONSE, answers=[pointer], additional=located + [v4, v6, nsec])
                unicast = data.endswith(struct.pack("!H", 1 | UNICAST))
                sock.sendto(reply, who if unicast else next(g for s, g in mdns if s is sock))
            elif name(HOST) in data and data[13:19] == b"server":
                group = next(g for s, g in mdns if s is sock)
                sock.sendto(message(0, RESPONSE, answers=[v4, v6], additional=[nsec]), group)
else:
    # Probe for a name with what is meant to be said of it, then announce, ask, and say goodbye.
    mine = record("client.local", A, socket.inet_aton("192.0.2.1"))
    cast(message(0, 0, [question("client.local", ANY, UNICAST)],
                 authority=[record("client.local", A, socket.inet_aton("192.0.2.1"), bits=0)]))
    cast(message(0, RESPONSE, answers=[mine]))
    cast(message(0, 0, [question(SERVICE, PTR)]))
    cast(message(0, 0, [question(SERVICE, PTR, UNICAST)]))
    # The answer is known already: nobody replies. Two questions at once.
    cast(message(0, 0, [question(SERVICE, PTR)], answers=[record(SERVICE, PTR, name(WEB), 4000, bits=0)]))
    cast(message(0, 0, [question("server.local", A), question("server.local", AAAA)]))
    cast(message(0, RESPONSE, answers=[record("client.local", A, socket.inet_aton("192.0.2.1"), ttl=0)]))
    for sock, group in llmnr:
        sock.sendto(message(0x4C4C, 0, [question("server", A)]), group[:1] + (5355,) + group[2:])
        time.sleep(0.3)
