//! The bench's view of inequality: indices with standard errors, and their split by groups.

use super::inequality::{
    Ties, atkinson, atkinson_influence, entropy, entropy_influence, gini, gini_influence, quintile_ratio,
    split,
};
use crate::bench::{
    Argument, Categories, Cell, Figures, Group, Kind, MISSING, Method, MethodError, Request, Saying, Table,
};
use crate::survey::design::{Design, Stage};

pub(crate) static METHOD: Method = Method {
    id: "inequality",
    group: Group::Dispersion,
    title: ["Ketimpangan: Gini, Theil, Atkinson", "Inequality: Gini, Theil, Atkinson"],
    question: [
        "Seberapa timpang upah, pendapatan, atau produktivitas, dan berapa yang terjadi antarkelompok?",
        "How unequal are wages, incomes or productivity, and how much of it lies between groups?",
    ],
    definition: [
        "Gini dan rasio kuintil menurut Eurostat; entropi umum derajat 0 (deviasi log), 1 (Theil), 2; \
         Atkinson 0,5 dan 1. Indeks berlogaritma hanya atas nilai di atas nol. Galat baku terlinearisasi",
        "Gini and quintile ratio as Eurostat computes them; generalised entropy of order 0 (log deviation), \
         1 (Theil), 2; Atkinson 0.5 and 1. Indices with logarithms over values above zero only. Linearised \
         standard errors",
    ],
    source: "Alfons and Templ (2013), J. Stat. Software 54(15); Cowell (2011); Shorrocks (1984), \
     Econometrica 52; Langel and Tillé (2013)",
    arguments: &[
        Argument::required("value", Kind::Column, ["nilai", "the value"]),
        Argument::WEIGHT,
        Argument::optional("group", Kind::Column, ["kelompok untuk penguraian", "groups for the split"]),
        Argument::optional(
            "gini",
            Kind::Choice(&["middle", "ranked"]),
            ["definisi Gini: Eurostat atau berperingkat", "definition of the Gini index: Eurostat or ranked"],
        ),
        Argument::optional("strata", Kind::Column, ["strata survei", "strata of the survey"]),
        Argument::optional("cluster", Kind::Column, ["klaster survei", "clusters of the survey"]),
    ],
    example: "inequality --input docs/methods/data/enterprises.csv --value \"labour_cost / workers\" \
     --weight weight --group sector",
    run: figures,
};

/// An index: its word, value, and influence of every row on it, where that is known.
type Index = (&'static str, f64, Option<Vec<f64>>);

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (values, weights) = (request.numbers("value")?, request.weights()?);
    let rows: Vec<usize> =
        request.complete(&[&values, &weights])?.into_iter().filter(|row| weights[*row] > 0.0).collect();
    if rows.len() < 2 {
        let what = Saying::new("baris berbobot di atas nol", "rows with a weight above zero");
        return Err(MethodError::TooFew { what, needed: 2, found: rows.len() });
    }
    let ties = if request.choice("gini")? == "ranked" { Ties::Ranked } else { Ties::Middle };
    let pick = |column: &[f64], rows: &[usize]| rows.iter().map(|row| column[*row]).collect::<Vec<f64>>();
    let (all, all_weights) = (pick(&values, &rows), pick(&weights, &rows));
    let index = gini(&all, &all_weights, ties);
    let mut indices: Vec<Index> = vec![
        ("gini", index, Some(gini_influence(&all, &all_weights, index))),
        ("quintile_ratio", quintile_ratio(&all, &all_weights), None),
    ];
    // The indices with logarithms know a part of the rows; the others have no influence on them.
    let positive: Vec<usize> = (0..rows.len()).filter(|place| all[*place] > 0.0).collect();
    let (above, above_weights) = (pick(&all, &positive), pick(&all_weights, &positive));
    let spread = |part: Vec<f64>| {
        let mut whole = vec![0.0; rows.len()];
        positive.iter().zip(part).for_each(|(place, influence)| whole[*place] = influence);
        whole
    };
    for (word, order) in [("log_deviation", 0.0), ("theil", 1.0), ("entropy_2", 2.0)] {
        let index = entropy(&above, &above_weights, order);
        indices.push((word, index, Some(spread(entropy_influence(&above, &above_weights, order, index)))));
    }
    for (word, aversion) in [("atkinson_0.5", 0.5), ("atkinson_1", 1.0)] {
        let index = atkinson(&above, &above_weights, aversion);
        indices.push((
            word,
            index,
            Some(spread(atkinson_influence(&above, &above_weights, aversion, index))),
        ));
    }
    let codes = |name: &str| -> Result<Option<Vec<u32>>, MethodError> {
        Ok(request.optional_categories(name)?.map(|found| rows.iter().map(|row| found.codes[*row]).collect()))
    };
    let design = Design {
        stages: vec![Stage { strata: codes("strata")?, units: codes("cluster")?, population: None }],
        ..Design::of_rows(all_weights.clone())
    };
    let mut figures =
        Figures::new(rows.len()).table(indices_table(&design, &indices, rows.len(), positive.len()));
    if positive.len() < rows.len() {
        let count = rows.len() - positive.len();
        figures = figures.warn(
            format!("{count} nilai nol atau negatif tidak ikut dalam indeks berlogaritma"),
            format!("{count} values of zero or below do not count in the indices with logarithms"),
        );
    }
    if let Some(groups) = request.optional_categories("group")? {
        let rows: Vec<usize> = positive.iter().map(|place| rows[*place]).collect();
        for table in split_tables(&groups, &rows, &above, &above_weights) {
            figures = figures.table(table);
        }
    }
    Ok(figures)
}

