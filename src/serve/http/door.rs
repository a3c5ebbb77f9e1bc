//! Where the preview listens, and the names that it answers to.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs, UdpSocket},
};

/// A socket that takes connections, and the names by which it may be asked for.
pub struct Door {
    pub listener: TcpListener,
    pub hosts: Hosts,
}

/// Which port is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// This one or none; 0 is any that is free.
    Exactly(u16),
    /// This one, or the next that is free.
    From(u16),
}

/// How many ports are tried.
const TRIED: u16 = 100;

/// Why nobody listens.
#[derive(Debug)]
pub struct Closed {
    host: String,
    port: u16,
    fault: io::Error,
}

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Closed { host, port, fault } = self;
        match fault.kind() {
            io::ErrorKind::AddrInUse => write!(formatter, "port {port} of `{host}` is taken"),
            io::ErrorKind::AddrNotAvailable | io::ErrorKind::NotFound => {
                write!(formatter, "`{host}` is no address of this machine")
            }
            _ => write!(formatter, "`{host}:{port}` cannot be listened on: {fault}"),
        }
    }
}

impl std::error::Error for Closed {}

impl Closed {
    pub fn help(&self) -> &'static str {
        match self.fault.kind() {
            io::ErrorKind::AddrInUse => "leave --port out to get the next free one, or end what listens there",
            io::ErrorKind::PermissionDenied => "choose a port from 1024 upwards with --port",
            _ => "leave --host out to listen on 127.0.0.1, or give 0.0.0.0 for all addresses of this machine",
        }
    }
}

impl Door {
    /// `host` is a name or an address, an IPv6 one with or without brackets.
    pub fn open(host: &str, port: Port) -> Result<Door, Closed> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let (first, tried) = match port {
            Port::Exactly(port) => (port, 1),
            Port::From(port) => (port, TRIED),
        };
        let closed = |port, fault| Closed { host: host.to_string(), port, fault };
        let address = resolve(host).map_err(|fault| closed(first, fault))?;
        let mut last = io::Error::from(io::ErrorKind::AddrInUse);
        for port in (first..=u16::MAX).take(tried.into()) {
            match TcpListener::bind((address, port)) {
                Ok(listener) => {
                    let at = listener.local_addr().map_err(|fault| closed(port, fault))?;
                    return Ok(Door { listener, hosts: Hosts::new(host, at) });
                }
                Err(fault) if fault.kind() == io::ErrorKind::AddrInUse => last = fault,
                Err(fault) => return Err(closed(port, fault)),
            }
        }
        Err(closed(first, last))
    }

    pub fn port(&self) -> u16 {
        self.hosts.at.port()
    }

    /// Whether only this machine can reach it.
    pub fn is_private(&self) -> bool {
        self.hosts.at.ip().is_loopback()
    }

    /// What to type into a browser; where all addresses are listened on, one by which
    /// other machines are likely to reach this one.
    pub fn address(&self) -> String {
        let at = self.hosts.at;
        let host = if at.ip().is_unspecified() {
            bracketed(&outward(at.ip()).unwrap_or(at.ip()).to_string())
        } else {
            bracketed(&self.hosts.given)
        };
        format!("http://{host}:{}/", at.port())
    }
}

/// The addresses of this machine that a name stands for, IPv4 first: a browser that is
/// given `localhost` tries both.
fn resolve(host: &str) -> io::Result<IpAddr> {
    let found: Vec<SocketAddr> = (host, 0).to_socket_addrs()?.collect();
    let address = found.iter().find(|address| address.is_ipv4()).or(found.first());
    address.map(SocketAddr::ip).ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// The address that packets to elsewhere would carry. Connecting a UDP socket sends none;
/// the goals are set apart for documentation (RFC 5737, RFC 3849).
fn outward(unspecified: IpAddr) -> Option<IpAddr> {
    let goal = if unspecified.is_ipv4() { "192.0.2.1:9" } else { "[2001:db8::1]:9" };
    let socket = UdpSocket::bind((unspecified, 0)).ok()?;
    socket.connect(goal).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// An IPv6 address as addresses of pages have it.
fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_string() }
}

/// The names that a request may be addressed to. A page of another site can point its own
/// name at this machine and have a browser send requests here, which that browser then
/// takes for its own (DNS rebinding); only the `Host` header tells them from ours.
#[derive(Clone, Debug)]
pub struct Hosts {
    given: String,
    at: SocketAddr,
}

impl Hosts {
    fn new(given: &str, at: SocketAddr) -> Self {
        Hosts { given: given.to_string(), at }
    }

    /// Whether the value of a `Host` header names what is listened on.
    pub fn name(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => (name, port.parse().ok()),
            _ => (host, Some(80)),
        };
        if port != Some(self.at.port()) {
            return false;
        }
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        let address = match bare {
            Some(bare) => bare.parse().ok().map(IpAddr::V6),
            None => name.parse().ok().map(IpAddr::V4),
        };
        let ip = self.at.ip();
        if let Some(address) = address {
            // No name server can point an address elsewhere, so any will do where all are listened on.
            return ip.is_unspecified() || address == ip;
        }
        let local = ip.is_loopback() || ip.is_unspecified();
        // An IPv6 address without brackets is none.
        let given = !name.contains(':') && name.eq_ignore_ascii_case(&self.given);
        given || local && name.eq_ignore_ascii_case("localhost")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, at: &str, named: &[&str], others: &[&str]) {
        let hosts = Hosts::new(given, at.parse().expect("it is an address"));
        for host in named {
            assert!(hosts.name(host), "{host} names {given}");
        }
        for host in others {
            assert!(!hosts.name(host), "{host} does not name {given}");
        }
    }

    #[test]
    fn only_what_is_listened_on_is_answered_to() {
        check(
            "127.0.0.1",
            "127.0.0.1:4000",
            &["127.0.0.1:4000", "localhost:4000", "LOCALHOST:4000"],
            &[
                "",
                ":4000",
                "localhost",
                "127.0.0.1",
                "localhost:80",
                "localhost:4001",
                "localhost:4000:4000",
                "localhost.:4000",
                "[::1]:4000",
                "127.0.0.2:4000",
                "evil.example:4000",
                "127.0.0.1.evil.example:4000",
                "a@localhost:4000",
                "localhost:04000x",
                "192.168.1.5:4000",
            ],
        );
        check("::1", "[::1]:4000", &["[::1]:4000", "localhost:4000"], &["::1:4000", "127.0.0.1:4000", "[::2]:4000"]);
        check("127.0.0.1", "127.0.0.1:80", &["127.0.0.1", "localhost", "localhost:80"], &["localhost:4000"]);
    }

    #[test]
    fn an_address_given_is_answered_to_and_any_where_all_are_listened_on() {
        check(
            "desk.local",
            "192.168.1.5:4000",
            &["192.168.1.5:4000", "desk.local:4000"],
            &["localhost:4000", "192.168.1.6:4000"],
        );
        check(
            "0.0.0.0",
            "0.0.0.0:4000",
            &["192.168.1.5:4000", "127.0.0.1:4000", "localhost:4000"],
            &["evil.example:4000", "desk.local:4000"],
        );
    }
}
