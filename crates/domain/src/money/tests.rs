use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{
    AMOUNT_MAX, Costs, Grouping, NewEntry, Rupiah, Scenario, Side, Worth, estimate, recoveries, recovery,
};

fn costs() -> Costs {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("programmes/score-id/costs.toml")).unwrap();
    Costs::parse("costs.toml", &text).unwrap()
}

const TODAY: Date = date(2020, 6, 1);

fn entry(training: &str, side: Side, amount: Rupiah) -> NewEntry {
    NewEntry {
        id: "x".into(),
        programme: "p".into(),
        training: training.into(),
        organisation: "bedo".into(),
        phase: "III".into(),
        module: "cooperation".into(),
        product: "standard".into(),
        region: "3319".into(),
        on: date(2019, 4, 2),
        side,
        in_kind: false,
        amount,
        evidence: "kuitansi 7".into(),
        replaces: None,
        synthetic: false,
    }
}

fn cost(training: &str, amount: Rupiah) -> NewEntry {
    entry(training, Side::Cost("trainer-fee".into()), amount)
}

fn paid(training: &str, payer: &str, amount: Rupiah) -> NewEntry {
    entry(training, Side::Contribution(payer.into()), amount)
}

/// A published case of Peru: 2,000 a module, of which the funder pays 1,500 for small and 1,000 for medium
/// enterprises.
#[test]
fn peru_recovers_25_percent_from_small_and_50_from_medium_enterprises() {
    let small = [cost("a", 2000), paid("a", "enterprise", 500), paid("a", "funder", 1500)];
    let medium = [cost("b", 2000), paid("b", "enterprise", 1000), paid("b", "funder", 1000)];
    assert_eq!(recovery(&small, &costs()).pooled(), Some(25.0));
    assert_eq!(recovery(&medium, &costs()).pooled(), Some(50.0));
    let both: Vec<NewEntry> = small.into_iter().chain(medium).collect();
    let both = recovery(&both, &costs());
    assert_eq!((both.pooled(), both.mean, both.uncovered()), (Some(37.5), Some(37.5), 0));
}

#[test]
fn the_pool_and_the_mean_are_two_figures() {
    let entries = [
        cost("large", 9000),
        paid("large", "government", 9000),
        cost("small", 1000),
        paid("small", "funder", 1000),
        paid("without-cost", "sponsor", 50),
    ];
    let all = recovery(&entries, &costs());
    assert_eq!((all.pooled(), all.mean, all.trainings), (Some(90.5), Some(50.0), 2));
    assert_eq!(all.uncovered(), -50);
    assert_eq!(recovery(&[], &costs()).pooled(), None, "nothing on record is no data");
}

#[test]
fn gifts_in_kind_and_indirect_costs_are_told_apart() {
    let mut hall = entry("a", Side::Cost("venue".into()), 400);
    hall.in_kind = true;
    let mut lent = paid("a", "provider", 400);
    lent.in_kind = true;
    let staff = entry("a", Side::Cost("programme-staff".into()), 5000);
    let all = recovery(&[cost("a", 600), paid("a", "enterprise", 300), hall, lent, staff], &costs());
    assert_eq!((all.pooled(), all.pooled_in_cash()), (Some(70.0), Some(50.0)));
    assert_eq!(
        (all.direct_cost, all.other_cost, all.in_kind, all.by_payer["enterprise"]),
        (1000, 5000, 400, 300)
    );
}

#[test]
fn recovery_is_told_by_module_provider_province_phase_year_and_training() {
    let mut other = cost("b", 100);
    other.module = "quality".into();
    other.region = "5171".into();
    other.on = date(2020, 1, 1);
    let entries = [cost("a", 300), paid("a", "enterprise", 150), other];
    for (by, first, groups) in [
        (Grouping::Module, "cooperation", 2),
        (Grouping::Provider, "bedo", 1),
        (Grouping::Province, "33", 2),
        (Grouping::Phase, "III", 1),
        (Grouping::Year, "2019", 2),
        (Grouping::Training, "a", 2),
    ] {
        let all = recoveries(&entries, &costs(), by);
        assert_eq!((all.len(), all.keys().next().map(String::as_str)), (groups, Some(first)), "{by:?}");
    }
    assert_eq!(recoveries(&entries, &costs(), Grouping::Module)["quality"].pooled(), Some(0.0));
}

