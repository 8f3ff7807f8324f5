//! What was done so far: which scenarios were played, and what the answers to their questions were worth.

use std::collections::BTreeMap;
use toml::{Table, Value};

/// What became of a scenario, the later the better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Not looked at yet.
    #[default]
    NotYet,
    /// Played to the end.
    Played,
    /// Questions were answered, and not all points were had.
    Partly,
    /// All points.
    Solved,
}

impl Mark {
    const ALL: [Self; 4] = [Self::NotYet, Self::Played, Self::Partly, Self::Solved];

    fn word(self) -> &'static str {
        match self {
            Self::NotYet => "not-yet",
            Self::Played => "played",
            Self::Partly => "partly",
            Self::Solved => "solved",
        }
    }
}

/// What is remembered of one scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// How far it came.
    pub mark: Mark,
    /// The points that were had, the best of all times.
    pub points: u32,
}

/// What is remembered, by the names of scenarios.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    records: BTreeMap<String, Record>,
}

impl Progress {
    /// What is remembered of a scenario.
    #[must_use]
    pub fn of(&self, id: &str) -> Record {
        self.records.get(id).copied().unwrap_or_default()
    }

    /// Notes how far a scenario came. Whether that is news.
    pub fn mark(&mut self, id: &str, mark: Mark) -> bool {
        let record = self.records.entry(id.to_owned()).or_default();
        let better = mark > record.mark;
        record.mark = record.mark.max(mark);
        better
    }

    /// Notes points. Whether that is news.
    pub fn points(&mut self, id: &str, points: u32, of: u32) -> bool {
        let record = self.records.entry(id.to_owned()).or_default();
        let better = points > record.points;
        record.points = record.points.max(points);
        self.mark(id, if points >= of { Mark::Solved } else { Mark::Partly }) || better
    }

    /// As a file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut table = Table::new();
        for (id, record) in &self.records {
            let mut row = Table::new();
            row.insert("mark".to_owned(), record.mark.word().into());
            row.insert("points".to_owned(), i64::from(record.points).into());
            table.insert(id.clone(), Value::Table(row));
        }
        format!("# What was done in the lab of tlslab. Deleting this file forgets it.\n\n{table}")
    }

    /// From a file. What cannot be read is left out: it was written by us, or it is none of ours.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let table: Table = text.parse().unwrap_or_default();
        let record = |value: &Value| {
            let mark = value.get("mark")?.as_str()?;
            let mark = Mark::ALL.into_iter().find(|known| known.word() == mark)?;
            let points = value.get("points").and_then(Value::as_integer).unwrap_or(0);
            Some(Record { mark, points: u32::try_from(points).unwrap_or(0) })
        };
        let records = table.iter().filter_map(|(id, value)| Some((id.clone(), record(value)?))).collect();
        Self { records }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_comes_back_and_only_gets_better() {
        let mut progress = Progress::default();
        assert!(progress.mark("a", Mark::Played));
        assert!(!progress.mark("a", Mark::Played));
        assert!(progress.points("b", 3, 5) && progress.points("b", 5, 5) && !progress.points("b", 1, 5));
        assert_eq!(progress.of("b"), Record { mark: Mark::Solved, points: 5 });
        assert_eq!(Progress::parse(&progress.text()), progress);
        assert_eq!(Progress::parse("nonsense = "), Progress::default());
    }
}
