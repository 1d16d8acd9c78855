//! Programs that must not compile. The messages in the files `.stderr` are those of the compiler that wrote them, so another
//! version may word them otherwise: then they are not compared.

/// The compiler that wrote the messages.
const COMPILER: &str = "rustc 1.95";

#[test]
fn wrong_programs_do_not_compile() {
    let version = std::process::Command::new("rustc").arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if !version.starts_with(COMPILER) {
        eprintln!("not compared: the messages are those of {COMPILER}, and this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
