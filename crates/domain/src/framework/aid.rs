//! How a programme is named where aid is reported: data for the export, in `aid.toml` of its folder.

use serde::Deserialize;

use crate::language::Text;
use crate::syntax;

/// The head of an activity of the International Aid Transparency Initiative.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AidActivity {
    pub identifier: String,
    /// The identifier only shows the form: whoever publishes puts an own one in its place.
    #[serde(default)]
    pub example: bool,
    /// The phase of the programme that is the activity.
    pub phase: String,
    /// A code of the list ActivityStatus.
    pub status: String,
    pub reporting: AidOrganisation,
    #[serde(default)]
    pub organisation: Vec<AidOrganisation>,
    #[serde(default)]
    pub sector: Vec<AidSector>,
}

/// An organisation, by its reference and the code of what it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AidOrganisation {
    #[serde(default)]
    pub reference: String,
    pub kind: String,
    /// A code of the list OrganisationRole; not for the one who reports.
    #[serde(default)]
    pub role: String,
    pub name: Text,
}

/// A purpose code of the DAC.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AidSector {
    pub code: String,
}

impl AidActivity {
    /// Reads `aid.toml`; the fault in words. What passes here makes a file that is valid against the schema.
    pub fn parse(text: &str) -> Result<Self, Text> {
        let activity: AidActivity = toml::from_str(text).map_err(|error| syntax::fault(&error, text))?;
        activity.check(text)?;
        Ok(activity)
    }

    fn check(&self, source: &str) -> Result<(), Text> {
        let wrong = |line: Option<usize>, id: String, en: String| Err(syntax::at(line, Text::new(id, en)));
        let reporter = &self.reporting;
        if reporter.reference.trim().is_empty() || reporter.kind.trim().is_empty() {
            return wrong(
                None,
                "[reporting] memerlukan `reference` dan `kind` lembaga yang melaporkan".into(),
                "[reporting] needs the `reference` and the `kind` of the organisation that reports".into(),
            );
        }
        let own = self.identifier.strip_prefix(&reporter.reference).and_then(|rest| rest.strip_prefix('-'));
        if own.is_none_or(|own| own.trim().is_empty() || own.contains(char::is_whitespace)) {
            let reference = &reporter.reference;
            return wrong(
                syntax::line_of_name(source, &self.identifier),
                format!("`identifier` harus mulai dengan `{reference}-`, lalu kode kegiatan tanpa spasi"),
                format!("the `identifier` must begin with `{reference}-`, then a code without spaces"),
            );
        }
        if !["1", "2", "3", "4", "5", "6"].contains(&self.status.as_str()) {
            return wrong(
                syntax::line_of_name(source, &self.status),
                format!("`status` `{}` tidak dikenal; yang dikenal: 1 sampai 6", self.status),
                format!("the `status` `{}` is not known; known are 1 to 6", self.status),
            );
        }
        if self.organisation.is_empty() {
            return wrong(
                None,
                "sebut sekurangnya satu [[organisation]] yang ikut serta".into(),
                "name at least one [[organisation]] that takes part".into(),
            );
        }
        let stranger =
            self.organisation.iter().find(|one| !["1", "2", "3", "4"].contains(&one.role.as_str()));
        if let Some(one) = stranger {
            let (id, en) = (&one.name.id, &one.name.en);
            return wrong(
                syntax::line_of_name(source, id),
                format!("[[organisation]] {id}: `role` harus 1, 2, 3 atau 4"),
                format!("[[organisation]] {en}: the `role` must be 1, 2, 3 or 4"),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::AidActivity;

    #[test]
    fn a_head_that_the_schema_would_refuse_is_refused_with_its_remedy() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes");
        let folder = std::fs::read_dir(root).unwrap().next().unwrap().unwrap();
        let good = std::fs::read_to_string(folder.path().join("aid.toml")).unwrap();
        let activity = AidActivity::parse(&good).unwrap();
        assert!(activity.example, "what travels with the program is nobody's activity");
        let identifier = format!("identifier = \"{}\"", activity.identifier);
        for (from, to, expected) in [
            (identifier.as_str(), "identifier = \"mine\"", "must begin with"),
            ("status = \"4\"", "status = \"9\"", "1 to 6"),
            ("role = \"1\"", "role = \"\"", "1, 2, 3 or 4"),
            ("phase = ", "fase = ", "`fase` is not known"),
        ] {
            assert!(good.contains(from), "{from}");
            let said = AidActivity::parse(&good.replacen(from, to, 1)).unwrap_err();
            assert!(said.en.contains(expected) && said.id != said.en, "{said:?}");
        }
    }
}
