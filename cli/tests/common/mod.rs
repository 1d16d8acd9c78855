//! Calls of the program, which the tests of several subcommands share. Each uses a part of it.
#![allow(dead_code, unused_imports)]

#[path = "../../../tests/common/mod.rs"]
mod shared;

pub use self::shared::*;
use assert_cmd::Command;
use serde_json::Value;

/// Runs the program in the root of the repository. Returns its exit status, and what it writes to both outputs.
pub fn packetsmith(arguments: &[&str]) -> (Option<i32>, String, String) {
    packetsmith_with(arguments, b"", &[])
}

/// Runs the program with an input and with variables of the environment.
pub fn packetsmith_with(
    arguments: &[&str],
    input: &[u8],
    environment: &[(&str, &str)],
) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("packetsmith").expect("the program is built");
    command.current_dir(root()).env("TZ", "UTC0").env("LC_ALL", "C.UTF-8").envs(environment.iter().copied());
    let output = command.args(arguments).write_stdin(input).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// What a call writes that ends well and has nothing to complain about.
#[track_caller]
pub fn output(arguments: &[&str]) -> String {
    let (code, stdout, stderr) = packetsmith(arguments);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
    stdout
}

/// The object that a call writes.
#[track_caller]
pub fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&output(arguments)).expect("one line is an object")
}

/// The objects of a text, one in a line.
pub fn lines_of_json(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect()
}
