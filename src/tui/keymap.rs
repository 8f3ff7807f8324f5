//! The one table of keys: dispatch, hint line, help, palette, configuration and README all read it.
//!
//! A key that works is in the table, and what is in the table works; the tests at the end hold both.

use super::key::Key;
use super::screen::ScreenId;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Where a binding holds: everywhere, on one screen, or in one overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Wherever no text prompt is open and the context on top has no binding of its own for the key.
    Global,
    /// A screen.
    Screen(ScreenId),
    /// Any prompt that takes text; it gets every key that is not bound in this context.
    Prompt,
    /// A list to choose from: copy and export menus, the choice of a theme.
    Menu,
    /// The help overlay and other pages of text.
    Page,
    /// A question to be answered with yes or no.
    Confirm,
    /// A page whose rows lead to what shows it.
    Reasons,
}

impl Context {
    /// The heading over its bindings.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::Screen(screen) => screen.title(),
            Self::Prompt => "Prompts",
            Self::Menu => "Menus",
            Self::Page => "Text pages",
            Self::Confirm => "Questions",
            Self::Reasons => "Reasons",
        }
    }
}

/// Makes [`Command`] from its table of variants and names.
macro_rules! commands {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// What a key can ask for. Screens get commands, never keys, so a key can be bound anew without their knowing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Command { $($(#[$doc])* $variant,)* }

        impl Command {
            /// All commands.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name under `[keys]` in the configuration.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

impl Command {
    /// How many rows the command moves, downwards, where a page has `page` rows; the ends are as far as a number goes.
    /// `None` for what moves no rows.
    #[must_use]
    pub fn rows(self, page: isize) -> Option<isize> {
        Some(match self {
            Self::Down => 1,
            Self::Up => -1,
            Self::PageDown => page,
            Self::PageUp => -page,
            Self::HalfPageDown => page / 2,
            Self::HalfPageUp => -page / 2,
            Self::First => isize::MIN,
            Self::Last => isize::MAX,
            _ => return None,
        })
    }
}

commands! {
    /// One row up.
    Up = "up";
    /// One row down.
    Down = "down";
    /// One page up.
    PageUp = "page-up";
    /// One page down.
    PageDown = "page-down";
    /// Half a page up.
    HalfPageUp = "half-page-up";
    /// Half a page down.
    HalfPageDown = "half-page-down";
    /// To the first row.
    First = "first";
    /// To the last row.
    Last = "last";
    /// Left; folds a tree.
    Left = "left";
    /// Right; unfolds a tree.
    Right = "right";
    /// To the next pane.
    NextPane = "next-pane";
    /// To the previous pane.
    PreviousPane = "previous-pane";
    /// Opens what is under the cursor, or accepts what was typed or chosen.
    Enter = "enter";
    /// Back out by one step; never quits.
    Back = "back";
    /// Back out by one step, and at the top quits.
    Close = "close";
    /// Quits at once.
    Quit = "quit";
    /// Puts the program into the background.
    Suspend = "suspend";
    /// To the Home screen.
    GoHome = "go-home";
    /// To the Sessions screen.
    GoSessions = "go-sessions";
    /// To the Ladder screen.
    GoLadder = "go-ladder";
    /// To the Detail screen.
    GoDetail = "go-detail";
    /// To the Certificates screen.
    GoCertificates = "go-certificates";
    /// To the Follow screen.
    GoFollow = "go-follow";
    /// To the Findings screen.
    GoFindings = "go-findings";
    /// Says why the session went the way it did.
    Verdict = "verdict";
    /// Shows what was offered, what of it was possible and what was chosen.
    Offers = "offers";
    /// Opens the scenario of the lab that shows the same.
    ShowInLab = "show-in-lab";
    /// To the Packets screen.
    GoPackets = "go-packets";
    /// To the Key schedule screen.
    GoSchedule = "go-schedule";
    /// Shows or hides secret values.
    Reveal = "reveal";
    /// Copies the value under the cursor.
    CopyValue = "copy-value";
    /// The previous session, on the same screen.
    PreviousSession = "previous-session";
    /// The next session, on the same screen.
    NextSession = "next-session";
    /// Opens the filter bar.
    Filter = "filter";
    /// Drops the filter.
    ClearFilter = "clear-filter";
    /// Finds text on a screen that is no list of sessions.
    Find = "find";
    /// To the next find.
    FindNext = "find-next";
    /// To the previous find.
    FindPrevious = "find-previous";
    /// Sorts by the next column.
    Sort = "sort";
    /// Turns the order round.
    SortReverse = "sort-reverse";
    /// Marks or unmarks the session.
    Mark = "mark";
    /// Compares the marked session with another.
    Compare = "compare";
    /// Explains what is under the cursor.
    Explain = "explain";
    /// Shows or hides the hex pane.
    Hex = "hex";
    /// Folds or unfolds everything.
    FoldAll = "fold-all";
    /// To the next buffer: frame, stream, message.
    NextBuffer = "next-buffer";
    /// Gives one pane the whole screen, and takes it back.
    Zoom = "zoom";
    /// To the previous event of the session.
    PreviousEvent = "previous-event";
    /// To the next event of the session.
    NextEvent = "next-event";
    /// Makes the left pane narrower.
    Narrower = "narrower";
    /// Makes the left pane wider.
    Wider = "wider";
    /// Shows flights or single records.
    Flights = "flights";
    /// The certificates of the other side.
    OtherChain = "other-chain";
    /// Judges certificates at another time.
    ChainTime = "chain-time";
    /// Judges certificates by other trust anchors.
    TrustAnchors = "trust-anchors";
    /// All packets, or those of the session.
    AllFrames = "all-frames";
    /// The next way to show application data.
    NextView = "next-view";
    /// Both directions, or one of them.
    OneDirection = "one-direction";
    /// Shows the record or frame that something came from.
    ShowRecord = "show-record";
    /// Asks for a frame number to go to.
    GoToFrame = "go-to-frame";
    /// Opens the menu of what can be copied.
    Copy = "copy";
    /// Opens the menu of what can be saved.
    Export = "export";
    /// Asks for a capture to open.
    OpenFile = "open-file";
    /// Shows what was encrypted as it was sent, or as it is inside.
    AsSent = "as-sent";
    /// Asks for keys, and lists those in use.
    Keys = "keys";
    /// Stops loading.
    Cancel = "cancel";
    /// The next way to show times.
    TimeFormat = "time-format";
    /// UTC or local time.
    TimeZone = "time-zone";
    /// The next theme.
    Theme = "theme";
    /// Mouse on or off.
    Mouse = "mouse";
    /// Opens the palette.
    Palette = "palette";
    /// Opens the help of this screen.
    Help = "help";
    /// To the Lab screen.
    GoLab = "go-lab";
    /// One step on in the run.
    StepForward = "step-forward";
    /// One step back in the run.
    StepBack = "step-back";
    /// Plays the run to its end, and at the end once more.
    Play = "play";
    /// To the beginning of the run.
    Rewind = "rewind";
    /// To the end of the flight.
    NextFlight = "next-flight";
    /// To the beginning of the flight.
    PreviousFlight = "previous-flight";
    /// To the next pause of the script.
    NextPause = "next-pause";
    /// Variants and knobs.
    Knobs = "knobs";
    /// Answers a question of the lab.
    Answer = "answer";
    /// Completes what was typed.
    Complete = "complete";
    /// Answers yes.
    Yes = "yes";
    /// Answers no.
    No = "no";
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// Its keys as [`Key::parse`] reads them; the first is the one that hints show.
    pub keys: &'static [&'static str],
    /// What it asks for.
    pub command: Command,
    /// A word or two for the hint line; empty keeps it out of there.
    pub hint: &'static str,
    /// What it does, in at most 40 characters.
    pub help: &'static str,
}

const fn row(
    context: Context,
    keys: &'static [&'static str],
    command: Command,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding { context, keys, command, hint, help }
}

