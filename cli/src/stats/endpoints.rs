//! What each address sent and received.

use super::arguments::{Arguments, Sort};
use super::conversations::title;
use super::table::{Cell, Table, number, text};
use packetsmith::stats::{AddressKind, ConversationTables, EndpointStatistics};
use std::cmp::Reverse;

pub(super) fn tables(all: &ConversationTables, arguments: &Arguments) -> Vec<Table> {
    arguments.kinds().into_iter().map(|kind| table(all, kind, arguments)).collect()
}

fn table(all: &ConversationTables, kind: AddressKind, arguments: &Arguments) -> Table {
    let mut endpoints = all.endpoints(kind);
    let by = |endpoint: &EndpointStatistics| match arguments.sort {
        Sort::Bytes => endpoint.total().bytes,
        Sort::Sent => endpoint.sent.bytes,
        Sort::Received => endpoint.received.bytes,
        _ => endpoint.total().packets,
    };
    endpoints.sort_by_key(|endpoint| (Reverse(by(endpoint)), endpoint.end));
    let columns = vec![
        text("protocol", ""),
        text("address", "address"),
        number("packets", "packets"),
        number("packets_sent", "sent"),
        number("packets_received", "received"),
        number("bytes", "bytes"),
        number("bytes_sent", "sent"),
        number("bytes_received", "received"),
    ];
    let title = format!("{} endpoints: {}", title(kind), endpoints.len());
    let mut table = Table { title, key: "endpoints", columns, ..Table::default() };
    let top = if arguments.top() == 0 { endpoints.len() } else { arguments.top() };
    table.more = endpoints.len().saturating_sub(top);
    table.rows = endpoints.iter().take(top).map(|endpoint| row(kind, endpoint)).collect();
    let left_out = all.left_out_of_endpoints(kind);
    if left_out.packets > 0 {
        table.notes.push(format!(
            "{} packets and {} bytes, sent and received, of endpoints that have no place: --max-conversations raises the limit",
            left_out.packets, left_out.bytes
        ));
    }
    table
}

fn row(kind: AddressKind, endpoint: &EndpointStatistics) -> Vec<Cell> {
    let EndpointStatistics { end, sent, received } = *endpoint;
    let total = endpoint.total();
    let counts = [total.packets, sent.packets, received.packets, total.bytes, sent.bytes, received.bytes];
    let names = [Cell::text(kind.name()), Cell::text(end)];
    names.into_iter().chain(counts.map(Cell::Count)).collect()
}
