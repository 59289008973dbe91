//! The shapes of the areas, `geometry/provinces.json`, and where the sea has room for a name.

use serde::Deserialize;

use domain::language::Text;

/// One area.
#[derive(Clone, Debug, Deserialize)]
pub struct Area {
    /// Its code in the region classification.
    pub code: String,
    /// SVG path data; checked on reading, because it is written into pages as it stands.
    pub path: String,
    /// Where a line from a name ends.
    pub centre: (f64, f64),
}

/// All areas in the units of one picture.
#[derive(Clone, Debug, Deserialize)]
pub struct Geometry {
    pub width: f64,
    pub height: f64,
    /// Of when the boundaries are.
    pub vintage: Text,
    pub source: Text,
    pub areas: Vec<Area>,
    #[serde(skip)]
    land: Grid,
}

/// Why a geometry cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GeometryError {
    #[error("the geometry is not JSON of the expected form: {0}")]
    Form(#[from] serde_json::Error),
    #[error("the path of area `{code}` holds something that is not path data")]
    Path { code: String },
}

impl Geometry {
    pub fn parse(json: &str) -> Result<Self, GeometryError> {
        let mut geometry: Geometry = serde_json::from_str(json)?;
        let mut rings = Vec::new();
        for area in &geometry.areas {
            let found =
                rings_of(&area.path).ok_or_else(|| GeometryError::Path { code: area.code.clone() })?;
            rings.extend(found);
        }
        geometry.land = Grid::filled(geometry.width, geometry.height, &rings);
        Ok(geometry)
    }

    /// Where names may still be put.
    pub(super) fn room(&self) -> Grid {
        self.land.clone()
    }
}

type Ring = Vec<(f64, f64)>;

/// Reads the rings of path data made of M, L, H, V and Z; `None` if there is anything else.
fn rings_of(path: &str) -> Option<Vec<Ring>> {
    let mut rings: Vec<Ring> = Vec::new();
    let mut command = ' ';
    let mut at = (0.0, 0.0);
    let mut rest = path.trim_start();
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_alphabetic() {
            if !"MmLlHhVvZz".contains(first) {
                return None;
            }
            command = first;
            rest = rest[1..].trim_start();
            if matches!(command, 'Z' | 'z') {
                at = rings.last().and_then(|ring| ring.first().copied()).unwrap_or(at);
                continue;
            }
        }
        let relative = command.is_ascii_lowercase();
        let (x0, y0) = if relative { at } else { (0.0, 0.0) };
        at = match command.to_ascii_lowercase() {
            'h' => (x0 + number(&mut rest)?, at.1),
            'v' => (at.0, y0 + number(&mut rest)?),
            'm' | 'l' => {
                let x = number(&mut rest)?;
                (x0 + x, y0 + number(&mut rest)?)
            }
            _ => return None,
        };
        if matches!(command, 'M' | 'm') {
            rings.push(Vec::new());
            // Pairs after the first of a move are lines.
            command = if relative { 'l' } else { 'L' };
        }
        rings.last_mut()?.push(at);
    }
    Some(rings)
}

/// Takes one number off the front, with the commas and spaces after it.
fn number(rest: &mut &str) -> Option<f64> {
    let text = rest.trim_start_matches([' ', ',', '\n', '\t']);
    let mut end = 0;
    let mut point = false;
    for (position, character) in text.char_indices() {
        let fits = match character {
            '0'..='9' => true,
            '-' | '+' => position == 0,
            '.' if !point => {
                point = true;
                true
            }
            _ => false,
        };
        if !fits {
            break;
        }
        end = position + 1;
    }
    let value = text[..end].parse().ok()?;
    *rest = text[end..].trim_start_matches([' ', ',', '\n', '\t']);
    Some(value)
}

/// Which squares of the picture are taken, by land or by words.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    columns: usize,
    rows: usize,
    taken: Vec<bool>,
}

/// The side of a square in units of the picture.
const SQUARE: f64 = 6.0;

