//! Names of lengths, lists and contents that follow by rule, and of what code finds in messages.

use super::named_items::{all_pass, none_passes};
use super::*;

fn tcp(payload: &[u8]) -> Frame {
    let segment = [&hex("0401 01bb 00000001 00000000 5018 0009 0000 0000")[..], payload].concat();
    Frame::ethernet(ethernet(0x0800, &ipv4(6, 1, &segment)))
}

/// Bytes after their length, which has `count` bytes.
fn counted(count: usize, bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes()[4 - count..], bytes].concat()
}

/// A record of TLS 1.2 with a handshake message.
fn record(kind: u8, contents: &[u8]) -> Vec<u8> {
    [&[22, 3, 3][..], &counted(2, &[&[kind][..], &counted(3, contents)].concat())].concat()
}

fn extension(kind: u16, contents: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &counted(2, contents)].concat()
}

fn client_hello() -> Frame {
    let name = counted(2, &[&[0][..], &counted(2, b"a.test")].concat());
    let protocols = [counted(1, b"h2"), counted(1, b"http/1.1")].concat();
    let extensions = [
        extension(0, &name),
        extension(10, &hex("0004 001d 0a0a")),
        extension(11, &hex("01 00")),
        extension(13, &hex("0004 0403 0804")),
        extension(16, &counted(2, &protocols)),
    ]
    .concat();
    let hello = [&hex("0303 5e0be100")[..], &[7; 28], &hex("02 0a0b 0004 1301 0a0a 01 00"), &counted(2, &extensions)];
    tcp(&record(1, &hello.concat()))
}

#[test]
fn lengths_and_lists_of_a_client_hello_have_names() {
    all_pass(
        &client_hello(),
        &[
            "tls.handshake.session_id_length == 2",
            "@tls.handshake.session_id_length == 02",
            "tls.handshake.cipher_suites_length == 4",
            "tls.handshake.ciphersuites",
            "tls.handshake.comp_methods_length == 1 && tls.handshake.comp_methods",
            "tls.handshake.extensions_server_name_list_len == 9",
            "tls.handshake.extensions_server_name_len == 6",
            "tls.handshake.extensions_supported_groups_length == 4 && tls.handshake.extensions_supported_groups",
            "tls.handshake.extensions_ec_point_formats_length == 1",
            "tls.handshake.sig_hash_alg_len == 4 && tls.handshake.sig_hash_algs",
            "tls.handshake.sig_hash_hash == 4 && tls.handshake.sig_hash_sig == 3",
            "tls.handshake.sig_hash_hash == 8 && count(tls.handshake.sig_hash_sig) == 2",
            "tls.handshake.extensions_alpn_len == 12 && tls.handshake.extensions_alpn_list",
            "tls.handshake.extensions_alpn_str_len == 2 && tls.handshake.extensions_alpn_str_len == 8",
            "@tls.handshake.extensions_alpn_len == 00:0c",
            r#"tls.handshake.random_time == "2020-01-01 00:00:00""#,
            "len(tls.handshake.random_bytes) == 28 && tls.handshake.random_bytes[0] == 7",
            r#"tls.handshake.ja3_full == "771,4865,0-10-11-13-16,29,0""#,
            r#"tls.handshake.ja3 == "7e0b0c3d84380837fb2f88c7a09e3105""#,
        ],
    );
    none_passes(&client_hello(), &["tls.handshake.certificates_length", "tls.handshake.ja3s", "tls.handshake.sig_len"]);
}

