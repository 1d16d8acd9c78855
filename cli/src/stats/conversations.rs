//! Who talked to whom.

use super::arguments::{Arguments, Format, Sort};
use super::table::{Cell, Table, fit_into, number, text};
use packetsmith::flow::{Side, TcpState};
use packetsmith::stats::{AddressKind, ConversationStatistics, ConversationTables};
use std::cmp::Reverse;

/// What a kind is called in headings.
pub(super) fn title(kind: AddressKind) -> &'static str {
    match kind {
        AddressKind::Ethernet => "Ethernet",
        AddressKind::Ip => "IP",
        AddressKind::Ipv4 => "IPv4",
        AddressKind::Ipv6 => "IPv6",
        AddressKind::Tcp => "TCP",
        AddressKind::Udp => "UDP",
    }
}

/// Columns that a narrow terminal has no room for, those that are missed least first.
const LEFT_OUT: [&str; 8] = ["bit/s A→B", "bit/s B→A", "start", "A→B", "B→A", "A→B", "B→A", "duration"];

/// The tables. `width` is that of the terminal.
pub(super) fn tables(
    all: &ConversationTables,
    arguments: &Arguments,
    first: Option<i128>,
    width: Option<usize>,
) -> Vec<Table> {
    let mut tables: Vec<_> = arguments.kinds().into_iter().map(|kind| table(all, kind, arguments, first)).collect();
    if let (Some(width), Format::Text) = (width, arguments.format) {
        tables.iter_mut().for_each(|table| fit_into(table, width, &[], &LEFT_OUT));
    }
    tables
}

fn table(all: &ConversationTables, kind: AddressKind, arguments: &Arguments, first: Option<i128>) -> Table {
    let mut conversations = all.conversations(kind);
    sort(&mut conversations, arguments.sort);
    let is_tcp = kind == AddressKind::Tcp;
    let (state, repeated) = if is_tcp { ("state", "repeated") } else { ("", "") };
    let columns = vec![
        text("protocol", ""),
        number("stream", if matches!(kind, AddressKind::Tcp | AddressKind::Udp) { "stream" } else { "" }),
        text("a", "A"),
        text("b", "B"),
        number("packets", "packets"),
        number("packets_a_to_b", "A→B"),
        number("packets_b_to_a", "B→A"),
        number("bytes", "bytes"),
        number("bytes_a_to_b", "A→B"),
        number("bytes_b_to_a", "B→A"),
        number("start", "start"),
        number("duration", "duration"),
        number("bits_per_second_a_to_b", "bit/s A→B"),
        number("bits_per_second_b_to_a", "bit/s B→A"),
        number("retransmissions", repeated),
        text("state", state),
    ];
    let title = format!("{} conversations: {}", title(kind), conversations.len());
    let mut table = Table { title, key: "conversations", columns, ..Table::default() };
    // Rows that are cut off need not be made.
    let top = if arguments.top() == 0 { conversations.len() } else { arguments.top() };
    table.more = conversations.len().saturating_sub(top);
    table.rows = conversations.iter().take(top).map(|conversation| row(kind, conversation, first)).collect();
    let left_out = all.left_out(kind);
    if left_out.packets > 0 {
        table.notes.push(format!(
            "{} packets and {} bytes of conversations that have no place: --max-conversations raises the limit",
            left_out.packets, left_out.bytes
        ));
    }
    table
}

fn sort(conversations: &mut [ConversationStatistics], by: Sort) {
    let length = |conversation: &ConversationStatistics| conversation.times.map(|(first, last)| last - first);
    match by {
        Sort::Bytes => conversations.sort_by_key(|conversation| Reverse(conversation.total().bytes)),
        Sort::Start => conversations.sort_by_key(|conversation| conversation.times.map(|(first, _)| first)),
        Sort::Duration => conversations.sort_by_key(|conversation| Reverse(length(conversation))),
        Sort::Retransmissions => conversations.sort_by_key(|conversation| Reverse(repeated(conversation))),
        _ => conversations.sort_by_key(|conversation| Reverse(conversation.total().packets)),
    }
}

fn repeated(conversation: &ConversationStatistics) -> Option<u64> {
    conversation.connection.map(|connection| connection.retransmissions.iter().sum())
}

fn row(kind: AddressKind, conversation: &ConversationStatistics, first: Option<i128>) -> Vec<Cell> {
    let ConversationStatistics { ends, stream, sent, times, connection, .. } = conversation;
    let total = conversation.total();
    let length = times.map(|(start, end)| end - start);
    let start = times.zip(first).map(|((start, _), first)| start - first);
    vec![
        Cell::text(kind.name()),
        stream.map_or(Cell::Absent, Cell::Count),
        Cell::text(ends[0]),
        Cell::text(ends[1]),
        Cell::Count(total.packets),
        Cell::Count(sent[0].packets),
        Cell::Count(sent[1].packets),
        Cell::Count(total.bytes),
        Cell::Count(sent[0].bytes),
        Cell::Count(sent[1].bytes),
        Cell::seconds(start, 6),
        Cell::seconds(length, 6),
        Cell::rate(sent[0].bytes.saturating_mul(8), length),
        Cell::rate(sent[1].bytes.saturating_mul(8), length),
        repeated(conversation).map_or(Cell::Absent, Cell::Count),
        connection.and_then(|connection| connection.state).map_or(Cell::Absent, |state| Cell::Text(words(state))),
    ]
}

fn words(state: TcpState) -> String {
    let end = |side: Side| if side == Side::First { "A" } else { "B" };
    match state {
        TcpState::HalfClosed(side) => format!("closed by {}", end(side)),
        TcpState::Reset(side) => format!("reset by {}", end(side)),
        state => state.to_string(),
    }
}
