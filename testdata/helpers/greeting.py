"""A greeting in UTF-8: greeting.py serve|talk ADDRESS PORT. The server speaks first, and ends first."""
import socket
import sys
import time

from content import record

GREETING = "Grüß Gott, ¡hola!, 你好, 👋\r\n".encode()
ANSWER = "Servus! Καλημέρα, おはよう, 🙂🇦🇹\r\n".encode()
FAREWELL = "Tschüß, до свидания 🫡\r\n".encode()
# In the middle of a character of four bytes.
CUT = ANSWER.index("🙂".encode()) + 2


def line(conn):
    data = b""
    while not data.endswith(b"\r\n"):
        data += conn.recv(1000)
    return data


story, where = sys.argv[1], (sys.argv[2], int(sys.argv[3]))
if story == "serve":
    server = socket.create_server(where)
    conn, _ = server.accept()
    conn.sendall(GREETING)
    assert line(conn) == ANSWER
    conn.sendall(FAREWELL)
    conn.shutdown(socket.SHUT_WR)
    conn.recv(1)
else:
    conn = socket.create_connection(where)
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    assert line(conn) == GREETING
    conn.sendall(ANSWER[:CUT])
    time.sleep(0.1)
    conn.sendall(ANSWER[CUT:])
    assert line(conn) == FAREWELL
    assert conn.recv(1) == b""
    record("tcp/0", "first", "stream", ANSWER, "the client's answer")
    record("tcp/0", "second", "stream", GREETING + FAREWELL, "greeting and farewell")
conn.close()
