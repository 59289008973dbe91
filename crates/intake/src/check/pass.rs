//! One reading of the whole file: a reader, some workers, and one writer that keeps the order.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use arrow::datatypes::SchemaRef;
use domain::finding::Severity;
use domain::progress::Watch;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory};
use parquet::file::writer::SerializedFileWriter;

use super::outcome::Outcome;
use super::{Task, guarded, shared_name};
use crate::columns::{arrays, encode, schema, writer};
use crate::convert::{Frame, Rows, Shown};
use crate::error::IntakeError;
use crate::findings::{Findings, Spool};
use crate::rules::{RowRule, apply, row_rules};
use crate::source::{Block, Cells, Format, Opened, Stop, csv, read};
use crate::spill::{Partitions, Record};
use crate::summary::Tally;
use crate::whole_file::{Comparisons, Ratios};

/// What a reading of the file has left.
pub(super) struct Pass {
    pub(super) tally: Tally,
    pub(super) shown: Shown,
    pub(super) ratios: Ratios,
    pub(super) partitions: Partitions,
    pub(super) findings: Spool,
    /// Where the rows are until the comparison is done.
    pub(super) staged: PathBuf,
}

/// What a worker makes of a block.
struct Done {
    chunks: Vec<ArrowColumnChunk>,
    rows: u64,
    findings: Findings,
    records: Vec<Record>,
    tally: Tally,
    shown: Shown,
    /// Bytes of text, or rows of cells.
    size: u64,
}

/// What all workers share.
struct Bench<'a> {
    task: &'a Task<'a>,
    frame: &'a Frame<'a>,
    comparisons: &'a Comparisons<'a>,
    rules: Vec<RowRule<'a>>,
    schema: SchemaRef,
    factory: ArrowRowGroupWriterFactory,
    file: Arc<str>,
}

/// Reads the first block alone, to learn what the file may be taken for.
pub(super) fn explore(task: &Task, opened: &Opened, frame: &Frame) -> Result<Shown, Stop> {
    let mut shown = Shown::new(frame.survey.variables.len());
    guarded(|| {
        read(task.source, opened, &frame.header.layout, &mut |block| {
            let findings = Findings::new(&shared_name(task));
            let (cells, _, beyond_ascii) = cells(block, frame);
            shown.merge(Rows::convert(frame, cells, findings).shown);
            shown.beyond_ascii |= beyond_ascii;
            false
        })
    })?;
    Ok(shown)
}

fn cells(block: Block, frame: &Frame) -> (Cells, u64, bool) {
    match block {
        Block::Cells(cells) => {
            let rows = cells.rows.len() as u64;
            (cells, rows, false)
        }
        Block::Text { bytes, first_row } => {
            let size = bytes.len() as u64;
            let cells = csv::cut(bytes, first_row, &frame.header.layout);
            // Letters beyond ASCII that were read well; the mark of damage is none of them.
            let well = |letter: char| !letter.is_ascii() && letter != '\u{fffd}';
            let beyond_ascii = !cells.text.is_ascii() && cells.text.contains(well);
            (cells, size, beyond_ascii)
        }
    }
}

impl Pass {
    pub(super) fn received(&self) -> u64 {
        self.tally.rows.received
    }

    /// Reads, converts and stages all rows.
    pub(super) fn run(
        task: &Task,
        outcome: &Outcome,
        opened: &Opened,
        frame: &Frame,
        comparisons: &Comparisons,
        watch: &dyn Watch,
    ) -> Result<Pass, Stop> {
        let staged = outcome.working("staged.parquet");
        let (mut out, factory) = writer(&staged, task.survey)?;
        let mut pass = Pass {
            tally: Tally::default(),
            shown: Shown::new(task.survey.variables.len()),
            ratios: Ratios::default(),
            partitions: Partitions::create(&outcome.folder, outcome.bytes, comparisons.changes.len())?,
            findings: Spool::create(outcome.working("findings-rows"))?,
            staged,
        };
        let bench = Bench {
            task,
            frame,
            comparisons,
            rules: row_rules(task.survey),
            schema: schema(task.survey),
            factory,
            file: shared_name(task),
        };
        let stop = AtomicBool::new(false);
        let total = if opened.format == Format::Csv { outcome.bytes } else { 0 };
        thread::scope(|scope| -> Result<(), Stop> {
            let (blocks_in, blocks_out) = sync_channel::<(u64, Block)>(1);
            let (done_in, done_out) = sync_channel(2);
            // A block is read only when an earlier one is put away, so that a slow worker does not
            // let the others pile up what they have done.
            let under_way = task.threads.max(1) * 2 + 1;
            let (credit_in, credit_out) = sync_channel::<()>(under_way);
            for _ in 0..under_way {
                let _ = credit_in.try_send(());
            }
            let reader = scope.spawn(|| bench.read(opened, blocks_in, credit_out, &stop));
            let blocks_out = Arc::new(Mutex::new(blocks_out));
            let workers: Vec<_> = (0..task.threads.max(1))
                .map(|_| {
                    let (blocks, done, bench) = (blocks_out.clone(), done_in.clone(), &bench);
                    scope.spawn(move || bench.work(&blocks, &done))
                })
                .collect();
            // The channels must end with the workers.
            drop((blocks_out, done_in));
            let outcome = pass.gather(done_out, credit_in, &mut out, total, watch);
            stop.store(true, Ordering::Relaxed);
            let broken = || IntakeError::Internal("a worker stopped unexpectedly".into());
            let read = reader.join().map_err(|_| broken())?;
            for worker in workers {
                pass.ratios.merge(worker.join().map_err(|_| broken())?);
            }
            outcome?;
            read
        })?;
        out.close().map_err(IntakeError::from)?;
        Ok(pass)
    }

