//! Labels as laboratories meet them: printed, rasterised and read back by decoders that we did not write.

use std::path::{Path, PathBuf};
use std::process::Command;

use it::labels::{line_danser, number};
use it::print::Picture;
use jiff::civil::date;
use requisition::labels::{
    Collection, Dpi, Item, LabelContent, LabelError, LabelIdentity, LabelPart, LabelUrgency, Layout, PrintedSymbol,
    Stock, Symbology, bitmap, layout, page_bitmap, pdf, png, svg, svg_pages, zpl,
};
use requisition::numbers::{Allocator, HighWaterMark, RESERVE_STEP, SpecimenNumber, Station, TakeError, Width};

#[path = "label_printer.rs"]
mod printer;

const ROLLS: [&str; 4] = ["50x25mm", "38x19mm", "50x30mm", "70x37mm"];

#[test]
fn every_roll_and_resolution_is_read_back_from_the_printed_page() {
    let Some(tools) = Tools::found(&["pdftoppm", "zbarimg"]) else { return };
    for (stock, dpi) in rolls() {
        let number = number(1_285);
        let label = layout(&line_danser(&number), &stock, dpi, Symbology::Code128).unwrap();
        assert_eq!(label.symbol, PrintedSymbol::Code128, "{stock} {dpi:?}");
        let page = tools.rasterise(&pdf(std::slice::from_ref(&label), 0).unwrap());
        assert_eq!(zbar(&page[0]), [format!("CODE-128:{number}")], "{stock} {dpi:?} page");
        let picture = tools.file("label.png", &png(&bitmap(&label).unwrap(), dpi).unwrap());
        assert_eq!(zbar(&picture), [format!("CODE-128:{number}")], "{stock} {dpi:?} dots");
    }
}

#[test]
fn a_laboratory_that_wants_data_matrix_can_read_it() {
    let Some(tools) = Tools::found(&["pdftoppm", "dmtxread"]) else { return };
    for (stock, dpi) in rolls() {
        let number = number(77);
        let label = layout(&line_danser(&number), &stock, dpi, Symbology::DataMatrix).unwrap();
        assert_eq!(label.symbol, PrintedSymbol::DataMatrix);
        let page = tools.rasterise(&pdf(std::slice::from_ref(&label), 0).unwrap());
        assert_eq!(dmtx(&page[0]), number, "{stock} {dpi:?} page");
        let picture = tools.file("label.png", &png(&bitmap(&label).unwrap(), dpi).unwrap());
        assert_eq!(dmtx(&picture), number, "{stock} {dpi:?} dots");
    }
}

#[test]
fn bars_and_data_matrix_beside_each_other_say_the_same() {
    let Some(tools) = Tools::found(&["pdftoppm", "zbarimg", "dmtxread"]) else { return };
    for dpi in [Dpi::D203, Dpi::D300] {
        let number = number(4_711);
        let label = layout(&line_danser(&number), &Stock::standard(), dpi, Symbology::Both).unwrap();
        assert_eq!(label.symbol, PrintedSymbol::Both);
        let page = tools.rasterise(&pdf(&[label], 0).unwrap());
        assert_eq!(zbar(&page[0]), [format!("CODE-128:{number}")]);
        assert_eq!(dmtx(&page[0]), number);
    }
}

#[test]
fn a_number_with_letters_is_carried_unchanged() {
    let Some(tools) = Tools::found(&["pdftoppm", "zbarimg"]) else { return };
    for text in ["Case1-1-11223344", "24030500041", "20090128-111-1", "1104178-1"] {
        let label = layout(&line_danser(text), &Stock::standard(), Dpi::D300, Symbology::Code128).unwrap();
        let page = tools.rasterise(&pdf(&[label], 0).unwrap());
        assert_eq!(zbar(&page[0]), [format!("CODE-128:{text}")]);
    }
}

#[test]
fn a_number_too_long_for_readable_bars_becomes_a_square_and_not_thin_bars() {
    let Some(tools) = Tools::found(&["pdftoppm", "dmtxread"]) else { return };
    let text = "20090129-6-MBIO-Serum";
    let label = layout(&line_danser(text), &Stock::standard(), Dpi::D203, Symbology::Code128).unwrap();
    assert_eq!(label.symbol, PrintedSymbol::DataMatrix);
    assert!(label.module_mm() >= 0.25, "{}", label.module_mm());
    let page = tools.rasterise(&pdf(&[label], 0).unwrap());
    assert_eq!(dmtx(&page[0]), text);
}