use Command as C;
const GLOBAL: Context = Context::Global;
const HOME: Context = Context::Screen(ScreenId::Home);
const SESSIONS: Context = Context::Screen(ScreenId::Sessions);
const LADDER: Context = Context::Screen(ScreenId::Ladder);
const DETAIL: Context = Context::Screen(ScreenId::Detail);
const CERTIFICATES: Context = Context::Screen(ScreenId::Certificates);
const PACKETS: Context = Context::Screen(ScreenId::Packets);
const COMPARE: Context = Context::Screen(ScreenId::Compare);
const SCHEDULE: Context = Context::Screen(ScreenId::Schedule);
const FOLLOW: Context = Context::Screen(ScreenId::Follow);
const LAB: Context = Context::Screen(ScreenId::Lab);
const FINDINGS: Context = Context::Screen(ScreenId::Findings);

/// Every key of the program. Within a context the order is that of the hint line and the help.
#[rustfmt::skip]
pub static BINDINGS: &[Binding] = &[
    // Home
    row(HOME, &["enter"], C::Enter, "open", "open what is under the cursor"),
    // Sessions
    row(SESSIONS, &["enter"], C::Enter, "open", "open the session's ladder"),
    row(SESSIONS, &["/"], C::Filter, "filter", "filter the sessions"),
    row(SESSIONS, &["s"], C::Sort, "sort", "sort by the next column"),
    row(SESSIONS, &["S"], C::SortReverse, "", "turn the order round"),
    row(SESSIONS, &["space"], C::Mark, "mark", "mark or unmark the session"),
    row(SESSIONS, &["="], C::Compare, "compare", "compare the two marked sessions"),
    row(SESSIONS, &["i"], C::Explain, "explain", "explain the verdict: evidence, fix"),
    row(SESSIONS, &["O"], C::Offers, "", "what was offered, possible and chosen"),
    row(SESSIONS, &["L"], C::ShowInLab, "", "the lab's scenario of the same failure"),
    row(SESSIONS, &["y"], C::Copy, "copy", "copy something of the session"),
    row(SESSIONS, &["e", "w"], C::Export, "export", "save sessions, report or packets"),
    row(SESSIONS, &["F"], C::GoFollow, "", "follow what the application said"),
    row(SESSIONS, &["X"], C::ClearFilter, "", "drop the filter"),
    row(SESSIONS, &["c"], C::Cancel, "", "stop loading, keep what was read"),
    // Ladder
    row(LADDER, &["enter"], C::Enter, "fields", "open the fields of the message"),
    row(LADDER, &["x"], C::Hex, "hex", "hex pane on or off"),
    row(LADDER, &["d"], C::AsSent, "wire", "as sent on the wire, or decrypted"),
    row(LADDER, &["f"], C::Flights, "flights", "flights or single records"),
    row(LADDER, &["i"], C::Explain, "explain", "explain the message"),
    row(LADDER, &["v"], C::Verdict, "verdict", "explain the verdict: evidence, fix"),
    row(LADDER, &["O"], C::Offers, "", "what was offered, possible and chosen"),
    row(LADDER, &["L"], C::ShowInLab, "", "the lab's scenario of the same failure"),
    row(LADDER, &["y"], C::Copy, "copy", "copy something of the message"),
    row(LADDER, &["e", "w"], C::Export, "export", "save the ladder or the session"),
    row(LADDER, &["F"], C::GoFollow, "", "follow what the application said"),
    row(LADDER, &["/"], C::Find, "find", "find text"),
    row(LADDER, &["n"], C::FindNext, "", "next find"),
    row(LADDER, &["N"], C::FindPrevious, "", "previous find"),
    // Detail
    row(DETAIL, &["enter"], C::Enter, "", "fold or unfold the field"),
    row(DETAIL, &["*"], C::FoldAll, "all", "fold or unfold everything"),
    row(DETAIL, &["x"], C::Hex, "hex", "hex pane on or off"),
    row(DETAIL, &["b"], C::NextBuffer, "bytes", "next bytes: as sent, decrypted, frame"),
    row(DETAIL, &["d"], C::AsSent, "wire", "as sent on the wire, or decrypted"),
    row(DETAIL, &["i"], C::Explain, "explain", "explain the field"),
    row(DETAIL, &["/"], C::Find, "find", "find text or bytes"),
    row(DETAIL, &["n"], C::FindNext, "", "next find"),
    row(DETAIL, &["N"], C::FindPrevious, "", "previous find"),
    row(DETAIL, &["}", "."], C::NextEvent, "next", "next event of the session"),
    row(DETAIL, &["{", ","], C::PreviousEvent, "", "previous event of the session"),
    row(DETAIL, &["F"], C::GoFollow, "", "follow what the application said"),
    row(DETAIL, &["a"], C::Answer, "", "answer the lab's question with the field"),
    row(DETAIL, &["y"], C::Copy, "copy", "copy value, name, hex or filter"),
    row(DETAIL, &["e", "w"], C::Export, "", "save the field's bytes"),
    row(DETAIL, &["\\"], C::Zoom, "zoom", "one pane over the whole screen"),
    row(DETAIL, &["<"], C::Narrower, "", "make the left pane narrower"),
    row(DETAIL, &[">"], C::Wider, "", "make the left pane wider"),
    // Certificates
    row(CERTIFICATES, &["enter"], C::Enter, "fields", "open the fields of the certificate"),
    row(CERTIFICATES, &["x"], C::OtherChain, "other side", "server's or client's certificates"),
    row(CERTIFICATES, &["v"], C::TrustAnchors, "anchors", "whom to trust: Mozilla, system, files"),
    row(CERTIFICATES, &["a"], C::ChainTime, "time", "judge at capture time or now"),
    row(CERTIFICATES, &["i"], C::Explain, "explain", "explain the field"),
    row(CERTIFICATES, &["y"], C::Copy, "copy", "copy PEM, fingerprint or names"),
    row(CERTIFICATES, &["e", "w"], C::Export, "export", "save the certificates as PEM"),
    // Packets
    row(PACKETS, &["enter"], C::Enter, "fields", "open the fields of the packet"),
    row(PACKETS, &["a"], C::AllFrames, "all/session", "packets of the session, or all"),
    row(PACKETS, &["d"], C::AsSent, "wire", "as sent on the wire, or decrypted"),
    row(PACKETS, &["n"], C::GoToFrame, "number", "go to a packet by its number"),
    row(PACKETS, &["F"], C::GoFollow, "", "follow what the application said"),
    row(PACKETS, &["y"], C::Copy, "copy", "copy something of the packet"),
    row(PACKETS, &["e", "w"], C::Export, "export", "save packets"),
    // Follow
    row(FOLLOW, &["enter"], C::Enter, "open", "headers and body of the exchange"),
    row(FOLLOW, &["v"], C::NextView, "view", "exchanges, text or hex"),
    row(FOLLOW, &["d"], C::OneDirection, "direction", "both directions, client or server"),
    row(FOLLOW, &["r"], C::ShowRecord, "record", "its record in Detail"),
    row(FOLLOW, &["}", "."], C::NextEvent, "", "next exchange, or next record"),
    row(FOLLOW, &["{", ","], C::PreviousEvent, "", "previous exchange, or previous record"),
    row(FOLLOW, &["/"], C::Find, "find", "find text or bytes"),
    row(FOLLOW, &["n"], C::FindNext, "", "next find"),
    row(FOLLOW, &["N"], C::FindPrevious, "", "previous find"),
    row(FOLLOW, &["y"], C::Copy, "copy", "copy record, head or body"),
    row(FOLLOW, &["e", "w"], C::Export, "save", "save data or body to a file"),
    // Lab
    row(LAB, &["enter"], C::Enter, "open", "open what is under the cursor"),
    row(LAB, &["r"], C::StepForward, "step", "one step on; before a run: play it"),
    row(LAB, &["R"], C::Play, "play", "play to the end; at the end play again"),
    row(LAB, &["b", "backspace"], C::StepBack, "back", "one step back"),
    row(LAB, &["p"], C::NextPause, "pause", "on to the next pause of the script"),
    row(LAB, &["f"], C::NextFlight, "flight", "on to the end of the flight"),
    row(LAB, &["F"], C::PreviousFlight, "", "back to the beginning of the flight"),
    row(LAB, &["B"], C::Rewind, "", "back to the beginning of the run"),
    row(LAB, &["v"], C::Knobs, "knobs", "variants and knobs; again: back"),
    row(LAB, &["a"], C::Answer, "answer", "answer the question that is open"),
    row(LAB, &["d"], C::AsSent, "", "as sent on the wire, or decrypted"),
    row(LAB, &["="], C::Compare, "compare", "compare with the run before"),
    row(LAB, &["i"], C::Explain, "explain", "explain what is under the cursor"),
    row(LAB, &["e", "w"], C::Export, "save", "save the run: pcapng with its keys"),
    row(LAB, &["/"], C::Find, "", "find a scenario"),
    row(LAB, &["n"], C::FindNext, "", "next find"),
    row(LAB, &["N"], C::FindPrevious, "", "previous find"),
    // Findings
    row(FINDINGS, &["enter"], C::Enter, "open", "filter to the rule; open the evidence"),
    row(FINDINGS, &["s"], C::Sort, "sort", "sort by severity, count or rule"),
    row(FINDINGS, &["S"], C::SortReverse, "", "turn the order round"),
    row(FINDINGS, &["*"], C::FoldAll, "all", "fold or unfold everything"),
    row(FINDINGS, &["i"], C::Explain, "explain", "explain the rule: fix, what disproves it"),
    row(FINDINGS, &["L"], C::ShowInLab, "lab", "the lab's scenario of the same failure"),
    // Compare
    row(COMPARE, &["enter"], C::Enter, "fields", "open the fields of the message"),
    row(COMPARE, &["f"], C::Flights, "all/differences", "everything or differences only"),
    row(COMPARE, &["y"], C::Copy, "copy", "copy the comparison"),
    row(COMPARE, &["e", "w"], C::Export, "export", "save the comparison"),
    // Key schedule
    row(SCHEDULE, &["enter"], C::Enter, "open", "open the value, or go where the input is"),
    row(SCHEDULE, &["v"], C::Reveal, "secrets", "show secret values, or hide them again"),
    row(SCHEDULE, &["n", "}", "."], C::NextEvent, "record", "protection of the next opened record"),
    row(SCHEDULE, &["N", "{", ","], C::PreviousEvent, "", "protection of the record before"),
    row(SCHEDULE, &["y"], C::CopyValue, "copy", "copy the value that is in sight"),
    // Everywhere
    row(GLOBAL, &["j", "down"], C::Down, "", "one row down"),
    row(GLOBAL, &["k", "up"], C::Up, "", "one row up"),
    row(GLOBAL, &["h", "left"], C::Left, "", "left, or fold"),
    row(GLOBAL, &["l", "right"], C::Right, "", "right, or unfold"),
    row(GLOBAL, &["g", "home"], C::First, "", "to the first row"),
    row(GLOBAL, &["G", "end"], C::Last, "", "to the last row"),
    row(GLOBAL, &["pagedown", "C-f"], C::PageDown, "", "one page down"),
    row(GLOBAL, &["pageup", "C-b"], C::PageUp, "", "one page up"),
    row(GLOBAL, &["C-d"], C::HalfPageDown, "", "half a page down"),
    row(GLOBAL, &["C-u"], C::HalfPageUp, "", "half a page up"),
    row(GLOBAL, &["tab"], C::NextPane, "", "next pane"),
    row(GLOBAL, &["backtab"], C::PreviousPane, "", "previous pane"),
    row(GLOBAL, &["1"], C::GoSessions, "", "Sessions"),
    row(GLOBAL, &["2"], C::GoLadder, "", "Ladder of the selected session"),
    row(GLOBAL, &["3"], C::GoDetail, "", "Detail: fields and bytes"),
    row(GLOBAL, &["4"], C::GoCertificates, "", "Certificates"),
    row(GLOBAL, &["5"], C::GoLab, "", "Lab: scenarios to play"),
    row(GLOBAL, &["6"], C::GoFindings, "", "Findings of all sessions, by rule"),
    row(GLOBAL, &["P"], C::GoPackets, "", "Packets of the session"),
    row(GLOBAL, &["H"], C::GoSchedule, "", "Key schedule: secrets from the top down"),
    row(GLOBAL, &["0"], C::GoHome, "", "Home"),
    row(GLOBAL, &["["], C::PreviousSession, "", "previous session, same screen"),
    row(GLOBAL, &["]"], C::NextSession, "", "next session, same screen"),
    row(GLOBAL, &["o"], C::OpenFile, "", "open a capture"),
    row(GLOBAL, &["K"], C::Keys, "", "give a key log or key; list those in use"),
    row(GLOBAL, &["t"], C::TimeFormat, "", "time: absolute, since start, delta"),
    row(GLOBAL, &["U"], C::TimeZone, "", "time: UTC or local"),
    row(GLOBAL, &["T"], C::Theme, "", "next theme"),
    row(GLOBAL, &["M"], C::Mouse, "", "mouse on or off (off: select text)"),
    row(GLOBAL, &[":"], C::Palette, "commands", "every command by name"),
    row(GLOBAL, &["?", "f1"], C::Help, "help", "help of this screen"),
    row(GLOBAL, &["esc"], C::Back, "", "back; never quits"),
    row(GLOBAL, &["q"], C::Close, "quit", "back; at the top quit"),
    row(GLOBAL, &["C-z"], C::Suspend, "", "into the background"),
    row(GLOBAL, &["C-c"], C::Quit, "", "quit at once"),
    // Prompts: these keys and text, nothing else
    row(Context::Prompt, &["enter"], C::Enter, "accept", "accept"),
    row(Context::Prompt, &["esc"], C::Back, "cancel", "cancel"),
    row(Context::Prompt, &["tab"], C::Complete, "complete", "complete"),
    row(Context::Prompt, &["up", "C-p"], C::Up, "", "previous proposal or entry"),
    row(Context::Prompt, &["down", "C-n"], C::Down, "", "next proposal or entry"),
    row(Context::Prompt, &["C-c"], C::Quit, "", "quit at once"),
    // Menus
    row(Context::Menu, &["enter"], C::Enter, "choose", "choose"),
    row(Context::Menu, &["esc", "q"], C::Back, "cancel", "cancel"),
    // Pages
    row(Context::Page, &["esc", "q", "?", "f1", "enter", "i"], C::Back, "close", "close"),
    // Reasons
    row(Context::Reasons, &["enter"], C::Enter, "go there", "go to the evidence under the cursor"),
    row(Context::Reasons, &["L"], C::ShowInLab, "lab", "the lab's scenario of the same failure"),
    row(Context::Reasons, &["esc", "q", "i", "?", "f1"], C::Back, "close", "close"),
    // Questions
    row(Context::Confirm, &["y"], C::Yes, "yes", "yes"),
    row(Context::Confirm, &["n", "esc", "q"], C::No, "no", "no"),
];

