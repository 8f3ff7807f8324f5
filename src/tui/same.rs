//! Knowing again what was seen before, by what it is and not by what it holds.

use std::sync::Arc;

/// Something shared that is the same as itself alone. It is kept, for the address of what is gone may come to be that of
/// something else.
#[derive(Debug)]
pub(crate) struct Same<T>(Arc<T>);

impl<T> Same<T> {
    /// Keeps it, to be known again.
    pub(crate) fn of(shared: &Arc<T>) -> Self {
        Self(Arc::clone(shared))
    }
}

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self::of(&self.0)
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_not_the_same() {
        let known = Same::of(&Arc::new(1));
        // The first one is kept: nothing made later can have its address.
        assert!((0..100).all(|_| known != Same::of(&Arc::new(1))));
        let one = Arc::new(1);
        assert_eq!(Same::of(&one), Same::of(&one).clone());
    }
}
