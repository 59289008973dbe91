//! The table of contents: what a method answers, by which definition and from which source.

use super::{Argument, Figures, MethodError, Request};
use crate::{
    counts, decomposition, dispersion, editing, enterprise, frontier, growth, impact, index_numbers, poverty,
    prices, production, survey,
};

/// The chapters of the bench, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Enterprise,
    IndexNumbers,
    Prices,
    GrowthAccounting,
    Decomposition,
    Dispersion,
    Frontier,
    ProductionFunction,
    Survey,
    Impact,
    Editing,
    Poverty,
    ConfidentialCounts,
}

impl Group {
    /// The heading, Indonesian and English.
    pub fn title(self) -> [&'static str; 2] {
        match self {
            Group::Enterprise => ["Perusahaan", "Enterprise"],
            Group::IndexNumbers => ["Angka indeks", "Index numbers"],
            Group::Prices => ["Harga dan volume", "Prices and volumes"],
            Group::GrowthAccounting => ["Neraca pertumbuhan", "Growth accounting"],
            Group::Decomposition => ["Dekomposisi", "Decompositions"],
            Group::Dispersion => ["Sebaran dan misalokasi", "Dispersion and misallocation"],
            Group::Frontier => ["Batas produksi", "Frontiers"],
            Group::ProductionFunction => ["Fungsi produksi", "Production functions"],
            Group::Survey => ["Survei", "Survey estimation"],
            Group::Impact => ["Dampak", "Impact"],
            Group::Editing => ["Penyuntingan dan imputasi", "Editing and imputation"],
            Group::Poverty => ["Kemiskinan dan ketahanan pangan", "Poverty and food security"],
            Group::ConfidentialCounts => ["Cacah rahasia", "Confidential counts"],
        }
    }
}

/// A method of the bench.
#[derive(Debug)]
pub struct Method {
    /// The word on the command line.
    pub id: &'static str,
    pub group: Group,
    pub title: [&'static str; 2],
    /// The question it answers.
    pub question: [&'static str; 2],
    /// The definition used when nothing else is said.
    pub definition: [&'static str; 2],
    /// Where definition and formula come from.
    pub source: &'static str,
    pub arguments: &'static [Argument],
    /// A command that works on data in the repository, from its root, without the leading `lumbung stat`.
    pub example: &'static str,
    pub run: fn(&Request<'_>) -> Result<Figures, MethodError>,
}

impl Method {
    pub fn find(id: &str) -> Option<&'static Method> {
        METHODS.iter().copied().find(|method| method.id == id)
    }

    /// False for a method that makes its figures of its arguments alone: its example needs no file.
    pub fn reads_rows(&self) -> bool {
        self.example.split(' ').any(|word| word == "--input")
    }
}

/// Every method, in the order of the table of contents: one file, one line here.
pub static METHODS: &[&Method] = &[
    // Enterprise
    &enterprise::value_added::METHOD,
    &enterprise::ratios::METHOD,
    &enterprise::unit_labour_cost::METHOD,
    &enterprise::productivity_index::METHOD,
    &enterprise::owner_wage::METHOD,
    // Index numbers
    &index_numbers::price_index::METHOD,
    &index_numbers::multilateral::METHOD,
    &index_numbers::spatial::METHOD,
    // Prices and volumes
    &prices::deflator::METHOD,
    &prices::double::METHOD,
    &prices::chain::METHOD,
    &prices::rebase::METHOD,
    // Growth accounting
    &growth::accounting::METHOD,
    &growth::capital::METHOD,
    &growth::services::CAPITAL,
    &growth::services::LABOUR,
    &growth::domar::METHOD,
    &growth::reallocation::METHOD,
    // Decompositions
    &decomposition::shift_share::METHOD,
    &decomposition::generalised::METHOD,
    &decomposition::dynamics::METHOD,
    &decomposition::gap::METHOD,
    &decomposition::value_added_growth::METHOD,
    // Dispersion and misallocation
    &dispersion::quantile::METHOD,
    &dispersion::quantile_means::METHOD,
    &dispersion::spread::METHOD,
    &dispersion::inequality_table::METHOD,
    &dispersion::concentration::METHOD,
    &dispersion::misallocation::METHOD,
    &dispersion::transition::METHOD,
    // Frontiers
    &frontier::dea::METHOD,
    &frontier::cost::METHOD,
    &frontier::malmquist::METHOD,
    &frontier::bootstrap::METHOD,
    &frontier::sfa::METHOD,
    // Production functions
    &production::ols::METHOD,
    &production::panel::METHOD,
    &production::index::METHOD,
    &production::two_stage::OLLEY_PAKES,
    &production::two_stage::LEVINSOHN_PETRIN,
    &production::acf::METHOD,
    &production::wooldridge::METHOD,
    &production::dynamic_panel::METHOD,
    // Survey estimation
    &survey::estimate::TOTAL,
    &survey::estimate::MEAN,
    &survey::estimate::RATIO,
    &survey::quantile::METHOD,
    &survey::regression::METHOD,
    &survey::calibration::METHOD,
    &survey::replicates::METHOD,
    // Impact
    &impact::before_after::METHOD,
    &impact::effect::METHOD,
    &impact::propensity::METHOD,
    &impact::matching::METHOD,
    &impact::coarsened::METHOD,
    &impact::entropy::METHOD,
    &impact::staggered::METHOD,
    &impact::event_study::METHOD,
    // Editing and imputation
    &editing::hidiroglou_berthelot::METHOD,
    &editing::outliers::METHOD,
    &editing::multivariate::METHOD,
    &editing::localisation::METHOD,
    &editing::imputation::METHOD,
    &editing::selective::METHOD,
    // Poverty and food security
    &poverty::measures::METHOD,
    &poverty::working::METHOD,
    &poverty::food_consumption::METHOD,
    &poverty::food_insecurity::METHOD,
    // Confidential counts
    &counts::cell_key::METHOD,
    &counts::perturbation::METHOD,
    &counts::rounding::METHOD,
];
