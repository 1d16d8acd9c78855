//! Files that are written completely or not at all.

use crate::signals;
use flate2::write::GzEncoder;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::NamedTempFile;

/// A file that is written under a temporary name and renamed when it is complete. Devices and pipes are written
/// directly.
pub struct AtomicFile {
    out: Out,
    /// Bytes that have been written, before compression.
    written: u64,
}

#[allow(clippy::large_enum_variant, reason = "there is one for each file that is written")]
enum Out {
    /// To [`DIRECT`].
    Direct,
    Temporary(BufWriter<Coded>, Target),
}

/// The name that a file gets.
struct Target {
    path: PathBuf,
    /// The temporary name.
    temporary: PathBuf,
    /// The file that has the name until then.
    old: Option<fs::Metadata>,
}

/// Standard output, a device or a pipe that a capture goes to. Where packets come from flushes it before it waits.
static DIRECT: Mutex<Option<BufWriter<Box<dyn Write + Send>>>> = Mutex::new(None);

/// Writes what is waiting for standard output, a device or a pipe.
pub fn flush_direct() -> io::Result<()> {
    with_direct(Write::flush)
}

fn with_direct<T: Default>(act: impl FnOnce(&mut BufWriter<Box<dyn Write + Send>>) -> io::Result<T>) -> io::Result<T> {
    DIRECT.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map_or_else(|| Ok(T::default()), act)
}

/// A temporary file, compressed or not.
enum Coded {
    Plain(NamedTempFile),
    Gzip(GzEncoder<NamedTempFile>),
}

impl Write for Coded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Coded::Plain(file) => file.as_file_mut().write(bytes),
            Coded::Gzip(file) => file.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match self {
            Coded::Plain(file) => file.as_file_mut().flush(),
            Coded::Gzip(file) => file.flush(),
        }
    }
}

/// Most symbolic links that lead to a file, as in Linux.
const MOST_LINKS: usize = 40;

/// The file that a path leads to: the target of symbolic links, there or not, so that the links stay.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = folder_of(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links lead to it"))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// First part of temporary names.
const PREFIX: &str = ".packetsmith-";

/// An error without the temporary name that the crate `tempfile` adds to it.
fn plain(error: io::Error) -> io::Error {
    let names_it = error.get_ref().is_some_and(|inner| inner.to_string().contains(PREFIX));
    if names_it { error.kind().into() } else { error }
}

impl AtomicFile {
    /// Creates a file; `-` is standard output, which must not be a terminal. The message of an error names the file.
    pub fn create(path: &Path) -> Result<Self, String> {
        let named = |error: io::Error| format!("{}: cannot be written: {}", path.display(), plain(error));
        let direct = |out: Box<dyn Write + Send>| {
            let out = BufWriter::with_capacity(1 << 16, out);
            *DIRECT.lock().unwrap_or_else(PoisonError::into_inner) = Some(out);
            Ok(AtomicFile { out: Out::Direct, written: 0 })
        };
        if path.as_os_str() == "-" {
            if io::stdout().is_terminal() {
                return Err("a capture file is not written to a terminal: redirect it, or name a file".into());
            }
            signals::watch();
            return direct(Box::new(io::stdout()));
        }
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if let "zst" | "lz4" | "xz" | "bz2" = extension {
            return Err(format!("{}: of the compressions only gzip (.gz) is written", path.display()));
        }
        let target = follow(path).map_err(named)?;
        let old = fs::metadata(&target).ok();
        match &old {
            Some(old) if old.is_dir() => return Err(named(io::ErrorKind::IsADirectory.into())),
            Some(old) if !old.is_file() => {
                let file = File::options().write(true).open(path).map_err(named)?;
                signals::watch();
                return direct(Box::new(file));
            }
            Some(old) if old.permissions().readonly() => {
                return Err(format!("{}: is read-only: make it writable, or name another file", path.display()));
            }
            // Who may not write the file may not replace it either.
            Some(_) => drop(File::options().write(true).open(&target).map_err(named)?),
            None => {}
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Those of any new file, which the umask allows; of a file that is there, none more until it has its own.
            let mode = if old.is_some() { 0o600 } else { 0o666 };
            builder.permissions(fs::Permissions::from_mode(mode));
        }
        signals::watch();
        let folder = folder_of(&target);
        let file = builder.tempfile_in(folder).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                format!("{}: cannot be written: there is no folder {}", path.display(), folder.display())
            }
            io::ErrorKind::PermissionDenied => {
                format!("{}: cannot be written: no file may be created in {}", path.display(), folder.display())
            }
            _ => named(error),
        })?;
        let temporary = file.path().to_path_buf();
        signals::remember(&temporary);
        let coded = match extension {
            "gz" => Coded::Gzip(GzEncoder::new(file, flate2::Compression::default())),
            _ => Coded::Plain(file),
        };
        let target = Target { path: target, temporary, old };
        Ok(AtomicFile { out: Out::Temporary(BufWriter::with_capacity(1 << 16, coded), target), written: 0 })
    }

    /// Number of bytes that have been written, before compression.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Completes the file and gives it its name.
    pub fn finish(self) -> io::Result<()> {
        match self.out {
            Out::Direct => flush_direct(),
            Out::Temporary(out, target) => {
                let result = out.into_inner().map_err(io::IntoInnerError::into_error).and_then(|coded| {
                    let file = match coded {
                        Coded::Plain(file) => file,
                        Coded::Gzip(file) => file.finish()?,
                    };
                    target.like_the_old(file.as_file());
                    file.persist(&target.path).map_err(|error| error.error).map(drop)
                });
                signals::forget(&target.temporary);
                result.map_err(plain)
            }
        }
    }
}

impl Target {
    /// Gives the new file the owner and the permissions of the one that it replaces, as far as that is allowed.
    fn like_the_old(&self, file: &File) {
        let Some(old) = &self.old else { return };
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            if file.metadata().is_ok_and(|new| (new.uid(), new.gid()) != (old.uid(), old.gid())) {
                // The group alone, where the owner may not be given away.
                let _ = fchown(file, Some(old.uid()), Some(old.gid())).or_else(|_| fchown(file, None, Some(old.gid())));
            }
        }
        let _ = file.set_permissions(old.permissions());
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.out {
            Out::Direct => with_direct(|out| out.write(bytes)),
            Out::Temporary(out, _) => out.write(bytes),
        }?;
        self.written += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.out {
            // Only what waits is flushed: see `flush_direct`.
            Out::Direct => Ok(()),
            Out::Temporary(out, _) => out.flush(),
        }
    }
}
