//! The command line as clap reads it. The texts here are `--help` and the manual page.

mod live;

pub(super) use live::LiveArguments;

use crate::base::Severity;
use crate::tui::theme::ThemeName;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Deserialize;
use std::ffi::OsString;
use std::path::PathBuf;

/// Opens packet captures and shows every TLS session in them
///
/// Without a command, opens the screens on FILE. `-` reads the capture from standard input.
#[derive(Debug, Parser)]
#[command(name = "tlslab", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub(super) struct Arguments {
    /// Capture files (pcap, pcapng; also compressed), read one after the other as one capture
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) look: Look,

    /// Print the configuration as it is in effect, ready to be put into the file that it names
    #[arg(long, exclusive = true)]
    pub(super) print_config: bool,

    #[command(flatten)]
    pub(super) keys: KeyArguments,

    #[command(flatten)]
    pub(super) basis: BasisArguments,

    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// How the screens look.
#[derive(Args, Debug)]
pub(super) struct Look {
    /// The theme of the screens; NO_COLOR in the environment means plain
    #[arg(long, value_name = "THEME", value_parser = theme())]
    pub(super) theme: Option<String>,

    /// Screens with signs from ASCII alone
    #[arg(long)]
    pub(super) ascii: bool,
}

fn theme() -> PossibleValuesParser {
    PossibleValuesParser::new(ThemeName::ALL.map(ThemeName::word))
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the TLS sessions of captures
    ///
    /// The exit status is 0 when all was read, 1 when --fail-on matched, 2 when a file could not be read.
    Inspect(Inspect),
    /// Play scenarios of the lab and hold them against what they expect
    ///
    /// The exit status is 0 when every run is as its scenario expects, 1 when one is not, 2 when a scenario cannot be
    /// read or played.
    Run(RunArguments),
    /// Print what the application said in a session, decrypted
    ///
    /// The exit status is 0 when it was printed, 2 when there is nothing to print, or it cannot be done.
    Follow(Follow),
    /// Take secrets out of captures, put them in, or leave them behind
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Capture from interfaces: open the screens on what happens, or print sessions with --headless
    ///
    /// It goes on until q, SIGINT or SIGTERM, --duration or --count. The exit status is 2 when it could not begin, or ended
    /// because no interface or no room on the disk was left.
    ///
    /// It needs libpcap and the right to capture, and says what gives it. Every right that is not needed any more is
    /// given up before the first packet is decoded: root becomes who called sudo, or nobody.
    Live(Box<LiveArguments>),
    /// List the interfaces that packets can be captured from
    ///
    /// Needs libpcap, which is loaded when it is there; the program says what to install when it is not.
    Interfaces(Interfaces),
    /// Tell what is wrong with scenario files of the lab
    ///
    /// The exit status is 0 when there are no problems, 1 when there are, 2 when a file could not be read.
    Check(Check),
    /// Open the screens in the lab: scenarios of one-way and mutual authentication, played step by step
    Lab(Lab),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// List the fields that filters can ask for
    Fields,
    /// Show the rules by which sessions are judged, or one of them
    Rules(Rules),
    /// Print the manual page
    Man,
    /// Lend interfaces to the screens, which have given up the right to open them; they start it themselves
    #[command(hide = true)]
    LendInterfaces {
        /// Who root becomes
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
    },
}

/// What `keys` is to do.
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Print the key logs that captures carry
    Extract(Extract),
    /// Write captures as one pcapng with the secrets inside that its sessions need, and no others
    ///
    /// Every packet is written with its time and link type; comments and other blocks of a pcapng are not.
    Embed(Embed),
    /// Write captures as one pcapng without secrets
    ///
    /// Every packet is written with its time and link type; comments and other blocks of a pcapng are not.
    Strip(Extract),
}

/// What `keys extract` and `keys strip` are told.
#[derive(Args, Debug)]
pub(super) struct Extract {
    /// Capture files; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,

    /// Where to write, for the owner alone; a file that is there stays as it is [default: standard output]
    #[arg(long, short, value_name = "OUT")]
    pub(super) output: Option<PathBuf>,
}

/// What `keys embed` is told.
#[derive(Args, Debug)]
pub(super) struct Embed {
    #[command(flatten)]
    pub(super) files: Extract,

