//! Bidirectional Forwarding Detection (RFC 5880, RFC 5881), a protocol that packetsmith does not have: added from a crate
//! of its own.
//!
//! [docs/own-protocols.md](https://github.com/packetsmith/packetsmith/blob/main/docs/own-protocols.md) goes through this
//! file step by step.
//!
//! ```
//! use bfd::{Bfd, BfdState};
//! use packetsmith::{Ipv4, Protocols, Stack, Udp};
//!
//! static KNOWN: Protocols = Protocols::builtin().with::<Bfd>();
//!
//! let packet = Stack::new()
//!     .push(Ipv4::build().src([192, 0, 2, 1].into()).dst([192, 0, 2, 2].into()).ttl(255))
//!     .push(Udp::build().src_port(49152).dst_port(3784))
//!     .push(Bfd::build().state(BfdState::Up).my_discriminator(7).your_discriminator(9))
//!     .finish()
//!     .unwrap();
//! let layer = KNOWN.dissect(228, &packet).last().unwrap();
//! let bfd = layer.header_of::<Bfd>().unwrap();
//! assert_eq!((bfd.state(), bfd.length()), (BfdState::Up, 24));
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(feature = "alloc")]
use packetsmith::append;
use packetsmith::layer::{LayerContext, OptionList, ParseDefect, ParsedHeader, Protocol, Report};
#[cfg(feature = "alloc")]
use packetsmith::output::Summary;
use packetsmith::proto::CustomProtocol;
use packetsmith::wire::{TlvItem, TlvLayout};
use packetsmith::{Field, Kind, NextProtocol, Rule, Text};
use packetsmith::{flags, header, options_of, registry, rules, tagged_enum};

header! {
    /// A BFD control packet without its authentication section,
    /// [RFC 5880 §4.1](https://www.rfc-editor.org/rfc/rfc5880#section-4.1).
    pub struct Bfd(24) => BfdEdit, layer {
        /// Version of the protocol: 1.
        version: u8 = 0..3, "bfd.version", default(1);
        /// Why the session last changed its state.
        diagnostic: BfdDiagnostic = 3..8, "bfd.diag";
        /// State of the session as the sender sees it.
        state: BfdState = 8..10, "bfd.sta", default(1);
        /// Flags.
        flags: BfdFlags = 10..16, "bfd.flags";
        /// Number of packets that may be missed in a row before the session is down. Not 0.
        detect_multiplier: u8 = 16..24, "bfd.detect_time_multiplier", default(3);
        /// Length of the packet in bytes, with the authentication section.
        length: u8 = 24..32, "bfd.message_length", bytes, header_length(1, 0);
        /// Number of the session at the sender. Not 0.
        my_discriminator: u32 = 32..64, "bfd.my_discriminator", hex;
        /// Number of the session at the receiver; 0 if it is not known yet.
        your_discriminator: u32 = 64..96, "bfd.your_discriminator", hex;
        /// Least time between packets that the sender would like to send, in microseconds.
        desired_min_tx: u32 = 96..128, "bfd.desired_min_tx_interval", default(1_000_000);
        /// Least time between packets that the sender can receive, in microseconds. 0: send none.
        required_min_rx: u32 = 128..160, "bfd.required_min_rx_interval", default(1_000_000);
        /// Least time between echo packets that the sender can receive, in microseconds. 0: send none.
        required_min_echo_rx: u32 = 160..192, "bfd.required_min_echo_interval";
    }
}

registry! {
    /// State of a session, RFC 5880 §4.1.
    pub enum BfdState: u8 {
        AdminDown = 0 "AdminDown",
        Down = 1 "Down",
        Init = 2 "Init",
        Up = 3 "Up",
    }
}

