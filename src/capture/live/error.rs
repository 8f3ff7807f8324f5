//! Why there is no live capture, and what helps.

use super::privileges::how_to_permit;
use crate::base::printable;
use std::path::PathBuf;

/// Why something about live capture could not be done. The text is for the person who asked for it: each says what,
/// why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// libpcap cannot be loaded.
    #[error("live capture needs libpcap, which cannot be loaded ({reason})\n{INSTALL}")]
    NoLibrary {
        /// What the system says about each name that was tried.
        reason: String,
    },
    /// The system does not let this user capture.
    #[error("cannot {action}: no permission ({reason})\n{}", how_to_permit())]
    NoPermission {
        /// What was to be done: "list the interfaces".
        action: String,
        /// What libpcap says.
        reason: String,
    },
    /// libpcap does not understand the filter.
    #[error("libpcap refuses the filter `{filter}`: {reason}")]
    Filter {
        /// What was to be filtered by.
        filter: String,
        /// What libpcap says.
        reason: String,
    },
    /// There is nobody to become of that name, or no right to.
    #[error("{reason}")]
    User {
        /// What is wrong.
        reason: String,
    },
    /// Rights could not be given up, so nothing is captured.
    #[error("the rights to capture cannot be given up ({reason}); tlslab decodes nothing with them")]
    Rights {
        /// What failed.
        reason: String,
    },
    /// A capture file cannot be made or written.
    #[error("cannot write {path}: {reason}", path = printable(&.path.to_string_lossy()))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// There is no room for more packets, so capturing has ended.
    #[error(
        "capturing has ended: cannot write {path}: {reason}; {}",
        if *lost == 0 { "everything that was captured is in the file".to_owned() }
        else { format!("the last {lost} packets that were captured are not in the file") },
        path = printable(&.path.to_string_lossy())
    )]
    Full {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
        /// How many packets were captured and not written.
        lost: u64,
    },
    /// All interfaces are gone, so capturing has ended.
    #[error("capturing has ended: {reason}; everything that was captured is in the file")]
    Gone {
        /// Which, and what libpcap says.
        reason: String,
    },
    /// The thread that captures cannot go on.
    #[error("capturing has ended by a fault: {reason}")]
    Fault {
        /// What failed.
        reason: String,
    },
    /// The process that lends interfaces says why it does not.
    #[error("{reason}")]
    NotLent {
        /// Its words.
        reason: String,
    },
    /// There is no interface of that name.
    #[error("cannot {action}: libpcap says: {reason}\n`tlslab interfaces` lists those that there are.")]
    NoDevice {
        /// What was to be done: "capture on eth9".
        action: String,
        /// What libpcap says.
        reason: String,
    },
    /// libpcap could not do it for another reason.
    #[error("cannot {action}: libpcap says: {reason}")]
    Failed {
        /// What was to be done: "list the interfaces".
        action: String,
        /// What libpcap says.
        reason: String,
    },
}

const INSTALL: &str = if cfg!(target_feature = "crt-static") {
    "This build is statically linked and cannot load libraries: use one that is not.
Capture files are read without libpcap."
} else {
    "Install it and try again:
  Debian, Ubuntu   apt install libpcap0.8
  Fedora           dnf install libpcap
  Alpine           apk add libpcap
  Arch             pacman -S libpcap
Capture files are read without libpcap."
};

impl LiveError {
    /// The same, where it tells how many packets were captured and not written.
    pub(super) fn with_lost(self, lost: u64) -> Self {
        if let Self::Full { path, reason, .. } = self { Self::Full { path, reason, lost } } else { self }
    }

    /// What libpcap's refusal means. Its errors are texts; the system's own words for a missing permission are in them.
    pub(super) fn refused(action: &str, reason: &str) -> Self {
        let (action, reason) = (action.to_owned(), printable(reason));
        let lower = reason.to_lowercase();
        if ["not permitted", "permission", "access is denied", "cap_net_raw"].iter().any(|words| lower.contains(words))
        {
            Self::NoPermission { action, reason }
        } else if lower.contains("no such device") {
            Self::NoDevice { action, reason }
        } else {
            Self::Failed { action, reason }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_why_and_what_to_do() {
        let missing = LiveError::NoLibrary { reason: "libpcap.so.1: no such file".to_owned() };
        for (error, parts) in [
            (missing, &["libpcap.so.1: no such file", "Capture files are read without"][..]),
            (
                LiveError::refused("open eth0", "libpcap error: eth0: socket: Operation not permitted"),
                &["cannot open eth0: no permission", "socket: Operation not permitted"],
            ),
            (
                LiveError::refused("open eth0", "eth0: You don't have permission to capture on that device"),
                &["cannot open eth0: no permission"],
            ),
            (
                LiveError::refused("open eth9", "No such device\u{1b}"),
                &["cannot open eth9: libpcap says: No such device\\x1b", "`tlslab interfaces` lists"],
            ),
        ] {
            let text = error.to_string();
            for part in parts {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
    }

    #[test]
    fn the_package_is_named_for_each_system() {
        if cfg!(not(target_feature = "crt-static")) {
            for words in ["Debian", "libpcap0.8", "Fedora", "Alpine", "Arch"] {
                assert!(INSTALL.contains(words), "{words}");
            }
        }
    }
}
