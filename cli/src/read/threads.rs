//! Threads that share a file: each reads a batch, formats it, and prints it when its turn has come.

use super::batch::{BATCH_BYTES, Batch};
use super::printer::Printer;
use super::source::FileSource;
use crate::outcome::complain;
use crate::output::Output;
use packetsmith::capture::Error;
use packetsmith::output::TextBuffer;
use std::io::{self, Read};
use std::num::NonZero;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Default limit on threads: one at a time reads, and more than this many wait for the lock.
const MOST_THREADS: usize = 8;

/// Most threads for each core: more only take memory.
const MOST_PER_CORE: usize = 4;

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Text that a thread holds before it waits for its turn to write: enough for the text of most batches.
const MOST_TEXT: usize = 16 * BATCH_BYTES;

/// Prints a file. `true` if something could not be read.
pub(super) fn show_file<R: Read + Send>(
    mut source: FileSource<'_, R>,
    printer: &mut Printer<'_>,
    output: &mut Output,
) -> io::Result<bool> {
    let arguments = source.context.arguments;
    let threads = match arguments.threads {
        _ if output.eager || printer.destination.is_some() => 1,
        Some(threads) => usize::from(threads).min(cores() * MOST_PER_CORE),
        None => cores().min(MOST_THREADS),
    };
    source.copies = threads > 1;
    // Packets that come one by one are printed one by one.
    source.eager = source.comes_slowly();
    printer.begin(source.eager);
    let mut file = SharedFile {
        source: Mutex::new(source),
        turn: Mutex::new(OutputTurn { output, number: 0, failed: false, matched: false, result: Ok(()) }),
        turn_passed: Condvar::new(),
    };
    thread::scope(|scope| {
        let mut batch = Batch::default();
        // Most files are small, and starting threads takes longer than printing a batch.
        if file.step(&mut batch, printer) {
            for _ in 1..threads {
                let mut printer = printer.another();
                let file = &file;
                let work = move || file.work(&mut Batch::default(), &mut printer);
                // Where no more threads can be had, those that are there do the work.
                if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            file.work(&mut batch, printer);
        }
    });
    let turn = file.turn.get_mut().unwrap_or_else(PoisonError::into_inner);
    std::mem::replace(&mut turn.result, Ok(()))?;
    let source = file.source.get_mut().unwrap_or_else(PoisonError::into_inner);
    source.end(printer);
    turn.failed |= source.complain_if_interrupted() | source.failed;
    turn.output.put(&printer.text.bytes)?;
    printer.text.bytes.clear();
    printer.matched |= turn.matched;
    Ok(turn.failed)
}

/// A file that several threads print. Each thread reads a batch, formats it, and writes it when all earlier batches are
/// written.
struct SharedFile<'a, R: Read> {
    source: Mutex<FileSource<'a, R>>,
    turn: Mutex<OutputTurn<'a>>,
    turn_passed: Condvar,
}

/// The output, and the number of the batch that is written next.
struct OutputTurn<'a> {
    output: &'a mut Output,
    /// Number of batches that have been written.
    number: u64,
    failed: bool,
    matched: bool,
    /// After an error nothing more is written or read.
    result: io::Result<()>,
}

/// Wakes the other threads if this one panics, so that none waits for its batch.
struct PanicGuard<'a, 'b, R: Read>(&'a SharedFile<'b, R>);

impl<R: Read> Drop for PanicGuard<'_, '_, R> {
    fn drop(&mut self) {
        if thread::panicking() {
            let mut turn = self.0.turn.lock().unwrap_or_else(PoisonError::into_inner);
            turn.result = Err(io::Error::other("a thread has failed"));
            self.0.turn_passed.notify_all();
        }
    }
}

impl<'a, R: Read> SharedFile<'a, R> {
    fn work(&self, batch: &mut Batch, printer: &mut Printer<'_>) {
        let _gone = PanicGuard(self);
        while self.step(batch, printer) {}
    }

    /// Waits until all batches before this one are written, or an error ends the work.
    fn turn_of(&self, number: u64) -> MutexGuard<'_, OutputTurn<'a>> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        while turn.number != number && turn.result.is_ok() {
            turn = self.turn_passed.wait(turn).unwrap_or_else(PoisonError::into_inner);
        }
        turn
    }

    /// Writes a part of the text of a batch, if it is long: what a thread holds is bounded.
    fn drain(&self, number: u64, text: &mut TextBuffer) {
        if text.bytes.len() < MOST_TEXT {
            return;
        }
        let mut turn = self.turn_of(number);
        if turn.result.is_ok() {
            turn.result = turn.output.put(&text.bytes);
        }
        text.bytes.clear();
    }

    /// Reads, formats and writes one batch, and tells whether there may be more.
    fn step(&self, batch: &mut Batch, printer: &mut Printer<'_>) -> bool {
        let Ok(mut source) = self.source.lock() else { return false };
        let more = source.fill(batch, printer, &mut |number, text| self.drain(number, text));
        drop(source);
        let number = batch.number;
        printer.show_batch(batch, &mut |text| self.drain(number, text));
        let mut turn = self.turn_of(number);
        if turn.result.is_err() {
            return false;
        }
        turn.number += 1;
        turn.matched |= printer.matched;
        turn.result = turn.write(&mut printer.text, batch.error.take());
        self.turn_passed.notify_all();
        more && turn.result.is_ok()
    }
}

impl OutputTurn<'_> {
    fn write(&mut self, text: &mut TextBuffer, error: Option<Error>) -> io::Result<()> {
        self.output.put(&text.bytes)?;
        text.bytes.clear();
        // A single packet may have taken far more than all others.
        text.bytes.shrink_to(2 * MOST_TEXT);
        if let Some(error) = error {
            self.output.flush()?;
            complain(error);
            self.failed = true;
        }
        Ok(())
    }
}
