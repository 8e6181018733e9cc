//! A desktop of its own: virtual display, session bus and keyring.
//!
//! It never touches the desktop of the person who runs the tests: no variable of theirs reaches the programs started here.

use std::{
    ffi::OsString,
    fs,
    io::Write as _,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    time::Duration,
};

use anyhow::Context as _;

use crate::office::built_beside;
use crate::process::{Process, need, until};

/// Looks at a dialog that has not gone after its answer, before the keys count as lost: some seconds.
const KEYS_ARE_LOST_AFTER: u32 = 80;
/// A hand that drags a file is no faster; source and window talk to each other at each step.
const BETWEEN_STEPS: Duration = Duration::from_millis(120);

/// What the keyring of the desktop is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyringState {
    /// There and unlocked, as after signing in.
    #[default]
    Unlocked,
    /// There and locked.
    Locked,
    /// No keyring service at all.
    Absent,
}

/// The running desktop.
#[derive(Debug)]
pub struct Desktop {
    dir: PathBuf,
    display: String,
    bus: String,
    // In this order they end: what uses the bus before the bus.
    keyring: Option<Process>,
    dropped: Mutex<Vec<Process>>,
    _bus: Process,
    _xvfb: Process,
}

impl Desktop {
    /// Starts a desktop with its files in `dir`.
    ///
    /// # Errors
    /// When a program is missing or does not come up.
    pub async fn start(dir: &Path, keyring: KeyringState) -> anyhow::Result<Self> {
        for program in ["Xvfb", "dbus-daemon", "gnome-keyring-daemon"] {
            need(program)?;
        }
        for folder in ["run", "home", "data", "config", "cache"] {
            fs::DirBuilder::new().mode(0o700).recursive(true).create(dir.join(folder))?;
        }
        let (xvfb, display) = start_display(dir).await?;
        let (bus_process, bus) = start_bus(dir).await?;
        let mut desktop = Self {
            dir: dir.to_owned(),
            display,
            bus,
            keyring: None,
            dropped: Mutex::default(),
            _bus: bus_process,
            _xvfb: xvfb,
        };
        desktop.set_keyring(keyring).await?;
        Ok(desktop)
    }

    /// Brings the keyring into this state, keeping what it holds.
    ///
    /// # Errors
    /// When the daemon does not come up.
    pub async fn set_keyring(&mut self, state: KeyringState) -> anyhow::Result<()> {
        self.end_keyring().await?;
        match state {
            KeyringState::Unlocked => self.start_keyring(true).await,
            KeyringState::Locked => {
                // A keyring must exist before it can be locked: unlock once, which makes it.
                self.start_keyring(true).await?;
                self.end_keyring().await?;
                self.start_keyring(false).await
            }
            KeyringState::Absent => Ok(()),
        }
    }

    /// Empties the keyring, as another machine or a cleared profile would.
    ///
    /// # Errors
    /// When the daemon does not come up again.
    pub async fn forget_keyring(&mut self) -> anyhow::Result<()> {
        self.end_keyring().await?;
        fs::remove_dir_all(self.dir.join("data/keyrings"))?;
        self.start_keyring(true).await
    }

    /// Answers the open file dialog with this path, by keyboard as a person would.
    ///
    /// # Errors
    /// When no dialog of this title comes, or it does not go.
    pub async fn choose_file(&self, title: &str, path: &Path) -> anyhow::Result<()> {
        let path = path.to_str().context("a path that cannot be typed")?;
        // Both dialogs, to open and to save, take a whole path where it begins with a slash.
        self.in_dialog(title, &[&["key", "ctrl+a"], &["type", "--delay", "12", path], &["key", "Return"]]).await
    }

