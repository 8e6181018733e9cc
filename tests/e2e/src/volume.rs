//! Providers of ten thousand and a hundred thousand services, for tests and measurements of volume.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};
use serde_json::json;

use crate::{
    Window,
    office::{Office, built_beside, top},
};

/// Made-up words of these are as many and as alike as those of a real code list.
const SYLLABLES: [&str; 24] = [
    "ka", "li", "tro", "pon", "fer", "tin", "glo", "bul", "ste", "rol", "ami", "lase", "pep", "tid", "hor", "mon",
    "vi", "rus", "anti", "stoff", "kre", "xo", "dy", "phen",
];
/// Groups of one department; the last one takes every third service, so that one group is very long.
const GROUPS: [&str; 40] = [
    "Hormoner",
    "Legemidler",
    "Enzymer",
    "Proteiner",
    "Lipider",
    "Sporstoffer",
    "Vitaminer",
    "Metabolitter",
    "Antistoff",
    "Allergi",
    "Koagulasjon",
    "Hematologi",
    "Immunologi",
    "Tumormarkører",
    "Aminosyrer",
    "Fettsyrer",
    "Steroider",
    "Peptider",
    "Karbohydrater",
    "Elektrolytter",
    "Blodgasser",
    "Urin",
    "Spinalvæske",
    "Feces",
    "Svette",
    "Spytt",
    "Hår",
    "Negl",
    "Celler",
    "Kromosomer",
    "Gener",
    "Virus",
    "Bakterier",
    "Sopp",
    "Parasitter",
    "Toksiner",
    "Metaller",
    "Rusmidler",
    "Dopingmidler",
    "Alt annet",
];

/// Where the national code list lies on machines that have it; it is read there and never copied.
fn national_list() -> PathBuf {
    top().join("../shared/catalogue-facts/nlk_7280.77.csv")
}

impl Office {
    /// Publishes the national laboratory code list as a provider of about 9 700 services, and gives its id; none where this
    /// machine has no such list.
    ///
    /// # Errors
    /// When it does not build.
    pub fn publish_national_list(&self) -> anyhow::Result<Option<&'static str>> {
        let list = national_list();
        if !list.is_file() {
            return Ok(None);
        }
        let sources = self.dir().join("nlk");
        tool(&["catalogue", "import-nlk", &list.display().to_string(), "-o", &sources.display().to_string()])?;
        self.build_and_publish(&sources, "nlk")?;
        Ok(Some("nlk"))
    }

    /// Publishes a provider with Balsam's services and made-up ones, `count` in all, and gives its id.
    ///
    /// # Errors
    /// When it does not build.
    pub fn publish_volume(&self, count: usize) -> anyhow::Result<&'static str> {
        let sources = self.dir().join("volum");
        write_sources(&sources, count)?;
        self.build_and_publish(&sources, "volum")?;
        Ok("volum")
    }

    /// Publishes the next version of what [`Office::publish_volume`] published, with one service in so many under another
    /// name, and the delta to it.
    ///
    /// # Errors
    /// When it does not build.
    pub fn publish_volume_update(&self, one_in: usize) -> anyhow::Result<()> {
        let sources = self.dir().join("volum");
        let changed = |line: &str| {
            let number = line.strip_prefix('v').and_then(|rest| rest.split(',').next()?.parse::<usize>().ok());
            match number.filter(|number| number % one_in == 0) {
                Some(number) => line.replace(&format!(" {number},"), &format!(" {number} ny,")) + "\n",
                None => line.to_owned() + "\n",
            }
        };
        let services: String = fs::read_to_string(sources.join("services.csv"))?.lines().map(changed).collect();
        fs::write(sources.join("services.csv"), services)?;
        let next = |line: &str| match line.split(" = ").next() {
            Some("version") => "version = \"2099.1.1\"\n".to_owned(),
            _ => line.to_owned() + "\n",
        };
        let about: String = fs::read_to_string(sources.join("provider.toml"))?.lines().map(next).collect();
        fs::write(sources.join("provider.toml"), about)?;
        let served = self.dir().join("catalogues");
        fs::copy(served.join("volum.rkvcat"), self.dir().join("volum-before.rkvcat"))?;
        self.build_and_publish(&sources, "volum")?;
        let files = [self.dir().join("volum-before.rkvcat"), served.join("volum.rkvcat"), key(), served];
        let [old, new, key, out] = files.each_ref().map(|path| path.display().to_string());
        tool(&["catalogue", "delta", &old, &new, "--secret-key", &key, "-o", &out])
    }

    fn build_and_publish(&self, sources: &Path, provider: &str) -> anyhow::Result<()> {
        let package = self.dir().join("catalogues").join(format!("{provider}.rkvcat"));
        let [sources, key, package] = [sources, &key(), &package].map(|path| path.display().to_string());
        tool(&["catalogue", "build", &sources, "--secret-key", &key, "-o", &package])
    }
}

