//! Host Identity Protocol, RFC 7401.

use super::IpProtocol;
use super::extension::extension;
use crate::field::{Field, Kind, Visitor, flags, header, registry};
use crate::layer::{Cover, Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity, Upto};
use crate::part::{Framed, Framing, OptionList, Tlvs, Variants, variants};
use crate::source::{Builder, Mistake};

registry! {
    /// What a packet is, RFC 7401 §5.3 and later ones.
    pub enum HipPacketType: u8 {
        I1 = 1 "I1",
        R1 = 2 "R1",
        I2 = 3 "I2",
        R2 = 4 "R2",
        Update = 16 "UPDATE",
        Notify = 17 "NOTIFY",
        Close = 18 "CLOSE",
        CloseAck = 19 "CLOSE_ACK",
        Data = 32 "HIP_DATA",
    }
}

flags! {
    /// Controls, RFC 7401 §5.1.2.
    pub struct HipControls: u16 {
        /// The sender's host identity is anonymous.
        ANONYMOUS = 0x0001, "A", "hip.controls.a";
    }
}

header! {
    /// HIP header without its parameters, RFC 7401 §5.1.
    ///
    /// ```
    /// use packetsmith::{Hip, HipPacketType};
    /// let header = Hip::build().packet_type(HipPacketType::I1).version(2).fixed(true).done();
    /// assert_eq!(header.as_bytes()[2..4], [1, 0x21]);
    /// ```
    pub struct Hip(40) {
        /// Protocol that follows; none in most packets.
        next_header: IpProtocol = 0..8, "hip.proto", announces;
        /// Length in units of 8 bytes, the first not counted.
        length: u8 = 8..16, "hip.hdr_len", head_length(8, 8);
        /// Zero; shim6 has a one here for payload.
        shim6_payload: bool = 16..17, "hip.shim6_fixed_p";
        /// What the packet is.
        packet_type: HipPacketType = 17..24, "hip.packet_type";
        /// 1 for RFC 5201, 2 for RFC 7401.
        version: u8 = 24..28, "hip.version";
        /// Reserved.
        reserved: u8 = 28..31, "hip.reserved", reserved;
        /// One; shim6 has a zero here.
        fixed: bool = 31..32, "hip.shim6_fixed_s";
        /// Internet checksum of pseudo-header, header and parameters.
        checksum: u16 = 32..48, "hip.checksum", checksum;
        /// Controls.
        controls: HipControls = 48..64, "hip.controls", hex;
        /// Host identity tag of the sender.
        sender: [u8; 16] = 64..192, "hip.hit_sndr";
        /// Host identity tag of the receiver; zero: whoever answers.
        receiver: [u8; 16] = 192..320, "hip.hit_rcvr";
    }
}

const PARAMETERS: &Field =
    &Field::floating("parameters", "hip.tlv", Kind::List(&Kind::Group), "Parameters, RFC 7401 §5.2.");

impl<'a> Hip<&'a [u8; 40]> {
    /// The parameters of a header at its place.
    pub fn parameters(&self, place: &Place<'a>) -> Tlvs<'a, HipParameter<'a>> {
        Tlvs::at(place.options(Hip::LEN))
    }
}

impl<'a> Protocol<'a> for Hip<&'a [u8; 40]> {
    const NAME: &'static str = "hip";
    const TITLE: &'static str = "Host Identity Protocol, RFC 7401";
    const TABLE: &'static [Field] = Hip::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::of::<HipParameter>(PARAMETERS));
    const VARIABLE: &'static [&'static [Field]] = &[&[*PARAMETERS, *HipParameter::KIND], HipParameter::FIELDS];

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Hip::LEN))?;
        let (length, row) = (header.length(), Hip::row("length"));
        let head = 8 + usize::from(length) * 8;
        if head < Hip::LEN {
            return Ok(Parts::new(header, Hip::LEN, Next::Unknown).flaw(Flaw::too_short(head, Hip::LEN).at(row)));
        }
        Ok(extension(header, header.next_header(), length, bytes.len(), row))
    }

    fn cover(&self) -> Option<Cover> {
        Some(Cover::pseudo(Upto::Head, 139))
    }

    fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        Tlvs::<HipParameter>::build(PARAMETERS, builder)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        if place.head().len() > Hip::LEN {
            self.parameters(place).show(PARAMETERS, visitor);
        }
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        self.parameters(place).check(PARAMETERS, report);
        let mut last = 0;
        for item in self.parameters(place).items().flatten() {
            if item.kind < last {
                let rule = "parameters stand in the order of their types (RFC 7401 §5.2.1)";
                report(Some(PARAMETERS), item.span, Reason::Rule(Severity::Warning, rule));
            }
            last = item.kind;
        }
    }
}

