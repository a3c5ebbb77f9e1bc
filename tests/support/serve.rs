//! `regesta serve` from outside: the real program, and sockets that send what they are told to.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// Longer than anything takes that does not hang.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running preview. It ends with the test.
pub struct Server {
    child: Child,
    lines: Receiver<Value>,
    errors: Receiver<String>,
    /// As printed: `http://127.0.0.1:40001/`.
    pub address: String,
}

impl Server {
    /// On any free port, with no editor set.
    pub fn start(root: &Path, arguments: &[&str]) -> Self {
        Server::start_with(root, arguments, &[])
    }

    pub fn start_with(root: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = command(root);
        command.args(["serve", "--port", "0", "--message-format", "json"]).args(arguments);
        Server::run(command.envs(variables.iter().copied()))
    }

    /// Waits for the address that the program prints as JSON.
    pub fn run(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the program starts");
        let lines = lines_of(child.stdout.take().expect("it has an output"), |line| {
            serde_json::from_str(&line).unwrap_or_else(|fault| panic!("{fault}: {line}"))
        });
        let errors = lines_of(child.stderr.take().expect("it has an output for errors"), |line| line);
        let mut server = Server { child, lines, errors, address: String::new() };
        let listening = server.wait("listening");
        server.address = listening["address"].as_str().expect("an address is a text").to_string();
        server
    }

    /// The next event of this kind; what comes before it is passed over.
    #[track_caller]
    pub fn wait(&self, event: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no word of `{event}`"));
            if line["event"] == event {
                return line;
            }
        }
    }

    /// Waits until there is nothing more to say against what is so; asks again after each
    /// line of standard output.
    #[track_caller]
    pub fn until(&self, mut against: impl FnMut() -> Result<(), String>) {
        let end = Instant::now() + PATIENCE;
        while let Err(why) = against() {
            let left = end.saturating_duration_since(Instant::now());
            self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("{why}"));
        }
    }

    /// The next line of standard output.
    #[track_caller]
    pub fn line(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).expect("there is a line")
    }

    /// The next line of standard error.
    #[track_caller]
    pub fn error(&self) -> String {
        self.errors.recv_timeout(PATIENCE).expect("there is a line")
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The status that the program ends with by itself.
    pub fn end(mut self) -> Option<i32> {
        self.child.wait().expect("the program ends").code()
    }

    /// `127.0.0.1:40001`
    pub fn host(&self) -> &str {
        self.address.trim_start_matches("http://").trim_end_matches('/')
    }

    pub fn port(&self) -> u16 {
        self.host().rsplit(':').next().and_then(|port| port.parse().ok()).expect("an address ends with its port")
    }

    pub fn connect(&self) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", self.port())).expect("the server takes connections");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time is no fault");
        Connection { stream: BufReader::new(stream) }
    }

    /// Sends `text` as it is, but for `HOST`, and reads one reply.
    #[track_caller]
    pub fn send(&self, text: impl AsRef<[u8]>) -> Reply {
        let mut connection = self.connect();
        let text = text.as_ref();
        match std::str::from_utf8(text) {
            Ok(text) => connection.write(text.replace("HOST", self.host()).as_bytes()),
            Err(_) => connection.write(text),
        }
        connection.reply(text.starts_with(b"HEAD "))
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.get_with(path, "")
    }

    /// Files as `build` writes them, less the script; `None` where there is nothing.
    #[track_caller]
    pub fn files<'a>(&self, paths: impl IntoIterator<Item = &'a str>) -> Vec<Option<Vec<u8>>> {
        let mut connection = self.connect();
        let mut file = |path: &str| {
            connection.write(format!("GET /{path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host()).as_bytes());
            let reply = connection.reply(false);
            (reply.status == 200).then(|| reply.without_script())
        };
        paths.into_iter().map(&mut file).collect()
    }

    /// The notices to a page that shows what `shows` is the fingerprint of.
    #[track_caller]
    pub fn stream(&self, page: &str, shows: &str) -> Connection {
        let mut connection = self.connect();
        let request =
            format!("GET /.regesta/events?page={page}&shows={shows} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host());
        connection.write(request.as_bytes());
        let head = connection.head().expect(200);
        assert_eq!(head.header("content-type"), Some("text/event-stream"));
        connection
    }

    /// The notices to a page that is open in a browser, and that the preview knows of.
    #[track_caller]
    pub fn open(&self, page: &str) -> Connection {
        let shows = self.get(&format!("/{page}")).attribute("data-fingerprint");
        let mut stream = self.stream(page, &shows);
        stream.notice("faults");
        stream
    }

    /// With further headers, each with its line end.
    #[track_caller]
    pub fn get_with(&self, path: &str, headers: &str) -> Reply {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: HOST\r\n{headers}\r\n"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, run in `root` with no editor set.
pub fn command(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regesta"));
    command.current_dir(root);
    for name in ["REGESTA_EDITOR", "VISUAL", "EDITOR", "REGESTA_BASE_URL"] {
        command.env_remove(name);
    }
    command
}

fn lines_of<T: Send + 'static>(from: impl Read + Send + 'static, read: fn(String) -> T) -> Receiver<T> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(read(line)).is_err() {
                return;
            }
        }
    });
    receiver
}

