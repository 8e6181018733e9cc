//! Print as a laboratory meets it: a page as dots on paper, what paper and scanner do to it, and decoders that we did not write.
//!
//! Everything is measured in millimetres or in the printer's dots, so that a damage means the same at every resolution. The
//! picture that a decoder gets has about 600 dots to the inch, as a hand scanner's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use rxing::{BarcodeFormat, helpers};

/// A grey picture; 0 is black.
#[derive(Clone, PartialEq)]
pub struct Picture {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Pixels to the millimetre.
    pub per_mm: f32,
    pixels: Vec<u8>,
}

/// What happens to a label between print head and scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Nothing.
    None,
    /// The head burns a sixth of a quarter millimetre too wide, to the right and downwards.
    Bleed,
    /// One dot in a hundred is missing or too many, black is dark grey, the light falls from one side, and the paper is
    /// grainy (standard deviation 12 of 255), all seen through the scanner's spot.
    Noise,
    /// Held 5 degrees askew.
    Askew,
    /// Out of focus: Gaussian of 0.085 mm standard deviation, so that a point is 0.2 mm wide.
    Blur,
    /// Bleeding, noisy, askew and out of focus by 0.06 mm, all at once.
    Everything,
}

/// What a scanner takes in at once, as the standard deviation of a Gaussian in millimetres: that of a round spot of 0.25 mm, with
/// which ISO/IEC 15416 looks at bars of 0.33 to 0.635 mm (by the table "based on the standard" in the user's guide of the Quick
/// Check 890 verifier, page A-1; the standard itself was not at hand). For thinner bars the table has 0.125 mm: they are seen less
/// sharply here than a verifier sees them. With that spot zbar finds no quiet zone in the grain beside some of them; it takes every
/// grain for an edge, as its threshold falls to 4 of 255 where it is blank (`ZBAR_SCANNER_THRESH_MIN` in its scanner.c, "FIXME add
/// runtime config API").
const SPOT: f32 = 0.25 / 4.0;

impl Damage {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::None, Self::Bleed, Self::Noise, Self::Askew, Self::Blur, Self::Everything];

    /// The picture after it. `seed` is the print's own: the same dots are missing in every `look` at it, while each look has its
    /// own grain, as each picture of a hand scanner has.
    #[must_use]
    pub fn of(self, dots: &Picture, seed: u64, look: u64) -> Picture {
        let (enlarged, grain) = (dots.enlarged(), seed + 1_000 * look);
        match self {
            Self::None => enlarged,
            Self::Bleed => enlarged.bled(),
            Self::Noise => dots.speckled(seed).enlarged().grainy(grain).blurred(SPOT),
            Self::Askew => enlarged.turned(5.0),
            Self::Blur => enlarged.blurred(0.085),
            Self::Everything => {
                dots.speckled(seed).enlarged().bled().grainy(grain).turned(5.0).blurred(0.06_f32.hypot(SPOT))
            }
        }
    }
}

impl Picture {
    /// A picture of dots, row by row.
    ///
    /// # Panics
    /// When there are not `width` times `height` of them.
    #[must_use]
    pub fn of_dots(width: usize, height: usize, per_mm: f32, mut black: impl FnMut(usize, usize) -> bool) -> Self {
        let pixels = (0..width * height).map(|at| if black(at % width, at / width) { 0 } else { 255 }).collect();
        Self { width, height, per_mm, pixels }
    }

