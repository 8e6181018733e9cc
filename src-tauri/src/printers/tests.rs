//! Printing for real: a private CUPS whose queue ends at a listener of the test, and raw ports that misbehave.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::*;

const JOB: &str = "^XA^FO20,20^GB100,100,4^FS^XZ\n";

#[test]
fn a_raw_queue_takes_the_labels_and_the_printer_gets_every_byte() {
    let Some(cups) = Cups::started() else { return };
    let (port, received) = listener(None);
    cups.lpadmin(&["-p", "zebra", "-E", "-v", &format!("socket://127.0.0.1:{port}"), "-m", "raw", "-D", "Labbenk 1"]);
    let queues = cups.server().queues().unwrap();
    let [queue] = &queues[..] else { panic!("{queues:?}") };
    assert_eq!((queue.name.as_str(), queue.info.as_str(), queue.state), ("zebra", "Labbenk 1", QueueState::Idle));
    assert_eq!((queue.accepting, queue.language), (true, Language::Zpl));

    let printer = cups.printer("zebra");
    assert_eq!(printer.language(), Ok(Language::Zpl));
    let taken = printer.print(&Document::Zpl(JOB.into())).unwrap();
    assert!(taken.job.is_some());
    assert_eq!(String::from_utf8(received.recv_timeout(Duration::from_secs(20)).unwrap()).unwrap(), JOB);
    assert_eq!(printer.watch(&taken, Duration::from_secs(20)), Ok(JobState::Done));
}

#[test]
fn the_page_keeps_the_labels_size_and_the_job_names_no_patient() {
    let Some(cups) = Cups::started() else { return };
    let (port, _received) = listener(None);
    // A queue that takes PDF as it is, as a driverless label printer does.
    cups.lpadmin(&[
        "-p",
        "office",
        "-E",
        "-v",
        &format!("socket://127.0.0.1:{port}"),
        "-P",
        &cups.pdf_printer_description(),
    ]);
    let printer = cups.printer("office");
    assert_eq!(printer.language(), Ok(Language::Pdf));
    let document = Document::Pdf { bytes: b"%PDF-1.4\n%%EOF\n".to_vec(), page_width: 50_000, page_height: 25_000 };
    let job = printer.print(&document).unwrap().job.unwrap();
    let record = cups.folder.path().join(format!("spool/c{job:05}"));
    let control = eventually(|| std::fs::read(&record).ok().filter(|bytes| !bytes.is_empty()));
    let has = |wanted: &[u8]| control.windows(wanted.len()).any(|window| window == wanted);
    assert!(has(b"media-col") && has(b"x-dimension"), "the spooler's record of the job lacks its size");
    assert!(has(&5_000_i32.to_be_bytes()) && has(&2_500_i32.to_be_bytes()));
    assert!(has(JOB_NAME.as_bytes()));
}

#[test]
fn a_queue_that_was_removed_is_told_apart_from_a_spooler_that_is_down() {
    let Some(cups) = Cups::started() else { return };
    assert_eq!(cups.server().queues(), Ok(Vec::new()));
    assert_eq!(cups.printer("gone").print(&Document::Zpl(JOB.into())), Err(PrintError::QueueGone("gone".into())));
    let printer = cups.printer("gone");
    drop(cups);
    assert!(matches!(printer.print(&Document::Zpl(JOB.into())), Err(PrintError::Unreachable(_))));
}

#[test]
fn nothing_is_sent_to_a_queue_that_is_stopped_or_takes_no_jobs() {
    let Some(cups) = Cups::started() else { return };
    let (port, received) = listener(None);
    cups.lpadmin(&["-p", "zebra", "-E", "-v", &format!("socket://127.0.0.1:{port}"), "-m", "raw"]);
    cups.run("cupsdisable", &["-r", "no paper", "zebra"]);
    let printer = cups.printer("zebra");
    let stopped = printer.print(&Document::Zpl(JOB.into()));
    assert!(
        matches!(&stopped, Err(PrintError::Stopped { reasons }) if reasons.contains(&"paused".to_owned())),
        "{stopped:?}"
    );
    cups.run("cupsenable", &["zebra"]);
    cups.run("cupsreject", &["zebra"]);
    assert_eq!(printer.print(&Document::Zpl(JOB.into())), Err(PrintError::NotAccepting));
    cups.run("cupsaccept", &["zebra"]);
    printer.print(&Document::Zpl(JOB.into())).unwrap();
    // Only the last of the three came.
    assert_eq!(received.recv_timeout(Duration::from_secs(20)).unwrap(), JOB.as_bytes());
    assert!(received.try_recv().is_err());
}