/// A socket to the server.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// A server that has closed the connection already takes nothing, which is its right.
    pub fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.get_mut().write_all(bytes);
    }

    /// The line that comes next, without its end; `None` where the server has closed.
    pub fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        match self.stream.read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => Some(String::from_utf8_lossy(&line).trim_end().to_string()),
            Err(fault) if fault.kind() == std::io::ErrorKind::ConnectionReset => None,
            Err(fault) => panic!("the server neither answers nor closes: {fault}"),
        }
    }

    /// The next notice of a stream.
    #[track_caller]
    pub fn message(&mut self) -> Value {
        loop {
            let line = self.line().expect("the stream goes on");
            if let Some(told) = line.strip_prefix("data: ") {
                return serde_json::from_str(told).expect("a notice is JSON");
            }
        }
    }

    /// The next notice of this kind; what comes before it is passed over.
    #[track_caller]
    pub fn notice(&mut self, kind: &str) -> Value {
        loop {
            let told = self.message();
            if told["kind"] == kind {
                return told;
            }
        }
    }

    /// Status and headers.
    #[track_caller]
    pub fn head(&mut self) -> Reply {
        let first = self.line().expect("the server answers");
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut headers = Vec::new();
        while let Some(line) = self.line().filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').expect("a header has a colon");
            headers.push((name.to_ascii_lowercase(), value.trim().to_string()));
        }
        Reply { status: status.expect("a reply has a status"), headers, body: Vec::new() }
    }

    #[track_caller]
    pub fn reply(&mut self, without_body: bool) -> Reply {
        let mut reply = self.head();
        let length = reply.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        if !without_body && reply.status != 304 {
            reply.body = vec![0; length];
            self.stream.read_exact(&mut reply.body).expect("the body is as long as is said");
        }
        reply
    }
}

pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("it is UTF-8")
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// The body as `build` writes it.
    pub fn without_script(self) -> Vec<u8> {
        let html = self.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        if html { self.text().replacen(self.script(), "", 1).into_bytes() } else { self.body }
    }

    /// An attribute of the script that the server puts in.
    #[track_caller]
    pub fn attribute(&self, name: &str) -> String {
        let script = self.script();
        let value = script.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
        value.unwrap_or_else(|| panic!("no {name} in {script}")).0.to_string()
    }

    /// What the server puts in.
    #[track_caller]
    pub fn script(&self) -> &str {
        let start = self.text().find("<script defer src=\"/.regesta/preview.js\"").expect("the page has the script");
        let end = "></script>";
        let length = self.text()[start..].find(end).expect("it has an end") + end.len();
        &self.text()[start..start + length]
    }
}
