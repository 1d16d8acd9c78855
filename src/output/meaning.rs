//! What values mean, in words: names of numbers and flags, units, times, purposes of addresses, services.

use crate::proto::IpProtocol;
use crate::proto::icmp::{decode_time8, decode_time16};
use crate::special_addresses::{ipv4_purpose, ipv6_purpose};
use crate::wire::{Checksum, Field, Kind, TextBuffer, Unit, Value};

impl TextBuffer {
    /// Appends what a value means: the name of a number, the names of flags, the unit, the result of a checksum's
    /// verification, the purpose of an address. Returns whether it appended anything.
    pub fn meaning(&mut self, field: &Field, value: &Value<'_>) -> bool {
        if self.names(field, value) {
            return true;
        }
        let start = self.bytes.len();
        match (field.item_kind(), *value) {
            (Kind::Flags(_), Value::Uint(_)) => {}
            (_, Value::Checksum(_, state)) => match state {
                Checksum::Good => self.str("good"),
                Checksum::Bad(right) => self.show(format_args!("incorrect, {right:#06x} would be right")),
                Checksum::Absent => self.str("not computed"),
                Checksum::Unverifiable => self.str("not verified"),
                Checksum::Offloaded => self.str("left to the network card"),
            },
            // A mask is written as the length of its network part.
            (_, Value::Ipv4(mask)) if field.name.ends_with("mask") => {
                let bits = u32::from(mask);
                if bits.leading_ones() == bits.count_ones() {
                    self.show(format_args!("/{}", bits.count_ones()));
                }
            }
            (_, Value::Ipv4(address)) => self.str(ipv4_purpose(address).unwrap_or_default()),
            (_, Value::Ipv6(address)) => self.str(ipv6_purpose(address).unwrap_or_default()),
            (_, Value::Mac(mac)) if mac.well_known().is_some() => self.str(mac.well_known().unwrap_or_default()),
            (_, Value::Mac(mac)) if mac.is_group() => self.str("group"),
            (_, Value::Mac(mac)) if mac.is_local() => self.str("locally administered"),
            (_, Value::Uint(n)) => match field.unit {
                Unit::None => {}
                Unit::Bytes(1) => self.str("bytes"),
                Unit::Bytes(size) => {
                    self.number(n * u64::from(size));
                    self.str(" bytes");
                }
                Unit::Seconds => self.seconds(n),
                Unit::Milliseconds => self.str("ms"),
                Unit::MillisecondsTimes(unit) => self.time(n.saturating_mul(unit.into())),
                Unit::TimeCode { bits, milliseconds } => {
                    let units = match bits {
                        8 => decode_time8(n as u8).into(),
                        _ => decode_time16(n as u16),
                    };
                    self.time(u64::from(units) * u64::from(milliseconds));
                }
                Unit::Log2 { bias, steps, milliseconds } => self.exponential(n, bias, steps, milliseconds),
                Unit::TcpPort => self.service(n, IpProtocol::Tcp),
                Unit::UdpPort => self.service(n, IpProtocol::Udp),
                Unit::Log2Seconds => {}
                Unit::ShortTime => {
                    self.decimal(n << 16, 6);
                    self.str(" s");
                }
                Unit::NtpTime => self.ntp_time(n),
                Unit::UnixTime => self.unix_time(n),
            },
            (_, Value::Int(n)) => match field.unit {
                Unit::Seconds if n < 0 => self.seconds_after(n.unsigned_abs(), " (-"),
                Unit::Seconds => self.seconds(n.unsigned_abs()),
                Unit::Log2Seconds => self.power_of_two(n.clamp(i8::MIN.into(), i8::MAX.into()) as i8),
                _ => {}
            },
            _ => {}
        }
        self.bytes.len() > start
    }

    /// Appends a fixed-point number of 32 integer and 32 fraction bits, cut off after `decimals` decimals.
    fn decimal(&mut self, n: u64, decimals: u32) {
        let scale = 10u64.pow(decimals);
        self.number(n >> 32);
        self.str(".");
        self.padded(((n & 0xffff_ffff) * scale) >> 32, decimals as usize);
    }

    /// Appends a time in seconds.
    fn time(&mut self, milliseconds: u64) {
        self.number(milliseconds / 1000);
        match milliseconds % 1000 {
            0 => {
                self.str(" ");
                self.seconds(milliseconds / 1000);
            }
            fraction => {
                self.str(".");
                self.padded(fraction, 3);
                while self.bytes.last() == Some(&b'0') {
                    self.bytes.pop();
                }
                self.str(" s");
            }
        }
    }

