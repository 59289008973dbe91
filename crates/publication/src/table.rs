//! A protected cube as readers and files see it: cells, figures, series.
//!
//! It adds order and names to a [`ProtectedCube`] and never a number: what the guard held back
//! is not in here.

use std::sync::Arc;

use disclosure::{ProtectedCube, Reason, Value};
use domain::cube::{Dimension, Provenance};
use domain::language::Text;
use domain::measure::{Measure, MeasureKind};

use crate::format::number;
use crate::selection::Selection;
use crate::structure::{KeyDimension, Origin, Structure, TIME_PERIOD};
use crate::words::Words;

/// What a reader is told about one measure in one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    Value(f64),
    /// Held back, with the reason.
    Withheld(Reason),
    /// Not available: nothing to divide by, or nothing reported. Never zero.
    Missing,
}

impl Figure {
    pub fn value(self) -> Option<f64> {
        match self {
            Figure::Value(value) => Some(value),
            _ => None,
        }
    }

    /// SDMX `OBS_STATUS`.
    pub fn obs_status(self) -> &'static str {
        match self {
            Figure::Value(_) => "A",
            Figure::Withheld(_) => "Q",
            Figure::Missing => "O",
        }
    }

    /// SDMX `CONF_STATUS`.
    pub fn conf_status(self) -> &'static str {
        match self {
            Figure::Value(_) | Figure::Missing => "F",
            Figure::Withheld(Reason::Complementary) => "D",
            Figure::Withheld(_) => "C",
        }
    }

    /// The status in words.
    pub fn status(self) -> Words {
        match self {
            Figure::Value(_) => Words { id: "tampil", en: "shown" },
            Figure::Withheld(Reason::TooFewContributors) => {
                Words { id: "ditahan: terlalu sedikit perusahaan", en: "held back: too few enterprises" }
            }
            Figure::Withheld(Reason::Dominated) => Words {
                id: "ditahan: satu atau dua perusahaan hampir seluruhnya",
                en: "held back: one or two enterprises are nearly all of it",
            },
            Figure::Withheld(Reason::Complementary) => Words {
                id: "ditahan: agar angka lain yang ditahan tidak dapat dihitung",
                en: "held back: so that another figure held back cannot be worked out",
            },
            Figure::Withheld(Reason::TooFewForQuantile) => Words {
                id: "ditahan: terlalu sedikit perusahaan untuk sebaran",
                en: "held back: too few enterprises for a distribution",
            },
            Figure::Missing => Words { id: "tidak ada data", en: "no data" },
        }
    }

    /// Every kind of figure, for legends.
    pub const KINDS: [Figure; 6] = [
        Figure::Value(0.0),
        Figure::Withheld(Reason::TooFewContributors),
        Figure::Withheld(Reason::Dominated),
        Figure::Withheld(Reason::Complementary),
        Figure::Withheld(Reason::TooFewForQuantile),
        Figure::Missing,
    ];
}

/// A protected cube with its structure and its series in order.
pub struct Table {
    cube: ProtectedCube,
    structure: Arc<Structure>,
    /// The measure that counts enterprises.
    count: Option<usize>,
    /// Cells by everything but the time, then by the time.
    order: Vec<u32>,
    /// Where each series begins in `order`, and the end.
    starts: Vec<u32>,
}

impl Table {
    pub fn new(cube: ProtectedCube) -> Self {
        let structure =
            Arc::new(Structure::new(cube.dataset(), cube.title(), cube.dimensions(), cube.measures()));
        let time = structure.time.as_ref().map(|time| time.dimension);
        let (order, starts) = series_order(&cube, time);
        // Other counts exist (of loss makers); the one of all enterprises is named first.
        let counts = |measure: &Measure| measure.kind == MeasureKind::Count;
        let named = |measure: &Measure| measure.code == "ENTERPRISES" && counts(measure);
        let count =
            cube.measures().iter().position(named).or_else(|| cube.measures().iter().position(counts));
        Table { cube, structure, count, order, starts }
    }

