//! Input that is small, odd or wrong, and plans that ask for too much.

use crate::build::{Enterprise, PLAN, cell, compute, plan, try_compute, value};

const ALL: [&str; 4] = ["2024", "_T", "_T", "_T"];

#[test]
fn a_single_enterprise_is_every_statistic_of_its_cell() {
    let cube = compute(&[Enterprise { weight: Some(2.5), ..Enterprise::default() }], PLAN).cube;
    for (measure, expected) in [
        ("ENTERPRISES", 1.0),
        ("POPULATION", 2.5),
        ("VALUE_ADDED", 150.0),
        ("LP", 30.0),
        ("LP_HOUR", 15.0), // million rupiah over 4,000 hours, in thousand rupiah
        ("ULC", 0.5),
        ("CAPITAL_INTENSITY", 100.0),
        ("LP_MEAN", 30.0),
        ("LP_SD", 0.0),
        ("LP_P10", 30.0),
        ("LP_P90", 30.0),
        ("LP_P90_P10", 1.0),
    ] {
        assert_eq!(value(&cube, &ALL, measure), expected, "{measure}");
    }
    assert_eq!(cube.len(), 3 * 3 * 2);
    let contributions = &cube.contributions[0];
    assert_eq!((contributions.holdings[0], contributions.second_largest[0]), (1, 0.0));
}

#[test]
fn enterprises_that_stand_for_nobody_are_counted_and_decide_nothing() {
    let rows = [
        Enterprise { weight: Some(0.0), output: Some(40_000.0), ..Enterprise::default() },
        Enterprise { id: "E2".into(), ..Enterprise::default() },
    ];
    let cube = compute(&rows, PLAN).cube;
    assert_eq!(value(&cube, &ALL, "ENTERPRISES"), 2.0);
    assert_eq!(value(&cube, &ALL, "LP_P90"), 30.0);
    let nobody = compute(&rows[..1], PLAN).cube;
    for measure in ["LP", "LP_MEAN", "LP_SD", "LP_P50", "OLLEY_PAKES_GAP"] {
        assert!(value(&nobody, &ALL, measure).is_nan(), "{measure}");
    }
}

#[test]
fn a_loss_is_in_the_sums_and_not_in_the_logarithms() {
    let rows = [
        Enterprise { inputs: Some(160.0), ..Enterprise::default() },
        Enterprise { id: "E2".into(), ..Enterprise::default() },
    ];
    let cube = compute(&rows, PLAN).cube;
    assert_eq!(value(&cube, &ALL, "VALUE_ADDED"), 0.0);
    assert_eq!(value(&cube, &ALL, "VALUE_ADDED_NONPOSITIVE"), 1.0);
    assert_eq!(value(&cube, &ALL, "LP_P10"), -30.0);
    assert!(value(&cube, &ALL, "LP_P90_P10").is_nan());
    assert!(value(&cube, &ALL, "ULC").is_nan());
    assert!(value(&cube, &ALL, "OLLEY_PAKES_GAP").abs() < 1e-12);
}

#[test]
fn what_nobody_told_is_no_data_and_not_zero() {
    let rows = [
        Enterprise { labour_cost: None, ..Enterprise::default() },
        Enterprise { id: "E2".into(), activity: "47", ..Enterprise::default() },
    ];
    let computation = compute(&rows, PLAN);
    assert!(value(&computation.cube, &["2024", "C", "_T", "_T"], "LABOUR_COST").is_nan());
    assert_eq!(value(&computation.cube, &ALL, "LABOUR_COST"), 30.0);
    assert_eq!(computation.coverage.missing, [("LABOUR_COST".to_owned(), 1)]);
}

#[test]
fn equal_values_have_no_deviation() {
    let rows: Vec<Enterprise> = (0..100)
        .map(|row| Enterprise {
            id: format!("E{row}"),
            weight: Some(1.0 + f64::from(row) / 7.0),
            ..Enterprise::default()
        })
        .collect();
    let cube = compute(&rows, PLAN).cube;
    assert_eq!(value(&cube, &ALL, "LP_SD"), 0.0);
    assert_eq!((value(&cube, &ALL, "LP_P10"), value(&cube, &ALL, "LP_P90")), (30.0, 30.0));
}

