//! Comments of pcapng files: of packets, sections and interfaces.

use crate::capture_json::CaptureDescriber;
use packetsmith::capture::{Format, Record};
use packetsmith::output::{Style, TextBuffer};
use std::borrow::Cow;

/// Most bytes of a comment that are shown; JSON has them all.
const MOST_TEXT: usize = 500;

/// Most comments of a packet, a section or an interface that are shown.
const MOST_COMMENTS: usize = 8;

/// Writes comments, a line each: `# text`, after what they are about.
fn lines<'c>(
    comments: impl Iterator<Item = Cow<'c, str>>,
    about: &dyn Fn(&mut TextBuffer),
    style: Style,
    text: &mut TextBuffer,
) {
    let mut more = 0;
    for (n, comment) in comments.enumerate() {
        if n >= MOST_COMMENTS {
            more += 1;
            continue;
        }
        text.str("  ");
        text.str(style.bold());
        text.str("# ");
        about(text);
        let end = comment.floor_char_boundary(MOST_TEXT);
        text.escaped(&comment.as_bytes()[..end]);
        if end < comment.len() {
            text.show(format_args!("… ({} more bytes)", comment.len() - end));
        }
        text.str(style.reset());
        text.str("\n");
    }
    if more > 0 {
        text.show(format_args!("  # … ({more} more comments)\n"));
    }
}

/// Writes the comments of a packet.
pub(super) fn of_packet(record: &Record<'_>, style: Style, text: &mut TextBuffer) {
    if !record.options.bytes().is_empty() {
        lines(record.comments(), &|_| {}, style, text);
    }
}

/// Writes the comments of the section and of the interfaces that come with a packet.
pub(super) fn of_file(describer: &mut CaptureDescriber, record: &Record<'_>, style: Style, text: &mut TextBuffer) {
    if !describer.has_news(record) {
        return;
    }
    let news = describer.take_news(record);
    if let Some(Format::Pcapng(section)) = record.format.filter(|_| news.is_new_section) {
        lines(section.comments(), &|text| text.str("section: "), style, text);
    }
    for (number, interface) in (news.first..).zip(news.interfaces) {
        let about = |text: &mut TextBuffer| {
            text.str("interface ");
            match interface.name() {
                Some(name) => text.escaped(name.as_bytes()),
                None => text.number(number as u64),
            }
            text.str(": ");
        };
        lines(interface.comments(), &about, style, text);
    }
}
