//! The dimensions of a cube while it is computed: how a row finds its slot (its code at the
//! finest level), and which members every slot belongs to at the coarser levels.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::catalogue::Catalogue;
use domain::classification::{Classification, SizeScheme};
use domain::plan::{CubePlan, DimensionPlan};

use crate::codes::{LearnedCode, Lookup, distinct};
use crate::error::StatisticsError;
use crate::recipe::{Columns, Vocabulary};
use crate::source::{Source, is_text};

/// The classification that a plan refers to by name.
fn classification(
    catalogue: &Catalogue,
    place: &str,
    id: &str,
) -> Result<Arc<Classification>, StatisticsError> {
    catalogue.classification(id).map(|known| Arc::new(known.clone())).ok_or_else(|| {
        let known: Vec<&str> = catalogue.classifications().map(|known| known.id.as_str()).collect();
        let known = known.join(", ");
        StatisticsError::plan(
            place,
            format!("klasifikasi `{id}` tidak ada; yang ada: {known}"),
            format!("there is no classification `{id}`; there are {known}"),
        )
    })
}

/// How a row finds its slot in one dimension.
pub(crate) enum Finder {
    /// Only the total is wanted.
    Total,
    /// One column with codes.
    Code { column: usize, lookup: Lookup },
    /// One column a level, from coarse to fine; the finest gives the slot, the others are
    /// checked to agree with it.
    Levels { columns: Vec<(usize, Lookup)> },
    /// The class of a number.
    Scheme { column: usize, scale: f64, scheme: SizeScheme, first_position: Vec<u32> },
}

/// Where the members come from.
pub(crate) enum Tree {
    Total,
    /// Position in the classification of each slot; the levels wanted, from coarse to fine.
    Classification {
        classification: Arc<Classification>,
        positions: Vec<u32>,
        levels: Vec<u8>,
    },
    /// The codes of each level from coarse to fine, as learned from the input.
    Learned {
        codes: Vec<Vec<LearnedCode>>,
    },
}

/// One dimension other than the time.
pub(crate) struct DimensionRecipe {
    pub plan: DimensionPlan,
    pub finder: Finder,
    pub tree: Tree,
    /// Number of slots.
    pub slots: usize,
}

impl DimensionRecipe {
    /// The error for a slot that stands under two parents of a level.
    pub(crate) fn two_parents(&self, level: usize, slot: u32, first: u32, second: u32) -> StatisticsError {
        let name = |level: usize, slot: u32| match &self.tree {
            Tree::Learned { codes } => codes[level][slot as usize].to_string(),
            _ => slot.to_string(),
        };
        StatisticsError::TwoParents {
            dimension: self.plan.id.clone(),
            code: name(self.plan.levels.len() - 2, slot),
            first: name(level, first),
            second: name(level, second),
        }
    }
}

/// The time dimension: its slots are the periods in order.
pub(crate) struct TimeRecipe {
    pub plan: DimensionPlan,
    pub column: usize,
    pub lookup: Lookup,
    pub codes: Vec<LearnedCode>,
}

/// All dimensions of a plan, the time apart.
pub(crate) struct DimensionRecipes {
    pub time: Option<TimeRecipe>,
    pub others: Vec<DimensionRecipe>,
}

/// Most whole-numbered codes that get a slot without having been seen.
const RANGE_MOST: i64 = 2048;

pub(crate) fn resolve(
    plan: &CubePlan,
    catalogue: &Catalogue,
    source: &Source,
    columns: &mut Columns,
) -> Result<DimensionRecipes, StatisticsError> {
    let vocabulary = Vocabulary { present: source.columns(), variables: &plan.variables };
    let mut resolver = Resolver { catalogue, source, vocabulary: &vocabulary, columns };
    let mut time = None;
    let mut others = Vec::new();
    for dimension in &plan.dimensions {
        if dimension.time {
            if time.is_some() {
                return Err(StatisticsError::plan(
                    place(dimension),
                    "hanya satu dimensi yang boleh menjadi waktu",
                    "only one dimension can be the time",
                ));
            }
            time = Some(resolver.time(dimension)?);
        } else {
            others.push(resolver.dimension(dimension)?);
        }
    }
    Ok(DimensionRecipes { time, others })
}

fn place(dimension: &DimensionPlan) -> String {
    format!("[[cube.dimension]] {}", dimension.id)
}

/// Adds the columns that the dimensions read.
pub(crate) fn name_columns(
    plan: &CubePlan,
    source: &Source,
    columns: &mut Columns,
) -> Result<(), StatisticsError> {
    let vocabulary = Vocabulary { present: source.columns(), variables: &plan.variables };
    for dimension in &plan.dimensions {
        let place = place(dimension);
        let default = dimension.time.then(|| "year".to_owned());
        let named =
            dimension.column.iter().chain(&dimension.variable).chain(dimension.level_columns.values());
        let mut named: Vec<String> = named.cloned().collect();
        named.extend(default.filter(|_| named.is_empty()));
        for name in named {
            let is_code = dimension.variable.as_ref() != Some(&name);
            columns.want(&vocabulary.required(&place, &name)?, is_code);
        }
    }
    Ok(())
}

