use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::{Progress, Wake, Worker, people};

const IDLE: Duration = Duration::from_secs(60);

/// A worker that counts its ticks and answers what `answer` says for each.
struct Counted {
    ticks: Arc<AtomicU32>,
    wake: Wake,
    cancel: CancellationToken,
    worker: Worker,
}

impl Counted {
    fn start(answer: fn(u32) -> Result<Progress, &'static str>) -> Self {
        let (ticks, wake, cancel) = (Arc::new(AtomicU32::new(0)), Wake::new(), CancellationToken::new());
        let count = Arc::clone(&ticks);
        let worker = Worker::spawn("counted", &cancel, wake.clone(), IDLE, move || {
            let tick = count.fetch_add(1, Ordering::SeqCst) + 1;
            async move { answer(tick) }
        });
        Self { ticks, wake, cancel, worker }
    }

    async fn ticks_after(&self, wait: Duration) -> u32 {
        sleep(wait).await;
        self.ticks.load(Ordering::SeqCst)
    }
}

#[tokio::test(start_paused = true)]
async fn it_ticks_while_there_is_more_and_rests_when_there_is_not() {
    let it = Counted::start(|tick| Ok(if tick < 5 { Progress::More } else { Progress::Idle }));
    assert_eq!(it.ticks_after(Duration::from_millis(1)).await, 5);
    assert_eq!(it.ticks_after(IDLE / 2).await, 5);
    assert_eq!(it.ticks_after(IDLE).await, 6);

    // In the same test: people wait for the whole process.
    let ticks = Arc::new(AtomicU32::new(0));
    let (count, cancel) = (Arc::clone(&ticks), CancellationToken::new());
    let _worker = Worker::spawn("busy", &cancel, Wake::new(), IDLE, move || {
        let count = Arc::clone(&count);
        async move {
            sleep(Duration::from_millis(10)).await;
            count.fetch_add(1, Ordering::SeqCst);
            Ok::<_, &str>(Progress::More)
        }
    });
    let within_a_second = async || {
        let before = ticks.load(Ordering::SeqCst);
        sleep(Duration::from_secs(1)).await;
        ticks.load(Ordering::SeqCst) - before
    };
    assert!(within_a_second().await > 95);
    let waiting = (people::somebody_waits(), people::somebody_waits());
    assert!((24..=26).contains(&within_a_second().await), "a quarter of the time while people wait");
    drop(waiting.0);
    assert!((24..=26).contains(&within_a_second().await), "somebody still waits");
    drop(waiting.1);
    assert!(within_a_second().await > 95);
    cancel.cancel();
}

#[tokio::test(start_paused = true)]
async fn a_ring_ends_the_rest_and_one_during_a_tick_is_not_lost() {
    let it = Counted::start(|_| Ok(Progress::Idle));
    assert_eq!(it.ticks_after(Duration::from_millis(1)).await, 1);
    it.wake.ring();
    assert_eq!(it.ticks_after(Duration::from_millis(1)).await, 2);

    let (wake, cancel, ticks) = (Wake::new(), CancellationToken::new(), Arc::new(AtomicU32::new(0)));
    let (bell, count) = (wake.clone(), Arc::clone(&ticks));
    let _worker = Worker::spawn("slow", &cancel, wake, IDLE, move || {
        let (bell, tick) = (bell.clone(), count.fetch_add(1, Ordering::SeqCst));
        async move {
            if tick == 0 {
                bell.ring();
                bell.ring();
            }
            sleep(Duration::from_secs(1)).await;
            Ok::<_, &str>(Progress::Idle)
        }
    });
    sleep(Duration::from_secs(10)).await;
    assert_eq!(ticks.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn errors_and_panics_are_waited_out_and_end_nothing() {
    let it = Counted::start(|tick| match tick {
        1 => Err("on purpose"),
        2 => panic!("on purpose"),
        _ => Ok(Progress::Idle),
    });
    assert_eq!(it.ticks_after(Duration::from_millis(500)).await, 1);
    assert_eq!(it.ticks_after(Duration::from_secs(1)).await, 2);
    assert_eq!(it.ticks_after(Duration::from_secs(1)).await, 2);
    assert_eq!(it.ticks_after(Duration::from_secs(1)).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_ring_does_not_shorten_the_wait_after_an_error() {
    let it = Counted::start(|tick| if tick < 4 { Err("on purpose") } else { Ok(Progress::Idle) });
    sleep(Duration::from_millis(3_500)).await;
    it.wake.ring();
    assert_eq!(it.ticks_after(Duration::from_secs(1)).await, 3);
    assert_eq!(it.ticks_after(Duration::from_secs(4)).await, 5, "the ring counts once the worker is back");
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_a_rest_and_a_wait_at_once() {
    for answer in [|_| Ok(Progress::Idle), |_| Err("on purpose")] {
        let it = Counted::start(answer);
        sleep(Duration::from_millis(1)).await;
        let before = Instant::now();
        it.cancel.cancel();
        it.worker.stopped().await;
        assert_eq!(before.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn cancelling_lets_the_running_tick_finish() {
    let (cancel, done) = (CancellationToken::new(), Arc::new(AtomicU32::new(0)));
    let count = Arc::clone(&done);
    let worker = Worker::spawn("slow", &cancel, Wake::new(), IDLE, move || {
        let count = Arc::clone(&count);
        async move {
            sleep(Duration::from_secs(5)).await;
            count.fetch_add(1, Ordering::SeqCst);
            Ok::<_, &str>(Progress::More)
        }
    });
    sleep(Duration::from_secs(1)).await;
    cancel.cancel();
    timeout(Duration::from_secs(5), worker.stopped()).await.unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 1);
}
