//! What if a training were shorter, larger or dearer: cost, recovery and the fee that would cover it.

use super::{AMOUNT_MAX, Basis, Costs, Rupiah};

/// A training that has not been held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    pub workshop_days: u16,
    /// Visits to each enterprise.
    pub visits: u16,
    pub enterprises: u16,
    /// People whom each enterprise sends.
    pub participants: u16,
    /// Paid by each enterprise.
    pub fee: Rupiah,
    /// From sponsors, government and others who are not the funder.
    pub sponsors: Rupiah,
}

/// What it would cost and recover.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Direct cost by category, in the order of the content.
    pub lines: Vec<(String, Rupiah)>,
    pub direct_cost: Rupiah,
    pub recovered: Rupiah,
    /// In percent; `None` if it costs nothing.
    pub recovery: Option<f64>,
    /// The fee at which cost is recovered in full, rounded up to a thousand rupiah; `None` without
    /// enterprises.
    pub full_fee: Option<Rupiah>,
    pub cost_per_enterprise: Option<Rupiah>,
}

/// Estimates a training from the assumed amounts of the content.
pub fn estimate(scenario: &Scenario, costs: &Costs) -> Estimate {
    let times = |basis: Basis| -> Rupiah {
        let (enterprises, days) = (Rupiah::from(scenario.enterprises), Rupiah::from(scenario.workshop_days));
        match basis {
            Basis::Training => 1,
            Basis::WorkshopDay => days,
            Basis::Visit => enterprises * Rupiah::from(scenario.visits),
            Basis::Enterprise => enterprises,
            Basis::ParticipantDay => {
                enterprises.saturating_mul(Rupiah::from(scenario.participants)).saturating_mul(days)
            }
        }
    };
    let direct = costs.categories.iter().filter(|category| category.direct);
    let lines: Vec<(String, Rupiah)> = direct
        .map(|category| {
            let amount = category.assumed.saturating_mul(times(category.basis)).min(AMOUNT_MAX * 1000);
            (category.code.clone(), amount)
        })
        .collect();
    let direct_cost = lines.iter().fold(0, |sum: Rupiah, (_, amount)| sum.saturating_add(*amount));
    let enterprises = Rupiah::from(scenario.enterprises);
    let fees = scenario.fee.clamp(0, AMOUNT_MAX).saturating_mul(enterprises);
    let sponsors = scenario.sponsors.clamp(0, AMOUNT_MAX);
    let recovered = fees.saturating_add(sponsors);
    let to_pay = direct_cost.saturating_sub(sponsors).max(0);
    let full_fee = (enterprises > 0)
        .then(|| (to_pay + enterprises - 1) / enterprises)
        .map(|fee| (fee + 999) / 1000 * 1000);
    Estimate {
        direct_cost,
        recovered,
        recovery: super::percent(recovered, direct_cost),
        full_fee,
        cost_per_enterprise: direct_cost.checked_div(enterprises),
        lines,
    }
}
