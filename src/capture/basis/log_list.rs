//! Lists of certificate transparency logs as browsers publish them: version 3 of `log_list.json`.

use crate::base::printable;
use crate::x509::verify::{CtLog, Standing};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[derive(Deserialize)]
struct List {
    operators: Vec<Operator>,
}

#[derive(Deserialize)]
struct Operator {
    #[serde(default)]
    logs: Vec<Log>,
    /// Logs whose entries are read in another way (static CT); their timestamps are the same.
    #[serde(default)]
    tiled_logs: Vec<Log>,
}

#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    description: String,
    #[serde(rename = "log_id")]
    id: String,
    key: String,
    #[serde(default)]
    state: State,
    temporal_interval: Option<Interval>,
}

/// One of several; what is not here counts.
#[derive(Default, Deserialize)]
struct State {
    pending: Option<Since>,
    rejected: Option<Since>,
    retired: Option<Since>,
}

#[derive(Deserialize)]
struct Since {
    timestamp: String,
}

#[derive(Deserialize)]
struct Interval {
    start_inclusive: String,
    end_exclusive: String,
}

/// The logs of a list, and what is wrong with others; why there is no list otherwise.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<CtLog>, Vec<String>), String> {
    let list: List = serde_json::from_slice(bytes).map_err(|error| format!("this is no list of logs: {error}"))?;
    let (mut logs, mut faults) = (Vec::new(), Vec::new());
    for log in list.operators.into_iter().flat_map(|operator| operator.logs.into_iter().chain(operator.tiled_logs)) {
        match one(&log) {
            Ok(log) => logs.push(log),
            Err(why) => faults.push(format!("the log {} cannot be used: {why}", printable(&log.description))),
        }
    }
    Ok((logs, faults))
}

fn one(log: &Log) -> Result<CtLog, &'static str> {
    let decode = |text: &str| BASE64_STANDARD.decode(text);
    let key = decode(&log.key).map_err(|_| "its key is no base64")?.into();
    let interval = match &log.temporal_interval {
        Some(interval) => {
            let ends = seconds(&interval.start_inclusive).zip(seconds(&interval.end_exclusive));
            Some(ends.ok_or("its interval is unreadable")?)
        }
        None => None,
    };
    let made = CtLog { name: log.description.clone(), key, standing: standing(&log.state)?, interval };
    // Who has another key under the name of a log could sign in its place.
    if decode(&log.id).is_ok_and(|id| id == made.id()) { Ok(made) } else { Err("its key is not that of its log_id") }
}

fn standing(state: &State) -> Result<Standing, &'static str> {
    Ok(match state {
        State { retired: Some(since), .. } => {
            Standing::Retired(seconds(&since.timestamp).ok_or("the time of its end is unreadable")?)
        }
        State { rejected: Some(_), .. } => Standing::Rejected,
        State { pending: Some(_), .. } => Standing::Pending,
        _ => Standing::Counts,
    })
}

fn seconds(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key is any bytes here; whether it can be used is for whoever checks a signature.
    fn list(log_id: &str, more: &str) -> String {
        format!(
            r#"{{"version": "3.1", "operators": [{{"name": "Lab", "email": [], "logs": [
                {{"description": "Larch", "log_id": "{log_id}", "key": "AAEC", "url": "", "mmd": 86400{more}}}
            ], "tiled_logs": [{{"description": "Tile", "log_id": "{ID}", "key": "AAEC"}}]}}]}}"#
        )
    }

    /// SHA-256 of the three bytes of the key.
    const ID: &str = "rksygOVuL6+D9BSm49q+nV++GJdlRMBf7RIazLhbU/w=";

    #[test]
    fn what_a_list_says_of_a_log_is_read() {
        for (more, expected) in [
            ("", Ok((Standing::Counts, None))),
            (r#", "state": {"usable": {"timestamp": "2018-06-15T02:30:13Z"}}"#, Ok((Standing::Counts, None))),
            (r#", "state": {"pending": {"timestamp": "2018-06-15T02:30:13Z"}}"#, Ok((Standing::Pending, None))),
            (r#", "state": {"rejected": {"timestamp": "2018-06-15T02:30:13Z"}}"#, Ok((Standing::Rejected, None))),
            (r#", "state": {"retired": {"timestamp": "1970-01-02T00:00:00Z"}}"#, Ok((Standing::Retired(86_400), None))),
            (r#", "state": {"retired": {"timestamp": "soon"}}"#, Err("time of its end")),
            (
                r#", "temporal_interval": {"start_inclusive": "1970-01-01T00:00:00Z", "end_exclusive": "1970-01-02T00:00:00Z"}"#,
                Ok((Standing::Counts, Some((0, 86_400)))),
            ),
            (r#", "temporal_interval": {"start_inclusive": "", "end_exclusive": ""}"#, Err("interval")),
        ] {
            let (logs, faults) = read(list(ID, more).as_bytes()).unwrap();
            let (first, second) = (logs.first().unwrap(), logs.last().unwrap());
            assert_eq!(second.name, "Tile");
            match expected {
                Ok(facts) => assert_eq!(((first.standing, first.interval), faults.len()), (facts, 0), "{more}"),
                Err(why) => assert!(logs.len() == 1 && faults[0].contains(why), "{faults:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_list_is_said() {
        let (logs, faults) = read(list("AAEC", "").as_bytes()).unwrap();
        assert!(logs.len() == 1 && faults[0].contains("log_id"), "{faults:?}");
        for text in ["", "{}", "[]", "-----BEGIN CERTIFICATE-----"] {
            assert!(read(text.as_bytes()).unwrap_err().starts_with("this is no list of logs"), "{text}");
        }
    }
}
