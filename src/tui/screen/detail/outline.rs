//! Which fields of a tree are in sight: folding, and moving over what is left.
//!
//! What is folded is kept by the path of field names, so it holds for the same field of another message and session.

use crate::base::Tree;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The fields of one tree, as they are folded.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The path of each field, hashed.
    paths: Vec<u64>,
    /// The field that each is a part of.
    parents: Vec<Option<usize>>,
    /// Whether each has parts.
    branches: Vec<bool>,
    /// Whether each is folded when nobody said otherwise.
    folded: Vec<bool>,
    /// The fields in sight.
    visible: Vec<usize>,
}

/// What was folded and unfolded by hand, by path.
#[derive(Debug, Default)]
pub(super) struct Folding {
    by_hand: HashMap<u64, bool>,
    /// Everything folded or everything unfolded, but for what was changed by hand since.
    all: Option<bool>,
}

impl Outline {
    /// The outline of a tree.
    pub(super) fn new(tree: &Tree, folding: &Folding) -> Self {
        let nodes = tree.nodes();
        let mut outline = Self::default();
        let mut above: Vec<usize> = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            above.truncate(usize::from(node.depth));
            let parent = above.last().copied();
            let mut hasher = DefaultHasher::new();
            parent.and_then(|parent| outline.paths.get(parent)).hash(&mut hasher);
            node.field.name.hash(&mut hasher);
            outline.paths.push(hasher.finish());
            outline.parents.push(parent);
            outline.branches.push(nodes.get(index + 1).is_some_and(|next| next.depth > node.depth));
            above.push(index);
        }
        outline.folded = vec![true; nodes.len()];
        outline.unfold_at_first(tree);
        outline.refresh(folding);
        outline
    }

    /// At first the last root is open (the message; the record around it is not), and in it what has parts with parts:
    /// lists of extensions, not lists of numbers.
    fn unfold_at_first(&mut self, tree: &Tree) {
        let nodes = tree.nodes();
        let last = nodes.iter().rposition(|node| node.depth == 0).unwrap_or(0);
        let mut open = vec![false; nodes.len()];
        for (index, parent) in self.parents.iter().enumerate() {
            let (Some(parent), Some(true)) = (parent, self.branches.get(index)) else { continue };
            let near = nodes.get(*parent).is_some_and(|node| node.depth == 1);
            if let Some(open) = open.get_mut(*parent).filter(|_| near && index > last) {
                *open = true;
            }
        }
        for (index, folded) in self.folded.iter_mut().enumerate() {
            *folded = index != last && !open.get(index).copied().unwrap_or(false);
        }
    }

    /// Whether a field has parts.
    pub(super) fn is_branch(&self, index: usize) -> bool {
        self.branches.get(index).copied().unwrap_or(false)
    }

    /// Whether a field's parts are out of sight.
    pub(super) fn is_folded(&self, index: usize, folding: &Folding) -> bool {
        let by_hand = self.paths.get(index).and_then(|path| folding.by_hand.get(path)).copied();
        by_hand.or(folding.all).unwrap_or_else(|| self.folded.get(index).copied().unwrap_or(false))
    }

    /// Folds or unfolds one field.
    pub(super) fn fold(&mut self, index: usize, folded: bool, folding: &mut Folding) {
        if let Some(path) = self.paths.get(index) {
            folding.by_hand.insert(*path, folded);
        }
        self.refresh(folding);
    }

    /// Folds or unfolds everything.
    pub(super) fn fold_all(&mut self, folded: bool, folding: &mut Folding) {
        folding.by_hand.clear();
        folding.all = Some(folded);
        self.refresh(folding);
    }

    /// Unfolds what hides a field.
    pub(super) fn reveal(&mut self, index: usize, folding: &mut Folding) {
        let mut above = self.parent(index);
        let mut hidden = false;
        while let Some(parent) = above {
            if self.is_folded(parent, folding) {
                hidden = true;
                if let Some(path) = self.paths.get(parent) {
                    folding.by_hand.insert(*path, false);
                }
            }
            above = self.parent(parent);
        }
        if hidden {
            self.refresh(folding);
        }
    }

    /// The field that a field is a part of.
    pub(super) fn parent(&self, index: usize) -> Option<usize> {
        self.parents.get(index).copied().flatten()
    }

    /// The fields in sight, from top to bottom.
    pub(super) fn visible(&self) -> &[usize] {
        &self.visible
    }

    /// The row of a field, or of the one in sight that it is a part of.
    pub(super) fn row_of(&self, index: usize) -> usize {
        self.visible.partition_point(|visible| *visible <= index).saturating_sub(1)
    }

    /// The path of a field, and how many fields before it have the same.
    pub(super) fn place(&self, index: usize) -> Option<(u64, usize)> {
        let path = *self.paths.get(index)?;
        Some((path, self.paths.iter().take(index).filter(|other| **other == path).count()))
    }

    /// The field at a place; the first of that path where there are fewer.
    pub(super) fn at_place(&self, (path, nth): (u64, usize)) -> Option<usize> {
        let mut alike = self.paths.iter().enumerate().filter(|(_, other)| **other == path).map(|(index, _)| index);
        let first = alike.next()?;
        if nth == 0 { Some(first) } else { alike.nth(nth - 1).or(Some(first)) }
    }

    fn refresh(&mut self, folding: &Folding) {
        let mut visible = Vec::new();
        let mut hidden_by: Option<usize> = None;
        let mut depths: Vec<usize> = Vec::with_capacity(self.parents.len());
        for (index, parent) in self.parents.iter().enumerate() {
            let depth = parent.map_or(0, |parent| depths.get(parent).map_or(0, |depth| depth + 1));
            depths.push(depth);
            if hidden_by.is_some_and(|above| depth > above) {
                continue;
            }
            visible.push(index);
            hidden_by = (self.is_branch(index) && self.is_folded(index, folding)).then_some(depth);
        }
        self.visible = visible;
    }
}