struct Resolver<'a> {
    catalogue: &'a Catalogue,
    source: &'a Source,
    vocabulary: &'a Vocabulary<'a>,
    columns: &'a mut Columns,
}

impl Resolver<'_> {
    fn time(&mut self, dimension: &DimensionPlan) -> Result<TimeRecipe, StatisticsError> {
        let name = dimension.column.as_deref().unwrap_or("year");
        let column = self.vocabulary.required(&place(dimension), name)?;
        let (lookup, codes) = self.learn(&column)?;
        Ok(TimeRecipe { plan: dimension.clone(), column: self.columns.want(&column, true), lookup, codes })
    }

    fn dimension(&mut self, dimension: &DimensionPlan) -> Result<DimensionRecipe, StatisticsError> {
        let place = place(dimension);
        let levels = &dimension.levels;
        if levels.first().is_some_and(|level| level != "total") {
            return Err(StatisticsError::plan(
                place,
                format!("tingkat pertama harus `total`, bukan `{}`", levels[0]),
                format!("the first level must be `total`, not `{}`", levels[0]),
            ));
        }
        if levels.len() <= 1 {
            return Ok(recipe(dimension, Finder::Total, Tree::Total, 1));
        }
        if !dimension.level_columns.is_empty() {
            return self.by_level_columns(dimension);
        }
        if let Some(variable) = &dimension.variable {
            return self.by_scheme(dimension, variable);
        }
        let Some(name) = &dimension.column else {
            return Err(StatisticsError::plan(
                place,
                "sebut `column` yang memuat kode, satu kolom per tingkat di `level_columns`, atau `variable` \
                 untuk skema ukuran",
                "name the `column` with the codes, one column a level in `level_columns`, or the `variable` \
                 of a size scheme",
            ));
        };
        let column = self.vocabulary.required(&place, name)?;
        let Some(id) = &dimension.classification else {
            if levels.len() > 2 {
                return Err(StatisticsError::plan(
                    place,
                    "beberapa tingkat dalam satu kolom memerlukan `classification`; tanpa itu, beri \
                     `level_columns`",
                    "several levels in one column need a `classification`; without one, give \
                     `level_columns`",
                ));
            }
            let (lookup, codes) = self.learn(&column)?;
            let slots = codes.len();
            let finder = Finder::Code { column: self.columns.want(&column, true), lookup };
            return Ok(recipe(dimension, finder, Tree::Learned { codes: vec![codes] }, slots));
        };
        let classification = classification(self.catalogue, &place, id)?;
        let (tree, finest, positions) = classification_tree(dimension, &classification)?;
        let slot_of = |position: u32| {
            let at = classification.ancestor_at(position, finest)?;
            positions.binary_search(&at).ok().map(|slot| slot as u32)
        };
        let lookup = Lookup::of_classification(&classification, slot_of);
        let finder = Finder::Code { column: self.columns.want(&column, true), lookup };
        Ok(recipe(dimension, finder, tree, positions.len()))
    }

    fn by_level_columns(&mut self, dimension: &DimensionPlan) -> Result<DimensionRecipe, StatisticsError> {
        let place = place(dimension);
        let mut columns = Vec::new();
        let mut all_codes = Vec::new();
        for level in &dimension.levels[1..] {
            let name = dimension.level_columns.get(level).ok_or_else(|| {
                StatisticsError::plan(
                    &place,
                    format!("`level_columns` belum menyebut kolom untuk `{level}`"),
                    format!("`level_columns` does not name a column for `{level}`"),
                )
            })?;
            let column = self.vocabulary.required(&place, name)?;
            let (lookup, codes) = self.learn(&column)?;
            columns.push((self.columns.want(&column, true), lookup));
            all_codes.push(codes);
        }
        if let Some(id) = &dimension.classification {
            // The classification knows the parents: the finest column says it all.
            let classification = classification(self.catalogue, &place, id)?;
            let (tree, finest, positions) = classification_tree(dimension, &classification)?;
            let slot_of = |position: u32| {
                let at = classification.ancestor_at(position, finest)?;
                positions.binary_search(&at).ok().map(|slot| slot as u32)
            };
            let lookup = Lookup::of_classification(&classification, slot_of);
            let column = columns.last().map_or(0, |(column, _)| *column);
            return Ok(recipe(dimension, Finder::Code { column, lookup }, tree, positions.len()));
        }
        let slots = all_codes.last().map_or(0, Vec::len);
        Ok(recipe(dimension, Finder::Levels { columns }, Tree::Learned { codes: all_codes }, slots))
    }

    fn by_scheme(
        &mut self,
        dimension: &DimensionPlan,
        variable: &str,
    ) -> Result<DimensionRecipe, StatisticsError> {
        let place = place(dimension);
        let id = dimension.classification.as_deref().ok_or_else(|| {
            StatisticsError::plan(
                &place,
                "sebut `classification` yang memuat batas kelas ukuran",
                "name the `classification` with the bounds of the size classes",
            )
        })?;
        let classification = classification(self.catalogue, &place, id)?;
        let scheme = classification
            .size_scheme()
            .map_err(|error| {
                let message = error.text();
                StatisticsError::plan(&place, message.id, message.en)
            })?
            .ok_or_else(|| {
                StatisticsError::plan(
                    &place,
                    format!("`{id}` tidak punya batas (`min`, `max`)"),
                    format!("`{id}` has no bounds (`min`, `max`)"),
                )
            })?;
        let (tree, finest, positions) = classification_tree(dimension, &classification)?;
        let slot = |position| classification.ancestor_at(position, finest);
        let first_position = (0..classification.codes.len() as u32)
            .map(|at| slot(at).and_then(|at| positions.binary_search(&at).ok()))
            .map(|slot| slot.map_or(crate::codes::NO_SLOT, |slot| slot as u32))
            .collect();
        let column = self.columns.want(&self.vocabulary.required(&place, variable)?, false);
        let scale = dimension.variable_scale.unwrap_or(1.0);
        let finder = Finder::Scheme { column, scale, scheme, first_position };
        Ok(recipe(dimension, finder, tree, positions.len()))
    }

    /// The codes of a column: a range of whole numbers if the files state a small one, else
    /// whatever a first look at the column finds.
    fn learn(&self, column: &str) -> Result<(Lookup, Vec<LearnedCode>), StatisticsError> {
        if self.source.data_type(column).is_some_and(|data_type| data_type.is_integer()) {
            let ranges: Option<Vec<(f64, f64)>> = self
                .source
                .row_groups()
                .filter(|group| group.rows > 0)
                .map(|group| self.source.stated_range(group, column))
                .collect();
            if let Some(ranges) = ranges.filter(|ranges| !ranges.is_empty()) {
                let least = ranges.iter().map(|range| range.0).fold(f64::INFINITY, f64::min) as i64;
                let greatest = ranges.iter().map(|range| range.1).fold(f64::NEG_INFINITY, f64::max) as i64;
                if let Some(lookup) = Lookup::range(least, greatest, RANGE_MOST) {
                    return Ok((lookup, (least..=greatest).map(LearnedCode::Number).collect()));
                }
            }
        }
        let mut seen = BTreeSet::new();
        let names = [column.to_owned()];
        let is_code = [self.source.data_type(column).is_some_and(is_text)];
        for group in self.source.row_groups() {
            for batch in self.source.read(group, &names, &is_code)? {
                distinct(batch?.column(0), &mut seen).map_err(|message| StatisticsError::Column {
                    file: self.source.path(group.file).to_owned(),
                    column: column.to_owned(),
                    message,
                })?;
            }
        }
        Ok((Lookup::learned(&seen), seen.into_iter().collect()))
    }
}

