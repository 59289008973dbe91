//! Quantiles of the population with Woodruff's confidence limits.

use super::design::Design;
use super::estimate::{Estimate, Statistic, linearised, population};
use super::report::{self, t_quantile, with_sample};
use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request};

/// Which point of the weighted sample is the quantile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The smallest value at which the distribution function reaches p (type 1).
    InverseEcdf,
    /// The same, but the middle of two values where the function is p exactly (type 2).
    Averaged,
    /// Linear, the first value at 0 and the last at 1 (type 7 for equal weights).
    Linear,
    /// Linear, about the median of the value of that rank (type 8 for equal weights).
    MedianUnbiased,
}

/// Values, ascending, with the weight up to and of each; equal values together, except between ranks.
struct Steps {
    values: Vec<f64>,
    upto: Vec<f64>,
    own: Vec<f64>,
}

impl Steps {
    fn new(values: &[f64], weights: &[f64], inside: &[bool], rule: Rule) -> Self {
        let ranked = matches!(rule, Rule::Linear | Rule::MedianUnbiased);
        let mut rows: Vec<usize> =
            (0..values.len()).filter(|row| inside[*row] && weights[*row] > 0.0).collect();
        rows.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let (mut steps, mut sum) = (Steps { values: Vec::new(), upto: Vec::new(), own: Vec::new() }, 0.0);
        for rows in rows.chunk_by(|a, b| !ranked && values[*a] == values[*b]) {
            let own: f64 = rows.iter().map(|row| weights[*row]).sum();
            sum += own;
            steps.values.push(values[rows[0]]);
            steps.upto.push(sum);
            steps.own.push(own);
        }
        steps
    }

    fn at(&self, p: f64, rule: Rule) -> f64 {
        let last = self.values.len() - 1;
        let all = self.upto[last];
        let before = |place: usize| self.upto[place] - self.own[place];
        let position = |place: usize| match rule {
            Rule::Linear if last == 0 => 1.0,
            Rule::Linear => before(place) / before(last),
            _ => (before(place) / 3.0 + self.upto[place] * 2.0 / 3.0) / (all + self.own[last] / 3.0),
        };
        match rule {
            Rule::InverseEcdf | Rule::Averaged => {
                // Sums of weights carry rounding errors; a probability that is hit but for them is hit.
                let (wanted, slack) = (p * all, 1e-12 * all);
                let place = self.upto.partition_point(|upto| *upto < wanted - slack).min(last);
                let hit = (self.upto[place] - wanted).abs() <= slack && place < last;
                let average = hit && rule == Rule::Averaged;
                if average { (self.values[place] + self.values[place + 1]) / 2.0 } else { self.values[place] }
            }
            Rule::Linear | Rule::MedianUnbiased => {
                let above = (0..=last).find(|place| position(*place) >= p);
                match above {
                    None => self.values[last],
                    Some(0) => self.values[0],
                    Some(above) => {
                        let (low, high) = (position(above - 1), position(above));
                        let part = (p - low) / (high - low);
                        self.values[above - 1] + part * (self.values[above] - self.values[above - 1])
                    }
                }
            }
        }
    }
}

/// The quantile of `values` at `p` over the rows inside. The limits are the quantiles at the limits of the
/// estimated share below (Woodruff); the standard error is their distance over twice the t quantile.
pub fn quantile(
    values: &[f64],
    p: f64,
    rule: Rule,
    design: &Design,
    inside: &[bool],
) -> Result<Estimate, MethodError> {
    let weights = &design.weights;
    let steps = Steps::new(values, weights, inside, rule);
    if steps.values.is_empty() {
        return Err(MethodError::NoRows { rows: design.rows() });
    }
    let value = steps.at(p, rule);
    let below: Vec<f64> = values.iter().map(|given| f64::from(u8::from(*given <= value))).collect();
    let share = Statistic::Mean(&below);
    let reached = share.value(weights, inside).unwrap_or(f64::NAN);
    let error = linearised(design, share.influence(reached, weights, inside))?;
    let degrees_of_freedom = design.degrees_of_freedom();
    let t = t_quantile(0.975, degrees_of_freedom);
    let limit = |p: f64| steps.at(p.clamp(0.0, 1.0), rule);
    let standard_error = if t.is_nan() {
        f64::NAN
    } else {
        (limit(reached + t * error) - limit(reached - t * error)) / (2.0 * t)
    };
    let n = (0..values.len()).filter(|row| inside[*row] && weights[*row] > 0.0).count();
    Ok(Estimate {
        value,
        standard_error,
        n,
        population: population(weights, inside),
        design_effect: None,
        degrees_of_freedom,
    })
}

pub(crate) static METHOD: Method = Method {
    id: "survey-quantile",
    group: Group::Survey,
    title: ["Kuantil survei", "Survey quantiles"],
    question: [
        "Berapa median di populasi, dan seberapa pasti?",
        "What is the median in the population, and how sure is that?",
    ],
    definition: [
        "Kebalikan fungsi distribusi tertimbang; batas kepercayaan Woodruff; galat baku = lebar batas / 2t",
        "Inverse of the weighted distribution function; Woodruff limits; standard error = their width / 2t",
    ],
    source: "Woodruff (1952); Francisco and Fuller (1991); Hyndman and Fan (1996), types 1, 2, 7 and 8",
    arguments: &with_sample::<3, 12>([
        Argument::required("value", Kind::Columns, ["peubah", "the variables"]),
        Argument::optional("probabilities", Kind::Numbers(&[0.25, 0.5, 0.75]), ["peluang", "probabilities"]),
        Argument::optional(
            "definition",
            Kind::Choice(&["inverse-ecdf", "averaged", "linear", "median-unbiased"]),
            ["definisi kuantil", "definition of the quantile"],
        ),
    ]),
    example: "survey-quantile --input docs/methods/data/survey.csv --value workers --weight weight \
              --strata size --fpc frame",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let terms = request.columns("value")?;
    let probabilities = request.several("probabilities")?;
    if let Some(bad) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(request.bad("probabilities", &bad.to_string(), "0 … 1"));
    }
    if request.choice("variance")? != "taylor" {
        return Err(request.bad("variance", request.choice("variance")?, "taylor"));
    }
    let rule = match request.choice("definition")? {
        "averaged" => Rule::Averaged,
        "linear" => Rule::Linear,
        "median-unbiased" => Rule::MedianUnbiased,
        _ => Rule::InverseEcdf,
    };
    let sample = report::Sample::read(request)?;
    let mut report = report::Report::new(&sample);
    for term in &terms {
        let values = sample.pick(&term.values);
        for p in &probabilities {
            report.add(&format!("{} p={p}", term.name), &values, |inside, _| {
                quantile(&values, *p, rule, &sample.design, inside)
            })?;
        }
    }
    report.figures()
}
