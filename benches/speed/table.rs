//! The table: contestants that take turns, and the ratios.

use cpu_time::ThreadTime;
use std::hint::black_box;
use std::time::Duration;

/// A contestant: a name, and one run of it.
pub type Contestant<'a> = (&'static str, Box<dyn FnMut() -> u64 + 'a>);

pub struct Table {
    only: Vec<String>,
}

/// Rounds of each row, the shortest time of one run, and the longest time of a row if it still has enough rounds for a
/// median.
const ROUNDS: usize = 31;
const SHARE: Duration = Duration::from_millis(4);
const ROW: Duration = Duration::from_secs(10);

impl Table {
    /// Begins the table. Only the rows with one of the arguments in their name are measured.
    pub fn new(arguments: impl Iterator<Item = String>) -> Self {
        println!("| {:<46} | {:<26} | {:>9} | {:>6} | {:<21} |", "what", "by", "ns", "ratio", "aim");
        println!("|{:-<48}|{:-<28}|{:-<10}:|{:-<7}:|{:-<23}|", "", "", "", "", "");
        Table { only: arguments.filter(|argument| !argument.starts_with("--")).collect() }
    }

    /// Tells whether a row is measured.
    pub fn wants(&self, what: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| what.contains(part.as_str()))
    }

    /// Measures a row of `unit` operations in each run. `bounds` are the target ratios to other libraries; with the name
    /// of the first contestant, it is one in nanoseconds.
    pub fn row(&self, what: &str, unit: usize, bounds: &[(&str, f64)], mut contestants: Vec<Contestant<'_>>) {
        if !self.wants(what) {
            return;
        }
        let (mut goes, mut round) = (Vec::new(), Duration::ZERO);
        for (_, run) in &mut contestants {
            let (mut count, mut time) = (1, Duration::ZERO);
            loop {
                let begin = ThreadTime::now();
                (0..count).for_each(|_| {
                    black_box(run());
                });
                time += begin.elapsed();
                if begin.elapsed() >= SHARE {
                    break;
                }
                count *= 2;
            }
            round += time;
            goes.push(count);
        }
        let rounds = ((ROW.as_secs_f64() / round.as_secs_f64()) as usize).clamp(9, ROUNDS);
        let mut times = vec![Vec::new(); contestants.len()];
        for _ in 0..rounds {
            for (i, (_, run)) in contestants.iter_mut().enumerate() {
                let begin = ThreadTime::now();
                (0..goes[i]).for_each(|_| {
                    black_box(run());
                });
                times[i].push(begin.elapsed().as_nanos() as f64 / (goes[i] * unit) as f64);
            }
        }
        let median = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        for (i, (name, _)) in contestants.iter().enumerate() {
            let ratio = median(times[0].iter().zip(&times[i]).map(|(ours, theirs)| ours / theirs).collect());
            let bound = bounds.iter().find(|(peer, _)| peer == name).map(|(_, bound)| bound);
            let time = median(times[i].clone());
            let verdict = match bound {
                Some(bound) if i == 0 && time <= *bound => format!("at most {bound:.0} ns: met"),
                Some(bound) if i == 0 => format!("at most {bound:.0} ns: NOT met"),
                Some(bound) if ratio <= *bound => format!("at most {bound:.2}: met"),
                Some(bound) => format!("at most {bound:.2}: NOT met"),
                None => String::new(),
            };
            let ratio = if i == 0 { String::new() } else { format!("{ratio:.2}") };
            let what = if i == 0 { what } else { "" };
            println!("| {what:<46} | {name:<26} | {time:>9.1} | {ratio:>6} | {verdict:<21} |");
        }
    }
}
