//! The names of link types in libpcap: `LINKTYPE_` and `DLT_` names.

use super::link_type::LinkType;
use crate::wire::nearest;
use alloc::format;
use alloc::string::String;
use core::fmt;

/// Names without prefix, in small letters, with the numbers that capture files have. Where a `DLT_` number is another, it
/// is the system's own.
#[rustfmt::skip]
const NAMES: [(u16, &str); 195] = [
    (0, "null"),
    (1, "en10mb"),
    (1, "ethernet"),
    (3, "ax25"),
    (6, "ieee802"),
    (6, "ieee802_5"),
    (7, "arcnet"),
    (7, "arcnet_bsd"),
    (8, "slip"),
    (9, "ppp"),
    (10, "fddi"),
    (50, "ppp_hdlc"),
    (50, "ppp_serial"),
    (51, "ppp_ether"),
    (99, "symantec_firewall"),
    (100, "atm_rfc1483"),
    (101, "raw"),
    (101, "rawip"),
    (102, "slip_bsdos"),
    (103, "ppp_bsdos"),
    (104, "c_hdlc"),
    (105, "ieee802_11"),
    (106, "atm_clip"),
    (107, "frelay"),
    (108, "loop"),
    (109, "enc"),
    (113, "linux_sll"),
    (114, "localtalk"),
    (114, "ltalk"),
    (117, "pflog"),
    (119, "ieee802_11_prism"),
    (119, "prism_header"),
    (122, "ip_over_fc"),
    (123, "sunatm"),
    (127, "ieee802_11_radio"),
    (127, "ieee802_11_radiotap"),
    (129, "arcnet_linux"),
    (130, "juniper_mlppp"),
    (131, "juniper_mlfr"),
    (132, "juniper_es"),
    (133, "juniper_ggsn"),
    (134, "juniper_mfr"),
    (135, "juniper_atm2"),
    (136, "juniper_services"),
    (137, "juniper_atm1"),
    (138, "apple_ip_over_ieee1394"),
    (139, "mtp2_with_phdr"),
    (140, "mtp2"),
    (141, "mtp3"),
    (142, "sccp"),
    (143, "docsis"),
    (144, "linux_irda"),
    (147, "user0"),
    (148, "user1"),
    (149, "user2"),
    (150, "user3"),
    (151, "user4"),
    (152, "user5"),
    (153, "user6"),
    (154, "user7"),
    (155, "user8"),
    (156, "user9"),
    (157, "user10"),
    (158, "user11"),
    (159, "user12"),
    (160, "user13"),
    (161, "user14"),
    (162, "user15"),
    (163, "ieee802_11_avs"),
    (163, "ieee802_11_radio_avs"),
    (164, "juniper_monitor"),
    (165, "bacnet_ms_tp"),
    (166, "ppp_pppd"),
    (167, "juniper_pppoe"),
    (168, "juniper_pppoe_atm"),
    (169, "gprs_llc"),
    (170, "gpf_t"),
    (171, "gpf_f"),
    (174, "juniper_pic_peer"),
    (175, "erf_eth"),
    (176, "erf_pos"),
    (177, "linux_lapd"),
    (178, "juniper_ether"),
    (179, "juniper_ppp"),
    (180, "juniper_frelay"),
    (181, "juniper_chdlc"),
    (182, "mfr"),
    (183, "juniper_vp"),
    (184, "a429"),
    (185, "a653_icm"),
    (186, "usb_freebsd"),
    (187, "bluetooth_hci_h4"),
    (188, "ieee802_16_mac_cps"),
    (189, "usb_linux"),
    (190, "can20b"),
    (191, "ieee802_15_4_linux"),
    (192, "ppi"),
    (193, "ieee802_16_mac_cps_radio"),
    (194, "juniper_ism"),
    (195, "ieee802_15_4"),
    (195, "ieee802_15_4_withfcs"),
    (196, "sita"),
    (197, "erf"),
    (198, "raif1"),
    (199, "ipmb_kontron"),
    (200, "juniper_st"),
    (201, "bluetooth_hci_h4_with_phdr"),
    (202, "ax25_kiss"),
    (203, "lapd"),
    (204, "ppp_with_dir"),
    (205, "c_hdlc_with_dir"),
    (206, "frelay_with_dir"),
    (209, "ipmb_linux"),
    (212, "lin"),
    (215, "ieee802_15_4_nonask_phy"),
    (216, "linux_evdev"),
    (219, "mpls"),
    (220, "usb_linux_mmapped"),
    (221, "dect"),
    (222, "aos"),
    (223, "wihart"),
    (224, "fc_2"),
    (225, "fc_2_with_frame_delims"),
    (226, "ipnet"),
    (227, "can_socketcan"),
    (228, "ipv4"),
    (229, "ipv6"),
    (230, "ieee802_15_4_nofcs"),
    (231, "dbus"),
    (232, "juniper_vs"),
    (233, "juniper_srx_e2e"),
    (234, "juniper_fibrechannel"),
    (235, "dvb_ci"),
    (236, "mux27010"),
    (237, "stanag_5066_d_pdu"),
    (238, "juniper_atm_cemic"),
    (239, "nflog"),
    (240, "netanalyzer"),
    (241, "netanalyzer_transparent"),
    (242, "ipoib"),
    (243, "mpeg_2_ts"),
    (244, "ng40"),
    (245, "nfc_llcp"),
    (246, "pfsync"),
    (247, "infiniband"),
    (248, "sctp"),
    (249, "usbpcap"),
    (250, "rtac_serial"),
    (251, "bluetooth_le_ll"),
    (252, "wireshark_upper_pdu"),
    (253, "netlink"),
    (254, "bluetooth_linux_monitor"),
    (255, "bluetooth_bredr_bb"),
    (256, "bluetooth_le_ll_with_phdr"),
    (257, "profibus_dl"),
    (258, "pktap"),
    (259, "epon"),
    (260, "ipmi_hpm_2"),
    (261, "zwave_r1_r2"),
    (262, "zwave_r3"),
    (263, "wattstopper_dlm"),
    (264, "iso_14443"),
    (265, "rds"),
    (266, "usb_darwin"),
    (267, "openflow"),
    (268, "sdlc"),
    (269, "ti_lln_sniffer"),
    (270, "loratap"),
    (271, "vsock"),
    (272, "nordic_ble"),
    (273, "docsis31_xra31"),
    (274, "ethernet_mpacket"),
    (275, "displayport_aux"),
    (276, "linux_sll2"),
    (278, "openvizsla"),
    (279, "ebhscr"),
    (280, "vpp_dispatch"),
    (281, "dsa_tag_brcm"),
    (282, "dsa_tag_brcm_prepend"),
    (283, "ieee802_15_4_tap"),
    (284, "dsa_tag_dsa"),
    (285, "dsa_tag_edsa"),
    (286, "elee"),
    (287, "z_wave_serial"),
    (288, "usb_2_0"),
    (289, "atsc_alp"),
    (290, "etw"),
    (292, "zboss_ncp"),
    (293, "usb_2_0_low_speed"),
    (294, "usb_2_0_full_speed"),
    (295, "usb_2_0_high_speed"),
    (296, "auerswald_log"),
    (297, "zwave_tap"),
    (298, "silabs_debug_channel"),
    (299, "fira_uci"),
];

