use super::*;

#[test]
fn acts_travel_as_text_and_come_back_the_same() {
    for act in [
        assess(Stage::FollowUp6, "2026-06-01"),
        not_tracked(Stage::Baseline, "2026-06-01", "belum ada catatan"),
        Act::RecordVisit {
            visit: "v1".into(),
            version: 3,
            on: today(),
            women: 1,
            men: 2,
            progress: "maju".into(),
            five_s: Some(FiveS::new([5, 4, 3, 2, 1]).unwrap()),
            findings: String::new(),
            next_steps: "lanjut".into(),
        },
    ] {
        let text = toml::to_string(&act).unwrap();
        assert_eq!(toml::from_str::<Act>(&text).unwrap(), act, "{text}");
    }
    let wrong = "act = 'record-visit'\nvisit = 'v'\nversion = 1\non = '2026-01-01'\nwomen = 1\nmen = 1\n\
                 progress = ''\nnext_steps = ''\nfive_s = [9, 0, 0, 0, 0]\n";
    let error = toml::from_str::<Act>(wrong).unwrap_err();
    assert!(error.message().contains("between 0 and 5; found 9"), "{error}");
}

#[test]
fn a_refusal_says_what_to_do_in_both_languages() {
    let refusals = [
        Refusal::Empty { field: "words" },
        Refusal::NotThere { noun: "visit" },
        Refusal::InTheFuture { on: today() },
        Refusal::Before { on: today(), what: Step::Baseline, was: today() },
        Refusal::EndlineWithoutBaseline,
        Refusal::BaselineAfterWorkshop { workshop: today() },
        Refusal::NotYet { missing: vec![Step::Team, Step::Visits] },
        Refusal::AlreadyDelivered { on: today() },
        Refusal::TooEarly { from: today() },
        Refusal::NotCommitted,
        Refusal::NothingAssessed,
    ];
    for refusal in refusals {
        let text = refusal.text();
        assert!(text.id.ends_with('.') && text.en.ends_with('.'), "{refusal:?}");
        assert!(text.id != text.en && !text.en.contains("cannot be done yet"), "{refusal:?}");
    }
    assert_eq!(
        Refusal::NotYet { missing: vec![Step::Team, Step::Visits] }.text().id,
        "Masih kurang: tim perbaikan, kunjungan. Lengkapi dahulu."
    );
}

#[test]
fn codes_are_read_as_they_are_written() {
    for state in State::ALL {
        assert_eq!(State::parse(state.code()), Some(*state));
    }
    for state in ReportState::ALL {
        assert_eq!(ReportState::parse(state.code()), Some(*state));
    }
    assert_eq!(VisitState::parse("finished"), None);
}