#[test]
fn rows_that_have_no_place_are_counted_with_examples() {
    let row = Enterprise::default;
    let computation = compute(
        &[
            row(),
            Enterprise { activity: "99", ..row() },
            Enterprise { activity: "C", ..row() }, // known, but too coarse for divisions
            Enterprise { year: None, ..row() },
            Enterprise { persons: Some(-3.0), ..row() },
            Enterprise { weight: None, ..row() },
            Enterprise { weight: Some(-1.0), ..row() },
        ],
        PLAN,
    );
    let coverage = computation.coverage;
    assert_eq!((coverage.rows, coverage.used, coverage.without_weight), (7, 1, 2));
    let outside: Vec<String> = coverage
        .outside
        .iter()
        .map(|outside| format!("{} {} {:?}", outside.dimension, outside.rows, outside.examples))
        .collect();
    insta::assert_snapshot!(outside.join("\n"), @r#"
    year 1 [""]
    activity 2 ["99", "C"]
    size 1 ["-3.0"]
    "#);
    assert_eq!(value(&computation.cube, &ALL, "ENTERPRISES"), 1.0);
}

#[test]
fn constant_prices_take_the_index_of_the_nearest_level() {
    let rows = [
        Enterprise::default(),                                                   // C: 100/200
        Enterprise { id: "E2".into(), activity: "47", ..Enterprise::default() }, // everything: 100/125
    ];
    let text = format!("{PLAN}\n[cube.prices]\ndeflator = \"price\"\nbase_year = 2023\n");
    let computation = compute(&rows, &text);
    let cube = &computation.cube;
    assert_eq!(value(cube, &["2024", "C", "_T", "_T"], "VALUE_ADDED"), 30.0);
    assert_eq!(value(cube, &["2024", "G", "_T", "_T"], "VALUE_ADDED"), 48.0);
    // Unit labour cost is nominal cost over real value added.
    assert_eq!(value(cube, &["2024", "C", "_T", "_T"], "ULC"), 1.0);
    assert_eq!(cube.provenance.price_basis.en, "constant 2023 prices, deflator price");
    assert_eq!(computation.coverage.deflated, [("section".to_owned(), 1), ("total".to_owned(), 1)]);
    let late = Enterprise { year: Some(2025), ..Enterprise::default() };
    let error = try_compute(&[late], &plan(&text)).unwrap_err();
    insta::assert_snapshot!(error, @"deflator `price` has no index for 2025 (C); add it or change the base year");
}

#[test]
fn quantiles_can_be_averaged_at_exact_hits() {
    let rows: Vec<Enterprise> = (1..=4)
        .map(|row| Enterprise {
            id: format!("E{row}"),
            output: Some(40.0 + 2.0 * f64::from(row)),
            ..Enterprise::default()
        })
        .collect();
    let text = format!(
        "{PLAN}\n[cube.quantiles]\ndefinition = \"inverse-ecdf-averaged\"\nprobabilities = [0.25, 0.5, 0.6]\n"
    );
    let cube = compute(&rows, &text).cube;
    assert_eq!(cube.provenance.quantile_definition, "inverse-ecdf-averaged");
    for (measure, expected) in [("LP_P25", 1.5), ("LP_P50", 2.5), ("LP_P60", 3.0)] {
        assert_eq!(value(&cube, &ALL, measure), expected, "{measure}");
    }
    assert!(cube.measure("LP_P90_P10").is_none());
}

#[test]
fn an_amount_out_of_all_proportion_is_still_added() {
    let mut rows: Vec<Enterprise> =
        (0..50).map(|row| Enterprise { id: format!("E{row}"), ..Enterprise::default() }).collect();
    rows[20].output = Some(1e60);
    rows[20].activity = "47";
    let cube = compute(&rows, PLAN).cube;
    assert_eq!(value(&cube, &ALL, "OUTPUT"), 1e60);
    assert!((value(&cube, &["2024", "G", "_T", "_T"], "LP") - 5e59).abs() < 1e45);
}

#[test]
fn plans_that_ask_for_too_much_are_refused_by_name() {
    let refuse = |text: &str| try_compute(&[Enterprise::default()], &plan(text)).unwrap_err().to_string();
    let with = |line: &str| PLAN.replace("dataset = \"TEST\"", &format!("dataset = \"TEST\"\n{line}"));
    insta::assert_snapshot!(refuse(&with("variables = { turnover = \"turnovr\" }")), @"[cube.variables] turnover = \"turnovr\": the input has no column `turnovr`; it has `enterprise_id`, `holding_id`, `year`, `activity`, `province`, `district`, `persons_engaged`, `output`, `intermediate_inputs`, `labour_cost`, `hours_worked`, `fixed_assets`, `weight`");
    insta::assert_snapshot!(refuse(&with("variables = { fixed_assets = \"fixed_asset\" }")), @"[cube.variables] fixed_assets = \"fixed_asset\": the input has no column `fixed_asset` (did you mean `fixed_assets`?); it has `enterprise_id`, `holding_id`, `year`, `activity`, `province`, `district`, `persons_engaged`, `output`, `intermediate_inputs`, `labour_cost`, `hours_worked`, `fixed_assets`, `weight`");
    assert!(
        refuse(&with("measures = [\"LPP\"]"))
            .starts_with("[cube] measures: there is no measure `LPP` (did you mean `LP`?)")
    );
    assert!(
        refuse(&with("measures = [\"TURNOVER\"]"))
            .starts_with("measure TURNOVER: the input has no column `turnover`; it has")
    );
    insta::assert_snapshot!(refuse(&with("contributions = [\"LP\"]")), @"[cube] contributions: `LP` is not a total among the measures of this plan");
    insta::assert_snapshot!(refuse(&with("combinations = [[\"section\", \"total\"]]")), @r#"[cube] combinations ["section", "total"]: name one level for each of the 3 dimensions"#);
    insta::assert_snapshot!(refuse(&PLAN.replace("\"division\"]", "\"planet\"]")), @"[[cube.dimension]] activity: `ACT` has no level `planet`; it has section, division, class");
    insta::assert_snapshot!(refuse(&PLAN.replace("\"ACT\"", "\"KBLI\"")), @"[[cube.dimension]] activity: there is no classification `KBLI`; there are ACT, SIZE");
    assert!(
        refuse(&PLAN.replace("column = \"activity\"", "column = \"output\""))
            .ends_with("rows.parquet: the plan uses it as a code, but it holds Float64")
    );
}

#[test]
fn only_the_combinations_of_the_plan_are_computed() {
    let text = PLAN.replace(
        "dataset = \"TEST\"",
        "dataset = \"TEST\"\nmeasures = [\"LP\", \"ENTERPRISES\"]\n\
         combinations = [[\"total\", \"total\", \"total\"], [\"section\", \"province\", \"total\"]]",
    );
    let cube = compute(&[Enterprise::default()], &text).cube;
    assert_eq!(cube.level_sets, [vec![0, 0, 0, 0], vec![0, 1, 1, 0]]);
    assert_eq!(cube.len(), 2);
    assert_eq!(
        cube.measures.iter().map(|measure| measure.code.as_str()).collect::<Vec<_>>(),
        ["LP", "ENTERPRISES"]
    );
    assert_eq!(value(&cube, &["2024", "C", "province_31", "_T"], "LP"), 30.0);
    assert!(cell(&cube, &["2024", "10", "_T", "_T"]).is_none());
}

#[test]
fn a_code_under_two_parents_is_refused() {
    let rows = [Enterprise::default(), Enterprise { province: 32, ..Enterprise::default() }];
    let error = try_compute(&rows, &plan(PLAN)).unwrap_err();
    insta::assert_snapshot!(error, @"dimension `region`: code `3171` stands under `31` in one row and under `32` in another");
}

#[test]
fn the_members_are_those_of_the_classification() {
    let cube = compute(&[Enterprise { activity: "1011", ..Enterprise::default() }], PLAN).cube;
    let codes = |at: usize| {
        let dimension = &cube.dimensions[at];
        let parent =
            |parent: Option<u32>| parent.map_or("-", |at| dimension.members[at as usize].code.as_str());
        let members = dimension.members.iter();
        members
            .map(|member| format!("{}<{}", member.code, parent(member.parent)))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(codes(0), "2024<-");
    assert_eq!(codes(1), "_T<- C<_T G<_T 10<C 11<C 47<G");
    assert_eq!(codes(2), "_T<- province_31<_T district_3171<province_31");
    assert_eq!(codes(3), "_T<- S1<_T S2<_T S3<_T");
    assert_eq!(cube.dimensions[1].levels[2].id, "division");
}

#[test]
fn a_stop_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = crate::build::write(folder.path(), "rows.parquet", &[Enterprise::default()], 5);
    let stop = std::sync::atomic::AtomicBool::new(true);
    let input = statistics::Input::files([path]);
    let stopped =
        statistics::compute(&input, &plan(PLAN), &crate::build::catalogue(), Default::default(), 2, &stop);
    assert!(matches!(stopped, Err(statistics::StatisticsError::Cancelled)));
}

#[test]
fn a_file_without_rows_gives_a_cube_without_cells() {
    let computation = compute(&[], PLAN);
    assert_eq!((computation.cube.len(), computation.coverage.rows), (0, 0));
}

#[test]
fn what_is_no_parquet_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    std::fs::write(&path, "not parquet").unwrap();
    let input = statistics::Input::files([path]);
    let error =
        statistics::compute(&input, &plan(PLAN), &crate::build::catalogue(), Default::default(), 2, &());
    assert!(error.unwrap_err().to_string().contains("not a Parquet file that can be read"));
}