    /// Appends 2^((`n` - `bias`) / `steps`) units of time, in seconds.
    fn exponential(&mut self, n: u64, bias: u8, steps: u8, milliseconds: u16) {
        /// Powers of two with exponents of eighths.
        const EIGHTHS: [f64; 8] = [
            1.0,
            1.0905077326652577,
            1.189207115002721,
            1.2968395546510096,
            core::f64::consts::SQRT_2,
            1.5422108254079407,
            1.681792830507429,
            1.8340080864093424,
        ];
        let exponent = (n.min(u8::MAX.into()) as i32 - i32::from(bias)) * (8 / i32::from(steps.clamp(1, 8)));
        let whole = exponent.div_euclid(8);
        let two = |n: u32| (0..n).fold(1.0, |power, _| power * 2.0);
        let power = if whole < 0 { 1.0 / two(whole.unsigned_abs()) } else { two(whole.unsigned_abs()) };
        let seconds = power * EIGHTHS[exponent.rem_euclid(8) as usize] * f64::from(milliseconds) / 1000.0;
        match seconds {
            0.0..0.001 => self.show(format_args!("{seconds:.9} s")),
            0.001..100.0 => self.show(format_args!("{seconds:.3} s")),
            _ => {
                self.number(seconds as u64);
                self.str(" ");
                self.seconds(seconds as u64);
            }
        }
    }

    /// Appends two to the power of `n`, in seconds.
    fn power_of_two(&mut self, n: i8) {
        match n {
            0..64 => {
                self.number(1 << n);
                self.str(" s");
            }
            // Clocks resolve nanoseconds at best.
            -30..0 => self.show(format_args!("{:.9} s", 1.0 / f64::from(1u32 << -n))),
            _ => self.show(format_args!("2^{n} s")),
        }
    }

    /// Appends the date and time of an NTP timestamp. The first era began in 1900 and ends in 2036; seconds
    /// whose highest bit is clear belong to the second era (RFC 4330 §3).
    fn ntp_time(&mut self, n: u64) {
        if n == 0 {
            return self.str("not set");
        }
        let seconds = (n >> 32) + if n >> 63 == 0 { 1 << 32 } else { 0 };
        self.moment(seconds, n & 0xffff_ffff);
    }

    /// Appends the date and time of a number of 2⁻¹⁶ seconds since 1970.
    fn unix_time(&mut self, n: u64) {
        /// Seconds between 1900 and 1970.
        const SINCE_1900: u64 = 2_208_988_800;
        match n {
            0 => self.str("not set"),
            _ => self.moment((n >> 16) + SINCE_1900, (n & 0xffff) << 16),
        }
    }