fn indices_table(design: &Design, indices: &[Index], rows: usize, positive: usize) -> Table {
    let mut table = Table::new(
        "indices",
        ["Indeks ketimpangan", "Inequality indices"],
        &[
            ("index", "Indeks", "Index"),
            ("value", "Nilai", "Value"),
            ("standard_error", "Galat baku", "Standard error"),
            ("n", "n", "n"),
        ],
    );
    for (word, value, influence) in indices {
        let error = match influence.as_ref().map(|influence| {
            let scores = influence.iter().zip(&design.weights).map(|(influence, weight)| influence * weight);
            design.standard_error(scores.collect())
        }) {
            None => Cell::Absent(domain::language::Text::new("tidak dihitung", "not computed")),
            Some(Ok(error)) => Cell::from(error),
            Some(Err(error)) => Cell::Absent(error.text()),
        };
        let n = if ["gini", "quintile_ratio"].contains(word) { rows } else { positive };
        table.push(vec![(*word).into(), (*value).into(), error, n.into()]);
    }
    table
}

fn split_tables(groups: &Categories, rows: &[usize], values: &[f64], weights: &[f64]) -> Vec<Table> {
    let known: Vec<usize> = (0..rows.len()).filter(|place| groups.codes[rows[*place]] != MISSING).collect();
    let of = |column: &[f64]| known.iter().map(|place| column[*place]).collect::<Vec<f64>>();
    let codes: Vec<usize> = known.iter().map(|place| groups.codes[rows[*place]] as usize).collect();
    let mut terms = Table::new(
        "split",
        ["Antarkelompok dan di dalam kelompok", "Between and within groups"],
        &[
            ("index", "Indeks", "Index"),
            ("total", "Jumlah", "Total"),
            ("between", "Antarkelompok", "Between"),
            ("within", "Di dalam", "Within"),
            ("between_percent", "Antarkelompok %", "Between %"),
        ],
    );
    let mut inside = Table::new(
        "groups",
        ["Kelompok", "Groups"],
        &[
            ("group", "Kelompok", "Group"),
            ("n", "n", "n"),
            ("share_percent", "Pangsa unit %", "Share of units %"),
            ("mean", "Rata-rata", "Mean"),
            ("theil", "Theil", "Theil"),
            ("log_deviation", "Deviasi log", "Log deviation"),
        ],
    );
    let found: Vec<_> = [("theil", 1.0), ("log_deviation", 0.0)]
        .into_iter()
        .map(|(word, order)| (word, split(&of(values), &of(weights), &codes, groups.levels.len(), order)))
        .collect();
    for (word, split) in &found {
        let percent = 100.0 * split.between / split.total;
        terms.push(vec![
            (*word).into(),
            split.total.into(),
            split.between.into(),
            split.within.into(),
            percent.into(),
        ]);
    }
    for (group, level) in groups.levels.iter().enumerate() {
        let n = codes.iter().filter(|code| **code == group).count();
        if n > 0 {
            let [share, mean, theil, _] = found[0].1.groups[group];
            let deviation = found[1].1.groups[group][2];
            inside.push(vec![
                level.as_str().into(),
                n.into(),
                (100.0 * share).into(),
                mean.into(),
                theil.into(),
                deviation.into(),
            ]);
        }
    }
    vec![terms, inside]
}
