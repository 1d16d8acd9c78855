//! Replays the fuzzing corpus, `fuzz/corpus`, and the findings, `fuzz/findings`. Each has a folder for each target.

#[allow(dead_code, unused_imports)]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let mut count = 0;
    for folder in ["corpus", "findings"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder).join(target);
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries {
            let path = entry.expect("the folder can be read").path();
            let input = std::fs::read(&path).expect("the file can be read");
            // The name of what fails is in the output of a test that fails.
            println!("{}", path.display());
            run(&input);
            count += 1;
        }
    }
    assert!(count > 0, "fuzz/corpus/{target} has nothing in it");
}

#[test]
fn dissect() {
    replay("dissect", targets::dissect_frame);
}

#[test]
fn roundtrip() {
    replay("roundtrip", targets::roundtrip);
}

#[test]
fn fragment() {
    replay("fragment", targets::fragment);
}

#[test]
fn reassemble() {
    replay("reassemble", targets::reassemble);
}

#[test]
fn capture() {
    replay("capture", targets::capture);
}

#[test]
fn build_text() {
    replay("build_text", targets::build_text);
}

#[test]
fn edit() {
    replay("edit", targets::edit);
}

#[test]
fn text() {
    replay("text", targets::text);
}

#[test]
fn differential() {
    replay("differential", targets::differential);
}

#[test]
fn filter() {
    replay("filter", targets::filter);
}
