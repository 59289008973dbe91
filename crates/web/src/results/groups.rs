//! The groups of an enterprise that follow from the classifications: size, section, and of whom most workers
//! are.

use domain::catalogue::Catalogue;
use domain::classification::{Classification, SizeScheme};
use domain::outcome::Breakdown;
use store::cases::CaseRecord;

/// The classifications by which enterprises are grouped, looked up once.
pub(super) struct Groups<'a> {
    activities: Option<&'a Classification>,
    sizes: Option<(&'a Classification, SizeScheme)>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(content: &'a Catalogue) -> Self {
        let sizes = content.classification("SIZE_BPS");
        let scheme = sizes.and_then(|sizes| sizes.size_scheme().ok().flatten());
        Groups { activities: content.classification("KBLI2020"), sizes: sizes.zip(scheme) }
    }

    /// The group of a record; `_U` if it is not known.
    pub(super) fn of(&self, record: &CaseRecord, by: Breakdown) -> String {
        let group = match by {
            Breakdown::Section => self.section(record.activity.as_deref()),
            Breakdown::Size => self.size(record.workers),
            Breakdown::Sex => Groups::sex(record.women, record.workers),
            Breakdown::Province | Breakdown::Provider => record.case.groups[by as usize].clone(),
        };
        group.unwrap_or_else(|| "_U".to_owned())
    }

    /// The section of an activity.
    pub(super) fn section(&self, activity: Option<&str>) -> Option<String> {
        let activities = self.activities?;
        let section = activities.ancestor_at(activities.find(activity?)?, 0)?;
        Some(activities.get(section).code.clone())
    }

    /// The class of so many workers.
    pub(super) fn size(&self, workers: Option<i64>) -> Option<String> {
        let (sizes, scheme) = self.sizes.as_ref()?;
        Some(sizes.get(scheme.class_of(workers? as f64)?).code.clone())
    }

    /// Are half of the workers or more women?
    pub(super) fn sex(women: Option<i64>, workers: Option<i64>) -> Option<String> {
        let (women, workers) = women.zip(workers.filter(|workers| *workers > 0))?;
        Some(if women * 2 >= workers { "women" } else { "men" }.to_owned())
    }
}
