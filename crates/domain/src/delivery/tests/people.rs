use super::*;
use crate::actor::Place;

fn roster() -> Roster {
    let enrolled = |course: &str, name: &str| Enrolled {
        course: course.into(),
        engagement: format!("g-{course}"),
        enterprise: format!("e-{course}"),
        enterprise_name: name.into(),
        baseline_on: None,
    };
    Roster {
        training: Training {
            id: "t1".into(),
            programme: "coaching".into(),
            module: "first".into(),
            edition: "1".into(),
            product: "standard".into(),
            organisation: "o1".into(),
            region: "33".into(),
            venue: "Semarang".into(),
            starts_on: day("2026-11-20"),
            ends_on: day("2026-11-21"),
            trainer: Some("siti".into()),
            state: TrainingState::Planned,
            feedback: [0; 5],
            version: 1,
        },
        enrolled: vec![enrolled("c1", "UD Batik Lasem Indah"), enrolled("c2", "CV Tahu Bangun Rejo")],
        participants: Vec::new(),
    }
}

fn participant(course: &str, name: &str) -> Participant {
    Participant {
        id: format!("{course}-{name}"),
        course: course.into(),
        name: name.into(),
        sex: Sex::Woman,
        position: Position::Worker,
        days: DaysThere::all_of(2),
        namesake: false,
    }
}

fn hold(participants: Vec<Participant>) -> Result<(), Refusal> {
    TrainingAct::Hold { version: 1, participants }.check(&roster(), &programme(), today())
}

#[test]
fn the_same_participant_in_two_enterprises_is_refused_with_both_named() {
    let refused = hold(vec![participant("c1", "S. Aminah"), participant("c2", "s aminah")]).unwrap_err();
    assert_eq!(
        refused.text().id,
        "“s aminah” tercatat untuk UD Batik Lasem Indah dan untuk CV Tahu Bangun Rejo. Satu orang mewakili satu \
         usaha: hapus salah satu, atau tandai bila memang dua orang bernama sama."
    );
    let twice = hold(vec![participant("c1", "S. Aminah"), participant("c1", "S.  Aminah")]);
    assert_eq!(twice, Err(Refusal::NamedTwice { name: "S.  Aminah".into() }));
    let mut namesake = participant("c2", "S. Aminah");
    namesake.namesake = true;
    assert_eq!(hold(vec![participant("c1", "S. Aminah"), namesake]), Ok(()));
    assert_eq!(hold(vec![participant("c9", "Budi")]), Err(Refusal::NotThere { noun: "enterprise" }));
    assert_eq!(hold(Vec::new()), Err(Refusal::Empty { field: "participants" }));
}

#[test]
fn turnout_is_counted_by_sex_and_position() {
    let mut owner = participant("c1", "Wulan");
    owner.position = Position::Owner;
    let mut man = participant("c1", "Budi");
    man.sex = Sex::Man;
    let turnout = Turnout::count(&[owner, man, participant("c1", "Aminah")]);
    assert_eq!(turnout, Turnout { managers_women: 1, managers_men: 0, workers_women: 1, workers_men: 1 });
    assert_eq!((turnout.women(), turnout.men(), turnout.all()), (2, 1, 3));
}

#[test]
fn attendance_is_by_day_and_somebody_without_a_day_was_not_there() {
    let days = |days: &[u8]| days.iter().copied().collect::<DaysThere>();
    let mut absent = participant("c1", "Aminah");
    absent.days = DaysThere::default();
    assert_eq!(hold(vec![absent.clone()]), Err(Refusal::NoDay { name: "Aminah".into() }));
    // The third day of a workshop of two is none.
    absent.days = days(&[3]);
    assert_eq!(hold(vec![absent]), Err(Refusal::NoDay { name: "Aminah".into() }));
    for (given, kept) in [(&[2, 1, 2][..], &[1, 2][..]), (&[0, 31, 200], &[]), (&[], &[])] {
        assert_eq!(days(given).days().collect::<Vec<_>>(), kept, "{given:?}");
    }
    assert_eq!((days(&[1, 3]).count(), days(&[1, 3]).within(2).count()), (2, 1));
    let written: Vec<u8> = days(&[2, 1]).into();
    assert_eq!(written, [1, 2]);
    assert_eq!(DaysThere::from(written), days(&[1, 2]));
}

