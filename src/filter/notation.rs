//! How tshark writes the values of names: in hexadecimal, as addresses, as times. What is not here is written as its type.

/// How the values of a name are written, where their type does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    /// A number in hexadecimal, and how many digits it has at least.
    Hexadecimal(u8),
    /// Bytes with colons between them.
    Colons,
    /// Six bytes with colons between them; others without.
    MacOrBytes,
    /// A number as so many hexadecimal digits.
    Digits(u8),
    /// Bytes, of which there may be none: `<none>`.
    MayBeEmpty,
    /// Only that it is there: 1.
    Presence,
    /// The bytes of a number, in hexadecimal.
    Raw,
    /// A time, of which zero is none: `NULL`.
    NullTime,
    /// Seconds since an epoch of the protocol, as date and time. The number is the epoch in seconds since 1970.
    Seconds(u32),
}

/// The notation of a name. None if the type of its values says it.
pub(super) fn notation(name: &str) -> Option<Notation> {
    let is_in = |names: &str| names.split(' ').any(|known| known == name);
    TABLE.iter().find(|(names, _)| is_in(names)).map(|(_, notation)| *notation)
}

/// Names, separated by blanks, as `tshark -G fields` of Wireshark 4.0 has them: those with the bases `BASE_HEX` and
/// `BASE_HEX_DEC` by the width of their type, then those of other types.
#[rustfmt::skip]
const TABLE: &[(&str, Notation)] = &[
    ("icmpv6.opt.linkaddr icmpv6.opt.src_linkaddr icmpv6.opt.target_linkaddr", Notation::MacOrBytes),
    ("dhcpv6.iaid", Notation::Digits(8)),
    ("ipv6.opt.padn", Notation::MayBeEmpty),
    ("icmpv6.nd.ra.flag llc.control.ftype llc.control.u_modifier_cmd llc.control.u_modifier_resp \
tls.handshake.server_curve_type chdlc.address chdlc.control dhcp.fqdn.flags dhcp.fqdn.mbz dhcp.hw.type \
dhcp.option.agent_information_option.flags dhcp.option.vendor.pxeclient.discovery_control \
dhcpv6.client_fqdn_flags dhcpv6.failover.server.flags dhcpv6.s46_rule.flags dns.caa.flags dns.resp.ext_rcode \
dns.wks.bits geneve.flags geneve.option.type geneve.reserved hip.tlv.locator_reserved hip.tlv_reg_from_reserved \
hip.tlv_relay_from_reserved hip.tlv_relay_to_reserved icmp.ext.echo.req.res icmp.ext.echo.rsp.res \
icmpv6.ext.echo.req.res icmpv6.ext.echo.rsp.res icmpv6.fmip6.hi.flag icmpv6.mld.flag icmpv6.opt.prefix.flag \
icmpv6.rpl.dao.flag icmpv6.rpl.daoack.flag icmpv6.rpl.dio.flag.mop icmpv6.rpl.opt.prefix.flag \
icmpv6.rpl.opt.solicited.flag icmpv6.rpl.opt.transit.flag icmpv6.rr.flag igmp.type ip.dsfield ip.flags \
ip.opt.ext_sec_add_sec_info_format_code ip.opt.flag ip.opt.sec_cl ip.opt.sec_prot_auth_flags \
ipv6.fraghdr.reserved_octet ipv6.opt.dff.flag.rsv ipv6.opt.mpl.flag.rsv ipv6.opt.mpl.sequence ipv6.opt.rpl.flag \
ipv6.opt.rpl.instance_id ipv6.opt.type ipv6.opt.type.rest ipv6.routing.srh.flags lcp.opt.fcs_alternatives \
llc.dsap llc.ssap mip6.reserved ntp.flags ntp.priv.err ntp.priv.reserved ppp.address ppp.control pppoe.code \
radius.CHAP_Ident radius.Tunnel_Assignment_Id.tag radius.Tunnel_Client_Auth_Id.tag \
radius.Tunnel_Client_Endpoint.tag radius.Tunnel_Medium_Type.tag radius.Tunnel_Password.tag \
radius.Tunnel_Preference.tag radius.Tunnel_Private_Group_Id.tag radius.Tunnel_Server_Auth_Id.tag \
radius.Tunnel_Server_Endpoint.tag radius.Tunnel_Type.tag radius.egress_vlan_name_tag tcp.options.mptcp.flags \
tcp.options.mptcp.rst_reason tcp.options.scps.vector",
    Notation::Hexadecimal(2)),
    ("arp.proto.type chdlc.protocol dhcp.flags dhcp.flags.reserved dns.resp.z.reserved \
ip.checksum_calculated tcp.checksum_calculated tls.handshake.server_named_curve udp.checksum_calculated dhcp.option.isns.administrative_flags \
dhcp.option.isns.discovery_domain_access dhcp.option.isns.functions dhcpv6.failover.connect.flags \
dhcpv6.failover.dns.flags dhcpv6.option_code dns.cert.key_tag dns.csync.flags dns.dnskey.flags dns.ds.key_id \
dns.flags dns.id dns.key.flags dns.qry.class dns.resp.class dns.resp.z eth.type \
etherip.reserved geneve.option.class geneve.proto_type gre.checksum gre.flags_and_version gre.proto hip.checksum \
hip.controls hip.tlv.esp_trans_res hip.tlv.nat_traversal_mode_id hip.tlv.notification_res \
hip.tlv_esp_info_key_index hip.tlv_esp_info_reserved hip.tlv_puzzle_opaque hip.tlv_solution_opaque icmp.checksum \
icmp.ext.checksum icmp.ext.res icmpv6.checksum icmpv6.echo.identifier icmpv6.mip6.flag icmpv6.ni.flag \
icmpv6.opt.efo icmpv6.opt.pref64.plc igmp.checksum ip.checksum ip.id ipcp.opt.compress_proto \
ipv6.opt.calipso.checksum ipv6.opt.ioam.trace.node.eif ipv6.opt.ioam.trace.node.iif ipv6.opt.rpl.sender_rank \
lcp.opt.auth_protocol lcp.opt.quality_protocol lcp.rej_proto llc.control llc.type mip6.csum ntp.ctrl.status \
ntp.ext.type ppp.protocol pppoe.session_id pppoed.tag pppoed.tags.seq_num shim6.checksum sll.etype tcp.checksum \
tcp.flags tcp.options.experimental.exid tcp.options.mptcp.checksum tcp.options.mptcp.reserved \
tls.handshake.ciphersuite tls.handshake.extensions.supported_version tls.handshake.extensions_supported_group \
tls.handshake.sig_hash_alg tls.handshake.version tls.record.version udp.checksum vlan.etype vxlan.flags \
vxlan.flags_reserved",
    Notation::Hexadecimal(4)),
    ("dhcp.option.agent_information_option.vrf_name.vpn_id.oui dhcpv6.xid geneve.vni ipv6.flow \
ipv6.opt.ioam.trace.node.id ipv6.opt.ioam.trace.node.oss.scid ipv6.opt.ioam.trace.type",
    Notation::Hexadecimal(6)),
    ("ah.spi ccp.opt.supported_bits dhcp.id dhcp.option.agent_information_option.docsis_device_class \
dhcp.option.agent_information_option.vrf_name.vpn_id.index dhcp.option.isns.server_security_bitmap esp.spi \
eth.fcs gre.key hip.tlv.enc_reserved hip.tlv.host_id_header_algo hip.tlv.locator_spi hip.tlv.r1_reserved \
hip.tlv_ack_updid hip.tlv_esp_info_new_spi hip.tlv_esp_info_old_spi hip.tlv_seq_update_id icmpv6.nd.na.flag \
icmpv6.opt.6cio.unassigned2 icmpv6.rpl.opt.targetdesc.descriptor ip.opt.qs_nonce ip.opt.qs_reserved \
ipv6.fraghdr.ident ipv6.opt.ioam.trace.node.bufoccup ipv6.opt.ioam.trace.node.csum \
ipv6.opt.ioam.trace.node.eif_wide ipv6.opt.ioam.trace.node.iif_wide ipv6.opt.ioam.trace.node.nsdata \
ipv6.opt.ioam.trace.node.qdepth ipv6.opt.ioam.trace.node.trdelay ipv6.opt.ioam.trace.node.tsf \
ipv6.opt.ioam.trace.node.tss ipv6.opt.ioam.trace.node.undefined ipv6.opt.qs_nonce ipv6.opt.qs_reserved \
ipv6.tclass lcp.magic_number lcp.opt.asyncmap lcp.opt.magic_number ppp.magic_number radius.egress_vlanid_pad \
radius.egress_vlanid_tag",
    Notation::Hexadecimal(8)),
    ("ipv6.opt.ioam.trace.node.id_wide",
    Notation::Hexadecimal(14)),
    ("dhcp.option.dhcp_authentication.rdm_replay_detection icmpv6.ilnp.nb_locator icmpv6.ni.nonce \
ipv6.opt.ioam.trace.node.nsdata_wide l2tp.tie_breaker mip6.cot.cookie mip6.coti.cookie mip6.hot.cookie \
mip6.hot.token mip6.hoti.cookie",
    Notation::Hexadecimal(16)),
    ("ipv6cp.interface_identifier arp.dst.hw_mac arp.src.hw_mac dhcp.hw.mac_addr dhcp.option.agent_information_option.ani_ap_bssid dns.eui48 \
dns.eui64 eth.addr eth.dst eth.src icmpv6.6lowpannd.da.eui64 icmpv6.opt.aro.eui64 \
sflow_245.ethernet.destination_mac_address sflow_245.ethernet.source_mac_address sll.src.eth",
    Notation::Colons),
    ("dns.opt dns.svcb.svcparam dns.tsig.mac gre.routing icmp.ext icmpv6.mldr.mar icmpv6.opt \
icmpv6.opt.certificate_padding icmpv6.opt.cga.subject_public_key_info icmpv6.opt.digital_signature_padding \
icmpv6.opt.redirected_packet icmpv6.opt.reserved icmpv6.rpl.opt.padn icmpv6.rpl.opt.reserved \
icmpv6.rpl.opt.target.flag ipv6.opt ipv6.opt.deprecated l2tp.offset_padding ntp.ext pppoed.tags shim6.ct \
tcp.analysis tcp.analysis.ack_lost_segment tcp.analysis.duplicate_ack tcp.analysis.fast_retransmission \
tcp.analysis.flags tcp.analysis.keep_alive tcp.analysis.keep_alive_ack tcp.analysis.lost_segment \
tcp.analysis.out_of_order tcp.analysis.retransmission tcp.analysis.reused_ports \
tcp.analysis.spurious_retransmission tcp.analysis.tfo_ack tcp.analysis.tfo_ignored tcp.analysis.tfo_syn \
tcp.analysis.window_full tcp.analysis.window_update tcp.analysis.zero_window tcp.analysis.zero_window_probe \
tcp.analysis.zero_window_probe_ack tcp.connection.fin_active tcp.connection.fin_passive teredo.auth teredo.orig \
tls.change_cipher_spec tls.handshake",
    Notation::Presence),
    ("ah.reserved icmp.unused icmpv6.reserved igmp.reserved ipv6.routing.src.reserved ipv6.routing.srh.tag",
    Notation::Raw),
    ("ntp.org ntp.rec ntp.reftime ntp.xmt", Notation::NullTime),
    ("dhcp.option.bulk_lease.base_time dhcp.option.bulk_lease.query_end_time dhcp.option.bulk_lease.query_start_time \
dns.rrsig.signature_expiration dns.rrsig.signature_inception dns.tkey.signature_expiration \
dns.tkey.signature_inception dns.tsig.time_signed radius.Event_Timestamp",
    Notation::Seconds(0)),
    ("dhcpv6.duidllt.time", Notation::Seconds(946_684_800)),
];