    /// Puts what the workers have done into the order of the file.
    fn gather(
        &mut self,
        done: Receiver<(u64, Result<Done, IntakeError>)>,
        credit: SyncSender<()>,
        out: &mut SerializedFileWriter<File>,
        total: u64,
        watch: &dyn Watch,
    ) -> Result<(), IntakeError> {
        let mut waiting = BTreeMap::new();
        let (mut next, mut size) = (0, 0);
        for (number, block) in done {
            waiting.insert(number, block);
            while let Some(block) = waiting.remove(&next) {
                let block = block?;
                size += block.size;
                self.put(block, out)?;
                next += 1;
                // Nobody takes it once all is read.
                let _ = credit.try_send(());
                watch.report("import.read", size, total);
                if watch.cancelled() {
                    return Err(IntakeError::Cancelled);
                }
            }
        }
        if waiting.is_empty() { Ok(()) } else { Err(IntakeError::Internal(format!("block {next} was lost"))) }
    }

    fn put(&mut self, block: Done, out: &mut SerializedFileWriter<File>) -> Result<(), IntakeError> {
        if block.rows > 0 {
            let mut row_group = out.next_row_group()?;
            for chunk in block.chunks {
                chunk.append_to_row_group(&mut row_group)?;
            }
            row_group.close()?;
        }
        for record in &block.records {
            self.partitions.add(record)?;
        }
        self.findings.add(block.findings.in_order())?;
        self.tally.findings += block.findings.count();
        self.tally.add_causes(block.findings.causes());
        self.tally.merge(block.tally);
        self.shown.merge(block.shown);
        Ok(())
    }
}

impl Bench<'_> {
    fn read(
        &self,
        opened: &Opened,
        blocks: SyncSender<(u64, Block)>,
        credit: Receiver<()>,
        stop: &AtomicBool,
    ) -> Result<(), Stop> {
        let mut number = 0;
        guarded(|| {
            read(self.task.source, opened, &self.frame.header.layout, &mut |block| {
                let sent = credit.recv().is_ok() && blocks.send((number, block)).is_ok();
                number += 1;
                sent && !stop.load(Ordering::Relaxed)
            })
        })
    }

    fn work(
        &self,
        blocks: &Mutex<Receiver<(u64, Block)>>,
        done: &SyncSender<(u64, Result<Done, IntakeError>)>,
    ) -> Ratios {
        let mut ratios = Ratios::default();
        loop {
            // The lock is held while waiting, so that one worker takes one block at a time.
            let next = match blocks.lock() {
                Ok(blocks) => blocks.recv(),
                Err(_) => return ratios,
            };
            let Ok((number, block)) = next else { return ratios };
            if done.send((number, self.convert(block, &mut ratios))).is_err() {
                return ratios;
            }
        }
    }

    fn convert(&self, block: Block, ratios: &mut Ratios) -> Result<Done, IntakeError> {
        let (cells, size, beyond_ascii) = cells(block, self.frame);
        let mut rows = Rows::convert(self.frame, cells, Findings::new(&self.file));
        rows.shown.beyond_ascii |= beyond_ascii;
        apply(&self.rules, self.frame, &mut rows);
        self.comparisons.measure(&rows, ratios);
        let mut tally = Tally::default();
        let mut kept = 0;
        for row in 0..rows.status.len() {
            let status = rows.status[row];
            let refused = status == Some(Severity::Refused);
            let year = (!refused).then(|| rows.number(self.frame.year, row) as i32);
            tally.add(year, status, !refused && rows.imputed[row] != 0);
            kept += u64::from(!refused);
        }
        let arrays = arrays(self.frame, &rows);
        Ok(Done {
            chunks: if kept > 0 { encode(&self.factory, &self.schema, &arrays)? } else { Vec::new() },
            rows: kept,
            records: self.comparisons.records(self.frame, &rows, self.task.previous),
            findings: rows.findings.take(),
            tally,
            shown: rows.shown,
            size,
        })
    }
}
