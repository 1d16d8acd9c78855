//! `packetsmith filter`: the program of classic BPF that a display filter becomes, and what it leaves to the filter itself.

use crate::numbers::link_type;
use crate::outcome::Outcome;
use crate::output::Output;
use crate::read::parse_filter;
use clap::ValueEnum;
use packetsmith::output::TerminalText;
use packetsmith::{CaptureProgram, Filter, FrameSource, LinkType};
use std::fmt::Write as _;
use std::io;

/// Checks a display filter, and shows the program of classic BPF (Berkeley Packet Filter) that 'packetsmith capture -f' gives the
/// kernel for it.
///
/// The program accepts each packet that the filter passes, and rejects most others. What it cannot settle it accepts, and the
/// filter is asked again behind it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith filter 'tcp.port == 80'                  is it right, and what can the kernel do?
  packetsmith filter --bpf 'ip.addr == 10.0.0.0/8'     the program, as tcpdump -d prints it
  packetsmith filter --bpf --format c 'arp'            as tcpdump -dd: for setsockopt in C
  packetsmith filter --bpf --format decimal 'arp'      as tcpdump -ddd: for iptables -m bpf

Exit status: 0 if the filter is right, 2 if not.")]
pub struct Arguments {
    /// The filter. See 'packetsmith help filters'
    #[arg(value_name = "FILTER", value_parser = parse_filter, allow_hyphen_values = true)]
    filter: Filter,
    /// Show the program
    #[arg(long)]
    bpf: bool,
    /// How the program is written; with c and decimal nothing else is
    #[arg(long, value_name = "FORMAT", default_value = "text", requires = "bpf")]
    format: ProgramFormat,
    /// Link type of the frames, by number or name: ethernet, raw, linux_sll, linux_sll2
    #[arg(long, value_name = "NAME", value_parser = link_type, default_value = "ethernet")]
    link_type: u16,
    /// Where the frames come from
    #[arg(long = "for", value_name = "SOURCE", default_value = "socket")]
    source: Source,
}

/// How a program is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProgramFormat {
    /// Instructions by name
    Text,
    /// A list of structures in C
    C,
    /// Decimal numbers, after their count
    Decimal,
}

/// Where frames come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Source {
    /// A packet socket of Linux, which takes the outermost VLAN tag out of a frame
    Socket,
    /// A capture file, whose frames have their tags
    File,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let source = match arguments.source {
        Source::Socket => FrameSource::Socket,
        Source::File => FrameSource::File,
    };
    let program = arguments.filter.capture_program(LinkType::from(arguments.link_type), source);
    let text = match arguments.format {
        ProgramFormat::C => c(&program),
        ProgramFormat::Decimal => decimal(&program),
        ProgramFormat::Text if arguments.bpf => format!("{program}\n{}", summary(&program)),
        ProgramFormat::Text => summary(&program),
    };
    let mut output = Output::new();
    output.put(text.as_bytes())?;
    output.flush()?;
    Ok(Outcome::Done)
}

/// The program as structures in C.
fn c(program: &CaptureProgram) -> String {
    program.instructions().iter().fold(String::new(), |mut text, one| {
        let _ = writeln!(text, "{{ 0x{:x}, {}, {}, 0x{:08x} }},", one.code, one.jt, one.jf, one.k);
        text
    })
}

/// The program as decimal numbers.
fn decimal(program: &CaptureProgram) -> String {
    program.instructions().iter().fold(format!("{}\n", program.instructions().len()), |mut text, one| {
        let _ = writeln!(text, "{} {} {} {}", one.code, one.jt, one.jf, one.k);
        text
    })
}

/// What the program does, and what it leaves to the filter.
fn summary(program: &CaptureProgram) -> String {
    let count = program.instructions().len();
    let mut text = match program.accepts_all() {
        true => "The filter is right. The kernel can do nothing of it: the program accepts every packet.\n".to_string(),
        false => format!("The filter is right. The kernel rejects packets by a program of {count} instructions.\n"),
    };
    if program.is_exact() {
        text += "The program gives the filter's answer for every packet.\n";
        return text;
    }
    let leftover: Vec<_> = program.leftover().collect();
    if !leftover.is_empty() {
        text += "It leaves these parts to the filter behind it:\n";
        for part in leftover {
            let _ = writeln!(text, "  {}", TerminalText(part));
        }
    }
    text += "The filter is asked again about what the program cannot settle:\n";
    for why in program.unsettled() {
        let _ = writeln!(text, "  - {why}");
    }
    text
}