    /// The pages of a PDF at a printer's resolution, in black and white as it burns them.
    ///
    /// # Panics
    /// When `pdftoppm` fails.
    #[must_use]
    pub fn pages(pdf: &[u8], dpi: f32) -> Vec<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pages.pdf");
        std::fs::write(&file, pdf).expect("a file");
        let mut command = Command::new("pdftoppm");
        command.args(["-gray", "-r", &dpi.to_string()]).arg(&file).arg(folder.path().join("page"));
        assert!(command.status().expect("pdftoppm runs").success(), "pdftoppm reads the pages");
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "pgm"));
        files.sort();
        files.iter().map(|path| Self::of_pgm(&std::fs::read(path).expect("a page"), dpi / 25.4)).collect()
    }

    fn of_pgm(bytes: &[u8], per_mm: f32) -> Self {
        let mut at = 0;
        let mut word = || {
            let start = at + bytes[at..].iter().position(|b| !b.is_ascii_whitespace()).expect("a header");
            at = start + bytes[start..].iter().position(u8::is_ascii_whitespace).expect("a header");
            std::str::from_utf8(&bytes[start..at]).expect("a header").to_owned()
        };
        assert_eq!(word(), "P5");
        let (width, height): (usize, usize) = (word().parse().expect("a width"), word().parse().expect("a height"));
        assert_eq!(word(), "255");
        let pixels = &bytes[at + 1..at + 1 + width * height];
        Self::of_dots(width, height, per_mm, |x, y| pixels[y * width + x] < 128)
    }

    /// As a file that decoders read.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, path: &Path) {
        let mut bytes = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        bytes.extend_from_slice(&self.pixels);
        std::fs::write(path, bytes).expect("a picture");
    }

    /// What lies between columns and rows; outside is paper.
    #[must_use]
    pub fn cut(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        Self::of_pixels(width, height, self.per_mm, |x, y| self.at((left + x) as i64, (top + y) as i64))
    }

    /// With a white border, as a label on its backing or a page on a desk.
    #[must_use]
    pub fn bordered(&self, mm: f32) -> Self {
        let border = (mm * self.per_mm).round() as i64;
        let grown = |side: usize| side + 2 * border as usize;
        Self::of_pixels(grown(self.width), grown(self.height), self.per_mm, |x, y| {
            self.at(x as i64 - border, y as i64 - border)
        })
    }

    /// Whether a dot is dark; outside is paper.
    #[must_use]
    pub fn dark(&self, x: usize, y: usize) -> bool {
        self.at(x as i64, y as i64) < 128
    }

    /// Whether a column has anything dark.
    #[must_use]
    pub fn column_is_empty(&self, x: usize) -> bool {
        (0..self.height).all(|y| self.pixels[y * self.width + x] > 127)
    }

    /// Whether a row has anything dark.
    #[must_use]
    pub fn row_is_empty(&self, y: usize) -> bool {
        self.pixels[y * self.width..(y + 1) * self.width].iter().all(|pixel| *pixel > 127)
    }

    fn of_pixels(width: usize, height: usize, per_mm: f32, mut pixel: impl FnMut(usize, usize) -> u8) -> Self {
        let pixels = (0..width * height).map(|at| pixel(at % width, at / width)).collect();
        Self { width, height, per_mm, pixels }
    }

    fn at(&self, x: i64, y: i64) -> u8 {
        let inside = (0..self.width as i64).contains(&x) && (0..self.height as i64).contains(&y);
        if inside { self.pixels[y as usize * self.width + x as usize] } else { 255 }
    }

    /// To about 600 pixels to the inch, every dot a square.
    fn enlarged(&self) -> Self {
        let times = ((600.0 / 25.4) / self.per_mm).round().max(1.0) as usize;
        let (width, height) = (self.width * times, self.height * times);
        Self::of_pixels(width, height, self.per_mm * times as f32, |x, y| {
            self.pixels[y / times * self.width + x / times]
        })
    }

    fn bled(&self) -> Self {
        Self::of_pixels(self.width, self.height, self.per_mm, |x, y| {
            let (x, y) = (x as i64, y as i64);
            self.at(x, y).min(self.at(x - 1, y)).min(self.at(x, y - 1))
        })
    }

    fn speckled(&self, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut picture = self.clone();
        for pixel in &mut picture.pixels {
            if random.below(100) == 0 {
                *pixel = 255 - *pixel;
            }
        }
        picture
    }

    fn grainy(&self, seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0xA5A5);
        Self::of_pixels(self.width, self.height, self.per_mm, |x, y| {
            let light = 205.0 + 40.0 * x as f32 / self.width as f32;
            let paper = f32::from(self.pixels[y * self.width + x]) / 255.0;
            // The sum of twelve equal draws is all but normal.
            let grain: f32 = (0..12).map(|_| random.below(1_000) as f32 / 1_000.0).sum::<f32>() - 6.0;
            (55.0 + (light - 55.0) * paper + 12.0 * grain).clamp(0.0, 255.0) as u8
        })
    }

    fn turned(&self, degrees: f32) -> Self {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let (w, h) = (self.width as f32, self.height as f32);
        let (width, height) = (w * cosine + h * sine, w * sine + h * cosine);
        Self::of_pixels(width.ceil() as usize, height.ceil() as usize, self.per_mm, |x, y| {
            let (dx, dy) = (x as f32 - width / 2.0, y as f32 - height / 2.0);
            let (sx, sy) = (dx * cosine + dy * sine + w / 2.0 - 0.5, -dx * sine + dy * cosine + h / 2.0 - 0.5);
            let (left, top) = (sx.floor(), sy.floor());
            let (fx, fy) = (sx - left, sy - top);
            let dot = |dx: i64, dy: i64| f32::from(self.at(left as i64 + dx, top as i64 + dy));
            let upper = dot(0, 0) * (1.0 - fx) + dot(1, 0) * fx;
            let lower = dot(0, 1) * (1.0 - fx) + dot(1, 1) * fx;
            (upper * (1.0 - fy) + lower * fy).round() as u8
        })
    }

    fn blurred(&self, mm: f32) -> Self {
        let sigma = mm * self.per_mm;
        let reach = (3.0 * sigma).ceil() as i64;
        let weights: Vec<f32> =
            (-reach..=reach).map(|at| (-((at * at) as f32) / (2.0 * sigma * sigma)).exp()).collect();
        let sum: f32 = weights.iter().sum();
        let pass = |from: &Self, dx: i64, dy: i64| {
            Self::of_pixels(from.width, from.height, from.per_mm, |x, y| {
                let weighted = (-reach..=reach)
                    .zip(&weights)
                    .map(|(at, weight)| weight * f32::from(from.at(x as i64 + at * dx, y as i64 + at * dy)));
                (weighted.sum::<f32>() / sum).round() as u8
            })
        };
        pass(&pass(self, 1, 0), 0, 1)
    }
}

