"""SNMP by hand: snmp.py serve|ask. Versions 1, 2c and 3's discovery; a trap."""
import socket
import sys


def ber(tag, *parts):
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x81" + bytes([len(body)])
    return bytes([tag]) + size + body


def integer(n, tag=2):
    return ber(tag, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def oid(text):
    first, second, *rest = map(int, text.split("."))
    out = bytes([first * 40 + second])
    for n in rest:
        digits = [n & 127]
        while n := n >> 7:
            digits.insert(0, n & 127 | 128)
        out += bytes(digits)
    return ber(6, out)


NULL = ber(5)


def bind(name, value=NULL):
    return ber(0x30, oid(name), value)


def message(version, pdu):
    return ber(0x30, integer(version), ber(4, b"public"), pdu)


def pdu(tag, number, *binds, status=0, index=0):
    return ber(tag, integer(number), integer(status), integer(index), ber(0x30, *binds))


DESCR, UPTIME, NAME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0"
ANSWERS = {
    1: message(0, pdu(0xA2, 1, bind(DESCR, ber(4, b"packetsmith test")))),
    2: message(1, pdu(0xA2, 2, bind(UPTIME, integer(123456, 0x43)), bind(NAME, ber(4, b"server.example.test")),
                      bind("1.3.6.1.2.1.4.20.1.1.192.0.2.2", ber(0x40, socket.inet_aton("192.0.2.2"))),
                      bind("1.3.6.1.2.1.31.1.1.1.6.1", integer(2**40, 0x46)))),
    3: message(1, pdu(0xA2, 3, bind("1.3.6.1.2.1.99.0", ber(0x80)))),        # no such object
    4: message(0, pdu(0xA2, 4, bind("1.3.6.1.2.1.99.0"), status=2, index=1)),  # no such name
}
engine = bytes.fromhex("80007ed9050102030405")


def v3(engine_id, tag, *binds):
    usm = ber(0x30, ber(4, engine_id), integer(0), integer(0), ber(4), ber(4), ber(4))
    scoped = ber(0x30, ber(4, engine_id), ber(4), pdu(tag, 9, *binds))
    return ber(0x30, integer(3), ber(0x30, integer(9), integer(65507), ber(4, b"\x04"), integer(3)),
               ber(4, usm), scoped)


ASKED = [
    (message(0, pdu(0xA0, 1, bind(DESCR))), ANSWERS[1]),
    (message(1, pdu(0xA5, 2, bind("1.3.6.1.2.1.1"), status=0, index=4)), ANSWERS[2]),
    (message(1, pdu(0xA1, 3, bind("1.3.6.1.2.1.99.0"))), ANSWERS[3]),
    (message(0, pdu(0xA0, 4, bind("1.3.6.1.2.1.99.0"))), ANSWERS[4]),
    (v3(b"", 0xA0), v3(engine, 0xA8, bind("1.3.6.1.6.3.15.1.1.4.0", integer(1, 0x41)))),
]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if sys.argv[1] == "serve":
    s.bind(("0.0.0.0", 161))
    traps = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    traps.bind(("0.0.0.0", 162))
    answers = dict(ASKED)
    while True:
        data, who = s.recvfrom(1500)
        s.sendto(answers[data], who)
s.settimeout(2)
for question, _ in ASKED:
    s.sendto(question, ("192.0.2.2", 161))
    s.recv(1500)
# A version 1 trap has a shape of its own; a version 2 one does not.
s.sendto(message(0, ber(0xA4, oid("1.3.6.1.4.1.32473"), ber(0x40, socket.inet_aton("192.0.2.1")),
                        integer(3), integer(0), integer(100, 0x43), ber(0x30))), ("192.0.2.2", 162))
s.sendto(message(1, pdu(0xA7, 5, bind(UPTIME, integer(100, 0x43)),
                        bind("1.3.6.1.6.3.1.1.4.1.0", oid("1.3.6.1.6.3.1.1.5.4")))), ("192.0.2.2", 162))