#[test]
fn entries_that_cannot_be_are_refused() {
    assert_eq!(cost("a", 1).check(&costs(), TODAY), Ok(()));
    let refused = |change: fn(&mut NewEntry)| {
        let mut bad = cost("a", 1000);
        change(&mut bad);
        bad.check(&costs(), TODAY).unwrap_err().to_string()
    };
    assert!(refused(|bad| bad.amount = 0).contains("not between 1"));
    assert!(refused(|bad| bad.amount = -5).contains("not between 1"));
    assert!(refused(|bad| bad.amount = AMOUNT_MAX + 1).contains("not between 1"));
    assert!(refused(|bad| bad.on = date(2021, 1, 1)).contains("still to come"));
    assert!(refused(|bad| bad.side = Side::Cost("bribes".into())).contains("from the list"));
    assert!(refused(|bad| bad.training.clear()).contains("Choose the training"));
    assert!(
        refused(|bad| {
            bad.in_kind = true;
            bad.evidence.clear()
        })
        .contains("valued")
    );
}

#[test]
fn a_shorter_training_costs_less_and_says_the_fee_that_would_cover_it() {
    let costs = costs();
    let long = Scenario {
        workshop_days: 10,
        visits: 10,
        enterprises: 5,
        participants: 4,
        fee: 2_000_000,
        sponsors: 0,
    };
    let short = Scenario { workshop_days: 3, visits: 3, ..long };
    let (long, short) = (estimate(&long, &costs), estimate(&short, &costs));
    assert!(short.direct_cost < long.direct_cost && short.recovery > long.recovery);
    let fee = short.full_fee.unwrap();
    let covered = Scenario { workshop_days: 3, visits: 3, enterprises: 5, participants: 4, fee, sponsors: 0 };
    let covered = estimate(&covered, &costs);
    assert!(covered.recovered >= covered.direct_cost && fee % 1000 == 0);
    let nobody =
        Scenario { workshop_days: 3, visits: 3, enterprises: 0, participants: 4, fee: 1, sponsors: 0 };
    assert_eq!(estimate(&nobody, &costs).full_fee, None);
}

#[test]
fn what_money_did_is_absent_where_it_cannot_be_known() {
    let none = Worth::default();
    assert_eq!((none.cost_per_enterprise(), none.savings_per_rupiah()), (None, None));
    let worth =
        Worth { direct_cost: 1000, funder: 100, enterprises: 4, improved: 2, yearly_savings: Some(2500) };
    assert_eq!(worth.cost_per_enterprise(), Some(250.0));
    assert_eq!(worth.funder_per_enterprise(), Some(25.0));
    assert_eq!(worth.cost_per_improved(), Some(500.0));
    assert_eq!(worth.savings_per_rupiah(), Some(2.5));
}

proptest! {
    /// However the ledger is cut, the parts add up to the whole.
    #[test]
    fn groups_add_up(amounts in proptest::collection::vec((1..AMOUNT_MAX, 0..3usize, 0..4usize, any::<bool>()), 0..40)) {
        let payers = ["enterprise", "government", "funder", "sponsor"];
        let entries: Vec<NewEntry> = amounts.iter().map(|(amount, training, payer, is_cost)| {
            let training = training.to_string();
            if *is_cost { cost(&training, *amount) } else { paid(&training, payers[*payer], *amount) }
        }).collect();
        let whole = recovery(&entries, &costs());
        let parts = recoveries(&entries, &costs(), Grouping::Training);
        prop_assert_eq!(parts.values().map(|part| part.direct_cost).sum::<Rupiah>(), whole.direct_cost);
        prop_assert_eq!(parts.values().map(|part| part.recovered).sum::<Rupiah>(), whole.recovered);
        prop_assert_eq!(whole.by_payer.values().sum::<Rupiah>(), whole.recovered + whole.funder);
    }

    #[test]
    fn no_scenario_overflows(days: u16, visits: u16, enterprises: u16, participants: u16, fee: i64, sponsors: i64) {
        let _ = estimate(&Scenario { workshop_days: days, visits, enterprises, participants, fee, sponsors }, &costs());
    }
}
