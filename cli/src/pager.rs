//! The pager: on a terminal, long output goes through another program, as with git.
//!
//! Standard output becomes a pipe to the pager, and standard error too if it is a terminal: messages appear in the
//! output where they occur. The pager reads its keys from the terminal itself. When it is quit early, the pipe is closed, and
//! the command ends quietly as with any other pipe.

use crate::output::Terminal;

/// A pager that runs. Ends when it is dropped: the pipe is closed, and the pager waited for.
pub struct Pager {
    #[cfg(unix)]
    running: Option<unix::Running>,
}

impl Pager {
    /// Starts the pager, if standard output is a terminal and there is one: that of `PACKETSMITH_PAGER`, `PAGER`, or `less`.
    /// An empty variable or `cat` means no pager.
    pub fn start() -> Pager {
        Pager {
            #[cfg(unix)]
            running: Terminal::of_output().and_then(unix::start),
        }
    }
}

impl Drop for Pager {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(running) = self.running.take() {
            running.end();
        }
    }
}

#[cfg(unix)]
mod unix {
    use crate::outcome::complain;
    use crate::output::Terminal;
    use crate::signals;
    use rustix::fd::OwnedFd;
    use rustix::stdio::{dup2_stderr, dup2_stdout};
    use std::env;
    use std::ffi::OsString;
    use std::fs::File;
    use std::io::{self, ErrorKind, IsTerminal, Write};
    use std::os::fd::AsFd;
    use std::process::{Child, Command, Stdio};

    pub(super) struct Running {
        pager: Child,
        /// Standard output and standard error as they were.
        output: OwnedFd,
        errors: Option<OwnedFd>,
    }

    /// The program to run, with its arguments or as a line for the shell. `None` for none.
    fn command() -> Option<Command> {
        let given = ["PACKETSMITH_PAGER", "PAGER"].into_iter().find_map(env::var_os);
        let line = given.unwrap_or_else(|| OsString::from("less"));
        let text = line.to_string_lossy();
        let needs_shell = text.contains(|c: char| !c.is_ascii_alphanumeric() && !" -_./=+,:@%".contains(c));
        let mut words = text.split_whitespace();
        let program = words.next().filter(|&program| program != "cat")?;
        let mut command = match needs_shell {
            true => {
                let mut shell = Command::new("sh");
                shell.arg("-c").arg(&line);
                shell
            }
            false => {
                let mut command = Command::new(program);
                command.args(words);
                command
            }
        };
        // Quit if all fits on the screen, show colours, and leave the text on the screen.
        if env::var_os("LESS").is_none() {
            command.env("LESS", "FRX");
        }
        if env::var_os("LV").is_none() {
            command.env("LV", "-c");
        }
        Some(command)
    }

    pub(super) fn start(terminal: Terminal) -> Option<Running> {
        if env::var_os("TERM").is_some_and(|terminal| terminal == "dumb") {
            return None;
        }
        let mut pager = match command()?.stdin(Stdio::piped()).spawn() {
            Ok(pager) => pager,
            // Without less there is no pager; what was asked for by name is missed.
            Err(error) => {
                let asked = ["PACKETSMITH_PAGER", "PAGER"].into_iter().find_map(env::var_os);
                if let Some(asked) = asked.filter(|_| error.kind() == ErrorKind::NotFound) {
                    complain(format_args!(
                        "there is no pager {}: output goes to the terminal",
                        asked.to_string_lossy()
                    ));
                }
                return None;
            }
        };
        let pipe = pager.stdin.take()?;
        let (output, errors) = (io::stdout(), io::stderr());
        let kept = output.as_fd().try_clone_to_owned().ok()?;
        let errors = errors.is_terminal().then(|| errors.as_fd().try_clone_to_owned().ok()).flatten();
        // If this fails, the pager reads an empty pipe and ends.
        dup2_stdout(&pipe).ok()?;
        if errors.is_some() {
            let _ = dup2_stderr(&pipe);
        }
        terminal.keep();
        signals::watch_beside_pager();
        Some(Running { pager, output: kept, errors })
    }

    impl Running {
        pub(super) fn end(mut self) {
            // That the pager has gone is no error, and the command has said all others.
            let _ = io::stdout().flush();
            // The pipe ends when nothing writes to it any more.
            if let Ok(nothing) = File::options().write(true).open("/dev/null") {
                let _ = dup2_stdout(&nothing);
            } else {
                let _ = dup2_stdout(&self.output);
            }
            if let Some(errors) = &self.errors {
                let _ = dup2_stderr(errors);
            }
            let _ = self.pager.wait();
            let _ = dup2_stdout(&self.output);
        }
    }
}
