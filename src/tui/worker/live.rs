//! Live captures: begun, read, and told of while they go on.

use super::super::app::Msg;
use super::super::live::picker::{Listed, PickerNews};
use super::super::live::{LiveNews, LiveStart, LiveWork};
use super::{Current, Incoming, lock, send};
use crate::base::printable;
use crate::capture::{
    Interface, Keys, Lender, Live, LiveError, LiveOptions, Loading, Most, News, Settings, check_filter, interfaces,
    leave_to_others, traffic,
};
use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How often it is told where a capture stands.
const TICK: Duration = Duration::from_millis(500);
/// How much work may wait.
const WORK: usize = 16;

/// The thread that knows of live captures.
struct Watcher {
    sender: SyncSender<Incoming>,
    current: Arc<Mutex<Current>>,
    keys: Arc<Mutex<Keys>>,
    /// What was begun and is not read yet.
    begun: Option<LiveStart>,
    news: Option<Receiver<News>>,
    /// Whether something is captured, of which is told.
    goes_on: bool,
    /// How much of a capture is kept.
    most: Most,
    /// What lends interfaces once the rights to open them were given up.
    lender: Option<Lender>,
    /// When the interfaces are listed next, if somebody asked.
    due: Option<Instant>,
    /// When they were listed, and how many bytes had passed each.
    listed: Option<(Instant, HashMap<String, u64>)>,
}

/// How often interfaces are listed.
const LISTED: Duration = Duration::from_secs(1);

/// Starts the thread, with a capture that was begun before.
pub(super) fn start(
    sender: SyncSender<Incoming>,
    current: Arc<Mutex<Current>>,
    keys: Arc<Mutex<Keys>>,
    mut begun: Option<LiveStart>,
) -> io::Result<SyncSender<LiveWork>> {
    let (asked, questions) = sync_channel(WORK);
    let most = begun.as_ref().map_or(Most::SCREEN, |begun| begun.most);
    let lender = begun.as_mut().and_then(|begun| begun.lender.take());
    let (news, goes_on, due, listed) = (None, false, None, None);
    let watcher = Watcher { sender, current, keys, begun, news, goes_on, most, lender, due, listed };
    thread::Builder::new().name("live".to_owned()).spawn(move || watcher.run(&questions))?;
    leave_to_others();
    Ok(asked)
}