#[test]
fn a_long_sami_name_is_whole_and_its_letters_can_be_copied_from_the_page() {
    let Some(tools) = Tools::found(&["pdftoppm", "pdftotext", "zbarimg"]) else { return };
    let mut content = line_danser(&number(9));
    content.family = "Østensjø-Ćalliliid".into();
    content.given = "Nuvttohaš".into();
    let label = layout(&content, &Stock::standard(), Dpi::D300, Symbology::Code128).unwrap();
    let page = pdf(&[label], 0).unwrap();
    let text = tools.text(&page);
    for expected in
        ["ØSTENSJØ-ĆALLILIID, NUVTTOHAŠ", "131169 00216", "K 57 · Tatt 22.11.26 09:36", "HASTER", "SERUM UTEN GEL 4 mL"]
    {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    assert_eq!(zbar(&tools.rasterise(&page)[0]), [format!("CODE-128:{}", number(9))]);
}

#[test]
fn twelve_specimens_are_twelve_labels_each_with_its_own_number() {
    let Some(tools) = Tools::found(&["pdftoppm", "pdftotext", "zbarimg"]) else { return };
    let numbers: Vec<String> = (0..12).map(number).collect();
    let labels = labels_of(&numbers, &Stock::standard());
    let page = pdf(&labels, 0).unwrap();
    let pages = tools.rasterise(&page);
    assert_eq!(pages.len(), 12);
    for (page, number) in pages.iter().zip(&numbers) {
        assert_eq!(zbar(page), [format!("CODE-128:{number}")]);
    }
    let text = tools.text(&page);
    for number in &numbers {
        assert!(text.contains(&SpecimenNumber::parse(number).unwrap().grouped()));
    }
}

#[test]
fn a_started_sheet_is_continued_where_it_was_left() {
    let Some(tools) = Tools::found(&["pdftoppm", "zbarimg"]) else { return };
    for name in ["a4-3x8", "a4-3x7", "a4-4x12"] {
        let stock = Stock::parse(name).unwrap();
        let cells = stock.sheet().unwrap().cells();
        let numbers: Vec<String> = (100..112).map(number).collect();
        let labels = labels_of(&numbers, &stock);
        let pages = tools.rasterise(&pdf(&labels, cells - 5).unwrap());
        assert_eq!(pages.len(), 2, "{name}");
        let mut read: Vec<String> = zbar(&pages[0]);
        assert_eq!(read.len(), 5, "{name}");
        read.extend(zbar(&pages[1]));
        read.sort();
        assert_eq!(read, numbers.iter().map(|number| format!("CODE-128:{number}")).collect::<Vec<_>>(), "{name}");
        let picture = png(&page_bitmap(&labels, cells - 5).unwrap(), Dpi::D300).unwrap();
        assert_eq!(zbar(&tools.file("sheet.png", &picture)).len(), 12, "{name}");
    }
}

#[test]
fn the_sheet_on_the_screen_is_the_sheet_that_prints() {
    if Tools::found(&["pdftoppm"]).is_none() {
        return;
    }
    for name in ["a4-3x8", "a4-3x7", "a4-4x12"] {
        let stock = Stock::parse(name).unwrap();
        let labels = labels_of(&(100..112).map(number).collect::<Vec<_>>(), &stock);
        for first in [0, 4, stock.sheet().unwrap().cells() - 5] {
            let printed = Picture::pages(&pdf(&labels, first).unwrap(), 600.0);
            let shown = svg_pages(&labels, first).unwrap();
            assert_eq!(printed.len(), shown.len(), "{name} from {first}");
            let mut bars = 0;
            for (paper, screen) in printed.iter().zip(&shown) {
                for (x, y, width, height) in drawn_bars(screen) {
                    // The picture is in dots of 300 to the inch.
                    let dark = |x: f32| paper.dark((2.0 * x) as usize, (2.0 * (y + height / 2.0)) as usize);
                    assert!(dark(x + width / 2.0), "{name} from {first}: no bar on paper at {x} {y}");
                    assert!(!dark(x - 1.0), "{name} from {first}: no gap on paper before {x} {y}");
                    bars += 1;
                }
            }
            // Code 128 of twelve digits: start, six pairs and the check have three bars each, the stop four.
            assert_eq!(bars, 12 * 28, "{name} from {first}");
        }
    }
    assert_eq!(
        svg_pages(&labels_of(&[number(1)], &Stock::standard()), 0),
        Err(LabelError::Output),
        "a roll has no sheet"
    );
}

#[test]
fn what_goes_to_the_label_printer_is_the_picture_on_the_screen() {
    for (stock, dpi) in rolls() {
        for text in [number(3), "Case1-1-112233".into()] {
            let content = LabelContent { leftover: Some("Kast etiketter til overs".into()), ..line_danser(&text) };
            let label = layout(&content, &stock, dpi, Symbology::Code128).unwrap();
            let printed = printer::print(&zpl(std::slice::from_ref(&label)).unwrap());
            let picture = bitmap(&label).unwrap();
            assert_eq!((printed.width, printed.height), (picture.width(), picture.height()));
            for y in 0..picture.height() {
                for x in 0..picture.width() {
                    assert_eq!(printed.black(x, y), picture.black(x, y), "{stock} {dpi:?} {x},{y}");
                }
            }
        }
    }
}

#[test]
fn nothing_a_name_or_number_says_becomes_a_printer_command() {
    let mut content = line_danser("A^XZ~JA>1<");
    content.family = "^FO0,0^GB999,999,999^FS".into();
    content.requester = "~JA".into();
    let label = layout(&content, &Stock::parse("70x37mm").unwrap(), Dpi::D300, Symbology::Code128).unwrap();
    let job = zpl(&[label]).unwrap();
    assert_eq!((job.matches("^XZ").count(), job.matches('~').count(), job.matches("^GB").count()), (1, 0, 0), "{job}");
}

#[test]
fn a_name_that_looks_like_markup_stays_a_name_on_the_screen() {
    let mut content = line_danser(&number(1));
    content.family = "<script>&\"'".into();
    let drawn = svg(&layout(&content, &Stock::standard(), Dpi::D300, Symbology::Code128).unwrap());
    assert!(drawn.contains("&lt;SCRIPT&gt;&amp;&quot;&#39;, LINE"), "{drawn}");
    assert!(!drawn.to_lowercase().contains("<script"));
    assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>"));
}

#[test]
fn the_given_name_gives_way_before_the_family_name_and_the_identity_never() {
    let mut content = line_danser(&number(1));
    content.family = "Wolfeschlegelsteinhausen".into();
    content.given = "Maximiliane Antoinette Theodora Wilhelmine".into();
    for (stock, dpi) in rolls() {
        let label = layout(&content, &stock, dpi, Symbology::Code128).unwrap();
        let texts: Vec<&str> = label.texts().collect();
        assert!(texts[0].starts_with("WOLFESCHLEGELSTEINHAUSEN, M"), "{stock}: {texts:?}");
        assert!(texts.contains(&"131169 00216"), "{stock}: {texts:?}");
        assert!(texts.contains(&SpecimenNumber::parse(&number(1)).unwrap().grouped().as_str()), "{stock}: {texts:?}");
    }
}

#[test]
fn no_text_or_symbol_leaves_the_label_or_meets_another() {
    let mut long = line_danser(&number(1));
    long.family = "Østensjø-Ćalliliid af Rosenborg".into();
    long.department = "Klinisk fysiologisk laboratorium, avdeling for spesialanalyser".into();
    long.container = "Serum uten gel, lysbeskyttet, 10 mL".into();
    long.material = "Serum, nedfrosset".into();
    long.extra = Some("2 av 12".into());
    long.reprint = Some(3);
    long.leftover = Some("Send etiketter til overs med prøvene".into());
    long.urgency = LabelUrgency::Immediate;
    let mut waiting = line_danser(&number(2));
    waiting.collection = Collection::ToBeWritten;
    waiting.identity = LabelIdentity::BirthDate(date(1969, 11, 13));
    for content in [long, waiting, line_danser("20090129-6-MBIO-Serum")] {
        for (stock, dpi) in rolls() {
            for symbology in [Symbology::Code128, Symbology::DataMatrix, Symbology::Both] {
                let label = layout(&content, &stock, dpi, symbology).unwrap();
                nothing_overlaps(
                    &label,
                    &format!("{stock} {dpi:?} {symbology:?} {:?}", label.texts().collect::<Vec<_>>()),
                );
            }
        }
    }
}

#[test]
fn a_reprint_is_the_same_label_and_says_that_it_is_one() {
    let first = line_danser(&number(5));
    let again = LabelContent { reprint: Some(2), ..first.clone() };
    let print = |content| layout(content, &Stock::standard(), Dpi::D300, Symbology::Code128).unwrap();
    let (first, again) = (print(&first), print(&again));
    let added: Vec<&Item> = again.items.iter().filter(|item| !first.items.contains(item)).collect();
    assert!(
        matches!(added[..], [Item::Text(text)] if text.text == "Kopi 2"),
        "{:?}",
        again.texts().collect::<Vec<_>>()
    );
    assert_eq!(again.items.len(), first.items.len() + 1);
}

#[test]
fn what_becomes_of_labels_left_over_stands_whole_where_the_bars_stay_easy_to_hit_and_nowhere_else() {
    let Some(tools) = Tools::found(&["pdftotext"]) else { return };
    let words = "Send etiketter til overs med prøvene";
    let with = |words: &str| LabelContent { leftover: Some(words.into()), ..line_danser(&number(6)) };
    let stocks = Stock::OFFERED.map(|name| Stock::parse(name).unwrap());
    for (stock, dpi) in stocks.iter().flat_map(|stock| [(stock, Dpi::D203), (stock, Dpi::D300)]) {
        for symbology in [Symbology::Code128, Symbology::DataMatrix, Symbology::Both] {
            let case = format!("{stock} {dpi:?} {symbology:?}");
            let print = |content: &LabelContent| layout(content, stock, dpi, symbology).unwrap();
            let label = print(&with(words));
            let has_room = !["38x19mm", "a4-4x12"].contains(&stock.name());
            assert_eq!(label.texts().any(|text| text == words), has_room, "{case}");
            if has_room {
                assert_eq!(label.texts().last(), Some(words), "{case}");
                nothing_overlaps(&label, &case);
                assert!(tools.text(&pdf(std::slice::from_ref(&label), 0).unwrap()).contains(words), "{case}");
                assert!(svg(&label).contains(words), "{case}");
                let lowest = label.dpi.dots(6_400);
                assert!(label.items.iter().all(|item| !matches!(item, Item::Bars { height, .. } if *height < lowest)));
                let again = print(&LabelContent { reprint: Some(1), ..with(words) });
                assert!(again.texts().any(|text| text == words), "{case} again");
            } else {
                assert_eq!(label, print(&line_danser(&number(6))), "{case}");
            }
            assert_eq!(print(&with(&"altfor langt ".repeat(20))), print(&line_danser(&number(6))), "{case}");
        }
    }
}

#[test]
fn a_number_that_no_symbol_on_the_stock_can_carry_is_refused() {
    let content = line_danser(&"X".repeat(90));
    let refused = layout(&content, &Stock::parse("38x19mm").unwrap(), Dpi::D203, Symbology::Code128);
    assert!(
        matches!(refused, Err(LabelError::DoesNotFit { part: LabelPart::Symbol | LabelPart::Number })),
        "{refused:?}"
    );
    let sheet = labels_of(&[number(1)], &Stock::parse("a4-3x8").unwrap());
    assert_eq!(zpl(&sheet), Err(LabelError::SheetOnLabelPrinter));
}

#[test]
fn ten_stations_that_crash_and_lose_power_never_give_a_number_twice() {
    // A small generator of our own, so that the run is the same everywhere.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut seen = std::collections::HashSet::new();
    let mut durable = [HighWaterMark::default(); 10];
    let mut stations: Vec<Allocator> = (0..10)
        .map(|at| Allocator::resume(Station::new(100 + at).unwrap(), Width::Twelve, HighWaterMark::default()))
        .collect();
    let (mut taken, mut crashes) = (0_u32, 0_u32);
    while taken < 200_000 {
        let at = random(10) as usize;
        match stations[at].take() {
            Ok(number) => {
                assert!(seen.insert(number), "{number} came twice");
                taken += 1;
            }
            Err(TakeError::ReserveFirst) => {
                let mark = stations[at].reserve(RESERVE_STEP).unwrap();
                assert_eq!(mark.from, durable[at]);
                // The power may go before the write, and after it but before the program knows.
                if random(20) != 0 {
                    durable[at] = mark.to;
                    if random(20) != 0 {
                        stations[at].made_durable(mark).unwrap();
                        continue;
                    }
                }
                stations[at] = Allocator::resume(stations[at].station(), Width::Twelve, durable[at]);
                crashes += 1;
            }
            Err(error) => panic!("{error}"),
        }
        if random(500) == 0 {
            stations[at] = Allocator::resume(stations[at].station(), Width::Twelve, durable[at]);
            crashes += 1;
        }
    }
    assert!(crashes > 500, "{crashes}");
}

// Helpers.

fn rolls() -> Vec<(Stock, Dpi)> {
    let stocks = ROLLS.iter().map(|name| Stock::parse(name).unwrap());
    stocks.flat_map(|stock| [(stock.clone(), Dpi::D203), (stock, Dpi::D300)]).collect()
}

fn labels_of(numbers: &[String], stock: &Stock) -> Vec<Layout> {
    numbers.iter().map(|number| layout(&line_danser(number), stock, Dpi::D300, Symbology::Code128).unwrap()).collect()
}

/// The bars of a page for the screen, in its dots: left, top, width, height.
fn drawn_bars(page: &str) -> Vec<(f32, f32, f32, f32)> {
    let numbers = |text: &str| -> Vec<f32> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(|part| part.parse().ok()).collect()
    };
    let labels = page.split("<g transform=\"translate(").skip(1);
    labels
        .flat_map(|label| {
            let (place, rest) = label.split_once(')').unwrap();
            let place = numbers(place);
            let path = rest.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
            let bars = path.split('M').skip(1).map(move |bar| {
                let part = numbers(bar);
                (place[0] + part[0], place[1] + part[1], part[2], part[3])
            });
            bars.collect::<Vec<_>>()
        })
        .collect()
}

