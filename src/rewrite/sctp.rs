//! SCTP packets and their checksum.

use crate::wire::Span;

/// An SCTP packet: its bytes that are there, and how many are missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct SctpPacket {
    pub span: Span,
    pub missing: u32,
}

impl SctpPacket {
    /// Where the checksum is. `None` if it is cut off.
    pub fn checksum(&self) -> Option<Span> {
        let place = Span::new(self.span.start + 8, self.span.start + 12);
        (place.end <= self.span.end).then_some(place)
    }

    /// The right checksum, if the missing bytes are zeros.
    pub fn crc(&self, frame: &[u8]) -> [u8; 4] {
        let packet = self.span.of(frame);
        let (before, after) = (packet.get(..8).unwrap_or_default(), packet.get(12..).unwrap_or_default());
        crc32c([before, &[0; 4], after], self.missing)
    }
}

/// CRC-32C of bytes and of zeros after them (RFC 9260, appendix A), as it is in an SCTP packet.
fn crc32c(parts: [&[u8]; 3], zeros: u32) -> [u8; 4] {
    let mut crc = !0_u32;
    let mut take = |byte: u8| {
        crc = CRC32C[usize::from(crc as u8 ^ byte)] ^ crc >> 8;
    };
    parts.into_iter().flatten().for_each(|byte| take(*byte));
    (0..zeros).for_each(|_| take(0));
    (!crc).to_le_bytes()
}

const CRC32C: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            crc = crc >> 1 ^ if crc & 1 != 0 { 0x82f6_3b78 } else { 0 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc_of_the_digits() {
        assert_eq!(crc32c([b"1234", b"", b"56789"], 0), 0xe306_9283_u32.to_le_bytes());
        assert_eq!(crc32c([b"12", b"\0", b"\0"], 0), crc32c([b"12", b"", b""], 2));
    }
}
