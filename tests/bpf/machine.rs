//! A machine for classic BPF that runs programs as the kernel does: `bpf_check_classic` and `__bpf_prog_run` of Linux.

use packetsmith::BpfInstruction;

/// A frame as a program sees it, and what the kernel knows beside it.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub bytes: Vec<u8>,
    /// Protocol identifier and tag control information that the kernel took out.
    pub tag: Option<(u16, u16)>,
    pub protocol: u16,
    pub hardware_type: u16,
}

/// Checks a program as the kernel does before it attaches it.
pub fn verify(program: &[BpfInstruction]) -> Result<(), String> {
    if program.is_empty() || program.len() > 4096 {
        return Err(format!("{} instructions", program.len()));
    }
    if program.last().is_none_or(|last| last.code & 7 != 6) {
        return Err("the last instruction does not return".into());
    }
    // Cells of the memory that are stored on every path to an instruction: all if none leads there.
    let mut stored = vec![u16::MAX; program.len()];
    let mut now = 0_u16;
    for (at, instruction) in program.iter().enumerate() {
        now &= stored[at];
        let BpfInstruction { code, jt, jf, k } = *instruction;
        let mut lead = |to: usize, now: u16| match stored.get_mut(to) {
            Some(cells) => {
                *cells &= now;
                Ok(())
            }
            None => Err(format!("{at} leads to {to}, beyond the end")),
        };
        match code {
            0x02 | 0x03 if k < 16 => now |= 1 << k,
            0x60 | 0x61 if k < 16 && now >> k & 1 == 1 => {}
            0x60 | 0x61 => return Err(format!("{at} reads cell {k}, which is not stored on every path")),
            0x05 => {
                lead(at + 1 + k as usize, now)?;
                now = u16::MAX;
            }
            0x15 | 0x1d | 0x25 | 0x2d | 0x35 | 0x3d | 0x45 | 0x4d => {
                lead(at + 1 + usize::from(jt), now)?;
                lead(at + 1 + usize::from(jf), now)?;
                now = u16::MAX;
            }
            0x00 | 0x01 | 0x04 | 0x0c | 0x07 | 0x1c | 0x20 | 0x28 | 0x30 | 0x40 | 0x48 | 0x50 | 0x54 | 0x64 | 0x80 => {}
            // The kernel takes what follows a return for reached from it.
            0x06 => {}
            other => return Err(format!("{at} has the unknown code {other:#x}")),
        }
    }
    Ok(())
}

/// What a program returns for a frame: 0 rejects it. A load past its end does too.
pub fn run(program: &[BpfInstruction], seen: &Seen) -> u32 {
    let (mut a, mut x, mut memory, mut at) = (0_u32, 0_u32, [0_u32; 16], 0_usize);
    let load = |offset: u64, size: usize| {
        let start = usize::try_from(offset).ok()?;
        let bytes = seen.bytes.get(start..start.checked_add(size)?)?;
        Some(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    };
    loop {
        let BpfInstruction { code, jt, jf, k } = program[at];
        at += 1;
        let mut jump = |holds: bool| at += usize::from(if holds { jt } else { jf });
        match code {
            0x20 if k >= 0xffff_f000 => {
                a = match k - 0xffff_f000 {
                    0 => seen.protocol.into(),
                    28 => seen.hardware_type.into(),
                    44 => seen.tag.map_or(0, |(_, tag)| tag.into()),
                    48 => seen.tag.is_some().into(),
                    60 => seen.tag.map_or(0, |(tpid, _)| tpid.into()),
                    _ => panic!("{k:#x} is not used"),
                }
            }
            0x20 | 0x28 | 0x30 | 0x40 | 0x48 | 0x50 => {
                let size = match code & 0x18 {
                    0 => 4,
                    8 => 2,
                    _ => 1,
                };
                let offset = u64::from(k) + if code & 0xe0 == 0x40 { u64::from(x) } else { 0 };
                let Some(loaded) = load(offset, size) else { return 0 };
                a = loaded;
            }
            0x00 => a = k,
            0x80 => a = seen.bytes.len() as u32,
            0x60 => a = memory[k as usize],
            0x61 => x = memory[k as usize],
            0x02 => memory[k as usize] = a,
            0x04 => a = a.wrapping_add(k),
            0x0c => a = a.wrapping_add(x),
            0x1c => a = a.wrapping_sub(x),
            0x54 => a &= k,
            0x64 => a <<= k,
            0x07 => x = a,
            0x05 => at += k as usize,
            0x15 => jump(a == k),
            0x25 => jump(a > k),
            0x35 => jump(a >= k),
            0x3d => jump(a >= x),
            0x45 => jump(a & k != 0),
            0x06 => return k,
            other => panic!("unknown code {other:#x}"),
        }
    }
}
