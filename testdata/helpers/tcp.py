"""TCP stories for make.sh: tcp.py STORY ADDRESS PORT. Each is a few lines of socket calls."""
import socket
import struct
import sys
import threading
import time

IPPROTO_MPTCP = 262
TCP_MD5SIG = 14


def md5(sock, peer, key=b"packetsmith"):
    address = struct.pack("=H", socket.AF_INET) + struct.pack("!H", 0) + socket.inet_aton(peer)
    address += bytes(128 - len(address))
    sock.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG,
                    address + struct.pack("=BBHi", 0, 0, len(key), 0) + key.ljust(80, b"\0"))


def drain(conn):
    """Reads a line or a flood; answers; waits for the other side's end."""
    with conn:
        try:
            total = 0
            while chunk := conn.recv(65536):
                total += len(chunk)
                if chunk.endswith(b"\n"):
                    conn.sendall(b"got %d bytes\n" % total)
        except ConnectionResetError:
            pass


def serve(sock):
    while True:
        conn, _ = sock.accept()
        threading.Thread(target=drain, args=(conn,), daemon=True).start()


def connect(sock, where):
    sock.bind(("::" if ":" in where[0] else "0.0.0.0", 0))
    sock.connect(where)
    return sock


def line(conn, data):
    conn.sendall(data + b"\n")
    conn.recv(100)


def main(story, address, port):
    where = (address, int(port))
    proto = IPPROTO_MPTCP if "mptcp" in story else 0
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, proto)
    if story.startswith("serve"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if story == "serve_md5":
            md5(sock, "192.0.2.1")
        sock.bind(where)
        if not proto:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
        sock.listen()
        serve(sock)
    if story == "slow":
        # Does not read until its small window is full.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.bind(where)
        sock.listen()
        conn, _ = sock.accept()
        time.sleep(2)
        drain(conn)
    elif story == "flood":
        connect(sock, where)
        line(sock, b"x" * 12000)
        sock.close()
        time.sleep(0.3)
    elif story in ("talk", "talk_md5", "talk_mptcp"):
        if story == "talk_md5":
            md5(sock, address)
        connect(sock, where)
        for n in range(3):
            line(sock, b"line %d " % n + b"x" * 600)
            if proto:
                time.sleep(0.3)
        sock.close()
        time.sleep(0.3)
    elif story == "urgent":
        connect(sock, where)
        sock.sendall(b"before ")
        sock.send(b"!", socket.MSG_OOB)
        line(sock, b" after")
        sock.close()
        time.sleep(0.3)
    elif story == "abort":
        connect(sock, where)
        line(sock, b"goodbye")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
        time.sleep(0.3)
    elif story == "keepalive":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        connect(sock, where)
        time.sleep(1.5)
        sock.close()
        time.sleep(0.3)
    elif story == "bulk":
        connect(sock, where)
        line(sock, b"x" * 20000)
        sock.close()
        time.sleep(0.3)
    elif story == "big":
        connect(sock, where)
        line(sock, b"x" * 800_000)
        sock.close()
        time.sleep(0.3)
    elif story == "fastopen":
        sock.sendto(b"early\n", socket.MSG_FASTOPEN, where)
        sock.recv(100)
        sock.close()
        time.sleep(0.3)


main(*sys.argv[1:4])
