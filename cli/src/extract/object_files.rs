//! The files that are written, their SHA-256, and the limits on them.

use super::safe_name::FileName;
use crate::outcome::complain;
use hmac_sha256::Hash;
use std::collections::{HashSet, VecDeque};
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Most files that are open at a time.
const MOST_OPEN: usize = 32;

/// Most numbers that are tried for a name that is taken.
const MOST_NUMBERS: u32 = 10_000;

/// How files are called that are not complete.
const INCOMPLETE: &str = ".incomplete";

/// Limits on what is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of an object.
    pub(super) object: u64,
    /// Bytes of all objects.
    pub(super) total: u64,
    pub(super) files: u64,
}

/// A folder with the objects of a capture.
pub(super) struct ObjectFiles<'a> {
    folder: &'a Path,
    is_dry_run: bool,
    limits: Limits,
    /// Bytes of all objects so far.
    written: u64,
    files: u64,
    next: u64,
    /// Files that are open, by number of the object. The one that was opened first is closed first.
    open: VecDeque<(u64, File)>,
    /// Names of a dry run.
    planned: HashSet<String>,
    /// Objects that were not written, for want of room.
    pub(super) refused: u64,
    /// Whether something could not be written.
    pub(super) has_failed: bool,
}

/// An object that is being written. Its name ends with `.incomplete` until it is complete.
pub(super) struct Object {
    number: u64,
    name: FileName,
    path: PathBuf,
    identity: Option<(u64, u64)>,
    hash: Hash,
    pub(super) size: u64,
    is_refused: bool,
    /// The option of the limit at which the object was cut.
    pub(super) cut_by: Option<&'static str>,
}

/// An object whose file is complete, or will not become so.
pub(super) struct WrittenObject {
    pub(super) file: String,
    pub(super) size: u64,
    pub(super) sha256: [u8; 32],
    pub(super) is_complete: bool,
}

impl<'a> ObjectFiles<'a> {
    /// The objects of a folder. It is made with the first of them, in a folder that must be there.
    pub(super) fn new(folder: &'a Path, limits: Limits, is_dry_run: bool) -> Result<Self, String> {
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match fs::metadata(folder) {
            Ok(metadata) if !metadata.is_dir() => return Err(format!("{}: is not a folder", folder.display())),
            Err(_) if !parent.is_dir() => {
                return Err(format!("{}: cannot be made: there is no folder {}", folder.display(), parent.display()));
            }
            _ => {}
        }
        Ok(ObjectFiles {
            folder,
            is_dry_run,
            limits,
            written: 0,
            files: 0,
            next: 0,
            open: VecDeque::new(),
            planned: HashSet::new(),
            refused: 0,
            has_failed: false,
        })
    }

    /// Begins an object.
    pub(super) fn begin(&mut self, name: FileName) -> Object {
        self.next += 1;
        let is_full = self.files >= self.limits.files || self.written >= self.limits.total;
        let mut object = Object {
            number: self.next,
            name,
            path: PathBuf::new(),
            identity: None,
            hash: Hash::new(),
            size: 0,
            is_refused: self.has_failed || is_full,
            cut_by: None,
        };
        if object.is_refused {
            self.refused += 1;
            return object;
        }
        self.files += 1;
        if !self.is_dry_run
            && let Err(error) = self.create(&mut object)
        {
            self.fail(&mut object, &error);
        }
        object
    }

    fn create(&mut self, object: &mut Object) -> io::Result<()> {
        if !self.folder.exists() {
            fs::create_dir(self.folder)?;
        }
        let (path, file) = self.create_new(&object.name, INCOMPLETE)?;
        object.identity = file.metadata().ok().and_then(|metadata| identity(&metadata));
        object.path = path;
        self.keep_open(object.number, file);
        Ok(())
    }

