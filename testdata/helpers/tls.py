"""TLS: tls.py serve|talk ADDRESS FOLDER. Certificate and key are in the folder; each connection is another story."""
import socket
import ssl
import sys

from content import record

V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
SMALL = 160  # bytes of a segment, so that each message of the handshake spans several
# Version, size of segments, protocols that the client offers, group that the server wants, whether the client knows the certificate.
STORIES = [
    (V13, None, ["http/1.1", "h2"], None, True),
    (V12, SMALL, ["http/1.1", "h2"] + [f"x-example/{n}" for n in range(20)], None, True),
    (V13, None, ["h2"], "secp384r1", True),  # a hello retry request
    (V12, None, ["http/1.1"], None, False),  # an alert: the authority is not known
]
TEXT = "Grüß Gott, wie geht's?\n".encode()


def serve(conn, version, group):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/certificate", f"{folder}/key")
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.minimum_version = context.maximum_version = version
    if group:
        context.set_ecdh_curve(group)
    with context.wrap_socket(conn, server_side=True) as tls:
        tls.sendall(b"got " + tls.recv(1000))
        tls.unwrap()


def talk(conn, number, version, protocols, known):
    context = ssl.create_default_context(cafile=f"{folder}/certificate" if known else None)
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(protocols)
    with context.wrap_socket(conn, server_hostname="example.test") as tls:
        tls.sendall(TEXT)
        assert tls.recv(1000) == b"got " + TEXT
        print(" ", tls.version(), tls.selected_alpn_protocol(), tls.cipher()[0])
        if tls.version() == "TLSv1.2":
            record(f"tcp/{number}", "second", "certificate", tls.getpeercert(binary_form=True), "the server's, in clear")
        tls.unwrap()


story, address, folder = sys.argv[1:]
server = socket.create_server((address, 443)) if story == "serve" else None
for number, (version, segment, protocols, group, known) in enumerate(STORIES):
    if server:
        conn, _ = server.accept()
    else:
        conn = socket.socket()
        if segment:
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
        conn.connect((address, 443))
    try:
        serve(conn, version, group) if server else talk(conn, number, version, protocols, known)
    except ssl.SSLError:
        assert not known
    conn.close()