registry! {
    /// Diagnostic codes of IANA's registry, RFC 5880 §4.1.
    pub enum BfdDiagnostic: u8 {
        None = 0 "No Diagnostic",
        DetectionTimeExpired = 1 "Control Detection Time Expired",
        EchoFailed = 2 "Echo Function Failed",
        NeighborDown = 3 "Neighbor Signaled Session Down",
        PlaneReset = 4 "Forwarding Plane Reset",
        PathDown = 5 "Path Down",
        ConcatenatedPathDown = 6 "Concatenated Path Down",
        AdministrativelyDown = 7 "Administratively Down",
        ReverseConcatenatedPathDown = 8 "Reverse Concatenated Path Down",
    }
}

flags! {
    /// Flags of a control packet, RFC 5880 §4.1.
    pub struct BfdFlags: u8 {
        /// The sender asks for a packet with the final bit.
        POLL = 0x20, "poll", "bfd.flags.p";
        /// The answer to a packet with the poll bit.
        FINAL = 0x10, "final", "bfd.flags.f";
        /// The forwarding plane answers, and does not share the fate of the control plane.
        CONTROL_PLANE_INDEPENDENT = 0x08, "control plane independent", "bfd.flags.c";
        /// An authentication section follows.
        AUTHENTICATION_PRESENT = 0x04, "authentication present", "bfd.flags.a";
        /// The sender asks the receiver to stop its periodic packets.
        DEMAND = 0x02, "demand", "bfd.flags.d";
        /// For point-to-multipoint. Zero in all other packets.
        MULTIPOINT = 0x01, "multipoint", "bfd.flags.m";
    }
}

tagged_enum! {
    /// Authentication sections, RFC 5880 §4.2 to §4.4.
    pub enum BfdAuthentication<'a>: "auth_type", "bfd.auth.type", "BFD authentication sections" {
        SimplePassword = 1 "Simple Password" {
            /// Number of the password, RFC 5880 §4.2.
            key_id: u8, "bfd.auth.key";
            /// The password: 1 to 16 bytes.
            password: Text<'a>, "bfd.auth.password";
        }
        KeyedMd5 = 2 "Keyed MD5" {
            /// Number of the key, RFC 5880 §4.3.
            key_id: u8, "bfd.auth.key";
            /// Zero when sent.
            reserved: u8, "", reserved;
            /// Sequence number: does not fall.
            sequence: u32, "bfd.auth.seq_num", hex;
            /// Digest of the packet with the key in this place.
            digest: [u8; 16], "bfd.checksum";
        }
        MeticulousKeyedMd5 = 3 "Meticulous Keyed MD5" {
            /// Number of the key, RFC 5880 §4.3.
            key_id: u8, "bfd.auth.key";
            /// Zero when sent.
            reserved: u8, "", reserved;
            /// Sequence number: rises with each packet.
            sequence: u32, "bfd.auth.seq_num", hex;
            /// Digest of the packet with the key in this place.
            digest: [u8; 16], "bfd.checksum";
        }
        KeyedSha1 = 4 "Keyed SHA1" {
            /// Number of the key, RFC 5880 §4.4.
            key_id: u8, "bfd.auth.key";
            /// Zero when sent.
            reserved: u8, "", reserved;
            /// Sequence number: does not fall.
            sequence: u32, "bfd.auth.seq_num", hex;
            /// Hash of the packet with the key in this place.
            hash: [u8; 20], "bfd.checksum";
        }
        MeticulousKeyedSha1 = 5 "Meticulous Keyed SHA1" {
            /// Number of the key, RFC 5880 §4.4.
            key_id: u8, "bfd.auth.key";
            /// Zero when sent.
            reserved: u8, "", reserved;
            /// Sequence number: rises with each packet.
            sequence: u32, "bfd.auth.seq_num", hex;
            /// Hash of the packet with the key in this place.
            hash: [u8; 20], "bfd.checksum";
        }
    }
}

impl TlvItem for BfdAuthentication<'_> {
    const LAYOUT: TlvLayout = TlvLayout { counts_header: true, ..TlvLayout::BYTES };
}

options_of! { BfdAuthentication: Bfd; }

