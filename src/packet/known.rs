//! Packet text of packets that may have layers of protocols from outside.

use super::owned::Packet;
use super::text::{Files, PacketText, PacketTextError};
use crate::proto::Protocols;
use alloc::format;
use core::str::FromStr;

/// Refuses files, since nothing can read them here.
impl FromStr for Packet {
    type Err = PacketTextError;
    fn from_str(text: &str) -> Result<Self, PacketTextError> {
        Protocols::builtin().packet(text)
    }
}

impl Protocols {
    /// Reads packet text that may have layers of these protocols, without files.
    ///
    /// ```
    /// use packetsmith::Protocols;
    /// let mut packet = Protocols::builtin().packet("udp src_port=7 / 0x01").unwrap();
    /// assert_eq!(packet.build().unwrap(), [0, 7, 0, 0, 0, 9, 0, 0, 1]);
    /// ```
    ///
    /// # Errors
    ///
    /// As [`PacketText::parse`].
    pub fn packet(&self, text: &str) -> Result<Packet, PacketTextError> {
        let mut none = |path: &str| Err(format!("the file {path} cannot be read here"));
        self.packet_text(text, &mut none).map(|packet_text| packet_text.packet)
    }

    /// Reads packet text that may have layers of these protocols. `files` reads the files that it names.
    ///
    /// # Errors
    ///
    /// As [`PacketText::parse`].
    pub fn packet_text(&self, text: &str, files: &mut Files<'_>) -> Result<PacketText, PacketTextError> {
        PacketText::parse_knowing(text, files, self)
    }
}
