//! All that faces the browser.
//!
//! In: requests on a socket. Out: [`Event`]s for the preview, and its answers as http.
//! [`door`] is the socket and its names, [`guard`] says which requests are refused,
//! [`content`] makes responses of what the preview serves, [`tabs`] streams notices to
//! open pages, [`open`] starts the editor.
//!
//! Absent on purpose: what stands at an address, and the disk. Pages come from memory, so
//! no path can lead to a file that the site has not. Nor is there a header that lets
//! another site read anything (CORS).

mod content;
mod door;
mod guard;
mod open;
mod tabs;

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::{IpAddr, SocketAddr, TcpListener},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    thread,
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Request, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::TcpStream,
    sync::oneshot,
    task::{AbortHandle, spawn},
    time::sleep,
};

use super::Event;
use content::Reader;
pub use door::{Door, Hosts, Port};

/// What the server knows beside what the preview tells it.
pub struct Settings {
    /// The site's root: the editor opens nothing that is not below it.
    pub root: PathBuf,
    pub hosts: Hosts,
    /// As `$EDITOR` has it.
    pub editor: Option<String>,
}

/// A server at work in a thread of its own. It ends when this is dropped.
pub struct Listening {
    _end: oneshot::Sender<Infallible>,
}

/// Takes requests from `listener` and asks for answers through `events`.
///
/// # Errors
/// Where the system has no socket, thread or random numbers to give.
pub fn listen(listener: TcpListener, settings: Settings, events: Sender<Event>) -> io::Result<Listening> {
    let server = Arc::new(Server { settings, events, run: random()?, token: random()? });
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _inside = runtime.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    let (end, ended) = oneshot::channel();
    // Connections end with the runtime.
    thread::Builder::new().name("http".into()).spawn(move || runtime.block_on(accept(listener, server, ended)))?;
    Ok(Listening { _end: end })
}

/// 128 bits that nobody can guess, in hexadecimal.
fn random() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// A request that is longer, less its body, is refused.
const HEAD: usize = 16 * 1024;
/// Within which a request must have come, less its body, and the next one on a connection
/// that is kept.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// More than anyone has tabs, and within the 1,024 files that a process may have open by
/// default on Linux.
const CONNECTIONS: usize = 768;
/// What the system is given to close what was ended.
const BREATH: Duration = Duration::from_millis(10);

async fn accept(listener: tokio::net::TcpListener, server: Arc<Server>, mut ended: oneshot::Receiver<Infallible>) {
    let mut connections = Connections::default();
    loop {
        let accepted = tokio::select! {
            _ = &mut ended => return,
            accepted = listener.accept() => accepted,
        };
        if let Ok((stream, peer)) = accepted {
            connections.add(stream, peer, &server);
        } else {
            // The process has no files left, or the client has gone again. Either way
            // there may be others, and waiting for room would let one client stop them.
            connections.end_one();
            sleep(BREATH).await;
        }
    }
}

/// All that are open, the oldest first.
#[derive(Default)]
struct Connections {
    open: VecDeque<Connection>,
}

struct Connection {
    task: AbortHandle,
    /// Whether it has ever asked for anything.
    asked: Arc<AtomicBool>,
}

impl Connections {
    fn add(&mut self, stream: TcpStream, peer: SocketAddr, server: &Arc<Server>) {
        if self.open.len() >= CONNECTIONS {
            self.open.retain(|connection| !connection.task.is_finished());
        }
        if self.open.len() >= CONNECTIONS {
            self.end_one();
        }
        let asked = Arc::new(AtomicBool::new(false));
        let task = spawn(serve(stream, peer, Arc::clone(server), Arc::clone(&asked))).abort_handle();
        self.open.push_back(Connection { task, asked });
    }

    /// Ends the oldest that has asked for nothing yet, or else the oldest: whoever opens
    /// too many ends their own, and a browser whose stream was ended comes back by itself.
    fn end_one(&mut self) {
        self.open.retain(|connection| !connection.task.is_finished());
        let silent = self.open.iter().position(|connection| !connection.asked.load(Ordering::Relaxed));
        if let Some(connection) = self.open.remove(silent.unwrap_or(0)) {
            connection.task.abort();
        }
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, server: Arc<Server>, asked: Arc<AtomicBool>) {
    // A notice is a small packet and must not wait for the next.
    let _ = stream.set_nodelay(true);
    let here = stream.local_addr().is_ok_and(|own| is_here(peer.ip(), own.ip()));
    let service = service_fn(|request: Request<Incoming>| {
        asked.store(true, Ordering::Relaxed);
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(server.respond(request.map(Body::new), here).await) }
    });
    let mut connection = http1::Builder::new();
    connection.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD);
    // A client that goes, stalls or sends what is no request ends its own connection.
    let _ = connection.serve_connection(TokioIo::new(stream), service).await;
}

