#!/usr/bin/env python3
"""Compares the values of fields with those that tshark reads, packet by packet.

    cargo build --release --example values
    tools/compare_tshark.py [--every N] [--examples N] [--min PERCENT] [FILE or FOLDER ...]

Without files it takes testdata/, tests/packets/ and, where it stands beside the repository, ../shared/corpus/captures.
Needs tshark (4.0.17 is what the notes below were made with) and nothing but Python's standard library.

Each field is known by its name in Wireshark's display filters, which our tables and tshark's output share.
For each packet and name, our values are compared with tshark's as two bags: what both have agrees; what is left
over in both bags disagrees; a name that only one of the two has in a packet is not compared. Numbers are
compared as numbers, addresses and names as text, bytes and strings by their bytes.

What differs for a reason is listed in EXPLAINED, a name or the beginning of one with the reason; it is counted
apart. Where tshark has only a label and no value, nothing is compared. The exit code is 1 where fewer agree than
--min says.

As of the last run over all captures at hand and tests/packets (1,155 files), every value that differs is explained but six, all in
Fuzzers__RegressionTests__regression_samples__igmplayer: a broken record, behind which tshark reads on elsewhere.
"""

import argparse
import collections
import concurrent.futures
import html
import ipaddress
import os
import re
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VALUES = os.path.join(ROOT, "target/release/examples/values")

# Packets by themselves, with numbers as they are on the wire, and nothing looked up.
TSHARK = ["tshark", "-n", "-T", "pdml"] + [word for option in [
    "ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE",
    "tcp.relative_sequence_numbers:FALSE", "tcp.analyze_sequence_numbers:FALSE",
] for word in ("-o", option)]

# Names of numbers that we show as they stand on the wire, and tshark as what they mean.
MEANS = {
    "ip.hdr_len": lambda n: n * 4,  # words
    "tcp.hdr_len": lambda n: n * 4,  # words
    "snmp.data": lambda n: n & 0x1F,  # the tag without its class
}

# Name, what tshark must have found in the packet ("" for nothing in particular), and the reason.
EXPLAINED = [
    ("eth", "cfp", "tshark takes type 0x8903 for Cisco FabricPath, whose header begins as an Ethernet header"),
    ("icmpv6.reserved", "", "the first byte of four is a length since RFC 4884 §4, which 4.0 does not know"),
    ("ip.dst", "ip.opt.type", "with source route options tshark shows the last address of the route as destination"),
    ("ipv6.opt.type.rest", "_ws.malformed", "tshark ends at an option that it calls malformed, and we go on"),
    ("llc.control", "", "we show the second byte of a control field apart, tshark both as a number, the second first"),
    ("vxlan.flags_reserved", "", "three runs of bits with a row each, one number in tshark"),
    ("dns.wks.bits", "", "all bytes at once, one field a byte with ports in tshark"),
    ("dhcp.option.lost_server_domain_name", "", "a domain name, whose bytes tshark shows as text"),
    ("dns.opt.chain.fqdn", "", "a domain name, whose bytes tshark shows as text"),
    ("dns.csync.type_bitmap", "", "the types by number, in tshark the bytes"),
    ("ipv6.routing.rpl.address", "", "all addresses at once, one field each in tshark"),
    ("icmpv6.opt.efo", "", "48 bits of flags (RFC 5175 §4), of which tshark shows 16"),
    ("geneve.option.type", "", "without its first bit, which is a field of its own"),
    ("ppp.direction", "", "the byte as it stands, in tshark 0 for sent and 1 for received"),
    ("shim6.checksum", "", "bytes 4 and 5 (RFC 5533 §5.3), where tshark takes 3 and 4"),
    ("ntp.precision", "", "signed (RFC 5905 §7.3), an unsigned byte in tshark 4.0"),
    ("ntp.ppoll", "", "signed (RFC 5905 §7.3), an unsigned byte in tshark 4.0"),
    ("dns.qry.name", "", "a name that tshark shows as <Name too long>"),
    ("sflow_245.header", "", "tshark takes the zeros that fill the header up for bytes of it"),
    ("sflow.enterprise", "", "tshark shifts the number of an enterprise twice"),
    ("sflow_245.counters_record_format", "_ws.malformed", "tshark goes on inside of a record whose format it does not know"),
    ("sflow_5.flow_data_length", "_ws.malformed", "tshark goes on inside of a record whose format it does not know"),
]

