//! A disk that fills up and one that can only be read, behind the real window: it is said before it bites and when it does,
//! what is stored stays, and work goes on when there is room again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use e2e::process::until;
use e2e::{Key, Office, Window};

use crate::steps;

#[tokio::test]
async fn a_disk_that_fills_up_is_said_before_and_when_it_bites_and_nothing_is_lost() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let Some(disk) = SmallDisk::mount(&office.data_dir())? else { return Ok(()) };
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    strip(&window, "disk_low").await?;
    steps::send_crp(&window).await?;
    window.screenshot("disk-low").await?;

    disk.fill()?;
    steps::begin_in_vain(&window).await?;
    window.see("Disken er full").await?;
    window.screenshot("disk-full").await?;
    window.axe("a full disk").await?;
    window.press(&[Key::Control], '5').await?;
    told(&window, 0).await?;
    window.button("Sikkerhetskopi og drift").await?.click().await?;
    window.button("Ta kopi nå").await?.click().await?;
    told(&window, 1).await?;
    window.screenshot("disk-full-storage").await?;
    strip(&window, "disk_full").await?;
    // Reading goes on, without what failed on the screen before; the strip keeps saying how the disk is.
    window.press(&[Key::Control], '3').await?;
    told(&window, 0).await?;
    strip(&window, "disk_full").await?;
    let rows = "return document.querySelectorAll('[data-row]').length";
    until("the requisition that was sent", async || {
        let rows: u32 = window.session().execute(rows, Vec::new()).await?.convert()?;
        Ok((rows == 1).then_some(()))
    })
    .await?;

    disk.make_room()?;
    window.press(&[Key::Control], '1').await?;
    steps::send_crp(&window).await?;
    until("both at the hospital", async || Ok((office.hospital()?.effects().len() == 2).then_some(()))).await?;
    window.close().await?;
    // Every page of the store is checked at the start.
    let window = office.start().await?;
    window.heading("Hvem gjelder det?").await?;
    window.close().await
}

#[tokio::test]
async fn a_disk_that_can_only_be_read_is_said_at_the_start_and_what_was_stored_is_there_afterwards()
-> anyhow::Result<()> {
    let office = Office::open().await?;
    let Some(disk) = SmallDisk::mount(&office.data_dir())? else { return Ok(()) };
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::send_crp(&window).await?;
    window.close().await?;
    disk.only_for_reading(true)?;
    let window = office.start().await?;
    window.see("kan ikke skrives").await?;
    window.screenshot("read-only").await?;
    window.axe("a store that can only be read").await?;
    window.close().await?;
    disk.only_for_reading(false)?;
    let window = office.start().await?;
    window.heading("Hvem gjelder det?").await?;
    window.press(&[Key::Control], '3').await?;
    window.heading("Oversikt").await?;
    window.see("CRP").await?;
    assert_eq!(office.hospital()?.effects().len(), 1);
    window.close().await
}

/// Waits until so many faults are told over the screen.
async fn told(window: &Window, count: u32) -> anyhow::Result<()> {
    until(&format!("{count} faults to be told"), async || {
        let told = "return document.querySelectorAll('.toast--error').length";
        let told: u32 = window.session().execute(told, Vec::new()).await?.convert()?;
        Ok((told == count).then_some(()))
    })
    .await
}

async fn strip(window: &Window, trouble: &str) -> anyhow::Result<()> {
    let look = format!("return document.querySelector('[data-storage={trouble}]') !== null");
    until(trouble, async || {
        let there: bool = window.session().execute(look.as_str(), Vec::new()).await?.convert()?;
        Ok(there.then_some(()))
    })
    .await
}

/// A disk of 96 MB, where this machine lets us make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> anyhow::Result<Option<Self>> {
        fs::create_dir_all(at)?;
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=96m", "small"]).arg(at).output()?;
        if !mounted.status.success() {
            println!("skipped: no small disk can be mounted here (that takes root)");
            return Ok(None);
        }
        Ok(Some(Self(at.to_owned())))
    }

    /// Takes all the room there is.
    fn fill(&self) -> anyhow::Result<()> {
        use std::io::Write as _;
        let mut ballast = fs::File::create(self.0.join("ballast"))?;
        for size in [1 << 20, 4096] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
        Ok(())
    }

    fn make_room(&self) -> anyhow::Result<()> {
        Ok(fs::remove_file(self.0.join("ballast"))?)
    }

    fn only_for_reading(&self, only: bool) -> anyhow::Result<()> {
        let how = if only { "remount,ro" } else { "remount,rw" };
        let remounted = Command::new("mount").args(["-o", how]).arg(&self.0).output()?;
        anyhow::ensure!(remounted.status.success(), "{}", String::from_utf8_lossy(&remounted.stderr));
        Ok(())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("--lazy").arg(&self.0).status().ok();
    }
}
