use super::*;

fn deliver() -> Act {
    Act::Deliver { course: "c1".into(), version: 2, on: day("2026-06-12") }
}

#[test]
fn an_endline_without_a_baseline_is_refused() {
    let mut dossier = dossier();
    dossier.courses.push(course("c1", "first"));
    for stage in [Stage::AfterModule, Stage::Final, Stage::FollowUp6] {
        assert_eq!(
            check(&assess(stage, "2026-06-01"), &dossier),
            Err(Refusal::EndlineWithoutBaseline),
            "{stage:?}"
        );
    }
}

#[test]
fn a_baseline_after_the_workshop_is_refused_unless_it_says_that_nothing_was_tracked() {
    let mut dossier = dossier();
    dossier.courses.push(course("c1", "first"));
    let workshop = day("2026-02-24");
    let late = Err(Refusal::BaselineAfterWorkshop { workshop });
    assert_eq!(check(&assess(Stage::Baseline, "2026-02-24"), &dossier), late);
    assert_eq!(check(&assess(Stage::Baseline, "2026-04-01"), &dossier), late);
    assert_eq!(check(&assess(Stage::Baseline, "2026-02-23"), &dossier), Ok(()));
    let lawful = not_tracked(Stage::Baseline, "2026-04-01", "pendamping lama pindah");
    assert_eq!(check(&lawful, &dossier), Ok(()));
    let silent = not_tracked(Stage::Baseline, "2026-02-12", " ");
    assert_eq!(check(&silent, &dossier), Err(Refusal::NothingAssessed));
}

#[test]
fn no_module_is_delivered_while_a_step_is_missing() {
    assert_eq!(check(&deliver(), &ready_to_close()), Ok(()));
    type Spoil = fn(&mut Dossier);
    let cases: [(Step, Spoil); 8] = [
        (Step::Baseline, |dossier| dossier.assessments.retain(|one| one.stage != Stage::Baseline)),
        (Step::Workshop, |dossier| dossier.courses[0].turnout = Turnout::default()),
        (Step::Team, |dossier| dossier.courses[0].team = None),
        (Step::Plan, |dossier| dossier.projects.clear()),
        (Step::Visits, |dossier| dossier.visits.truncate(1)),
        (Step::Review, |dossier| dossier.courses[0].reviewed_on = None),
        (Step::Endline, |dossier| dossier.assessments.retain(|one| one.stage != Stage::AfterModule)),
        (Step::Report, |dossier| dossier.reports[0].state = ReportState::Draft),
    ];
    for (step, spoil) in cases {
        let mut dossier = ready_to_close();
        spoil(&mut dossier);
        assert_eq!(check(&deliver(), &dossier), Err(Refusal::NotYet { missing: vec![step] }), "{step:?}");
        let standing = Standing::of(&dossier, &programme(), today());
        assert_eq!(standing.next.unwrap().step, step, "what is missing is what comes next");
    }
}

#[test]
fn not_tracked_because_is_a_lawful_baseline() {
    let mut dossier = ready_to_close();
    dossier.assessments[0].practices.clear();
    dossier.assessments[0].problems.clear();
    dossier.assessments[0].not_tracked =
        vec![NotTracked { what: "baseline".into(), because: "belum ada catatan".into() }];
    assert_eq!(check(&deliver(), &dossier), Ok(()));
}

#[test]
fn a_module_is_closed_once() {
    let mut dossier = ready_to_close();
    dossier.courses[0].delivered_on = Some(day("2026-06-11"));
    assert_eq!(check(&deliver(), &dossier), Err(Refusal::AlreadyDelivered { on: day("2026-06-11") }));
}

fn record(on: &str, women: u32) -> Act {
    Act::RecordVisit {
        visit: "v3".into(),
        version: 1,
        on: day(on),
        women,
        men: 0,
        progress: "maju".into(),
        five_s: None,
        findings: String::new(),
        next_steps: "lanjut".into(),
    }
}

#[test]
fn a_visit_dated_in_the_future_is_refused_and_one_of_today_is_not() {
    let mut dossier = ready_to_close();
    dossier.visits.push(visit("v3", None));
    assert_eq!(check(&record("2026-11-22", 3), &dossier), Ok(()));
    let tomorrow = day("2026-11-23");
    assert_eq!(check(&record("2026-11-23", 3), &dossier), Err(Refusal::InTheFuture { on: tomorrow }));
    assert_eq!(check(&record("2026-11-20", 0), &dossier), Err(Refusal::NobodyCame));
    dossier.visits[2].state = VisitState::Done;
    let closed = Err(Refusal::Closed { noun: "visit", state: "done" });
    assert_eq!(check(&record("2026-11-20", 3), &dossier), closed);
}

