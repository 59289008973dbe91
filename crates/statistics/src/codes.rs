//! From the codes in the input to slots: small whole numbers, one for each code at the finest
//! level of a dimension.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{
    DataType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use domain::classification::Classification;
use domain::language::Text;
use hashbrown::HashMap;

/// The slot of what has none: empty, or not in the list.
pub(crate) const NO_SLOT: u32 = u32::MAX;

/// The longest table by which whole-numbered codes are looked up.
const TABLE_LENGTH: i64 = 1 << 20;

/// Finds the slot of a code, given as text or as a whole number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lookup {
    first: i64,
    table: Vec<u32>,
    texts: HashMap<String, u32>,
}

impl Lookup {
    /// Every whole number between two bounds has its slot, in order; `None` if that is too many.
    pub(crate) fn range(least: i64, greatest: i64, at_most: i64) -> Option<Self> {
        let length = greatest.checked_sub(least)?.checked_add(1)?;
        (0 < length && length <= at_most).then(|| Lookup {
            first: least,
            table: (0..length as u32).collect(),
            texts: HashMap::new(),
        })
    }

    /// The codes that were found, in order: whole numbers first, then texts.
    pub(crate) fn learned(codes: &BTreeSet<LearnedCode>) -> Self {
        let entries = codes.iter().enumerate().map(|(slot, code)| (code.clone(), slot as u32));
        Self::of(entries)
    }

    /// Codes of a classification, each with the slot that `slot_of` gives its position. A column
    /// of whole numbers finds a code by its digits, with or without leading zeros; where both
    /// exist, the spelling without wins.
    pub(crate) fn of_classification(
        classification: &Classification,
        slot_of: impl Fn(u32) -> Option<u32>,
    ) -> Self {
        let mut entries: BTreeMap<LearnedCode, u32> = BTreeMap::new();
        for (position, code) in classification.codes.iter().enumerate() {
            let Some(slot) = slot_of(position as u32) else { continue };
            entries.insert(LearnedCode::Text(code.code.clone()), slot);
            let Ok(number) = code.code.parse::<i64>() else { continue };
            if number.to_string() == code.code {
                entries.insert(LearnedCode::Number(number), slot);
            } else {
                entries.entry(LearnedCode::Number(number)).or_insert(slot);
            }
        }
        Self::of(entries.into_iter())
    }

    fn of(entries: impl Iterator<Item = (LearnedCode, u32)>) -> Self {
        let mut lookup = Lookup::default();
        let mut numbers = Vec::new();
        for (code, slot) in entries {
            match code {
                LearnedCode::Number(number) => numbers.push((number, slot)),
                LearnedCode::Text(text) => {
                    lookup.texts.insert(text, slot);
                }
            }
        }
        let least = numbers.iter().map(|(number, _)| *number).min().unwrap_or(0);
        let greatest = numbers.iter().map(|(number, _)| *number).max().unwrap_or(-1);
        if greatest.saturating_sub(least) < TABLE_LENGTH {
            lookup.first = least;
            lookup.table = vec![NO_SLOT; (greatest - least + 1) as usize];
            for (number, slot) in numbers {
                lookup.table[(number - least) as usize] = slot;
            }
        } else {
            // Codes far apart are looked up by their spelling.
            lookup.texts.extend(numbers.into_iter().map(|(number, slot)| (number.to_string(), slot)));
        }
        lookup
    }

    #[inline(always)]
    fn number(&self, number: i64) -> u32 {
        match self.table.get(number.wrapping_sub(self.first) as usize) {
            Some(slot) => *slot,
            None if self.texts.is_empty() => NO_SLOT,
            None => self.text(&number.to_string()),
        }
    }

    fn text(&self, text: &str) -> u32 {
        self.texts.get(text).copied().unwrap_or(NO_SLOT)
    }

