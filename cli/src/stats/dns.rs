//! What DNS asks and answers.

use super::protocol_table::percent;
use super::table::{Cell, Table, number, text};
use packetsmith::stats::{DnsStatistics, Spread};
use std::fmt::Display;

pub(super) fn table(dns: &DnsStatistics) -> Table {
    let columns = vec![
        text("topic", "topic"),
        text("item", "item"),
        number("count", "count"),
        number("percent", "%"),
        number("per_second", "per second"),
        number("average", "average"),
        number("least", "least"),
        number("most", "most"),
    ];
    let span = dns.times().map(|(first, last)| last - first);
    let mut rows = Vec::new();
    for (item, count) in [("of multicast DNS", dns.multicast()), ("of LLMNR", dns.link_local())] {
        if count > 0 {
            let values = [Cell::text("messages"), Cell::text(item), Cell::Count(count)];
            rows.push(values.into_iter().chain([const { Cell::Absent }; 5]).collect());
        }
    }
    if dns.messages() > 0 {
        let mut count = |topic: &str, item: &dyn Display, count: u64, all: u64| {
            let values = [Cell::Count(count), percent(count, all), Cell::rate(count, span)];
            let names = [Cell::text(topic), Cell::text(item)];
            rows.push(names.into_iter().chain(values).chain([Cell::Absent, Cell::Absent, Cell::Absent]).collect());
        };
        count("messages", &"all", dns.messages(), dns.messages());
        count("messages", &"queries", dns.queries(), dns.messages());
        count("messages", &"responses", dns.responses(), dns.messages());
        counts("operation", &dns.opcodes(), &mut count);
        counts("response code", &dns.rcodes(), &mut count);
        counts("question type", &dns.types(), &mut count);
        counts("question class", &dns.classes(), &mut count);
        rows.extend([
            spread("length", "bytes of a message", dns.lengths(), span),
            spread("length", "characters of a name", dns.names(), span),
            spread("answers", "of a response", dns.answers(), span),
        ]);
    }
    Table { title: "DNS".into(), key: "dns", columns, rows, ..Table::default() }
}

fn counts<T: Display>(topic: &str, items: &[(T, u64)], count: &mut dyn FnMut(&str, &dyn Display, u64, u64)) {
    let all = items.iter().map(|(_, count)| count).sum();
    items.iter().for_each(|(item, number)| count(topic, item, *number, all));
}

fn spread(topic: &str, item: &str, spread: Spread, span: Option<i128>) -> Vec<Cell> {
    let Spread { count, sum, least, most } = spread;
    let values = match count {
        0 => [Cell::Absent, Cell::Absent, Cell::Absent],
        _ => [Cell::Number(sum as f64 / count as f64, 2), Cell::Count(least), Cell::Count(most)],
    };
    let names = [Cell::text(topic), Cell::text(item), Cell::Count(count), Cell::Absent, Cell::rate(count, span)];
    names.into_iter().chain(values).collect()
}
