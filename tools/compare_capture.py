#!/usr/bin/env python3
"""Captures as fast as a veth link gives frames, with packetsmith and tcpdump in the same run.

Needs root, ip, tcpdump and tcpreplay. Makes a network namespace of its own, and sends nothing outside.

    cargo build --release -p packetsmith-cli
    tools/compare_capture.py [--frames 200000] [--runs 3] [--pps N [N ...]] [PACKETSMITH]

For each tool: frames that came into its file, frames that it says are lost, frames that nobody speaks of, CPU time (user and
system), and the most memory; and the medians of the runs. The sender is tcpreplay, whose rate is its own. As fast as it can, it
is slower or faster with each tool, since they share processors: only with --pps is the load the same. --pps 0 is top speed.
"""

import argparse
import os
import re
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time

SNIFFED = re.compile(rb"frames? captured|listening on|captured")


def frames(path, count):
    """Writes a pcap file with frames of 64 bytes, each with its number."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        head = bytes.fromhex("ffffffffffff02000000000188b5")
        for number in range(count):
            frame = (head + struct.pack(">I", number)).ljust(60, b"\0")
            file.write(struct.pack("<IIII", 1700000000, number % 1000000, len(frame), len(frame)) + frame)


def captured(path):
    """Frames of ours in a pcap or pcapng file in little endian."""
    with open(path, "rb") as file:
        data = file.read()
    count, at = 0, 0
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        while at + 12 <= len(data):
            kind, length = struct.unpack_from("<II", data, at)
            if kind == 6 and data[at + 40 : at + 42] == b"\x88\xb5":
                count += 1
            at += length
        return count
    at = 24
    while at + 16 <= len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        if data[at + 28 : at + 30] == b"\x88\xb5":
            count += 1
        at += 16 + length
    return count


def said_lost(name, text):
    if name == "packetsmith":
        found = re.search(r"([\d,]+) lost", text)
        return int(found.group(1).replace(",", "")) if found else None
    found = re.search(r"(\d+) packets? dropped by kernel", text)
    return int(found.group(1)) if found else None


def run(name, command, out, sender):
    """Runs a capture while the frames are sent."""
    environment = dict(os.environ, TZ="UTC0")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment)
    end = time.time() + 5
    while time.time() < end and not (os.path.exists(out) and os.path.getsize(out) > 0):
        time.sleep(0.05)
    time.sleep(0.5)
    sent = subprocess.run(sender, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    time.sleep(1.5)
    with open(f"/proc/{process.pid}/status") as status:
        memory = int(re.search(r"VmHWM:\s*(\d+) kB", status.read()).group(1))
    os.kill(process.pid, signal.SIGINT)
    text = process.stderr.read().decode()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    rate = re.search(r"Rated:.* ([\d.]+) pps", sent.stdout)
    return {
        "captured": captured(out),
        "said": said_lost(name, text),
        "cpu": usage.ru_utime + usage.ru_stime,
        "user": usage.ru_utime,
        "memory": memory // 1024,
        "rate": float(rate.group(1)) if rate else 0.0,
        "text": text,
    }


def measured(name, command, out, sender, frames):
    """The columns of a run."""
    found = run(name, command, out, sender)
    if found["captured"] == 0:
        print(found["text"], file=sys.stderr)
    lost = found["said"] if found["said"] is not None else 0
    untold = frames - found["captured"] - lost
    return [found["captured"], lost, untold, found["cpu"], found["user"], found["memory"], found["rate"]]


def show(title, row):
    captured, lost, untold, cpu, user, memory, rate = row
    line = f"{title:34}{captured:>10.0f}{lost:>10.0f}{untold:>8.0f}{cpu:>8.3f}{user:>8.3f}{memory:>6.0f}{rate:>10.0f}"
    print(line, flush=True)


def inside(arguments):
    for command in (
        "ip link set lo up",
        "ip link add left type veth peer name right",
        "ip link set left up",
        "ip link set right up",
    ):
        subprocess.run(command.split(), check=True)
    for side in ("left", "right"):
        path = f"/proc/sys/net/ipv6/conf/{side}/disable_ipv6"
        if os.path.exists(path):
            with open(path, "w") as file:
                file.write("1")
    folder = tempfile.mkdtemp(prefix="compare-capture-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    source = os.path.join(folder, "frames.pcap")
    frames(source, arguments.frames)
    out = os.path.join(folder, "out")
    ours = [arguments.packetsmith, "capture", "-q", "-i", "right", "-w", out]
    # tcpdump writes pcap, and has a buffer of 2 MiB unless it is told another; packetsmith has one of 4 MiB.
    tools = [
        ("packetsmith", "packetsmith", ours),
        ("packetsmith", "packetsmith -F pcap", [*ours, "-F", "pcap"]),
        ("packetsmith", "packetsmith -B 16", [*ours, "-B", "16"]),
        ("tcpdump", "tcpdump", ["tcpdump", "-i", "right", "-w", out]),
        ("tcpdump", "tcpdump -B 16384", ["tcpdump", "-B", "16384", "-i", "right", "-w", out]),
    ]
    for pps in arguments.pps:
        speed = f"--pps={pps}" if pps else "--topspeed"
        sender = ["tcpreplay", "--preload-pcap", speed, "-i", "left", source]
        print(f"{arguments.frames} frames of 64 bytes, {speed[2:]}")
        print(f"{'':34}{'captured':>10}{'said lost':>10}{'untold':>8}{'CPU s':>8}{'user s':>8}{'MiB':>6}{'sent pps':>10}")
        rows = {title: [] for _, title, _ in tools}
        for _ in range(arguments.runs):
            for name, title, command in tools:
                if os.path.exists(out):
                    os.remove(out)
                rows[title].append(measured(name, command, out, sender, arguments.frames))
                show(title, rows[title][-1])
        for title, runs in rows.items():
            show(f"{title}, median", [statistics.median(column) for column in zip(*runs)])
        print(flush=True)
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    os.rmdir(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packetsmith", nargs="?", default="target/release/packetsmith")
    parser.add_argument("--frames", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pps", type=int, nargs="+", default=[0], help="frames a second; 0 for as fast as possible")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return inside(arguments)
    arguments.packetsmith = os.path.abspath(arguments.packetsmith)
    command = ["unshare", "-n", sys.executable, os.path.abspath(__file__), arguments.packetsmith, "--inside"]
    command += ["--frames", str(arguments.frames), "--runs", str(arguments.runs)]
    command += ["--pps", *map(str, arguments.pps)]
    sys.exit(subprocess.run(command).returncode)


if __name__ == "__main__":
    main()
