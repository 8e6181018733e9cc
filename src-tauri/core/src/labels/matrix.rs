//! Data Matrix ECC 200 (ISO/IEC 16022), for laboratories that want it and for texts that are too long for bars.

use datamatrix::{DataMatrix, SymbolList};

use super::LabelError;

/// A square of modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    size: u32,
    modules: Vec<bool>,
}

/// Modules of quiet zone on each side: one by ISO/IEC 16022, two for print that bleeds.
pub const MATRIX_QUIET_ZONE: u32 = 2;

impl Matrix {
    /// The smallest square symbol of a text. ASCII goes in as it is; other letters as UTF-8 with an ECI mark.
    pub fn encode(text: &str) -> Result<Self, LabelError> {
        if text.is_empty() {
            return Err(LabelError::NotMatrix);
        }
        let squares = SymbolList::default().enforce_square();
        let code = if text.is_ascii() {
            DataMatrix::encode(text.as_bytes(), squares)
        } else {
            DataMatrix::encode_str(text, squares)
        };
        let bitmap = code.map_err(|_| LabelError::NotMatrix)?.bitmap();
        Ok(Self { size: bitmap.width() as u32, modules: bitmap.bits().to_vec() })
    }

    /// Modules on one side, finder pattern included, without quiet zone.
    pub const fn size(&self) -> u32 {
        self.size
    }

    /// Whether a module is dark.
    pub fn dark(&self, x: u32, y: u32) -> bool {
        x < self.size && self.modules.get((y * self.size + x) as usize).copied().unwrap_or(false)
    }

    /// The dark runs of each row as x, y and width in modules.
    pub fn runs(&self) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        (0..self.size).flat_map(move |y| {
            let mut x = 0;
            std::iter::from_fn(move || {
                let start = (x..self.size).find(|x| self.dark(*x, y))?;
                let length = (start..self.size).take_while(|x| self.dark(*x, y)).count() as u32;
                x = start + length;
                Some((start, y, length))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specimen_number_fits_the_14_by_14_symbol_and_reads_back() {
        let matrix = Matrix::encode("401700128584").unwrap();
        assert_eq!(matrix.size(), 14);
        assert_eq!(DataMatrix::decode(&matrix.modules, 14).unwrap(), b"401700128584");
        let dark = matrix.modules.iter().filter(|dark| **dark).count() as u32;
        assert_eq!(matrix.runs().map(|(_, _, width)| width).sum::<u32>(), dark);
    }
}
