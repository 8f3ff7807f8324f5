//! The modes of the terminal: taken at the start, given back on every way out.

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use std::io::{self, Stdout, Write};
use std::sync::mpsc::SyncSender;
use std::thread;

/// What `ratatui` draws to.
pub(super) type Drawing = Terminal<CrosstermBackend<Stdout>>;

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Modes {
    mouse: bool,
}

impl Modes {
    /// Takes the terminal.
    pub(super) fn take(mouse: bool) -> io::Result<(Self, Drawing)> {
        let modes = Self { mouse };
        let drawing = modes.enter()?;
        Ok((modes, drawing))
    }

    /// Takes mouse events, or leaves the mouse to the terminal.
    pub(super) fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        if on { execute!(io::stdout(), EnableMouseCapture) } else { execute!(io::stdout(), DisableMouseCapture) }
    }

    /// Gives the terminal back, stops the process, and takes the terminal again when it is continued. What comes
    /// back draws everything anew.
    pub(super) fn suspend(&self) -> io::Result<Drawing> {
        restore();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        self.enter()
    }

    fn enter(&self) -> io::Result<Drawing> {
        enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
        if self.mouse {
            execute!(io::stdout(), EnableMouseCapture)?;
        }
        Terminal::new(CrosstermBackend::new(io::stdout()))
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back. Harmless when it was given back already; a terminal that is gone is no error.
pub(super) fn restore() {
    let _ = execute!(io::stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
    let _ = io::stdout().flush();
}

/// From now on a panic of this thread gives the terminal back before its message is printed, and a panic of any other
/// thread becomes a message to the screen, which it would tear otherwise.
pub(super) fn hook_panics(report: SyncSender<String>) {
    let ours = thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if thread::current().id() == ours {
            restore();
            before(panic);
        } else {
            let _ = report.try_send(panic.to_string().replace('\n', ": "));
        }
    }));
}
