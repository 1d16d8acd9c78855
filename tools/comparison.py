"""What the tools share that compare captures with tshark."""
import argparse
import collections
import concurrent.futures
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Protocols that carry others, and that packetsmith does not dissect.
NOT_DISSECTED = {"arcnet", "cfp", "etag", "fddi", "gtp", "nsh", "pktap"}


def run(*command):
    """What a program writes."""
    return subprocess.run([str(part) for part in command], capture_output=True)


def captures(given):
    """The files that are given, and those in folders that are given; else those of testdata/ and of the corpus."""
    given = [pathlib.Path(path) for path in given] or [ROOT / "testdata", ROOT / "../shared/corpus/captures"]
    files = [path for item in given for path in (sorted(item.rglob("*")) if item.is_dir() else [item])]
    return [path for path in files if path.is_file()]


def parser(doc, tool="packetsmith"):
    """The options of all tools: which program, and which captures."""
    options = argparse.ArgumentParser(description=doc.splitlines()[0])
    options.add_argument("--tool", default=ROOT / "target/release" / tool)
    options.add_argument("captures", nargs="*")
    return options


def values_of_packetsmith(tool, path, names):
    """Values by packet as the example `flows` writes them: (packet, name) -> list."""
    values = collections.defaultdict(list)
    for line in run(tool, path).stdout.decode().splitlines():
        packet, *columns = line.split("\t")
        for column in columns:
            name, _, value = column.partition("=")
            if name in names:
                values[int(packet), name].append(int(value))
    return values


def values(doc, least, compare, names, exempt):
    """Compares values packet by packet, prints how many are the same, and tells whether a value is below the minimum.

    `compare` takes the tool and a capture. It returns a counter of (name, "all"), (name, "differ") and ("left out", why), and the
    values that differ. `exempt` has values that may be below the minimum, and why: their figures are printed all the same."""
    options = parser(doc, "examples/flows")
    options.add_argument("--min", type=float, default=least)
    options.add_argument("--show", type=int, default=3)
    options.add_argument("--every", type=int, default=1)
    arguments = options.parse_args()
    jobs = [(arguments.tool, path) for path in captures(arguments.captures)[::arguments.every]]
    total, shown = collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        for counts, examples in threads.map(compare, jobs):
            total.update(counts)
            for name, path, packet, theirs, ours in examples:
                shown[name] += 1
                if shown[name] <= arguments.show:
                    print(f"{name}: {path} packet {packet}: tshark {theirs}, packetsmith {ours}")
    for (kind, why), count in sorted(total.items()):
        if kind == "left out":
            print(f"{count} {why}")
    below = False
    for name in names:
        seen, differ = total[name, "all"], total[name, "differ"]
        percent = 100 * (seen - differ) / seen if seen else 100
        is_below = percent < arguments.min
        below |= is_below and name not in exempt
        note = f"  exempt: {exempt[name]}" if name in exempt else "  too low" if is_below else ""
        print(f"{name:40} {seen - differ:8} of {seen:8} {percent:9.3f} %{note}")
    return below
