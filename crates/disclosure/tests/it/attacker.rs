//! An attacker of the tests' own: a plain primal simplex over the hidden cells. It shares no
//! code with the room it attacks.

use std::collections::BTreeMap;

use domain::cube::Cube;

/// Rows of coefficients by hidden cell, from every pair of a margin and its parts.
pub(crate) fn equations(cube: &Cube, hidden: &[usize]) -> Vec<BTreeMap<usize, f64>> {
    let mut rows = Vec::new();
    for cell in 0..cube.len() {
        for dimension in 0..cube.dimensions.len() {
            let key = cube.key(cell);
            let children: Vec<u32> = cube.dimensions[dimension].children(key[dimension]).collect();
            if children.is_empty() {
                continue;
            }
            let mut row = BTreeMap::new();
            let mut add = |found: usize, sign: f64| {
                if let Ok(position) = hidden.binary_search(&found) {
                    *row.entry(position).or_insert(0.0) += sign;
                }
            };
            add(cell, 1.0);
            for child in children {
                let mut key = key.to_vec();
                key[dimension] = child;
                if let Some(found) = cube.find(&key) {
                    add(found, -1.0);
                }
            }
            if !row.is_empty() {
                rows.push(row);
            }
        }
    }
    rows
}

/// The equations solved for one variable each, and which.
fn solved(rows: &[BTreeMap<usize, f64>], width: usize) -> (Vec<Vec<f64>>, Vec<usize>) {
    let mut tableau: Vec<Vec<f64>> = Vec::new();
    let mut basics: Vec<usize> = Vec::new();
    for row in rows {
        let mut line = vec![0.0; width];
        row.iter().for_each(|(column, value)| line[*column] = *value);
        for (other, basic) in tableau.iter().zip(&basics) {
            let factor = line[*basic];
            if factor != 0.0 {
                line.iter_mut().zip(other).for_each(|(value, other)| *value -= factor * other);
            }
        }
        // The target stays outside the basis as long as possible; it does not matter which enters.
        let pivot = (0..width).max_by(|a, b| line[*a].abs().total_cmp(&line[*b].abs()));
        let Some(pivot) = pivot.filter(|pivot| line[*pivot].abs() > 1e-9) else { continue };
        let scale = line[pivot];
        line.iter_mut().for_each(|value| *value /= scale);
        for other in &mut tableau {
            let factor = other[pivot];
            if factor != 0.0 {
                other.iter_mut().zip(&line).for_each(|(value, own)| *value -= factor * own);
            }
        }
        tableau.push(line);
        basics.push(pivot);
    }
    (tableau, basics)
}

/// How far up the variable `target` can go from 0 with A d = 0 and |d| <= room.
pub(crate) fn furthest(rows: &[BTreeMap<usize, f64>], room: &[f64], target: usize) -> f64 {
    let width = room.len();
    let (mut tableau, mut basics) = solved(rows, width);
    let mut change = vec![0.0; width];
    for _ in 0..20_000 {
        // Raising a column by one changes the target by this much.
        let own = basics.iter().position(|basic| *basic == target);
        let gain = |column: usize| match own {
            Some(row) => -tableau[row][column],
            None => f64::from(u8::from(column == target)),
        };
        let can = |column: usize| {
            let gain = gain(column);
            gain > 1e-9 && change[column] < room[column] - 1e-12
                || gain < -1e-9 && change[column] > 1e-12 - room[column]
        };
        let Some(entering) = (0..width).find(|column| !basics.contains(column) && can(*column)) else {
            break;
        };
        let direction = gain(entering).signum();
        let mut step = if direction > 0.0 {
            room[entering] - change[entering]
        } else {
            room[entering] + change[entering]
        };
        let mut leaving = None;
        for (row, basic) in basics.iter().enumerate() {
            let slope = -tableau[row][entering] * direction;
            if slope.abs() < 1e-9 {
                continue;
            }
            let most =
                if slope > 0.0 { room[*basic] - change[*basic] } else { room[*basic] + change[*basic] };
            let most = (most / slope.abs()).max(0.0);
            if most < step - 1e-12 {
                step = most;
                leaving = Some(row);
            }
        }
        change[entering] += direction * step;
        for (row, basic) in basics.iter().enumerate() {
            change[*basic] -= tableau[row][entering] * direction * step;
        }
        if let Some(row) = leaving {
            let scale = tableau[row][entering];
            tableau[row].iter_mut().for_each(|value| *value /= scale);
            let line = tableau[row].clone();
            for (position, other) in tableau.iter_mut().enumerate() {
                let factor = other[entering];
                if position != row && factor != 0.0 {
                    other.iter_mut().zip(&line).for_each(|(value, own)| *value -= factor * own);
                }
            }
            basics[row] = entering;
        }
    }
    change[target]
}
