//! What is known of the interfaces, and what was chosen of them.

use crate::capture::{CaptureOptions, Interface, LiveOptions, Place, RingShape};

/// An interface, and how many bytes pass in a second, where that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The interface.
    pub interface: Interface,
    /// Bytes in a second, in both directions.
    pub rate: Option<u64>,
}

/// The choice of what to capture.
#[derive(Debug, Default)]
pub struct Picker {
    /// The interfaces of the machine.
    pub interfaces: Vec<Listed>,
    /// Why they cannot be listed: what, why, and what helps, a line each.
    pub unlisted: Option<String>,
    /// The same of a capture that did not begin, until something else is chosen.
    pub problem: Option<String>,
    /// The names of those that were chosen.
    pub chosen: Vec<String>,
    /// The filter of libpcap.
    pub filter: String,
    /// What libpcap says of a filter that is being typed: the filter, and what is wrong with it.
    pub checked: Option<(String, Option<String>)>,
    /// Whether a list was asked for and is not there yet.
    pub(crate) waits: bool,
}

/// News about interfaces.
#[derive(Clone, Debug)]
pub enum PickerNews {
    /// The interfaces as they are now, or why there are none.
    Listed(Result<Vec<Listed>, String>),
    /// What libpcap says of a filter.
    Checked(String, Option<String>),
    /// Nothing is captured, and why.
    Refused(String),
}

impl Picker {
    /// Takes news.
    pub(crate) fn take(&mut self, news: PickerNews) {
        match news {
            PickerNews::Listed(Ok(interfaces)) => {
                (self.interfaces, self.unlisted, self.waits) = (interfaces, None, false);
            }
            PickerNews::Listed(Err(text)) => (self.unlisted, self.waits) = (Some(text), false),
            PickerNews::Checked(filter, problem) => self.checked = Some((filter, problem)),
            PickerNews::Refused(text) => self.problem = Some(text),
        }
    }

    /// Chooses an interface, or takes the choice back.
    pub(crate) fn toggle(&mut self, name: String) {
        self.problem = None;
        match self.chosen.iter().position(|chosen| *chosen == name) {
            Some(place) => drop(self.chosen.remove(place)),
            None => self.chosen.push(name),
        }
    }

    /// Takes a filter.
    pub(crate) fn take_filter(&mut self, filter: String) {
        (self.filter, self.problem) = (filter, None);
    }

    /// What is to be captured: from what was chosen, or else from the interface under the cursor.
    #[must_use]
    pub fn options(&self, under_cursor: &str) -> LiveOptions {
        let interfaces = if self.chosen.is_empty() { vec![under_cursor.to_owned()] } else { self.chosen.clone() };
        LiveOptions {
            capture: CaptureOptions { interfaces, filter: self.filter.clone(), ..CaptureOptions::default() },
            place: Place { path: None, ring: Some(RingShape::SCRATCH) },
            ..LiveOptions::default()
        }
    }
}