    #[command(flatten)]
    pub(super) keys: KeyArguments,
}

/// What `inspect` is told.
#[derive(Args, Debug)]
pub(super) struct Inspect {
    /// Capture files, read one after the other as one capture; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,

    /// How sessions are written [default: text, or what the configuration says]
    #[arg(long, value_enum)]
    pub(super) format: Option<Format>,

    /// Only sessions that match this expression, such as 'result == failed and sni contains bank'
    ///
    /// `tlslab fields` lists what can be asked for.
    #[arg(long, value_name = "EXPR")]
    pub(super) filter: Option<String>,

    #[command(flatten)]
    pub(super) keys: KeyArguments,

    /// Check the signatures of all sessions, not only of the first 2048; a filter that asks for proofs does it too
    #[arg(long)]
    pub(super) all_signatures: bool,

    #[command(flatten)]
    pub(super) basis: BasisArguments,

    /// Exit with status 1 when something of at least this severity was found or remarked on a printed session or a file
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,

    /// When text is coloured; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_enum)]
    pub(super) color: Option<Color>,
}

/// What `run` is told.
#[derive(Args, Debug)]
pub(super) struct RunArguments {
    /// Scenarios: of the program by id or code (cert-expired, C1), others by the path of their file
    #[arg(value_name = "SCENARIO", required_unless_present_any = ["all", "list"])]
    pub(super) scenarios: Vec<PathBuf>,

    /// All scenarios of the program, a line for each run
    #[arg(long, conflicts_with = "scenarios")]
    pub(super) all: bool,

    /// Play nothing: print the scenarios of the program by groups, with their variants, and those that are planned
    #[arg(long, conflicts_with_all = ["scenarios", "all", "variant", "save"])]
    pub(super) list: bool,

    /// Only this variant
    #[arg(long, value_name = "VARIANT")]
    pub(super) variant: Option<String>,

    /// How runs, or the list, are written
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: ListFormat,

    /// Write each run into a folder of DIR: the capture with its keys inside, the key log, certificates and keys
    #[arg(long, value_name = "DIR")]
    pub(super) save: Option<PathBuf>,

    /// When text is coloured; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_enum, default_value_t)]
    pub(super) color: Color,
}

/// What protected records are opened with.
#[derive(Args, Debug)]
pub(super) struct KeyArguments {
    /// A TLS key log to open encrypted records with; may be given several times
    ///
    /// The file that SSLKEYLOGFILE names in the environment is read too.
    #[arg(long, value_name = "FILE")]
    pub(super) keylog: Vec<PathBuf>,

    /// The RSA private key of a server (PEM, DER or PKCS#12); may be given several times
    ///
    /// It opens sessions up to TLS 1.2 whose clients encrypted to it; those with forward secrecy need a key log. The
    /// password of an encrypted one is taken from TLSLAB_KEY_PASSWORD in the environment, or asked for.
    #[arg(long, value_name = "FILE")]
    pub(super) rsa_key: Vec<PathBuf>,

    /// A pre-shared key in hexadecimal digits, for one identity or for any; may be given several times
    ///
    /// An identity that is no plain text is written 0x and its digits.
    #[arg(long, value_name = "[IDENTITY:]HEX")]
    pub(super) psk: Vec<OsString>,

    /// Leave the TLS secrets alone that a capture carries
    #[arg(long)]
    pub(super) no_embedded_keys: bool,
}

/// What certificates are judged by.
#[derive(Args, Debug)]
pub(super) struct BasisArguments {
    /// Whom to trust when certificates are judged: mozilla, system, none, or a file or folder of certificates
    ///
    /// May be given several times. Mozilla's list comes with the program and counts unless a list is named here; files
    /// (PEM or DER) add to it. Chains are judged for the moment of the capture, and nothing is fetched.
    #[arg(long, value_name = "LIST|FILE")]
    pub(super) anchors: Vec<PathBuf>,

    /// A file with revocation lists (PEM or DER) that certificates are looked up in; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(super) crl: Vec<PathBuf>,

    /// A list of certificate transparency logs as browsers publish it (log_list.json, version 3), with whose keys signed
    /// certificate timestamps are checked; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(super) ct_logs: Vec<PathBuf>,

