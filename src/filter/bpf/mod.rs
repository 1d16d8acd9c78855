//! Capture filters: programs of classic BPF that accept every frame that a display filter passes.

mod instruction;

pub use instruction::BpfInstruction;

use super::Filter;
use crate::layer::NextProtocol;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use instruction::code;

/// Return value of a program that accepts a frame: all of its bytes.
const ALL_BYTES: u32 = u32::MAX;

/// Where the frames come from that a program sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameSource {
    /// A capture file: VLAN tags stand in the frame. The length that the program reads is that of the captured bytes.
    File,
    /// A packet socket of Linux. The kernel takes the outermost VLAN tag out of the frame and tells it beside the
    /// bytes, and a program sees the whole frame, before a snapshot length cuts it.
    Socket,
}

/// A program of classic BPF for a filter: see [`Filter::capture_program`].
///
/// `Display` writes it as `tcpdump -d` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureProgram {
    instructions: Vec<BpfInstruction>,
    unsettled: Vec<Unsettled>,
    leftover: Vec<Box<str>>,
}

/// What a program cannot settle, so that it accepts the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unsettled {
    /// Programs are made for Ethernet, raw IP and Linux cooked captures.
    LinkType,
}

impl fmt::Display for Unsettled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unsettled::LinkType => "frames of this link type",
        })
    }
}

impl Filter {
    /// Compiles the filter to a program of classic BPF for frames of a link type, such as
    /// [`LinkType::Ethernet`](crate::LinkType).
    ///
    /// The program accepts every frame that the filter passes. It may accept others too: run the filter on what it
    /// accepts, unless the program [is exact](CaptureProgram::is_exact).
    pub fn capture_program(&self, link_type: impl Into<NextProtocol>, source: FrameSource) -> CaptureProgram {
        let _ = (link_type.into(), source);
        CaptureProgram::accepting_all(Unsettled::LinkType, self)
    }
}

impl CaptureProgram {
    fn accepting_all(why: Unsettled, filter: &Filter) -> Self {
        let instructions = Vec::from([BpfInstruction::new(code::RETURN, ALL_BYTES)]);
        CaptureProgram { instructions, unsettled: Vec::from([why]), leftover: Vec::from([filter.text.clone()]) }
    }

    /// The instructions, at most 4096, which the kernel takes (`SO_ATTACH_FILTER`). A frame is accepted if they return a
    /// number other than 0: they return 0 or `u32::MAX`.
    pub fn instructions(&self) -> &[BpfInstruction] {
        &self.instructions
    }

    /// Whether the program gives the filter's answer for every frame, so that the filter need not run again.
    pub fn is_exact(&self) -> bool {
        self.unsettled.is_empty()
    }

    /// Whether the program accepts every frame, so that it is not worth attaching.
    pub fn accepts_all(&self) -> bool {
        self.instructions.iter().all(|instruction| instruction.code != code::RETURN || instruction.k != 0)
    }

    /// Frames and tests that the program does not settle. The filter must run on what it accepts because of these.
    pub fn unsettled(&self) -> &[Unsettled] {
        &self.unsettled
    }

    /// The parts of the filter, joined by `&&`, that the program cannot answer even for plain frames: their text.
    pub fn leftover(&self) -> impl Iterator<Item = &str> {
        self.leftover.iter().map(|text| &**text)
    }
}

impl fmt::Display for CaptureProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, instruction) in self.instructions.iter().enumerate() {
            let BpfInstruction { jt, jf, k, .. } = *instruction;
            match instruction {
                conditional if conditional.is_conditional() => {
                    let (yes, no) = (number + 1 + usize::from(jt), number + 1 + usize::from(jf));
                    let text = alloc::format!("{conditional}");
                    writeln!(f, "({number:03}) {text:<27} jt {yes}\tjf {no}")?;
                }
                jump if jump.code == code::JUMP => writeln!(f, "({number:03}) ja       {}", number + 1 + k as usize)?,
                other => writeln!(f, "({number:03}) {other}")?,
            }
        }
        Ok(())
    }
}
