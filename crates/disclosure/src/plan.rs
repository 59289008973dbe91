//! The protection plan: which cells are sensitive, and against whom they are protected.
//!
//! It never holds defaults that hide nothing: a plan for magnitudes without any rule is refused.

use serde::{Deserialize, Serialize};

use crate::DisclosureError;

/// What kind of figures the cube holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanKind {
    /// Totals of enterprises: rules apply.
    #[default]
    Magnitude,
    /// Aggregates that somebody published already: nothing is hidden.
    AlreadyPublic,
}

/// Who attacks, besides readers who know nothing but the published table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attackers {
    /// Contributors who are alone in a cell and so know it exactly.
    #[default]
    Sole,
    /// Every largest contributor of every cell, who knows its own part.
    All,
    /// Outsiders only.
    None,
}

/// How many steps are spent on cheaper patterns. Steps are counted, never seconds, so that the
/// result is the same on every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    Low,
    #[default]
    Normal,
    High,
}

/// The `[protection]` part of a plan file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProtectionPlan {
    pub kind: PlanKind,
    /// Fewer holdings than this: hidden.
    pub threshold: Option<u32>,
    /// What the runner-up may at best know about the largest contributor, in percent of it.
    pub p_percent: Option<f64>,
    /// `(n, k)`: the n largest hold more than k percent.
    pub dominance: Vec<(u8, f64)>,
    /// Codes of the totals that are judged and proved; empty: every total with contributions.
    pub measures: Vec<String>,
    /// Uncertainty demanded of a cell with too few contributors, in percent of its value.
    pub threshold_level_percent: f64,
    pub contributors: Attackers,
    /// An attacker knows each value beforehand to within this percentage.
    pub prior_knowledge_percent: f64,
    /// Quantiles and other statistics of single enterprises need so many holdings.
    pub quantile_contributors_min: u32,
    /// Lower bounds of the classes by which the count of a hidden cell is told.
    pub count_classes: Vec<u32>,
    /// Do cells hidden last year or in the last release cost half?
    pub prefer_previous: bool,
    pub effort: Effort,
    /// How many times dearer a cell is to hide for each level it stands above the finest, so that
    /// totals are given up last.
    pub margin_cost: f64,
}

impl Default for ProtectionPlan {
    fn default() -> Self {
        ProtectionPlan {
            kind: PlanKind::Magnitude,
            threshold: None,
            p_percent: None,
            dominance: Vec::new(),
            measures: Vec::new(),
            threshold_level_percent: 15.0,
            contributors: Attackers::Sole,
            prior_knowledge_percent: 100.0,
            quantile_contributors_min: 10,
            count_classes: vec![1, 10, 50, 250],
            prefer_previous: true,
            effort: Effort::Normal,
            margin_cost: 2.0,
        }
    }
}

impl ProtectionPlan {
    /// Reads the `[protection]` part of a whole plan file.
    pub fn parse(text: &str) -> Result<Self, DisclosureError> {
        let file: toml::Table = toml::from_str(text).map_err(|error| {
            let message = error.to_string();
            DisclosureError::plan("file", format!("rencana bukan TOML yang benar: {message}"), message)
        })?;
        match file.get("protection") {
            Some(toml::Value::Table(part)) => ProtectionPlan::from_table(part),
            Some(_) => Err(DisclosureError::plan(
                "file",
                "`protection` harus berupa tabel: tulis [protection] pada baris tersendiri",
                "`protection` must be a table: write [protection] on a line of its own",
            )),
            None => Err(DisclosureError::plan(
                "file",
                "rencana tidak punya bagian [protection]; tambahkan, misalnya dengan threshold = 3",
                "the plan has no [protection] part; add one, for example threshold = 3",
            )),
        }
    }

    /// Reads the part itself, as `domain::plan::Plan` holds it.
    pub fn from_table(part: &toml::Table) -> Result<Self, DisclosureError> {
        let plan: ProtectionPlan = part.clone().try_into().map_err(|error: toml::de::Error| {
            let message = error.message();
            let indonesian = format!("kunci atau nilai yang tidak dikenal: {message}");
            DisclosureError::plan("format", indonesian, message)
        })?;
        plan.validate()?;
        Ok(plan)
    }

