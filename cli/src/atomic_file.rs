//! Files that are written completely or not at all.

use flate2::write::GzEncoder;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file that is written under a temporary name and renamed when it is complete. Devices and pipes are written
/// directly.
pub struct AtomicFile {
    out: Out,
}

enum Out {
    Stdout(BufWriter<io::Stdout>),
    Plain(BufWriter<File>),
    Temporary(BufWriter<Coded>, PathBuf),
}

/// A temporary file, compressed or not.
enum Coded {
    Plain(NamedTempFile),
    Gzip(GzEncoder<NamedTempFile>),
}

impl Write for Coded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Coded::Plain(file) => file.write(bytes),
            Coded::Gzip(file) => file.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match self {
            Coded::Plain(file) => file.flush(),
            Coded::Gzip(file) => file.flush(),
        }
    }
}

impl AtomicFile {
    /// Creates a file; `-` is standard output, which must not be a terminal. The message of an error names the file.
    pub fn create(path: &Path) -> Result<Self, String> {
        let named = |error: io::Error| format!("{}: cannot be written: {error}", path.display());
        if path.as_os_str() == "-" {
            if io::stdout().is_terminal() {
                return Err("a capture file is not written to a terminal: redirect it, or name a file".into());
            }
            return Ok(AtomicFile { out: Out::Stdout(BufWriter::with_capacity(1 << 16, io::stdout())) });
        }
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if let "zst" | "lz4" | "xz" | "bz2" = extension {
            return Err(format!("{}: of the compressions only gzip (.gz) is written", path.display()));
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(named(io::ErrorKind::IsADirectory.into())),
            Ok(metadata) if !metadata.is_file() => {
                let file = File::options().write(true).open(path).map_err(named)?;
                return Ok(AtomicFile { out: Out::Plain(BufWriter::with_capacity(1 << 16, file)) });
            }
            _ => {}
        }
        // Replace the target of a symbolic link, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".packetsmith-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The permissions of any new file: those that the umask allows.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder).map_err(named)?;
        let coded = match extension {
            "gz" => Coded::Gzip(GzEncoder::new(file, flate2::Compression::default())),
            _ => Coded::Plain(file),
        };
        Ok(AtomicFile { out: Out::Temporary(BufWriter::with_capacity(1 << 16, coded), path) })
    }

    /// Completes the file and gives it its name.
    pub fn finish(self) -> io::Result<()> {
        match self.out {
            Out::Stdout(mut out) => out.flush(),
            Out::Plain(mut out) => out.flush(),
            Out::Temporary(out, path) => {
                let file = match out.into_inner().map_err(io::IntoInnerError::into_error)? {
                    Coded::Plain(file) => file,
                    Coded::Gzip(file) => file.finish()?,
                };
                file.persist(path).map_err(|error| error.error)?;
                Ok(())
            }
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.out {
            Out::Stdout(out) => out.write(bytes),
            Out::Plain(out) => out.write(bytes),
            Out::Temporary(out, _) => out.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.out {
            Out::Stdout(out) => out.flush(),
            Out::Plain(out) => out.flush(),
            Out::Temporary(out, _) => out.flush(),
        }
    }
}