    /// Reads a table from the bytes of a protected cube.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        ProtectedCube::from_bytes(bytes).map(Table::new).map_err(|error| error.to_string())
    }

    pub fn cube(&self) -> &ProtectedCube {
        &self.cube
    }

    pub fn structure(&self) -> &Arc<Structure> {
        &self.structure
    }

    pub fn dataset(&self) -> &str {
        self.cube.dataset()
    }

    pub fn title(&self) -> &Text {
        self.cube.title()
    }

    pub fn dimensions(&self) -> &[Dimension] {
        self.cube.dimensions()
    }

    /// The SDMX id of a dimension of the cube: `ACTIVITY`, `REF_AREA`, `TIME_PERIOD`.
    pub fn concept(&self, dimension: usize) -> &str {
        let of = |key: &&KeyDimension| key.origin == Origin::Cube(dimension);
        self.structure.key.iter().find(of).map_or(TIME_PERIOD, |key| key.id.as_str())
    }

    pub fn measures(&self) -> &[Measure] {
        self.cube.measures()
    }

    pub fn provenance(&self) -> &Provenance {
        self.cube.provenance()
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The members of a cell, one per dimension of the cube.
    pub fn key(&self, cell: usize) -> &[u32] {
        self.cube.key(cell)
    }

    /// The position of a cell by its key.
    pub fn find(&self, key: &[u32]) -> Option<usize> {
        self.cube.find(key)
    }

    /// The series that a choice touches: cells that differ in time alone, oldest first.
    ///
    /// `Selection::first` and `last` are applied to each series.
    pub fn series<'a>(&'a self, selection: &'a Selection) -> impl Iterator<Item = Vec<u32>> + 'a {
        self.starts.windows(2).filter_map(move |bounds| {
            let cells = &self.order[bounds[0] as usize..bounds[1] as usize];
            let mut chosen: Vec<u32> =
                cells.iter().copied().filter(|cell| selection.has_cell(self.key(*cell as usize))).collect();
            if let Some(first) = selection.first {
                chosen.truncate(first);
            }
            if let Some(last) = selection.last {
                chosen.drain(..chosen.len().saturating_sub(last));
            }
            (!chosen.is_empty()).then_some(chosen)
        })
    }

    /// Number of cells that a choice holds (before `first` and `last`).
    pub fn count(&self, selection: &Selection) -> usize {
        (0..self.len()).filter(|cell| selection.has_cell(self.key(*cell))).count()
    }

    /// What a reader is told about a measure in a cell.
    pub fn figure(&self, cell: usize, measure: usize) -> Figure {
        match self.cube.value(cell, measure) {
            Value::Visible(value) => Figure::Value(value),
            Value::Withheld(reason) => Figure::Withheld(reason),
            Value::NotAvailable => Figure::Missing,
        }
    }

    /// The number of enterprises behind a cell as it may be told: `17`, or `3-9` where figures
    /// of the cell are held back. `None` if the table does not count enterprises.
    pub fn enterprises(&self, cell: usize) -> Option<String> {
        let measure = self.count?;
        match (self.figure(cell, measure), self.cube.count_class(cell)) {
            (Figure::Value(count), _) => Some(number(count)),
            (_, Some(class)) => Some(match class.to {
                Some(to) if to == class.from => to.to_string(),
                Some(to) => format!("{}-{to}", class.from),
                None => format!("{}+", class.from),
            }),
            _ => None,
        }
    }

    /// The measure that counts enterprises.
    pub fn count_measure(&self) -> Option<usize> {
        self.count
    }
}

fn series_order(cube: &ProtectedCube, time: Option<usize>) -> (Vec<u32>, Vec<u32>) {
    let cells = cube.len() as u32;
    let mut order: Vec<u32> = (0..cells).collect();
    let Some(time) = time else {
        return (order, (0..=cells).collect());
    };
    let same_series = |key: &[u32], other: &[u32]| {
        key[..time].cmp(&other[..time]).then_with(|| key[time + 1..].cmp(&other[time + 1..]))
    };
    order.sort_unstable_by(|left, right| {
        let (left, right) = (cube.key(*left as usize), cube.key(*right as usize));
        same_series(left, right).then_with(|| left[time].cmp(&right[time]))
    });
    let mut starts = vec![0];
    for position in 1..order.len() {
        let (before, now) = (cube.key(order[position - 1] as usize), cube.key(order[position] as usize));
        if same_series(before, now).is_ne() {
            starts.push(position as u32);
        }
    }
    if !order.is_empty() {
        starts.push(cells);
    }
    (order, starts)
}
