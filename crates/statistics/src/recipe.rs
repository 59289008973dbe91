//! From a plan to a recipe: which columns are read, which sums are kept, and how each measure
//! follows from them. Whatever the plan asks for and the input lacks is refused here, by name.

use std::collections::BTreeMap;

use domain::measure::{Measure, MeasureKind};
use domain::plan::{Computation, CubePlan, MeasurePlan};

use crate::error::StatisticsError;
use crate::source::Source;
use crate::statistic::{Need, Noun, STATISTICS, Settings, Statistic};

/// What is done with the columns of a batch.
pub(crate) struct Recipe {
    pub columns: Columns,
    pub weight: Option<usize>,
    pub enterprise: Option<usize>,
    pub holding: Option<usize>,
    pub amounts: Vec<Amount>,
    /// Columns whose value is published as it is, where a cell has one row.
    pub singles: Vec<usize>,
    /// Positions of value added and of persons engaged among the amounts.
    pub distribution: Option<(usize, usize)>,
    /// Are sums over the distribution asked for, not its quantiles alone?
    wants_moments: bool,
    /// Position of value added among the amounts.
    pub value_added: Option<usize>,
    /// Positions among the amounts.
    pub contributions: Vec<usize>,
    pub formulas: Vec<Formula>,
    /// The formulas that are shown, in order.
    pub shown: Vec<usize>,
    pub settings: Settings,
}

impl Recipe {
    /// Positions of value added and of persons engaged, if sums over the distribution are asked for.
    pub(crate) fn moments(&self) -> Option<(usize, usize)> {
        self.distribution.filter(|_| self.wants_moments)
    }

    /// Does any measure look at quantiles?
    pub(crate) fn wants_quantiles(&self) -> bool {
        self.formulas.iter().any(|formula| {
            let code = formula.measure.code.as_str();
            matches!(formula.measure.kind, MeasureKind::Quantile { .. }) || code == "LP_P90_P10"
        })
    }
}

/// The columns read, each once.
#[derive(Default)]
pub(crate) struct Columns {
    pub names: Vec<String>,
    pub is_code: Vec<bool>,
}

/// A weighted total that is kept for every cell.
pub(crate) struct Amount {
    /// The code of the measure that publishes it.
    pub code: String,
    pub noun: Option<Noun>,
    pub source: AmountSource,
    pub deflated: bool,
    /// From the unit of the input to the published one.
    pub factor: f64,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum AmountSource {
    Column(usize),
    Difference(usize, usize),
}

/// A measure and how it is computed in a cell.
pub(crate) struct Formula {
    pub measure: Measure,
    pub kind: FormulaKind,
}

pub(crate) enum FormulaKind {
    Standard {
        statistic: &'static dyn Statistic,
        index: usize,
    },
    /// Position among the amounts.
    Total(usize),
    /// Positions among the formulas, both earlier than this one.
    Ratio {
        numerator: usize,
        denominator: usize,
        scale: f64,
    },
    /// Position among the singles.
    Single(usize),
}

impl Columns {
    pub(crate) fn want(&mut self, name: &str, is_code: bool) -> usize {
        if let Some(at) = self.names.iter().position(|known| known == name) {
            self.is_code[at] |= is_code;
            return at;
        }
        self.names.push(name.to_owned());
        self.is_code.push(is_code);
        self.names.len() - 1
    }
}

/// What the input has, and what the plan calls it.
pub(crate) struct Vocabulary<'a> {
    pub present: Vec<String>,
    pub variables: &'a BTreeMap<String, String>,
}

