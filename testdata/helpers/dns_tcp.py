"""DNS over TCP: dns_tcp.py ADDRESS. Two queries in one segment, then one whose length comes in a segment of its own."""
import socket
import struct
import sys
import time

from content import record

TXT, A = 16, 1


def query(ident, name, kind):
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0"
    message = struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!HH", kind, 1)
    return struct.pack("!H", len(message)) + message


def exactly(conn, length):
    data = b""
    while len(data) < length:
        data += conn.recv(length - len(data))
    return data


asked = [(0x1001, "www.example.test", A), (0x1002, "big.example.test", TXT), (0x1003, "mail.example.test", A)]
first, second, third = (query(*q) for q in asked)
conn = socket.create_connection((sys.argv[1], 53))
conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
conn.sendall(first + second)
answers = b""
for n, piece in enumerate([b"", b"", third]):
    if piece:
        conn.sendall(piece[:2])
        time.sleep(0.1)
        conn.sendall(piece[2:])
    answer = exactly(conn, struct.unpack("!H", exactly(conn, 2))[0])
    answers += struct.pack("!H", len(answer)) + answer
    ident, name, _ = asked[n]
    assert answer[:2] == struct.pack("!H", ident)
    record("tcp/1", "second", "message", answer, f"answer {ident:#06x}, {name}")
record("tcp/1", "first", "stream", first + second + third, "three queries with their lengths")
record("tcp/1", "second", "stream", answers, "three answers with their lengths")
conn.close()
