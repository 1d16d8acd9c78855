#!/usr/bin/env python3
"""Compares `packetsmith send` with tcpreplay: how exactly it keeps the times of a capture, and how fast it sends at most.

    tools/compare_send.py [--rounds N] [--packets N] [--burst N] [--real-time] [PACKETSMITH]

Needs root, Linux, iproute2, tcpdump and tcpreplay, and says what is missing. It makes a network namespace with a pair of interfaces,
of which nothing leaves it. Both programs take turns, round after round. With --real-time both have real-time priority (chrt -f 10), by
which other programs of this machine do not disturb them.

Times: a capture of packets of 60 to 1,514 bytes, some 1 ms apart, is sent by its times; tcpdump at the other end gives the times at
which the kernel received them. The error of a packet is how far its distance from the first is from that in the capture.

Speed: a capture of frames of 64 bytes is sent with --topspeed; the interface of the other end counts the frames.

The exit status is 0 whatever comes out: measuring is no test.
"""

import argparse
import os
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKETSMITH = os.path.join(ROOT, "target/release/packetsmith")
NANOS = 0xA1B23C4D


def write_capture(path, packets):
    """Writes packets, each with its time in nanoseconds, as a pcap file."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", NANOS, 2, 4, 0, 0, 262144, 1))
        for nanos, frame in packets:
            file.write(struct.pack("<IIII", nanos // 10**9, nanos % 10**9, len(frame), len(frame)))
            file.write(frame)


def read_times(path):
    """The times in nanoseconds of the frames that carry a number of ours, by that number."""
    times = {}
    with open(path, "rb") as file:
        header = file.read(24)
        unit = 1 if struct.unpack("<I", header[:4])[0] == NANOS else 1000
        while len(record := file.read(16)) == 16:
            seconds, fraction, captured, _ = struct.unpack("<IIII", record)
            frame = file.read(captured)
            if frame[12:14] == b"\x88\xb5":
                times[struct.unpack(">I", frame[14:18])[0]] = seconds * 10**9 + fraction * unit
    return times


def frame(number, length):
    head = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x88\xb5" + struct.pack(">I", number)
    return head + bytes(length - len(head))


def received():
    """How many frames the other end has received."""
    for line in open("/proc/net/dev"):
        if line.strip().startswith("right:"):
            return int(line.split(":")[1].split()[1])
    sys.exit("the interface right is gone")


def commands(arguments, capture, rate):
    priority = ["chrt", "-f", "10"] if arguments.real_time else []
    ours = priority + [arguments.packetsmith, "send", "-i", "left", capture] + (["--topspeed"] if rate else [])
    theirs = priority + ["tcpreplay", "-q", "-i", "left"] + (["--topspeed"] if rate else []) + [capture]
    return {"packetsmith": ours, "tcpreplay": theirs}


def errors(command, capture, log, folder):
    """Sends a capture, and returns by how many microseconds each packet missed its time."""
    path = os.path.join(folder, "received.pcap")
    with open(log, "wb") as sink:
        dump = subprocess.Popen(
            ["tcpdump", "-i", "right", "-n", "--nano", "-U", "-B", "65536", "-w", path, "ether proto 0x88b5"],
            stderr=sink)
    while b"listening" not in open(log, "rb").read():
        time.sleep(0.05)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    time.sleep(1.0)
    dump.terminate()
    dump.wait()
    wanted, came = read_times(capture), read_times(path)
    first = min(wanted)
    lost = len(wanted) - len(came)
    missed = [abs((came[n] - came[first]) - (wanted[n] - wanted[first])) / 1000 for n in came if first in came]
    return sorted(missed), lost


def percentile(values, percent):
    return values[min(len(values) - 1, len(values) * percent // 100)] if values else float("nan")


def inside(arguments, folder):
    random.seed(7)
    now, packets = 10**18, []
    for number in range(arguments.packets):
        packets.append((now, frame(number, random.randint(60, 1514))))
        now += random.randint(100_000, 2_000_000)
    capture, burst = os.path.join(folder, "times.pcap"), os.path.join(folder, "burst.pcap")
    write_capture(capture, packets)
    write_capture(burst, [(10**18 + n, frame(n, 64)) for n in range(arguments.burst)])

    print(f"Errors of {arguments.packets} packets at the receiver, in us: half at most, 99 % at most, the most, lost")
    for round_number in range(arguments.rounds):
        for name, command in commands(arguments, capture, False).items():
            missed, lost = errors(command, capture, os.path.join(folder, "log"), folder)
            print(f"  {name:12} {percentile(missed, 50):8.1f} {percentile(missed, 99):8.1f} {missed[-1]:8.1f} {lost:6}",
                  flush=True)

    print(f"Frames of 64 bytes a second, of {arguments.burst}, and those that were received")
    rates = {"packetsmith": [], "tcpreplay": []}
    for round_number in range(max(arguments.rounds, 5)):
        order = commands(arguments, burst, True)
        for name in sorted(order, reverse=round_number % 2 == 1):
            before, begin = received(), time.perf_counter()
            subprocess.run(order[name], check=True, stdout=subprocess.DEVNULL)
            took = time.perf_counter() - begin
            rates[name].append(arguments.burst / took)
            print(f"  {name:12} {rates[name][-1]:12.0f} {received() - before:9}", flush=True)
    ours, theirs = (statistics.median(rates[name]) for name in ("packetsmith", "tcpreplay"))
    print(f"  ratio of the medians {ours / theirs:.2f}; whole processes, their starts included")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packetsmith", nargs="?", default=PACKETSMITH)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--packets", type=int, default=5000)
    parser.add_argument("--burst", type=int, default=1_000_000)
    parser.add_argument("--real-time", action="store_true")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.packetsmith = os.path.abspath(arguments.packetsmith)
    if arguments.inside:
        inside(arguments, arguments.inside)
        return
    missing = [tool for tool in ("ip", "unshare", "tcpdump", "tcpreplay") + (("chrt",) if arguments.real_time else ()) if not shutil.which(tool)]
    if missing or os.geteuid() != 0:
        sys.exit(f"not measured: missing are {', '.join(missing) or 'none'}; root is {'' if os.geteuid() == 0 else 'not '}there")
    # Its files are in memory where there is such a folder.
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        script = ("ip link set lo up && ip link add left type veth peer name right && ip link set left up && "
                  "ip link set right up && exec \"$@\"")
        command = [sys.executable, os.path.abspath(__file__), arguments.packetsmith, "--inside", folder, "--rounds",
                   str(arguments.rounds), "--packets", str(arguments.packets), "--burst", str(arguments.burst)] + (["--real-time"] if arguments.real_time else [])
        sys.exit(subprocess.run(["unshare", "-n", "sh", "-c", script, "sh", *command]).returncode)


if __name__ == "__main__":
    main()
