//! The arguments of `live`.

use super::{BasisArguments, KeyArguments, Look};
use crate::capture::{CaptureDirection, RingShape};
use bytesize::ByteSize;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// What `live` is told.
#[derive(Args, Debug)]
pub(in super::super) struct LiveArguments {
    /// No screens: print sessions when they have ended as NDJSON, one object a line, and a summary at the end
    #[arg(long)]
    pub(in super::super) headless: bool,

    /// An interface to capture from; may be given several times [default: the first of `tlslab interfaces`]
    ///
    /// lo is what the machine sends to itself; any, on Linux, stands for all.
    #[arg(long, short, value_name = "IFACE")]
    pub(in super::super) interface: Vec<String>,

    /// Only packets that this filter of libpcap lets through, such as 'tcp port 443'
    #[arg(long, short = 'f', value_name = "BPF", default_value = "", hide_default_value = true)]
    pub(in super::super) capture_filter: String,

    /// Keep the packets in this file, a pcapng; one that is there stays as it is
    ///
    /// Without it, they go to a private temporary folder, the newest 128 MiB of them, which is removed when the capture
    /// has ended well.
    #[arg(long, short, value_name = "OUT")]
    pub(in super::super) write: Option<PathBuf>,

    /// Write a ring of files OUT-1 to OUT-N in which the oldest gives way to the newest, such as size=64MiB,files=8
    ///
    /// A file is full after a size, a time (time=10min), or whichever comes first. Without files=N there are 2.
    #[arg(long, value_name = "SPEC")]
    pub(in super::super) ring: Option<Ring>,

    /// Cut packets to so many bytes
    #[arg(long, value_name = "BYTES", default_value_t = 262_144, value_parser = clap::value_parser!(u32).range(64..=262_144))]
    pub(in super::super) snaplen: u32,

    /// How much the system may keep for each interface until it is read
    #[arg(long, value_name = "MiB", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(in super::super) buffer: u32,

    /// Leave packets alone that are for other machines
    #[arg(long)]
    pub(in super::super) no_promiscuous: bool,

    /// Which way packets go that are captured
    #[arg(long, value_enum, default_value_t)]
    pub(in super::super) direction: Direction,

    /// Sessions that stay on the screen; of more, those that ended first leave it [default: 20000]
    ///
    /// Sessions that have not ended, that are marked or selected stay. Packets are in the capture files as before.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "headless")]
    pub(in super::super) keep: Option<u32>,

    /// End after this time, such as 90s or '1h 30min'
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(in super::super) duration: Option<Duration>,

    /// End after so many packets
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(in super::super) count: Option<u64>,

    /// Print sessions that have changed and not ended too, as often as this, with "open":true in front
    #[arg(long, value_name = "TIME", value_parser = time, requires = "headless")]
    pub(in super::super) interval: Option<Duration>,

    /// Only sessions that match this expression; see `inspect`
    #[arg(long, value_name = "EXPR")]
    pub(in super::super) filter: Option<String>,

    /// Who root becomes once the interfaces are open [default: who called sudo, or nobody]
    #[arg(long, value_name = "NAME")]
    pub(in super::super) user: Option<String>,

    #[command(flatten)]
    pub(in super::super) look: Look,

    #[command(flatten)]
    pub(in super::super) keys: KeyArguments,

    #[command(flatten)]
    pub(in super::super) basis: BasisArguments,
}

/// Which way packets go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in super::super) enum Direction {
    /// Received by this machine
    In,
    /// Sent by this machine
    Out,
    /// Either
    #[default]
    Both,
}

impl From<Direction> for CaptureDirection {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::In => Self::In,
            Direction::Out => Self::Out,
            Direction::Both => Self::Both,
        }
    }
}

/// A span of time, as `90s` or `1h 30min`.
fn time(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|why| format!("{why}; write a number and a unit, as in 90s or '1h 30min'"))
}

/// What `--ring` is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Ring(pub(in super::super) RingShape);

impl FromStr for Ring {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut shape = RingShape { size: None, time: None, files: 2 };
        for part in text.split(',') {
            let (name, value) = part.split_once('=').ok_or_else(|| format!("`{part}` is not NAME=VALUE"))?;
            let wrong = |what: &str, why: &dyn std::fmt::Display| format!("`{value}` is no {what}: {why}");
            match name.trim() {
                "size" => {
                    let size: ByteSize = value.parse().map_err(|why| wrong("size", &why))?;
                    let least = Some(size.as_u64()).filter(|size| *size >= 1 << 16);
                    shape.size = Some(least.ok_or_else(|| wrong("size for a file", &"the least is 64 KiB"))?);
                }
                "time" => {
                    let time = time(value).map_err(|why| wrong("time", &why))?;
                    let least = Some(time).filter(|time| *time >= Duration::from_secs(1));
                    shape.time = Some(least.ok_or_else(|| wrong("time for a file", &"the least is 1s"))?);
                }
                "files" => {
                    let count = value.parse().ok().filter(|count| (2..=100).contains(count));
                    shape.files = count.ok_or_else(|| wrong("number of files", &"there can be 2 to 100"))?;
                }
                other => return Err(format!("`{other}` is none of size, time and files")),
            }
        }
        if shape.size.is_none() && shape.time.is_none() {
            return Err("it needs size=BYTES or time=TIME, so that a file is full at some time".to_owned());
        }
        Ok(Self(shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_full_after_a_size_or_a_time() {
        let shape =
            |size, time: Option<u64>, files| Ok(Ring(RingShape { size, time: time.map(Duration::from_secs), files }));
        for (text, expected) in [
            ("size=10MiB,files=5", shape(Some(10 << 20), None, 5)),
            ("time=1h", shape(None, Some(3600), 2)),
            ("files=3,time=90s,size=1GB", shape(Some(1_000_000_000), Some(90), 3)),
        ] {
            assert_eq!(text.parse(), expected, "{text}");
        }
        for (text, part) in [
            ("", "NAME=VALUE"),
            ("10MiB", "NAME=VALUE"),
            ("size=many", "no size"),
            ("size=1KiB", "64 KiB"),
            ("time=1", "no time"),
            ("time=soon", "as in 90s"),
            ("time=0s", "least is 1s"),
            ("size=1MiB,files=1", "2 to 100"),
            ("files=3", "needs size"),
            ("count=3", "none of"),
        ] {
            let refusal = text.parse::<Ring>().unwrap_err();
            assert!(refusal.contains(part), "{text}: {refusal}");
        }
    }
}
