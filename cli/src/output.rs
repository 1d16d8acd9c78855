//! Standard output, and progress on standard error.

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use packetsmith::capture::Reader;
use packetsmith::output::{Style, TerminalText};
use std::io::{self, IsTerminal, Read, Stdout, Write};
use std::sync::OnceLock;

/// When to write colours.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Color {
    /// To a terminal, unless NO_COLOR is set; CLICOLOR_FORCE=1 also to files and pipes
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// The style of standard output. `always` and `never` hold for standard error too.
    pub fn style(self) -> Style {
        let choice = match self {
            Color::Auto => anstream::AutoStream::choice(&io::stdout()),
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        if !matches!(self, Color::Auto) {
            choice.write_global();
        }
        Style { colour: choice != anstream::ColorChoice::Never }
    }
}

/// The terminal that standard output is.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Width in columns.
    width: Option<usize>,
}

/// The terminal that shows what a pager is given.
static PAGED: OnceLock<Terminal> = OnceLock::new();

impl Terminal {
    /// The terminal that standard output is now, if it is one.
    pub fn of_output() -> Option<Terminal> {
        let output = io::stdout();
        let width = || terminal_size::terminal_size_of(&output).map(|(width, _)| usize::from(width.0));
        output.is_terminal().then(|| Terminal { width: width() })
    }

    /// Keeps its width, since standard output becomes a pipe to a pager.
    pub fn keep(self) {
        // There is one pager.
        let _ = PAGED.set(self);
    }
}

/// Standard output with a buffer.
pub struct Output {
    stdout: Stdout,
    buffer: Vec<u8>,
    /// Whether each packet is written at once.
    pub eager: bool,
    /// Width of the terminal in columns, if it is one.
    pub width: Option<usize>,
}

impl Output {
    /// Opens standard output.
    pub fn new() -> Self {
        let now = Terminal::of_output();
        let width = now.or(PAGED.get().copied()).and_then(|terminal| terminal.width);
        Output { stdout: io::stdout(), buffer: Vec::with_capacity(1 << 17), eager: now.is_some(), width }
    }

    /// Appends bytes to the buffer, and writes it if it is full.
    pub fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() >= 1 << 16 {
            self.flush()?;
            self.stdout.write_all(bytes)?;
            return self.stdout.flush();
        }
        self.buffer.extend_from_slice(bytes);
        match self.eager || self.buffer.len() >= 1 << 16 {
            true => self.flush(),
            false => Ok(()),
        }
    }

    /// Writes the buffer.
    pub fn flush(&mut self) -> io::Result<()> {
        self.stdout.write_all(&self.buffer)?;
        self.buffer.clear();
        self.stdout.flush()
    }
}

/// Progress through a file on standard error, if that is a terminal and standard output is not.
pub struct Progress {
    bar: ProgressBar,
    packets: u64,
}

impl Progress {
    /// Starts at the beginning of a file.
    pub fn new<R: Read>(reader: &Reader<R>, name: &str) -> Self {
        // A pager has the terminal for itself.
        Progress::shown(reader, name, !io::stdout().is_terminal())
    }

    /// Starts at the beginning of a file, for a command that prints nothing meanwhile.
    pub fn without_output<R: Read>(reader: &Reader<R>, name: &str) -> Self {
        Progress::shown(reader, name, true)
    }

    fn shown<R: Read>(reader: &Reader<R>, name: &str, wanted: bool) -> Self {
        let wanted = wanted && io::stderr().is_terminal() && PAGED.get().is_none();
        let target = if wanted { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(reader.source_len(), target);
        let template = match reader.source_len() {
            Some(_) => "{prefix} {wide_bar} {percent:>3} %  {bytes} of {total_bytes}  {eta} left",
            None => "{prefix} {spinner} {bytes} read",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(TerminalText(name).to_string());
        Progress { bar, packets: 0 }
    }

    /// Counts a packet.
    pub fn packet<R: Read>(&mut self, reader: &Reader<R>) {
        self.packets += 1;
        if self.packets.is_multiple_of(4096) {
            self.bar.set_position(reader.source_position());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
