//! Runs a method on a frame, or on every group of it.

use domain::language::Text;

use super::{Argument, Arguments, Categories, Cell, Figures, Frame, Heading, Kind, Method, MethodError};
use super::{Note, Outcome, Request};

/// Runs `method` on the rows of `frame`; with `by`, on every group apart, in order of first appearance.
pub fn run(
    method: &Method,
    frame: &Frame,
    by: &[String],
    arguments: &Arguments,
) -> Result<Outcome, MethodError> {
    for argument in method.arguments {
        require(argument, arguments)?;
    }
    let figures = if by.is_empty() {
        (method.run)(&Request::new(frame, method, arguments))?
    } else {
        grouped(method, frame, by, arguments)?
    };
    Ok(Outcome {
        method: method.id,
        title: Text::new(method.title[0], method.title[1]),
        definition: Text::new(method.definition[0], method.definition[1]),
        source: method.source,
        rows: frame.rows(),
        used: figures.used,
        left_out: frame.rows().saturating_sub(figures.used),
        tables: figures.tables,
        notes: figures.notes,
    })
}

/// The values of an argument that takes a column or an expression.
pub fn values(
    method: &Method,
    frame: &Frame,
    arguments: &Arguments,
    name: &str,
) -> Result<Vec<f64>, MethodError> {
    Request::new(frame, method, arguments).numbers(name)
}

/// The rows in which no argument given as a column lacks its value: at most these enter the figures of a
/// method.
pub fn entering(method: &Method, frame: &Frame, arguments: &Arguments) -> Result<Vec<bool>, MethodError> {
    let request = Request::new(frame, method, arguments);
    let mut enters = vec![true; frame.rows()];
    let mut keep = |there: &dyn Fn(usize) -> bool| {
        enters.iter_mut().enumerate().for_each(|(row, enters)| *enters = *enters && there(row));
    };
    for argument in method.arguments.iter().filter(|argument| arguments.get(argument.name).is_some()) {
        match argument.kind {
            Kind::Column => match request.numbers(argument.name) {
                Ok(values) => keep(&|row| values[row].is_finite()),
                Err(MethodError::NotANumber { .. }) => {
                    let words = request.categories(argument.name)?;
                    keep(&|row| words.word(row).is_some());
                }
                Err(error) => return Err(error),
            },
            Kind::Columns => {
                for term in request.columns(argument.name)? {
                    keep(&|row| term.values[row].is_finite());
                }
            }
            _ => {}
        }
    }
    Ok(enters)
}

fn require(argument: &Argument, arguments: &Arguments) -> Result<(), MethodError> {
    if argument.required && arguments.get(argument.name).is_none() {
        let expected = match argument.kind {
            Kind::Choice(words) => words.join(" | "),
            _ => format!("{} / {}", argument.help[0], argument.help[1]),
        };
        return Err(MethodError::MissingArgument { argument: argument.name.to_owned(), expected });
    }
    Ok(())
}

/// Every group apart. A group for which there is no figure is said, the others are computed.
fn grouped(
    method: &Method,
    frame: &Frame,
    by: &[String],
    arguments: &Arguments,
) -> Result<Figures, MethodError> {
    let keys: Vec<Categories> =
        by.iter().map(|name| frame.categories(name)).collect::<Result<_, MethodError>>()?;
    let words: Vec<String> = (0..frame.rows())
        .map(|row| keys.iter().map(|key| key.word(row).unwrap_or("-")).collect::<Vec<_>>().join("\u{1f}"))
        .collect();
    let groups = Categories::of(words.iter().map(|word| Some(word.as_str())));
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); groups.levels.len()];
    for (row, code) in groups.codes.iter().enumerate() {
        rows[*code as usize].push(row);
    }
    let mut all = Figures::default();
    let mut failed = None;
    for (level, rows) in groups.levels.iter().zip(&rows) {
        let key: Vec<Cell> = level.split('\u{1f}').map(Cell::from).collect();
        let name = level.replace('\u{1f}', ", ");
        match (method.run)(&Request::new(&frame.keep(rows), method, arguments)) {
            Ok(figures) => append(&mut all, figures, by, &key, &name),
            Err(error) => {
                let text = error.text();
                let text = Text::new(format!("{name}: {}", text.id), format!("{name}: {}", text.en));
                all.notes.push(Note { warning: true, text });
                failed = Some(error);
            }
        }
    }
    match failed {
        Some(error) if all.tables.is_empty() => Err(error),
        _ => Ok(all),
    }
}

fn append(all: &mut Figures, figures: Figures, by: &[String], key: &[Cell], name: &str) {
    all.used += figures.used;
    for mut table in figures.tables {
        for row in &mut table.rows {
            row.splice(0..0, key.iter().cloned());
        }
        match all.tables.iter_mut().find(|known| known.id == table.id) {
            Some(known) => known.rows.append(&mut table.rows),
            None => {
                let headings = by.iter().map(|name| Heading { id: name.clone(), label: Text::same(name) });
                table.columns.splice(0..0, headings);
                all.tables.push(table);
            }
        }
    }
    for note in figures.notes {
        let text = Text::new(format!("{name}: {}", note.text.id), format!("{name}: {}", note.text.en));
        all.notes.push(Note { text, ..note });
    }
}
