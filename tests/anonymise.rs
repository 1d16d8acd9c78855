//! Anonymised addresses: the sample of Crypto-PAn, kept prefixes, special addresses.

use packetsmith::anonymise::{AnonymisationKey, IpAnonymiser, SpecialAddresses};
use proptest::prelude::*;
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The key of the sample in the original distribution of Crypto-PAn.
const SAMPLE_KEY: [u8; 32] = [
    21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16, 216, 152, 143, 131, 121, 121, 101, 39, 98,
    87, 76, 45, 42, 132, 34, 2,
];

fn sample(special: SpecialAddresses) -> IpAnonymiser {
    IpAnonymiser::new(&AnonymisationKey::new(SAMPLE_KEY), special)
}

/// Addresses of the sample trace in the original distribution, and what it made of them.
const SAMPLE: &str = "\
128.11.68.132 135.242.180.132
129.118.74.4 134.136.186.123
130.132.252.244 133.68.164.234
141.223.7.43 141.167.8.160
141.233.145.108 141.129.237.235
152.163.225.39 151.140.114.167
156.29.3.236 147.225.12.42
165.247.96.84 162.9.99.234
166.107.77.190 160.132.178.185
192.102.249.13 252.138.62.131
192.215.32.125 252.43.47.189
192.233.80.103 252.25.108.8
192.41.57.43 252.222.221.184
193.150.244.223 253.169.52.216
195.205.63.100 255.186.223.5
198.200.171.101 249.199.68.213
198.26.132.101 249.36.123.202
198.36.213.5 249.7.21.132
198.51.77.238 249.18.186.254
199.217.79.101 248.38.184.213
202.49.198.20 245.206.7.234
203.12.160.252 244.248.163.4
204.184.162.189 243.192.77.90
204.202.136.230 243.178.4.198
204.29.20.4 243.33.20.123
205.178.38.67 242.108.198.51
205.188.147.153 242.96.16.101
205.188.248.25 242.96.88.27
205.245.121.43 242.21.121.163
207.105.49.5 241.118.205.138
207.135.65.238 241.202.129.222
207.155.9.214 241.220.250.22
207.188.7.45 241.255.249.220
207.25.71.27 241.33.119.156
207.33.151.131 241.1.233.131
208.147.89.59 227.237.98.191
208.234.120.210 227.154.67.17
208.28.185.184 227.39.94.90
208.52.56.122 227.8.63.165
209.12.231.7 226.243.167.8
209.238.72.3 226.6.119.243
209.246.74.109 226.22.124.76
209.68.60.238 226.184.220.233
209.85.249.6 226.170.70.6
212.120.124.31 228.135.163.231
212.146.8.236 228.19.4.234
212.186.227.154 228.59.98.98
212.204.172.118 228.71.195.169
212.206.130.201 228.69.242.193
216.148.237.145 235.84.194.111
216.157.30.252 235.89.31.26
216.184.159.48 235.96.225.78
216.227.10.221 235.28.253.36
216.254.18.172 235.7.16.162
216.32.132.250 235.192.139.38
216.35.217.178 235.195.157.81
24.0.250.221 100.15.198.226
24.13.62.231 100.2.192.247
24.14.213.138 100.1.42.141
24.5.0.80 100.9.15.210
24.7.198.88 100.10.6.25
24.94.26.44 100.88.228.35
38.15.67.68 64.3.66.187
4.3.88.225 124.60.155.63
63.14.55.111 95.9.215.7
63.195.241.44 95.179.238.44
63.97.7.140 95.97.9.123
64.14.118.196 0.255.183.58
64.34.154.117 0.221.154.117
64.39.15.238 0.219.7.41
";

#[test]
fn the_sample_of_crypto_pan() {
    let mut anonymiser = sample(SpecialAddresses::Mixed);
    for line in SAMPLE.lines() {
        let (before, after) = line.split_once(' ').unwrap();
        assert_eq!(anonymiser.ipv4(before.parse().unwrap()).to_string(), after, "{before}");
    }
}

const V6: [(&str, &str); 4] = [
    ("::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed"),
    ("2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e"),
    ("fe80::1234:56ff:fe78:9abc", "cf7f:c0e:1fc3:da1c:1dab:2904:3da4:16bc"),
    ("2001:470:1f04:1234::abcd", "4401:bd1:8ec4:31fa:fff0:e0f:801:281a"),
];

/// What yacryptopan of Python makes of IPv6 addresses with the same key.
#[test]
fn ipv6_is_that_of_another_implementation() {
    let mut anonymiser = sample(SpecialAddresses::Mixed);
    for (before, after) in V6 {
        assert_eq!(anonymiser.ip(before.parse().unwrap()).to_string(), after, "{before}");
    }
}

