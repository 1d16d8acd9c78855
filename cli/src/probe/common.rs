//! What all probes share: arguments, errors, and how durations are shown.

use crate::read::ShowArguments;
use std::fmt;
use std::io;
use std::time::Duration;

/// What all probes take.
#[derive(Debug, Default, clap::Args)]
#[group(skip)]
pub struct Common {
    /// Interface that sends; that of the route by default
    #[arg(short, long, value_name = "NAME")]
    pub interface: Option<String>,
    #[command(flatten)]
    pub show: ShowArguments,
    /// Seconds to wait for each answer
    #[arg(short = 'W', long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub timeout: Duration,
}

/// Parses a number of seconds.
pub fn seconds(text: &str) -> Result<Duration, String> {
    const MOST: f64 = 86_400.0;
    let number = text.parse::<f64>().ok().filter(|seconds| (0.001..=MOST).contains(seconds));
    number.map(Duration::from_secs_f64).ok_or_else(|| "seconds from 0.001 to 86400 are expected".to_string())
}

/// Why a question could not be asked.
#[derive(Debug)]
pub enum ProbeError {
    Message(String),
    /// Standard output cannot be written.
    Output(io::Error),
}

impl From<String> for ProbeError {
    fn from(message: String) -> Self {
        ProbeError::Message(message)
    }
}

impl From<io::Error> for ProbeError {
    fn from(error: io::Error) -> Self {
        ProbeError::Output(error)
    }
}

/// Whether the host answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Came,
    None,
}

/// A duration with a unit that suits it.
pub struct Shown(pub Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        match seconds {
            _ if seconds >= 1.0 => write!(f, "{seconds:.3} s"),
            _ if seconds >= 0.001 => write!(f, "{:.3} ms", seconds * 1e3),
            _ => write!(f, "{:.1} us", seconds * 1e6),
        }
    }
}
