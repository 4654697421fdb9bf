use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::layout::{Hosts, Layout, Scheme};

/// The file by which a folder shows that it is a demo's, and remembers its addresses: the issuer depends on them.
const ADDRESSES: &str = "addresses.json";
const FIRST_PORT: u16 = 8400;

/// What the command line asks for; the folder may remember something else.
#[derive(Clone, Copy, Default)]
pub struct Wanted {
    /// `--port-base`.
    pub port_base: Option<u16>,
    /// `--tls`.
    pub tls: bool,
}

/// The demo's data folder.
pub struct Folder {
    path: PathBuf,
    layout: Layout,
}

impl Folder {
    /// Opens the folder or begins it.
    pub fn open(path: &Path, fresh: bool, wanted: Wanted) -> anyhow::Result<Self> {
        if let Some(port) = wanted.port_base.filter(|port| !Layout::port_base_is_fine(*port)) {
            bail!("--port-base {port}: choose one between 1024 and {}", u16::MAX - 8);
        }
        if fresh {
            forget(path)?;
        }
        let file = path.join(ADDRESSES);
        let layout = match fs::read_to_string(&file) {
            Ok(text) => remembered(&file, &text, wanted)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => first_layout(wanted),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
        };
        Ok(Self { path: path.to_owned(), layout })
    }

    /// Makes the folder and lets it remember the addresses: once they are known to be free.
    pub fn keep(&self) -> anyhow::Result<()> {
        let file = self.path(ADDRESSES);
        let mut maker = fs::DirBuilder::new();
        // Its databases hold addresses and password hashes.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
        maker
            .recursive(true)
            .create(&self.path)
            .with_context(|| format!("cannot make the folder {}", self.path.display()))?;
        fs::write(&file, serde_json::to_string_pretty(&self.layout)?)
            .with_context(|| format!("cannot write {}", file.display()))
    }

    /// Where everything is reached.
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// A file or folder inside.
    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

fn remembered(file: &Path, text: &str, wanted: Wanted) -> anyhow::Result<Layout> {
    let layout: Layout = serde_json::from_str(text).with_context(|| {
        format!("{}: not what a demo writes there; --fresh begins anew, --data takes another folder", file.display())
    })?;
    let other_port = wanted.port_base.is_some_and(|port| port != layout.port_base);
    if other_port || (wanted.tls && layout.scheme != Scheme::Https) {
        bail!(
            "this demo's data was made for {} on port {}, and its tokens name that address; --fresh begins anew, --data takes another folder",
            if layout.scheme == Scheme::Https { "https" } else { "http" },
            layout.port_base
        );
    }
    Ok(layout)
}

fn first_layout(wanted: Wanted) -> Layout {
    // Linux answers on all of 127.0.0.0/8, macOS on 127.0.0.1 alone.
    let addresses = std::net::TcpListener::bind(("127.0.0.2", 0)).is_ok();
    Layout {
        scheme: if wanted.tls { Scheme::Https } else { Scheme::Http },
        port_base: wanted.port_base.unwrap_or(FIRST_PORT),
        hosts: if addresses { Hosts::Addresses } else { Hosts::Names },
    }
}

/// Removes a demo's folder, and no other.
fn forget(path: &Path) -> anyhow::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let empty = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?.next().is_none();
    if !empty && !path.join(ADDRESSES).exists() {
        bail!("{} is no demo's folder ({ADDRESSES} is missing), so --fresh does not remove it", path.display());
    }
    fs::remove_dir_all(path).with_context(|| format!("cannot remove {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_remembers_its_ports_and_fresh_removes_only_a_demos_folder() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("demo");
        let port = |port| Wanted { port_base: Some(port), tls: false };
        let nothing = Wanted::default();
        let first = Folder::open(&path, false, port(9000)).unwrap();
        assert!(!path.exists(), "nothing is remembered before the ports are known to be free");
        first.keep().unwrap();
        assert_eq!(Folder::open(&path, false, nothing).unwrap().layout().port_base, 9000);
        assert!(Folder::open(&path, false, port(9100)).is_err());
        assert!(Folder::open(&path, false, Wanted { tls: true, ..nothing }).is_err());
        let fresh = Folder::open(&path, true, Wanted { tls: true, ..port(9100) }).unwrap();
        assert_eq!(fresh.layout().port_base, 9100);
        fresh.keep().unwrap();
        assert_eq!(Folder::open(&path, false, nothing).unwrap().layout().scheme, Scheme::Https);

        let precious = parent.path().join("precious");
        fs::create_dir(&precious).unwrap();
        fs::write(precious.join("thesis.txt"), "x").unwrap();
        assert!(Folder::open(&precious, true, nothing).is_err());
        assert!(precious.join("thesis.txt").exists());
    }

    #[test]
    fn damaged_addresses_are_refused_with_file_and_reason() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(ADDRESSES), r#"{"scheme":"http","port_base":"x","hosts":"addresses"}"#).unwrap();
        let error = format!("{:#}", Folder::open(folder.path(), false, Wanted::default()).err().unwrap());
        assert!(error.contains(ADDRESSES) && error.contains("u16"), "{error}");
    }
}