#[test]
fn a_server_hello_of_tls_1_3_has_no_time_in_its_random_bytes() {
    let hello = |extensions: &[u8]| {
        let hello = [&hex("0303 5e0be100")[..], &[7; 28], &hex("00 1301 00"), &counted(2, extensions)];
        tcp(&record(2, &hello.concat()))
    };
    let selected = extension(43, &hex("0304"));
    none_passes(&hello(&selected), &["tls.handshake.random_time", "tls.handshake.ja3"]);
    all_pass(
        &hello(&selected),
        &["tls.handshake.session_id_length == 0", r#"tls.handshake.ja3s_full == "771,4865,43""#],
    );
    all_pass(&hello(&[]), &["tls.handshake.random_time", r#"tls.handshake.ja3s_full == "771,4865,""#]);
}

#[test]
fn parameters_of_key_exchanges_have_names_where_they_fit() {
    let signature = [&hex("0401")[..], &counted(2, &[9; 4])].concat();
    let ecdhe = [&hex("03 001d")[..], &counted(1, &[5; 32]), &signature].concat();
    all_pass(
        &tcp(&record(12, &ecdhe)),
        &[
            "tls.handshake.server_curve_type == 3 && tls.handshake.server_named_curve == 0x1d",
            "tls.handshake.server_point_len == 32 && len(tls.handshake.server_point) == 32",
            "tls.handshake.sig_hash_alg == 0x0401 && tls.handshake.sig_hash_hash == 4 && tls.handshake.sig_hash_sig == 1",
            "tls.handshake.sig_len == 4 && tls.handshake.sig == 09:09:09:09 && !tls.handshake.p",
        ],
    );
    let dhe = [counted(2, &[1; 9]), counted(2, &[2]), counted(2, &[3; 9]), signature].concat();
    all_pass(
        &tcp(&record(12, &dhe)),
        &[
            "tls.handshake.p_len == 9 && tls.handshake.g == 02 && tls.handshake.ys_len == 9",
            "!tls.handshake.server_point && tls.handshake.sig_len == 4",
        ],
    );
    // One byte more, and nothing fits.
    let unfit = [&dhe[..], &[0]].concat();
    none_passes(&tcp(&record(12, &unfit)), &["tls.handshake.p_len", "tls.handshake.sig", "tls.handshake.sig_hash_alg"]);
    all_pass(&tcp(&record(16, &counted(1, &[4; 65]))), &["tls.handshake.client_point_len == 65"]);
    none_passes(&tcp(&record(16, &counted(2, &[4; 64]))), &["tls.handshake.client_point"]);
    let request = hex("02 01 40 0004 0403 0401 0000");
    all_pass(
        &tcp(&record(13, &request)),
        &[
            "tls.handshake.cert_types_count == 2 && tls.handshake.cert_type == 64 && tls.handshake.cert_types",
            "count(tls.handshake.sig_hash_alg) == 2 && tls.handshake.dnames_len == 0",
        ],
    );
}

#[test]
fn timestamps_of_logs_are_found_in_hellos_and_certificates() {
    let timestamp = [&[0][..], &[7; 32], &hex("00000188 b5e4d000 0000 0403"), &counted(2, &[9; 3])].concat();
    let list = counted(2, &counted(2, &timestamp));
    let hello = [&hex("0303")[..], &[7; 32], &hex("00 c02b 00"), &counted(2, &extension(18, &list))].concat();
    let der = |tag: u8, contents: &[u8]| [&[tag][..], &counted(1, contents)].concat();
    let extension = [&der(0x06, &hex("2b06010401d679020402"))[..], &der(4, &der(4, &list))].concat();
    let certificate = der(0x30, &extension);
    let certificates = counted(3, &counted(3, &certificate));
    for record in [record(2, &hello), record(11, &certificates)] {
        all_pass(
            &tcp(&record),
            &[
                "tls.sct.scts_length == 52 && tls.sct.sct_length == 50 && tls.sct.sct_version == 0",
                "len(tls.sct.sct_logid) == 32 && tls.sct.sct_extensions_length == 0",
                r#"tls.sct.sct_timestamp == "2023-06-13 17:54:11.584""#,
                "tls.sct.sct_signature == 09:09:09 && tls.sct.sct_signature_length == 3",
            ],
        );
    }
    all_pass(
        &tcp(&record(11, &certificates)),
        &[
            "tls.handshake.certificates && tls.handshake.certificates_length == 75",
            "tls.handshake.certificate_length == 72",
        ],
    );
}

/// A message of SNMP version 3 that is encrypted.
fn snmp() -> Vec<u8> {
    let der = |tag: u8, contents: &[u8]| [&[tag][..], &counted(1, contents)].concat();
    let global = [der(2, &[1, 0]), der(2, &hex("00ffe3")), der(4, &[7]), der(2, &[3])].concat();
    let user =
        [der(4, &hex("8000000901")), der(2, &[5]), der(2, &[6]), der(4, b"admin"), der(4, &[1; 12]), der(4, &[2; 8])];
    let message = [der(2, &[3]), der(0x30, &global), der(4, &der(0x30, &user.concat())), der(4, &[8; 4])].concat();
    der(0x30, &message)
}

#[test]
fn a_message_of_snmp_version_3_has_names() {
    let frame = udp(9, 161, &snmp());
    all_pass(
        &frame,
        &[
            "snmp.msgVersion == 3 && !snmp.version && snmp.msgGlobalData_element",
            "snmp.msgID == 256 && snmp.msgMaxSize == 65507 && snmp.msgFlags == 07 && snmp.msgSecurityModel == 3",
            "snmp.v3.flags.auth == 1 && snmp.v3.flags.crypt == 1 && snmp.v3.flags.report == 1",
            "snmp.msgAuthoritativeEngineID == 80:00:00:09:01 && snmp.engineid.conform == 1 && snmp.engineid.enterprise == 9",
            "snmp.msgAuthoritativeEngineBoots == 5 && snmp.msgAuthoritativeEngineTime == 6",
            r#"snmp.msgUserName == "admin""#,
            "len(snmp.msgAuthenticationParameters) == 12 && len(snmp.msgPrivacyParameters) == 8",
            "snmp.msgData == 1 && snmp.encryptedPDU == 08:08:08:08",
        ],
    );
    let first = udp(9, 161, b"\x30\x0d\x02\x01\x01\x04\x06public\xa0\x00");
    all_pass(&first, &["snmp.version == 1 && !snmp.msgVersion"]);
    // Every beginning of the message is read as far as it goes.
    let message = snmp();
    (0..message.len()).for_each(|end| none_passes(&udp(9, 161, &message[..end]), &["snmp.encryptedPDU"]));
}

#[test]
fn blocks_of_sack_are_counted_and_those_that_repeat_are_found() {
    let segment = |acknowledged: &str, options: &str| {
        let options = hex(options);
        let first = ((5 + options.len() / 4) << 4) as u8;
        let header = [&hex("0050 0401 00000001")[..], &hex(acknowledged), &[first, 16, 0, 9, 0, 0, 0, 0], &options];
        Frame::ethernet(ethernet(0x0800, &ipv4(6, 1, &header.concat())))
    };
    let one = segment("00000064", "0101 050a 000000c8 000000d2");
    all_pass(&one, &["tcp.options.sack.count == 1 && !tcp.options.sack.dsack"]);
    let acknowledged = segment("00000064", "0101 050a 00000032 0000003c");
    all_pass(&acknowledged, &["tcp.options.sack.dsack"]);
    let inside = segment("00000064", "0101 0512 000000c8 000000d2 000000be 000000dc");
    all_pass(&inside, &["tcp.options.sack.count == 2 && tcp.options.sack.dsack"]);
    // Relative numbers need the connection.
    none_passes(&inside, &["tcp.options.sack_le", "tcp.options.sack.dsack_re"]);
}

#[test]
fn names_of_addresses_and_of_small_parts_of_headers() {
    let teredo = [&hex("60000000 0000 3b 40 20010000 c0000201 0000 f227 3f3ffdfd")[..], &[0x20; 16]].concat();
    all_pass(
        &Frame::ethernet(ethernet(0x86dd, &teredo)),
        &[
            "ipv6.src_ts_ipv4 == 192.0.2.1 && ipv6.ts_ipv4 == 192.0.2.1 && !ipv6.dst_ts_ipv4",
            "ipv6.tc_port == 3544 && ipv6.src_tc_ipv4 == 192.192.2.2",
        ],
    );
    let icmp = |bytes: &str| {
        Frame::ethernet(ethernet(0x0800, &ipv4(1, 1, &[&hex(bytes)[..], &ipv4(17, 1, &[0; 8])].concat())))
    };
    all_pass(&icmp("0303 0000 00000000"), &["icmp.unused == 00:00:00:00 && !icmp.length"]);
    all_pass(&icmp("0304 0000 000005dc"), &["icmp.unused == 00:00 && icmp.mtu == 1500"]);
    all_pass(&icmp("0b00 0000 01020304"), &["icmp.unused == 01 && icmp.unused == 03:04 && icmp.length == 2"]);
    all_pass(&icmp("0c00 0000 07000000"), &["icmp.unused == 00:00:00"]);
    let ttl = |ttl: u8, destination: [u8; 4]| {
        let mut packet = ipv4(17, 1, &[0, 9, 0, 9, 0, 8, 0, 0]);
        packet[8] = ttl;
        packet[16..20].copy_from_slice(&destination);
        Frame::ethernet(ethernet(0x0800, &packet))
    };
    all_pass(&ttl(4, [192, 0, 2, 1]), &["ip.ttl.too_small"]);
    none_passes(&ttl(5, [192, 0, 2, 1]), &["ip.ttl.too_small"]);
    none_passes(&ttl(1, [224, 0, 0, 251]), &["ip.ttl.too_small"]);
    all_pass(&udp(9, 33_435, &[]), &["udp.possible_traceroute"]);
    none_passes(&udp(33_434, 33_465, &[]), &["udp.possible_traceroute"]);
    let igmp = |bytes: &str| Frame::ethernet(ethernet(0x0800, &ipv4(2, 1, &hex(bytes))));
    all_pass(&igmp("1100 0000 00000000"), &["igmp.version == 1"]);
    all_pass(&igmp("1164 0000 00000000"), &["igmp.version == 2"]);
    all_pass(&igmp("1164 0000 00000000 00000000"), &["igmp.version == 3"]);
    let ipcp = hex("8021 01 01 000a 02 06 002d 0f 01");
    all_pass(
        &Frame::ethernet(ethernet(0x8864, &[&hex("1100 0001 000c")[..], &ipcp].concat())),
        &["ipcp.opt.max_slot_id == 15 && ipcp.opt.comp_slot_id == 1"],
    );
}
