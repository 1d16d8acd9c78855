//! Why an interface cannot be opened, and what helps.

use packetsmith::live::OpenError;
use packetsmith::output::TerminalText;

/// What to do about an interface that cannot be opened.
pub fn cannot_open(error: &OpenError) -> String {
    match error {
        OpenError::NotFound { name, interfaces } => {
            let near = interfaces.iter().map(|there| (distance(name, there), there)).min();
            let near = near.filter(|(distance, there)| *distance <= 2 && *distance < there.len());
            let near = near.map_or(String::new(), |(_, there)| format!(": did you mean {there}?"));
            format!(
                "{name}: there is no such interface{near}\n  there are {}\n  'packetsmith capture -D' lists them with \
                 their addresses",
                interfaces.join(", ")
            )
        }
        OpenError::Down { name } => {
            format!("{name}: the interface is down, and neither sends nor receives\n  ip link set {name} up")
        }
        OpenError::NotPermitted { name } if cfg!(target_os = "linux") => {
            let this = std::env::current_exe().map_or("packetsmith".into(), |path| path.display().to_string());
            format!(
                "{name}: this needs the capability CAP_NET_RAW, which this process lacks\n  run it as root, or give \
                 the capability to the program, once:\n  sudo setcap cap_net_raw=ep {}",
                TerminalText(&this)
            )
        }
        OpenError::NotPermitted { name } => {
            format!("{name}: this needs the rights of an administrator, which this process lacks")
        }
        other => other.to_string(),
    }
}

/// Number of letters to insert, leave out or change to make one text of another (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, its) in other.chars().enumerate() {
            let changed = diagonal + usize::from(letter != its);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested() {
        assert_eq!([distance("eth1", "eth0"), distance("ehto", "eth0"), distance("", "lo")], [1, 3, 2]);
        let interfaces = vec!["lo".to_string(), "eth0".to_string()];
        let message = cannot_open(&OpenError::NotFound { name: "eht0".into(), interfaces });
        assert!(message.contains("did you mean eth0?") && message.contains("there are lo, eth0"), "{message}");
    }
}