FIELD = re.compile(r'<field name="([^"]*)"[^>]*? show="([^"]*)"(?: value="([^"]*)")?(?: unmaskedvalue="[^"]*")?')


def ours(paths):
    """Gives file, packet number, layer, filter name, form and value of each field."""
    lines = subprocess.run([VALUES, *paths], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")
    path = None
    for line in lines.split("\n"):
        if line.startswith("= "):
            path = line[2:]
        elif line:
            number, layer, name, form, value = line.split("\t", 4)
            yield path, int(number), layer, name, form, value


def theirs(path):
    """Gives a bag of (show, value) by filter name for each packet."""
    run = subprocess.run(TSHARK + ["-r", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    packets = run.stdout.decode("utf-8", "replace").split("<packet>")[1:]
    for packet in packets:
        fields = collections.defaultdict(list)
        for name, show, value in FIELD.findall(packet):
            fields[name].append((html.unescape(show), value))
        yield fields


def frames(path, folder):
    """Makes a capture file of each packet whose bytes stand in a file of tests/packets."""
    with open(path, encoding="utf-8") as file:
        blocks = ("\n" + file.read()).split("\n= ")[1:]
    for i, block in enumerate(blocks, 1):
        head = block.split("\n\n")[0]
        if head.startswith("link type "):
            link_type = int(head[10:].split(":")[0])
            data = bytes.fromhex("".join(re.findall(r"^[0-9a-f]{4}  (.*)$", head, re.M)))
            name = os.path.join(folder, f"{os.path.basename(path)}-{i}.pcap")
            with open(name, "wb") as file:
                file.write(struct.pack(">IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type))
                file.write(struct.pack(">IIII", 0, 0, len(data), len(data)) + data)
            yield name


def number(text):
    try:
        return int(text, 16 if text[:2].lower() == "0x" else 10)
    except ValueError:
        return {"true": 1, "false": 0}.get(text.lower())


def plain(name):
    """Undoes the escapes of RFC 4343 §2.1 in a domain name, which tshark shows without."""
    name = re.sub(r"\\(\d{3})", lambda m: chr(int(m[1])), name.rstrip("."))
    return re.sub(r"\\(.)", r"\1", name).lower()


def agrees(name, form, value, show, raw):
    if form == "number":
        n = MEANS.get(name, int)(int(value))
        # tshark's value of a bit field is that of its bits.
        return number(show) == n or (raw != "" and int(raw, 16) == n)
    if form == "bytes":
        return raw == value or show.replace(":", "").lower() == value or show.encode().hex() == value.removesuffix("00")
    if form == "name":
        return plain(show) == plain(value) or (show == "<Root>" and value == ".")
    if show.lower() == value.lower():
        return True
    try:
        return ipaddress.ip_address(value).packed.hex() == raw
    except ValueError:
        return False


def explained(name, fields):
    for known, found, _ in EXPLAINED:
        if name == known or name.startswith(known + "."):
            if not found or any(field == found or field.startswith(found + ".") for field in fields):
                return True
    return False


def compare(paths):
    """Counts by layer: compared, agreeing, explained, and the disagreements with examples."""
    mine = collections.defaultdict(lambda: collections.defaultdict(list))
    for path, packet, layer, name, form, value in ours(paths):
        mine[path, packet][name].append((layer, form, value))
    result = []
    for path in paths:
        for packet, fields in enumerate(theirs(path), 1):
            for name, values in mine.get((path, packet), {}).items():
                left = [pair for pair in fields.get(name, []) if pair != ("", "")]
                if not left:
                    result.append((values[0][0], name, "alone", len(values), None))
                    continue
                odd = []
                agreed = collections.Counter()
                for layer, form, value in values:
                    for i, (show, raw) in enumerate(left):
                        if agrees(name, form, value, show, raw):
                            del left[i]
                            agreed[layer] += 1
                            break
                    else:
                        odd.append((layer, value))
                for layer, n in agreed.items():
                    result.append((layer, name, "agree", n, None))
                for (layer, value), (show, raw) in zip(odd, left):
                    example = f"{path} packet {packet}: {value[:60]} / {show[:60]} ({raw[:60]})"
                    result.append((layer, name, "explained" if explained(name, fields) else "differ", 1, example))
                if len(odd) > len(left):
                    result.append((odd[-1][0], name, "alone", len(odd) - len(left), None))
    return result


def main():
    parser = argparse.ArgumentParser(description="Compares the values of fields with those that tshark reads.")
    parser.add_argument("paths", nargs="*", help="captures, or folders of them")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth capture")
    parser.add_argument("--examples", type=int, default=2, metavar="N", help="examples to show of a name that differs")
    parser.add_argument("--min", type=float, metavar="PERCENT", help="fail if fewer values agree")
    parser.add_argument("--alone", action="store_true", help="list the names that tshark never has where we have them")
    arguments = parser.parse_args()
    places = arguments.paths or [
        os.path.join(ROOT, place) for place in ("testdata", "tests/packets", "../shared/corpus/captures")
    ]
    files = []
    for place in places:
        if os.path.isdir(place):
            found = (os.path.join(folder, name) for folder, _, names in os.walk(place) for name in names)
            files += [f for f in found if not f.endswith((".md", ".sh", ".py")) and "/helpers/" not in f]
        elif os.path.exists(place):
            files.append(place)
    made = tempfile.TemporaryDirectory()
    texts = [f for f in files if f.endswith(".txt")]
    files = sorted(f for f in files if f not in texts)[:: arguments.every]
    files += [name for text in texts for name in frames(text, made.name)]

    count = collections.Counter()
    differ = collections.defaultdict(list)
    by_name = collections.Counter()
    chunks = [files[i : i + 8] for i in range(0, len(files), 8)]
    with concurrent.futures.ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for result in pool.map(compare, chunks):
            for layer, name, outcome, n, example in result:
                count[layer, outcome] += n
                by_name[layer, name, outcome] += n
                if outcome == "differ":
                    differ[layer, name].append(example)

    print(f"{len(files)} captures")
    print(f"{'protocol':<22}{'compared':>10}{'agree':>10}{'differ':>8}{'explained':>11}{'ours alone':>12}")
    layers = sorted({layer for layer, _ in count})
    rows = [(layer, *(count[layer, o] for o in ("agree", "differ", "explained", "alone"))) for layer in layers]
    rows.append(("all", *(sum(row[i] for row in rows) for i in range(1, 5))))
    for layer, agree, other, known, alone in rows:
        print(f"{layer:<22}{agree + other + known:>10}{agree:>10}{other:>8}{known:>11}{alone:>12}")
    for (layer, name), examples in sorted(differ.items(), key=lambda item: -len(item[1])):
        print(f"\n{layer}: {name}: {len(examples)} differ, {by_name[layer, name, 'agree']} agree")
        for example in examples[: arguments.examples]:
            print(f"    {example}")
    if arguments.alone:
        run = subprocess.run(["tshark", "-G", "fields"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        known = {line.split("\t")[2] for line in run.stdout.decode("utf-8", "replace").split("\n") if line[:2] == "F\t"}
        print("\nNames that tshark has in none of the packets where we have them (*: it knows the name):")
        for (layer, name, outcome), n in sorted(by_name.items()):
            if outcome == "alone" and not by_name[layer, name, "agree"] and not by_name[layer, name, "differ"]:
                print(f"    {layer}: {name}: {n}{' *' * (name in known)}")
    _, agree, other, _, _ = rows[-1]
    share = 100 * agree / max(1, agree + other)
    print(f"\n{share:.3f} % of what is compared agree")
    return 1 if arguments.min is not None and share < arguments.min else 0


if __name__ == "__main__":
    sys.exit(main())
