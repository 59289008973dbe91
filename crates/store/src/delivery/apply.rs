//! Writes what an act says. It was checked before; nothing is decided here.

use domain::actor::Actor;
use domain::delivery::{Act, Dossier, Refusal};
use domain::programme::Programme;
use jiff::civil::Date;

use crate::codec::{text, to_json};
use crate::{Connection, StoreError, Tx};

/// Executes one portable statement and says how many rows it touched.
macro_rules! write_row {
    ($tx:expr, $sql:expr, $($value:expr),+ $(,)?) => {
        on!(Connection::&mut $tx.connection, |conn| sqlx::query($sql)
            $(.bind($value))+
            .execute(&mut **conn)
            .await?
            .rows_affected())
    };
}
pub(super) use write_row;

fn iso(day: Date) -> String {
    day.to_string()
}

pub(super) async fn apply(
    tx: &mut Tx,
    act: &Act,
    dossier: &Dossier,
    programme: &Programme,
    actor: &Actor,
) -> Result<(), StoreError> {
    let id = dossier.engagement.id.as_str();
    match act {
        // `perform` enters a selection itself.
        Act::Select { .. } => Ok(()),
        Act::AssignTrainer { .. } | Act::Commit { .. } | Act::Exit { .. } | Act::Withdraw { .. } => {
            change_engagement(tx, id, act).await
        }
        Act::Assess { .. } => assess(tx, id, act, actor).await,
        Act::OpenCourse { .. }
        | Act::Enrol { .. }
        | Act::FormTeam { .. }
        | Act::AgreePlan { .. }
        | Act::ReviewProgress { .. }
        | Act::Deliver { .. } => change_course(tx, dossier, act, programme, actor).await,
        Act::AddProject { .. } => add_project(tx, id, act).await,
        Act::FinishProject { .. } | Act::VerifyProject { .. } | Act::DropProject { .. } => {
            change_project(tx, act, actor).await
        }
        Act::PlanVisit { .. } | Act::RecordVisit { .. } | Act::CancelVisit { .. } => {
            change_visit(tx, id, act, dossier).await
        }
        Act::WriteReport { .. }
        | Act::CommentReport { .. }
        | Act::ReturnReport { .. }
        | Act::ApproveReport { .. } => change_report(tx, id, act, dossier, actor).await,
        Act::WriteCaseStudy { .. }
        | Act::ConsentCaseStudy { .. }
        | Act::PublishCaseStudy { .. }
        | Act::RetractCaseStudy { .. } => change_case_study(tx, id, act).await,
        Act::AttachPhoto { .. } => attach_photo(tx, id, act, actor).await,
    }
}

async fn change_engagement(tx: &mut Tx, id: &str, act: &Act) -> Result<(), StoreError> {
    const END: &str = "update engagement set state = $2, ended_on = $3, ended_because = $4 where id = $1";
    match act {
        Act::AssignTrainer { trainer } => {
            write_row!(tx, "update engagement set trainer_id = $2 where id = $1", id, trainer);
        }
        Act::Commit { on, signed_by, shares_data } => {
            const SQL: &str = "
                update engagement set state = 'committed', committed_on = $2, signed_by = $3, shares_data = $4
                where id = $1";
            write_row!(tx, SQL, id, iso(*on), signed_by.trim(), *shares_data);
        }
        Act::Exit { on, because, .. } => {
            write_row!(tx, END, id, "exited", iso(*on), because.trim());
        }
        Act::Withdraw { on, because, .. } => {
            write_row!(tx, END, id, "withdrawn", iso(*on), because.trim());
        }
        _ => {}
    }
    Ok(())
}

async fn assess(tx: &mut Tx, id: &str, act: &Act, actor: &Actor) -> Result<(), StoreError> {
    const ADD: &str = "
        insert into assessment (id, engagement_id, stage, course_id, assessed_on, practices, problems,
            not_tracked, note, recorded_by, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    const ASSESSED: &str = "update engagement set state = 'assessed' where id = $1 and state = 'committed'";
    let Act::Assess { id: assessment, stage, course, on, practices, problems, not_tracked, note } = act
    else {
        return Ok(());
    };
    let at = text(tx.at);
    write_row!(
        tx,
        ADD,
        assessment,
        id,
        stage.code(),
        course,
        iso(*on),
        to_json(practices)?,
        to_json(problems)?,
        to_json(not_tracked)?,
        note.trim(),
        &actor.id,
        &at,
    );
    write_row!(tx, ASSESSED, id);
    Ok(())
}

/// A training of the same module and programme that was not called off.
async fn refuse_other_training(
    tx: &mut Tx,
    training: &str,
    programme: &str,
    module: &str,
) -> Result<(), StoreError> {
    const SQL: &str = "
        select count(*) from training
        where id = $1 and programme = $2 and module = $3 and state <> 'cancelled'";
    let there: i64 = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL)
        .bind(training)
        .bind(programme)
        .bind(module)
        .fetch_one(&mut **conn)
        .await?);
    if there == 0 { Err(Refusal::NotThere { noun: "training" }.into()) } else { Ok(()) }
}

