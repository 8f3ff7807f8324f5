//! Where the panes of the lab lie: side by side where there is room, one after another where there is none.

use ratatui::layout::Rect;

/// A part of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Pane {
    /// The scenarios by groups.
    #[default]
    Scenarios,
    /// What the scenario is about, and what can be set.
    Prepare,
    /// The script, and the document's steps.
    Script,
    /// The messages so far.
    Wire,
    /// The checks of certificates.
    Checks,
}

impl Pane {
    /// All of them, in the order of Tab.
    pub(super) const ALL: [Self; 5] = [Self::Scenarios, Self::Prepare, Self::Script, Self::Wire, Self::Checks];

    /// What stands over it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Scenarios => "Scenarios",
            Self::Prepare => "Scenario",
            Self::Script => "Script",
            Self::Wire => "Ladder",
            Self::Checks => "Checks",
        }
    }

    /// Whether it shows a run.
    pub(super) fn is_of_run(self) -> bool {
        matches!(self, Self::Script | Self::Wire | Self::Checks)
    }
}

/// Where everything lies. What is not shown has no size.
#[derive(Clone, Debug, Default)]
pub(super) struct Regions {
    /// The panes with their headings.
    pub(super) panes: Vec<(Pane, Rect)>,
    /// The names of the panes of which one is shown.
    pub(super) tabs: Rect,
    /// What is said at this moment, where no pane shows it.
    pub(super) say: Rect,
    /// What each side says.
    pub(super) testimonies: Rect,
    /// Vertical lines between panes.
    pub(super) dividers: Vec<Rect>,
}

impl Regions {
    /// The lines of a pane below its heading.
    pub(super) fn body(&self, pane: Pane) -> Rect {
        let found = self.panes.iter().find(|(other, _)| *other == pane);
        found.map_or(Rect::ZERO, |(_, area)| {
            let heading = 1.min(area.height);
            Rect { y: area.y + heading, height: area.height - heading, ..*area }
        })
    }
}

/// From this size on a run shows its script beside its ladder.
const BESIDE: (u16, u16) = (100, 26);
/// From this size on the scenarios stay in sight all the time.
const WIDE: (u16, u16) = (150, 36);

fn fits(area: Rect, (width, height): (u16, u16)) -> bool {
    area.width >= width && area.height >= height
}

/// The layout for a size and the pane that has the focus.
pub(super) fn regions(area: Rect, focus: Pane, has_run: bool) -> Regions {
    match () {
        () if !fits(area, BESIDE) => levels(area, focus),
        () if !has_run => {
            let (left, divider, right) = columns(area, (area.width * 2 / 5).min(52));
            let panes = vec![(Pane::Scenarios, left), (Pane::Prepare, right)];
            Regions { panes, dividers: vec![divider], ..Regions::default() }
        }
        () if fits(area, WIDE) => {
            let (left, divider, right) = columns(area, (area.width / 5).clamp(30, 40));
            let mut regions = run(right, if focus == Pane::Prepare { Pane::Prepare } else { Pane::Script });
            regions.panes.insert(0, (Pane::Scenarios, left));
            regions.dividers.push(divider);
            regions
        }
        () => run(area, if focus.is_of_run() { Pane::Script } else { focus }),
    }
}

/// One pane at a time; a run keeps what is said in sight.
fn levels(area: Rect, focus: Pane) -> Regions {
    if !focus.is_of_run() {
        return Regions { panes: vec![(focus, area)], ..Regions::default() };
    }
    let (below, say) = if area.height < 20 { (4, 1) } else { (7, 3) };
    let tabs = Rect { height: 1.min(area.height), ..area };
    let below = u16::min(below, area.height.saturating_sub(tabs.height));
    // The script says it itself, and checks need the room.
    let say = if focus == Pane::Wire { say } else { 0 };
    let say = u16::min(say, area.height.saturating_sub(tabs.height + below));
    let height = area.height.saturating_sub(tabs.height + below + say);
    // The tabs stand in the place of the heading.
    let pane = Rect { height: height + tabs.height, ..area };
    let say = Rect { y: pane.bottom(), height: say, ..area };
    let testimonies = Rect { y: say.bottom(), height: below, ..area };
    Regions { panes: vec![(focus, pane)], tabs, say, testimonies, ..Regions::default() }
}

/// Script and ladder above, testimonies and checks below.
fn run(area: Rect, first: Pane) -> Regions {
    let above = area.height * 3 / 5;
    let top = Rect { height: above, ..area };
    let bottom = Rect { y: area.y + above, height: area.height - above, ..area };
    let (left, divider, right) = columns(top, top.width * 9 / 20);
    let (testimonies, below, checks) = columns(bottom, bottom.width * 11 / 20);
    let panes = vec![(first, left), (Pane::Wire, right), (Pane::Checks, checks)];
    Regions { panes, testimonies, dividers: vec![divider, below], ..Regions::default() }
}

fn columns(area: Rect, width: u16) -> (Rect, Rect, Rect) {
    let left = Rect { width: width.min(area.width), ..area };
    let divider = Rect { x: left.right(), width: 1.min(area.width - left.width), ..area };
    let right = Rect { x: divider.right(), width: area.right().saturating_sub(divider.right()), ..area };
    (left, divider, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_lies_inside_and_the_focus_is_always_shown() {
        for (width, height) in [(60, 14), (80, 22), (100, 32), (160, 43), (200, 48), (1, 1), (0, 0), (300, 10)] {
            let area = Rect::new(0, 1, width, height);
            for focus in Pane::ALL {
                for has_run in [false, true] {
                    if !has_run && focus.is_of_run() {
                        continue;
                    }
                    let regions = regions(area, focus, has_run);
                    assert!(regions.panes.iter().any(|(pane, _)| *pane == focus), "{width}x{height} {focus:?}");
                    let rects = regions.panes.iter().map(|(_, rect)| *rect);
                    for rect in rects.chain([regions.tabs, regions.say, regions.testimonies]) {
                        assert!(rect == Rect::ZERO || area.union(rect) == area, "{width}x{height} {focus:?} {rect:?}");
                    }
                }
            }
        }
    }
}
