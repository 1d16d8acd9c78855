#!/usr/bin/env python3
"""Compares whole processes: packetsmith beside tcpdump and tshark, in CPU time, time on the wall and peak memory.

    tools/compare_speed.py [--all] [--packets N] [--rounds N] [--no-build] [FILE]

With --all it begins with `cargo bench` and, where libpcap's pcap-config is installed, with reading the capture beside libpcap: together
that is all of the README's table.

Without a file it writes the mixed capture of examples/mixed.rs to a temporary folder. Needs nothing but Python's
standard library; of tcpdump and tshark those that are installed take part, and it says which are missing.

What a row compares takes turns, round after round, and ratios are medians over the rounds: of CPU time (user and
system) unless the row says otherwise. tcpdump runs with TZ set; without, it asks for the time zone's file at each packet.
Each writes to a file of a temporary folder, in memory where there is such a folder. tshark is given the first packets
of the capture, since it takes a hundred times as long, and enough of them that its start does not count.

Linux counts into a process's peak what Python held when it began it: a peak below that is shown as "<20". The rows about
peak memory watch the process's own high-water mark instead, where there is /proc.

The exit status is 0 whatever comes out: measuring is no test.
"""

import argparse
import hashlib
import os
import re
import resource
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKETSMITH = os.path.join(ROOT, "target/release/packetsmith")
MIXED = os.path.join(ROOT, "target/release/examples/mixed")

WIDTHS = (58, 28, 11, 9, 9, 7, 22)


class Run:
    """What one process took: seconds of CPU and of wall, and the most memory in MB."""

    def __init__(self, command, output, watch=False, accepted=(0,)):
        environment = dict(os.environ, TZ="UTC0")
        with open(os.devnull, "rb") as source, open(output, "wb") as sink:
            begin = time.perf_counter()
            process = subprocess.Popen(
                command, stdin=source, stdout=sink, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT)
            watched = high_water(process.pid) if watch else 0
            # Not wait(): the usage of this one process is wanted.
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in accepted:
            sys.exit(f"{' '.join(command)}: exit status {process.returncode}")
        self.cpu = usage.ru_utime + usage.ru_stime
        # Kilobytes, but bytes on macOS.
        unit = 1e6 if sys.platform == "darwin" else 1e3
        self.peak = watched or usage.ru_maxrss / unit
        floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
        self.peak_text = f"{self.peak:.1f}" if watched or self.peak > floor else f"<{floor:.0f}"


def high_water(pid):
    """Watches the peak of a process's own memory until it ends; 0 where the system does not tell."""
    peak = 0
    while True:
        try:
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
                text = file.read()
        except OSError:
            return peak
        found = re.search(r"^VmHWM:\s*(\d+) kB", text, re.M)
        if not found:
            return peak  # it has ended
        # Before it has become another program it still is Python.
        if re.search(r"^Name:\s*python", text, re.M) is None:
            peak = int(found[1]) / 1e3
        time.sleep(0.0005)


def line(cells):
    texts = [f"{cell:<{width}}" if i < 2 or i == 6 else f"{cell:>{width}}"
             for i, (cell, width) in enumerate(zip(cells, WIDTHS))]
    print("| " + " | ".join(texts) + " |", flush=True)


def verdict(ratio, aim, least=False):
    met = ratio >= aim if least else ratio <= aim
    return f"at {'least' if least else 'most'} {aim:g}: {'met' if met else 'NOT met'}"


def row(what, rounds, contestants, aims=None, clock="cpu", least=False):
    """Prints a row for each contestant (name, what runs it, packets); gives the runs by name.

    Ratios are the first one's to another's a packet; with least, another's to the first one's."""
    aims = aims or {}
    runs = {name: [] for name, _, _ in contestants}
    for _ in range(rounds):
        for name, run, _ in contestants:
            runs[name].append(run())
    first, _, packets = contestants[0]

    def each(name, count):
        return [getattr(run, clock) / count for run in runs[name]]

    for name, _, count in contestants:
        ratios = [a / b for a, b in zip(each(first, packets), each(name, count))]
        ratio = statistics.median(ratios)
        if least:
            ratio = 1 / ratio
        micros = statistics.median(each(name, count)) * 1e6
        wall = statistics.median(run.wall for run in runs[name])
        peak = max(runs[name], key=lambda run: run.peak).peak_text
        line((what if name == first else "", name, f"{micros:.3f}", f"{wall:.3f}", peak,
              "" if name == first else f"{ratio:.3f}",
              verdict(ratio, aims[name], least) if name in aims else ""))
    return runs


