//! A cube as CSV: one row a cell; what is not available is left empty.

use std::fs::File;
use std::io::{BufWriter, Write};

use domain::cube::Cube;

use super::contribution_columns;

pub(super) fn write(cube: &Cube, file: File) -> Result<(), String> {
    let mut out = BufWriter::with_capacity(1 << 20, file);
    write_rows(cube, &mut out).and_then(|()| out.flush()).map_err(|error| error.to_string())
}

fn write_rows(cube: &Cube, out: &mut impl Write) -> std::io::Result<()> {
    let mut header: Vec<String> = cube.dimensions.iter().map(|dimension| dimension.id.clone()).collect();
    header.extend(cube.measures.iter().map(|measure| measure.code.clone()));
    header.extend(cube.contributions.iter().flat_map(|one| contribution_columns(&one.measure)));
    writeln!(out, "{}", header.join(","))?;
    let codes: Vec<Vec<String>> = cube
        .dimensions
        .iter()
        .map(|dimension| dimension.members.iter().map(|member| quoted(&member.code)).collect())
        .collect();
    let mut line = String::new();
    for cell in 0..cube.len() {
        line.clear();
        for (codes, member) in codes.iter().zip(cube.key(cell)) {
            line.push_str(&codes[*member as usize]);
            line.push(',');
        }
        for column in &cube.values {
            push_number(&mut line, column[cell]);
        }
        for one in &cube.contributions {
            push_number(&mut line, f64::from(one.holdings[cell]));
            push_number(&mut line, one.largest[cell]);
            push_number(&mut line, one.second_largest[cell]);
            line.push_str(&one.largest_holding[cell].to_string());
            line.push(',');
        }
        line.pop();
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The shortest decimal that reads back as the same number.
fn push_number(line: &mut String, value: f64) {
    if !value.is_nan() {
        line.push_str(&value.to_string());
    }
    line.push(',');
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