#[test]
fn module_one_comes_first_and_one_module_runs_at_a_time() {
    let open = |module: &str| Act::OpenCourse {
        course: "c9".into(),
        module: module.into(),
        training: None,
        on: day("2026-07-01"),
    };
    let mut dossier = dossier();
    assert_eq!(check(&open("second"), &dossier), Err(Refusal::OutOfOrder { expected: "first".into() }));
    assert_eq!(check(&open("first"), &dossier), Ok(()));
    dossier.courses.push(course("c1", "first"));
    assert_eq!(check(&open("second"), &dossier), Err(Refusal::ModuleOpen { module: "first".into() }));
    dossier.courses[0].delivered_on = Some(day("2026-06-30"));
    assert_eq!(check(&open("third"), &dossier), Ok(()));
    assert_eq!(check(&open("first"), &dossier), Err(Refusal::AlreadyThere { noun: "module" }));
    assert_eq!(check(&open("sixth"), &dossier), Err(Refusal::NotThere { noun: "module" }));
}

#[test]
fn the_road_is_told_from_the_records_to_the_last_step() {
    let programme = programme();
    let mut dossier = dossier();
    let mut told = Vec::new();
    let mut tell = |dossier: &Dossier| {
        told.push(Standing::of(dossier, &programme, today()).next.map_or("nothing", |next| next.step.code()));
    };
    dossier.engagement.state = State::Selected;
    dossier.engagement.committed_on = None;
    tell(&dossier);
    dossier.engagement.state = State::Committed;
    tell(&dossier);
    dossier.engagement.state = State::Assessed;
    dossier.assessments.push(assessed(Stage::Baseline, "2026-02-12"));
    tell(&dossier);
    dossier.engagement.state = State::Delivering;
    let mut fresh = course("c1", "first");
    (fresh.trained_on, fresh.turnout) = (None, Turnout::default());
    dossier.courses.push(fresh);
    tell(&dossier);
    let mut dossier = ready_to_close();
    tell(&dossier);
    dossier.courses[0].delivered_on = Some(day("2026-06-12"));
    tell(&dossier);
    dossier.assessments.push(assessed(Stage::Final, "2026-06-20"));
    tell(&dossier);
    dossier.engagement.state = State::Exited;
    dossier.engagement.ended_on = Some(day("2026-06-30"));
    tell(&dossier);
    dossier.assessments.push(assessed(Stage::FollowUp6, "2026-12-30"));
    dossier.assessments.push(assessed(Stage::FollowUp12, "2027-06-30"));
    tell(&dossier);
    dossier.engagement.state = State::Withdrawn;
    tell(&dossier);
    assert_eq!(
        told,
        [
            "commitment",
            "baseline",
            "module",
            "workshop",
            "deliver",
            "module",
            "exit",
            "follow-up-6",
            "case-study",
            "nothing"
        ]
    );
}

#[test]
fn a_follow_up_waits_for_its_month() {
    let mut dossier = ready_to_close();
    dossier.courses[0].delivered_on = Some(day("2026-06-12"));
    dossier.assessments.push(assessed(Stage::Final, "2026-06-20"));
    dossier.engagement.state = State::Exited;
    dossier.engagement.ended_on = Some(day("2026-06-30"));
    let from = day("2026-11-30");
    assert_eq!(check(&assess(Stage::FollowUp6, "2026-11-20"), &dossier), Err(Refusal::TooEarly { from }));
    let programme = programme();
    let act = assess(Stage::FollowUp6, "2026-12-01");
    assert_eq!(act.check(&dossier, &programme, day("2026-12-02")), Ok(()));
    let visit = Act::PlanVisit {
        visit: "v9".into(),
        course: "c1".into(),
        on: day("2026-12-01"),
        starts_at: String::new(),
        trainer: None,
    };
    assert_eq!(check(&visit, &dossier), Err(Refusal::Closed { noun: "engagement", state: "exited" }));
}

#[test]
fn a_saving_counts_once_somebody_from_outside_has_looked_at_it() {
    let mut dossier = ready_to_close();
    assert_eq!(dossier.verified_yearly_saving(), 9_000_000);
    dossier.projects.push(project("p2", ProjectState::Done));
    assert_eq!(dossier.verified_yearly_saving(), 9_000_000);
    let verify = |project: &str| Act::VerifyProject {
        project: project.into(),
        version: 1,
        on: day("2026-06-01"),
        saving: Some(8_000_000),
        evidence: "kartu stok".into(),
    };
    assert_eq!(check(&verify("p2"), &dossier), Ok(()));
    let closed = Err(Refusal::Closed { noun: "project", state: "verified" });
    assert_eq!(check(&verify("p1"), &dossier), closed);
}