/// The table with the keys that the configuration changed.
#[derive(Clone, Debug)]
pub struct Keymap {
    rows: Vec<(&'static Binding, Vec<Key>)>,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = |row: &Binding| row.keys.iter().filter_map(|key| Key::parse(key)).collect();
        Self { rows: BINDINGS.iter().map(|row| (row, keys(row))).collect() }
    }
}

impl Keymap {
    /// The table with the keys of some commands replaced, by command name. What cannot be used is told in sentences.
    #[must_use]
    pub fn with(changes: &BTreeMap<String, Vec<String>>) -> (Self, Vec<String>) {
        let mut keymap = Self::default();
        let mut problems = Vec::new();
        for (name, keys) in changes {
            let parsed: Vec<Key> = keys.iter().filter_map(|key| Key::parse(key)).collect();
            if parsed.len() < keys.len() {
                problems.push(format!("keys.{name}: not every key is known"));
            }
            if !Command::ALL.iter().any(|command| command.name() == name) {
                problems.push(format!("keys.{name}: no such command"));
            }
            for (binding, keys) in &mut keymap.rows {
                if binding.command.name() == name && !matches!(binding.context, Context::Prompt) {
                    keys.clone_from(&parsed);
                }
            }
        }
        problems.extend(keymap.clashes());
        (keymap, problems)
    }

