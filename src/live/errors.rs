//! Why an interface cannot be opened or read.

use std::fmt;
use std::io;
use std::string::String;
use std::vec::Vec;

/// Why a capture cannot begin.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// No interface was named.
    NoInterface,
    /// There is no interface of this name.
    NotFound {
        /// The name.
        name: String,
        /// The interfaces that there are.
        interfaces: Vec<String>,
    },
    /// The interface is down, and has no frames until it is up.
    Down {
        /// Its name.
        name: String,
    },
    /// The process lacks a privilege: on Linux `CAP_NET_RAW`.
    NotPermitted {
        /// The interface.
        name: String,
    },
    /// Frames of the interface have a link type that is not known here.
    LinkType {
        /// The interface.
        name: String,
        /// Type of its hardware: a number of ARP.
        hardware: u16,
    },
    /// The system refuses the program of the filter.
    Filter {
        /// The interface.
        name: String,
        /// What the system says.
        error: io::Error,
    },
    /// The system gives no buffer for the frames.
    Buffer {
        /// The interface.
        name: String,
        /// Size of the buffer in bytes.
        bytes: usize,
        /// What the system says.
        error: io::Error,
    },
    /// This system has no interface that stands for all.
    NoAny,
    /// The system refuses.
    Io {
        /// The interface.
        name: String,
        /// What the system says.
        error: io::Error,
    },
}

impl OpenError {
    /// What the system says of an interface: a missing privilege, or another error.
    pub fn of(name: &str, error: impl Into<io::Error>) -> Self {
        let (name, error) = (name.into(), error.into());
        match error.kind() {
            io::ErrorKind::PermissionDenied => OpenError::NotPermitted { name },
            _ => OpenError::Io { name, error },
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::NoInterface => f.write_str("no interface is named"),
            OpenError::NotFound { name, interfaces } => {
                write!(f, "no interface is called {name}; there are {}", interfaces.join(", "))
            }
            OpenError::Down { name } => write!(f, "{name} is down: it has no frames until it is up"),
            OpenError::NotPermitted { name } => {
                write!(f, "{name} cannot be opened: the privilege is missing")?;
                if cfg!(target_os = "linux") { f.write_str(" (CAP_NET_RAW)") } else { Ok(()) }
            }
            OpenError::LinkType { name, hardware } => {
                write!(f, "{name}: frames of ARP hardware type {hardware} are not supported")
            }
            OpenError::Filter { name, error } => write!(f, "{name}: the system refuses the filter: {error}"),
            OpenError::Buffer { name, bytes, error } => {
                write!(f, "{name}: the system gives no buffer of {bytes} bytes: {error}")
            }
            OpenError::NoAny => f.write_str("this system has no interface any: name the interfaces"),
            OpenError::Io { name, error } => write!(f, "{name} cannot be opened: {error}"),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            OpenError::Filter { error, .. } | OpenError::Buffer { error, .. } | OpenError::Io { error, .. } => {
                Some(error)
            }
            _ => None,
        }
    }
}

impl From<OpenError> for io::Error {
    fn from(error: OpenError) -> Self {
        let kind = match &error {
            OpenError::NotFound { .. } => io::ErrorKind::NotFound,
            OpenError::NotPermitted { .. } => io::ErrorKind::PermissionDenied,
            OpenError::Down { .. } => io::ErrorKind::NetworkDown,
            OpenError::LinkType { .. } | OpenError::NoAny => io::ErrorKind::Unsupported,
            OpenError::NoInterface => io::ErrorKind::InvalidInput,
            OpenError::Filter { error, .. } | OpenError::Buffer { error, .. } | OpenError::Io { error, .. } => {
                error.kind()
            }
        };
        io::Error::new(kind, error)
    }
}

/// What happened to a capture that has begun. It goes on with the interfaces that are left.
#[derive(Debug)]
#[non_exhaustive]
pub enum CaptureError {
    /// An interface went down. Its frames come again when it is up again.
    Down {
        /// Its name.
        name: String,
    },
    /// An interface is there no more.
    Gone {
        /// Its name.
        name: String,
    },
    /// No interface is left: each is gone.
    NoneLeft,
    /// The system refuses.
    Io {
        /// The interface.
        name: String,
        /// What the system says.
        error: io::Error,
    },
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CaptureError::Down { name } => write!(f, "{name} went down: its frames come when it is up again"),
            CaptureError::Gone { name } => write!(f, "{name} is there no more"),
            CaptureError::NoneLeft => f.write_str("no interface is left"),
            CaptureError::Io { name, error } => write!(f, "{name} cannot be read: {error}"),
        }
    }
}

impl std::error::Error for CaptureError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CaptureError::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl From<CaptureError> for io::Error {
    fn from(error: CaptureError) -> Self {
        let kind = match &error {
            CaptureError::Down { .. } => io::ErrorKind::NetworkDown,
            CaptureError::Gone { .. } | CaptureError::NoneLeft => io::ErrorKind::NotFound,
            CaptureError::Io { error, .. } => error.kind(),
        };
        io::Error::new(kind, error)
    }
}

/// Why frames of [`Sender::send_many`](super::Sender::send_many) were not sent.
#[derive(Debug)]
pub struct SendError {
    /// How many frames before it were sent: the index of the frame that was not.
    pub sent: usize,
    /// What the system says.
    pub error: io::Error,
}

impl core::fmt::Display for SendError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "frame {} was not sent: {}", self.sent + 1, self.error)
    }
}

impl core::error::Error for SendError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl SendError {
    /// Whether the frame has more bytes than the interface can send.
    pub fn is_too_long(&self) -> bool {
        is_too_long(&self.error)
    }
}

/// Whether the system refused a frame because of its length.
#[cfg(target_os = "linux")]
fn is_too_long(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EMSGSIZE)
}

/// Whether the system refused a frame because of its length.
#[cfg(not(target_os = "linux"))]
fn is_too_long(_: &io::Error) -> bool {
    false
}
