//! How long responses take.

use super::table::{Cell, Table, number, text};
use packetsmith::stats::{ResponseRow, ResponseStatistics};

pub(super) fn table(responses: &ResponseStatistics, top: usize) -> Table {
    let columns = vec![
        text("protocol", "protocol"),
        text("kind", "request"),
        number("requests", "requests"),
        number("answered", "answered"),
        number("unanswered", "unanswered"),
        number("retransmitted", "repeated"),
        number("unsolicited", "without request"),
        number("least", "least"),
        number("average", "average"),
        number("median", "median"),
        number("p90", "90 %"),
        number("p99", "99 %"),
        number("most", "most"),
    ];
    let rows = responses.rows().into_iter().map(row).collect();
    let title = "Response times in seconds".into();
    let mut table = Table { title, key: "responses", columns, rows, ..Table::default() };
    table.cut(top);
    table
}

fn row(row: &ResponseRow) -> Vec<Cell> {
    let times = &row.times;
    let answered = times.count() + row.untimed;
    let counts = [row.requests, answered, row.unanswered, row.retransmitted, row.unsolicited].map(Cell::Count);
    let percentiles = [50, 90, 99].map(|percent| times.percentile(percent));
    let times = [times.least(), times.average()].into_iter().chain(percentiles).chain([times.most()]);
    let names = [Cell::text(row.protocol), Cell::text(&row.kind)];
    names.into_iter().chain(counts).chain(times.map(|nanos| Cell::seconds(nanos.map(Into::into), 6))).collect()
}
