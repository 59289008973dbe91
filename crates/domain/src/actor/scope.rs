//! Scopes and places: where a grant counts, and where a record stands.

use serde::{Deserialize, Serialize};

/// Where a grant counts. What is left open is not limited.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    pub programme: Option<String>,
    /// A region code of BPS: a province covers its regencies.
    pub region: Option<String>,
    pub organisation: Option<String>,
    pub enterprise: Option<String>,
}

/// Where a record stands. What is left open belongs to nobody in particular, so that only a grant
/// without a limit there covers it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Place {
    pub programme: Option<String>,
    pub region: Option<String>,
    pub organisation: Option<String>,
    pub enterprise: Option<String>,
    /// Shared by all programmes, such as an enterprise in the register: a grant that is limited to a
    /// programme covers it all the same.
    pub shared_by_programmes: bool,
}

impl Scope {
    pub fn programme(programme: impl Into<String>) -> Self {
        Scope::default().in_programme(programme)
    }

    pub fn region(region: impl Into<String>) -> Self {
        Scope::default().in_region(region)
    }

    pub fn organisation(organisation: impl Into<String>) -> Self {
        Scope::default().of_organisation(organisation)
    }

    pub fn enterprise(enterprise: impl Into<String>) -> Self {
        Scope { enterprise: Some(enterprise.into()), ..Scope::default() }
    }

    pub fn in_programme(self, programme: impl Into<String>) -> Self {
        Scope { programme: Some(programme.into()), ..self }
    }

    pub fn in_region(self, region: impl Into<String>) -> Self {
        Scope { region: Some(region.into()), ..self }
    }

    pub fn of_organisation(self, organisation: impl Into<String>) -> Self {
        Scope { organisation: Some(organisation.into()), ..self }
    }

    /// Is this scope without limits?
    pub fn is_whole(&self) -> bool {
        *self == Scope::default()
    }

    pub fn covers(&self, place: &Place) -> bool {
        let same = |limit: &Option<String>, there: &Option<String>| limit.is_none() || limit == there;
        let region = match (&self.region, &place.region) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(limit), Some(there)) => there.starts_with(limit.as_str()),
        };
        region
            && (place.shared_by_programmes || same(&self.programme, &place.programme))
            && same(&self.organisation, &place.organisation)
            && same(&self.enterprise, &place.enterprise)
    }
}

impl Place {
    /// The installation as a whole.
    pub fn whole() -> Self {
        Place::default()
    }

    /// A thing that all programmes share.
    pub fn shared() -> Self {
        Place { shared_by_programmes: true, ..Place::default() }
    }

    pub fn programme(programme: impl Into<String>) -> Self {
        Place { programme: Some(programme.into()), ..Place::default() }
    }

    pub fn in_region(self, region: impl Into<String>) -> Self {
        Place { region: Some(region.into()), ..self }
    }

    pub fn of_organisation(self, organisation: impl Into<String>) -> Self {
        Place { organisation: Some(organisation.into()), ..self }
    }

    pub fn of_enterprise(self, enterprise: impl Into<String>) -> Self {
        Place { enterprise: Some(enterprise.into()), ..self }
    }
}
