//! What the commands of this chapter share: the arguments that describe a sample, and the table of estimates.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::design::{Design, Lonely, Stage};
use super::estimate::{Estimate, Variance};
use super::replicates::Replicates;
use crate::bench::{Argument, Categories, Cell, Figures, Kind, MISSING, MethodError, Request, Table};

/// Weight, strata, clusters, population counts, lonely strata, domain, variance, replicates, seed.
pub(crate) const SAMPLE: [Argument; 9] = [
    Argument::WEIGHT,
    Argument::optional(
        "strata",
        Kind::Columns,
        ["kolom strata, satu per tahap", "columns with the strata, one per stage"],
    ),
    Argument::optional(
        "cluster",
        Kind::Columns,
        [
            "kolom unit sampel, satu per tahap (desa, rumah tangga)",
            "columns with the sampled units, one per stage (village, household)",
        ],
    ),
    Argument::optional(
        "fpc",
        Kind::Columns,
        [
            "kolom jumlah unit dalam populasi strata, satu per tahap",
            "columns with the number of units in the stratum's population, one per stage",
        ],
    ),
    Argument::optional(
        "lonely",
        Kind::Choice(&["refuse", "certainty", "adjust", "average"]),
        ["strata dengan satu unit", "a stratum with one unit"],
    ),
    Argument::optional("domain", Kind::Column, ["kolom bagian populasi", "column with the domains"]),
    Argument::optional(
        "variance",
        Kind::Choice(&["taylor", "jackknife", "bootstrap", "brr"]),
        ["cara menduga ragam", "how the variance is estimated"],
    ),
    Argument::optional(
        "replicates",
        Kind::Count(Some(500)),
        ["jumlah ulangan bootstrap", "number of bootstrap replicates"],
    ),
    Argument::SEED,
];

/// A method's own arguments, followed by those of the sample.
pub(crate) const fn with_sample<const OWN: usize, const ALL: usize>(own: [Argument; OWN]) -> [Argument; ALL] {
    let mut all = [Argument::WEIGHT; ALL];
    let mut at = 0;
    while at < ALL {
        all[at] = if at < OWN { own[at] } else { SAMPLE[at - OWN] };
        at += 1;
    }
    all
}

/// The sample as the arguments describe it.
pub(crate) struct Sample {
    pub(crate) design: Design,
    /// Rows of the input with weight, strata, clusters and population counts.
    pub(crate) rows: Vec<usize>,
    domain: Option<Categories>,
    pub(super) replicates: Option<Replicates>,
    given: usize,
}

impl Sample {
    pub(crate) fn read(request: &Request<'_>) -> Result<Self, MethodError> {
        let weights = request.weights()?;
        let strata = request.several_categories("strata")?;
        let clusters = request.several_categories("cluster")?;
        let populations = match request.word("fpc") {
            Some(_) => request.columns("fpc")?,
            None => Vec::new(),
        };
        let known = |row: &usize| {
            weights[*row].is_finite()
                && strata.iter().chain(&clusters).all(|words| words.codes[*row] != MISSING)
                && populations.iter().all(|population| population.values[*row].is_finite())
        };
        let rows: Vec<usize> = (0..request.rows()).filter(known).collect();
        let pick = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
        let code = |words: &Categories| rows.iter().map(|row| words.codes[*row]).collect::<Vec<u32>>();
        let stages = 1.max(strata.len()).max(clusters.len()).max(populations.len());
        let design = Design {
            weights: pick(&weights),
            stages: (0..stages)
                .map(|stage| Stage {
                    strata: strata.get(stage).map(code),
                    units: clusters.get(stage).map(code),
                    population: populations.get(stage).map(|term| pick(&term.values)),
                })
                .collect(),
            lonely: match request.choice("lonely")? {
                "certainty" => Lonely::Certainty,
                "adjust" => Lonely::Adjust,
                "average" => Lonely::Average,
                _ => Lonely::Refuse,
            },
        };
        if !design.weights.iter().any(|weight| *weight > 0.0) {
            return Err(MethodError::NoRows { rows: request.rows() });
        }
        let count = request.count("replicates")?.unwrap_or(500).clamp(2, 20_000) as usize;
        let seed = request.count("seed")?.unwrap_or(1);
        let replicates = match request.choice("variance")? {
            "jackknife" => Some(Replicates::jackknife(&design)?),
            "bootstrap" => Some(Replicates::bootstrap(&design, count, seed)?),
            "brr" => Some(Replicates::balanced(&design)?),
            _ => None,
        };
        let domain = request.optional_categories("domain")?.map(|words| {
            let codes = code(&words);
            Categories { levels: words.levels, codes }
        });
        Ok(Sample { design, rows, domain, replicates, given: request.rows() })
    }

    pub(crate) fn pick(&self, values: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|row| values[*row]).collect()
    }

    fn variance(&self) -> Variance<'_> {
        self.replicates.as_ref().map_or(Variance::Linearised, Variance::Replicated)
    }
}