    /// Creates a file that is not there yet. A name that is taken, by a symbolic link too, has a number added.
    fn create_new(&self, name: &FileName, end: &str) -> io::Result<(PathBuf, File)> {
        for number in 1..=MOST_NUMBERS {
            let path = self.folder.join(format!("{}{end}", name.numbered(number)));
            match File::create_new(&path) {
                Ok(file) => return Ok((path, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn keep_open(&mut self, number: u64, file: File) {
        if self.open.len() >= MOST_OPEN {
            self.open.pop_front();
        }
        self.open.push_back((number, file));
    }

    /// Names the file that could not be written. Nothing more is written after that: what prevents one file mostly prevents
    /// all others.
    fn fail(&mut self, object: &mut Object, error: &io::Error) {
        let path = if object.path.as_os_str().is_empty() {
            self.folder.join(object.name.numbered(1))
        } else {
            object.path.clone()
        };
        complain(format_args!("{}: cannot be written: {error}; nothing more is written", path.display()));
        self.has_failed = true;
        object.is_refused = true;
        self.refused += 1;
    }

    /// Appends bytes to an object, as far as the limits allow.
    pub(super) fn append(&mut self, object: &mut Object, bytes: &[u8]) {
        if object.is_refused || bytes.is_empty() || object.cut_by.is_some() {
            return;
        }
        let mut rest = bytes.len() as u64;
        for (room, option) in
            [(self.limits.object - object.size, "--max-size"), (self.limits.total - self.written, "--max-total")]
        {
            if rest > room {
                rest = room;
                object.cut_by = Some(option);
            }
        }
        let bytes = &bytes[..rest as usize];
        if !self.is_dry_run
            && let Err(error) = self.write(object, bytes)
        {
            return self.fail(object, &error);
        }
        object.hash.update(bytes);
        object.size += rest;
        self.written += rest;
    }

    fn write(&mut self, object: &Object, bytes: &[u8]) -> io::Result<()> {
        if let Some((_, file)) = self.open.iter_mut().find(|(number, _)| *number == object.number) {
            return file.write_all(bytes);
        }
        // It was closed, since many objects are written at a time. It must be what it was.
        let changed = || io::Error::other("the file was replaced or changed meanwhile");
        if !fs::symlink_metadata(&object.path)?.is_file() {
            return Err(changed());
        }
        let mut file = File::options().append(true).open(&object.path)?;
        let metadata = file.metadata()?;
        if identity(&metadata) != object.identity || metadata.len() != object.size {
            return Err(changed());
        }
        file.write_all(bytes)?;
        self.keep_open(object.number, file);
        Ok(())
    }

    /// Ends an object. `None` if it was not written.
    pub(super) fn finish(&mut self, mut object: Object, is_complete: bool) -> Option<WrittenObject> {
        if object.is_refused {
            return None;
        }
        self.open.retain(|(number, _)| *number != object.number);
        let is_complete = is_complete && object.cut_by.is_none();
        let end = if is_complete { "" } else { INCOMPLETE };
        let file = if self.is_dry_run {
            self.plan(&object.name, end)
        } else {
            let renamed = if is_complete { self.complete(&object) } else { Ok(object.path.clone()) };
            match renamed {
                Ok(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                Err(error) => {
                    self.fail(&mut object, &error);
                    return None;
                }
            }
        };
        Some(WrittenObject { file, size: object.size, sha256: object.hash.finalize(), is_complete })
    }

    /// Gives a file its name. A new file has the name until then, so none that is there is replaced.
    fn complete(&self, object: &Object) -> io::Result<PathBuf> {
        let (path, _) = self.create_new(&object.name, "")?;
        fs::rename(&object.path, &path).map(|()| path)
    }

    /// The name that a file would get.
    fn plan(&mut self, name: &FileName, end: &str) -> String {
        let names = (1..=MOST_NUMBERS).map(|number| format!("{}{end}", name.numbered(number)));
        let is_free =
            |name: &String| !self.planned.contains(name) && fs::symlink_metadata(self.folder.join(name)).is_err();
        let name = names.into_iter().find(is_free).unwrap_or_else(|| name.numbered(1));
        self.planned.insert(name.clone());
        name
    }

    /// Says whether a limit was reached.
    pub(super) fn complain(&self) -> bool {
        if self.refused > 0 && !self.has_failed {
            let (option, limit) = match self.files >= self.limits.files {
                true => ("--max-files", format!("{} files", self.limits.files)),
                false => ("--max-total", format!("{} bytes in all", self.limits.total)),
            };
            complain(format_args!(
                "more than {limit}: {} objects are not written ({option} raises the limit)",
                self.refused
            ));
        }
        self.refused > 0 || self.has_failed
    }
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems have none")]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}
