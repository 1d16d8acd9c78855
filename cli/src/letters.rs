//! Letters that tshark and tcpdump have for other things: each is answered with what does it here.

use crate::read;
use clap::{Arg, Args, Command};
use std::ffi::OsString;

/// Letters that `read` does not have, and what to do instead.
const ANSWERS: [(char, &str); 32] = [
    ('2', "one pass does here: leave it out"),
    ('a', "'packetsmith capture' has it: packetsmith capture -i eth0 -w out.pcapng -a duration:60"),
    ('A', "-x shows the bytes with their characters"),
    ('b', "'packetsmith capture' has it: packetsmith capture -i eth0 -w out.pcapng -b filesize:100000 -b files:10"),
    ('B', "'packetsmith capture' has it: packetsmith capture -i eth0 -w out.pcapng -B 256"),
    ('C', "there are no profiles"),
    ('f', "'packetsmith capture' has it; here it is -Y with a display filter, such as -Y 'tcp.port == 80'"),
    ('g', "set the permissions of a file before it is written: they are kept"),
    ('G', "'packetsmith fields' lists protocols, fields and issues"),
    ('H', "no file with names of hosts is read: -N shows those in the capture's own DNS answers"),
    ('I', "monitor mode is set by the system: iw dev wlan0 set monitor none"),
    ('J', "-T json has all layers: pick some with jq"),
    ('k', "a capture begins at once: leave it out"),
    ('K', "nothing is decrypted"),
    ('L', "'packetsmith help filters' and 'packetsmith fields' list what there is"),
    ('m', "there are no modules to load"),
    ('o', "there are no preferences"),
    ('O', "-V shows every layer; -T json with jq picks some of them"),
    ('p', "'packetsmith capture' has it: packetsmith capture -p -i eth0"),
    ('Q', "frames of both directions are shown: filter with -Y 'eth.src == ...'"),
    ('s', "'packetsmith capture' has it: packetsmith capture -s 128 -i eth0 -w out.pcapng"),
    ('S', "sequence numbers are shown as they are in the packet: leave it out"),
    ('u', "times are in seconds; -t chooses their form"),
    ('U', "packets are written as they come: leave it out"),
    ('v', "-V shows every field of every layer; 'packetsmith --version' shows the version"),
    ('W', "a file has what its source has: leave it out"),
    ('X', "-x shows the bytes with their characters"),
    ('y', "an interface has one link type: leave it out"),
    ('z', "there are no statistics: lines and -T json can be counted by other tools"),
    ('Z', "the user is not changed: use setcap or sudo"),
    ('#', "lines have the number of the packet: leave it out"),
    ('M', "TCP signatures are not verified"),
];

/// The options of `read`, as its arguments declare them.
struct Options(Command);

impl Options {
    fn of_read() -> Self {
        Options(read::Arguments::augment_args(Command::new("read")))
    }

    /// Tells whether a letter takes a value. `None` if `read` does not have it.
    fn takes_value(&self, letter: char) -> Option<bool> {
        let is_it = |option: &&Arg| {
            let aliases = option.get_all_short_aliases().unwrap_or_default();
            option.get_short() == Some(letter) || aliases.contains(&letter)
        };
        self.0.get_arguments().find(is_it).map(|option| option.get_action().takes_values())
    }

    /// Tells whether a long option takes a value as the next argument.
    fn long_takes_value(&self, argument: &str) -> bool {
        let Some(name) = argument.strip_prefix("--") else { return false };
        let found = self.0.get_arguments().find(|option| option.get_long() == Some(name));
        // The colour is an option of all commands.
        name == "color" || found.is_some_and(|option| option.get_action().takes_values())
    }
}

/// Finds the first letter among the arguments of `read` that another tool has. Returns what to say.
pub fn answer(arguments: &[OsString]) -> Option<String> {
    let options = Options::of_read();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let argument = argument.to_string_lossy();
        if argument == "--" {
            return None;
        }
        let Some(letters) = argument.strip_prefix('-').filter(|letters| !letters.starts_with('-')) else {
            // The next argument is the value of this option, even if it begins with a hyphen.
            if options.long_takes_value(&argument) {
                arguments.next();
            }
            continue;
        };
        for (at, letter) in letters.char_indices() {
            match options.takes_value(letter) {
                Some(true) => {
                    if at + letter.len_utf8() == letters.len() {
                        arguments.next();
                    }
                    break;
                }
                Some(false) => {}
                // Every command has its help.
                None if letter == 'h' => {}
                None => {
                    let found = ANSWERS.iter().find(|(known, _)| *known == letter)?;
                    return Some(format!("read: -{letter}: {}", found.1));
                }
            }
        }
    }
    None
}

/// Tells whether the first argument is an option of `read`, as in `packetsmith -r FILE`.
pub fn begins_read(argument: &str) -> bool {
    let first = argument.strip_prefix('-').and_then(|letters| letters.chars().next());
    first.is_some_and(|first| {
        Options::of_read().takes_value(first).is_some() || ANSWERS.iter().any(|(known, _)| *known == first)
    })
}

#[cfg(test)]
mod tests {
    use super::answer;

    #[test]
    fn letters_of_others_are_answered_and_values_are_not_letters() {
        let of = |text: &str| answer(&text.split(' ').map(Into::into).collect::<Vec<_>>());
        for text in [
            "-r a.pcap -Y -e",
            "-nr a.pcap -V",
            "a.pcap -c3 -w -s",
            "-- -e",
            "--filter -e",
            "--read-file -e",
            "--count -e",
            "-Ye",
            "-",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        assert!(of("-r a.pcap -J ip.src").unwrap().contains("jq"));
        assert!(of("-nze a.pcap").unwrap().contains("-z"));
    }
}
