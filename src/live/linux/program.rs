//! The program of classic BPF that the kernel runs on the frames of a socket.
//!
//! Beside the filter that is asked for, it does what only it can do: it cuts frames to the snapshot length before they are copied,
//! and leaves out the copy of a frame that the loopback device sends, which it also receives.

use super::link_types::LINK_TYPES;
use crate::filter::BpfInstruction;
use crate::live::receiver::CaptureSettings;
use std::vec::Vec;

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const IS_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const GO: u16 = (libc::BPF_JMP | libc::BPF_JA) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

/// What the kernel knows beside the frame: its direction, and the type of the hardware.
const PACKET_TYPE: u32 = (libc::SKF_AD_OFF + libc::SKF_AD_PKTTYPE) as u32;
const HARDWARE: u32 = (libc::SKF_AD_OFF + libc::SKF_AD_HATYPE) as u32;

const fn instruction(code: u16, k: u32) -> BpfInstruction {
    BpfInstruction { code, jt: 0, jf: 0, k }
}

/// The next `steps` instructions are left out unless the number that was loaded is this one.
const fn if_equal(number: u32, steps: u8) -> BpfInstruction {
    BpfInstruction { code: IS_EQUAL, jt: 0, jf: steps, k: number }
}

/// The program for the frames of the types of hardware that a socket may have: one, or all. Each frame is kept whole or cut to the
/// snapshot length.
pub(super) fn program(hardware: Option<u16>, settings: &CaptureSettings) -> Vec<BpfInstruction> {
    let is_asked_for = |known: u16| hardware.is_none_or(|only| only == known);
    let types: Vec<_> = LINK_TYPES.into_iter().filter(|(known, _)| is_asked_for(*known)).collect();
    let mut programs: Vec<(u16, Vec<BpfInstruction>)> = Vec::new();
    for (_, link_type) in &types {
        if programs.iter().all(|(there, _)| there != link_type)
            && let Some(program) = settings.program.as_ref().and_then(|program| program(*link_type))
        {
            programs.push((*link_type, program));
        }
    }
    let mut all = together(&types, &programs, settings.snap_len);
    if all.len() > libc::BPF_MAXINSNS as usize {
        // The kernel takes no longer program. Who asked for it filters what comes.
        all = together(&types, &[], settings.snap_len);
    }
    all
}

/// One program that goes to that of a link type by the type of the hardware.
fn together(types: &[(u16, u16)], programs: &[(u16, Vec<BpfInstruction>)], snap_len: usize) -> Vec<BpfInstruction> {
    let mut all = Vec::new();
    if types.iter().any(|(hardware, _)| *hardware == libc::ARPHRD_LOOPBACK) {
        all.extend([
            instruction(LOAD, PACKET_TYPE),
            if_equal(libc::PACKET_OUTGOING.into(), 3),
            instruction(LOAD, HARDWARE),
            if_equal(libc::ARPHRD_LOOPBACK.into(), 1),
            instruction(RETURN, 0),
        ]);
    }
    let filtered: Vec<_> = types
        .iter()
        .filter_map(|(hardware, link_type)| {
            Some((*hardware, programs.iter().position(|(there, _)| there == link_type)?))
        })
        .collect();
    let accept = instruction(RETURN, snap_len as u32);
    if types.len() > 1 && !filtered.is_empty() {
        all.push(instruction(LOAD, HARDWARE));
        // Two instructions for each type of hardware, and one behind them.
        let begin = all.len() + 2 * filtered.len() + 1;
        for (hardware, number) in filtered {
            let start: usize = begin + programs[..number].iter().map(|(_, program)| program.len()).sum::<usize>();
            all.push(if_equal(hardware.into(), 1));
            all.push(instruction(GO, (start - all.len() - 1) as u32));
        }
        all.push(accept);
    }
    for step in programs.iter().flat_map(|(_, program)| program) {
        let k = if step.code == RETURN { step.k.min(snap_len as u32) } else { step.k };
        all.push(BpfInstruction { k, ..*step });
    }
    if programs.is_empty() {
        all.push(accept);
    }
    all
}
