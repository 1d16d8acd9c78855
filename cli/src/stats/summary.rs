//! The file: its format, times, rates, interfaces and losses.

use super::table::{Cell, Column, Table, number, text};
use packetsmith::LinkType;
use packetsmith::capture::{Format, Interface, InterfaceStatistics, Reader, Resolution, Timestamp};
use packetsmith::stats::{CaptureSummary, InterfaceRow};
use std::io::Read;

/// Most interfaces that are shown.
const MOST_SHOWN: usize = 64;

/// The facts, and the interfaces of a pcapng file.
pub fn tables<R: Read>(reader: &Reader<R>, summary: &CaptureSummary) -> Vec<Table> {
    let mut tables = vec![facts(reader, summary)];
    if matches!(reader.format(), Format::Pcapng(_)) {
        tables.push(interfaces(reader, summary));
    }
    tables
}

fn facts<R: Read>(reader: &Reader<R>, summary: &CaptureSummary) -> Table {
    let mut facts: Vec<(Column, Cell)> = Vec::new();
    let mut fact = |key, title, cell| facts.push((text(key, title), cell));
    let (packets, original) = (summary.packets, summary.original);
    let span = summary.span();
    let digits = summary.last.map_or(6, |time| time.resolution().digits());
    fact("format", "format", Cell::Text(format_of(reader)));
    fact("size", "size of the file", reader.source_len().map_or(Cell::Absent, Cell::Count));
    fact("link_types", "link types", Cell::Text(link_types(reader, summary)));
    fact("packets", "packets", Cell::Count(packets));
    fact("captured_bytes", "captured bytes", Cell::Count(summary.captured));
    fact("bytes", "bytes on the wire", Cell::Count(original));
    fact("cut_packets", "cut packets", Cell::Count(summary.cut));
    fact("snap_length", "snapshot length", snap_length(reader));
    fact("first", "first packet", time(summary.first));
    fact("last", "last packet", time(summary.last));
    fact("duration", "time between", Cell::seconds(span, digits));
    fact("packets_per_second", "packets/s", Cell::rate(packets, span));
    fact("bits_per_second", "bit/s", Cell::rate(original.saturating_mul(8), span));
    let average = if packets > 0 { Cell::Number(original as f64 / packets as f64, 2) } else { Cell::Absent };
    fact("average_bytes", "bytes of a packet", average);
    fact("out_of_order", "earlier than the one before", Cell::Count(summary.out_of_order));
    fact("without_time", "without a time", Cell::Count(summary.without_time));
    let (dropped, is_said) = dropped(reader.interface_statistics());
    let dropped = dropped + summary.dropped;
    let dropped = match is_said || summary.dropped > 0 {
        true => Cell::Count(dropped),
        false => Cell::Shown("the file does not say".to_string(), Box::new(Cell::Absent)),
    };
    fact("dropped", "dropped packets", dropped);
    if let Format::Pcapng(section) = reader.format() {
        let said = |said: Option<std::borrow::Cow<'_, str>>| said.map_or(Cell::Absent, Cell::text);
        fact("application", "written by", said(section.application()));
        fact("os", "system", said(section.os()));
        fact("hardware", "hardware", said(section.hardware()));
        fact("sections", "sections", Cell::Count(reader.sections()));
    }
    let (columns, row) = facts.into_iter().unzip();
    Table { title: "Summary".into(), key: "summary", columns, rows: vec![row], is_list: true, ..Table::default() }
}

fn format_of<R: Read>(reader: &Reader<R>) -> String {
    match reader.format() {
        Format::Pcap(header) => {
            let modified = if header.modified { ", modified" } else { "" };
            let unit = if header.resolution == Resolution::NANOSECONDS { "nanoseconds" } else { "microseconds" };
            format!("pcap {}.{}, {unit}{modified}", header.version.0, header.version.1)
        }
        Format::Pcapng(section) => format!("pcapng {}.{}", section.version.0, section.version.1),
    }
}

fn link_type_name(link_type: Option<u16>) -> String {
    let Some(number) = link_type else { return "not described".to_string() };
    match LinkType::from(number).name() {
        Some(name) => format!("{name} ({number})"),
        None => format!("{number}"),
    }
}

