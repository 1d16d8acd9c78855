"""HTTP/1.1 as servers speak it: http_download.py serve|pipeline ADDRESS PORT, or bodies FOLDER.

The path says how the answer is sent: /sized, /chunked, /trailers, /gzip, /gzip-chunked, /deflate, /until-close. The client
opens one connection after the other, so the server knows the number of each in the capture.
"""
import gzip
import socket
import sys
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from content import noise, prose, record

BODIES = {
    "/sized": ("image/x-noise", noise(3, 3000)),
    "/chunked": ("text/plain; charset=utf-8", prose(4, 6000)),
    "/trailers": ("text/plain; charset=utf-8", prose(5, 2500)),
    "/gzip": ("text/plain; charset=utf-8", prose(6, 12_000)),
    "/gzip-chunked": ("text/plain; charset=utf-8", prose(7, 12_000)),
    "/deflate": ("text/plain; charset=utf-8", prose(8, 5000)),
    "/until-close": ("text/plain; charset=utf-8", prose(9, 4000)),
    "/one": ("text/plain", b"one\r\n"),
    "/two": ("text/plain", b"two\r\n"),
}
TAG = '"v1"'


class Server(HTTPServer):
    connection = -1

    def get_request(self):
        self.connection += 1
        return super().get_request()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def note(self, side, item, data, status=""):
        record(f"tcp/{self.server.connection}", side, item, data, f"{self.command} {self.path}{status}")

    def head(self, status, kind, length, *headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for header in headers:
            self.send_header(*header)
        self.end_headers()

    def chunks(self, data, trailers=b""):
        # Sizes that do not fit segments; one has an extension.
        at, size, extension = 0, 7, b";first=yes"
        while at < len(data):
            chunk = data[at:at + size]
            self.wfile.write(b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk))
            at, size, extension = at + size, size * 3, b""
        self.wfile.write(b"0\r\n" + trailers + b"\r\n")

    def do_GET(self):
        kind, body = BODIES[self.path]
        if self.headers["If-None-Match"] == TAG:
            self.send_response(304)
            self.send_header("ETag", TAG)
            self.end_headers()
            self.note("second", "body", b"", ", not modified")
            return
        sent = body
        if "gzip" in self.path:
            sent = gzip.compress(body, mtime=0)
        elif self.path == "/deflate":
            sent = zlib.compress(body)
        coding = [("Content-Encoding", self.path[1:].split("-")[0])] if sent is not body else []
        if "chunked" in self.path or self.path == "/trailers":
            announced, trailers = [], b""
            if self.path == "/trailers":
                announced = [("Trailer", "X-Checksum, X-Lines")]
                trailers = b"X-Checksum: crc32 %08x\r\nX-Lines: %d\r\n" % (zlib.crc32(body), body.count(b"\n"))
            self.head(200, kind, None, ("Transfer-Encoding", "chunked"), *coding, *announced)
            self.chunks(sent, trailers)
        elif self.path == "/until-close":
            self.protocol_version = "HTTP/1.0"
            self.head(200, kind, None)
            self.wfile.write(sent)
            self.close_connection = True
        else:
            self.head(200, kind, len(sent), ("ETag", TAG), *coding)
            self.wfile.write(sent)
        self.note("second", "body", sent)
        if sent is not body:
            self.note("second", "decoded", body)

    def do_HEAD(self):
        kind, body = BODIES[self.path]
        self.head(200, kind, len(body), ("ETag", TAG))
        self.note("second", "body", b"")

    # http.server itself answers "Expect: 100-continue".
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.note("first", "body", body)
        answer = b"%d bytes, crc32 %08x\r\n" % (len(body), zlib.crc32(body))
        self.head(201, "text/plain", len(answer))
        self.wfile.write(answer)
        self.note("second", "body", answer)

    do_PUT = do_POST


def pipeline(where):
    """Two requests in one segment, which curl does not send."""
    conn = socket.create_connection(where)
    host = b" HTTP/1.1\r\nHost: www.example.test\r\n"
    conn.sendall(b"GET /one" + host + b"\r\nGET /two" + host + b"Connection: close\r\n\r\n")
    received = b""
    while chunk := conn.recv(65536):
        received += chunk
    assert received.count(b"HTTP/1.1 200 OK") == 2 and received.endswith(b"two\r\n")
    conn.close()


if __name__ == "__main__":
    story = sys.argv[1]
    if story == "serve":
        Server((sys.argv[2], int(sys.argv[3])), Handler).serve_forever()
    elif story == "pipeline":
        pipeline((sys.argv[2], int(sys.argv[3])))
    else:
        # For curl to send.
        Path(sys.argv[2], "letter").write_bytes(prose(10, 4960))
        Path(sys.argv[2], "picture").write_bytes(noise(11, 2000))