variants! {
    /// A parameter of the Host Identity Protocol, RFC 7401 §5.2. Those with an odd type are critical.
    pub enum HipParameter<'a>: "type", "hip.type" {
        EspInfo = 65 "ESP_INFO" {
            /// Contents, RFC 7402 §5.1.1.
            data: &'a [u8], "hip.tlv.data";
        }
        R1CounterOld = 128 "R1_COUNTER (version 1)" {
            /// Contents, RFC 5201 §5.2.3.
            data: &'a [u8], "hip.tlv.data";
        }
        R1Counter = 129 "R1_COUNTER" {
            /// Contents, RFC 7401 §5.2.3.
            data: &'a [u8], "hip.tlv.data";
        }
        LocatorSet = 193 "LOCATOR_SET" {
            /// Contents, RFC 8046 §4.
            data: &'a [u8], "hip.tlv.data";
        }
        Puzzle = 257 "PUZZLE" {
            /// Contents, RFC 7401 §5.2.4.
            data: &'a [u8], "hip.tlv.data";
        }
        Solution = 321 "SOLUTION" {
            /// Contents, RFC 7401 §5.2.5.
            data: &'a [u8], "hip.tlv.data";
        }
        Seq = 385 "SEQ" {
            /// Contents, RFC 7401 §5.2.16.
            data: &'a [u8], "hip.tlv.data";
        }
        Ack = 449 "ACK" {
            /// Contents, RFC 7401 §5.2.17.
            data: &'a [u8], "hip.tlv.data";
        }
        DhGroupList = 511 "DH_GROUP_LIST" {
            /// Contents, RFC 7401 §5.2.6.
            data: &'a [u8], "hip.tlv.data";
        }
        DiffieHellman = 513 "DIFFIE_HELLMAN" {
            /// Contents, RFC 7401 §5.2.7.
            data: &'a [u8], "hip.tlv.data";
        }
        HipTransform = 577 "HIP_TRANSFORM" {
            /// Contents, RFC 5201 §5.2.7.
            data: &'a [u8], "hip.tlv.data";
        }
        HipCipher = 579 "HIP_CIPHER" {
            /// Contents, RFC 7401 §5.2.8.
            data: &'a [u8], "hip.tlv.data";
        }
        NatTraversalMode = 608 "NAT_TRAVERSAL_MODE" {
            /// Contents, RFC 5770 §5.4.
            data: &'a [u8], "hip.tlv.data";
        }
        TransactionPacing = 610 "TRANSACTION_PACING" {
            /// Contents, RFC 5770 §5.5.
            data: &'a [u8], "hip.tlv.data";
        }
        Encrypted = 641 "ENCRYPTED" {
            /// Contents, RFC 7401 §5.2.18.
            data: &'a [u8], "hip.tlv.data";
        }
        HostId = 705 "HOST_ID" {
            /// Contents, RFC 7401 §5.2.9.
            data: &'a [u8], "hip.tlv.data";
        }
        HitSuiteList = 715 "HIT_SUITE_LIST" {
            /// Contents, RFC 7401 §5.2.10.
            data: &'a [u8], "hip.tlv.data";
        }
        Cert = 768 "CERT" {
            /// Contents, RFC 8002 §2.
            data: &'a [u8], "hip.tlv.data";
        }
        Notification = 832 "NOTIFICATION" {
            /// Contents, RFC 7401 §5.2.19.
            data: &'a [u8], "hip.tlv.data";
        }
        EchoRequestSigned = 897 "ECHO_REQUEST_SIGNED" {
            /// Contents, RFC 7401 §5.2.20.
            data: &'a [u8], "hip.tlv.data";
        }
        RegInfo = 930 "REG_INFO" {
            /// Contents, RFC 8003 §4.1.
            data: &'a [u8], "hip.tlv.data";
        }
        RegRequest = 932 "REG_REQUEST" {
            /// Contents, RFC 8003 §4.2.
            data: &'a [u8], "hip.tlv.data";
        }
        RegResponse = 934 "REG_RESPONSE" {
            /// Contents, RFC 8003 §4.3.
            data: &'a [u8], "hip.tlv.data";
        }
        RegFailed = 936 "REG_FAILED" {
            /// Contents, RFC 8003 §4.4.
            data: &'a [u8], "hip.tlv.data";
        }
        RegFrom = 950 "REG_FROM" {
            /// Contents, RFC 5770 §5.7.
            data: &'a [u8], "hip.tlv.data";
        }
        EchoResponseSigned = 961 "ECHO_RESPONSE_SIGNED" {
            /// Contents, RFC 7401 §5.2.22.
            data: &'a [u8], "hip.tlv.data";
        }
        TransportFormatList = 2049 "TRANSPORT_FORMAT_LIST" {
            /// Contents, RFC 7401 §5.2.11.
            data: &'a [u8], "hip.tlv.data";
        }
        EspTransform = 4095 "ESP_TRANSFORM" {
            /// Contents, RFC 7402 §5.1.2.
            data: &'a [u8], "hip.tlv.data";
        }
        HipMac = 61505 "HIP_MAC" {
            /// Contents, RFC 7401 §5.2.12.
            data: &'a [u8], "hip.tlv.data";
        }
        HipMac2 = 61569 "HIP_MAC_2" {
            /// Contents, RFC 7401 §5.2.13.
            data: &'a [u8], "hip.tlv.data";
        }
        HipSignature2 = 61633 "HIP_SIGNATURE_2" {
            /// Contents, RFC 7401 §5.2.15.
            data: &'a [u8], "hip.tlv.data";
        }
        HipSignature = 61697 "HIP_SIGNATURE" {
            /// Contents, RFC 7401 §5.2.14.
            data: &'a [u8], "hip.tlv.data";
        }
        EchoResponseUnsigned = 63425 "ECHO_RESPONSE_UNSIGNED" {
            /// Contents, RFC 7401 §5.2.23.
            data: &'a [u8], "hip.tlv.data";
        }
        EchoRequestUnsigned = 63661 "ECHO_REQUEST_UNSIGNED" {
            /// Contents, RFC 7401 §5.2.21.
            data: &'a [u8], "hip.tlv.data";
        }
        RelayFrom = 63998 "RELAY_FROM" {
            /// Contents, RFC 5770 §5.6.
            data: &'a [u8], "hip.tlv.data";
        }
        RelayTo = 64002 "RELAY_TO" {
            /// Contents, RFC 5770 §5.6.
            data: &'a [u8], "hip.tlv.data";
        }
        From = 65498 "FROM" {
            /// Contents, RFC 8004 §4.2.2.
            data: &'a [u8], "hip.tlv.data";
        }
        RvsHmac = 65500 "RVS_HMAC" {
            /// Contents, RFC 8004 §4.2.1.
            data: &'a [u8], "hip.tlv.data";
        }
        ViaRvs = 65502 "VIA_RVS" {
            /// Contents, RFC 8004 §4.2.3.
            data: &'a [u8], "hip.tlv.data";
        }
        RelayHmac = 65520 "RELAY_HMAC" {
            /// Contents, RFC 5770 §5.8.
            data: &'a [u8], "hip.tlv.data";
        }
    }
}

impl Framed for HipParameter<'_> {
    const FRAMING: Framing = Framing { align: 8, ..Framing::WORDS };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_padded_to_8_bytes() {
        let bytes = [0, 65, 0, 1, 9, 0, 0, 0, 0x0f, 0xff, 0, 4, 1, 2, 3, 4];
        let parameters: Vec<_> = Tlvs::<HipParameter>::new(&bytes).iter().collect();
        assert_eq!(
            parameters,
            [HipParameter::EspInfo { data: &[9] }, HipParameter::EspTransform { data: &[1, 2, 3, 4] }]
        );
        let cut = Tlvs::<HipParameter>::new(&bytes[..6]).items().next().unwrap();
        assert!(cut.is_err(), "padding belongs to the parameter");
    }
}