/// The link types of the packets; of a file without packets, those of its interfaces.
fn link_types<R: Read>(reader: &Reader<R>, summary: &CaptureSummary) -> String {
    let all = summary.link_types();
    if all.is_empty() {
        let mut names: Vec<_> = reader.interfaces().iter().map(|one| link_type_name(one.link_type)).collect();
        names.dedup();
        return names.join(", ");
    }
    let names = all.iter().map(|(link_type, packets)| match all.len() {
        1 => link_type_name(*link_type),
        _ => format!("{}: {packets}", link_type_name(*link_type)),
    });
    names.collect::<Vec<_>>().join(", ")
}

/// The snapshot length of all interfaces, if it is the same.
fn snap_length<R: Read>(reader: &Reader<R>) -> Cell {
    match reader.interfaces() {
        [first, rest @ ..] if rest.iter().all(|other| other.snap_len == first.snap_len) => limit(first),
        [] => Cell::Absent,
        _ => Cell::Shown("differs by interface".to_string(), Box::new(Cell::Absent)),
    }
}

fn limit(interface: &Interface) -> Cell {
    match interface.snap_len {
        0 => Cell::Shown("no limit".to_string(), Box::new(Cell::Count(0))),
        length => Cell::Count(length.into()),
    }
}

fn time(time: Option<Timestamp>) -> Cell {
    let Some(time) = time else { return Cell::Absent };
    time.rfc3339().map_or_else(|| Cell::text(time), Cell::text)
}

/// Packets that interfaces and the system have dropped, and whether the file says so.
fn dropped(statistics: &[InterfaceStatistics]) -> (u64, bool) {
    let said = statistics.iter().flat_map(|statistics| [statistics.dropped, statistics.dropped_by_system]);
    let said: Vec<u64> = said.flatten().collect();
    (said.iter().fold(0, |sum: u64, dropped| sum.saturating_add(*dropped)), !said.is_empty())
}

fn interfaces<R: Read>(reader: &Reader<R>, summary: &CaptureSummary) -> Table {
    let columns = vec![
        number("section", "section"),
        number("number", "number"),
        text("name", "interface"),
        text("link_type", "link type"),
        number("snap_length", "snapshot length"),
        text("filter", "capture filter"),
        number("packets", "packets"),
        number("received", "received"),
        number("accepted", "accepted"),
        number("dropped", "dropped"),
        number("dropped_by_system", "dropped by system"),
    ];
    let rows = summary.interfaces();
    let has = |row: &InterfaceRow, section: u64, number: usize| row.section == section && row.number as usize == number;
    // Interfaces of the last section without packets.
    let section = reader.sections();
    let idle = reader.interfaces().iter().enumerate();
    let idle = idle.filter(|(number, _)| !rows.iter().any(|row| has(row, section, *number))).take(MOST_SHOWN + 1);
    let idle = idle.map(|(number, interface)| InterfaceRow::idle(section, number as u32, interface.clone()));
    let all: Vec<InterfaceRow> = rows.iter().cloned().chain(idle).collect();
    let statistics = reader.interface_statistics();
    let mut table = Table { title: "Interfaces".into(), key: "interfaces", columns, ..Table::default() };
    table.rows = all.iter().map(|row| interface(row, statistics)).collect();
    if table.rows.len() > MOST_SHOWN {
        table.notes.push(format!("{} interfaces: the first {MOST_SHOWN} are shown", table.rows.len()));
        table.rows.truncate(MOST_SHOWN);
    }
    if summary.of_other_interfaces > 0 {
        table.notes.push(format!("{} packets are of interfaces after the first 1024", summary.of_other_interfaces));
    }
    table
}

fn interface(row: &InterfaceRow, statistics: &[InterfaceStatistics]) -> Vec<Cell> {
    let said = statistics.iter().find(|said| (said.section, said.interface) == (row.section, row.number));
    let count = |count: Option<u64>| count.map_or(Cell::Absent, Cell::Count);
    let interface = row.interface.as_ref();
    let name = interface.and_then(|interface| interface.name().map(Cell::text));
    vec![
        Cell::Count(row.section),
        Cell::Count(row.number.into()),
        name.unwrap_or(Cell::Absent),
        Cell::Text(link_type_name(interface.and_then(|interface| interface.link_type))),
        interface.map_or(Cell::Absent, limit),
        interface.and_then(|interface| interface.filter().map(Cell::text)).unwrap_or(Cell::Absent),
        Cell::Count(row.packets),
        count(said.and_then(|said| said.received)),
        count(said.and_then(|said| said.accepted)),
        count(said.and_then(|said| said.dropped)),
        count(said.and_then(|said| said.dropped_by_system)),
    ]
}
