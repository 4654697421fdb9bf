//! One thing, over and over on one thread: `raw WHAT SECONDS [FILE]` prints how often it was done, as JSON.
//!
//! `es256`, `rs256`, `eddsa`: a signature. `argon2`: a password checked with the product's parameters, as a library does
//! it; `argon2-kept`: the same in memory that is kept. `fdatasync`: 8 kB written into FILE and on the disk.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Block, Params, PasswordHasher, PasswordVerifier};
use limit::process::cpu_seconds;
use limit::signer::Signer;
use limit::{Outcome, percentile};
use serde_json::json;

const PASSWORD: &[u8] = b"correct horse battery staple";
const BLOCK: usize = 8 * 1024;
/// Blocks of the file that are written in turn, as a write-ahead log is.
const BLOCKS: u64 = 512;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, seconds, file @ ..] = arguments.as_slice() else {
        return Err("usage: raw es256|rs256|eddsa|argon2|argon2-kept|fdatasync SECONDS [FILE]".into());
    };
    let work = work(what, file.first().map(String::as_str))?;
    measure(work, Duration::from_secs_f64(seconds.parse()?))
}

type Work = Box<dyn FnMut() -> Outcome<()>>;

fn work(what: &str, file: Option<&str>) -> Outcome<Work> {
    Ok(match what {
        "argon2" => {
            let phc = Argon2::default().hash_password(PASSWORD).map_err(|error| error.to_string())?.to_string();
            Box::new(move || {
                let hash = PasswordHash::new(&phc).map_err(|error| error.to_string())?;
                Argon2::default().verify_password(PASSWORD, &hash).map_err(|error| error.to_string().into())
            })
        }
        "argon2-kept" => {
            let mut memory = vec![Block::default(); Params::default().block_count()];
            Box::new(move || {
                let mut out = [0; 32];
                let argon2 = Argon2::default();
                argon2
                    .hash_password_into_with_memory(PASSWORD, b"sixteen bytes 16", &mut out, &mut memory)
                    .map_err(|error| error.to_string().into())
            })
        }
        "fdatasync" => {
            let file = log(file.ok_or("fdatasync needs a file")?)?;
            let mut written = 0;
            Box::new(move || {
                file.write_all_at(&[7; BLOCK], written % BLOCKS * BLOCK as u64)?;
                written += 1;
                Ok(file.sync_data()?)
            })
        }
        algorithm => {
            let (key, message) = (Signer::named(algorithm)?, [7; 600]);
            Box::new(move || key.sign(&message).map(|_| ()))
        }
    })
}

/// A file whose blocks exist already.
fn log(path: &str) -> Outcome<File> {
    let file = OpenOptions::new().create(true).truncate(true).write(true).open(path)?;
    for block in 0..BLOCKS {
        file.write_all_at(&[0; BLOCK], block * BLOCK as u64)?;
    }
    file.sync_all()?;
    Ok(file)
}

fn measure(mut work: Work, wanted: Duration) -> Outcome<()> {
    work()?;
    let mut each = Vec::new();
    let (begun, cpu) = (Instant::now(), cpu_seconds(std::process::id()));
    while begun.elapsed() < wanted {
        let one = Instant::now();
        work()?;
        each.push(one.elapsed().as_secs_f64() * 1000.0);
    }
    let (seconds, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds(std::process::id()) - cpu);
    each.sort_by(f64::total_cmp);
    let answer = json!({
        "completed": each.len(), "seconds": seconds, "cpu": cpu, "failed": 0,
        "p50_ms": percentile(&each, 0.5), "p99_ms": percentile(&each, 0.99),
    });
    println!("{answer}");
    Ok(())
}
