//! Instructions of classic BPF, and how tcpdump writes them.

use core::fmt;

/// Return value of a program that accepts a frame: all of its bytes.
pub(super) const ALL_BYTES: u32 = u32::MAX;

/// One instruction of classic BPF: the kernel's `struct sock_filter`, libpcap's `struct bpf_insn`.
///
/// `Display` writes it as `tcpdump -d` does, without its number and the targets of jumps, which [`CaptureProgram`] writes.
///
/// ```
/// let instruction = packetsmith::BpfInstruction { code: 0x28, jt: 0, jf: 0, k: 12 };
/// assert_eq!(instruction.to_string(), "ldh      [12]");
/// ```
///
/// [`CaptureProgram`]: crate::CaptureProgram
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BpfInstruction {
    /// Operation: class, mode and size.
    pub code: u16,
    /// Instructions to skip if a conditional jump holds.
    pub jt: u8,
    /// Instructions to skip if it does not hold.
    pub jf: u8,
    /// A constant, an offset, or the distance of an unconditional jump.
    pub k: u32,
}

/// Offset of what the kernel knows beside the bytes of a packet, `SKF_AD_OFF`.
const ANCILLARY: u32 = 0xffff_f000;

/// Operations that programs here are made of, by their numbers in `linux/bpf_common.h`.
pub(super) mod code {
    pub(in super::super) const LOAD_WORD: u16 = 0x20;
    pub(in super::super) const LOAD_HALF: u16 = 0x28;
    pub(in super::super) const LOAD_BYTE: u16 = 0x30;
    pub(in super::super) const LOAD_LENGTH: u16 = 0x80;
    pub(in super::super) const LOAD_WORD_AT_X: u16 = 0x40;
    pub(in super::super) const LOAD_HALF_AT_X: u16 = 0x48;
    pub(in super::super) const LOAD_BYTE_AT_X: u16 = 0x50;
    pub(in super::super) const LOAD_CONSTANT: u16 = 0x00;
    pub(in super::super) const LOAD_MEMORY: u16 = 0x60;
    pub(in super::super) const LOAD_X_MEMORY: u16 = 0x61;
    pub(in super::super) const STORE: u16 = 0x02;
    pub(in super::super) const ADD: u16 = 0x04;
    pub(in super::super) const ADD_X: u16 = 0x0c;
    pub(in super::super) const SUBTRACT_X: u16 = 0x1c;
    pub(in super::super) const AND: u16 = 0x54;
    pub(in super::super) const SHIFT_LEFT: u16 = 0x64;
    pub(in super::super) const JUMP: u16 = 0x05;
    pub(in super::super) const JUMP_EQUAL: u16 = 0x15;
    pub(in super::super) const JUMP_GREATER: u16 = 0x25;
    pub(in super::super) const JUMP_GREATER_OR_EQUAL: u16 = 0x35;
    pub(in super::super) const JUMP_SET: u16 = 0x45;
    pub(in super::super) const JUMP_GREATER_OR_EQUAL_X: u16 = 0x3d;
    pub(in super::super) const RETURN: u16 = 0x06;
    pub(in super::super) const A_TO_X: u16 = 0x07;
}

/// What the kernel knows beside the bytes of a packet, by its number in `linux/filter.h`.
pub(super) mod ancillary {
    use super::ANCILLARY;
    pub(in super::super) const PROTOCOL: u32 = ANCILLARY;
    pub(in super::super) const HARDWARE_TYPE: u32 = ANCILLARY + 28;
    pub(in super::super) const VLAN_TAG: u32 = ANCILLARY + 44;
    pub(in super::super) const VLAN_TAG_PRESENT: u32 = ANCILLARY + 48;
    pub(in super::super) const VLAN_TPID: u32 = ANCILLARY + 60;
}

impl BpfInstruction {
    /// Rejects every frame: alone, the program of a socket that only sends.
    pub const REJECT: BpfInstruction = BpfInstruction::new(code::RETURN, 0);

    pub(super) const fn new(code: u16, k: u32) -> Self {
        BpfInstruction { code, jt: 0, jf: 0, k }
    }

    /// Whether it is a conditional jump.
    pub(super) fn is_conditional(&self) -> bool {
        self.code & 7 == 5 && self.code != code::JUMP
    }
}

/// What an ancillary load reads.
fn ancillary_name(k: u32) -> Option<&'static str> {
    Some(match k {
        ancillary::PROTOCOL => "protocol",
        ancillary::HARDWARE_TYPE => "hatype",
        ancillary::VLAN_TAG => "vlan_tci",
        ancillary::VLAN_TAG_PRESENT => "vlanp",
        ancillary::VLAN_TPID => "vlan_tpid",
        _ => return None,
    })
}

impl fmt::Display for BpfInstruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let k = self.k;
        let load = |f: &mut fmt::Formatter<'_>, name: &str| match ancillary_name(k) {
            Some(what) => write!(f, "{name:<8} {what}"),
            None => write!(f, "{name:<8} [{k}]"),
        };
        match self.code {
            code::LOAD_WORD => load(f, "ld"),
            code::LOAD_HALF => load(f, "ldh"),
            code::LOAD_BYTE => load(f, "ldb"),
            code::LOAD_LENGTH => write!(f, "ld       #pktlen"),
            code::LOAD_WORD_AT_X => write!(f, "ld       [x + {k}]"),
            code::LOAD_HALF_AT_X => write!(f, "ldh      [x + {k}]"),
            code::LOAD_BYTE_AT_X => write!(f, "ldb      [x + {k}]"),
            code::LOAD_CONSTANT => write!(f, "ld       #{k:#x}"),
            code::LOAD_MEMORY => write!(f, "ld       M[{k}]"),
            code::LOAD_X_MEMORY => write!(f, "ldx      M[{k}]"),
            code::STORE => write!(f, "st       M[{k}]"),
            code::ADD => write!(f, "add      #{k}"),
            code::ADD_X => write!(f, "add      x"),
            code::SUBTRACT_X => write!(f, "sub      x"),
            code::AND => write!(f, "and      #{k:#x}"),
            code::SHIFT_LEFT => write!(f, "lsh      #{k}"),
            code::JUMP => write!(f, "ja       {k}"),
            code::JUMP_EQUAL => write!(f, "jeq      #{k:#x}"),
            code::JUMP_GREATER => write!(f, "jgt      #{k:#x}"),
            code::JUMP_GREATER_OR_EQUAL => write!(f, "jge      #{k:#x}"),
            code::JUMP_SET => write!(f, "jset     #{k:#x}"),
            code::JUMP_GREATER_OR_EQUAL_X => write!(f, "jge      x"),
            code::RETURN => write!(f, "ret      #{k}"),
            code::A_TO_X => write!(f, "tax"),
            code => write!(f, "op {code:#x} #{k}"),
        }
    }
}
