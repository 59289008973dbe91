//! The protected cube: what may leave the house.
//!
//! Only [`crate::protect`] makes one. Hidden values are not in it at all, so that no reader of
//! the bytes, however clever, finds them there.

use domain::cube::{Dimension, Provenance, find_key};
use domain::language::Text;
use domain::measure::{Measure, MeasureKind};
use serde::{Deserialize, Serialize};

use crate::DisclosureError;
use crate::family::{Total, needs_many};

/// Why a value is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Too few contributors stand behind the cell.
    TooFewContributors,
    /// One or two contributors make up nearly all of it.
    Dominated,
    /// Safe by itself, but with it another hidden cell could be computed.
    Complementary,
    /// A statistic of single enterprises with too few of them behind it.
    TooFewForQuantile,
}

impl Reason {
    /// Hidden for its own sake, not for another's.
    pub fn is_primary(self) -> bool {
        matches!(self, Reason::TooFewContributors | Reason::Dominated)
    }
}

/// What a reader may see of a measure in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Visible(f64),
    Withheld(Reason),
    /// Not computable or not recorded: no data, and never zero.
    NotAvailable,
}

/// A class of counts: `from` and up to `to`, or open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountClass {
    pub from: u32,
    pub to: Option<u32>,
}

impl std::fmt::Display for CountClass {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.to {
            Some(to) if to == self.from => write!(out, "{to}"),
            Some(to) => write!(out, "{}–{to}", self.from),
            None => write!(out, "≥ {}", self.from),
        }
    }
}

/// A cube of which every visible cell has passed the plan, with a proof for every hidden one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProtectedCube {
    pub(crate) dataset: String,
    pub(crate) title: Text,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) level_sets: Vec<Vec<u8>>,
    pub(crate) keys: Vec<u32>,
    #[serde(with = "as_json")]
    pub(crate) measures: Vec<Measure>,
    pub(crate) provenance: Provenance,
    /// One a cell: why the cell as a whole is hidden.
    pub(crate) hidden: Vec<Option<Reason>>,
    /// One a cell: how a hidden cell's count may be told.
    pub(crate) count_classes: Vec<Option<CountClass>>,
    /// One column a measure, values of visible cells; NaN where nothing is shown.
    pub(crate) values: Vec<Vec<f64>>,
    /// One column a measure: withheld although the cell is visible.
    pub(crate) too_few: Vec<Vec<bool>>,
    /// The rules, in words.
    pub(crate) rules: Vec<Text>,
}

const MAGIC: &[u8; 8] = b"LMBPROT1";
/// Protected cubes are at most this large; a file that claims more is damaged or hostile.
const LARGEST: usize = 4 << 30;

impl ProtectedCube {
    pub fn dataset(&self) -> &str {
        &self.dataset
    }

    pub fn title(&self) -> &Text {
        &self.title
    }

    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    pub fn level_sets(&self) -> &[Vec<u8>] {
        &self.level_sets
    }

    /// Member indices, one per dimension, cell after cell; sorted.
    pub fn keys(&self) -> &[u32] {
        &self.keys
    }

    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The protection rules, in words.
    pub fn rules(&self) -> &[Text] {
        &self.rules
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.hidden.len()
    }

    pub fn is_empty(&self) -> bool {
        self.hidden.is_empty()
    }

    /// The members of a cell, one per dimension.
    pub fn key(&self, cell: usize) -> &[u32] {
        let width = self.dimensions.len();
        &self.keys[cell * width..(cell + 1) * width]
    }

    /// The position of a cell by its key.
    pub fn find(&self, key: &[u32]) -> Option<usize> {
        find_key(&self.keys, key)
    }

    pub fn dimension(&self, id: &str) -> Option<usize> {
        self.dimensions.iter().position(|dimension| dimension.id == id)
    }

    pub fn measure(&self, code: &str) -> Option<usize> {
        self.measures.iter().position(|measure| measure.code == code)
    }

    /// Is the cell as a whole hidden, and why?
    pub fn hidden(&self, cell: usize) -> Option<Reason> {
        self.hidden[cell]
    }

    /// How the count of a hidden cell may be told; `None` for visible cells.
    pub fn count_class(&self, cell: usize) -> Option<CountClass> {
        self.count_classes[cell]
    }

    /// What a reader may see. `cell` below [`Self::len`], `measure` an index into [`Self::measures`].
    pub fn value(&self, cell: usize, measure: usize) -> Value {
        match self.hidden[cell] {
            Some(reason) => Value::Withheld(reason),
            None if self.too_few[measure][cell] => Value::Withheld(self.why_withheld(measure, cell)),
            None if self.values[measure][cell].is_finite() => Value::Visible(self.values[measure][cell]),
            None => Value::NotAvailable,
        }
    }

