//! What the kernel tells of a process.

use std::fs;

/// Ticks of `/proc/PID/stat` in a second: fixed at 100 for user space on Linux.
const TICKS: f64 = 100.0;

/// Seconds of processor time that all threads of a process have used, ended ones included.
#[must_use]
pub fn cpu_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name stands in parentheses and may hold anything; user and system time are fields 14 and 15.
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / TICKS
}
