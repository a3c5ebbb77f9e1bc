//! Streams of events to the pages that browsers have open.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::Sender,
    },
    time::Duration,
};

use axum::response::{
    IntoResponse, Response,
    sse::{self, KeepAlive, Sse},
};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_stream::{Stream, StreamExt, wrappers::ReceiverStream};

use super::{
    super::{Event, Notice, Tab},
    Gone,
};

/// How many notices wait for a browser that does not read them.
const WAITING: usize = 32;
/// So that both ends and all between them see that the other is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// After which a browser comes back to a server that was restarted.
const RETRY: Duration = Duration::from_millis(500);

/// What a page is told first. A page that knows another run asks for itself anew.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Greeting<'a> {
    Hello { run: &'a str },
}

/// Notices for a page, until one end closes the stream.
pub fn follow(page: String, shows: String, run: &str, events: &Sender<Event>) -> Result<Response, Gone> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let (notices, receiver) = mpsc::channel(WAITING);
    events.send(Event::Opened(Tab { id, permalink: page, shows, notices })).map_err(|_| Gone)?;
    let closing = Closing { id, events: events.clone() };
    let hello = message(&Greeting::Hello { run }).retry(RETRY);
    let stream = tokio_stream::once(hello).chain(notices_of(receiver, closing)).map(Ok::<_, Infallible>);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

/// Tells the preview that a page is no longer open, however the stream ended.
struct Closing {
    id: u64,
    events: Sender<Event>,
}

impl Drop for Closing {
    fn drop(&mut self) {
        // Without a preview there is nobody to tell.
        let _ = self.events.send(Event::Closed(self.id));
    }
}

fn notices_of(receiver: mpsc::Receiver<Arc<Notice>>, closing: Closing) -> impl Stream<Item = sse::Event> {
    ReceiverStream::new(receiver).map(move |notice| {
        // Lives as long as the stream.
        let _ = &closing;
        message(&*notice)
    })
}

fn message(told: &impl Serialize) -> sse::Event {
    let json = serde_json::to_string(told).expect("texts and numbers have a form in JSON");
    sse::Event::default().data(json)
}