async fn change_course(
    tx: &mut Tx,
    dossier: &Dossier,
    act: &Act,
    programme: &Programme,
    actor: &Actor,
) -> Result<(), StoreError> {
    let id = dossier.engagement.id.as_str();
    match act {
        Act::OpenCourse { course, module, training, on } => {
            const ADD: &str = "
                insert into course (id, engagement_id, module, edition, training_id, opened_on)
                values ($1, $2, $3, $4, $5, $6)";
            const BEGUN: &str = "update engagement set state = 'delivering' where id = $1";
            let taught = programme.module(module).ok_or_else(|| StoreError::not_found("module", module))?;
            let edition = taught.edition_on(*on).version.as_str();
            if let Some(training) = training {
                refuse_other_training(tx, training, &programme.id, module).await?;
            }
            write_row!(tx, ADD, course, id, module, edition, training, iso(*on));
            write_row!(tx, BEGUN, id);
        }
        Act::Enrol { course, training } => {
            let module = dossier.course(course).map_or("", |course| course.module.as_str());
            refuse_other_training(tx, training, &programme.id, module).await?;
            write_row!(tx, "update course set training_id = $2 where id = $1", course, training);
        }
        Act::FormTeam { course, team } => {
            write_row!(tx, "update course set team = $2 where id = $1", course, to_json(team)?);
        }
        Act::AgreePlan { course, on } => {
            write_row!(tx, "update course set plan_agreed_on = $2 where id = $1", course, iso(*on));
        }
        Act::ReviewProgress { course, on, review } => {
            const SQL: &str = "update course set reviewed_on = $2, review = $3 where id = $1";
            write_row!(tx, SQL, course, iso(*on), review.trim());
        }
        Act::Deliver { course, on, .. } => {
            const SQL: &str = "update course set delivered_on = $2, delivered_by = $3 where id = $1";
            write_row!(tx, SQL, course, iso(*on), &actor.id);
        }
        _ => {}
    }
    Ok(())
}

