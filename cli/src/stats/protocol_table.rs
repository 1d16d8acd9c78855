//! Protocols inside of each other.

use super::table::{Cell, Table, number, text};
use packetsmith::stats::{ProtocolHierarchy, Traffic};

pub(super) fn table(hierarchy: &ProtocolHierarchy) -> Table {
    let columns = vec![
        text("path", "protocol"),
        number("packets", "packets"),
        number("packets_percent", "%"),
        number("bytes", "bytes"),
        number("bytes_percent", "%"),
    ];
    let rows = hierarchy.rows();
    let all: Traffic = rows.iter().filter(|row| row.depth == 0).map(|row| row.traffic).sum();
    let mut path = Vec::new();
    let rows = rows.iter().map(|row| {
        path.truncate(row.depth);
        path.push(row.proto.name());
        let name = format!("{:indent$}{}", "", row.proto.name(), indent = 2 * row.depth);
        let Traffic { packets, bytes } = row.traffic;
        vec![
            Cell::Shown(name, Box::new(Cell::Text(path.join(":")))),
            Cell::Count(packets),
            percent(packets, all.packets),
            Cell::Count(bytes),
            percent(bytes, all.bytes),
        ]
    });
    let rows = rows.collect();
    let mut table = Table { title: "Protocols".into(), key: "protocols", columns, rows, ..Table::default() };
    if hierarchy.cut() > 0 {
        table.notes.push(format!("of {} packets the innermost protocols are not counted: too many", hierarchy.cut()));
    }
    table
}

pub(super) fn percent(count: u64, all: u64) -> Cell {
    if all == 0 { Cell::Absent } else { Cell::Number(count as f64 * 100.0 / all as f64, 1) }
}
