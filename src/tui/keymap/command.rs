//! What a key can ask for, and what each is called in the configuration.

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
    /// To the choice of interfaces to capture from.
    GoCapture = "go-capture";
    /// Asks which packets are to be captured.
    CaptureFilter = "capture-filter";
    /// Lets the list stand still, or go on.
    Pause = "pause";
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