/// Whether whoever sits at `peer` sits at this machine, which was reached as `own`.
fn is_here(peer: IpAddr, own: IpAddr) -> bool {
    peer.to_canonical().is_loopback() || peer == own
}

struct Server {
    settings: Settings,
    events: Sender<Event>,
    /// The name of this run. A page that was loaded from another asks for itself anew.
    run: String,
    /// What a request that opens the editor must know. No other site can read it.
    token: String,
}

/// The preview has ended.
struct Gone;

impl IntoResponse for Gone {
    fn into_response(self) -> Response {
        (StatusCode::SERVICE_UNAVAILABLE, "the preview has ended\n").into_response()
    }
}

impl Server {
    /// `here`: the request comes from this machine.
    async fn respond(&self, request: Request<Body>, here: bool) -> Response {
        let (head, body) = request.into_parts();
        let mut response = self.answer(&head, body, here).await.unwrap_or_else(|refused| refused);
        let always = [
            (header::CACHE_CONTROL, "no-cache"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "same-origin"),
            (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ];
        for (name, value) in always {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }

    /// Everything that can be asked for, in one list.
    async fn answer(&self, head: &Parts, body: Body, here: bool) -> Result<Response, Response> {
        guard::admit(head, &self.settings.hosts).map_err(IntoResponse::into_response)?;
        let reader = Reader { run: &self.run, token: here.then_some(self.token.as_str()) };
        let own = match head.uri.path() {
            "/.regesta/events" => {
                guard::only(&head.method, &[Method::GET])?;
                return self.follow(head);
            }
            "/.regesta/open" => {
                guard::only(&head.method, &[Method::POST])?;
                return open::open(self, reader.token, head, body).await;
            }
            "/.regesta/preview.js" => Some(&include_bytes!("../page/preview.js")[..]),
            "/.regesta/preview.css" => Some(&include_bytes!("../page/preview.css")[..]),
            "/.regesta/idiomorph.js" => Some(&include_bytes!("../page/idiomorph.js")[..]),
            _ => None,
        };
        guard::only(&head.method, &[Method::GET, Method::HEAD])?;
        match own {
            Some(bytes) => Ok(content::own(head.uri.path(), bytes, &self.run, &head.headers)),
            None => self.page(head, &reader).await,
        }
    }

    async fn page(&self, head: &Parts, reader: &Reader<'_>) -> Result<Response, Response> {
        let nowhere = || guard::Refusal(StatusCode::NOT_FOUND, "there is no such page").into_response();
        let address = guard::address(head.uri.path()).ok_or_else(nowhere)?;
        let (reply, answer) = oneshot::channel();
        self.events.send(Event::Asked { address, reply }).map_err(|_| Gone.into_response())?;
        let answer = answer.await.map_err(|_| Gone.into_response())?;
        Ok(content::response(answer, reader, &head.headers))
    }

    fn follow(&self, head: &Parts) -> Result<Response, Response> {
        guard::same_origin(&head.headers).map_err(IntoResponse::into_response)?;
        let query = head.uri.query().unwrap_or_default();
        let parameter = |name| open::parameter(query, name).unwrap_or_default();
        tabs::follow(parameter("page"), parameter("shows"), &self.run, &self.events)
            .map_err(IntoResponse::into_response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_sits_at_this_machine_is_here() {
        for (peer, own, expected) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("::1", "::1", true),
            ("::ffff:127.0.0.1", "::ffff:127.0.0.1", true),
            ("192.168.1.5", "192.168.1.5", true),
            ("192.168.1.6", "192.168.1.5", false),
            ("::ffff:192.168.1.6", "::ffff:192.168.1.5", false),
        ] {
            let address = |text: &str| text.parse().expect("it is an address");
            assert_eq!(is_here(address(peer), address(own)), expected, "{peer}");
        }
    }
}
