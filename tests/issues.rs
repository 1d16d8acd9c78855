//! A packet for everything that can be wrong with one: `tests/issues.txt`.
//!
//! There, a line `= LINK TYPE, LENGTH ON THE WIRE: BYTES` is a packet, with the length of its frame check sequence behind
//! that of the whole where the capture tells it, and on the lines behind it comes what is said of it.
//! `UPDATE=1 cargo test --test issues` writes what is said anew from the code: read the difference.

mod common;

use common::{expect, root};
use packetsmith::{Reason, examine};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The file as it should be, and the texts of all rules that a packet in it breaks.
fn said(listed: &str) -> (String, BTreeSet<&'static str>) {
    let (mut text, mut rules) = (String::new(), BTreeSet::new());
    for line in listed.lines().filter(|line| line.starts_with("= ")) {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{line}");
        let (numbers, digits) = line[2..].split_once(": ").unwrap_or_else(|| panic!("no numbers: {line}"));
        let number = |text: &str| text.parse::<usize>().unwrap_or_else(|_| panic!("{text} is no number: {line}"));
        let numbers: Vec<_> = numbers.split(", ").map(number).collect();
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap_or_else(|_| panic!("no bytes: {line}"));
        let bytes: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect();
        let layers = examine(numbers[0] as u16, &bytes).original_len(numbers[1]);
        for layer in layers.fcs_len(numbers.get(2).map(|&bytes| bytes as u8)) {
            layer.issues(|issue| {
                let _ = writeln!(text, "{}: {issue}", issue.reason.severity());
                if let Reason::Rule(_, rule) = issue.reason {
                    rules.insert(rule);
                }
            });
        }
    }
    (text, rules)
}

#[test]
fn each_packet_shows_what_is_said_of_it() {
    let path = root().join("tests/issues.txt");
    let listed = fs::read_to_string(&path).expect("the packets are in the repository");
    expect(&path, &said(&listed).0);
}

/// Texts in functions that report something: whatever stands in quotes there and has several words.
fn texts_of_rules(source: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let lines: Vec<_> = source.split("#[cfg(test)]").next().unwrap_or_default().lines().collect();
    let is_function = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("fn ") || line.starts_with("const fn ") || line.starts_with("pub") && line.contains(" fn ")
    };
    for start in (0..lines.len()).filter(|&at| is_function(&lines[at])) {
        let indent = lines[start].len() - lines[start].trim_start().len();
        let end = format!("{}}}", &lines[start][..indent]);
        let body = lines[start..].iter().take_while(|line| **line != end);
        let code: Vec<_> = body.filter(|line| !line.trim_start().starts_with("//")).copied().collect();
        let code = code.join("\n");
        if ["Severity::", "report", "rule", "warn"].iter().any(|word| code.contains(word)) && !code.contains("fn fmt(")
        {
            texts.extend(code.split('"').skip(1).step_by(2).filter(|text| text.contains(' ')).map(str::to_string));
        }
    }
    texts
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the sources are here");
    entries.map(|entry| entry.expect("a folder's entries can be read").path()).filter(|path| path.is_file()).collect()
}

#[test]
fn every_rule_is_broken_by_a_packet() {
    let listed = fs::read_to_string(root().join("tests/issues.txt")).expect("the packets are in the repository");
    let broken = said(&listed).1;
    let mut texts = BTreeSet::new();
    for path in sources(&root().join("src/proto")).into_iter().chain([root().join("src/layer.rs")]) {
        for text in texts_of_rules(&fs::read_to_string(&path).expect("the source can be read")) {
            assert!(
                broken.contains(text.as_str()),
                "{}: no packet of tests/issues.txt breaks {text:?}",
                path.display()
            );
            texts.insert(text);
        }
    }
    assert!(texts.len() > 100, "{} rules were found in the sources", texts.len());
    let unseen: Vec<_> = broken.iter().filter(|rule| !texts.contains(**rule)).collect();
    assert!(unseen.is_empty(), "in functions that are not looked at: {unseen:?}");
}