    /// Waits for a dialog of the desktop and works these keys in it until it goes.
    async fn in_dialog(&self, title: &str, keys: &[&[&str]]) -> anyhow::Result<()> {
        need("xdotool")?;
        let run = |arguments: &[&str]| -> anyhow::Result<Option<String>> {
            let output = self.command("xdotool").args(arguments).output().context("xdotool cannot be started")?;
            Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned()))
        };
        let dialog = || -> anyhow::Result<Option<String>> {
            let found = run(&["search", "--onlyvisible", "--name", title])?.unwrap_or_default();
            Ok(found.lines().last().map(str::to_owned))
        };
        until("the dialog", async || dialog()).await?;
        let mut looks = 0_u32;
        until("the dialog to go", async || {
            let Some(dialog) = dialog()? else { return Ok(Some(())) };
            // A dialog that stands but does not listen yet loses letters, so that the path is no file: it is typed anew.
            // There is no window manager here that would give the dialog the focus.
            if looks.is_multiple_of(KEYS_ARE_LOST_AFTER) && run(&["windowfocus", "--sync", &dialog])?.is_some() {
                for pressed in keys {
                    run(pressed)?;
                }
            }
            looks += 1;
            Ok(None)
        })
        .await
    }

    /// Leaves the open file dialog without an answer.
    ///
    /// # Errors
    /// When no dialog of this title comes, or it does not go.
    pub async fn leave_dialog(&self, title: &str) -> anyhow::Result<()> {
        self.in_dialog(title, &[&["key", "Escape"]]).await
    }

    /// The address of the session bus.
    #[must_use]
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// Drags a file from beside the application's window and drops it in the middle of it, by the mouse as a person would.
    ///
    /// # Errors
    /// When there is nothing to drag from, or the mouse cannot be moved.
    pub async fn drop_file(&self, path: &Path) -> anyhow::Result<()> {
        need("xdotool")?;
        // One file at a time: what was dropped before has been taken by now.
        self.dropped.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        let mut command = self.command(built_beside("drag-source")?);
        command.arg(path);
        let mut source = Process::start("drag-source", &command, &self.dir)?;
        let run = |arguments: &[&str]| -> anyhow::Result<bool> {
            Ok(self.command("xdotool").args(arguments).output().context("xdotool cannot be started")?.status.success())
        };
        until("something to drag from", async || {
            source.still_runs()?;
            Ok(run(&["search", "--onlyvisible", "--name", "^drag-source$"])?.then_some(()))
        })
        .await?;
        // A drag begins with the first steps away, and the window has to be crossed before it takes a drop.
        for step in [
            ["mousemove", "1340", "50"],
            ["mousedown", "1", ""],
            ["mousemove", "1330", "70"],
            ["mousemove", "1310", "100"],
            ["mousemove", "1200", "200"],
            ["mousemove", "900", "400"],
            ["mousemove", "800", "420"],
            ["mousemove", "790", "424"],
        ] {
            let arguments: Vec<&str> = step.into_iter().filter(|argument| !argument.is_empty()).collect();
            anyhow::ensure!(run(&arguments)?, "the mouse did not move");
            tokio::time::sleep(BETWEEN_STEPS).await;
        }
        anyhow::ensure!(run(&["mouseup", "1"])?, "the file was not dropped");
        // The source hands the file over when the window asks for it, which is after the drop.
        self.dropped.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(source);
        Ok(())
    }

    /// A command on this desktop, with nothing of ours but the path to programs.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            command.env_remove(name);
        }
        command.envs(self.environment());
        command
    }

    fn environment(&self) -> Vec<(&'static str, OsString)> {
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        let folder = |name: &str| self.dir.join(name).into_os_string();
        vec![
            ("PATH", path),
            ("DISPLAY", self.display.clone().into()),
            ("DBUS_SESSION_BUS_ADDRESS", self.bus.clone().into()),
            ("HOME", folder("home")),
            ("XDG_RUNTIME_DIR", folder("run")),
            ("XDG_DATA_HOME", folder("data")),
            ("XDG_CONFIG_HOME", folder("config")),
            ("XDG_CACHE_HOME", folder("cache")),
            ("GDK_BACKEND", "x11".into()),
            ("NO_AT_BRIDGE", "1".into()),
            ("LANG", "C.UTF-8".into()),
            ("TZ", "Europe/Oslo".into()),
            ("RUST_BACKTRACE", "1".into()),
        ]
    }

    async fn start_keyring(&mut self, unlocked: bool) -> anyhow::Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if unlocked {
            command.arg("--unlock");
        }
        let mut daemon = Process::start("keyring", &command, &self.dir)?;
        if let Some(mut stdin) = daemon.stdin() {
            // The empty password, as on a machine whose user signs in without one.
            stdin.write_all(b"\n")?;
        }
        until("the keyring", async || {
            daemon.still_runs()?;
            Ok(self.keyring_answers()?.then_some(()))
        })
        .await?;
        self.keyring = Some(daemon);
        Ok(())
    }

    async fn end_keyring(&mut self) -> anyhow::Result<()> {
        drop(self.keyring.take());
        until("the keyring to end", async || Ok((!self.keyring_answers()?).then_some(()))).await
    }

    fn keyring_answers(&self) -> anyhow::Result<bool> {
        let answer = self
            .command("dbus-send")
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/",
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ])
            .output()
            .context("dbus-send cannot be started")?;
        Ok(String::from_utf8_lossy(&answer.stdout).contains("true"))
    }
}

async fn start_display(dir: &Path) -> anyhow::Result<(Process, String)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1400x900x24", "-nolisten", "tcp"]);
    let mut xvfb = Process::start("xvfb", &command, dir)?;
    let display = until("the virtual display", async || {
        xvfb.still_runs()?;
        let output = xvfb.output();
        // The number stands alone on a line; warnings of the keyboard compiler may stand around it.
        Ok(output
            .lines()
            .find(|line| !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()))
            .filter(|_| output.ends_with('\n'))
            .map(|number| format!(":{number}")))
    })
    .await?;
    Ok((xvfb, display))
}

/// A session bus without activatable services: what is there is what the test started.
async fn start_bus(dir: &Path) -> anyhow::Result<(Process, String)> {
    let socket = dir.join("bus");
    let config = dir.join("bus.conf");
    fs::write(
        &config,
        format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"#,
            socket.display()
        ),
    )?;
    let mut command = Command::new("dbus-daemon");
    command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--nopidfile"]);
    let mut bus = Process::start("bus", &command, dir)?;
    until("the session bus", async || {
        bus.still_runs()?;
        Ok(socket.exists().then_some(()))
    })
    .await?;
    Ok((bus, format!("unix:path={}", socket.display())))
}