/// What an item may ink: left, top, right, bottom. Letters count from the height of a capital to the baseline.
fn ink(item: &Item) -> (f32, f32, f32, f32) {
    match item {
        Item::Text(t) => (t.x, t.baseline - 0.66 * t.size, t.x + t.width, t.baseline),
        Item::Box { x, y, width, height } => (*x as f32, *y as f32, (x + width) as f32, (y + height) as f32),
        Item::Bars { x, y, height, module, symbol } => {
            let (quiet, width) = (10 * module, symbol.width() as i32 * module);
            ((x - quiet) as f32, *y as f32, (x + width + quiet) as f32, (y + height) as f32)
        }
        Item::Matrix { x, y, module, symbol } => {
            let (quiet, side) = (2 * module, symbol.size() as i32 * module);
            ((x - quiet) as f32, (y - quiet) as f32, (x + side + quiet) as f32, (y + side + quiet) as f32)
        }
    }
}

fn nothing_overlaps(label: &Layout, case: &str) {
    for (at, item) in label.items.iter().enumerate() {
        let (left, top, right, bottom) = ink(item);
        assert!(
            left >= -0.1 && top >= 0.0 && right <= label.width as f32 + 0.1 && bottom <= label.height as f32,
            "{case}: {item:?}"
        );
        for other in &label.items[at + 1..] {
            // The word in the urgency box lies on its box.
            if matches!(other, Item::Text(text) if text.inverted) {
                continue;
            }
            let (l, t, r, b) = ink(other);
            let apart = right <= l + 0.1 || r <= left + 0.1 || bottom <= t + 0.1 || b <= top + 0.1;
            assert!(apart, "{case}: {item:?} meets {other:?}");
        }
    }
}

