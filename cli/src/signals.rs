//! Signals that end the program: a file that is being written is completed first.
//!
//! SIGINT, SIGTERM and SIGHUP set a flag, which the loops over packets look at. Whoever sends a second signal does not
//! want to wait: temporary files are removed, and the program ends. SIGXFSZ is passed over, so that a write beyond the
//! limit on file sizes is an error like any other.

use crate::outcome::complain;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Whether a signal asked to end.
static ENDED: AtomicBool = AtomicBool::new(false);

/// Files that have no name yet.
static TEMPORARY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Tells whether a signal asked to end.
pub fn ended() -> bool {
    ENDED.load(Ordering::Relaxed)
}

/// Says that a signal came before the end of a file, and tells whether that is so. A pipe, which has no length, ends then.
pub fn complain_if_interrupted(name: &str, length: Option<u64>) -> bool {
    let interrupted = ended() && length.is_some();
    if interrupted {
        complain(format_args!("interrupted: the rest of {name} is not read"));
    }
    interrupted
}

/// Has a file removed if the program is ended at once.
pub fn remember(temporary: &Path) {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).push(temporary.to_path_buf());
}

/// Forgets a file, which has its name now.
pub fn forget(temporary: &Path) {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).retain(|path| path != temporary);
}

/// Watches for signals from here on. Without it they end the program as they always do.
#[cfg(unix)]
pub fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::{flag, low_level};
    use std::fs;
    use std::sync::Once;

    /// The flag of a signal that is passed over.
    static PASSED_OVER: AtomicBool = AtomicBool::new(false);
    static WATCHED: Once = Once::new();

    WATCHED.call_once(|| {
        const ENDING: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];
        let _ = flag::register(SIGXFSZ, &PASSED_OVER);
        let second = |mut signals: Signals| {
            let mut first = true;
            for signal in &mut signals {
                if !std::mem::take(&mut first) {
                    let paths = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner);
                    paths.iter().for_each(|path| drop(fs::remove_file(path)));
                    let _ = low_level::emulate_default_handler(signal);
                }
            }
        };
        let watched = Signals::new(ENDING)
            .and_then(|signals| std::thread::Builder::new().name("signals".into()).spawn(move || second(signals)));
        for signal in ENDING {
            // Without a thread the second signal ends the program as it always does.
            if watched.is_err() {
                let _ = flag::register_conditional_default(signal, &ENDED);
            }
            let _ = flag::register(signal, &ENDED);
        }
    });
}

/// Sets the flag at an interrupt, any number of times: the keys are pressed for the pager, too, which stays until it is quit.
#[cfg(unix)]
pub fn watch_beside_pager() {
    use signal_hook::{consts::SIGINT, flag};
    // Without it an interrupt ends the program, and the pager reads what it has.
    let _ = flag::register(SIGINT, &ENDED);
}

/// Watches for signals from here on. Without it they end the program as they always do.
#[cfg(not(unix))]
pub fn watch() {}
