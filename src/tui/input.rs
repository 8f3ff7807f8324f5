//! What the terminal and the system send: keys, mouse, sizes, signals.

use super::app::Msg;
use super::key::Key;
use super::run::Incoming;
use super::screen::Mouse;
use super::terminal::restore;
use ratatui::crossterm::event::{self, Event, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Size};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use std::io;
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

/// Two clicks at one place within this time are a double click.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);
/// How many rows the wheel moves.
const WHEEL: isize = 3;

/// Reads the terminal on a thread of its own, for as long as the process lives: the end never waits for a key.
///
/// When it returns, a change of the terminal's size is no longer missed: whoever asks for the size afterwards has it, or
/// will be told.
pub(crate) fn read_terminal(sender: SyncSender<Incoming>) -> io::Result<()> {
    // Sets up the handling of the signal, which the thread would do at some later moment.
    event::poll(Duration::ZERO)?;
    let read = move || {
        let mut clicks = Clicks::default();
        loop {
            let incoming = match event::read() {
                Ok(event) => clicks.translate(event, Instant::now()),
                // The terminal is gone.
                Err(_) => Some(Incoming::End),
            };
            let ended = matches!(incoming, Some(Incoming::End));
            if incoming.is_some_and(|incoming| sender.send(incoming).is_err()) || ended {
                break;
            }
        }
    };
    thread::Builder::new().name("terminal".to_owned()).spawn(read).map(|_| ())
}

/// Waits for signals on a thread of its own. The first one that ends asks the loop; a second one does not wait for it.
pub(crate) fn listen_for_signals(sender: SyncSender<Incoming>) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGTSTP])?;
    let listen = move || {
        let mut asked = false;
        for signal in signals.forever() {
            if signal == SIGTSTP {
                let _ = sender.try_send(Incoming::Stop);
                continue;
            }
            if asked || sender.try_send(Incoming::End).is_err() {
                restore();
                std::process::exit(128 + signal);
            }
            asked = true;
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(listen).map(|_| ())
}

/// Tells double clicks from single ones.
#[derive(Debug, Default)]
struct Clicks {
    last: Option<(Position, Instant)>,
}

impl Clicks {
    fn translate(&mut self, event: Event, now: Instant) -> Option<Incoming> {
        let msg = match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => Msg::Key(Key::of(&key)),
            Event::Paste(text) => Msg::Paste(text),
            Event::Resize(width, height) => Msg::Resize(Size { width, height }),
            Event::Mouse(mouse) => Msg::Mouse(self.mouse(mouse, now)?),
            _ => return None,
        };
        Some(Incoming::Msg(msg))
    }

    fn mouse(&mut self, mouse: MouseEvent, now: Instant) -> Option<Mouse> {
        let at = Position { x: mouse.column, y: mouse.row };
        match mouse.kind {
            MouseEventKind::ScrollDown => Some(Mouse::Wheel(at, WHEEL)),
            MouseEventKind::ScrollUp => Some(Mouse::Wheel(at, -WHEEL)),
            MouseEventKind::Down(MouseButton::Left) => {
                let double = self.last.is_some_and(|(place, time)| place == at && now - time < DOUBLE_CLICK);
                self.last = (!double).then_some((at, now));
                Some(if double { Mouse::DoubleClick(at) } else { Mouse::Click(at) })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::crossterm::event::KeyModifiers;

    #[test]
    fn two_quick_clicks_at_one_place_are_a_double_click() {
        let mut clicks = Clicks::default();
        let start = Instant::now();
        let mut click = |column, after| {
            let kind = MouseEventKind::Down(MouseButton::Left);
            let mouse = MouseEvent { kind, column, row: 3, modifiers: KeyModifiers::NONE };
            clicks.mouse(mouse, start + Duration::from_millis(after))
        };
        let at = |x| Position { x, y: 3 };
        assert_eq!(click(1, 0), Some(Mouse::Click(at(1))));
        assert_eq!(click(1, 100), Some(Mouse::DoubleClick(at(1))));
        assert_eq!(click(1, 200), Some(Mouse::Click(at(1))));
        assert_eq!(click(2, 300), Some(Mouse::Click(at(2))));
        assert_eq!(click(2, 900), Some(Mouse::Click(at(2))));
    }
}
