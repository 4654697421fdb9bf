//! The load generator for what needs a state: `load FLOW JSON`, then a line `WARM WINDOW` (seconds) on standard input for
//! each measurement, answered by a line of JSON. It checks one answer in full before it says `ready`.
//!
//! Flows: `login` (a new browser each time), `sso` (a session exists), `exchange` (codes are collected first, then exchanged),
//! `repeat` (one POST with a fixed code and no check: the skeleton, and this program's own limit), `visit` (signs in at
//! `start` and prints the cookies that a browser would send there).

mod browser;
mod check;
mod flows;
mod http;
mod measure;
mod page;

use std::cell::RefCell;
use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use limit::Outcome;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use browser::{Browser, Person};
use flows::{Target, User};
use http::Connection;
use measure::Window;

/// How many codes a second there may be at most, before a measurement has told.
const FIRST_GUESS: f64 = 2_000.0;

#[derive(Deserialize)]
struct Setup {
    connections: usize,
    server_pid: u32,
    people: Vec<Person>,
    target: Option<Target>,
    /// For `visit` and `repeat`.
    start: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [flow, setup] = arguments.as_slice() else { return Err("usage: load FLOW JSON".into()) };
    let setup: Setup = serde_json::from_str(setup)?;
    match flow.as_str() {
        "visit" => visit(&setup).await,
        "repeat" => repeat(&setup).await,
        _ => logins(flow, &setup).await,
    }
}

fn say(line: &serde_json::Value) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Warm-up and window of the next measurement; none at the end of the input.
fn next() -> Outcome<Option<(Duration, Duration)>> {
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let (warm, window) = line.trim().split_once(' ').ok_or("WARM WINDOW, in seconds")?;
    Ok(Some((Duration::from_secs_f64(warm.parse()?), Duration::from_secs_f64(window.parse()?))))
}

async fn visit(setup: &Setup) -> Outcome<()> {
    let start = setup.start.as_deref().ok_or("visit needs start")?;
    let person = setup.people.first().ok_or("visit needs a person")?;
    let mut browser = Browser::default();
    browser.visit(start, "", person).await?;
    let arrived = browser.visit(start, "", person).await?;
    let there = Url::parse(start)?;
    say(&json!({
        "url": arrived.url.as_str(), "status": arrived.answer.status, "cookie": browser.cookies(&there),
        "body": arrived.answer.body,
    }))
}

async fn repeat(setup: &Setup) -> Outcome<()> {
    let url = Url::parse(setup.start.as_deref().ok_or("repeat needs start")?)?;
    let host = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    let headers = "authorization: Bearer the secret\r\naccept: application/json\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    let body = "grant_type=authorization_code&code=the+code&redirect_uri=http%3A%2F%2F127.0.0.4%3A8403%2Fcallback&code_verifier=a-verifier-of-forty-three-characters-or-more-0";
    let (method, body) = if url.path() == "/token" { ("POST", body) } else { ("GET", "") };
    say(&json!("ready"))?;
    while let Some((warm, length)) = next()? {
        let window = Window::new(setup.server_pid, warm, length);
        let users = (0..setup.connections).map(|_| async {
            let mut connection = Connection::to(&host);
            while window.is_open() {
                let begun = Instant::now();
                let answer = connection.send(method, url.path(), headers, body).await;
                window.note(begun, answer.and_then(|answer| answer.expect(200, url.path())));
            }
        });
        join_all(users).await;
        say(&window.answer())?;
    }
    Ok(())
}

async fn logins(flow: &str, setup: &Setup) -> Outcome<()> {
    let target = setup.target.as_ref().ok_or("a target is needed")?;
    let person = |number: usize| setup.people.get(number % setup.people.len().max(1)).ok_or("people are needed");
    let claims = check::check(target, person(0)?).await?;
    let mut users = Vec::with_capacity(setup.connections);
    for number in 0..setup.connections {
        let mut user = User::new(target, person(number)?)?;
        user.log_in().await?;
        users.push(user);
    }
    say(&json!({ "checked": claims }))?;
    let mut rate = FIRST_GUESS;
    while let Some((warm, length)) = next()? {
        let codes = RefCell::new(Vec::new());
        if flow == "exchange" {
            let wanted = (warm + length).as_secs_f64() * rate * 1.3;
            collect(&mut users, &codes, wanted).await?;
        }
        let window = Window::new(setup.server_pid, warm, length);
        join_all(users.iter_mut().map(|user| repeatedly(flow, user, &codes, &window))).await;
        let answer = window.answer();
        rate = rate_of(&answer).unwrap_or(rate * 2.0);
        say(&answer)?;
    }
    Ok(())
}

fn rate_of(answer: &serde_json::Value) -> Option<f64> {
    let rate = answer["completed"].as_f64()? / answer["seconds"].as_f64()?;
    (rate.is_normal() && rate > 0.0).then_some(rate)
}

async fn repeatedly(flow: &str, user: &mut User<'_>, codes: &RefCell<Vec<String>>, window: &Window) {
    while window.is_open() {
        let begun = Instant::now();
        let outcome = match flow {
            "exchange" => {
                let code = codes.borrow_mut().pop();
                let Some(code) = code else { return window.exhausted() };
                user.exchange(&code).await
            }
            "sso" => user.log_in_again().await,
            _ => user.log_in().await,
        };
        window.note(begun, outcome);
    }
}

/// Codes live a minute: they are collected right before they are used, within half of that.
async fn collect(users: &mut [User<'_>], codes: &RefCell<Vec<String>>, wanted: f64) -> Outcome<()> {
    let (begun, failure) = (Instant::now(), RefCell::new(None));
    let all = users.iter_mut().map(async |user| {
        while f64::from(u32::try_from(codes.borrow().len()).unwrap_or(u32::MAX)) < wanted
            && begun.elapsed() < Duration::from_secs(25)
            && failure.borrow().is_none()
        {
            match user.code().await {
                Ok(code) => codes.borrow_mut().push(code),
                Err(error) => *failure.borrow_mut() = Some(error),
            }
        }
    });
    join_all(all).await;
    failure.into_inner().map_or(Ok(()), Err)
}
