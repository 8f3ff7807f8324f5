//! Writes files: texts, bytes, reports and packets. What is there already is never touched.

use crate::base::counted;
use crate::capture::{FrameEntry, PcapngWriter, Snapshot, Store, create_private, export_stream};
use crate::report::{follow, json, markdown, text};
use crate::session::{FrameNumber, Session, StreamId};
use crate::tui::app::Msg;
use crate::tui::effect::{Content, ReportFormat};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes the file and tells what came of it.
pub(super) fn write(content: Content, path: PathBuf, store: Option<&dyn Store>) -> Msg {
    match create_private(&path).and_then(|file| fill(&file, &content, &path, store)) {
        Ok(what) => {
            let place = std::path::absolute(&path).unwrap_or(path);
            Msg::Done(format!("wrote {what} to {}", place.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Msg::Exists(path, Box::new(content)),
        Err(error) => Msg::Problem(format!("{} was not written: {error}", path.display())),
    }
}

/// Writes into the new file; what cannot be finished is taken away again.
fn fill(file: &File, content: &Content, path: &Path, store: Option<&dyn Store>) -> io::Result<String> {
    let written = match content {
        Content::Packets { streams, snapshot } => packets(file, streams, snapshot, store),
        Content::Raw(followed, wanted) => followed_into(file, |out| {
            let count = follow::raw(&followed.follow, *wanted, out)?;
            Ok(format!("{count} B"))
        }),
        Content::Body(followed, id) => followed_into(file, |out| {
            let message = followed.message(*id).ok_or_else(|| io::Error::other("the message is gone"))?;
            let (count, problem) = followed.follow.write_body(message, out)?;
            Ok(format!("{count} B{}", problem.map(|text| format!(" ({text})")).unwrap_or_default()))
        }),
        other => bytes(other).and_then(|bytes| {
            let mut file = file;
            file.write_all(&bytes)?;
            Ok(format!("{} B", bytes.len()))
        }),
    };
    let written = written.and_then(|what| file.sync_all().map(|()| what));
    if written.is_err() {
        // It is ours: it was not there a moment ago.
        let _ = std::fs::remove_file(path);
    }
    written
}

/// Data that is made while it is written: there may be more of it than memory.
fn followed_into(file: &File, fill: impl FnOnce(&mut dyn Write) -> io::Result<String>) -> io::Result<String> {
    let mut out = BufWriter::new(file);
    let what = fill(&mut out)?;
    out.flush()?;
    Ok(what)
}

fn bytes(content: &Content) -> io::Result<Vec<u8>> {
    match content {
        Content::Text(text) => Ok(text.clone().into_bytes()),
        Content::Bytes(bytes) => Ok(bytes.to_vec()),
        Content::Report { streams, format, snapshot } => report(&chosen(streams, snapshot), *format),
        Content::Packets { .. } | Content::Raw(..) | Content::Body(..) => Ok(Vec::new()),
    }
}

/// The sessions of these streams, in the order of the capture.
fn chosen<'a>(streams: &[StreamId], snapshot: &'a Snapshot) -> Vec<&'a Session> {
    let wanted: HashSet<_> = streams.iter().collect();
    let sessions = snapshot.sessions.iter().map(|session| &**session);
    sessions.filter(|session| wanted.contains(&session.stream)).collect()
}

fn report(sessions: &[&Session], format: ReportFormat) -> io::Result<Vec<u8>> {
    let joined = |write: &dyn Fn(&Session) -> String| {
        let texts: Vec<_> = sessions.iter().map(|session| write(session)).collect();
        Ok(texts.join("\n").into_bytes())
    };
    match format {
        ReportFormat::Json => {
            let mut lines = json::Lines::new(Vec::new());
            for session in sessions {
                lines.session(session)?;
            }
            lines.finish()
        }
        ReportFormat::Text => joined(&|session| text::session(session, text::Style { color: false })),
        ReportFormat::Markdown => joined(&markdown::session),
    }
}

/// All frames of the streams, those before TLS began included, with the secrets of these sessions and no others.
fn packets(file: &File, streams: &[StreamId], snapshot: &Snapshot, store: Option<&dyn Store>) -> io::Result<String> {
    let store = store.ok_or_else(|| io::Error::other("the capture cannot be read again"))?;
    let sessions = chosen(streams, snapshot);
    let first = sessions.iter().map(|session| session.stream_first_frame).min().unwrap_or(1);
    let last = sessions.iter().map(|session| session.last_frame).max().unwrap_or(0);
    let wanted: HashSet<StreamId> = sessions.iter().map(|session| session.stream).collect();
    let belongs = |entry: &FrameEntry| entry.stream().is_some_and(|stream| wanted.contains(&stream));
    let range = snapshot.frames.from(first).take_while(|(number, _): &(FrameNumber, _)| *number <= last);
    // What leaves the ring of files while others are written is left out as well.
    let is_there = |entry: &FrameEntry| entry.position >= store.oldest();
    let frames = range.map(|(_, entry)| entry).filter(|entry| belongs(entry) && is_there(entry));
    let mut writer = PcapngWriter::new(BufWriter::new(file))?;
    let keys: String = sessions.iter().map(|session| session.key_log(&snapshot.secrets)).collect();
    if !keys.is_empty() {
        writer.key_log(keys.as_bytes())?;
    }
    let count = export_stream(&mut writer, store, frames)?;
    writer.finish()?.flush()?;
    let keys = if keys.is_empty() { "" } else { " with their secrets" };
    let first = |session: &&&Session| snapshot.frames.frame(session.stream_first_frame);
    let bare = sessions.iter().filter(|session| !first(session).is_some_and(is_there)).count();
    let lacking = if bare == 0 { "" } else { "; the first packets are there no more of " };
    let lacking = if bare == 0 { String::new() } else { format!("{lacking}{}", counted(bare, "session")) };
    Ok(format!("{}{keys}{lacking}", counted(count, "packet")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Dissector, Input, Sample, Settings, open};
    use std::sync::Arc;

    /// A sample read to its end.
    fn sample(name: &str) -> (Arc<Snapshot>, Arc<dyn Store>) {
        let mut opened = open(&[Input::Sample(Sample::named(name).unwrap())], true).unwrap();
        let mut dissector = Dissector::new(Settings::SCREEN);
        while let Some(packet) = opened.source.next_packet() {
            dissector.push(&packet);
        }
        dissector.finish();
        let snapshot =
            Snapshot { frames: dissector.frames().clone(), sessions: dissector.sessions(), ..Snapshot::default() };
        (Arc::new(snapshot), opened.store.unwrap())
    }

    fn done(msg: &Msg) -> bool {
        matches!(msg, Msg::Done(_))
    }

    #[test]
    fn packets_of_a_session_can_be_opened_again_with_the_same_session_in_them() {
        let (snapshot, store) = sample("resumption-tls12");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("second.pcapng");
        let session = &snapshot.sessions[1];
        let content = Content::Packets { streams: vec![session.stream], snapshot: Arc::clone(&snapshot) };
        let msg = write(content, path.clone(), Some(&*store));
        assert!(matches!(&msg, Msg::Done(text) if text.contains("packets to /")), "{msg:?}");
        let mut source = open(&[Input::Path(path)], false).unwrap().source;
        let mut dissector = Dissector::new(Settings::SCREEN);
        while let Some(packet) = source.next_packet() {
            dissector.push(&packet);
        }
        dissector.finish();
        let again = dissector.sessions();
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].client_hellos[0].item, session.client_hellos[0].item);
        assert_eq!((again[0].frames, again[0].bytes), (session.frames, session.bytes));
        assert_eq!(source.take_key_logs(), [] as [Vec<u8>; 0]);
    }

    #[test]
    fn the_secrets_of_a_session_go_with_it_and_no_others() {
        let (snapshot, store) = sample("resumption-tls12");
        let mut dissector = Dissector::new(Settings::SCREEN);
        dissector.read_key_log(Sample::named("resumption-tls12").unwrap().keys.as_bytes());
        let snapshot = Arc::new(Snapshot { secrets: dissector.secrets(), ..Snapshot::clone(&snapshot) });
        let folder = tempfile::tempdir().unwrap();
        for (index, session) in snapshot.sessions.iter().enumerate() {
            let path = folder.path().join(format!("{index}.pcapng"));
            let content = Content::Packets { streams: vec![session.stream], snapshot: Arc::clone(&snapshot) };
            let msg = write(content, path.clone(), Some(&*store));
            assert!(matches!(&msg, Msg::Done(text) if text.contains("packets with their secrets to /")), "{msg:?}");
            let logs = open(&[Input::Path(path)], false).unwrap().source.take_key_logs();
            let [log] = logs.as_slice() else { panic!("{}", logs.len()) };
            let log = String::from_utf8_lossy(log);
            assert_eq!(log, session.key_log(&snapshot.secrets));
            assert_eq!(log.lines().count(), 1);
        }
    }

    #[test]
    fn every_form_is_written_and_nothing_is_overwritten() {
        let (snapshot, store) = sample("mutual-tls12");
        let folder = tempfile::tempdir().unwrap();
        let streams: Vec<_> = snapshot.sessions.iter().map(|session| session.stream).collect();
        for (name, format, begins) in [
            ("a.json", ReportFormat::Json, "{"),
            ("a.md", ReportFormat::Markdown, "### Session 1"),
            ("a.txt", ReportFormat::Text, ""),
        ] {
            let path = folder.path().join(name);
            let content = || Content::Report { streams: streams.clone(), format, snapshot: Arc::clone(&snapshot) };
            assert!(done(&write(content(), path.clone(), Some(&*store))));
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.len() > 100 && text.starts_with(begins), "{text}");
            let msg = write(Content::Text("other".to_owned()), path.clone(), None);
            assert!(matches!(msg, Msg::Exists(at, _) if at == path));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn what_goes_wrong_is_told_in_words_and_leaves_no_file() {
        let (snapshot, _) = sample("one-way-tls12");
        let folder = tempfile::tempdir().unwrap();
        let streams = vec![snapshot.sessions[0].stream];
        let path = folder.path().join("none.pcapng");
        let msg = write(Content::Packets { streams, snapshot }, path.clone(), None);
        assert!(matches!(&msg, Msg::Problem(text) if text.contains("cannot be read again")), "{msg:?}");
        assert!(!path.exists());
        let nowhere = folder.path().join("no/such/folder/x");
        assert!(matches!(write(Content::Text(String::new()), nowhere, None), Msg::Problem(_)));
    }

    #[test]
    fn a_link_in_the_way_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("victim"), &path).unwrap();
        assert!(matches!(write(Content::Text("x".to_owned()), path, None), Msg::Exists(..)));
        assert!(!folder.path().join("victim").exists());
    }
}