impl Grid {
    fn filled(width: f64, height: f64, rings: &[Ring]) -> Self {
        let columns = (width / SQUARE).ceil().clamp(1.0, 2000.0) as usize;
        let rows = (height / SQUARE).ceil().clamp(1.0, 2000.0) as usize;
        let mut grid = Grid { columns, rows, taken: vec![false; columns * rows] };
        for ring in rings {
            grid.fill(ring);
            for (x, y) in ring {
                grid.take((*x, *y), (0.0, 0.0));
            }
        }
        grid
    }

    /// Fills a ring, row of squares by row of squares.
    fn fill(&mut self, ring: &Ring) {
        for row in 0..self.rows {
            let y = (row as f64 + 0.5) * SQUARE;
            let mut crossings: Vec<f64> = Vec::new();
            for (position, from) in ring.iter().enumerate() {
                let to = ring[(position + 1) % ring.len()];
                if (from.1 <= y) != (to.1 <= y) {
                    crossings.push(from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0));
                }
            }
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                self.take((pair[0], y), (pair[1] - pair[0], 0.0));
            }
        }
    }

    fn take(&mut self, at: (f64, f64), size: (f64, f64)) {
        for (row, column) in self.squares(at, size) {
            self.taken[row * self.columns + column] = true;
        }
    }

    fn squares(&self, at: (f64, f64), size: (f64, f64)) -> impl Iterator<Item = (usize, usize)> + use<> {
        let square = |value: f64, count: usize| ((value / SQUARE).max(0.0) as usize).min(count - 1);
        let columns = square(at.0, self.columns)..=square(at.0 + size.0, self.columns);
        let rows = square(at.1, self.rows)..=square(at.1 + size.1, self.rows);
        rows.flat_map(move |row| columns.clone().map(move |column| (row, column)))
    }

    /// The free place for words of a size that is nearest to a point; it is taken afterwards.
    pub(super) fn near(&mut self, point: (f64, f64), size: (f64, f64)) -> Option<(f64, f64)> {
        let mut best: Option<(f64, (f64, f64))> = None;
        for row in 0..self.rows {
            for column in 0..self.columns {
                let at = (column as f64 * SQUARE, row as f64 * SQUARE);
                if at.0 + size.0 > self.columns as f64 * SQUARE || at.1 + size.1 > self.rows as f64 * SQUARE {
                    continue;
                }
                let middle = (at.0 + size.0 / 2.0, at.1 + size.1 / 2.0);
                // Lines that run up or down cross fewer islands than lines that run along them.
                let distance = (middle.0 - point.0).hypot((middle.1 - point.1) * 1.3);
                if best.is_some_and(|(known, _)| known <= distance) {
                    continue;
                }
                if self.squares(at, size).all(|(row, column)| !self.taken[row * self.columns + column]) {
                    best = Some((distance, at));
                }
            }
        }
        let (_, at) = best?;
        self.take((at.0 - SQUARE, at.1 - SQUARE), (size.0 + 2.0 * SQUARE, size.1 + 2.0 * SQUARE));
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_data_is_read_and_anything_else_refused() {
        let rings = rings_of("M10 10l.5-2.5h5v-3zM1 1 2 2z").unwrap();
        assert_eq!(rings[0], [(10.0, 10.0), (10.5, 7.5), (15.5, 7.5), (15.5, 4.5)]);
        assert_eq!(rings[1], [(1.0, 1.0), (2.0, 2.0)]);
        for hostile in ["M1 1\"/><script>", "M1", "1 1", "Mx", "M1 1C2 2 3 3 4 4"] {
            assert!(rings_of(hostile).is_none(), "{hostile}");
        }
    }

    #[test]
    fn words_are_put_into_the_sea_and_not_on_each_other() {
        let square: Ring = vec![(30.0, 30.0), (60.0, 30.0), (60.0, 60.0), (30.0, 60.0)];
        let mut grid = Grid::filled(120.0, 120.0, &[square]);
        let first = grid.near((45.0, 45.0), (20.0, 10.0)).unwrap();
        let second = grid.near((45.0, 45.0), (20.0, 10.0)).unwrap();
        assert_ne!(first, second);
        for (x, y) in [first, second] {
            assert!(x + 20.0 <= 30.0 || x >= 60.0 || y + 10.0 <= 30.0 || y >= 60.0, "{x} {y}");
        }
        assert!(grid.near((0.0, 0.0), (500.0, 10.0)).is_none());
    }
}