/// The table of estimates as it grows.
pub(crate) struct Report<'a> {
    sample: &'a Sample,
    table: Table,
    used: Vec<bool>,
    unsure: usize,
}

impl<'a> Report<'a> {
    pub(crate) fn new(sample: &'a Sample) -> Self {
        let table = Table::new(
            "estimates",
            ["Dugaan", "Estimates"],
            &[
                ("variable", "Peubah", "Variable"),
                ("domain", "Bagian", "Domain"),
                ("n", "n", "n"),
                ("population", "Populasi", "Population"),
                ("estimate", "Dugaan", "Estimate"),
                ("standard_error", "Galat baku", "Standard error"),
                ("cv", "Koefisien variasi", "Coefficient of variation"),
                ("lower", "Batas bawah 95%", "Lower 95%"),
                ("upper", "Batas atas 95%", "Upper 95%"),
                ("design_effect", "Efek desain", "Design effect"),
                ("quality", "Mutu", "Quality"),
            ],
        );
        Report { sample, table, used: vec![false; sample.design.rows()], unsure: 0 }
    }

    /// Adds the figure of every domain; rows whose value is missing are outside all of them.
    pub(crate) fn add(
        &mut self,
        name: &str,
        values: &[f64],
        of: impl Fn(&[bool], Variance<'_>) -> Result<Estimate, MethodError>,
    ) -> Result<(), MethodError> {
        let sample = self.sample;
        let whole = Categories { levels: vec![String::new()], codes: vec![0; values.len()] };
        let domains = sample.domain.as_ref().unwrap_or(&whole);
        for (code, level) in domains.levels.iter().enumerate() {
            let inside: Vec<bool> = (0..values.len())
                .map(|row| domains.codes[row] as usize == code && values[row].is_finite())
                .collect();
            match of(&inside, sample.variance()) {
                Ok(estimate) => self.push(name, level, &estimate),
                Err(MethodError::NoRows { .. }) if sample.domain.is_some() => self.absent(name, level),
                Err(error) => return Err(error),
            }
            for (used, inside) in self.used.iter_mut().zip(inside) {
                *used |= inside;
            }
        }
        Ok(())
    }

    fn push(&mut self, name: &str, domain: &str, estimate: &Estimate) {
        let cv = coefficient_of_variation(estimate.value, estimate.standard_error);
        let half = t_quantile(0.975, estimate.degrees_of_freedom) * estimate.standard_error;
        self.unsure += usize::from(cv.is_none_or(|cv| cv > 0.25));
        self.table.push(vec![
            name.into(),
            domain.into(),
            estimate.n.into(),
            estimate.population.into(),
            estimate.value.into(),
            estimate.standard_error.into(),
            cv.into(),
            (estimate.value - half).into(),
            (estimate.value + half).into(),
            estimate.design_effect.into(),
            quality(cv).into(),
        ]);
    }

    fn absent(&mut self, name: &str, domain: &str) {
        let mut row = vec![name.into(), domain.into(), Cell::Count(0)];
        row.resize_with(self.table.columns.len() - 1, || Cell::from(f64::NAN));
        row.push("no data".into());
        self.table.push(row);
    }

    pub(crate) fn figures(self) -> Result<Figures, MethodError> {
        let used = self.used.iter().filter(|used| **used).count();
        let given = self.sample.given;
        if used == 0 {
            return Err(MethodError::NoRows { rows: given });
        }
        let mut figures = Figures::new(used).table(self.table);
        let without = given - self.sample.rows.len();
        if without > 0 {
            figures = figures.warn(
                format!("{without} baris tanpa bobot, strata, unit sampel, atau populasi tidak dipakai"),
                format!("{without} rows without weight, stratum, sampled unit or population were left out"),
            );
        }
        if self.unsure > 0 {
            figures = figures.warn(
                format!("{} angka berkoefisien variasi di atas 25%: pakailah dengan hati-hati", self.unsure),
                format!("{} figures have a coefficient of variation above 25%: use with care", self.unsure),
            );
        }
        Ok(figures)
    }
}

pub(crate) fn coefficient_of_variation(value: f64, standard_error: f64) -> Option<f64> {
    (value != 0.0 && value.is_finite() && standard_error.is_finite()).then(|| standard_error / value.abs())
}

/// Good to 25 %, to be used with care to 50 %, not to be published above.
fn quality(cv: Option<f64>) -> &'static str {
    match cv {
        Some(cv) if cv <= 0.25 => "good",
        Some(cv) if cv <= 0.5 => "care",
        Some(_) => "not to be published",
        None => "undefined",
    }
}

/// The quantile of Student's distribution; of the normal where there are no degrees of freedom to speak of.
pub(crate) fn t_quantile(p: f64, degrees_of_freedom: usize) -> f64 {
    match StudentsT::new(0.0, 1.0, degrees_of_freedom as f64) {
        Ok(student) if degrees_of_freedom > 0 => student.inverse_cdf(p),
        _ => f64::NAN,
    }
}