async fn add_project(tx: &mut Tx, id: &str, act: &Act) -> Result<(), StoreError> {
    const ADD: &str = "
        insert into project (id, engagement_id, course_id, problem, problem_kind, action, owner, due_on, cost,
            saving, saving_kind, measure, before_value, unit, state, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', 1)";
    let Act::AddProject {
        project,
        course,
        problem,
        problem_kind,
        action,
        owner,
        due,
        cost,
        saving,
        saving_kind,
        measure,
        before,
        unit,
    } = act
    else {
        return Ok(());
    };
    write_row!(
        tx,
        ADD,
        project,
        id,
        course,
        problem.trim(),
        problem_kind,
        action.trim(),
        owner.trim(),
        iso(*due),
        *cost,
        *saving,
        saving_kind.map(|kind| kind.code()),
        measure.trim(),
        *before,
        unit.trim(),
    );
    Ok(())
}

async fn change_project(tx: &mut Tx, act: &Act, actor: &Actor) -> Result<(), StoreError> {
    match act {
        Act::FinishProject { project, on, cost, saving, after, .. } => {
            const SQL: &str = "
                update project set state = 'done', done_on = $2, cost = coalesce($3, cost),
                    saving = coalesce($4, saving), after_value = $5, version = version + 1
                where id = $1";
            write_row!(tx, SQL, project, iso(*on), *cost, *saving, *after);
        }
        Act::VerifyProject { project, on, saving, evidence, .. } => {
            const SQL: &str = "
                update project set state = 'verified', verified_on = $2, verified_saving = $3, evidence = $4,
                    verified_by = $5, version = version + 1
                where id = $1";
            write_row!(tx, SQL, project, iso(*on), *saving, evidence.trim(), &actor.id);
        }
        Act::DropProject { project, because, .. } => {
            const SQL: &str = "
                update project set state = 'dropped', evidence = $2, version = version + 1 where id = $1";
            write_row!(tx, SQL, project, because.trim());
        }
        _ => {}
    }
    Ok(())
}

async fn change_visit(tx: &mut Tx, id: &str, act: &Act, dossier: &Dossier) -> Result<(), StoreError> {
    match act {
        Act::PlanVisit { visit, course, on, starts_at, trainer } => {
            const ADD: &str = "
                insert into visit (id, engagement_id, course_id, planned_on, starts_at, trainer_id, state, version)
                values ($1, $2, $3, $4, $5, $6, 'planned', 1)";
            let trainer = trainer.as_ref().or(dossier.engagement.trainer.as_ref());
            write_row!(tx, ADD, visit, id, course, iso(*on), starts_at.trim(), trainer);
        }
        Act::RecordVisit { visit, on, women, men, progress, five_s, findings, next_steps, .. } => {
            const SQL: &str = "
                update visit set state = 'done', done_on = $2, women = $3, men = $4, progress = $5, five_s = $6,
                    findings = $7, next_steps = $8, version = version + 1
                where id = $1";
            let score = five_s.as_ref().map(to_json).transpose()?;
            write_row!(
                tx,
                SQL,
                visit,
                iso(*on),
                i64::from(*women),
                i64::from(*men),
                progress.trim(),
                score.as_deref(),
                findings.trim(),
                next_steps.trim(),
            );
        }
        Act::CancelVisit { visit, because, .. } => {
            const SQL: &str = "
                update visit set state = 'cancelled', findings = $2, version = version + 1 where id = $1";
            write_row!(tx, SQL, visit, because.trim());
        }
        _ => {}
    }
    Ok(())
}

async fn change_report(
    tx: &mut Tx,
    id: &str,
    act: &Act,
    dossier: &Dossier,
    actor: &Actor,
) -> Result<(), StoreError> {
    const COMMENT: &str = "
        insert into report_comment (id, report_id, words, written_by, written_at) values ($1, $2, $3, $4, $5)";
    const DECIDE: &str = "
        update report set state = $2, decided_on = $3, decided_by = $4, version = version + 1 where id = $1";
    let at = text(tx.at);
    match act {
        Act::WriteReport { report, course, summary, lessons, submit, on, .. } => {
            const ADD: &str = "
                insert into report (id, engagement_id, course_id, state, summary, lessons, version, submitted_on)
                values ($1, $2, $3, $4, $5, $6, 1, $7)";
            const CHANGE: &str = "
                update report set state = $2, summary = $3, lessons = $4, version = version + 1,
                    submitted_on = coalesce($5, submitted_on)
                where id = $1";
            let state = if *submit { "submitted" } else { "draft" };
            let submitted_on = submit.then(|| iso(*on));
            let (summary, lessons) = (summary.trim(), lessons.trim());
            match dossier.report_of(course) {
                None => {
                    write_row!(tx, ADD, report, id, course, state, summary, lessons, submitted_on.as_deref())
                }
                Some(there) => {
                    write_row!(tx, CHANGE, &there.id, state, summary, lessons, submitted_on.as_deref())
                }
            };
        }
        Act::CommentReport { comment, report, words } => {
            write_row!(tx, COMMENT, comment, report, words.trim(), &actor.id, &at);
        }
        Act::ReturnReport { comment, report, words, on, .. } => {
            write_row!(tx, COMMENT, comment, report, words.trim(), &actor.id, &at);
            write_row!(tx, DECIDE, report, "returned", iso(*on), &actor.id);
        }
        Act::ApproveReport { report, on, .. } => {
            write_row!(tx, DECIDE, report, "approved", iso(*on), &actor.id);
        }
        _ => {}
    }
    Ok(())
}

async fn change_case_study(tx: &mut Tx, id: &str, act: &Act) -> Result<(), StoreError> {
    match act {
        Act::WriteCaseStudy {
            case_study,
            course,
            title,
            problem_kind,
            shown_as,
            problem,
            action,
            result,
            pairs,
            ..
        } => {
            // Words that were changed are agreed to anew.
            const SQL: &str = "
                insert into case_study (id, engagement_id, course_id, state, title, problem_kind, shown_as,
                    problem, action, result, pairs, version)
                values ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, $9, $10, 1)
                on conflict (id) do update set title = excluded.title, problem_kind = excluded.problem_kind,
                    shown_as = excluded.shown_as, problem = excluded.problem, action = excluded.action,
                    result = excluded.result, pairs = excluded.pairs, consent_by = null, consent_on = null,
                    version = case_study.version + 1";
            write_row!(
                tx,
                SQL,
                case_study,
                id,
                course,
                title.trim(),
                problem_kind,
                shown_as.trim(),
                problem.trim(),
                action.trim(),
                result.trim(),
                to_json(pairs)?,
            );
        }
        Act::ConsentCaseStudy { case_study, by, on, .. } => {
            const SQL: &str = "
                update case_study set consent_by = $2, consent_on = $3, version = version + 1 where id = $1";
            write_row!(tx, SQL, case_study, by.trim(), iso(*on));
        }
        Act::PublishCaseStudy { case_study, on, .. } => {
            const SQL: &str = "
                update case_study set state = 'published', published_on = $2, version = version + 1
                where id = $1";
            write_row!(tx, SQL, case_study, iso(*on));
        }
        Act::RetractCaseStudy { case_study, .. } => {
            const SQL: &str = "
                update case_study set state = 'retracted', version = version + 1 where id = $1";
            write_row!(tx, SQL, case_study);
        }
        _ => {}
    }
    Ok(())
}

async fn attach_photo(tx: &mut Tx, id: &str, act: &Act, actor: &Actor) -> Result<(), StoreError> {
    const ADD: &str = "
        insert into photo (id, engagement_id, subject_id, is_after, caption, blake3, media_type, bytes,
            attached_by, attached_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let Act::AttachPhoto { photo, subject, after, caption, blake3, media_type, bytes, .. } = act else {
        return Ok(());
    };
    let at = text(tx.at);
    write_row!(
        tx,
        ADD,
        photo,
        id,
        subject,
        *after,
        caption.trim(),
        blake3,
        media_type,
        *bytes,
        &actor.id,
        &at,
    );
    Ok(())
}
