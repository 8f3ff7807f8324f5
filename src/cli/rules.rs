//! `tlslab rules`: by which rules sessions are judged.

use super::arguments::{Rules, RulesFormat};
use super::{Failure, Status, put};
use crate::base::{nearest, printable};
use crate::report;
use crate::session::rule::{Rule, rule, rules};

pub(super) fn run(arguments: &Rules) -> Result<Status, Failure> {
    let chosen = arguments.id.as_deref().map(found).transpose()?;
    let text = match (arguments.format, chosen) {
        (RulesFormat::Text, Some(rule)) => report::rules::text(rule),
        (RulesFormat::Text, None) => report::rules::list(),
        (RulesFormat::Json, Some(rule)) => report::json::rules(&[rule]),
        (RulesFormat::Json, None) => report::json::rules(&rules().collect::<Vec<_>>()),
        (RulesFormat::Markdown, Some(rule)) => report::rules::page_of(rule),
        (RulesFormat::Markdown, None) => report::rules::markdown(),
    };
    put(text.as_bytes())
}

fn found(id: &str) -> Result<&'static Rule, Failure> {
    rule(id).ok_or_else(|| {
        let guess = nearest(&id.to_uppercase(), rules().map(|rule| rule.id));
        let guess = guess.map(|guess| format!("; did you mean {guess}?")).unwrap_or_default();
        Failure::Usage(format!("there is no rule {}{guess}", printable(id)))
    })
}