    /// Which certificates are judged; auto: those of sessions that failed, and the first 512 chains of others
    #[arg(long, value_enum, value_name = "WHICH", default_value_t)]
    pub(super) judge: Judge,
}

/// Which certificates are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Judge {
    /// Those of sessions that failed, and the first 512 chains of others
    #[default]
    Auto,
    /// All, which takes time in large captures
    All,
    /// None
    None,
}

/// What `follow` is told.
#[derive(Args, Debug)]
pub(super) struct Follow {
    /// Capture files, read one after the other as one capture; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,

    /// The number of the session, as `inspect` prints it [default: the only one]
    #[arg(long, short, value_name = "N")]
    pub(super) session: Option<u32>,

    /// How it is printed [default: http where it is spoken, else text]
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub(super) form: Option<As>,

    /// What who said
    #[arg(long, value_enum, value_name = "SIDE", default_value_t)]
    pub(super) direction: Side,

    /// Where to write, for the owner alone; a file that is there stays as it is [default: standard output]
    #[arg(long, short, value_name = "OUT")]
    pub(super) output: Option<PathBuf>,

    #[command(flatten)]
    pub(super) keys: KeyArguments,
}

/// How application data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum As {
    /// Record by record, made safe to print
    Text,
    /// Record by record, as a hex dump
    Hex,
    /// The bytes as they are
    Raw,
    /// Requests and responses of HTTP, with their bodies unpacked
    Http,
}

/// Whose data is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Side {
    /// What the client sent
    Client,
    /// What the server sent
    Server,
    /// Both, in the order of the capture
    #[default]
    Both,
}

/// What `interfaces` is told.
#[derive(Args, Debug)]
pub(super) struct Interfaces {
    /// How the interfaces are written
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: ListFormat,
}

/// What `check` is told.
#[derive(Args, Debug)]
pub(super) struct Check {
    /// Scenario files, or scenarios that come with the program, by their names or codes
    #[arg(value_name = "SCENARIO", required_unless_present_any = ["schema", "keywords"])]
    pub(super) scenarios: Vec<PathBuf>,

    /// Print the JSON Schema of scenario files, for editors
    #[arg(long, conflicts_with_all = ["scenarios", "keywords"])]
    pub(super) schema: bool,

    /// Print everything that can stand in a scenario file, as a page of Markdown
    #[arg(long, conflicts_with = "scenarios")]
    pub(super) keywords: bool,
}

/// What `lab` is told.
#[derive(Args, Debug)]
pub(super) struct Lab {
    /// The name or code of a scenario, such as five-steps or O1, or the path of a scenario file
    #[arg(value_name = "SCENARIO")]
    pub(super) scenario: Option<String>,

    /// Write NAME.lab.toml, a commented scenario to start from, and open nothing; a file that is there stays as it is
    #[arg(long, value_name = "NAME", conflicts_with_all = ["scenario", "theme", "ascii"])]
    pub(super) new: Option<String>,

    #[command(flatten)]
    pub(super) look: Look,
}

/// What `rules` is told.
#[derive(Args, Debug)]
pub(super) struct Rules {
    /// The id of a rule, such as CERT-01; all of them otherwise
    #[arg(value_name = "ID")]
    pub(super) id: Option<String>,

    /// How rules are written
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: RulesFormat,
}

/// How rules are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesFormat {
    /// For people: a line for each rule, or all about one
    #[default]
    Text,
    /// One JSON object
    Json,
    /// A page of Markdown with all of them
    Markdown,
}

/// How a list is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people: aligned columns
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// How sessions are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// For people: the facts and the ladder of each session
    #[default]
    Text,
    /// One JSON object for all that was read
    Json,
    /// One JSON object a line for each session, written when the session ends; at the end one for each finding of the
    /// whole capture, whose first name is `finding`
    Ndjson,
}

/// The severity that makes the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Something worth knowing
    Note,
    /// Something that a correct and complete capture would not show
    Warn,
    /// Something that cannot be read as the standard has it
    Error,
}

impl From<FailOn> for Severity {
    fn from(severity: FailOn) -> Self {
        match severity {
            FailOn::Note => Self::Note,
            FailOn::Warn => Self::Warn,
            FailOn::Error => Self::Error,
        }
    }
}

/// When text is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Color {
    #[default]
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }
}
