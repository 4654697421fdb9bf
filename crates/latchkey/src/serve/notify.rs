/// Tells the service manager how far we are (`sd_notify(3)`): `READY=1`, `STOPPING=1`. Without one, nothing.
#[cfg(target_os = "linux")]
pub fn tell(state: &str) {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let sent = UnixDatagram::unbound().and_then(|datagram| {
        let name = socket.to_string_lossy();
        let address = match name.strip_prefix('@') {
            Some(name) => SocketAddr::from_abstract_name(name)?,
            None => SocketAddr::from_pathname(&*name)?,
        };
        datagram.send_to_addr(state.as_bytes(), &address)
    });
    if let Err(error) = sent {
        tracing::warn!(%error, "the service manager was not told");
    }
}

/// Other systems have no such socket.
#[cfg(not(target_os = "linux"))]
pub const fn tell(_: &str) {}