def count_packets(path):
    """Counts the records of a pcap file."""
    with open(path, "rb") as file:
        magic = file.read(24)[:4]
        order = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}
        if magic not in order:
            sys.exit(f"{path}: it must be a pcap file, neither pcapng nor compressed")
        count = 0
        while len(header := file.read(16)) == 16:
            file.seek(struct.unpack(order[magic] + "IIII", header)[2], os.SEEK_CUR)
            count += 1
        return count


def part(path, target, packets):
    """Writes the first packets of a capture to another file, and gives how many there are."""
    with open(path, "rb") as file, open(target, "wb") as out:
        head = file.read(24)
        order = "<" if head[3] == 0xA1 else ">"
        out.write(head)
        for n in range(packets):
            header = file.read(16)
            if len(header) < 16:
                return n
            out.write(header + file.read(struct.unpack(order + "IIII", header)[2]))
    return packets


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main():
    parser = argparse.ArgumentParser(description="Compares packetsmith with tcpdump and tshark as whole processes.")
    parser.add_argument("file", nargs="?", help="a pcap file; the mixed capture by default")
    parser.add_argument("--packets", type=int, default=1_000_000, help="packets of the mixed capture (1000000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each row (5)")
    parser.add_argument("--all", action="store_true", help="begin with cargo bench and libpcap")
    parser.add_argument("--no-build", action="store_true", help="measure what lies in target/release")
    arguments = parser.parse_args()
    rounds = arguments.rounds
    if not arguments.no_build:
        subprocess.run(["cargo", "build", "--release", "--bin", "packetsmith", "--example", "mixed"], cwd=ROOT, check=True)

    if arguments.all:
        subprocess.run(["cargo", "bench", "--bench", "speed"], cwd=ROOT, check=True)

    missing = [tool for tool in ("tcpdump", "tshark") if not shutil.which(tool)]
    memory = "/dev/shm"
    enough = os.path.isdir(memory) and shutil.disk_usage(memory).free > 4 << 30
    with tempfile.TemporaryDirectory(dir=memory if enough else None) as folder:
        def named(name):
            return os.path.join(folder, name)

        if arguments.file:
            path = os.path.abspath(arguments.file)
        else:
            path = named("mixed.pcap")
            with open(path, "wb") as out:
                subprocess.run([MIXED, str(arguments.packets)], stdout=out, check=True)
        if arguments.all and shutil.which("pcap-config"):
            manifest = os.path.join(ROOT, "benches/libpcap/Cargo.toml")
            subprocess.run(["cargo", "run", "--release", "--manifest-path", manifest, "--", path], check=True)
        packets = count_packets(path)
        middle, small, tiny = named("middle.pcap"), named("small.pcap"), named("tiny.pcap")
        many, some, _ = part(path, middle, 200_000), part(path, small, 50_000), part(path, tiny, 1)
        print(f"{packets} packets, {os.path.getsize(path) / 1e6:.0f} MB; the first {many} for tshark, the first {some} for JSON"
              + (f"; not installed: {', '.join(missing)}" if missing else "") + "\n")
        line(("what", "by", "us a packet", "wall s", "peak MB", "ratio", "aim"))
        print("|" + "|".join("-" * (width + 2) for width in WIDTHS) + "|")

        def ours(*options, file=path, output="ours", watch=False):
            return lambda: Run([PACKETSMITH, *options, file], named(output), watch)

        def theirs(*command):
            return lambda: Run(list(command), named("theirs"))

        ours("read")()  # brings program and file into the system's cache

        contestants = [("packetsmith read -j 1", ours("read", "-j", "1"), packets)]
        if "tcpdump" not in missing:
            contestants.append(("tcpdump -nn -r", theirs("tcpdump", "-nn", "-r", path), packets))
        row("a line a packet", rounds, contestants, {"tcpdump -nn -r": 0.20})
        if "tshark" not in missing:
            row(f"a line a packet, {many} packets", min(rounds, 3),
                [("packetsmith read -j 1", ours("read", "-j", "1", file=middle), many),
                 ("tshark -n -r", theirs("tshark", "-n", "-r", middle), many)],
                {"tshark -n -r": 0.05})
        if "tcpdump" not in missing:
            # Both read numbers as they are, one packet after the other. The status 1 of packetsmith says that nothing passed.
            raw = ["read", "-j", "1", "--raw-numbers", "--no-reassembly", "-Y", "tcp.port == 80", path]
            row("packets of a TCP port, none of which there are", rounds,
                [("packetsmith read -Y", lambda: Run([PACKETSMITH, *raw], named("ours"), accepted=(0, 1)), packets),
                 ("tcpdump 'tcp port 80'", theirs("tcpdump", "-nn", "-r", path, "tcp port 80"), packets)],
                {"tcpdump 'tcp port 80'": 1.5})
        json = ours("read", "-j", "1", "-T", "json", file=small, output="json")
        contestants = [("packetsmith read -j 1 -T json", json, some)]
        if "tshark" not in missing:
            contestants.append(("tshark -n -T json", theirs("tshark", "-n", "-T", "json", "-r", small), some))
        row(f"JSON, {some} packets", min(rounds, 3), contestants, {"tshark -n -T json": 0.015})

        rebuilt = named("rebuilt.pcap")
        row(f"the capture from its JSON, {some} packets", rounds,
            [("packetsmith build -w", lambda: Run([PACKETSMITH, "build", named("json"), "-w", rebuilt], named("built")),
              some),
             ("packetsmith read -j 1 -T json", json, some)],
            {"packetsmith read -j 1 -T json": 3.0})
        if digest(rebuilt) != digest(small):
            print("  the capture that was built is NOT the one that was read")

        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        for what, options in [("a line a packet", []), ("JSON", ["-T", "json"])]:
            one = ours("read", *options, "-j", "1", output="one")
            all_cores = ours("read", *options, "-j", str(cores), output="all")
            row(f"{what}, wall: {cores} threads, and how many times one's speed", max(rounds // 2, 3),
                [(f"read -j {cores}", all_cores, packets), ("read -j 1", one, packets)],
                {"read -j 1": 1.8} if cores > 1 else {}, clock="wall", least=True)
            if digest(named("one")) != digest(named("all")):
                print("  what they write is NOT the same")

        line(("peak memory", "", "", "", "", "", ""))
        for name, run in [
            ("read, one packet", ours("read", file=tiny, watch=True)),
            ("read, all packets", ours("read", watch=True)),
            ("read -T json, all packets", ours("read", "-T", "json", output="all", watch=True)),
            ("build, all packets", lambda: Run([PACKETSMITH, "build", named("all"), "-w", rebuilt], named("built"), True)),
        ]:
            run = run()
            line(("", name, "", "", run.peak_text, "", verdict(run.peak, 24)))

        # Processes in turn, and the difference of medians: one such process takes about a millisecond.
        true = shutil.which("true")
        starts = {"true": [true], "packetsmith --version": [PACKETSMITH, "--version"],
                  "packetsmith read, one packet": [PACKETSMITH, "read", tiny]}
        walls = {name: [] for name in starts}
        for _ in range(200):
            for name, command in starts.items():
                walls[name].append(Run(command, named("start")).wall)
        line(("start-up, ms more than true", "", "", "", "", "", ""))
        base = statistics.median(walls.pop("true"))
        for name, times in walls.items():
            more = (statistics.median(times) - base) * 1e3
            line(("", name, "", f"{statistics.median(times):.4f}", "", f"{more:.2f}", verdict(more, 3)))


if __name__ == "__main__":
    main()
