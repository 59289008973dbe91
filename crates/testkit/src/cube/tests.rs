use domain::cube::{Cube, DimensionRole};

use super::{Recipe, Respondent, additive, count, hierarchy, ratio, tabulate, time};

#[test]
fn a_hand_made_table_adds_up_and_knows_its_contributors() {
    let sections = vec![("A".to_owned(), vec!["A01".to_owned()]), ("B".to_owned(), vec![])];
    let dimensions = vec![
        time(&["2024".to_owned()]),
        hierarchy("activity", "ACTIVITY", &["total", "section", "division"], &sections),
    ];
    let respondent =
        |leaf, holding, turnover| Respondent { members: vec![0, leaf], holding, values: vec![turnover, 2.0] };
    // Members: 0 total, 1 A, 2 A01, 3 B.
    let respondents =
        [respondent(2, 7, 100.0), respondent(2, 7, 50.0), respondent(2, 8, 120.0), respondent(3, 9, -30.0)];
    let measures = vec![count("N"), additive("T"), additive("P"), ratio("R", "T", "P")];
    let cube = tabulate("TEST", dimensions, measures, &respondents);

    assert_eq!(cube.keys, [0, 0, 0, 1, 0, 2, 0, 3]);
    assert_eq!(cube.values[0], [4.0, 3.0, 3.0, 1.0]);
    assert_eq!(cube.values[1], [240.0, 270.0, 270.0, -30.0]);
    assert_eq!(cube.values[3], [30.0, 45.0, 45.0, -15.0]);
    let turnover = &cube.contributions[0];
    assert_eq!(turnover.holdings, [3, 2, 2, 1]);
    assert_eq!(turnover.largest, [150.0, 150.0, 150.0, -30.0]);
    assert_eq!(turnover.second_largest, [120.0, 120.0, 120.0, 0.0]);
    assert_eq!(turnover.largest_holding, [7, 7, 7, 9]);
}

#[test]
fn random_cubes_have_about_the_wanted_cells_and_every_parent_is_the_sum_of_its_children() {
    for wanted in [50, 200, 755, 2_000, 7_227] {
        let cube = Recipe::of_about(wanted, 1).build();
        assert!(cube.len().abs_diff(wanted) * 5 <= wanted, "{wanted} wanted, {} made", cube.len());
        assert_additive(&cube);
        assert_eq!(cube, Recipe::of_about(wanted, 1).build(), "the same seed gives the same cube");
        let sole = cube.contributions[0].holdings.iter().filter(|&&holdings| holdings == 1).count();
        println!("{wanted}: {} cells, {sole} with one contributor", cube.len());
        assert!(sole * 2 < cube.len(), "{sole} of {} cells have one contributor", cube.len());
        assert_ne!(cube, Recipe::of_about(wanted, 2).build(), "another seed gives another cube");
    }
}

#[test]
fn the_largest_random_cube_has_the_wanted_difficulties() {
    let cube = Recipe::of_about(80_000, 3).build();
    assert!((70_000..90_000).contains(&cube.len()), "{} cells", cube.len());
    let value_added = cube.measure("VALUE_ADDED").unwrap();
    assert!(cube.values[value_added].iter().any(|&value| value < 0.0));
    assert!(cube.values[cube.measure("TURNOVER").unwrap()].contains(&0.0));
    let contributions = &cube.contributions[0];
    assert!(contributions.largest_holding.iter().any(|&holding| holding >= 1_000_000_000));
    let sole = contributions.holdings.iter().filter(|&&holdings| holdings == 1).count();
    assert!(sole * 20 > cube.len() && sole * 2 < cube.len(), "{sole} cells have one contributor");
}

fn assert_additive(cube: &Cube) {
    let columns: Vec<usize> = (0..cube.measures.len()).filter(|&m| cube.measures[m].is_additive()).collect();
    for (axis, dimension) in cube.dimensions.iter().enumerate() {
        if dimension.role == DimensionRole::Time {
            continue;
        }
        for cell in 0..cube.len() {
            let mut key = cube.key(cell).to_vec();
            let children: Vec<u32> = dimension.children(key[axis]).collect();
            if children.is_empty() {
                continue;
            }
            for &column in &columns {
                let sum: f64 = children
                    .iter()
                    .filter_map(|&child| {
                        key[axis] = child;
                        cube.find(&key).map(|position| cube.values[column][position])
                    })
                    .sum();
                let total = cube.values[column][cell];
                assert!((sum - total).abs() <= 1e-9 * total.abs().max(1.0), "{sum} is not {total}");
            }
        }
    }
}