#[test]
fn special_addresses_keep_their_kind() {
    let mut anonymiser = sample(SpecialAddresses::Kept);
    let kept = "0.0.0.0 127.0.0.1 255.255.255.255 224.0.0.251 :: ::1 ff02::1 ff02::fb ff05::2";
    for address in kept.split(' ') {
        assert_eq!(anonymiser.ip(address.parse().unwrap()).to_string(), address);
    }
    for address in (0..2000_u32).map(|n| n.wrapping_mul(0x9e37_79b1)) {
        let before = Ipv4Addr::from_bits(address);
        let after = anonymiser.ipv4(before);
        assert_eq!(kind(before.into()), kind(after.into()), "{before} {after}");
        let before = Ipv6Addr::from_bits(u128::from(address) << 96 | u128::from(address));
        let after = anonymiser.ipv6(before);
        assert_eq!(kind(before.into()), kind(after.into()), "{before} {after}");
    }
    let link_local = anonymiser.ipv4([169, 254, 7, 9].into());
    assert!(link_local.is_link_local() && link_local.octets()[2..] != [7, 9]);
    let six = |anonymiser: &mut IpAnonymiser, text: &str| anonymiser.ipv6(text.parse().unwrap());
    let link_local = six(&mut anonymiser, "fe80::1");
    assert!(link_local.to_string().starts_with("fe80::") && link_local.to_string() != "fe80::1");
    assert_eq!(six(&mut anonymiser, "ff15::1").segments()[0], 0xff15);
    assert_ne!(six(&mut anonymiser, "ff15::1").segments()[1], 0);
    let solicited = six(&mut anonymiser, "ff02::1:ff01:203");
    assert!(solicited.to_string().starts_with("ff02::1:ff") && solicited.to_string() != "ff02::1:ff01:203");
    // An IPv4 address in an IPv6 address becomes what it is alone.
    let alone = anonymiser.ipv4([10, 1, 2, 3].into());
    assert_eq!(six(&mut anonymiser, "::ffff:10.1.2.3"), alone.to_ipv6_mapped());
}

/// What an address is.
fn kind(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(a) if a.octets()[0] == 0 => 1,
        IpAddr::V4(a) if a.is_loopback() => 2,
        IpAddr::V4(a) if a.is_multicast() => 3,
        IpAddr::V4(a) if a.octets()[0] >= 240 => 4,
        IpAddr::V4(a) if a.is_link_local() => 5,
        IpAddr::V6(a) if a.is_multicast() => 6,
        IpAddr::V6(a) if a.is_unicast_link_local() => 7,
        IpAddr::V6(a) if a.is_unique_local() => 8,
        _ => 0,
    }
}

#[test]
fn no_two_addresses_become_the_same() {
    let mut anonymiser = sample(SpecialAddresses::Kept);
    let all: HashSet<Ipv4Addr> =
        (0..200_000_u32).map(|n| anonymiser.ipv4(Ipv4Addr::from_bits(n.wrapping_mul(0x9e37_79b1)))).collect();
    assert_eq!(all.len(), 200_000, "more than are remembered");
}

/// An address that shares bits with special blocks, or does not.
fn address() -> impl Strategy<Value = (u128, u32)> {
    let special: Vec<u128> = [
        "::",
        "fe80::",
        "fc00::",
        "fd00::",
        "ff02::1:ff00:0",
        "ff00::",
        "ff1e::",
        "::ffff:0:0",
        "64:ff9b::",
        "7f00::",
        "a9fe::",
        "e000::",
        "e800::",
        "ef00::",
        "f000::",
        "ffff:ffff::",
        "2001:db8::",
    ]
    .iter()
    .map(|text| text.parse::<Ipv6Addr>().unwrap().to_bits())
    .collect();
    (proptest::sample::select(special), any::<u128>(), 0..128_u32).prop_map(|(block, random, bits)| {
        // The first bits are those of the block.
        (block ^ random.checked_shr(bits).unwrap_or(0), bits)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Two addresses have as many first bits in common afterwards as before.
    #[test]
    fn prefixes_are_kept(key: [u8; 32], one in address(), other in address(), near: bool, keeps: bool) {
        let special = if keeps { SpecialAddresses::Kept } else { SpecialAddresses::Mixed };
        let mut anonymiser = IpAnonymiser::new(&AnonymisationKey::new(key), special);
        let a = one.0;
        let b = if near { a ^ other.0.checked_shr(other.1).unwrap_or(0) } else { other.0 };
        let after = [a, b].map(|bits| anonymiser.ipv6(Ipv6Addr::from_bits(bits)).to_bits());
        prop_assert_eq!((a ^ b).leading_zeros(), (after[0] ^ after[1]).leading_zeros());
        let [a, b] = [a, b].map(|bits| (bits >> 96) as u32);
        let after = [a, b].map(|bits| anonymiser.ipv4(Ipv4Addr::from_bits(bits)).to_bits());
        prop_assert_eq!((a ^ b).leading_zeros(), (after[0] ^ after[1]).leading_zeros());
        // A first use and a second give the same.
        prop_assert_eq!(anonymiser.ipv4(Ipv4Addr::from_bits(a)).to_bits(), after[0]);
    }
}
