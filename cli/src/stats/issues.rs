//! Issues by identifier.

use super::table::{Cell, Table, number, text};
use packetsmith::stats::IssueCounts;

pub(super) fn table(issues: &IssueCounts, top: usize) -> Table {
    let columns = vec![
        text("severity", "severity"),
        text("protocol", "protocol"),
        text("identifier", "identifier"),
        number("count", "count"),
        number("packets", "packets"),
        number("first", "first packet"),
        text("message", "there"),
    ];
    let rows = issues.rows().into_iter().map(|row| {
        vec![
            Cell::text(row.severity.name()),
            Cell::text(row.protocol),
            Cell::text(row.identifier),
            Cell::Count(row.count),
            Cell::Count(row.packets),
            Cell::Count(row.first),
            Cell::text(&row.message),
        ]
    });
    let mut table = Table { title: "Issues".into(), key: "issues", columns, rows: rows.collect(), ..Table::default() };
    table.cut(top);
    table
}
