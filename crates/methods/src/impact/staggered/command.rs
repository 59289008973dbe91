//! The command `staggered-did`: a panel of units and periods in, effects and their averages out.

use super::aggregate::{Aggregation, aggregate, bands, pre_trend};
use super::group_time::{Base, Control, Options, Staggered, Units, group_time};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::impact::comparison::OPTIONAL_COVARIATES;
use crate::impact::effect::Estimator;
use crate::numerics::normal;
use crate::panel::Panel;

pub(crate) static METHOD: Method = Method {
    id: "staggered-did",
    group: Group::Impact,
    title: ["Selisih dalam selisih bertahap", "Staggered differences in differences"],
    question: [
        "Berapa dampak program bila peserta mulai pada waktu yang berbeda?",
        "What is the effect of a programme that units joined at different times?",
    ],
    definition: [
        "ATT(g,t) terhadap yang tidak pernah ikut, dasar g−1 (sebelum mulai: periode sebelumnya), doubly robust; \
         galat baku dari fungsi pengaruh; panel seimbang",
        "ATT(g,t) against the never treated, base g−1 (before the start: the period before), doubly robust; \
         standard errors from influence functions; balanced panel",
    ],
    source: "Callaway and Sant'Anna (2021)",
    arguments: &[
        Argument::required("outcome", Kind::Column, ["hasil", "the outcome"]),
        Argument::required("unit", Kind::Column, ["kolom unit", "column with the unit"]),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required(
            "start",
            Kind::Column,
            [
                "periode pertama ikut program; 0 atau kosong: tidak pernah",
                "first period of treatment; 0 or empty: never",
            ],
        ),
        OPTIONAL_COVARIATES,
        Argument::optional(
            "control",
            Kind::Choice(&["never-treated", "not-yet-treated"]),
            ["pembanding", "who stands in for the treated"],
        ),
        Argument::optional("estimator", Kind::Choice(Estimator::WORDS), ["cara menduga", "the estimator"]),
        Argument::optional(
            "base",
            Kind::Choice(&["varying", "universal"]),
            ["periode dasar sebelum mulai", "the base period before the start"],
        ),
        Argument::optional(
            "anticipation",
            Kind::Number(Some(0.0)),
            ["periode antisipasi", "periods of anticipation"],
        ),
        Argument::WEIGHT,
        Argument::optional("cluster", Kind::Column, ["kolom klaster galat", "column with the clusters"]),
        Argument::optional(
            "draws",
            Kind::Count(Some(0)),
            [
                "ulangan bootstrap untuk pita kepercayaan serentak",
                "bootstrap draws for uniform confidence bands",
            ],
        ),
        Argument::SEED,
    ],
    example: "staggered-did --input docs/methods/data/staggered.csv --outcome productivity --unit enterprise \
              --period year --start joined",
    run: figures,
};

/// The panel, balanced; units that miss a period are counted.
fn read(request: &Request<'_>) -> Result<(Units, usize, usize), MethodError> {
    let (outcome, start, weights) =
        (request.numbers("outcome")?, request.numbers("start")?, request.weights()?);
    let given = request.word("covariates").is_some();
    let covariates = if given { request.columns("covariates")? } else { Vec::new() };
    let (units, periods) = (request.categories("unit")?, request.categories("period")?);
    let clusters = request.optional_categories("cluster")?;
    let mut needed: Vec<&[f64]> = vec![&outcome, &weights];
    needed.extend(covariates.iter().map(|term| term.values.as_slice()));
    let panel = Panel::of(&units, &periods, &request.complete(&needed)?)?;
    let times: Option<Vec<f64>> = panel.periods.iter().map(|period| period.trim().parse().ok()).collect();
    let times = times.ok_or_else(|| {
        request.bad("period", request.word("period").unwrap_or_default(), "2021, 2022, 2023 …")
    })?;
    let mut read = Units {
        periods: times,
        outcome: Vec::new(),
        start: Vec::new(),
        weights: Vec::new(),
        covariates: covariates.iter().map(|term| (term.name.clone(), Vec::new())).collect(),
        clusters: clusters.as_ref().map(|_| Vec::new()),
    };
    let mut gaps = 0;
    for unit in 0..panel.units.len() {
        let rows: Option<Vec<usize>> =
            (0..panel.periods.len()).map(|period| panel.row(unit, period)).collect();
        let Some(rows) = rows else {
            gaps += 1;
            continue;
        };
        let begin = |row: usize| if start[row] > 0.0 { start[row] } else { f64::INFINITY };
        if rows.iter().any(|row| begin(*row) != begin(rows[0])) {
            let unit = &panel.units[unit];
            return Err(MethodError::Impossible(Saying::new(
                format!(
                    "`{unit}` mempunyai lebih dari satu periode mulai; pakailah yang pertama pada semua \
                     barisnya"
                ),
                format!("`{unit}` has more than one first period; use the earliest in all its rows"),
            )));
        }
        if weights[rows[0]] <= 0.0 {
            continue;
        }
        read.start.push(begin(rows[0]));
        read.weights.push(weights[rows[0]]);
        read.outcome.extend(rows.iter().map(|row| outcome[*row]));
        for (term, (_, values)) in covariates.iter().zip(&mut read.covariates) {
            values.extend(rows.iter().map(|row| term.values[*row]));
        }
        if let (Some(words), Some(codes)) = (&clusters, &mut read.clusters) {
            codes.push(words.codes[rows[0]].min(words.levels.len() as u32 + codes.len() as u32));
        }
    }
    let used = read.outcome.len();
    if used == 0 {
        return Err(MethodError::NoRows { rows: request.rows() });
    }
    Ok((read, gaps, used))
}

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let options = Options {
        control: match request.choice("control")? {
            "not-yet-treated" => Control::NotYetTreated,
            _ => Control::NeverTreated,
        },
        base: if request.choice("base")? == "universal" { Base::Universal } else { Base::Varying },
        estimator: Estimator::read(request.choice("estimator")?),
        anticipation: request.number("anticipation")?.unwrap_or(0.0),
    };
    let (units, gaps, used) = read(request)?;
    let found = group_time(&units, options)?;
    let draws = request.count("draws")?.unwrap_or(0).min(100_000) as usize;
    let seed = request.count("seed")?.unwrap_or(1);
    let figures = Figures::new(used).table(effects(&found)).table(averages(&found, draws, seed));
    Ok(remarks(figures, &found, gaps))
}

