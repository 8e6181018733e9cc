//! A label printer for exactly the ZPL II commands that a label may hold. It knows nothing of the layout and draws the bars
//! from the job's own data; every other command is an error.

/// What came out.
pub struct Paper {
    pub width: i32,
    pub height: i32,
    dots: Vec<bool>,
}

impl Paper {
    pub fn black(&self, x: i32, y: i32) -> bool {
        self.dots[(y * self.width + x) as usize]
    }

    fn burn(&mut self, x: i32, y: i32) {
        assert!((0..self.width).contains(&x) && (0..self.height).contains(&y), "off the label: {x},{y}");
        self.dots[(y * self.width + x) as usize] = true;
    }
}

/// Prints a job of one label.
pub fn print(job: &str) -> Paper {
    let mut paper = Paper { width: 0, height: 0, dots: Vec::new() };
    let (mut origin, mut module, mut height) = ((0, 0), 0, 0);
    let mut ended = false;
    for command in job.split('^').skip(1) {
        let command = command.trim_end_matches('\n');
        let (name, rest) = command.split_at(2.min(command.len()));
        match name {
            "XA" | "FS" | "FX" | "LH" | "LS" | "PO" => {}
            "PQ" => assert_eq!(rest, "1"),
            "XZ" => ended = true,
            "PW" => paper.width = rest.parse().unwrap(),
            "LL" => {
                paper.height = rest.parse().unwrap();
                paper.dots = vec![false; (paper.width * paper.height) as usize];
            }
            "FO" => {
                let (x, y) = rest.split_once(',').unwrap();
                origin = (x.parse().unwrap(), y.parse().unwrap());
            }
            "BY" => module = rest.split(',').next().unwrap().parse().unwrap(),
            "BC" => {
                assert!(rest.starts_with("N,") && rest.ends_with(",N,N,N,N"), "{rest}");
                height = rest.split(',').nth(1).unwrap().parse().unwrap();
            }
            "FD" => bars(&mut paper, origin, module, height, rest),
            "GF" => picture(&mut paper, origin, rest),
            other => panic!("^{other} is not a command of a label"),
        }
    }
    assert!(ended);
    paper
}

fn picture(paper: &mut Paper, origin: (i32, i32), field: &str) {
    let mut parts = field.splitn(5, ',');
    assert_eq!(parts.next(), Some("A"));
    let total: usize = parts.next().unwrap().parse().unwrap();
    assert_eq!(parts.next().unwrap().parse::<usize>().unwrap(), total);
    let row_digits = parts.next().unwrap().parse::<usize>().unwrap() * 2;
    let mut digits: Vec<u32> = Vec::new();
    let mut run = 0_usize;
    for c in parts.next().unwrap().chars() {
        let left = row_digits - digits.len() % row_digits;
        match c {
            'G'..='Y' => run += c as usize - 'F' as usize,
            'g'..='z' => run += (c as usize - 'f' as usize) * 20,
            ',' => digits.extend(std::iter::repeat_n(0, left)),
            '!' => digits.extend(std::iter::repeat_n(15, left)),
            ':' => digits.extend_from_within(digits.len() - row_digits..),
            _ => {
                digits.extend(std::iter::repeat_n(c.to_digit(16).unwrap(), run.max(1)));
                run = 0;
            }
        }
    }
    assert_eq!(digits.len(), total * 2);
    for (row, nibbles) in digits.chunks(row_digits).enumerate() {
        for (at, nibble) in nibbles.iter().enumerate() {
            for bit in 0..4 {
                if nibble & (8 >> bit) != 0 {
                    paper.burn(origin.0 + (at * 4 + bit) as i32, origin.1 + row as i32);
                }
            }
        }
    }
}

/// Bar and space widths of the symbol characters (ISO/IEC 15417, table 1) and the stop character.
const WIDTHS: &str = "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 \
    122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 \
    212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 \
    313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 \
    121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 \
    121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 \
    113141 114131 311141 411131 211412 211214 211232 2331112";

fn bars(paper: &mut Paper, origin: (i32, i32), module: i32, height: i32, data: &str) {
    let mut characters = data.chars();
    let mut values: Vec<usize> = Vec::new();
    let mut c_set = false;
    while let Some(c) = characters.next() {
        match c {
            '>' => match characters.next().unwrap() {
                ':' => values.push(104),
                ';' => {
                    values.push(105);
                    c_set = true;
                }
                '5' => {
                    values.push(99);
                    c_set = true;
                }
                '6' => {
                    values.push(100);
                    c_set = false;
                }
                '0' => values.push('>' as usize - 32),
                '<' => values.push('^' as usize - 32),
                '=' => values.push('~' as usize - 32),
                other => panic!(">{other}"),
            },
            c if c_set => {
                let pair = format!("{c}{}", characters.next().unwrap());
                values.push(pair.parse().unwrap());
            }
            c => values.push(c as usize - 32),
        }
    }
    let check = values.iter().enumerate().map(|(at, value)| at.max(1) * value).sum::<usize>() % 103;
    values.extend([check, 106]);
    let table: Vec<&str> = WIDTHS.split_whitespace().collect();
    let mut x = origin.0;
    for value in values {
        for (at, width) in table[value].bytes().enumerate() {
            let width = i32::from(width - b'0') * module;
            if at % 2 == 0 {
                for column in x..x + width {
                    for y in origin.1..origin.1 + height {
                        paper.burn(column, y);
                    }
                }
            }
            x += width;
        }
    }
}
