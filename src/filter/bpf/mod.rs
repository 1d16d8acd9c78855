//! Capture filters: programs of classic BPF that accept every frame that a display filter passes.

mod assemble;
mod compile;
mod conjuncts;
mod frame_source;
mod frames;
mod graph;
mod instruction;
mod known_layer;
mod question;
mod ranges;
mod selecting_numbers;
mod unsettled;
mod value_check;

pub use frame_source::FrameSource;
pub use instruction::BpfInstruction;
pub use unsettled::Unsettled;

use super::Filter;
use super::plan::Expression;
use crate::layer::NextProtocol;
use alloc::boxed::Box;
use alloc::vec::Vec;
use assemble::assemble;
use compile::Compiler;
use conjuncts::conjuncts;
use core::fmt;
use instruction::{ALL_BYTES, code};
use question::Questions;
use selecting_numbers::SelectingNumbers;

/// A program of classic BPF for a filter: see [`Filter::capture_program`].
///
/// `Display` writes it as `tcpdump -d` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureProgram {
    instructions: Vec<BpfInstruction>,
    unsettled: Vec<Unsettled>,
    leftover: Vec<Box<str>>,
}

impl Filter {
    /// Compiles the filter to a program of classic BPF for frames of a link type, such as
    /// [`LinkType::Ethernet`](crate::LinkType). The kernel runs it before a packet is copied (`SO_ATTACH_FILTER`).
    ///
    /// The program accepts every frame that the filter passes, and every frame that the filter needs for the answer about
    /// another one: fragments of a datagram, segments with a part of a message. It may accept others too: run the filter on
    /// what it accepts, unless the program [is exact](CaptureProgram::is_exact). That holds for whole frames, dissected by
    /// the protocols of this crate: cut frames to a snapshot length after they were filtered.
    ///
    /// ```
    /// use packetsmith::{Filter, FrameSource, LinkType};
    /// let filter = Filter::parse("tcp.port == 80 && http.host contains \"example\"").unwrap();
    /// let program = filter.capture_program(LinkType::Ethernet, FrameSource::Socket);
    /// assert!(!program.accepts_all() && !program.is_exact());
    /// assert_eq!(program.leftover().collect::<Vec<_>>(), ["http.host contains \"example\""]);
    /// let socket_filter: Vec<(u16, u8, u8, u32)> =
    ///     program.instructions().iter().map(|one| (one.code, one.jt, one.jf, one.k)).collect();
    /// assert!(socket_filter.len() < 4096);
    /// ```
    pub fn capture_program(&self, link_type: impl Into<NextProtocol>, source: FrameSource) -> CaptureProgram {
        let first = link_type.into();
        let questions = Questions::new(&self.plan, source);
        if self.knows_others {
            return CaptureProgram::accepting_all(Unsettled::OtherProtocols, self);
        }
        if questions.need_all_packets() {
            return CaptureProgram::accepting_all(Unsettled::OtherPackets, self);
        }
        let numbers = SelectingNumbers::of(&questions);
        let compile = |part: &Expression| compiled(Compiler::new(&questions, &numbers, part), first);
        match compile(&self.plan.expression) {
            Err(why) => CaptureProgram::accepting_all(why, self),
            Ok((instructions, unsettled)) => {
                let parts: &[Expression] = match &self.plan.expression {
                    Expression::All(parts) => parts,
                    single => core::slice::from_ref(single),
                };
                let texts = conjuncts(&self.text, parts.len());
                let is_left = |part: &Expression| match compile(part) {
                    Ok((_, unsettled)) => unsettled.iter().any(|why| matches!(why, Unsettled::Test | Unsettled::Data)),
                    Err(_) => true,
                };
                let mut leftover: Vec<Box<str>> = match texts.len() == parts.len() {
                    true => {
                        parts.iter().zip(texts).filter(|(part, _)| is_left(part)).map(|(_, text)| text.into()).collect()
                    }
                    false if parts.iter().any(is_left) => Vec::from([self.text.clone()]),
                    false => Vec::new(),
                };
                leftover.dedup();
                CaptureProgram { instructions, unsettled, leftover }
            }
        }
    }
}

/// The program that a compiler makes, and what it does not settle.
fn compiled(
    mut compiler: Compiler<'_, '_>,
    first: NextProtocol,
) -> Result<(Vec<BpfInstruction>, Vec<Unsettled>), Unsettled> {
    let root = compiler.link(first).ok_or(Unsettled::LinkType)?;
    if compiler.gave_up() {
        return Err(Unsettled::TooLong);
    }
    let instructions = assemble(&compiler.graph, root).ok_or(Unsettled::TooLong)?;
    Ok((instructions, compiler.unsettled.into_iter().collect()))
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
