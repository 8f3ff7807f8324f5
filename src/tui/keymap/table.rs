//! The one table of keys: where each holds, what it asks for, and what hints and help say of it.

use super::{Binding, Command, Context};
use crate::tui::screen::ScreenId;

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
const CAPTURE: Context = Context::Screen(ScreenId::Capture);
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
    row(SESSIONS, &["c"], C::Cancel, "", "stop reading or capturing, keep all"),
    row(SESSIONS, &["p"], C::Pause, "", "live: stand still, or go on"),
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
    // Capture
    row(CAPTURE, &["enter"], C::Enter, "capture", "begin to capture"),
    row(CAPTURE, &["space"], C::Mark, "choose", "choose the interface, one or several"),
    row(CAPTURE, &["f", "/"], C::CaptureFilter, "filter", "capture only what passes a filter"),
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
    row(GLOBAL, &["I"], C::GoCapture, "", "capture live: choose interfaces"),
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
