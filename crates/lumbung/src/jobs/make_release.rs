//! Snapshot, cube, protection, publication: a release is made or nothing is.

use std::collections::BTreeMap;

use disclosure::ProtectedCube;
use domain::catalogue::{Catalogue, PlanFile};
use domain::progress::Watch;
use domain::release::{Checksum, Manifest};
use intake::Summary;
use microdata::Snapshot;
use publication::Draft;
use serde_json::json;
use store::jobs::Claim;
use store::releases::Made;

use super::create_snapshot;
use crate::produce::{Ingredients, Product, produce};
use crate::progress::SharedWatch;
use crate::rooms::{Rooms, now};
use crate::words::Message;

pub(super) async fn run(rooms: &Rooms, claim: &Claim, plan: &str, watch: SharedWatch) -> anyhow::Result<()> {
    let (inner, name) = (rooms.clone(), plan.to_owned());
    let (snapshot, manifest) = tokio::task::spawn_blocking(move || make(&inner, &name, &*watch)).await??;

    let mut tx = rooms.store.begin(now()).await?;
    create_snapshot::record(&mut tx, claim, &snapshot).await?;
    let made = Made {
        release_id: manifest.id.clone(),
        dataset: manifest.dataset.clone(),
        vintage: manifest.vintage,
        snapshot: snapshot.id().to_owned(),
        embargo_until: manifest.embargo_until,
        audit_passed: manifest.quality.audit_passed,
        detail: json!({ "cells": manifest.quality.cells, "visible": manifest.quality.cells_visible }),
    };
    store::releases::made(&mut tx, claim, &made).await?;
    store::jobs::finish(&mut tx, claim).await?;
    tx.commit().await?;
    Ok(())
}

fn make(rooms: &Rooms, name: &str, watch: &dyn Watch) -> anyhow::Result<(Snapshot, Manifest)> {
    let file = plan(&rooms.content, name)?;
    let release =
        file.plan.release.as_ref().ok_or(Message::PlanLacks { plan: name.to_owned(), part: "release" })?;
    let survey = rooms.survey(&release.survey)?;
    let snapshot = match &release.snapshot {
        Some(id) => rooms.archive.snapshot(id)?,
        None => match rooms.archive.fresh_snapshot(survey)? {
            Some(fresh) => fresh,
            None => rooms.archive.create_snapshot(survey, now(), watch)?,
        },
    };
    if snapshot.manifest().counts.current == 0 {
        return Err(Message::NoRows { survey: survey.id.clone() }.into());
    }
    let dataset = file.plan.cube.as_ref().map(|cube| cube.dataset.clone()).unwrap_or_default();
    let (vintage, supersedes) = rooms.releases.next_vintage(&dataset);
    let previous = supersedes.as_deref().map(|id| published_cube(rooms, id)).transpose()?;
    let product = produce(
        &Ingredients {
            name,
            plan: &file.plan,
            content: &rooms.content,
            survey,
            snapshot: &snapshot,
            previous: previous.as_ref(),
            threads: rooms.folder.threads(),
        },
        watch,
    )?;
    watch.report("publish.write", 0, 1);
    let mut quality = product.quality.clone();
    quality.findings = findings(rooms, &snapshot);
    let manifest = Manifest {
        id: format!("{}-{vintage}", product.dataset.to_lowercase()),
        dataset: product.dataset.clone(),
        vintage,
        title: product.title.clone(),
        note: release.note.clone().unwrap_or_default(),
        created_at: now(),
        embargo_until: release.embargo_until,
        supersedes,
        synthetic: survey.synthetic,
        source: survey.source.clone(),
        licence: survey.licence.clone(),
        plan: file.text.clone(),
        snapshot: snapshot.reference(),
        classifications: content_checksums(&rooms.content, &file),
        files: Vec::new(),
        quality,
        program: format!("lumbung {}", env!("CARGO_PKG_VERSION")),
    };
    let Product { cube, proof, analyses, .. } = product;
    let files: Vec<(&str, &[u8])> =
        analyses.iter().map(|bytes| (publication::analyses::FILE, bytes.as_slice())).collect();
    let published = rooms.releases.publish(Draft {
        manifest,
        cube: &cube,
        confidential: &[("proof.lumbung", &proof)],
        files: &files,
    })?;
    Ok((snapshot, (*published.manifest).clone()))
}

/// A plan by name, or a file that somebody wrote.
pub(crate) fn plan(content: &Catalogue, name: &str) -> anyhow::Result<PlanFile> {
    let stem = name.trim_end_matches(".toml");
    let stem = stem.strip_prefix("plans/").unwrap_or(stem);
    if let Some(file) = content.plan(stem) {
        return Ok(file.clone());
    }
    if let Ok(text) = std::fs::read_to_string(name) {
        return Ok(PlanFile { plan: domain::plan::Plan::parse(&text)?, text });
    }
    let known = content.plans().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
    Err(Message::UnknownPlan { plan: name.to_owned(), known }.into())
}

/// The protected cube of a release that exists.
pub(crate) fn published_cube(rooms: &Rooms, id: &str) -> anyhow::Result<ProtectedCube> {
    let release = rooms.releases.any_release(id)?;
    Ok(ProtectedCube::from_bytes(&std::fs::read(release.folder.join("cube.lumbung"))?)?)
}

/// Checksums of the classifications and deflators that the plan names.
pub(crate) fn content_checksums(content: &Catalogue, file: &PlanFile) -> Vec<Checksum> {
    let Some(cube) = &file.plan.cube else { return Vec::new() };
    let classifications = cube.dimensions.iter().filter_map(|dimension| dimension.classification.as_deref());
    let mut checksums: Vec<Checksum> = classifications
        .flat_map(|id| content.classification_files(id))
        .chain(cube.prices.deflator.as_deref().into_iter().flat_map(|id| content.deflator_files(id)))
        .map(|(path, text)| Checksum {
            name: path.to_owned(),
            bytes: text.len() as u64,
            blake3: blake3::hash(text.as_bytes()).to_hex().to_string(),
        })
        .collect();
    checksums.sort_by(|a, b| a.name.cmp(&b.name));
    checksums.dedup();
    checksums
}

/// Findings by rule over all files that the snapshot was made from, most frequent first.
fn findings(rooms: &Rooms, snapshot: &Snapshot) -> Vec<(String, u64)> {
    let mut by_rule: BTreeMap<String, u64> = BTreeMap::new();
    for import in &snapshot.manifest().imports {
        // A file that was imported elsewhere and restored here has no staging folder any more.
        let Ok(summary) = Summary::read(&rooms.folder.import(&import.import)) else { continue };
        for cause in summary.causes {
            *by_rule.entry(cause.rule).or_default() += cause.count;
        }
    }
    let mut findings: Vec<(String, u64)> = by_rule.into_iter().collect();
    findings.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    findings
}
