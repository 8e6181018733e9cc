//! A print spooler of its own: a real CUPS whose queues lead to listeners of the test, so that a test reads the very bytes
//! that a printer would have got.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, bail};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};

use crate::{
    desktop::Desktop,
    process::{PATIENCE, Process, free_port, need, until},
};

/// The running spooler.
#[derive(Debug)]
pub struct Spooler {
    server: String,
    cupsd: Option<Process>,
}

impl Spooler {
    /// Starts a spooler with its files in `dir`, listening on loopback.
    ///
    /// # Errors
    /// When CUPS is missing or does not come up.
    pub async fn start(dir: &Path, desktop: &Desktop) -> anyhow::Result<Self> {
        for program in ["cupsd", "lpadmin"] {
            need(program)?;
        }
        let port = free_port()?;
        write_configuration(dir, port)?;
        let mut command = desktop.command("/usr/sbin/cupsd");
        command.arg("-f").arg("-c").arg(dir.join("cupsd.conf")).arg("-s").arg(dir.join("cups-files.conf"));
        let mut cupsd = Process::start("cupsd", &command, dir)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        until("the print spooler", async || {
            cupsd.still_runs()?;
            Ok(TcpStream::connect(address).await.ok().map(drop))
        })
        .await?;
        Ok(Self { server: address.to_string(), cupsd: Some(cupsd) })
    }

    /// Ends the spooler: from here on nothing answers where it was.
    pub fn end(&mut self) {
        self.cupsd = None;
    }

    /// What programs need in `CUPS_SERVER` to print here.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Makes a queue to a printer that takes bytes as they are.
    ///
    /// # Errors
    /// When CUPS refuses.
    pub async fn queue(&self, name: &str) -> anyhow::Result<Printer> {
        let printer = Printer::listen().await?;
        self.lpadmin(&["-p", name, "-E", "-v", &format!("socket://{}", printer.address), "-m", "raw"])?;
        Ok(printer)
    }

    /// Makes a queue to an office printer that takes pages as they are.
    ///
    /// # Errors
    /// When CUPS refuses.
    pub async fn page_queue(&self, name: &str, dir: &Path) -> anyhow::Result<Printer> {
        let printer = Printer::listen().await?;
        self.pages_to(name, dir, printer.address)?;
        Ok(printer)
    }