impl Window {
    /// Sets up the line to a provider that the office's hospital publishes, and waits until its catalogue is in use.
    ///
    /// # Errors
    /// When it is not taken.
    pub async fn connect(&self, office: &Office, provider: &str) -> anyhow::Result<()> {
        let public_key = fs::read_to_string(top().join("assets/demo/demo.pub"))?;
        let form =
            json!({"form": {"provider": provider, "gateway": office.gateway(), "public_key": public_key, "token": ""}});
        let answer = self.invoke("save_connection", form).await?;
        ensure!(answer["catalogue"].is_string(), "the catalogue of {provider} is not taken: {answer}");
        Ok(())
    }
}

/// The key that the demo catalogues are signed with.
fn key() -> PathBuf {
    top().join("tests/hospital/keys/demo.key")
}

fn tool(arguments: &[&str]) -> anyhow::Result<()> {
    let done = Command::new(built_beside("rekvirent-tool")?).args(arguments).output()?;
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// Balsam's own sources under another name, with made-up services after them.
fn write_sources(to: &Path, count: usize) -> anyhow::Result<()> {
    let from = top().join("catalog-data/balsam-lab");
    fs::create_dir_all(to)?;
    let mut own = 0;
    for file in fs::read_dir(&from)? {
        let file = file?;
        let mut text = fs::read_to_string(file.path())?;
        match file.file_name().to_string_lossy().as_ref() {
            "provider.toml" => {
                text = text.replace("id = \"balsam-lab\"", "id = \"volum\"");
                text = text.replace("name = \"Balsam sykehus\"", "name = \"Volum sykehus\"");
            }
            "services.csv" => own = text.lines().count() - 1,
            _ => {}
        }
        fs::write(to.join(file.file_name()), text)?;
    }
    let open = |name: &str| fs::read_to_string(to.join(name));
    let (mut services, mut specimens) = (open("services.csv")?, open("specimens.csv")?);
    let columns: Vec<String> = services.lines().next().context("no header")?.split(',').map(str::to_owned).collect();
    let ways: Vec<String> = specimens.lines().next().context("no header")?.split(',').map(str::to_owned).collect();
    let mut state = 1_u64;
    let mut next = move |below: usize| {
        // Knuth's generator: the same services in every run.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    for at in own..count {
        let mut word = |parts: usize| (0..parts).map(|_| SYLLABLES[next(SYLLABLES.len())]).collect::<String>();
        let (first, second) = (word(2 + at % 3), word(2));
        let group = if at % 3 == 0 { "Alt annet" } else { GROUPS[at % GROUPS.len()] };
        let cell = |column: &str| match column {
            "id" => format!("v{at}"),
            "system" => "LOCAL".to_owned(),
            "code" => format!("V{at:06}"),
            "display" | "name" => format!("{first}-{second} {at}"),
            "synonyms" => second.clone(),
            "department" => "biokjemi".to_owned(),
            "group" => group.to_owned(),
            "priority" => (at % 40).to_string(),
            "source" => "NLK".to_owned(),
            "checked" => "2026-11-20".to_owned(),
            _ => String::new(),
        };
        let _ = writeln!(services, "{}", columns.iter().map(|column| cell(column)).collect::<Vec<_>>().join(","));
        let way = |column: &str| match column {
            "service" => format!("v{at}"),
            "material" => "serum".to_owned(),
            "container" => "GEL".to_owned(),
            "volume_ml" => "0.1".to_owned(),
            _ => String::new(),
        };
        let _ = writeln!(specimens, "{}", ways.iter().map(|column| way(column)).collect::<Vec<_>>().join(","));
    }
    fs::write(to.join("services.csv"), services)?;
    fs::write(to.join("specimens.csv"), specimens)?;
    Ok(())
}