#[test]
fn a_printer_that_is_switched_off_behind_its_queue_is_not_reported_as_done() {
    let Some(cups) = Cups::started() else { return };
    let port = free_port();
    cups.lpadmin(&["-p", "off", "-E", "-v", &format!("socket://127.0.0.1:{port}"), "-m", "raw"]);
    let printer = cups.printer("off");
    let taken = printer.print(&Document::Zpl(JOB.into())).unwrap();
    let began = Instant::now();
    let fate = printer.see_out(&taken, Duration::from_secs(2), Duration::from_secs(600));
    assert!(matches!(fate, Fate::TakenBack | Fate::Cancelled | Fate::Aborted), "{fate:?}");
    assert!(began.elapsed() < Duration::from_secs(300), "it was taken for one that prints");
    let taken = printer.print(&Document::Zpl(JOB.into())).unwrap();
    let state = printer.watch(&taken, Duration::from_secs(3)).unwrap();
    assert!(
        matches!(
            state,
            JobState::Waiting { .. } | JobState::Printing { .. } | JobState::Stopped { .. } | JobState::Aborted { .. }
        ),
        "{state:?}"
    );
}

#[test]
fn a_form_for_a_printer_that_is_switched_off_waits_and_comes_out_when_it_is_on() {
    let Some(cups) = Cups::started() else { return };
    let port = free_port();
    let uri = format!("socket://127.0.0.1:{port}");
    cups.lpadmin(&["-p", "office", "-E", "-v", &uri, "-P", &cups.pdf_printer_description()]);
    let printer = cups.printer("office");
    let form = Document::Pdf { bytes: b"%PDF-1.4\n%%EOF\n".to_vec(), page_width: 210_000, page_height: 297_000 };
    let taken = printer.print(&form).unwrap();
    assert_eq!(printer.progress(&taken, false), Ok(Progress::Taken), "it had no time yet");
    assert!(matches!(printer.progress(&taken, true), Ok(Progress::Waits { .. })));
    assert_eq!(printer.withdraw(&taken).map(|fate| fate != Fate::Out), Ok(true));
    let ended = eventually(|| match printer.progress(&taken, true) {
        Ok(Progress::Ended(fate)) => Some(fate),
        _ => None,
    });
    assert_eq!(ended, Fate::Cancelled);

    let taken = printer.print(&form).unwrap();
    assert!(matches!(printer.progress(&taken, true), Ok(Progress::Waits { .. })));
    let (_, received) = listener_at(port, None);
    assert_eq!(received.recv_timeout(Duration::from_secs(60)).unwrap(), b"%PDF-1.4\n%%EOF\n");
    let out = eventually(|| match printer.progress(&taken, true) {
        Ok(Progress::Ended(fate)) => Some(fate),
        _ => None,
    });
    assert_eq!(out, Fate::Out);
}

#[test]
fn a_job_whose_answer_was_lost_may_have_come_out() {
    let Some(cups) = Cups::started() else { return };
    let (port, received) = listener(None);
    cups.lpadmin(&["-p", "zebra", "-E", "-v", &format!("socket://127.0.0.1:{port}"), "-m", "raw"]);
    let line = line_that_breaks_after(JOB, &cups.address);
    let printer = Printer::Queue { server: PrintServer::new(Some(&line)).unwrap(), name: "zebra".into() };
    assert_eq!(printer.print(&Document::Zpl(JOB.into())), Err(PrintError::Broken));
    // The spooler had it: it did come out.
    assert_eq!(received.recv_timeout(Duration::from_secs(20)).unwrap(), JOB.as_bytes());
}

#[test]
fn what_the_printer_is_still_at_may_be_on_paper_when_it_is_taken_back() {
    let Some(cups) = Cups::started() else { return };
    let (port, received) = printer_that_never_finishes();
    cups.lpadmin(&["-p", "slow", "-E", "-v", &format!("socket://127.0.0.1:{port}"), "-m", "raw"]);
    let printer = cups.printer("slow");
    let taken = printer.print(&Document::Zpl(JOB.into())).unwrap();
    received.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(printer.see_out(&taken, Duration::ZERO, Duration::ZERO), Fate::Cancelled);
    assert_eq!(printer.job(&taken), Ok(JobState::Cancelled));
}