    /// Makes a queue to an office printer that is switched off; the port at which it will listen.
    ///
    /// # Errors
    /// When CUPS refuses.
    pub fn page_queue_to_nobody(&self, name: &str, dir: &Path) -> anyhow::Result<u16> {
        let port = free_port()?;
        self.pages_to(name, dir, SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        Ok(port)
    }

    fn pages_to(&self, name: &str, dir: &Path, address: SocketAddr) -> anyhow::Result<()> {
        let description = dir.join(format!("{name}.ppd"));
        fs::write(&description, PAGE_PRINTER)?;
        let (uri, file) = (format!("socket://{address}"), description.display().to_string());
        self.lpadmin(&["-p", name, "-E", "-v", &uri, "-P", &file])
    }

    /// Makes a queue to an address where nobody listens: a printer that is switched off.
    ///
    /// # Errors
    /// When CUPS refuses.
    pub fn queue_to_nobody(&self, name: &str) -> anyhow::Result<()> {
        let uri = format!("socket://127.0.0.1:{}", free_port()?);
        self.lpadmin(&["-p", name, "-E", "-v", &uri, "-m", "raw"])
    }

    /// Stops a queue, as CUPS itself does when the paper is out, or starts it again.
    ///
    /// # Errors
    /// When CUPS refuses.
    pub fn stop(&self, name: &str, stopped: bool) -> anyhow::Result<()> {
        let program = if stopped { "/usr/sbin/cupsdisable" } else { "/usr/sbin/cupsenable" };
        let done = Command::new(program).env("CUPS_SERVER", &self.server).arg(name).output().context(program)?;
        if !done.status.success() {
            bail!("{program} {name}: {}", String::from_utf8_lossy(&done.stderr));
        }
        Ok(())
    }

    /// Removes a queue, as somebody in the office might.
    ///
    /// # Errors
    /// When CUPS refuses.
    pub fn remove(&self, name: &str) -> anyhow::Result<()> {
        self.lpadmin(&["-x", name])
    }

    /// Takes every job of a queue back, and waits until the spooler has forgotten that there were any: what is under way is
    /// only cancelled at first.
    ///
    /// # Errors
    /// When CUPS refuses.
    pub async fn forget_jobs(&self, name: &str) -> anyhow::Result<()> {
        let say = |program: &str, arguments: &[&str]| -> anyhow::Result<String> {
            let done = Command::new(program).env("CUPS_SERVER", &self.server).args(arguments).output();
            let done = done.with_context(|| format!("{program} cannot be started"))?;
            if !done.status.success() {
                bail!("{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
            }
            Ok(String::from_utf8_lossy(&done.stdout).into_owned())
        };
        until("the spooler to forget its jobs", async || {
            say("cancel", &["-a", "-x", name])?;
            Ok(say("lpstat", &["-W", "all", "-o", name])?.trim().is_empty().then_some(()))
        })
        .await
    }

    fn lpadmin(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let done = Command::new("/usr/sbin/lpadmin")
            .env("CUPS_SERVER", &self.server)
            .args(arguments)
            .output()
            .context("lpadmin cannot be started")?;
        if !done.status.success() {
            bail!("lpadmin {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        }
        Ok(())
    }
}

/// The far end of a queue.
#[derive(Debug)]
pub struct Printer {
    address: SocketAddr,
    jobs: mpsc::UnboundedReceiver<Vec<u8>>,
    out_of_paper: Arc<AtomicBool>,
    listener: JoinHandle<()>,
}

/// What CUPS wants to know of a printer that takes PDF without a filter.
const PAGE_PRINTER: &str = include_str!("page-printer.ppd");

/// A host status return (ZPL II programming guide, `~HS`) of a printer without paper.
const NO_PAPER: &str =
    "\u{2}030,1,0,0245,000,0,0,0,000,0,0,0\u{3}\r\n\u{2}000,0,0,0,1,2,4,0,00000000,1,000\u{3}\r\n\u{2}1234,0\u{3}\r\n";

impl Printer {
    /// A label printer on the network, with no queue in between.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn listen() -> anyhow::Result<Self> {
        Self::listen_at(0).await
    }

    /// A printer that is switched on at the address where its queue looks for it; 0 for any.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn listen_at(port: u16) -> anyhow::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = socket.local_addr()?;
        let (sender, jobs) = mpsc::unbounded_channel();
        let out_of_paper = Arc::new(AtomicBool::new(false));
        let out = Arc::clone(&out_of_paper);
        let listener = tokio::spawn(async move {
            while let Ok((mut stream, _)) = socket.accept().await {
                let job = receive(&mut stream, &out).await.unwrap_or_default();
                // CUPS may connect only to look, and a printer may be asked only how it is; a job has labels or pages.
                let asked_only = job.iter().all(|byte| b"~HS\r\n".contains(byte));
                if !asked_only && sender.send(job).is_err() {
                    return;
                }
            }
        });
        Ok(Self { address, jobs, out_of_paper, listener })
    }

    /// Takes the paper out, or puts it in.
    pub fn out_of_paper(&self, out: bool) {
        self.out_of_paper.store(out, Ordering::SeqCst);
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next job that comes out.
    ///
    /// # Errors
    /// When none comes.
    pub async fn next_job(&mut self) -> anyhow::Result<Vec<u8>> {
        tokio::time::timeout(PATIENCE, self.jobs.recv()).await.ok().flatten().context("nothing came out of the printer")
    }

    /// How many jobs came out that nobody has taken yet. Says nothing about what may still come.
    #[must_use]
    pub fn jobs_waiting(&self) -> usize {
        self.jobs.len()
    }
}

/// Everything that comes until the sender is done. Asked how it is, a printer without paper says so.
async fn receive(stream: &mut TcpStream, out_of_paper: &AtomicBool) -> std::io::Result<Vec<u8>> {
    let mut job = Vec::new();
    let mut answered = false;
    while stream.read_buf(&mut job).await? > 0 {
        if !answered && job.starts_with(b"~HS") && out_of_paper.load(Ordering::SeqCst) {
            answered = true;
            stream.write_all(NO_PAPER.as_bytes()).await?;
        }
    }
    Ok(job)
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

fn write_configuration(dir: &Path, port: u16) -> anyhow::Result<()> {
    for folder in ["", "root", "cache", "spool", "state", "tmp", "log"] {
        let path = dir.join(folder);
        fs::create_dir_all(&path)?;
        // The backends run as another user.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    let at = |folder: &str| dir.join(folder).display().to_string();
    let retry = Duration::from_secs(1).as_secs();
    fs::write(
        dir.join("cupsd.conf"),
        format!(
            "Listen 127.0.0.1:{port}\nBrowsing Off\nWebInterface No\nLogLevel warn\nErrorPolicy abort-job\n\
             JobRetryInterval {retry}\nDefaultAuthType None\n\
             <Location />\nOrder allow,deny\nAllow localhost\n</Location>\n\
             <Location /admin>\nOrder allow,deny\nAllow localhost\n</Location>\n\
             <Policy default>\n<Limit All>\nOrder allow,deny\nAllow localhost\n</Limit>\n</Policy>\n"
        ),
    )?;
    fs::write(
        dir.join("cups-files.conf"),
        format!(
            "ServerRoot {}\nCacheDir {}\nRequestRoot {}\nStateDir {}\nTempDir {}\n\
             AccessLog {log}/access\nErrorLog {log}/error\nPageLog {log}/page\n\
             Sandboxing relaxed\nFileDevice No\n",
            at("root"),
            at("cache"),
            at("spool"),
            at("state"),
            at("tmp"),
            log = at("log"),
        ),
    )?;
    Ok(())
}