fn recipe(dimension: &DimensionPlan, finder: Finder, tree: Tree, slots: usize) -> DimensionRecipe {
    DimensionRecipe { plan: dimension.clone(), finder, tree, slots }
}

/// The tree of a dimension with a classification, its finest level, and the position of each slot.
fn classification_tree(
    dimension: &DimensionPlan,
    classification: &Arc<Classification>,
) -> Result<(Tree, u8, Vec<u32>), StatisticsError> {
    let mut levels = Vec::new();
    for id in &dimension.levels[1..] {
        let level = classification.level(id).ok_or_else(|| {
            let known: Vec<&str> = classification.levels.iter().map(|level| level.id.as_str()).collect();
            let (name, known) = (&classification.id, known.join(", "));
            StatisticsError::plan(
                place(dimension),
                format!("`{name}` tidak punya tingkat `{id}`; yang ada: {known}"),
                format!("`{name}` has no level `{id}`; it has {known}"),
            )
        })?;
        if levels.last().is_some_and(|coarser| *coarser >= level) {
            return Err(StatisticsError::plan(
                place(dimension),
                "sebut tingkatnya dari yang kasar ke yang rinci",
                "name the levels from coarse to fine",
            ));
        }
        levels.push(level);
    }
    let finest = levels.last().copied().unwrap_or(0);
    // A code that skips one of the wanted levels could not be added up to it.
    let complete =
        |position: u32| levels.iter().all(|level| classification.ancestor_at(position, *level).is_some());
    let positions: Vec<u32> = classification
        .at_level(finest, None)
        .map(|(position, _)| position)
        .filter(|at| complete(*at))
        .collect();
    let tree =
        Tree::Classification { classification: classification.clone(), positions: positions.clone(), levels };
    Ok((tree, finest, positions))
}