impl Vocabulary<'_> {
    /// The column of a variable, if the input has it.
    pub(crate) fn column(&self, variable: &str) -> Option<String> {
        let name = self.variables.get(variable).map_or(variable, String::as_str);
        self.present.iter().find(|column| *column == name).cloned()
    }

    /// The column of a variable that the plan cannot do without.
    pub(crate) fn required(&self, place: &str, variable: &str) -> Result<String, StatisticsError> {
        self.column(variable).ok_or_else(|| StatisticsError::MissingVariable {
            place: place.to_owned(),
            column: self.variables.get(variable).map_or(variable, String::as_str).to_owned(),
            present: self.present.clone(),
        })
    }

    /// Can a statistic be computed?
    fn allows(&self, need: Need) -> bool {
        match need {
            Need::Total(Noun::ValueAdded) => {
                self.column("value_added").is_some()
                    || (self.column("intermediate_inputs").is_some()
                        && (self.column("output").is_some() || self.column("turnover").is_some()))
            }
            Need::Total(noun) => self.column(noun.name()).is_some(),
            Need::Quantiles | Need::Moments => {
                self.allows(Need::Total(Noun::ValueAdded)) && self.allows(Need::Total(Noun::PersonsEngaged))
            }
        }
    }
}

struct Builder<'a> {
    plan: &'a CubePlan,
    vocabulary: &'a Vocabulary<'a>,
    standard: Vec<(&'static dyn Statistic, usize, Measure)>,
    recipe: Recipe,
    /// Own ratios that are being resolved, to notice a circle.
    open: Vec<String>,
}

/// Resolves everything but the dimensions.
pub(crate) fn resolve(plan: &CubePlan, source: &Source) -> Result<Recipe, StatisticsError> {
    let vocabulary = Vocabulary { present: source.columns(), variables: &plan.variables };
    for (variable, column) in &plan.variables {
        vocabulary.required(&format!("[cube.variables] {variable} = \"{column}\""), variable)?;
    }
    let settings = Settings::new(plan, probabilities(plan)?);
    let standard = STATISTICS
        .iter()
        .flat_map(|statistic| {
            let measures = statistic.measures(&settings).into_iter().enumerate();
            measures.map(move |(index, measure)| (*statistic, index, measure))
        })
        .collect();
    let mut columns = Columns::default();
    let mut named =
        |variable: &str, is_code| vocabulary.column(variable).map(|column| columns.want(&column, is_code));
    let weight = named("weight", false);
    let (enterprise, holding) = (named("enterprise_id", false), named("holding_id", false));
    let recipe = Recipe {
        columns,
        weight,
        enterprise,
        holding,
        amounts: Vec::new(),
        singles: Vec::new(),
        distribution: None,
        wants_moments: false,
        value_added: None,
        contributions: Vec::new(),
        formulas: Vec::new(),
        shown: Vec::new(),
        settings,
    };
    let mut builder = Builder { plan, vocabulary: &vocabulary, standard, recipe, open: Vec::new() };
    builder.check_own_codes()?;
    for code in builder.wanted() {
        let formula = builder.formula(&code, "[cube] measures")?;
        if !builder.recipe.shown.contains(&formula) {
            builder.recipe.shown.push(formula);
        }
    }
    builder.contributions()?;
    Ok(builder.recipe)
}

/// The probabilities of the plan in parts per million, ascending.
fn probabilities(plan: &CubePlan) -> Result<Vec<u32>, StatisticsError> {
    let mut parts = Vec::new();
    for probability in &plan.quantiles.probabilities {
        let scaled = probability * 1e6;
        let whole = scaled.round();
        if !(whole >= 1.0 && whole < 1e6 && (scaled - whole).abs() < 1e-6) {
            return Err(StatisticsError::plan(
                "[cube.quantiles] probabilities",
                format!("{probability} harus antara 0 dan 1 dengan paling banyak enam desimal, seperti 0.25"),
                format!("{probability} must lie between 0 and 1 and have at most six decimals, such as 0.25"),
            ));
        }
        parts.push(whole as u32);
    }
    parts.sort_unstable();
    parts.dedup();
    if parts.len() > 200 {
        return Err(StatisticsError::plan(
            "[cube.quantiles] probabilities",
            "paling banyak 200 yang dapat dihitung",
            "at most 200 can be computed",
        ));
    }
    Ok(parts)
}

