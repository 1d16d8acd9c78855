#!/usr/bin/env python3
"""Lists the public items of the library by module, from the sources: `tools/public_items.py [--names]`.

It follows `pub mod` from src/lib.rs, and counts in each module the names of `pub use` and the items that are declared there,
but for those that are hidden from the documentation.
The types of setters (`TcpEdit`) are counted apart."""
import pathlib
import re
import sys

SRC = pathlib.Path(__file__).resolve().parent.parent / "src"


def names(tree):
    """The names that a use tree brings in."""
    tree = tree.strip()
    group = re.fullmatch(r"(?:[\w:]*::)?\{(.*)\}", tree, re.S)
    if not group:
        return [re.split(r"::|\bas\b", tree)[-1].strip()]
    depth, start, found = 0, 0, []
    for at, letter in enumerate(group[1] + ","):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            part = (group[1] + ",")[start:at]
            found += names(part) if part.strip() else []
            start = at + 1
    return found


def walk(path, module):
    text = path.read_text()
    uses = re.findall(r"^((?:#\[.*\]\n)*)pub use ([^;]+);", text, re.M)
    found = [name for attributes, tree in uses if "doc(hidden)" not in attributes for name in names(tree)]
    item = r"^(?<!hidden\)\]\n)pub (?:const )?(?:fn|struct|enum|trait|const|static|type) (\w+)"
    found += [name for name in re.findall(item, text, re.M) if name not in ("Readme", "TourOfTheLibrary")]
    # Registries and flags are declared inside of macros.
    found += re.findall(r"^    pub (?:struct|enum) (\w+)", text, re.M)
    yield module, sorted(set(found))
    folder = path.parent if path.name in ("lib.rs", "mod.rs") else path.with_suffix("")
    for name in re.findall(r"^pub mod (\w+);", text, re.M):
        inner = folder / f"{name}.rs"
        yield from walk(inner if inner.exists() else folder / name / "mod.rs", f"{module}::{name}")


total = [0, 0]
print("| module | items | types of setters |\n|---|---|---|")
for module, found in walk(SRC / "lib.rs", "packetsmith"):
    edits = [name for name in found if name.endswith("Edit")]
    total = [total[0] + len(found) - len(edits), total[1] + len(edits)]
    print(f"| `{module}` | {len(found) - len(edits)} | {len(edits) or ''} |")
    if "--names" in sys.argv:
        print("\n".join(f"|   `{name}` | | |" for name in found if name not in edits))
print(f"| all | {total[0]} | {total[1]} |")
