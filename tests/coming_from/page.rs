//! The page `docs/coming-from.md`: its code is that of the tasks, and its table counts the lines.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The tasks: title and file.
const TASKS: [(&str, &str); 10] = [
    ("Five-tuples", "five_tuples"),
    ("NAT", "nat"),
    ("SYN with VLAN and options", "syn"),
    ("DHCP discover and offer", "dhcp"),
    ("ARP responder", "arp"),
    ("DNS responder", "dns"),
    ("ICMP errors", "icmp_errors"),
    ("IPv6 extension headers", "ipv6_chain"),
    ("Split and join", "fragments"),
    ("pcapng with comments", "pcapng"),
];
/// The libraries that are compiled. In captures, the peer of all is pcap-file.
const PEERS: [&str; 4] = ["etherparse", "pnet", "smoltcp", "pcap_file"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).into()
}

/// The lines of a module of a task's file, without indentation.
fn module(task: &str, library: &str) -> Option<String> {
    let path = root().join("tests/coming_from").join(task).with_extension("rs");
    let file = std::fs::read_to_string(&path).expect("each task has a file");
    let mut lines = file.lines().skip_while(|line| *line != format!("pub mod {library} {{"));
    lines.next()?;
    let code = lines.take_while(|line| *line != "}").map(|line| line.strip_prefix("    ").unwrap_or(line));
    Some(code.collect::<Vec<_>>().join("\n"))
}

/// Lines of code: neither empty nor a comment.
fn count(code: &str, comment: &str) -> usize {
    code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(comment)).count()
}

/// The text between the marker and the end of the code block behind it.
fn block<'p>(page: &'p str, marker: &str) -> Option<&'p str> {
    let (_, rest) = page.split_once(marker)?;
    let (_, rest) = rest.strip_prefix("\n\n```")?.split_once('\n')?;
    rest.split_once("\n```").map(|(code, _)| code)
}

/// The page as it must be: with the code of the tasks, and the table.
fn written(page: &str) -> String {
    let mut out = page.to_owned();
    let mut table =
        String::from("| task | packetsmith | etherparse | pnet | smoltcp | scapy |\n|---|---|---|---|---|---|\n");
    for (title, task) in TASKS {
        write!(table, "| {title}").expect("a string takes all");
        for library in ["packetsmith", "etherparse", "pnet", "smoltcp"] {
            let code = module(task, library).or_else(|| module(task, "pcap_file")).expect("each task has a peer");
            write!(table, " | {}", count(&code, "//")).expect("a string takes all");
        }
        let scapy =
            block(page, &format!("<!-- {task} scapy -->")).map_or("".into(), |code| count(code, "#").to_string());
        writeln!(table, " | {scapy} |").expect("a string takes all");
        for library in ["packetsmith"].into_iter().chain(PEERS) {
            let Some(code) = module(task, library) else { continue };
            let marker = format!("<!-- {task} {library} -->");
            let old = block(&out, &marker).unwrap_or_else(|| panic!("the page has no block after {marker}")).to_owned();
            let old = format!("{marker}\n\n```rust\n{old}\n```");
            assert!(out.contains(&old), "the block after {marker} is Rust");
            out = out.replace(&old, &format!("{marker}\n\n```rust\n{code}\n```"));
        }
    }
    let (before, rest) = out.split_once("<!-- lines -->\n\n").expect("the page has a place for the table");
    let (_, after) = rest.split_once("\n\n").expect("text follows the table");
    format!("{before}<!-- lines -->\n\n{table}\n{after}")
}

#[test]
fn the_page_shows_the_code() {
    let path = root().join("docs/coming-from.md");
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let written = written(&page);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, written).expect("the page can be written");
    } else {
        assert!(page == written, "docs/coming-from.md is not up to date: UPDATE=1 writes it");
    }
}

/// At most 1.3 times the lines of the shortest other library.
#[test]
fn no_task_takes_many_more_lines() {
    let mut long = Vec::new();
    for (title, task) in TASKS {
        let ours = count(&module(task, "packetsmith").expect("each task has our code"), "//");
        let peers = PEERS.into_iter().filter_map(|library| module(task, library));
        let shortest = peers.map(|code| count(&code, "//")).min().expect("each task has a peer");
        if ours * 10 > shortest * 13 {
            long.push(format!("{title}: {ours} lines, and {shortest} with another library"));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}
