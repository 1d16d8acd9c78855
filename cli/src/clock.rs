//! Packet times in tshark's formats.

use clap::ValueEnum;
use jiff::tz::TimeZone;
use packetsmith::capture::Timestamp;
use packetsmith::output::TextBuffer;

/// Format of times, with tshark's letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Seconds since the first packet
    #[value(alias = "tttt")]
    R,
    /// Seconds since the previous packet of the capture, shown or not
    D,
    /// Seconds since the previous packet that is shown
    #[value(alias = "tt")]
    Dd,
    /// Local time of day
    A,
    /// Local date and time
    // tcpdump's letters repeat: -tt, -ttt, -tttt, -ttttt.
    #[value(alias = "ttt")]
    Ad,
    /// UTC time of day
    U,
    /// UTC date and time
    Ud,
    /// Seconds since 1970
    #[value(alias = "t")]
    E,
}

impl Format {
    /// Whether times are numbers of seconds.
    pub fn is_seconds(self) -> bool {
        matches!(self, Format::R | Format::D | Format::Dd | Format::E)
    }
}

/// Writes times.
#[derive(Clone)]
pub struct Clock {
    format: Format,
    zone: TimeZone,
    first: Option<Timestamp>,
    before: Option<Timestamp>,
    now: Option<Timestamp>,
    /// Time of the last packet that was shown.
    shown: Option<Timestamp>,
}

const BILLION: i128 = 1_000_000_000;

impl Clock {
    /// A clock before the first packet.
    pub fn new(format: Format) -> Self {
        let zone = match format {
            Format::A | Format::Ad => TimeZone::system(),
            _ => TimeZone::UTC,
        };
        Clock { format, zone, first: None, before: None, now: None, shown: None }
    }

    /// Takes the time of the next packet, shown or not.
    pub fn tick(&mut self, time: Option<Timestamp>) {
        if time.is_some() {
            self.before = self.now.or(time);
            self.first = self.first.or(time);
        }
        self.now = time.or(self.now);
    }

    /// Takes the time of the packet that has been shown.
    pub fn tick_shown(&mut self, time: Option<Timestamp>) {
        self.shown = time.or(self.shown);
    }

    /// Nanoseconds since the first packet and since the previous one, of `time`, the time of the last packet.
    pub fn since(&self, time: Option<Timestamp>) -> Option<(i128, i128)> {
        let time = time?;
        let (first, before) = (self.first.unwrap_or(time), self.before.unwrap_or(time));
        Some((time.nanos() - first.nanos(), time.nanos() - before.nanos()))
    }

    /// Nanoseconds since the packet before that was shown, of `time`, the time of the last packet.
    pub fn since_shown(&self, time: Option<Timestamp>) -> Option<i128> {
        let time = time?;
        Some(time.nanos() - self.shown.unwrap_or(time).nanos())
    }

    /// Appends `time`, the time of the last packet.
    pub fn write(&self, time: Option<Timestamp>, text: &mut TextBuffer) {
        let Some(time) = time else { return text.str("-") };
        let (first, before) = (self.first.unwrap_or(time), self.before.unwrap_or(time));
        let digits = time.resolution().digits();
        match self.format {
            Format::R => seconds(time.nanos() - first.nanos(), digits, text),
            Format::D => seconds(time.nanos() - before.nanos(), digits, text),
            Format::Dd => seconds(time.nanos() - self.shown.unwrap_or(time).nanos(), digits, text),
            Format::E => seconds(time.nanos(), digits, text),
            Format::A | Format::U => self.civil(time, digits, false, text),
            Format::Ad | Format::Ud => self.civil(time, digits, true, text),
        }
    }

    /// Appends date and time of day, or seconds since 1970 for years outside the calendar.
    fn civil(&self, time: Timestamp, digits: usize, date: bool, text: &mut TextBuffer) {
        let stamp = i64::try_from(time.seconds()).ok().and_then(|s| jiff::Timestamp::from_second(s).ok());
        let Some(stamp) = stamp else { return seconds(time.nanos(), digits, text) };
        let civil = self.zone.to_datetime(stamp);
        if date {
            text.show(format_args!("{:04}-{:02}-{:02} ", civil.year(), civil.month(), civil.day()));
        }
        text.show(format_args!("{:02}:{:02}:{:02}", civil.hour(), civil.minute(), civil.second()));
        fraction(time.subsec_nanos(), digits, text);
    }
}

/// Appends nanoseconds as seconds with `digits` decimal places.
pub fn seconds(nanos: i128, digits: usize, text: &mut TextBuffer) {
    const SMALL: u64 = BILLION as u64;
    if let Ok(nanos) = u64::try_from(nanos) {
        text.number(nanos / SMALL);
        return fraction((nanos % SMALL) as u32, digits, text);
    }
    if nanos < 0 {
        text.str("-");
    }
    let nanos = nanos.unsigned_abs();
    match u64::try_from(nanos / BILLION.unsigned_abs()) {
        Ok(whole) => text.number(whole),
        Err(_) => text.show(nanos / BILLION.unsigned_abs()),
    }
    fraction((nanos % BILLION.unsigned_abs()) as u32, digits, text);
}

fn fraction(nanos: u32, digits: usize, text: &mut TextBuffer) {
    if digits > 0 {
        text.str(".");
        // Divided by constants, nearly all times take less time.
        let ticks = match digits {
            6 => nanos / 1000,
            9.. => nanos,
            _ => nanos / 10_u32.pow(9 - digits as u32),
        };
        text.padded(ticks.into(), digits);
    }
}