    /// A deviation is withheld for its own sake, or where others could be computed with it: then
    /// the statistics that need as many enterprises are there.
    fn why_withheld(&self, measure: usize, cell: usize) -> Reason {
        let deviation = |measure: usize| matches!(self.measures[measure].kind, MeasureKind::Deviation { .. });
        let others = (0..self.measures.len()).filter(|other| needs_many(&self.measures[*other]));
        let shown = others.filter(|other| !deviation(*other)).any(|other| !self.too_few[other][cell]);
        if deviation(measure) && shown { Reason::Complementary } else { Reason::TooFewForQuantile }
    }

    /// Is the statistic behind this total withheld although the cell is shown?
    pub(crate) fn withholds(&self, total: &Total, cell: usize) -> bool {
        total.statistic.as_ref().is_some_and(|statistic| self.too_few[statistic.measure][cell])
    }

    /// The bytes of a protected cube; the same cube gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        pack(MAGIC, self)
    }

    /// Reads what [`Self::to_bytes`] wrote and refuses anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DisclosureError> {
        let cube: ProtectedCube = unpack(MAGIC, bytes).map_err(DisclosureError::NotProtected)?;
        cube.validate().map_err(DisclosureError::NotProtected)?;
        Ok(cube)
    }

    fn validate(&self) -> Result<(), String> {
        let (cells, width) = (self.hidden.len(), self.dimensions.len());
        if width == 0 || self.keys.len() != cells * width || self.count_classes.len() != cells {
            return Err("its columns are of different lengths".into());
        }
        if self.values.len() != self.measures.len() || self.too_few.len() != self.measures.len() {
            return Err("its columns do not match its measures".into());
        }
        let lengths = self.values.iter().map(Vec::len).chain(self.too_few.iter().map(Vec::len));
        if lengths.into_iter().any(|length| length != cells) {
            return Err("its columns are of different lengths".into());
        }
        for dimension in &self.dimensions {
            for (position, member) in dimension.members.iter().enumerate() {
                let parent = member.parent.is_none_or(|parent| (parent as usize) < position);
                if !parent || member.level as usize >= dimension.levels.len() {
                    return Err(format!("dimension {} is damaged", dimension.id));
                }
            }
        }
        let known = |cell: usize| {
            self.key(cell).iter().zip(&self.dimensions).all(|(m, d)| (*m as usize) < d.members.len())
        };
        if !(0..cells).all(known) || !(1..cells).all(|cell| self.key(cell - 1) < self.key(cell)) {
            return Err("its cells are damaged or out of order".into());
        }
        if self.level_sets.iter().any(|set| set.len() != width) {
            return Err("its combinations of levels are damaged".into());
        }
        let leaks = |cell: usize| {
            self.values
                .iter()
                .zip(&self.too_few)
                .any(|(value, few)| (self.hidden[cell].is_some() || few[cell]) && !value[cell].is_nan())
        };
        if (0..cells).any(leaks) {
            return Err("it carries a value that should be hidden".into());
        }
        Ok(())
    }
}

/// Postcard under zstd behind a mark of its kind and version.
pub(crate) fn pack<T: Serialize>(magic: &[u8; 8], value: &T) -> Vec<u8> {
    let plain = postcard::to_stdvec(value).expect("plain data always serialises");
    let packed = zstd::bulk::compress(&plain, 3).expect("compression into memory does not fail");
    let mut bytes = magic.to_vec();
    bytes.extend((plain.len() as u64).to_le_bytes());
    bytes.extend(packed);
    bytes
}

pub(crate) fn unpack<T: for<'a> Deserialize<'a>>(magic: &[u8; 8], bytes: &[u8]) -> Result<T, String> {
    let rest = bytes.strip_prefix(magic).ok_or("the file does not begin as one")?;
    let (length, packed) = rest.split_first_chunk::<8>().ok_or("the file ends too early")?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| "it claims an impossible size")?;
    if length > LARGEST {
        return Err("it claims an impossible size".into());
    }
    use std::io::Read;
    let mut plain = Vec::new();
    zstd::Decoder::new(packed)
        .and_then(|decoder| decoder.take(length as u64 + 1).read_to_end(&mut plain))
        .map_err(|_| "the file is damaged".to_owned())?;
    if plain.len() != length {
        return Err("the file is damaged: its length is not what it says".into());
    }
    let (value, left) = postcard::take_from_bytes(&plain).map_err(|_| "the file is damaged".to_owned())?;
    if left.is_empty() { Ok(value) } else { Err("the file has more in it than it should".into()) }
}

/// Measures describe themselves (tagged and flattened), which postcard cannot read back.
mod as_json {
    use domain::measure::Measure;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _, ser::Error as _};

    pub(super) fn serialize<S: Serializer>(measures: &[Measure], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&serde_json::to_string(measures).map_err(S::Error::custom)?)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Vec<Measure>, D::Error> {
        serde_json::from_str(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}