    /// The slots of a column.
    pub(crate) fn slots(&self, array: &dyn Array, out: &mut Vec<u32>) -> Result<(), Text> {
        out.clear();
        macro_rules! numbers {
            ($type:ty) => {{
                let array = array.as_primitive::<$type>();
                out.extend(array.values().iter().map(|value| self.number(*value as i64)));
            }};
        }
        macro_rules! texts {
            ($array:expr) => {
                out.extend($array.iter().map(|text| text.map_or(NO_SLOT, |text| self.text(text))))
            };
        }
        match array.data_type() {
            DataType::UInt8 => numbers!(UInt8Type),
            DataType::UInt16 => numbers!(UInt16Type),
            DataType::UInt32 => numbers!(UInt32Type),
            DataType::UInt64 => numbers!(UInt64Type),
            DataType::Int8 => numbers!(Int8Type),
            DataType::Int16 => numbers!(Int16Type),
            DataType::Int32 => numbers!(Int32Type),
            DataType::Int64 => numbers!(Int64Type),
            DataType::Utf8 => texts!(array.as_string::<i32>()),
            DataType::LargeUtf8 => texts!(array.as_string::<i64>()),
            DataType::Utf8View => texts!(array.as_string_view()),
            DataType::Dictionary(_, _) => return self.dictionary_slots(array, out),
            other => {
                return Err(Text::new(
                    format!("rencana memakainya sebagai kode, padahal isinya {other}"),
                    format!("the plan uses it as a code, but it holds {other}"),
                ));
            }
        }
        empty_to_none(array, out);
        Ok(())
    }

    fn dictionary_slots(&self, array: &dyn Array, out: &mut Vec<u32>) -> Result<(), Text> {
        let dictionary = array.as_any_dictionary();
        let mut of_values = Vec::new();
        self.slots(dictionary.values().as_ref(), &mut of_values)?;
        if of_values.is_empty() {
            out.resize(array.len(), NO_SLOT);
            return Ok(());
        }
        out.extend(dictionary.normalized_keys().into_iter().map(|key| of_values[key]));
        empty_to_none(array, out);
        Ok(())
    }
}

fn empty_to_none(array: &dyn Array, out: &mut [u32]) {
    if array.null_count() > 0 {
        for (row, slot) in out.iter_mut().enumerate() {
            if array.is_null(row) {
                *slot = NO_SLOT;
            }
        }
    }
}

/// A code as the input spells it. Whole numbers sort before texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LearnedCode {
    Number(i64),
    Text(String),
}

impl std::fmt::Display for LearnedCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LearnedCode::Number(number) => write!(formatter, "{number}"),
            LearnedCode::Text(text) => formatter.write_str(text),
        }
    }
}

/// Adds the distinct codes of a column.
pub(crate) fn distinct(array: &dyn Array, seen: &mut BTreeSet<LearnedCode>) -> Result<(), Text> {
    macro_rules! numbers {
        ($type:ty) => {{
            let mut last = None;
            for value in array.as_primitive::<$type>().iter().flatten() {
                if last != Some(value) {
                    seen.insert(LearnedCode::Number(value as i64));
                    last = Some(value);
                }
            }
        }};
    }
    macro_rules! texts {
        ($array:expr) => {
            for text in $array.iter().flatten() {
                if !text.is_empty() {
                    seen.insert(LearnedCode::Text(text.to_owned()));
                }
            }
        };
    }
    match array.data_type() {
        DataType::UInt8 => numbers!(UInt8Type),
        DataType::UInt16 => numbers!(UInt16Type),
        DataType::UInt32 => numbers!(UInt32Type),
        DataType::UInt64 => numbers!(UInt64Type),
        DataType::Int8 => numbers!(Int8Type),
        DataType::Int16 => numbers!(Int16Type),
        DataType::Int32 => numbers!(Int32Type),
        DataType::Int64 => numbers!(Int64Type),
        DataType::Utf8 => texts!(array.as_string::<i32>()),
        DataType::LargeUtf8 => texts!(array.as_string::<i64>()),
        DataType::Utf8View => texts!(array.as_string_view()),
        DataType::Dictionary(_, _) => {
            // A dictionary may list codes that no row of this batch uses; that they exist
            // somewhere in the row group is enough to give them a slot.
            return distinct(array.as_any_dictionary().values().as_ref(), seen);
        }
        other => {
            return Err(Text::new(
                format!("rencana memakainya sebagai kode, padahal isinya {other}"),
                format!("the plan uses it as a code, but it holds {other}"),
            ));
        }
    }
    Ok(())
}

/// The code at a row as text, for messages.
pub(crate) fn spelled(array: &dyn Array, row: usize) -> String {
    arrow::util::display::array_value_to_string(array, row).unwrap_or_default()
}
