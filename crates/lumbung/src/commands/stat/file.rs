//! A CSV or Parquet file as named columns.

use std::fs::File;
use std::path::Path;

use anyhow::Context;
use methods::bench::{Categories, Column, Frame};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::columns;
use crate::words::Message;

/// What stands for a missing value in a CSV file.
const MISSING: [&str; 5] = ["", "NA", "NaN", "nan", "."];

pub(super) fn read(path: &Path) -> anyhow::Result<Frame> {
    let name = path.display().to_string();
    if !path.is_file() {
        return Err(Message::NoFile { file: name }.into());
    }
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("parquet") => parquet(path).with_context(|| name),
        _ => csv(path).with_context(|| name),
    }
}

/// A column is of numbers if every value that is not missing is one; numbers with leading zeros are codes.
fn csv(path: &Path) -> anyhow::Result<Frame> {
    let bytes = std::fs::read(path)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let delimiter = delimiter(bytes);
    let reader = || csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
    let names: Vec<String> = reader().headers()?.iter().map(|name| name.trim().to_owned()).collect();
    let mut is_number = vec![true; names.len()];
    for record in reader().records() {
        for (number, text) in is_number.iter_mut().zip(record?.iter()) {
            *number = *number && (MISSING.contains(&text.trim()) || is_plain_number(text.trim()));
        }
    }
    let mut numbers: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    let mut words: Vec<Vec<Option<String>>> = vec![Vec::new(); names.len()];
    for record in reader().records() {
        for (at, text) in record?.iter().enumerate() {
            let text = text.trim();
            let missing = MISSING.contains(&text);
            if is_number[at] {
                numbers[at].push(if missing { f64::NAN } else { text.parse().unwrap_or(f64::NAN) });
            } else {
                words[at].push((!missing).then(|| text.to_owned()));
            }
        }
    }
    let column = |at: usize| match is_number[at] {
        true => Column::Number(std::mem::take(&mut numbers[at])),
        false => Column::Text(Categories::of(words[at].iter().map(Option::as_deref))),
    };
    let columns: Vec<Column> = (0..names.len()).map(column).collect();
    Ok(Frame::new(names.into_iter().zip(columns).collect())?)
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let is_code = digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit();
    !is_code && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The separator that the first line has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |sign: u8| line.iter().filter(|byte| **byte == sign).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|sign| (count(*sign), *sign == b',')).unwrap_or(b',')
}

fn parquet(path: &Path) -> anyhow::Result<Frame> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let schema = reader.schema().clone();
    let batches = reader.build()?.collect::<Result<Vec<_>, _>>()?;
    let batch = arrow::compute::concat_batches(&schema, &batches)?;
    let mut read = Vec::new();
    for (field, array) in schema.fields().iter().zip(batch.columns()) {
        read.push((field.name().clone(), columns::column(array)?));
    }
    Ok(Frame::new(read)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_csv(text: &str) -> Frame {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path()).unwrap()
    }

    #[test]
    fn codes_with_leading_zeros_stay_words_and_gaps_are_missing() {
        let frame = read_csv("\u{feff}kode;nilai;upah per bulan\n01;1.5;NA\n02;;3\n");
        assert_eq!(frame.names(), ["kode", "nilai", "upah per bulan"]);
        assert!(matches!(frame.column("kode").unwrap(), Column::Text(words) if words.levels == ["01", "02"]));
        let nilai = frame.numbers("nilai").unwrap();
        assert!(nilai[0] == 1.5 && nilai[1].is_nan());
        assert!(frame.numbers("upah per bulan").unwrap()[0].is_nan());
    }

    #[test]
    fn a_row_that_is_too_short_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "a,b\n1,2\n3\n").unwrap();
        assert!(read(file.path()).is_err());
    }
}