    fn validate(&self) -> Result<(), DisclosureError> {
        self.validate_rules()?;
        let share = |key: &str, percent: f64| {
            if percent > 0.0 && percent <= 100.0 {
                return Ok(());
            }
            Err(DisclosureError::plan(
                key,
                format!("{percent} bukan persentase di atas 0 sampai 100"),
                format!("{percent} is not in (0, 100]"),
            ))
        };
        share("threshold_level_percent", self.threshold_level_percent)?;
        share("prior_knowledge_percent", self.prior_knowledge_percent)?;
        if !(self.margin_cost >= 1.0 && self.margin_cost <= 100.0) {
            return Err(DisclosureError::plan(
                "margin_cost",
                format!(
                    "{} tidak di antara 1 dan 100; 1: jumlah dihitung menurut nilainya saja",
                    self.margin_cost
                ),
                format!("{} is not between 1 and 100; 1: margins cost their value alone", self.margin_cost),
            ));
        }
        let ascending = self.count_classes.windows(2).all(|pair| pair[0] < pair[1]);
        if self.count_classes.first().is_none_or(|&first| first > 1) || !ascending {
            return Err(DisclosureError::plan(
                "count_classes",
                "harus berupa batas bawah yang menaik dan mulai dari 1, misalnya [1, 10, 50]",
                "must be ascending lower bounds that start at 1, such as [1, 10, 50]",
            ));
        }
        Ok(())
    }

    fn validate_rules(&self) -> Result<(), DisclosureError> {
        let refuse = |key: &str, id: String, en: String| Err(DisclosureError::plan(key, id, en));
        let rules = self.threshold.is_some() || self.p_percent.is_some() || !self.dominance.is_empty();
        match self.kind {
            PlanKind::AlreadyPublic if rules => {
                return refuse(
                    "kind",
                    "angka yang sudah terbit tidak memakai aturan; hapus threshold, p_percent dan dominance, \
                     atau tulis kind = \"magnitude\""
                        .into(),
                    "figures that are already public take no rules; remove threshold, p_percent and dominance, \
                     or use kind = \"magnitude\""
                        .into(),
                );
            }
            PlanKind::Magnitude if !rules => {
                return refuse(
                    "threshold",
                    "tidak ada aturan, jadi tidak ada yang akan dilindungi; tambahkan threshold = 3, atau \
                     kind = \"already-public\" untuk agregat yang sudah terbit"
                        .into(),
                    "no rule is given, so nothing would be protected; add threshold = 3, or \
                     kind = \"already-public\" for published aggregates"
                        .into(),
                );
            }
            _ => {}
        }
        if let Some(threshold) = self.threshold.filter(|threshold| !(2..=1000).contains(threshold)) {
            return refuse(
                "threshold",
                format!("{threshold} tidak di antara 2 dan 1000"),
                format!("{threshold} is not between 2 and 1000"),
            );
        }
        if let Some(p) = self.p_percent.filter(|p| !(*p > 0.0 && *p <= 1000.0)) {
            return refuse(
                "p_percent",
                format!("{p} bukan persentase di atas 0 (paling banyak 1000)"),
                format!("{p} is not a percentage above 0 (at most 1000)"),
            );
        }
        for &(n, k) in &self.dominance {
            if !(1..=2).contains(&n) {
                return refuse(
                    "dominance",
                    format!("n = {n}: hanya penyumbang terbesar dan kedua yang diketahui (1 atau 2)"),
                    format!("n = {n}: only the largest and second largest are known (1 or 2)"),
                );
            }
            if !(k > 0.0 && k < 100.0) {
                return refuse(
                    "dominance",
                    format!("k = {k} bukan persentase di antara 0 dan 100"),
                    format!("k = {k} is not a percentage between 0 and 100"),
                );
            }
        }
        Ok(())
    }

    /// The class of a count: from, and up to (`None`: open).
    pub(crate) fn count_class(&self, count: u32) -> (u32, Option<u32>) {
        let above = self.count_classes.partition_point(|&bound| bound <= count.max(1));
        (self.count_classes[above - 1], self.count_classes.get(above).map(|next| next - 1))
    }
}