impl Builder<'_> {
    fn check_own_codes(&self) -> Result<(), StatisticsError> {
        for (position, own) in self.plan.own_measures.iter().enumerate() {
            let place = format!("[[cube.measure]] {}", own.code);
            if self.plan.own_measures[..position].iter().any(|other| other.code == own.code) {
                return Err(StatisticsError::plan(place, "kode ini ada dua kali", "this code stands twice"));
            }
            let is_standard = self.standard.iter().any(|(_, _, measure)| measure.code == own.code);
            if is_standard && matches!(own.compute, Computation::Value { .. } | Computation::Ratio { .. }) {
                return Err(StatisticsError::plan(
                    place,
                    "kode ini milik ukuran baku; pilih kode lain",
                    "this code belongs to a standard measure; choose another",
                ));
            }
        }
        Ok(())
    }

    /// Codes in the order shown.
    fn wanted(&self) -> Vec<String> {
        if !self.plan.measures.is_empty() {
            return self.plan.measures.clone();
        }
        let allowed = self.standard.iter().filter(|(statistic, _, measure)| {
            let tails = measure.code != "LP_P90_P10" || self.recipe.settings.tails().is_some();
            tails && statistic.needs().iter().all(|need| self.vocabulary.allows(*need))
        });
        let own = self.plan.own_measures.iter().map(|own| own.code.clone());
        let mut codes: Vec<String> = allowed.map(|(_, _, measure)| measure.code.clone()).collect();
        codes.retain(|code| !self.plan.own_measures.iter().any(|own| own.code == *code));
        codes.extend(own);
        codes
    }

    /// The position of the formula of a measure, resolved if it was not yet.
    fn formula(&mut self, code: &str, place: &str) -> Result<usize, StatisticsError> {
        if let Some(known) = self.recipe.formulas.iter().position(|known| known.measure.code == code) {
            return Ok(known);
        }
        if let Some(own) = self.plan.own_measures.iter().find(|own| own.code == code) {
            return self.own_formula(own);
        }
        let found = self.standard.iter().find(|(_, _, measure)| measure.code == code);
        let Some((statistic, index, measure)) = found.cloned() else {
            return Err(self.unknown_measure(code, place));
        };
        let place = format!("measure {code}");
        for need in statistic.needs() {
            match need {
                Need::Total(noun) => {
                    self.amount(*noun, &place)?;
                }
                Need::Quantiles | Need::Moments => {
                    self.recipe.wants_moments |= *need == Need::Moments;
                    let value_added = self.amount(Noun::ValueAdded, &place)?;
                    let persons = self.amount(Noun::PersonsEngaged, &place)?;
                    self.recipe.distribution = Some((value_added, persons));
                }
            }
        }
        Ok(self.push(measure, FormulaKind::Standard { statistic, index }))
    }

    fn push(&mut self, measure: Measure, kind: FormulaKind) -> usize {
        self.recipe.formulas.push(Formula { measure, kind });
        self.recipe.formulas.len() - 1
    }

    fn unknown_measure(&self, code: &str, place: &str) -> StatisticsError {
        let mut known: Vec<String> =
            self.standard.iter().map(|(_, _, measure)| measure.code.clone()).collect();
        known.extend(self.plan.own_measures.iter().map(|own| own.code.clone()));
        StatisticsError::UnknownMeasure { place: place.to_owned(), code: code.to_owned(), known }
    }

    /// The position of a noun's amount.
    fn amount(&mut self, noun: Noun, place: &str) -> Result<usize, StatisticsError> {
        if let Some(known) = self.recipe.amounts.iter().position(|amount| amount.noun == Some(noun)) {
            return Ok(known);
        }
        let source = match (noun, self.vocabulary.column(noun.name())) {
            (Noun::ValueAdded, None) => {
                let made = if self.vocabulary.column("output").is_some() { "output" } else { "turnover" };
                let made = self.vocabulary.required(place, made)?;
                let used = self.vocabulary.required(place, "intermediate_inputs")?;
                let columns = &mut self.recipe.columns;
                AmountSource::Difference(columns.want(&made, false), columns.want(&used, false))
            }
            _ => {
                let column = self.vocabulary.required(place, noun.name())?;
                AmountSource::Column(self.recipe.columns.want(&column, false))
            }
        };
        let settings = &self.recipe.settings;
        self.recipe.amounts.push(Amount {
            code: noun.measure(),
            noun: Some(noun),
            source,
            deflated: noun.is_deflated() && self.plan.prices.deflator.is_some(),
            factor: if noun.is_money() { settings.money.1 } else { 1.0 },
        });
        let position = self.recipe.amounts.len() - 1;
        if noun == Noun::ValueAdded {
            self.recipe.value_added = Some(position);
        }
        Ok(position)
    }

    fn own_formula(&mut self, own: &MeasurePlan) -> Result<usize, StatisticsError> {
        let place = format!("[[cube.measure]] {}", own.code);
        let (kind, meaning) = match &own.compute {
            Computation::Total { variable } => {
                let column = self.vocabulary.required(&place, variable)?;
                let source = AmountSource::Column(self.recipe.columns.want(&column, false));
                let amount =
                    Amount { code: own.code.clone(), noun: None, source, deflated: false, factor: 1.0 };
                self.recipe.amounts.push(amount);
                (FormulaKind::Total(self.recipe.amounts.len() - 1), MeasureKind::Additive)
            }
            Computation::Value { variable } => {
                let column = self.vocabulary.required(&place, variable)?;
                let column = self.recipe.columns.want(&column, false);
                self.recipe.singles.push(column);
                (FormulaKind::Single(self.recipe.singles.len() - 1), MeasureKind::Statistic)
            }
            Computation::Ratio { numerator, denominator, scale } => {
                if self.open.contains(&own.code) {
                    return Err(StatisticsError::plan(
                        place,
                        "rasio ini didefinisikan oleh dirinya sendiri",
                        "the ratio is defined by itself",
                    ));
                }
                self.open.push(own.code.clone());
                let over = self.formula(numerator, &place)?;
                let under = self.formula(denominator, &place)?;
                self.open.pop();
                let kind = FormulaKind::Ratio { numerator: over, denominator: under, scale: *scale };
                let meaning =
                    MeasureKind::Ratio { numerator: numerator.clone(), denominator: denominator.clone() };
                (kind, meaning)
            }
        };
        let measure = Measure {
            code: own.code.clone(),
            label: own.label.clone(),
            unit: own.unit.clone(),
            definition: own.definition.clone(),
            formula: own.formula.clone(),
            kind: meaning,
            decimals: own.decimals,
            higher_is_better: own.higher_is_better,
        };
        Ok(self.push(measure, kind))
    }

    fn contributions(&mut self) -> Result<(), StatisticsError> {
        let recipe = &self.recipe;
        let shown_total = |amount: &Amount| {
            recipe.shown.iter().any(|formula| recipe.formulas[*formula].measure.code == amount.code)
        };
        let mut positions = Vec::new();
        if self.plan.contributions.is_empty() {
            if recipe.enterprise.is_some() || recipe.holding.is_some() {
                positions =
                    (0..recipe.amounts.len()).filter(|at| shown_total(&recipe.amounts[*at])).collect();
            }
        } else {
            for code in &self.plan.contributions {
                let position = recipe.amounts.iter().position(|amount| amount.code == *code);
                positions.push(position.filter(|at| shown_total(&recipe.amounts[*at])).ok_or_else(|| {
                    StatisticsError::plan(
                        "[cube] contributions",
                        format!("`{code}` bukan jumlah di antara ukuran rencana ini"),
                        format!("`{code}` is not a total among the measures of this plan"),
                    )
                })?);
            }
        }
        self.recipe.contributions = positions;
        Ok(())
    }
}
