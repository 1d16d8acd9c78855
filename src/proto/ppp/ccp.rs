//! The compression control protocol of PPP, RFC 1962.

use super::control::{OPTION_LAYOUT, control_header, network_control};
use crate::wire::{TlvItem, TlvLayout, U24, flags, header, registry, tagged_enum};

control_header! {
    /// Header of the compression control protocol, RFC 1962 §2.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::ppp::CcpOption;
    /// let packet = [1, 1, 0, 7, 25, 3, 1];
    /// let layer = Examine::new(Layers::new(NextProtocol::PppProtocol(0x80fd), &packet)).next().unwrap();
    /// let View::Ccp(ccp) = layer.view else { panic!() };
    /// assert_eq!(ccp.options(&layer.context).iter().next(), Some(CcpOption::Dce { mode: 1 }));
    /// ```
    pub struct Ccp => CcpEdit, CcpCode, "ppp.code", "ppp.identifier", "ppp.length";
}

registry! {
    /// Codes of the compression control protocol, RFC 1962 §2.
    pub enum CcpCode: u8 {
        ConfigureRequest = 1 "configure request",
        ConfigureAck = 2 "configure ack",
        ConfigureNak = 3 "configure nak",
        ConfigureReject = 4 "configure reject",
        TerminateRequest = 5 "terminate request",
        TerminateAck = 6 "terminate ack",
        CodeReject = 7 "code reject",
        ResetRequest = 14 "reset request",
        ResetAck = 15 "reset ack",
    }
}

flags! {
    /// What a Microsoft peer can do, RFC 2118 §3 and RFC 3078 §2.1.
    pub struct CcpMicrosoftBits: u32 {
        /// Stateless mode: the keys change with each packet.
        STATELESS = 0x0100_0000, "H", "ccp.opt.supported_bits.h";
        /// 56-bit encryption.
        BITS_56 = 0x0000_0080, "M", "ccp.opt.supported_bits.m";
        /// 128-bit encryption.
        BITS_128 = 0x0000_0040, "S", "ccp.opt.supported_bits.s";
        /// 40-bit encryption.
        BITS_40 = 0x0000_0020, "L", "ccp.opt.supported_bits.l";
        /// Obsolete.
        OBSOLETE = 0x0000_0010, "D", "ccp.opt.supported_bits.d";
        /// Compression.
        COMPRESSION = 0x0000_0001, "C", "ccp.opt.supported_bits.c";
    }
}

header! {
    /// Parameters of BSD compress, RFC 1977 §3.
    pub struct CcpBsdCompress(1) => CcpBsdCompressEdit {
        /// Version; always 1.
        version: u8 = 0..3, "ccp.opt.vd.vers";
        /// Largest size of a code in bits: 9 to 16.
        dictionary_bits: u8 = 3..8, "ccp.opt.vd.dict";
    }
}

header! {
    /// Parameters of Magnalink, RFC 1975 §3.
    pub struct CcpMagnalink(2) => CcpMagnalinkEdit {
        /// Features; RFC 1975 §3.
        features: u8 = 0..2, "ccp.opt.fe";
        /// Whether each packet says if it is compressed.
        packet_by_packet: bool = 2..3, "ccp.opt.p";
        /// Size of the history.
        history: u8 = 3..8, "ccp.opt.History";
        /// Number of contexts.
        contexts: u8 = 8..16, "ccp.opt.contexts";
    }
}

header! {
    /// Parameters of Deflate, RFC 1979 §3.
    pub struct CcpDeflate(2) => CcpDeflateEdit {
        /// Binary logarithm of the window size in bytes, minus 8.
        window: u8 = 0..4, "ccp.opt.window";
        /// Method: 8 is that of zlib.
        method: u8 = 4..8, "ccp.opt.method";
        /// Reserved.
        reserved: u8 = 8..14, "ccp.opt.mbz", reserved;
        /// How packets that are lost are noticed: 0 by sequence numbers.
        check: u8 = 14..16, "ccp.opt.chk";
    }
}

tagged_enum! {
    /// An option of the compression control protocol: a method of compression, RFC 1962 §4 and IANA.
    pub enum CcpOption<'a>: "type", "ccp.opt.type", "options", length "ccp.opt.length" {
        Organization = 0 "OUI" {
            /// Organization that defines the method.
            oui: U24, "ccp.opt.oui", hex;
            /// Method, as the organization numbers it.
            subtype: u8, "ccp.opt.subtype";
            /// Parameters, defined by the organization.
            data: &'a [u8], "ccp.opt.data";
        }
        Predictor1 = 1 "predictor type 1" {}
        Predictor2 = 2 "predictor type 2" {}
        PuddleJumper = 3 "Puddle Jumper" {
            /// Parameters.
            data: &'a [u8], "ccp.opt.data";
        }
        HewlettPackard = 16 "Hewlett-Packard PPC" {
            /// Parameters.
            data: &'a [u8], "ccp.opt.data";
        }
        Stac = 17 "Stac Electronics LZS" {
            /// Number of histories, RFC 1974 §3.
            histories: u16, "ccp.opt.history_count";
            /// How packets that are lost are noticed: 0 not at all, 1 LCB, 2 CRC, 3 sequence numbers, 4 extended mode.
            check_mode: u8, "ccp.opt.cm";
        }
        Microsoft = 18 "Microsoft PPE/PPC" {
            /// Compression and encryption that the sender can do.
            supported: CcpMicrosoftBits, "ccp.opt.supported_bits", hex;
        }
        Gandalf = 19 "Gandalf FZA" {
            /// Size of the history, RFC 1993 §3.
            history: u8, "ccp.opt.history";
            /// Versions.
            version: &'a [u8], "ccp.opt.version";
        }
        V42bis = 20 "V.42bis compression" {
            /// Parameters.
            data: &'a [u8], "ccp.opt.data";
        }
        BsdCompress = 21 "BSD compress" {
            /// Version and size of the dictionary.
            parameters: CcpBsdCompress, "";
        }
        LzsDcp = 23 "LZS-DCP" {
            /// Number of histories, RFC 1967 §3.
            histories: u16, "ccp.opt.history_count";
            /// How packets that are lost are noticed: 0 not at all, 1 LCB, 2 sequence numbers, 3 both.
            check_mode: u8, "ccp.opt.check_mode";
            /// What is compressed: 0 nothing, 1 all packets.
            process_mode: u8, "ccp.opt.process_mode";
        }
        Magnalink = 24 "MVRCA (Magnalink)" {
            /// Features and sizes.
            parameters: CcpMagnalink, "";
        }
        Dce = 25 "PPP for data compression in DCE" {
            /// Mode: 1 is that of RFC 1976.
            mode: u8, "ccp.opt.mode";
        }
        Deflate = 26 "Deflate" {
            /// Window, method and check.
            parameters: CcpDeflate, "";
        }
        V44 = 27 "V.44/LZJH compression" {
            /// Parameters.
            data: &'a [u8], "ccp.opt.data";
        }
    }
}

impl TlvItem for CcpOption<'_> {
    const LAYOUT: TlvLayout = OPTION_LAYOUT;
}

network_control! {
    Ccp, CcpOption, "ccp", "CCP", "PPP Compression Control Protocol, RFC 1962",
        "Parameters of methods that an organization or ITU-T defines, and of reset requests."
}

crate::wire::options_of! { CcpOption: Ccp; }
