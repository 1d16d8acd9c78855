//! The commands in the pages for users run, and give the output that the pages show.
//!
//! A page has blocks marked `console`. A line that begins with `$ ` is a command, what follows is the output of the commands since the
//! output before. A line `...` matches any number of lines. Commands that begin with a word of [`NOT_RUN`] are not run.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PAGES: [&str; 8] = [
    "README.md",
    "docs/tour-of-the-tool.md",
    "docs/cookbook.md",
    "docs/filters.md",
    "docs/flow.md",
    "docs/hosts.md",
    "docs/explain.md",
    "docs/captures.md",
];

/// First words of commands that need a network, rights, or a long time.
const NOT_RUN: [&str; 3] = ["cargo", "sudo", "tcpdump"];

/// Commands, and the output that the page shows after them.
struct Example {
    line: usize,
    commands: Vec<String>,
    output: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The examples of a page. Later commands use files that earlier ones write.
fn examples(page: &str) -> Vec<Example> {
    let mut all: Vec<Example> = Vec::new();
    let (mut inside, mut begins) = (false, false);
    for (n, line) in page.lines().enumerate() {
        match line {
            "```console" => (inside, begins) = (true, true),
            _ if line.starts_with("```") => inside = false,
            _ if !inside => {}
            _ => match (line.strip_prefix("$ "), all.last_mut().filter(|_| !begins)) {
                (Some(command), Some(last)) if last.output.is_empty() => last.commands.push(command.into()),
                (Some(command), _) => {
                    all.push(Example { line: n + 1, commands: vec![command.into()], output: Vec::new() });
                    begins = false;
                }
                (None, Some(last)) => match last.commands.last_mut() {
                    Some(command) if last.output.is_empty() && goes_on(command) => {
                        command.push('\n');
                        command.push_str(line);
                    }
                    _ => last.output.push(line.trim_end().into()),
                },
                (None, None) => panic!("line {}: a block begins with a command", n + 1),
            },
        }
    }
    all
}

/// Whether a command goes on in the next line: by a backslash, or in quotes.
fn goes_on(command: &str) -> bool {
    command.ends_with('\\') || command.matches('\'').count() % 2 == 1
}

fn is_run(example: &Example) -> bool {
    let installed = |program: &str| Command::new(program).arg("--version").output().is_ok();
    example.commands.iter().all(|command| {
        !NOT_RUN.iter().any(|word| command.split(' ').next() == Some(word))
            && (!command.contains("| jq") || installed("jq"))
    })
}

fn run(commands: &[String], folder: &Path) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_packetsmith"));
    let path = std::env::var("PATH").unwrap_or_default();
    let folder_of_program = program.parent().expect("a program is in a folder").display();
    Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{}", commands.join("\n"))])
        .current_dir(folder)
        .env("PATH", format!("{folder_of_program}:{path}"))
        .env("TZ", "UTC0")
        .env_remove("NO_COLOR")
        .output()
        .expect("there is a shell")
}

/// Whether lines are those of a page, where `...` is any number of lines.
fn matches(shown: &[String], lines: &[String]) -> bool {
    match (shown, lines) {
        ([], lines) => lines.is_empty(),
        ([first, rest @ ..], _) if first == "..." => (0..=lines.len()).any(|n| matches(rest, &lines[n..])),
        ([first, rest @ ..], [line, lines @ ..]) => first == line && matches(rest, lines),
        _ => false,
    }
}

#[test]
fn commands_in_the_pages_give_what_the_pages_show() {
    let mut wrong = Vec::new();
    for page in PAGES {
        let folder = tempfile::tempdir().expect("a folder");
        let testdata = root().join("testdata").canonicalize().expect("the captures");
        std::os::unix::fs::symlink(&testdata, folder.path().join("testdata")).expect("a link");
        fs::copy(testdata.join("http.pcap"), folder.path().join("trace.pcap")).expect("a copy");
        fs::copy(testdata.join("multi.pcapng"), folder.path().join("trace.pcapng")).expect("a copy");
        let text = fs::read_to_string(root().join(page)).expect("a page");
        for example in examples(&text).iter().filter(|example| is_run(example)) {
            let Output { status, stdout, .. } = run(&example.commands, folder.path());
            let text = String::from_utf8_lossy(&stdout);
            let lines: Vec<_> = text.trim_end().lines().map(|line| line.trim_end().to_string()).collect();
            let right = match example.output.is_empty() {
                true => matches!(status.code(), Some(0 | 1)),
                false => matches(&example.output, &lines),
            };
            if !right {
                wrong.push(format!("{page}, line {}: {}\ngives\n{text}", example.line, example.commands.join("; ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn filters_of_the_page_are_filters() {
    let page = fs::read_to_string(root().join("docs/filters.md")).expect("a page");
    let examples = page.split("## Examples").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a table");
    let filters: Vec<_> = examples.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(filters.len() > 20, "{filters:?}");
    for filter in filters {
        let mut program = Command::new(env!("CARGO_BIN_EXE_packetsmith"));
        let program = program.args(["read", "-Y", filter, "testdata/http.pcap"]).current_dir(root());
        let output = program.output().expect("the program runs");
        assert!(matches!(output.status.code(), Some(0 | 1)), "{filter}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