/// What a symbol is printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// Bars.
    Code128,
    /// The square.
    DataMatrix,
}

/// A decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoder {
    /// ZXing, as `rxing`.
    Zxing,
    /// `zbarimg`: no Data Matrix.
    Zbar,
    /// `dmtxread`: Data Matrix only.
    Dmtx,
}

impl Decoder {
    /// The two independent decoders of a symbol.
    #[must_use]
    pub const fn both(symbol: Symbol) -> [Self; 2] {
        match symbol {
            Symbol::Code128 => [Self::Zxing, Self::Zbar],
            Symbol::DataMatrix => [Self::Zxing, Self::Dmtx],
        }
    }

    /// What it reads in a picture; `None` when nothing.
    ///
    /// # Panics
    /// When the program is not installed.
    #[must_use]
    pub fn read(self, picture: &Picture, symbol: Symbol) -> Option<String> {
        let run = |program: &str, arguments: &[&str]| {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("seen.pgm");
            picture.write(&path);
            let output = Command::new(program).args(arguments).arg(&path).output().expect("the decoder runs");
            String::from_utf8(output.stdout).ok().map(|text| text.trim_end().to_owned()).filter(|text| !text.is_empty())
        };
        match self {
            Self::Zxing => {
                let format = match symbol {
                    Symbol::Code128 => BarcodeFormat::CODE_128,
                    Symbol::DataMatrix => BarcodeFormat::DATA_MATRIX,
                };
                let (width, height) = (picture.width as u32, picture.height as u32);
                // With the picture also shrunk and its specks closed, as hand scanners do it.
                let read = helpers::detect_in_luma_filtered(picture.pixels.clone(), width, height, Some(format));
                read.ok().map(|result| result.getText().to_owned())
            }
            Self::Zbar => run("zbarimg", &["-q", "--raw", "-Sdisable", "-Scode128.enable"]),
            // It looks at a speckled square for long; the limit is for what it never finds, also on a busy machine.
            Self::Dmtx => run("dmtxread", &["-N1", "-m30000"]),
        }
    }
}

/// The words of a PDF, in the order in which they were written on its pages.
///
/// # Panics
/// When `pdftotext` fails.
#[must_use]
pub fn words(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pages.pdf");
    std::fs::write(&file, pdf).expect("a file");
    let output = Command::new("pdftotext").args(["-raw"]).arg(&file).arg("-").output().expect("pdftotext runs");
    assert!(output.status.success(), "pdftotext reads the pages");
    String::from_utf8(output.stdout).expect("words")
}

/// Whether programs are installed; says which is not.
#[must_use]
pub fn installed(programs: &[&str]) -> bool {
    let missing = programs
        .iter()
        .find(|program| !Command::new("which").arg(program).output().is_ok_and(|found| found.status.success()));
    if let Some(program) = missing {
        println!("skipped: {program} is not installed (make test installs poppler-utils, zbar-tools and dmtx-utils)");
    }
    missing.is_none()
}

/// Xorshift: the same run everywhere.
pub struct Random(u64);

impl Random {
    /// Begins anew.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below a limit.
    pub const fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