#[test]
fn a_job_that_has_not_begun_is_taken_back_and_certainly_not_on_paper() {
    let Some(cups) = Cups::started() else { return };
    let (port, received) = printer_that_never_finishes();
    cups.lpadmin(&["-p", "slow", "-E", "-v", &format!("socket://127.0.0.1:{port}"), "-m", "raw"]);
    let printer = cups.printer("slow");
    printer.print(&Document::Zpl(JOB.into())).unwrap();
    received.recv_timeout(Duration::from_secs(20)).unwrap();
    let behind_it = printer.print(&Document::Zpl(JOB.into())).unwrap();
    assert_eq!(printer.see_out(&behind_it, Duration::ZERO, Duration::ZERO), Fate::TakenBack);
}

#[test]
fn a_job_that_ended_while_it_was_being_taken_back_is_out_and_not_stuck() {
    let Some(cups) = Cups::started() else { return };
    let (port, received) = listener(None);
    cups.lpadmin(&["-p", "zebra", "-E", "-v", &format!("socket://127.0.0.1:{port}"), "-m", "raw"]);
    let printer = cups.printer("zebra");
    let taken = printer.print(&Document::Zpl(JOB.into())).unwrap();
    received.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(printer.watch(&taken, Duration::from_secs(20)), Ok(JobState::Done));
    assert_eq!(printer.take_back(&taken, &JobState::Waiting { reasons: Vec::new() }), Fate::Out);
    assert_eq!(printer.see_out(&taken, Duration::ZERO, Duration::ZERO), Fate::Out);
}

#[test]
fn a_label_printer_that_went_away_with_the_labels_unread_is_not_called_done() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let printer = Printer::Socket { address: listener.local_addr().unwrap().to_string() };
    let gone = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut question = [0_u8; 5];
        stream.read_exact(&mut question).unwrap();
        // The job has come, and is thrown away with the connection.
        stream.peek(&mut [0_u8; 1]).unwrap();
    });
    assert_eq!(printer.print(&Document::Zpl(JOB.into())), Err(PrintError::Broken));
    gone.join().unwrap();
}

#[test]
fn a_raw_port_that_never_answers_gets_the_labels() {
    let (port, received) = listener(None);
    let printer = Printer::Socket { address: format!("127.0.0.1:{port}") };
    assert_eq!(printer.print(&Document::Zpl(JOB.into())), Ok(Taken { job: None }));
    let bytes = received.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), format!("~HS\n{JOB}"));
}

#[test]
fn a_label_printer_without_paper_gets_no_labels() {
    let status = "\u{2}030,1,0,0400,000,0,0,0,000,0,0,0\u{3}\r\n\u{2}000,0,1,0,0,2,4,0,00000000,1,000\u{3}\r\n\u{2}1234,0\u{3}\r\n";
    let (port, received) = listener(Some(status));
    let printer = Printer::Socket { address: format!("127.0.0.1:{port}") };
    let refused = printer.print(&Document::Zpl(JOB.into()));
    assert_eq!(refused, Err(PrintError::Stopped { reasons: vec!["media-empty".into(), "cover-open".into()] }));
    assert_eq!(received.recv_timeout(Duration::from_secs(20)).unwrap(), b"~HS\n");
}

#[test]
fn a_ready_label_printer_gets_the_labels() {
    let status = "\u{2}030,0,0,0400,000,0,0,0,000,0,0,0\u{3}\r\n\u{2}000,0,0,0,0,2,4,0,00000000,1,000\u{3}\r\n\u{2}1234,0\u{3}\r\n";
    let (port, received) = listener(Some(status));
    let printer = Printer::Socket { address: format!("127.0.0.1:{port}") };
    assert_eq!(printer.print(&Document::Zpl(JOB.into())), Ok(Taken { job: None }));
    assert_eq!(received.recv_timeout(Duration::from_secs(20)).unwrap(), format!("~HS\n{JOB}").as_bytes());
}

