"""UDP echo: udp_echo.py serve|talk ADDRESS PORT. One datagram is longer than the MTU."""
import socket
import sys

from content import prose, record

story, where = sys.argv[1], (sys.argv[2], int(sys.argv[3]))
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER: IP_PMTUDISC_DONT, so that fragments are allowed
if story == "serve":
    sock.bind(where)
    while True:
        sock.sendto(*sock.recvfrom(65535))
texts = [text.encode() for text in ("Grüß dich!\n", "", "你好, 世界 🌍\n")] + [prose(2, 4000), "tschüß 👋\n".encode()]
sock.connect(where)
sock.settimeout(5)
for n, text in enumerate(texts, 1):
    sock.send(text)
    assert sock.recv(65535) == text
    for side in ("first", "second"):
        record("udp/0", side, "datagram", text, f"datagram {n}")
for side in ("first", "second"):
    record("udp/0", side, "stream", b"".join(texts), "all datagrams")
