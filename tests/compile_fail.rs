//! Programs that must not compile: each gives one error, and the words that its first lines name.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A package of the programs in `tests/compile_fail`. They include parts of the library's source by path, since the
/// macros are not public; those parts need no dependency but nom.
fn package() -> (PathBuf, Vec<(String, PathBuf)>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = fs::read_dir(root.join("tests/compile_fail")).expect("the programs are there");
    let mut programs: Vec<_> = sources.map(|source| source.expect("a directory can be listed").path()).collect();
    programs.sort();
    let mut manifest = String::from(
        "[package]\nname = \"wrong\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
        [dependencies]\nnom = { version = \"8\", default-features = false }\n",
    );
    let named = |path: PathBuf| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path);
    let programs: Vec<_> = programs.into_iter().map(named).collect();
    for (name, path) in &programs {
        let _ = write!(manifest, "[[bin]]\nname = {name:?}\npath = {path:?}\n");
    }
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_fail");
    fs::create_dir_all(&package).expect("the package can be written");
    fs::write(package.join("Cargo.toml"), manifest).expect("the package can be written");
    // The same versions as here, which are here already.
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).expect("the lock file can be copied");
    (package, programs)
}

#[test]
fn each_wrong_program_gives_one_clear_error() {
    let (package, programs) = package();
    for (name, path) in programs {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["check", "--offline", "--quiet", "--color", "never", "--bin", &name]).current_dir(&package);
        cargo.env("CARGO_TARGET_DIR", package.join("target")).env_remove("RUSTFLAGS");
        let output = cargo.output().expect("cargo runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{name} compiles");
        let errors =
            said.lines().filter(|line| line.starts_with("error")).filter(|line| !line.contains("could not compile"));
        assert_eq!(errors.count(), 1, "{name}:\n{said}");
        let source = fs::read_to_string(path).expect("the program can be read");
        for expected in source.lines().map_while(|line| line.strip_prefix("//! ")) {
            let (_, words) = expected.split_once(": ").expect("`error: words` or `note: words`");
            assert!(said.contains(words), "{name}: not {words:?} in\n{said}");
        }
    }
}
