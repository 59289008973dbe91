//! Laws on random cubes, with the tests' own attacker.

use proptest::prelude::*;

use crate::attacker::{equations, furthest};
use crate::cubes::{Spec, generate};
use crate::{hidden, plan, protected};
use disclosure::{Strength, check};

fn spec() -> impl Strategy<Value = Spec> {
    let groups = || proptest::collection::vec(0usize..4, 1..4);
    (0u64..1000, 8usize..400, groups(), groups(), 0usize..3).prop_map(
        |(seed, enterprises, sections, provinces, sizes)| Spec {
            sizes,
            holding_share: 0.3,
            ..Spec::new(seed, enterprises, &sections, &provinces)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// No attacker's interval is narrower than demanded, and none who is alone in some cell
    /// learns another's primary.
    #[test]
    fn nobody_learns_more_than_the_plan_allows(spec in spec()) {
        let cube = generate(&spec);
        prop_assume!(cube.len() <= 220);
        let plan = plan("threshold = 3\np_percent = 10.0");
        let (protected, proof) = protected(&cube, &plan);
        let report = check(&cube, &protected, &proof, &plan).expect("checked");
        prop_assert!(report.passed(), "{:?}", report.failures);
        let hidden = hidden(&protected);
        let rows = equations(&cube, &hidden);
        let behind = &cube.contributions[0];
        let alone = |cell: usize| (behind.holdings[cell] == 1).then_some(behind.largest_holding[cell]);
        let mut attackers: Vec<Option<u64>> = hidden.iter().map(|cell| alone(*cell)).collect();
        attackers.push(None);
        attackers.sort();
        attackers.dedup();
        for attacker in attackers.into_iter().take(6) {
            let knows = |cell: usize| attacker.is_some() && alone(cell) == attacker;
            let room: Vec<f64> =
                hidden.iter().map(|cell| if knows(*cell) { 0.0 } else { cube.values[0][*cell] }).collect();
            for proof in &proof.cells {
                let weaker = match attacker {
                    None => proof.strength == Strength::Narrow,
                    Some(_) => proof.strength != Strength::Full,
                };
                if weaker || knows(proof.cell as usize) {
                    continue;
                }
                let target = hidden.binary_search(&(proof.cell as usize)).expect("primaries are hidden");
                let reach = furthest(&rows, &room, target);
                prop_assert!(
                    reach >= proof.need * (1.0 - 1e-5),
                    "cell {} moves {reach} and needs {} against {attacker:?}", proof.cell, proof.need
                );
            }
        }
    }
}
