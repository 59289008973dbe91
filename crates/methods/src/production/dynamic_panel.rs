//! The table of a dynamic panel.

use super::dynamic::{Fitted, Model, Regressor, Tie, fit};
use super::estimates::{Estimates, pick, summary};
use super::panel::panel_model;
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request};

pub(crate) static METHOD: Method = Method {
    id: "dynamic-panel",
    group: Group::ProductionFunction,
    title: ["Panel dinamis (GMM)", "Dynamic panel (GMM)"],
    question: [
        "Berapa pengaruh suatu hal bila tahun ini bergantung pada tahun lalu?",
        "What is the effect of something when this year depends on last year?",
    ],
    definition: [
        "Selisih pertama dengan instrumen tingkat semua lag mulai 2; dua langkah dengan koreksi Windmeijer; \
         galat baku kekar",
        "First differences with levels of all lags from 2 as instruments; two steps with the Windmeijer \
         correction; robust errors",
    ],
    source: "Arellano and Bond (1991); Blundell and Bond (1998); Windmeijer (2005); Roodman (2009)",
    arguments: &[
        Argument::required(
            "model",
            Kind::Formula,
            ["model y ~ x | unit + periode, tanpa lag y", "model y ~ x | unit + period, without lags of y"],
        ),
        Argument::optional("lags", Kind::Count(Some(1)), ["lag y yang masuk", "lags of y that enter"]),
        Argument::optional(
            "lagged",
            Kind::Columns,
            ["regresor yang masuk juga dengan lag satu", "regressors that enter lagged once as well"],
        ),
        Argument::optional("endogenous", Kind::Columns, ["regresor endogen", "endogenous regressors"]),
        Argument::optional(
            "predetermined",
            Kind::Columns,
            ["regresor predetermined", "predetermined regressors"],
        ),
        Argument::optional(
            "form",
            Kind::Choice(&["difference", "system"]),
            ["selisih saja, atau selisih dan tingkat", "differences only, or differences and levels"],
        ),
        Argument::optional("steps", Kind::Choice(&["two", "one"]), ["langkah", "steps"]),
        Argument::optional(
            "deepest",
            Kind::Count(Some(99)),
            ["lag instrumen terdalam", "deepest lag of an instrument"],
        ),
        Argument::optional("collapse", Kind::Flag, ["satu instrumen per lag", "one instrument per lag"]),
        Argument::optional("period-effects", Kind::Flag, ["efek periode", "period effects"]),
    ],
    example: "dynamic-panel --input docs/methods/data/firms.csv --model \"y ~ l + k | firm + year\" \
        --endogenous l --collapse",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (_, y, _, rows, _) = panel_model(request)?;
    let model = request.formula("model")?;
    let named = |argument: &str| -> Result<Vec<String>, MethodError> {
        let Some(given) = request.word(argument) else { return Ok(Vec::new()) };
        let names: Vec<String> = request.columns(argument)?.into_iter().map(|term| term.name).collect();
        match names.iter().find(|name| model.terms.iter().all(|term| term.name != **name)) {
            Some(_) => {
                let known: Vec<&str> = model.terms.iter().map(|term| term.name.as_str()).collect();
                Err(request.bad(argument, given, &known.join(", ")))
            }
            None => Ok(names),
        }
    };
    let (lagged, endogenous, predetermined) =
        (named("lagged")?, named("endogenous")?, named("predetermined")?);
    let tie = |name: &String| match (endogenous.contains(name), predetermined.contains(name)) {
        (true, _) => Tie::Endogenous,
        (false, true) => Tie::Predetermined,
        (false, false) => Tie::Exogenous,
    };
    let regressors = model.terms.iter().map(|term| Regressor {
        name: term.name.clone(),
        values: pick(term, &rows.file).iter().copied().collect(),
        tie: tie(&term.name),
        lagged: lagged.contains(&term.name),
    });
    let (lags, deepest) = (request.count("lags")?.unwrap_or(1), request.count("deepest")?.unwrap_or(99));
    if lags > 10 {
        return Err(request.bad("lags", &lags.to_string(), "0 … 10"));
    }
    if deepest < 2 {
        return Err(request.bad("deepest", &deepest.to_string(), "2 …"));
    }
    let fitted = fit(&Model {
        rows: &rows,
        y: y.iter().copied().collect(),
        y_name: model.response.name.clone(),
        lags: lags as usize,
        regressors: regressors.collect(),
        period_effects: request.flag("period-effects"),
        system: request.choice("form")? == "system",
        deepest: deepest.min(10_000) as usize,
        collapse: request.flag("collapse"),
    })?;
    Ok(tables(&fitted, request.choice("steps")? == "one", rows.len()))
}

fn tables(fitted: &Fitted, one: bool, rows: usize) -> Figures {
    let step = if one { &fitted.one } else { &fitted.two };
    let estimates = Estimates {
        names: fitted.names.clone(),
        coefficients: step.coefficients.clone(),
        covariance: Some(step.covariance.clone()),
        freedom: None,
    };
    let [first, second] = step.correlation;
    let mut figures = Figures::new(rows).table(estimates.table()).table(summary(vec![
        ("equations", Cell::from(fitted.equations)),
        ("units", Cell::from(fitted.units)),
        ("instruments", Cell::from(fitted.instruments)),
        ("hansen_j", Cell::from(fitted.hansen)),
        ("hansen_degrees_of_freedom", Cell::from(fitted.hansen_freedom)),
        ("hansen_p_value", Cell::from(fitted.hansen_p_value())),
        ("ar1_z", Cell::from(first)),
        ("ar1_p_value", Cell::from(first.map(Fitted::p_value))),
        ("ar2_z", Cell::from(second)),
        ("ar2_p_value", Cell::from(second.map(Fitted::p_value))),
    ]));
    if fitted.instruments > fitted.units {
        figures = figures.warn(
            format!(
                "{} instrumen untuk {} unit: terlalu banyak, uji Hansen melemah; pakai --collapse atau \
                 --deepest",
                fitted.instruments, fitted.units
            ),
            format!(
                "{} instruments for {} units: too many, the Hansen test is weak; use --collapse or --deepest",
                fitted.instruments, fitted.units
            ),
        );
    }
    if fitted.singular {
        figures = figures.warn(
            "matriks bobot singular; dipakai kebalikan umum",
            "the weight matrix is singular; a generalised inverse was used",
        );
    }
    if second.is_some_and(|z| Fitted::p_value(z) < 0.05) {
        figures = figures.warn(
            "sisa berkorelasi orde dua: instrumen lag 2 tidak sah",
            "residuals are correlated at order two: instruments of lag 2 are not valid",
        );
    }
    figures
}