#[test]
fn a_certificate_needs_the_days_that_the_product_asks_for() {
    let mut training = roster().training;
    let programme = programme();
    assert_eq!(training.days(&programme), 2);
    assert_eq!(training.date_of(2, 2), Some(day("2026-11-21")));
    assert!(training.certifies(&programme, DaysThere::all_of(1)), "no rule: a day is enough");
    // Held on one day alone, a day is all there is.
    training.ends_on = training.starts_on;
    assert_eq!(training.days(&programme), 1);
    // Over a weekend, dates of days are in doubt.
    training.ends_on = day("2026-11-23");
    assert_eq!((training.days(&programme), training.date_of(2, 2)), (2, None));
}

#[test]
fn a_training_of_tomorrow_was_not_held_and_feedback_needs_people() {
    let mut roster = roster();
    let hold = TrainingAct::Hold { version: 1, participants: vec![participant("c1", "Aminah")] };
    let early = hold.check(&roster, &programme(), day("2026-11-19"));
    assert_eq!(early, Err(Refusal::InTheFuture { on: day("2026-11-20") }));
    let feedback = TrainingAct::Feedback { answers: [0, 0, 1, 2, 0] };
    assert_eq!(feedback.check(&roster, &programme(), today()), Err(Refusal::NotHeldYet));
    roster.training.state = TrainingState::Held;
    roster.participants = vec![participant("c1", "Aminah"), participant("c1", "Budi")];
    let too_many = Err(Refusal::MoreAnswersThanPeople { answered: 3, there: 2 });
    assert_eq!(feedback.check(&roster, &programme(), today()), too_many);
    assert_eq!(roster.training.satisfaction(), None);
    roster.training.feedback = [0, 0, 1, 2, 1];
    assert_eq!(roster.training.satisfaction(), Some((75.0, 4)));
}

fn order(act: Act) -> Order {
    let place = dossier().engagement.place();
    Order { engagement: "g1".into(), place, act }
}

#[test]
fn a_trainer_reaching_outside_the_province_is_refused() {
    let act = || assess(Stage::Baseline, "2026-02-12");
    assert!(order(act()).allow(&trainer_in("33")).is_ok());
    assert_eq!(order(act()).allow(&trainer_in("35")).unwrap_err().reason, SCOPE);
    let elsewhere = Actor::with("budi", Role::Trainer, Scope::organisation("o2"));
    assert_eq!(order(act()).allow(&elsewhere).unwrap_err().reason, SCOPE);
}

#[test]
fn every_role_does_its_own_part_and_no_more() {
    let select = || Act::Select {
        enterprise: "e1".into(),
        programme: "coaching".into(),
        phase: "one".into(),
        product: "standard".into(),
        organisation: "o1".into(),
        region: "3374".into(),
        on: today(),
        synthetic: false,
    };
    let finish = || Act::FinishProject {
        project: "p1".into(),
        version: 1,
        on: today(),
        cost: None,
        saving: None,
        after: None,
    };
    let verify = || Act::VerifyProject {
        project: "p1".into(),
        version: 1,
        on: today(),
        saving: None,
        evidence: "foto".into(),
    };
    let approve = || Act::ApproveReport { report: "r1".into(), version: 1, on: today() };
    let consent =
        || Act::ConsentCaseStudy { case_study: "k1".into(), version: 1, by: "pemilik".into(), on: today() };
    let officer = Actor::with("rina", Role::ProgrammeOfficer, Scope::programme("coaching"));
    let manager = Actor::with("joko", Role::ProviderManager, Scope::organisation("o1"));
    let trainer = trainer_in("33");
    let (worker, owner) = (member(Function::Worker), member(Function::Owner));
    let funder = Actor::with("heidi", Role::Funder, Scope::default());
    let may = |act: Act| -> Vec<bool> {
        [&officer, &manager, &trainer, &worker, &owner, &funder]
            .map(|actor| order(act.clone()).allow(actor).is_ok())
            .to_vec()
    };
    //                               officer manager trainer worker owner funder
    assert_eq!(may(select()), [true, true, false, false, false, false]);
    assert_eq!(may(finish()), [false, true, true, true, true, false]);
    assert_eq!(may(verify()), [false, true, true, false, false, false]);
    assert_eq!(may(approve()), [true, false, false, false, false, false]);
    assert_eq!(may(consent()), [true, true, true, false, true, false]);
    let plan = TrainingOrder {
        training: "t1".into(),
        place: Place::programme("coaching").in_region("33").of_organisation("o1"),
        act: TrainingAct::Cancel { version: 1, because: "hujan".into() },
    };
    assert!(plan.clone().allow(&manager).is_ok());
    assert!(plan.allow(&trainer).is_err());
}