/// The Debian tools, and a folder that goes when the test ends.
struct Tools {
    folder: tempfile::TempDir,
}

impl Tools {
    fn found(programs: &[&str]) -> Option<Self> {
        for program in programs {
            if Command::new("which").arg(program).output().is_ok_and(|found| found.status.success()) {
                continue;
            }
            println!(
                "skipped: {program} is not installed (make test installs poppler-utils, zbar-tools and dmtx-utils)"
            );
            return None;
        }
        Some(Self { folder: tempfile::tempdir().unwrap() })
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The pages at 300 dpi.
    fn rasterise(&self, pdf: &[u8]) -> Vec<PathBuf> {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap().keep();
        let path = folder.join("labels.pdf");
        std::fs::write(&path, pdf).unwrap();
        run(Command::new("pdftoppm").args(["-r", "300", "-gray", "-png"]).arg(&path).arg(folder.join("page")));
        let mut pages: Vec<PathBuf> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "png"))
            .collect();
        pages.sort();
        pages
    }

    fn text(&self, pdf: &[u8]) -> String {
        run(Command::new("pdftotext").arg("-layout").arg(self.file("text.pdf", pdf)).arg("-"))
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn zbar(picture: &Path) -> Vec<String> {
    let output = Command::new("zbarimg").arg("-q").arg(picture).output().unwrap();
    let mut read: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    read.sort();
    read
}

fn dmtx(picture: &Path) -> String {
    let output = Command::new("dmtxread").args(["-N1", "-m4000"]).arg(picture).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
