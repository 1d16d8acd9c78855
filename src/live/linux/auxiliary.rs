//! What the kernel tells beside a frame.

/// Of `struct tpacket_auxdata` in linux/if_packet.h.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Auxiliary {
    status: u32,
    /// Length of the frame, before it was cut.
    pub(super) length: u32,
    tag: u16,
    tag_type: u16,
}

impl Auxiliary {
    /// The structure has three numbers of 32 bits, then four of 16 bits, in the machine's order.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let half = |at: usize| bytes.get(at..at + 2)?.try_into().ok().map(u16::from_ne_bytes);
        let word = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes);
        Some(Auxiliary { status: word(0)?, length: word(4)?, tag: half(16)?, tag_type: half(18)? })
    }

    /// The tag as the bytes that it was in the frame.
    pub(super) fn vlan_tag(&self) -> Option<[u8; 4]> {
        const VALID: u32 = 1 << 4;
        const TYPE_VALID: u32 = 1 << 6;
        if self.status & VALID == 0 {
            return None;
        }
        let tag_type = if self.status & TYPE_VALID == 0 { 0x8100 } else { self.tag_type };
        let ([a, b], [c, d]) = (tag_type.to_be_bytes(), self.tag.to_be_bytes());
        Some([a, b, c, d])
    }
}

#[cfg(test)]
mod tests {
    use super::Auxiliary;
    use std::vec::Vec;

    #[test]
    fn a_tag_is_there_only_if_the_kernel_says_so() {
        let data = |status: u32, tag: u16, tag_type: u16| -> Vec<u8> {
            let words = [status, 64, 60].map(u32::to_ne_bytes).concat();
            [words, [0, 14, tag, tag_type].map(u16::to_ne_bytes).concat()].concat()
        };
        let tag = |bytes: &[u8]| Auxiliary::parse(bytes).and_then(|data| data.vlan_tag());
        assert_eq!(tag(&data(0x51, 0x2064, 0x88a8)), Some([0x88, 0xa8, 0x20, 0x64]));
        assert_eq!(tag(&data(0x11, 0, 0)), Some([0x81, 0, 0, 0]), "a priority tag of an older kernel");
        assert_eq!(tag(&data(0x01, 5, 0x8100)), None);
        assert_eq!(tag(&data(0x51, 5, 0x8100)[..19]), None);
        assert_eq!(Auxiliary::parse(&data(1, 0, 0)).map(|data| data.length), Some(64));
    }
}