impl LinkType {
    /// The link type that a name means: a `LINKTYPE_` name of the registry or a `DLT_` name of libpcap and tcpdump, with or
    /// without the prefix, or the name of a variant. Capitals, blanks, hyphens and underscores do not count.
    ///
    /// ```
    /// use packetsmith::LinkType;
    /// for name in ["ethernet", "EN10MB", "DLT_EN10MB", "LINKTYPE_ETHERNET"] {
    ///     assert_eq!(LinkType::named(name), Ok(LinkType::Ethernet));
    /// }
    /// assert_eq!(LinkType::named("linux-sll2"), Ok(LinkType::LinuxSll2));
    /// let error = LinkType::named("linux_sl").unwrap_err();
    /// assert_eq!(error.nearest, Some("linux_sll"));
    /// ```
    ///
    /// # Errors
    ///
    /// No link type is called so.
    pub fn named(name: &str) -> Result<LinkType, UnknownLinkType> {
        let wanted = plain(name);
        let bare = wanted.strip_prefix("linktype").or(wanted.strip_prefix("dlt")).unwrap_or(&wanted);
        let known = NAMES.iter().find(|(_, known)| plain(known) == bare).map(|&(number, _)| LinkType::from(number));
        let is_variant = |link_type: &LinkType| {
            link_type.name().is_some_and(|name| plain(name) == bare || plain(&format!("{link_type:?}")) == bare)
        };
        let found = known.or_else(|| (0..=1023).map(LinkType::from).find(is_variant));
        found.filter(|_| !bare.is_empty()).ok_or_else(|| {
            let small = name.to_lowercase();
            let small = small.strip_prefix("linktype_").or(small.strip_prefix("dlt_")).unwrap_or(&small);
            let names = || NAMES.iter().map(|&(_, known)| known);
            // The beginning of a name is near, too.
            let begun =
                names().filter(|known| small.len() > 1 && known.starts_with(small)).min_by_key(|known| known.len());
            UnknownLinkType { nearest: nearest(small, names()).or(begun) }
        })
    }
}

/// A name without what does not count.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The error of a name that no link type has.
///
/// ```
/// let error = packetsmith::LinkType::named("ethrnet").unwrap_err();
/// assert_eq!(error.to_string(), "no link type is called so; the nearest is ethernet");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownLinkType {
    /// The known name that is most like it, if one is near.
    pub nearest: Option<&'static str>,
}

impl fmt::Display for UnknownLinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no link type is called so")?;
        self.nearest.map_or(Ok(()), |near| write!(f, "; the nearest is {near}"))
    }
}

impl core::error::Error for UnknownLinkType {}

#[cfg(test)]
mod tests {
    use super::{LinkType, NAMES};

    #[test]
    fn each_name_has_one_link_type() {
        for (number, name) in NAMES {
            assert_eq!(LinkType::named(name).map(u16::from), Ok(number), "{name}");
            let first = NAMES.iter().find(|(_, other)| super::plain(other) == super::plain(name));
            assert_eq!(first, Some(&(number, name)));
        }
        for number in 0..=299 {
            let link_type = LinkType::from(number);
            // Three link types are called raw IP.
            if link_type.name().is_some_and(|name| name != "raw IP") {
                assert_eq!(LinkType::named(&std::format!("{link_type:?}")), Ok(link_type));
            }
        }
        assert!(LinkType::named("").is_err() && LinkType::named("dlt_").is_err());
        assert_eq!(LinkType::named("ether").unwrap_err().nearest, Some("ethernet"));
    }
}
