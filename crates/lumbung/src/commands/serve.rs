//! `lumbung serve`: pages, API and the worker that does the jobs.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::language::Language;
use domain::mail::Postman;

use web::chart::map::Geometry;

use crate::content;
use crate::jobs;
use crate::rooms::{Rooms, new_id, now};
use crate::words::{say, tell};

/// What a person does not notice as waiting.
const PATIENCE: Duration = Duration::from_millis(250);

pub(super) async fn run(data_dir: &Path, listen: SocketAddr, language: Language) -> anyhow::Result<()> {
    serve(Rooms::open(data_dir).await?, listen, language).await
}

pub(super) async fn serve(rooms: Rooms, listen: SocketAddr, language: Language) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| listen.to_string())?;
    let address = listener.local_addr()?;
    let base_url = rooms.folder.settings.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let config = web::Config {
        data_dir: rooms.folder.root().to_owned(),
        base_url: base_url.clone(),
        patience: PATIENCE,
    };
    let mut desk = web::office::Desk::new(
        rooms.store.clone(),
        Box::new(crate::rooms::secret_bytes),
        rooms.archive.clone(),
    );
    desk.oidc = rooms.folder.oidc()?;
    let key = rooms.folder.personal_key()?;
    if let Some(fault) = crate::key::fault(rooms.folder.root(), &key) {
        eprintln!("lumbung: {}", fault.get(language));
    }
    let postman = rooms.folder.postman()?.map(|postman| Arc::new(postman) as Arc<dyn Postman>);
    let state = web::AppState::new(web::Rooms {
        config,
        clock: Box::new(now),
        ids: Box::new(new_id),
        content: (*rooms.content).clone(),
        releases: publication::Catalogue::open(rooms.folder.releases())?,
        geometry: content::text("geometry/provinces.json").and_then(|text| Geometry::parse(&text).ok()),
        desk,
        post: postman.clone(),
        paper: web::Paper::new(Arc::new(documents::Press::default()), rooms.folder.threads()),
    });
    let worker =
        tokio::spawn(jobs::work_forever(rooms.clone(), format!("serve-{}-{}", std::process::id(), new_id())));
    let sweeping = tokio::spawn(jobs::sweep_forever(rooms.folder.root().to_owned()));
    let reminding =
        postman.map(|postman| tokio::spawn(jobs::remind_forever(rooms.clone(), postman, base_url.clone())));
    tell(format_args!("{} {base_url}", say(language, "Lumbung melayani di", "Lumbung serves at")))?;
    let router = web::router(state).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, router).with_graceful_shutdown(stopped()).await?;
    // The worker stops where it stands: its job is taken again at the next start.
    worker.abort();
    sweeping.abort();
    if let Some(reminding) = reminding {
        reminding.abort();
    }
    rooms.store.close().await;
    Ok(())
}

/// Ctrl-C, or the service manager's SIGTERM.
async fn stopped() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