#[test]
fn a_refused_port_and_a_nonsense_address_are_told_apart() {
    let nobody = Printer::Socket { address: format!("127.0.0.1:{}", free_port()) };
    assert!(matches!(nobody.print(&Document::Zpl(JOB.into())), Err(PrintError::Unreachable(_))));
    for nonsense in ["", ":9100", "lab bench", "http://printer"] {
        let printer = Printer::Socket { address: nonsense.into() };
        assert_eq!(printer.print(&Document::Zpl(JOB.into())), Err(PrintError::Address(nonsense.into())));
    }
    let pdf = Document::Pdf { bytes: Vec::new(), page_width: 50_000, page_height: 25_000 };
    assert_eq!(nobody.print(&pdf), Err(PrintError::WrongLanguage));
}

#[test]
fn the_spoolers_address_is_what_cups_clients_understand() {
    let address = |text| format!("{:?}", PrintServer::new(text).unwrap());
    assert!(address(None).contains("localhost:631"));
    assert!(address(Some("/run/cups/cups.sock")).contains("localhost:631"));
    assert!(address(Some("printhost")).contains("printhost:631"));
    assert!(address(Some("127.0.0.1:6310/version=2.0")).contains("\"127.0.0.1:6310\""));
    assert!(matches!(PrintServer::new(Some("no host")), Err(PrintError::Address(_))));
}

// Helpers.

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A printer: takes connections, answers with its status if it has one, and gives what it got.
fn listener(status: Option<&'static str>) -> (u16, mpsc::Receiver<Vec<u8>>) {
    listener_at(0, status)
}

/// A printer that is switched on at a port; 0 for any.
fn listener_at(port: u16, status: Option<&'static str>) -> (u16, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut got = Vec::new();
            let mut part = [0_u8; 1_024];
            while let Ok(count) = stream.read(&mut part) {
                if count == 0 {
                    break;
                }
                got.extend_from_slice(&part[..count]);
                if let Some(status) = status.filter(|_| got == b"~HS\n") {
                    stream.write_all(status.as_bytes()).unwrap();
                }
            }
            if send.send(got).is_err() {
                break;
            }
        }
    });
    (port, receive)
}

/// A printer that takes everything and never says that it is done; gives the first bytes of each job.
fn printer_that_never_finishes() -> (u16, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut part = [0_u8; 1_024];
            let count = stream.read(&mut part).unwrap_or(0);
            if send.send(part[..count].to_vec()).is_err() {
                break;
            }
            held.push(stream);
        }
    });
    (port, receive)
}

/// A line to a spooler that brings everything there and breaks before the answer to a request with these words.
fn line_that_breaks_after(words: &'static str, spooler: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let spooler = spooler.to_owned();
    std::thread::spawn(move || {
        for asking in listener.incoming() {
            let mut asking = asking.unwrap();
            let mut there = TcpStream::connect(&spooler).unwrap();
            let (mut back, mut answers) = (asking.try_clone().unwrap(), there.try_clone().unwrap());
            let broken = Arc::new(AtomicBool::new(false));
            let is_broken = Arc::clone(&broken);
            std::thread::spawn(move || {
                let mut part = [0_u8; 4_096];
                while let Ok(count) = answers.read(&mut part) {
                    if count == 0 || is_broken.load(Ordering::SeqCst) || back.write_all(&part[..count]).is_err() {
                        break;
                    }
                }
                let _ = back.shutdown(std::net::Shutdown::Both);
            });
            std::thread::spawn(move || {
                let (mut seen, mut part) = (Vec::new(), [0_u8; 4_096]);
                while let Ok(count) = asking.read(&mut part) {
                    seen.extend_from_slice(&part[..count]);
                    if seen.windows(words.len()).any(|window| window == words.as_bytes()) {
                        broken.store(true, Ordering::SeqCst);
                    }
                    if count == 0 || there.write_all(&part[..count]).is_err() {
                        break;
                    }
                }
                let _ = there.shutdown(std::net::Shutdown::Write);
            });
        }
    });
    address
}

