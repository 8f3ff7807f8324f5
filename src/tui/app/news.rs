//! Results of work outside that change nothing but the model.

use super::Msg;
use crate::tui::keys;
use crate::tui::live;
use crate::tui::model::{DetailState, FrameState, Model, Status};

/// Takes what came of work outside; what belongs to an earlier opening is let go.
pub(super) fn take_news(model: &mut Model, msg: Msg) {
    match msg {
        Msg::Resize(size) => model.size = size,
        Msg::Snapshot { job, snapshot, elapsed } if job == model.loading.job => {
            model.loading.elapsed = elapsed;
            model.take_or_hold(snapshot);
        }
        Msg::LoadFailed { job, text } if job == model.loading.job => {
            model.status = Some(Status::problem(text.as_str()));
            model.load_problem = Some(text);
        }
        Msg::Detail { job, stream, result } if job == model.loading.job && model.detail.stream() == Some(stream) => {
            model.detail = DetailState::from(stream, result);
        }
        Msg::AsSent { job, stream, result } if job == model.loading.job && model.sent.stream() == Some(stream) => {
            model.sent = DetailState::from(stream, result);
        }
        Msg::Frame { job, number, result } if job == model.loading.job => {
            model.frame = match result {
                Ok(dissection) => FrameState::Ready(number, dissection),
                Err(text) => FrameState::Failed(number, text),
            };
        }
        Msg::Frames(job, lines) if job == model.loading.job => model.frame_lines.take(lines),
        Msg::Keys { source, said } => {
            keys::take(&mut model.keys, source);
            model.status = said.map(|(tone, text)| Status { tone, text }).or_else(|| model.status.take());
        }
        Msg::Live(news) => live::take(model, news),
        Msg::Follow(news) => model.follow.take(news),
        Msg::Clock(now) => model.now = Some(now),
        Msg::Anchors(basis) => model.basis = Some(basis),
        Msg::Catalogue { catalogue, own, progress, problems } => {
            model.lab.problems = problems;
            let missing = model.lab.take_catalogue(catalogue, own, progress);
            let problem = missing.or_else(|| model.lab.problems.first().cloned());
            model.status = problem.map(Status::problem).or_else(|| model.status.take());
        }
        Msg::Done(text) => model.status = Some(Status::done(text)),
        Msg::Problem(text) => model.status = Some(Status::problem(text)),
        Msg::Broke(text) => {
            let text = format!("a fault of tlslab, please report it: {text}");
            if model.is_loading() {
                model.load_problem = Some(text.clone());
            }
            model.status = Some(Status::problem(text));
        }
        _ => {}
    }
}
