"""An upload over plain TCP: upload.py serve|send ADDRESS PORT. The server says what it received."""
import hashlib
import socket
import sys

from content import noise, record

story, where = sys.argv[1], (sys.argv[2], int(sys.argv[3]))
if story == "serve":
    conn, _ = socket.create_server(where).accept()
    received = b""
    while chunk := conn.recv(65536):
        received += chunk
    conn.sendall(b"%d %s\n" % (len(received), hashlib.sha256(received).hexdigest().encode()))
else:
    conn = socket.create_connection(where)
    data, receipt = noise(1, 60_000), b""
    conn.sendall(data)
    conn.shutdown(socket.SHUT_WR)
    while chunk := conn.recv(1000):
        receipt += chunk
    assert receipt == b"60000 %s\n" % hashlib.sha256(data).hexdigest().encode()
    record("tcp/0", "first", "stream", data, "the file: helpers/content.py, noise(1, 60000)")
    record("tcp/0", "second", "stream", receipt, "the server's receipt")
conn.close()
