//! Size classes: from a number (workers, sales) to the code of its class, by bounds that are data.

use super::{Classification, ClassificationError};
use crate::language::Text;

/// The bounds of a size classification, read from its columns `min` and `max`.
///
/// A number belongs to the first class whose upper bound it does not exceed; the last class has no
/// upper bound. So "more than 2 up to 15 billion" and "5 to 19 workers" are both told by `max`.
#[derive(Clone, Debug, PartialEq)]
pub struct SizeScheme {
    least: f64,
    /// Upper bound (infinite for the last) and position of the class, ascending.
    classes: Vec<(f64, u32)>,
}

impl SizeScheme {
    /// The position of the class of a number, in [`Classification::codes`]; `None` below the least
    /// bound and for numbers that are none.
    pub fn class_of(&self, value: f64) -> Option<u32> {
        if value.is_nan() || value < self.least {
            return None;
        }
        self.classes.iter().find(|(upper, _)| value <= *upper).map(|(_, class)| *class)
    }
}

impl Classification {
    /// The bounds of this classification; `None` if its codes carry none.
    pub fn size_scheme(&self) -> Result<Option<SizeScheme>, ClassificationError> {
        if !self.codes.iter().any(|code| code.other.iter().any(|(system, _)| system == "min")) {
            return Ok(None);
        }
        let mut bounds = Vec::with_capacity(self.codes.len());
        for (position, code) in self.codes.iter().enumerate() {
            let bound = |name: &str| -> Result<Option<f64>, ClassificationError> {
                let Some((_, text)) = code.other.iter().find(|(system, _)| system == name) else {
                    return Ok(None);
                };
                text.parse().ok().filter(|bound: &f64| bound.is_finite()).map(Some).ok_or_else(|| {
                    self.at(
                        position,
                        format!("`{text}` di `{name}` bukan angka seperti 20 atau 2000000000"),
                        format!("`{text}` in `{name}` is not a number like 20 or 2000000000"),
                    )
                })
            };
            let least = bound("min")?.ok_or_else(|| {
                let code = &code.code;
                self.at(
                    position,
                    format!("kelas `{code}` memerlukan batas bawah di `min`"),
                    format!("the class `{code}` needs a lower bound in `min`"),
                )
            })?;
            bounds.push((least, bound("max")?.unwrap_or(f64::INFINITY), position as u32));
        }
        for pair in bounds.windows(2) {
            let ((_, upper, _), (lower, _, position)) = (pair[0], pair[1]);
            if upper > lower {
                let code = &self.codes[position as usize].code;
                return Err(self.at(
                    position as usize,
                    format!("kelas `{code}` mulai dari {lower}, sebelum kelas di atasnya selesai ({upper})"),
                    format!("the class `{code}` begins at {lower}, before the one above it ends ({upper})"),
                ));
            }
        }
        if bounds.last().is_some_and(|(_, upper, _)| upper.is_finite()) {
            return Err(self.at(
                bounds.len() - 1,
                "kelas terakhir harus terbuka: kosongkan `max`-nya".into(),
                "the last class must be open: leave its `max` empty".into(),
            ));
        }
        let least = bounds.first().map_or(0.0, |(least, ..)| *least);
        Ok(Some(SizeScheme {
            least,
            classes: bounds.into_iter().map(|(_, upper, at)| (upper, at)).collect(),
        }))
    }

    fn at(&self, position: usize, indonesian: String, english: String) -> ClassificationError {
        let message = Text::new(indonesian, english);
        ClassificationError::Row { id: self.id.clone(), row: position + 2, message }
    }
}