const AUTHENTICATION: &Field =
    &Field::floating("authentication", "bfd.auth", Kind::List(&Kind::Group), "Authentication section, RFC 5880 §4.1.");
const FLAGS: &Field = &Bfd::FIELDS[Bfd::row("flags") as usize];
const DETECT_MULTIPLIER: &Field = &Bfd::FIELDS[Bfd::row("detect_multiplier") as usize];
const MY_DISCRIMINATOR: &Field = &Bfd::FIELDS[Bfd::row("my_discriminator") as usize];

rules! {
    /// Rules of BFD.
    pub enum BfdRule {
        MultiplierZero = Warning "bfd.detect_multiplier.zero"
            "the detection multiplier is zero, and receivers discard the packet (RFC 5880 §6.8.6)",
        DiscriminatorZero = Warning "bfd.my_discriminator.zero"
            "the discriminator of the sender is zero, and receivers discard the packet (RFC 5880 §6.8.6)",
        Multipoint = Warning "bfd.flags.multipoint"
            "the multipoint bit is set, and receivers discard the packet (RFC 5880 §6.8.6)",
        AuthenticationMismatch = Warning "bfd.flags.authentication_mismatch"
            "the authentication bit does not agree with the length of the packet (RFC 5880 §6.8.6)",
    }
}

impl<'a> Protocol<'a> for Bfd<&'a [u8; Bfd::LEN]> {
    const NAME: &'static str = "bfd";
    const TITLE: &'static str = "Bidirectional Forwarding Detection, RFC 5880";
    const TABLE: &'static [Field] = Bfd::FIELDS;
    const LENGTH_ROW: u8 = Bfd::row("length");
    const OPTIONS: Option<OptionList> = Some(OptionList::after_header::<BfdAuthentication>(AUTHENTICATION));
    const RULES: &'static [&'static [Rule]] = &[BfdRule::ALL];
    const RAW: &'static str = "Digests: the library has no keys to verify them with.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Bfd::LEN))?;
        let length = usize::from(header.length());
        if length < Bfd::LEN {
            let defect = ParseDefect::too_short(length, Bfd::LEN).at(Bfd::row("length"));
            return Ok(ParsedHeader::new(header, Bfd::LEN, NextProtocol::Unknown).defect(defect));
        }
        Ok(ParsedHeader::new(header, length.min(bytes.len()), NextProtocol::Unknown).total_len(length))
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let mut rule = |field: &'static Field, rule: BfdRule| {
            report(Some(field), field.span(context.bounds.start), rule.into());
        };
        if self.detect_multiplier() == 0 {
            rule(DETECT_MULTIPLIER, BfdRule::MultiplierZero);
        }
        if self.my_discriminator() == 0 {
            rule(MY_DISCRIMINATOR, BfdRule::DiscriminatorZero);
        }
        if self.flags().contains(BfdFlags::MULTIPOINT) {
            rule(FLAGS, BfdRule::Multipoint);
        }
        if self.flags().contains(BfdFlags::AUTHENTICATION_PRESENT) != (usize::from(self.length()) > Bfd::LEN) {
            rule(FLAGS, BfdRule::AuthenticationMismatch);
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("BFD");
        info.name_or_number(self.state().name(), "state ", u8::from(self.state()));
        if let Some(why) = self.diagnostic().name().filter(|_| self.diagnostic() != BfdDiagnostic::None) {
            append!(info, " (", why, ")");
        }
        append!(info, " my=", self.my_discriminator(), " your=", self.your_discriminator());
    }
}

impl CustomProtocol for Bfd {
    type Header<'a> = Bfd<&'a [u8; Bfd::LEN]>;
    // Single-hop sessions (RFC 5881 §4), and multihop ones (RFC 5883 §5).
    const SELECTORS: &'static [NextProtocol] = &[NextProtocol::UdpPort(3784), NextProtocol::UdpPort(4784)];
}