    /// What a key asks for in a context: the context's own row first, then, but for prompts and questions, the row that
    /// holds everywhere.
    #[must_use]
    pub fn command(&self, context: Context, key: Key) -> Option<Command> {
        let find = |wanted: Context| {
            self.rows
                .iter()
                .find(|(row, keys)| row.context == wanted && keys.contains(&key))
                .map(|(row, _)| row.command)
        };
        let closed = matches!(context, Context::Prompt | Context::Confirm);
        find(context)
            .or_else(|| if closed { None } else { find(Context::Global) })
            .or_else(|| find(Context::Global).filter(|command| *command == Command::Quit))
    }

    /// The rows of a context.
    pub fn of(&self, context: Context) -> impl Iterator<Item = &'static Binding> {
        self.rows.iter().map(|(row, _)| *row).filter(move |row| row.context == context)
    }

    /// The keys of a row as people read them: `j Down`.
    #[must_use]
    pub fn keys(&self, binding: &Binding) -> String {
        let keys = self.rows.iter().find(|(row, _)| std::ptr::eq(*row, binding)).map(|(_, keys)| keys.as_slice());
        keys.unwrap_or_default().iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Key and word of each hint of a context, its own first, then those that hold everywhere.
    #[must_use]
    pub fn hints(&self, context: Context) -> Vec<(String, &'static str)> {
        let closed =
            matches!(context, Context::Prompt | Context::Confirm | Context::Menu | Context::Page | Context::Reasons);
        let of = |wanted: Context| {
            self.rows
                .iter()
                .filter(move |(row, _)| row.context == wanted && !row.hint.is_empty())
                .filter_map(|(row, keys)| keys.first().map(|key| (key.to_string(), row.hint)))
        };
        let mut hints: Vec<_> = of(context).collect();
        if !closed {
            hints.extend(of(Context::Global));
        }
        hints
    }

    /// Keys that two rows of a context share.
    fn clashes(&self) -> Vec<String> {
        let mut seen: BTreeMap<(Context, String), &'static str> = BTreeMap::new();
        let mut problems = Vec::new();
        for (row, keys) in &self.rows {
            for key in keys {
                if let Some(other) = seen.insert((row.context, key.to_string()), row.command.name()) {
                    let place = row.context.title();
                    problems.push(format!("{place}: {key} is bound to {other} and to {}", row.command.name()));
                }
            }
        }
        problems
    }
}

