//! The code in the pages that teach is the code of the files that they name.

use std::fs;
use std::path::Path;

/// The pages, and the sources that their blocks of `rust,ignore` are from. Blocks that are not from a source begin with a
/// line of these.
const PAGES: [(&str, &[&str]); 2] = [
    (
        "docs/adding-a-protocol.md",
        &["src/proto/app/radius.rs", "src/proto/app/radius_attributes.rs", "src/proto/mod.rs"],
    ),
    ("docs/own-protocols.md", &["examples/bfd/src/lib.rs", "examples/bfd/tests/outside.rs"]),
];
const NOT_FROM_A_SOURCE: [&str; 1] = ["let known = Protocols::builtin()"];

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Lines without their indentation, and without blanks inside of them.
fn plain(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

#[test]
fn code_in_the_pages_is_that_of_its_source() {
    for (page, sources) in PAGES {
        let sources: Vec<_> = sources.iter().map(|source| plain(&read(source))).collect();
        let text = read(page);
        let blocks: Vec<_> =
            text.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("rust,ignore\n")).collect();
        assert!(blocks.len() > 5, "{page}");
        for block in blocks {
            if NOT_FROM_A_SOURCE.iter().any(|begin| block.starts_with(begin)) {
                continue;
            }
            // Each part between two lines of three dots follows the part before.
            let lines = plain(block);
            let parts: Vec<_> = lines.split(|line| line == "...").filter(|part| !part.is_empty()).collect();
            let is_from = |source: &Vec<String>| {
                let mut at = 0;
                parts.iter().all(|part| {
                    let found = source[at..].windows(part.len()).position(|window| window == *part);
                    at += found.map_or(0, |found| found + part.len());
                    found.is_some()
                })
            };
            assert!(sources.iter().any(is_from), "{page}: this is in none of its sources:\n{block}");
        }
    }
}