/// What becomes so, within a time that is too long for any machine.
fn eventually<T>(ask: impl Fn() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A CUPS of this test alone.
struct Cups {
    folder: tempfile::TempDir,
    address: String,
    daemon: Child,
}

impl Cups {
    fn started() -> Option<Self> {
        let as_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
        if !std::path::Path::new("/usr/sbin/cupsd").exists() || !as_root {
            println!("skipped: needs cupsd (make test installs cups and cups-client) and root");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display().to_string();
        // The queue's own programs run as another user.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        for part in ["cache", "state", "spool", "tmp", "ppd"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        std::fs::set_permissions(folder.path().join("tmp"), std::fs::Permissions::from_mode(0o1777)).unwrap();
        let port = free_port();
        let open = "Order allow,deny\nAllow all\n";
        let conf = format!(
            "Listen 127.0.0.1:{port}\nLogLevel warn\nWebInterface No\nBrowsing No\nDirtyCleanInterval 0\nErrorPolicy abort-job\n\
             <Location />\n{open}</Location>\n<Location /admin>\n{open}</Location>\n\
             <Policy default>\nJobPrivateValues none\nSubscriptionPrivateValues none\n<Limit All>\n{open}</Limit>\n</Policy>\n"
        );
        let files = format!(
            "ServerRoot {root}\nServerBin /usr/lib/cups\nDataDir /usr/share/cups\nCacheDir {root}/cache\nStateDir {root}/state\n\
             RequestRoot {root}/spool\nTempDir {root}/tmp\nErrorLog {root}/error_log\nAccessLog {root}/access_log\n\
             PageLog {root}/page_log\nFileDevice Yes\nSandboxing relaxed\nSystemGroup root\n"
        );
        std::fs::write(folder.path().join("cupsd.conf"), conf).unwrap();
        std::fs::write(folder.path().join("cups-files.conf"), files).unwrap();
        let daemon = Command::new("/usr/sbin/cupsd")
            .args(["-f", "-c"])
            .arg(folder.path().join("cupsd.conf"))
            .arg("-s")
            .arg(folder.path().join("cups-files.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cups = Self { folder, address: format!("127.0.0.1:{port}"), daemon };
        drop(eventually(|| TcpStream::connect(&cups.address).ok()));
        Some(cups)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("error_log")).unwrap_or_default()
    }

    fn server(&self) -> PrintServer {
        PrintServer::new(Some(&self.address)).unwrap()
    }

    fn printer(&self, name: &str) -> Printer {
        Printer::Queue { server: self.server(), name: name.into() }
    }

    fn lpadmin(&self, arguments: &[&str]) {
        self.run("lpadmin", arguments);
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let output = Command::new(program).env("CUPS_SERVER", &self.address).args(arguments).output().unwrap();
        assert!(output.status.success(), "{program}: {} {}", String::from_utf8_lossy(&output.stderr), self.log());
    }

    /// A printer description that takes PDF without a filter.
    fn pdf_printer_description(&self) -> String {
        let path = self.folder.path().join("pdf.ppd");
        let text = "*PPD-Adobe: \"4.3\"\n*FormatVersion: \"4.3\"\n*FileVersion: \"1.0\"\n*LanguageVersion: English\n\
            *LanguageEncoding: ISOLatin1\n*PCFileName: \"PDF.PPD\"\n*Manufacturer: \"Test\"\n*Product: \"(PDF)\"\n\
            *ModelName: \"Test PDF\"\n*ShortNickName: \"Test PDF\"\n*NickName: \"Test PDF\"\n*PSVersion: \"(3010.000) 0\"\n\
            *LanguageLevel: \"3\"\n*ColorDevice: False\n*DefaultColorSpace: Gray\n*FileSystem: False\n*Throughput: \"1\"\n\
            *LandscapeOrientation: Plus90\n*TTRasterizer: Type42\n*cupsFilter: \"application/pdf 0 -\"\n\
            *OpenUI *PageSize/Media Size: PickOne\n*DefaultPageSize: A4\n\
            *PageSize A4/A4: \"<</PageSize[595 842]>>setpagedevice\"\n*CloseUI: *PageSize\n\
            *OpenUI *PageRegion: PickOne\n*DefaultPageRegion: A4\n\
            *PageRegion A4/A4: \"<</PageSize[595 842]>>setpagedevice\"\n*CloseUI: *PageRegion\n\
            *DefaultImageableArea: A4\n*ImageableArea A4/A4: \"0 0 595 842\"\n*DefaultPaperDimension: A4\n\
            *PaperDimension A4/A4: \"595 842\"\n";
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Cups {
    fn drop(&mut self) {
        // Ends with the test either way; a daemon that is already gone is as good.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