    /// Appends a date and a time: seconds since 1900, and units of 2⁻³² s.
    fn moment(&mut self, seconds: u64, fraction: u64) {
        let (year, month, day) = date(seconds / 86_400);
        let time = seconds % 86_400;
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        self.show(format_args!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:"));
        if second < 10 {
            self.str("0");
        }
        self.decimal(second << 32 | fraction, 9);
        self.str(" UTC");
    }

    /// Appends the name of the service that a port is registered for (feature `services`).
    fn service(&mut self, port: u64, protocol: IpProtocol) {
        #[cfg(feature = "services")]
        if let Some(name) = u16::try_from(port).ok().and_then(|port| crate::services::service(port, protocol)) {
            self.str(name);
        }
        #[cfg(not(feature = "services"))]
        let _ = (port, protocol);
    }

    /// Appends the unit, and from 60 seconds on also days, hours, minutes and seconds.
    fn seconds(&mut self, n: u64) {
        self.seconds_after(n, " (");
    }

    fn seconds_after(&mut self, n: u64, mut before: &str) {
        self.str("s");
        if n < 60 {
            return;
        }
        for (size, unit) in [(86400, " d"), (3600, " h"), (60, " min"), (1, " s")] {
            let count = if size == 86400 { n / size } else { n % (size * if size == 3600 { 24 } else { 60 }) / size };
            if count > 0 {
                self.str(before);
                self.number(count);
                self.str(unit);
                before = " ";
            }
        }
        self.str(")");
    }
}

/// Year, month and day of a day since 1900, in the Gregorian calendar.
fn date(days: u64) -> (u64, u64, u64) {
    // Years are counted from March, so that the leap day is the last of one. 400 of them have as many
    // days as any other 400; 693,901 days lie between March of the year 0 and 1900.
    let days = days + 693_901;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = (400 * era + year, month + 3);
    if month > 12 { (year + 1, month - 12, day) } else { (year, month, day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(f: impl FnOnce(&mut TextBuffer)) -> alloc::string::String {
        let mut text = TextBuffer::default();
        f(&mut text);
        alloc::string::String::from_utf8(text.bytes).unwrap()
    }

    #[test]
    fn numbers_below_zero() {
        assert_eq!(text(|t| t.signed(-18000)), "-18000");
        assert_eq!(text(|t| t.signed(i64::MIN)), "-9223372036854775808");
        let field = Field::floating("offset", "", Kind::Int, "").seconds();
        assert_eq!(text(|t| t.value(&field, &Value::Int(-18000), 0)), "-18000");
        assert_eq!(text(|t| assert!(t.meaning(&field, &Value::Int(-19800)))), "s (-5 h 30 min)");
        assert_eq!(text(|t| assert!(t.meaning(&field, &Value::Int(3600)))), "s (1 h)");
    }

    #[test]
    fn times() {
        assert_eq!(text(|t| t.seconds(59)), "s");
        assert_eq!(text(|t| t.seconds(3600)), "s (1 h)");
        assert_eq!(text(|t| t.seconds(90061)), "s (1 d 1 h 1 min 1 s)");
    }

    #[test]
    fn times_in_codes_and_units_are_times() {
        let said = |field: Field, n: u64| text(|t| assert!(t.meaning(&field, &Value::Uint(n))));
        let field = || Field::floating("time", "", Kind::Uint, "");
        assert_eq!(said(field().units_of_100_milliseconds(), 100), "10 s");
        assert_eq!(said(field().units_of_10_milliseconds(), 5), "0.05 s");
        assert_eq!(said(field().units_of_4_seconds(), 3600), "14400 s (4 h)");
        assert_eq!(said(field().units_of_8_seconds(), 1), "8 s");
        assert_eq!(said(field().minutes(), 90), "5400 s (1 h 30 min)");
        assert_eq!(said(field().time_code_of_tenths(), 127), "12.7 s");
        assert_eq!(said(field().time_code_of_tenths(), 0x8f), "24.8 s");
        assert_eq!(said(field().time_code_of_seconds(), 0xff), "31744 s (8 h 49 min 4 s)");
        assert_eq!(said(field().time_code_of_milliseconds(), 0x7fff), "32.767 s");
        assert_eq!(said(field().time_code_of_milliseconds(), 0x9001), "65.552 s");
        assert_eq!(said(field().log2_milliseconds(), 12), "4.096 s");
        assert_eq!(said(field().puzzle_lifetime(), 37), "32.000 s");
        assert_eq!(said(field().puzzle_lifetime(), 31), "0.500 s");
        assert_eq!(said(field().registration_lifetime(), 68), "1.414 s");
        assert_eq!(said(field().registration_lifetime(), 144), "1024 s (17 min 4 s)");
    }

    #[test]
    fn times_of_ntp() {
        assert_eq!(text(|t| t.ntp_time(0)), "not set");
        assert_eq!(text(|t| t.ntp_time(0x83aa_7e80_8000_0000)), "1970-01-01 00:00:00.500000000 UTC");
        assert_eq!(text(|t| t.ntp_time(0xffff_ffff_0000_0000)), "2036-02-07 06:28:15.000000000 UTC");
        assert_eq!(text(|t| t.ntp_time(1)), "2036-02-07 06:28:16.000000000 UTC");
        assert_eq!(text(|t| t.ntp_time(0xbc3f_4f00_ffff_ffff)), "2000-01-31 00:00:00.999999999 UTC");
        assert_eq!(date(36_583), (2000, 2, 29));
        assert_eq!(text(|t| t.decimal(0x1_8000_0000, 6)), "1.500000");
        assert_eq!(text(|t| t.power_of_two(6)), "64 s");
        assert_eq!(text(|t| t.power_of_two(-20)), "0.000000954 s");
        assert_eq!(text(|t| t.power_of_two(-128)), "2^-128 s");
    }

    #[test]
    fn times_since_1970() {
        let field = Field::floating("timestamp", "", Kind::Uint, "").unix_time();
        let said = |n: u64| text(|t| assert!(t.meaning(&field, &Value::Uint(n))));
        assert_eq!(said(0), "not set");
        assert_eq!(said(0x8000), "1970-01-01 00:00:00.500000000 UTC");
        assert_eq!(said(1_709_164_799 << 16 | 0xffff), "2024-02-28 23:59:59.999984741 UTC");
        assert_eq!(said(1 << 32 << 16), "2106-02-07 06:28:16.000000000 UTC");
        assert_eq!(said(u64::MAX), "8921556-12-07 10:44:15.999984741 UTC");
    }

    #[test]
    fn a_time_between_1968_and_1970_is_a_time() {
        assert_eq!(text(|t| t.ntp_time(1 << 63)), "1968-01-20 03:14:08.000000000 UTC");
        assert_eq!(text(|t| t.ntp_time(0x83aa_7e7f_0000_0000)), "1969-12-31 23:59:59.000000000 UTC");
    }
}
