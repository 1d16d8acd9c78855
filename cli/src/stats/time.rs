//! Packets and bytes over time, with a bar for each interval.

use super::arguments::{Arguments, Sort};
use super::table::{Cell, MOST_COLUMNS, Table, number, text};
use packetsmith::stats::{Traffic, TrafficOverTime};

/// Most intervals, if their length is chosen.
const MOST_ROWS: usize = 40;

/// Columns of the numbers before a bar, at least.
const NUMBERS: usize = 50;

/// The table, or why there is none. `width` is that of the terminal.
pub(super) fn table(time: &TrafficOverTime, arguments: &Arguments, width: Option<usize>) -> Result<Table, String> {
    let (interval, intervals) = match arguments.interval {
        Some(_) => (time.interval(), time.intervals().to_vec()),
        None => time.at_most(MOST_ROWS),
    };
    if time.later().packets > 0 {
        return Err(format!(
            "--interval: {} packets are after the first 1048576 intervals: longer intervals are needed",
            time.later().packets
        ));
    }
    let of = |traffic: &Traffic| match arguments.sort {
        Sort::Bytes => traffic.bytes,
        _ => traffic.packets,
    };
    let most = intervals.iter().map(of).max().unwrap_or(0);
    let columns = width.unwrap_or(MOST_COLUMNS).min(MOST_COLUMNS).saturating_sub(NUMBERS).max(10);
    let is_ascii = arguments.ascii || !is_utf8();
    let digits: u32 =
        if interval % 1_000_000_000 == 0 { 0 } else { (1..9).find(|n| has_digits(interval, *n)).unwrap_or(9) };
    let rows = intervals.iter().enumerate().map(|(n, traffic)| {
        let bar = bar(of(traffic), most, columns, is_ascii);
        vec![
            Cell::Seconds(interval * n as i128, digits as usize),
            Cell::Seconds(interval * (n as i128 + 1), digits as usize),
            Cell::Count(traffic.packets),
            Cell::Count(traffic.bytes),
            Cell::Text(bar),
        ]
    });
    let drawn = if arguments.sort == Sort::Bytes { "bytes" } else { "packets" };
    let columns = vec![
        number("start", "from"),
        number("end", ""),
        number("packets", "packets"),
        number("bytes", "bytes"),
        text("", if drawn == "bytes" { "(bytes)" } else { "(packets)" }),
    ];
    let title = match (arguments.interval, &intervals[..]) {
        // The least interval is long enough.
        (None, [_]) if interval == 1 => "Over time: all packets have the same time".to_string(),
        _ => format!("Over time: intervals of {} s", shown(interval)),
    };
    let mut table = Table { title, key: "time", columns, rows: rows.collect(), ..Table::default() };
    for (traffic, what) in [(time.earlier(), "earlier than the first one"), (time.without_time(), "without a time")] {
        if traffic.packets > 0 {
            table.notes.push(format!("{} packets with {} bytes are {what}", traffic.packets, traffic.bytes));
        }
    }
    Ok(table)
}

/// Whether a number of nanoseconds has no more than `n` decimal places in seconds.
fn has_digits(nanos: i128, n: u32) -> bool {
    nanos % 10_i128.pow(9 - n) == 0
}

/// Nanoseconds as seconds, without zeros at the end.
fn shown(nanos: i128) -> String {
    let text = format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// The bar of a value. That of the greatest value, `most`, fills all `columns`. Any value above 0 has a bar that can be seen.
fn bar(value: u64, most: u64, columns: usize, is_ascii: bool) -> String {
    const BLOCKS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if value == 0 {
        return String::new();
    }
    let parts = |of_column: u128| {
        let parts = u128::from(value) * columns as u128 * of_column / u128::from(most.max(1));
        usize::try_from(parts).unwrap_or(0).max(1)
    };
    match is_ascii {
        true => "#".repeat(parts(1)),
        false => format!("{}{}", "█".repeat(parts(8) / 8), BLOCKS[parts(8) % 8]),
    }
}

/// Whether the locale has UTF-8. Without any locale it is taken for granted, as for all other output.
fn is_utf8() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values() {
        assert_eq!(bar(0, 10, 40, false), "");
        assert_eq!(bar(10, 10, 4, false), "████");
        assert_eq!(bar(5, 10, 5, false), "██▌");
        assert_eq!(bar(1, 1_000_000, 40, false), "▏");
        assert_eq!(bar(1, 1_000_000, 40, true), "#");
        assert_eq!(bar(u64::MAX, u64::MAX, 40, true).len(), 40);
    }

    #[test]
    fn intervals_have_no_zeros_at_the_end() {
        assert_eq!(
            (shown(1_000_000_000), shown(50_000), shown(2_500_000_000)),
            ("1".into(), "0.00005".into(), "2.5".into())
        );
    }
}
