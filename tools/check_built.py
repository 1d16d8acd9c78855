#!/usr/bin/env python3
"""Builds the packets of cli/tests/built.txt and asks tshark what it thinks of them.

    tools/check_built.py [--packetsmith target/release/packetsmith]

Prints the expert warnings and errors that tshark has, and exits with 1 if there is one that is not intended.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent

# What tshark warns of, and why that is as it should be: a part of the message, and the reason.
INTENDED = {
    "No response found": "the packet stands alone",
    "Connection establish request (SYN)": "a note on every SYN",
    "This frame is a (suspected)": "packets of different lines are no conversation",
    "DNS query retransmission": "packets of different lines are no conversation",
    "ARP packet storm": "packets of different lines are no conversation",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packetsmith", default=str(HERE / "target/release/packetsmith"))
    arguments = parser.parse_args()
    lines = [line for line in (HERE / "cli/tests/built.txt").read_text().splitlines() if not line.startswith("#")]
    unexpected = 0
    with tempfile.TemporaryDirectory() as folder:
        capture = str(pathlib.Path(folder) / "built.pcap")
        for line in lines:
            subprocess.run([arguments.packetsmith, "build", line, "-w", capture], check=True)
            fields = ["-T", "fields", "-E", "separator=/t", "-e", "_ws.expert.severity", "-e", "_ws.expert.message"]
            checks = [f"-o{name}.check_checksum:TRUE" for name in ("ip", "tcp", "udp")]
            output = subprocess.run(
                ["tshark", "-r", capture, *checks, *fields], check=True, capture_output=True, text=True
            ).stdout
            for row in output.splitlines():
                severities, _, messages = row.partition("\t")
                # 0x600000 is a warning, 0x800000 an error.
                if not any(int(severity, 0) >= 0x600000 for severity in severities.split(",") if severity):
                    continue
                intended = next((why for part, why in INTENDED.items() if part in messages), None)
                unexpected += intended is None
                print(f"{'intended' if intended else 'UNEXPECTED'}: {messages}\n    {line}")
    print(f"{len(lines)} packets built, {unexpected} with warnings that are not intended")
    sys.exit(1 if unexpected else 0)


if __name__ == "__main__":
    main()
