//! What the public pages show is data: `front.toml` names dataset, measure and dimension.

use std::sync::LazyLock;

use serde::Deserialize;

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrontPlan {
    pub headline: Headline,
    pub places: Places,
    pub sectors: Sectors,
    pub profiles: Profiles,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Headline {
    pub dataset: String,
    pub measure: String,
    pub beside: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Places {
    pub dataset: String,
    pub measure: String,
    pub dimension: String,
    pub level: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sectors {
    pub dataset: String,
    pub measure: String,
    pub weight: String,
    pub dimension: String,
    pub level: String,
}

/// The microdata set with activity, region and size, from which profiles are read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profiles {
    pub dataset: String,
    pub measure: String,
    pub activity: String,
    pub region: String,
    pub size: String,
}

pub(crate) static PLAN: LazyLock<FrontPlan> =
    LazyLock::new(|| toml::from_str(include_str!("../../front.toml")).expect("a test reads front.toml"));

#[cfg(test)]
mod tests {
    #[test]
    fn the_plan_of_the_front_page_can_be_read() {
        assert_eq!(super::PLAN.headline.dataset, "NPD_NATIONAL");
    }
}