#[test]
fn a_case_is_published_only_with_consent_and_after_the_module() {
    let mut dossier = ready_to_close();
    let publish = Act::PublishCaseStudy { case_study: "k1".into(), version: 1, on: day("2026-06-20") };
    assert_eq!(check(&publish, &dossier), Err(Refusal::NotThere { noun: "case study" }));
    dossier.case_studies.push(CaseStudy {
        id: "k1".into(),
        state: CaseStudyState::Draft,
        course: "c1".into(),
        title: "t".into(),
        problem_kind: "stock".into(),
        shown_as: "sebuah pabrik kecap".into(),
        problem: "p".into(),
        action: "a".into(),
        result: "r".into(),
        pairs: Vec::new(),
        consent_by: None,
        consent_on: None,
        published_on: None,
        version: 1,
    });
    assert_eq!(check(&publish, &dossier), Err(Refusal::NoConsent));
    dossier.case_studies[0].consent_on = Some(day("2026-06-15"));
    assert_eq!(check(&publish, &dossier), Err(Refusal::NotYet { missing: vec![Step::Deliver] }));
    dossier.courses[0].delivered_on = Some(day("2026-06-12"));
    assert_eq!(check(&publish, &dossier), Ok(()));
}

#[test]
fn figures_of_a_case_are_those_of_the_records_or_say_whose_they_are() {
    let mut dossier = ready_to_close();
    let project = dossier.projects[0].id.clone();
    dossier.projects[0].state = ProjectState::Done;
    (dossier.projects[0].before, dossier.projects[0].after) = (Some(9.0), Some(4.0));
    let own = Pair::of_project(&dossier.projects[0]).unwrap();
    assert_eq!(own.origin, Origin::Project { project });
    let told = Pair { origin: Origin::Told, source: "buku gudang".into(), ..own.clone() };
    let write = |pairs: Vec<Pair>| Act::WriteCaseStudy {
        case_study: "k1".into(),
        course: "c1".into(),
        version: 0,
        title: "t".into(),
        problem_kind: "stock".into(),
        shown_as: "s".into(),
        problem: "p".into(),
        action: "a".into(),
        result: "r".into(),
        pairs,
    };
    let saving = |after| Pair { origin: Origin::Savings, before: None, after, ..own.clone() };
    let label = own.label.clone();
    let differs = || Err(Refusal::NotAsRecorded { label: label.clone() });
    let nobody = Pair { source: " ".into(), ..told.clone() };
    for (pair, expected) in [
        (own.clone(), Ok(())),
        (told.clone(), Ok(())),
        (Pair { after: 3.0, ..own.clone() }, differs()),
        (Pair { before: None, ..told.clone() }, differs()),
        (Pair { after: f64::NAN, ..told.clone() }, differs()),
        (saving(1.0), differs()),
        (saving(dossier.verified_yearly_saving() as f64), Ok(())),
        (nobody, Err(Refusal::Empty { field: "pairs" })),
    ] {
        assert_eq!(check(&write(vec![pair.clone()]), &dossier), expected, "{pair:?}");
    }
    assert_eq!(check(&write(vec![told; 13]), &dossier), Err(Refusal::TooManyPairs { max: 12 }));
    dossier.projects[0].state = ProjectState::Open;
    assert_eq!(check(&write(vec![own]), &dossier), differs(), "a project that runs has no result");
}

#[test]
fn a_reviewer_sees_what_stands_out_before_reading() {
    let mut dossier = ready_to_close();
    let found = |dossier: &Dossier| -> Vec<&'static str> {
        checks(dossier, &dossier.courses[0], &programme(), today()).iter().map(|check| check.code).collect()
    };
    assert_eq!(found(&dossier), Vec::<&str>::new());
    dossier.courses[0].turnout = Turnout { managers_men: 3, ..Turnout::default() };
    dossier.visits[1].done_on = dossier.visits[0].done_on;
    dossier.projects.push(project("p2", ProjectState::Open));
    dossier.projects.push(Project { saving: Some(2_000_000_000), ..project("p3", ProjectState::Done) });
    dossier.assessments[1].practices = BTreeMap::from([("C2".into(), false), ("C9".into(), true)]);
    assert_eq!(
        found(&dossier),
        ["no-workers", "one-sex", "unpaired", "worse", "late", "unverified", "large-saving", "same-day"]
    );
}