/// The table as Markdown, for the README.
#[must_use]
pub fn markdown() -> String {
    let keymap = Keymap::default();
    let mut out = String::new();
    let mut context = None;
    let mut rows: Vec<&Binding> = BINDINGS.iter().collect();
    rows.sort_by_key(|row| row.context);
    for row in rows {
        if context != Some(row.context) {
            context = Some(row.context);
            let _ = write!(out, "\n### {}\n\n| key | what it does |\n|---|---|\n", row.context.title());
        }
        let keys: Vec<String> =
            keymap.keys(row).split(' ').map(|key| format!("`{}`", key.replace('|', "\\|"))).collect();
        let _ = writeln!(out, "| {} | {} |", keys.join(" "), row.help);
    }
    out.trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_is_bound_twice_in_a_context() {
        assert_eq!(Keymap::default().clashes(), Vec::<String>::new());
    }

    #[test]
    fn every_command_has_a_key_and_every_key_can_be_read() {
        let bound: BTreeSet<Command> = BINDINGS.iter().map(|row| row.command).collect();
        let missing: Vec<_> = Command::ALL.iter().filter(|command| !bound.contains(command)).collect();
        assert!(missing.is_empty(), "{missing:?} cannot be reached");
        for row in BINDINGS {
            assert!(!row.keys.is_empty(), "{row:?}");
            for key in row.keys {
                assert!(Key::parse(key).is_some(), "{key} of {row:?}");
            }
        }
    }

    #[test]
    fn helps_are_short_sentences_and_hints_are_words() {
        for row in BINDINGS {
            assert!(!row.help.is_empty() && row.help.chars().count() <= 40, "{}", row.help);
            assert!(row.hint.chars().count() <= 16, "{}", row.hint);
        }
    }

    #[test]
    fn no_screen_shadows_a_key_that_holds_everywhere() {
        let global: BTreeSet<_> =
            BINDINGS.iter().filter(|row| row.context == Context::Global).flat_map(|row| row.keys).collect();
        for row in BINDINGS.iter().filter(|row| matches!(row.context, Context::Screen(_))) {
            for key in row.keys {
                assert!(!global.contains(key), "{key} of {} hides the one that holds everywhere", row.context.title());
            }
        }
    }

    #[test]
    fn the_configuration_moves_a_command_and_is_told_what_it_broke() {
        let (keymap, problems) = Keymap::with(&BTreeMap::from([("sort".to_owned(), vec!["z".to_owned()])]));
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(keymap.command(SESSIONS, Key::parse("z").unwrap()), Some(Command::Sort));
        assert_eq!(keymap.command(SESSIONS, Key::parse("s").unwrap()), None);
        let (_, problems) = Keymap::with(&BTreeMap::from([
            ("sort".to_owned(), vec!["S".to_owned()]),
            ("nonsense".to_owned(), vec!["hello".to_owned()]),
        ]));
        assert_eq!(problems.len(), 4, "{problems:?}");
    }

    #[test]
    fn a_prompt_owns_every_key_but_the_one_that_always_ends() {
        let keymap = Keymap::default();
        assert_eq!(keymap.command(Context::Prompt, Key::parse("q").unwrap()), None);
        assert_eq!(keymap.command(Context::Prompt, Key::parse("C-c").unwrap()), Some(Command::Quit));
        assert_eq!(keymap.command(Context::Confirm, Key::parse("C-c").unwrap()), Some(Command::Quit));
    }
}
