//! Times and durations in filters.

use alloc::format;
use alloc::string::String;

const BILLION: i128 = 1_000_000_000;

/// Seconds with a fraction, in nanoseconds.
pub(super) fn duration(text: &str) -> Option<i128> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 18 || !is_number(whole) || text.ends_with('.') {
        return None;
    }
    let nanos = whole.parse::<i128>().ok()? * BILLION + nanoseconds(fraction)?;
    Some(if negative { -nanos } else { nanos })
}

/// Milliseconds with a fraction, in nanoseconds. `None` if they are no whole number of nanoseconds.
pub(super) fn milliseconds(text: &str) -> Option<i128> {
    let as_seconds = duration(text)?;
    (as_seconds % 1000 == 0).then_some(as_seconds / 1000)
}

/// The digits after a decimal point, in nanoseconds. None if there are more than nine of them.
fn nanoseconds(fraction: &str) -> Option<i128> {
    let is_number = fraction.len() <= 9 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{fraction:0<9}").parse().ok()).flatten()
}

/// A moment: a date and a time of day in UTC, in nanoseconds since 1970.
pub(super) fn moment(text: &str) -> Result<i128, String> {
    parse(text).ok_or_else(|| {
        format!("{text:?} is no time such as \"2024-05-31 23:59:59.5\" or \"May 31, 2024 23:59:59\", both in UTC")
    })
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn parse(text: &str) -> Option<i128> {
    let text = text.trim();
    let (text, offset) = zone(text)?;
    let (year, month, day, rest) = if text.starts_with(|c: char| c.is_ascii_digit()) {
        let (date, rest) = text.split_once([' ', 'T']).unwrap_or((text, ""));
        let mut parts = date.split('-');
        let [year, month, day] = [parts.next()?, parts.next()?, parts.next()?];
        if parts.next().is_some() || year.len() != 4 {
            return None;
        }
        (number(year)?, number(month)?, number(day)?, rest)
    } else {
        let (name, rest) = text.split_once(' ')?;
        let month = MONTHS.iter().position(|known| known.eq_ignore_ascii_case(name))? as i128 + 1;
        let (day, rest) = rest.trim_start().split_once(',')?;
        let (year, rest) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
        (number(year).filter(|_| year.len() == 4)?, month, number(day)?, rest)
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i128::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    Some((days(year, month, day) * 86_400 - offset) * BILLION + time_of_day(rest.trim())?)
}

/// Splits off a time zone after a time of day, in seconds east of UTC: `UTC`, `GMT`, `Z`, `+02:00`, `-0500`.
fn zone(text: &str) -> Option<(&str, i128)> {
    if let Some(text) = ["UTC", "GMT", "Z"].iter().find_map(|zone| text.strip_suffix(zone)) {
        return Some((text.trim_end(), 0));
    }
    // A minus sign before the time of day is a part of the date.
    let time = text.find(':').unwrap_or(text.len());
    let Some(sign) = text[time..].find(['+', '-']).map(|at| time + at) else { return Some((text, 0)) };
    let (text, zone) = text.split_at(sign);
    let digits = &zone[1..];
    let (hours, minutes) = digits.split_once(':').or_else(|| digits.split_at_checked(2))?;
    let is_zone = hours.len() == 2 && minutes.len() == 2;
    let (hours, minutes) = (number(hours).filter(|h| *h < 24)?, number(minutes).filter(|m| *m < 60 && is_zone)?);
    let seconds = hours * 3600 + minutes * 60;
    Some((text.trim_end(), if zone.starts_with('-') { -seconds } else { seconds }))
}

fn time_of_day(text: &str) -> Option<i128> {
    if text.is_empty() {
        return Some(0);
    }
    let mut parts = text.split(':');
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let (second, fraction) = parts.next().map_or(("0", "0"), |s| s.split_once('.').unwrap_or((s, "0")));
    let second = number(second)?;
    if parts.next().is_some() || fraction.is_empty() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some((hour * 3600 + minute * 60 + second) * BILLION + nanoseconds(fraction)?)
}

fn number(text: &str) -> Option<i128> {
    let is_number = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// The date of a day since 1970 in the Gregorian calendar: year, name of the month, day.
pub(super) fn civil(day: i128) -> (i128, &'static str, i128) {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // Years begin in March, as below; an era has 400 of them.
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let name = NAMES.get(((month + 2) % 12) as usize).copied().unwrap_or("");
    (era * 400 + year + i128::from(month > 9), name, day - (153 * month + 2) / 5 + 1)
}

/// Days since 1970 of a date in the Gregorian calendar.
fn days(year: i128, month: i128, day: i128) -> i128 {
    // Years begin in March here, so that a leap day is the last of a year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days_of_months = (153 * month + 2) / 5;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + days_of_months + day - 1 - 719_468
}