impl Watcher {
    fn run(mut self, questions: &Receiver<LiveWork>) {
        loop {
            let due = self.due.map(|due| due.saturating_duration_since(Instant::now()));
            let tick = self.goes_on.then_some(TICK);
            let next = match due.into_iter().chain(tick).min() {
                Some(wait) => questions.recv_timeout(wait),
                None => questions.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match next {
                Ok(LiveWork::Read(job)) => self.read(job),
                Ok(LiveWork::List) => {
                    let last = self.listed.as_ref().map(|(last, _)| *last + LISTED);
                    self.due = Some(last.unwrap_or_else(Instant::now));
                }
                Ok(LiveWork::Check { interfaces, filter }) => {
                    let problem = check_filter(&interfaces, &filter).err().map(|error| error.to_string());
                    self.say(PickerNews::Checked(filter, problem));
                }
                Ok(LiveWork::Start(options)) => self.begin(&options),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.due.take_if(|due| *due <= Instant::now()).is_some() {
                self.list();
            }
            if self.goes_on {
                self.tell();
            }
        }
    }

    fn say(&self, news: PickerNews) {
        send(&self.sender, Msg::Live(LiveNews::Picker(news)));
    }

    /// Begins to capture. What is captured until then ends: interfaces are lent once.
    fn begin(&mut self, options: &LiveOptions) {
        if let Some(live) = &mut lock(&self.current).live {
            // How it ended is told of the capture that goes on; this one was ended.
            let _ = live.finish();
        }
        match self.start(options) {
            Ok((live, news)) => {
                let (filter, most, lender) = (options.capture.filter.clone(), self.most, None);
                let start = LiveStart { live, news, filter, most, lender };
                let about = Box::new(start.about());
                self.begun = Some(start);
                send(&self.sender, Msg::Live(LiveNews::Started(about)));
            }
            Err(error) => self.say(PickerNews::Refused(error.to_string())),
        }
    }

    /// Opens the interfaces with the last rights that there are, or has them lent when there are none.
    fn start(&mut self, options: &LiveOptions) -> Result<(Live, Receiver<News>), LiveError> {
        if !Live::may_start() {
            return self
                .lender
                .as_ref()
                .map_or_else(|| Live::start(options), |lender| Live::start_lent(lender, options));
        }
        if self.lender.is_none() {
            // Without it there is no other capture after this one, and this one goes on all the same.
            self.lender = Lender::start(options.user.as_deref()).ok();
        }
        Live::start(options)
    }

    /// Lists the interfaces with what passed since the last time.
    fn list(&mut self) {
        let (now, passed) = (Instant::now(), traffic());
        let before = self.listed.replace((now, passed.clone()));
        let listed = |interface: Interface| {
            let rate = before.as_ref().and_then(|(then, before)| {
                let bytes = passed.get(&interface.name)?.checked_sub(*before.get(&interface.name)?)?;
                let rate = (u128::from(bytes) * 1000).checked_div(now.duration_since(*then).as_millis())?;
                u64::try_from(rate).ok()
            });
            Listed { interface, rate }
        };
        let all = interfaces().map(|all| all.into_iter().map(listed).collect()).map_err(|error| error.to_string());
        self.say(PickerNews::Listed(all));
    }

    /// Begins to read what was begun to be captured.
    fn read(&mut self, job: u64) {
        let Some(LiveStart { live, news, most, .. }) = self.begun.take() else { return };
        let wake = self.sender.clone();
        let wake = move || drop(wake.try_send(Incoming::Wake));
        let keys = lock(&self.keys).clone();
        // Key logs are followed beside it, and what they open is opened when they have it.
        let opened = live.open(false).map_err(|error| error.to_string());
        let begun = opened.and_then(|opened| {
            let settings = Settings { most, ..Settings::ENDLESS_SCREEN };
            let loading = Loading::start(opened.source, opened.store.clone(), keys, settings, wake);
            loading.map(|loading| (loading, opened.store)).map_err(|error| error.to_string())
        });
        let (loading, store) = match begun {
            Ok(begun) => begun,
            Err(text) => return send(&self.sender, Msg::LoadFailed { job, text }),
        };
        let mut current = lock(&self.current);
        if current.job > job {
            return;
        }
        let (loading, live, began) = (Some(loading), Some(live), Some(Instant::now()));
        let next = Current { job, loading, store, began, live, ..Current::default() };
        let before = std::mem::replace(&mut *current, next);
        drop(current);
        drop(before);
        (self.news, self.goes_on) = (Some(news), true);
        // The first state may have come before there was a place to take it from.
        let _ = self.sender.send(Incoming::Wake);
    }

    /// Tells where the capture stands, and of its end.
    fn tell(&mut self) {
        for news in self.news.iter().flat_map(Receiver::try_iter) {
            if let News::Gone { interface, reason } = news {
                send(&self.sender, Msg::Problem(format!("{interface}: {reason}; the others go on")));
            }
        }
        let mut current = lock(&self.current);
        let (job, elapsed) = (current.job, current.began.map(|began| began.elapsed()).unwrap_or_default());
        let Some(live) = &mut current.live else {
            self.goes_on = false;
            return;
        };
        let over = live.is_over();
        let ended = if over { live.finish().err() } else { None };
        let (counts, path) = (live.counts(), first(live));
        drop(current);
        send(&self.sender, Msg::Live(LiveNews::Tick { job, counts, elapsed }));
        if let Some(reason) = ended {
            send(&self.sender, Msg::Live(LiveNews::Ended(job, format!("{reason} ({path})"))));
        }
        self.goes_on = !over;
    }
}

/// The first capture file, safe to show.
fn first(live: &Live) -> String {
    live.paths().next().map(|path| printable(&path.to_string_lossy())).unwrap_or_default()
}