fn effects(found: &Staggered) -> Table {
    let mut table = Table::new(
        "effects",
        ["Dampak menurut kelompok dan periode", "Effects by group and period"],
        &[
            ("group", "Mulai", "Start"),
            ("period", "Periode", "Period"),
            ("att", "Dampak", "Effect"),
            ("standard_error", "Galat baku", "Standard error"),
            ("lower", "Batas bawah 95%", "Lower 95%"),
            ("upper", "Batas atas 95%", "Upper 95%"),
            ("treated", "Peserta", "Treated"),
            ("untreated", "Pembanding", "Untreated"),
        ],
    );
    for effect in &found.effects {
        let half = normal::quantile(0.975) * effect.standard_error;
        table.push(vec![
            effect.group.into(),
            effect.period.into(),
            effect.att.into(),
            effect.standard_error.into(),
            (effect.att - half).into(),
            (effect.att + half).into(),
            effect.treated.into(),
            effect.untreated.into(),
        ]);
    }
    table
}

fn averages(found: &Staggered, draws: usize, seed: u64) -> Table {
    let mut table = Table::new(
        "averages",
        ["Rata-rata dampak", "Averages of the effects"],
        &[
            ("aggregation", "Rata-rata", "Average"),
            ("level", "Tingkat", "Level"),
            ("att", "Dampak", "Effect"),
            ("standard_error", "Galat baku", "Standard error"),
            ("lower", "Batas bawah 95%", "Lower 95%"),
            ("upper", "Batas atas 95%", "Upper 95%"),
        ],
    );
    let all = [
        ("simple", Aggregation::Simple),
        ("group", Aggregation::Group),
        ("dynamic", Aggregation::Dynamic),
        ("calendar", Aggregation::Calendar),
    ];
    for (word, by) in all {
        let parts = aggregate(found, by);
        let critical = bands(found, &parts[parts.len().min(1)..], draws, seed).map(|bands| bands.critical);
        for part in parts {
            let single = normal::quantile(0.975);
            let half = part.level.and(critical).unwrap_or(single) * part.standard_error;
            table.push(vec![
                word.into(),
                part.level.map_or_else(|| Cell::from("overall"), Cell::from),
                part.att.into(),
                part.standard_error.into(),
                (part.att - half).into(),
                (part.att + half).into(),
            ]);
        }
    }
    table
}

fn remarks(mut figures: Figures, found: &Staggered, gaps: usize) -> Figures {
    if gaps > 0 {
        figures = figures.warn(
            format!("{gaps} unit tidak lengkap periodenya dan tidak dipakai"),
            format!("{gaps} units miss a period and were left out"),
        );
    }
    if found.always_treated > 0 {
        figures = figures.warn(
            format!("{} unit sudah ikut sejak periode pertama dan tidak dipakai", found.always_treated),
            format!("{} units were treated from the first period on and were left out", found.always_treated),
        );
    }
    for (group, period, error) in &found.failed {
        let text = error.text();
        figures = figures.warn(
            format!("kelompok {group}, periode {period}: {}", text.id),
            format!("group {group}, period {period}: {}", text.en),
        );
    }
    let small: Vec<String> = found
        .groups
        .iter()
        .filter(|(group, _)| found.effects.iter().any(|effect| effect.group == *group && effect.treated < 10))
        .map(|(group, _)| group.to_string())
        .collect();
    if !small.is_empty() {
        let small = small.join(", ");
        figures = figures.warn(
            format!("kelompok dengan kurang dari 10 peserta ({small}): galat baku tidak dapat dipercaya"),
            format!("groups of fewer than 10 units ({small}): their standard errors cannot be relied on"),
        );
    }
    match pre_trend(found) {
        Some((statistic, freedom, p)) => figures.note(
            format!("uji Wald tren sebelum program: {statistic:.4}, {freedom} derajat bebas, p = {p:.4}"),
            format!("Wald test of trends before the start: {statistic:.4}, {freedom} degrees of freedom, p = {p:.4}"),
        ),
        None => figures.note(
            "tren sebelum program tidak dapat diuji: tidak ada periode sebelumnya, atau ragamnya singular",
            "trends before the start cannot be tested: no earlier period, or a singular variance",
        ),
    }
}
