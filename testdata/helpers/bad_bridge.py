"""A bridge that loses, repeats and delays frames, for kernels without netem: bad_bridge.py DEVICE DEVICE.

TCP segments with data that come by the first device are counted. Everything else passes at once.
"""
import select
import socket
import struct
import sys

SOL_PACKET, PACKET_OUTGOING = 263, 4
LOST = {3, 12, 13, 25, 26, 27, 47}
TWICE = {8, 30}
# Number of a segment, and after how many others it goes out.
LATE = {6: 1, 17: 3, 36: 2}

ports = []
for device in sys.argv[1:3]:
    port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    port.bind((device, 0))
    port.setsockopt(SOL_PACKET, 1, struct.pack("IHH8x", socket.if_nametoindex(device), 1, 0))  # promiscuous
    ports.append(port)


def has_data(frame):
    if frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return False
    ip = (frame[14] & 15) * 4
    tcp = (frame[14 + ip + 12] >> 4) * 4
    return int.from_bytes(frame[16:18], "big") > ip + tcp


count, held = 0, []
while True:
    for port in select.select(ports, [], [])[0]:
        frame, sender = port.recvfrom(2048)
        if sender[2] == PACKET_OUTGOING:
            continue
        out = ports[1 - ports.index(port)]
        if port is not ports[0] or not has_data(frame):
            out.send(frame)
            continue
        count += 1
        if count in LATE:
            held.append((count + LATE[count], frame))
        elif count not in LOST:
            for _ in range(2 if count in TWICE else 1):
                out.send(frame)
        for due in [entry for entry in held if entry[0] <= count]:
            out.send(due[1])
            held.remove(due)
