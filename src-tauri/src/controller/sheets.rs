//! Sheets of labels that are in use: at which label the next print begins, and how the sheet will look.
//!
//! Where a print ended is kept for each printer and stock of this workstation, and offered as where the next one begins. It is
//! only an offer: who stands at the printer knows which sheet lies in it.

use jiff::Zoned;
use requisition::labels::{self, LabelContent, Layout, Sheet, Stock};
use requisition::requisition::Requisition;
use requisition::store::StoredLabel;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::collection::take_down;
use super::labelling::{label_error, lay_out, preview_content};
use super::printing::{copies_of, earlier_prints};
use super::settings::{key, refused};
use super::{Answer, Controller, Workplace, now};
use crate::error::CommandError;
use crate::forms::CollectionAct;
use crate::views::{LabelSheetView, PrintingView};

/// A sheet in a printer, some of its labels used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct StartedSheet {
    /// Queue or address.
    printer: String,
    stock: String,
    /// The first label that is free, counted from 0; 0 is a new sheet.
    next: u32,
}

impl Controller {
    /// Labels as they will stand on their sheet, beginning at `first` or behind those that came out last. `before` is what will
    /// be recorded before they are printed. Nothing where labels come from a roll.
    ///
    /// # Errors
    /// [`crate::error::ErrorCode::InvalidField`] for a label that the sheet does not have; what keeps a label from being made.
    pub fn label_sheet(
        &self,
        id: String,
        specimens: Vec<String>,
        first: Option<u32>,
        before: Option<CollectionAct>,
    ) -> Answer<Option<LabelSheetView>> {
        let here = self.here()?;
        let printing = here.printing()?;
        let stock = stock_of(&printing)?;
        let Some(sheet) = stock.sheet() else { return Ok(None) };
        let first = here.first_label(&printing, first)?;
        let (stored, at) = (here.waiting(&id)?, now());
        let mut one = stored.content;
        if let Some(act) = before {
            take_down(&mut one, act, &at)?;
        }
        let coming = here.coming_out(&one, stored.id, &specimens, &printing, &at)?;
        let pages = labels::svg_pages(&coming, first).map_err(|error| label_error(&error))?;
        Ok(Some(view(&stock, sheet, first, coming.len(), pages)))
    }
}

impl Workplace {
    /// The label at which a print begins: the one that was chosen, or the first that is free. 0 on a roll.
    pub(super) fn first_label(&self, printing: &PrintingView, chosen: Option<u32>) -> Answer<u32> {
        let Some(labels) = stock_of(printing)?.sheet().map(Sheet::cells) else { return Ok(0) };
        match chosen {
            Some(first) if first < labels => Ok(first),
            Some(_) => Err(refused("first", "not_on_sheet")),
            None => {
                let started = self.started_sheets()?.into_iter().find(|sheet| sheet.is_in(printing));
                Ok(started.map_or(0, |sheet| sheet.next) % labels)
            }
        }
    }

    /// Takes down that labels came out, `count` of them from `first` on; the label at which the next print begins.
    pub(super) fn sheet_used(&self, printing: &PrintingView, first: u32, count: u32) -> Answer<u32> {
        let Some(labels) = stock_of(printing)?.sheet().map(Sheet::cells) else { return Ok(0) };
        let next = first.saturating_add(count) % labels;
        self.keep_sheet(printing, next)?;
        Ok(next)
    }

    /// Takes down that labels did not come out after all, unless others were printed behind them.
    pub(super) fn sheet_unused(&self, printing: &PrintingView, first: u32, next: u32) -> Answer<()> {
        match self.first_label(printing, None)? {
            now if now == next && next != first => self.keep_sheet(printing, first),
            _ => Ok(()),
        }
    }

    fn keep_sheet(&self, printing: &PrintingView, next: u32) -> Answer<()> {
        let mut sheets = self.started_sheets()?;
        sheets.retain(|sheet| !sheet.is_in(printing));
        sheets.push(StartedSheet { printer: printing.target.clone(), stock: printing.stock.clone(), next });
        self.save(key::LABEL_SHEETS, &sheets)
    }

    fn started_sheets(&self) -> Answer<Vec<StartedSheet>> {
        Ok(self.store.setting(key::LABEL_SHEETS)?.unwrap_or_default())
    }

    /// Labels in the order in which they come out: those that are frozen, then those that will be.
    fn coming_out(
        &self,
        one: &Requisition,
        id: Uuid,
        specimens: &[String],
        printing: &PrintingView,
        at: &Zoned,
    ) -> Answer<Vec<Layout>> {
        let kept: Vec<StoredLabel<LabelContent>> = self.store.labels(id)?;
        let bare = one.specimens.iter().filter(|specimen| !kept.iter().any(|label| label.specimen == specimen.id));
        let bare = bare.filter(|specimen| specimens.contains(&specimen.id));
        let bare = bare.filter_map(|specimen| preview_content(one, specimen, at)).map(|label| (label, 0));
        let frozen = kept.iter().filter(|label| specimens.contains(&label.specimen));
        let frozen = frozen.map(|label| (label.snapshot.clone(), earlier_prints(label)));
        let copies = one.receiver.label_copies.max(1);
        frozen
            .chain(bare)
            .flat_map(|(label, earlier)| copies_of(label, earlier, copies))
            .map(|label| lay_out(&label, printing, one.receiver.symbology))
            .collect()
    }
}

impl StartedSheet {
    fn is_in(&self, printing: &PrintingView) -> bool {
        self.printer == printing.target && self.stock == printing.stock
    }
}

fn stock_of(printing: &PrintingView) -> Answer<Stock> {
    Stock::parse(&printing.stock).map_err(|error| CommandError::internal(&error))
}

fn view(stock: &Stock, sheet: &Sheet, first: u32, labels: usize, pages: Vec<String>) -> LabelSheetView {
    LabelSheetView {
        columns: sheet.columns,
        rows: sheet.rows,
        first,
        labels: u32::try_from(labels).unwrap_or(u32::MAX),
        page_width: sheet.page_width,
        page_height: sheet.page_height,
        left: sheet.left,
        top: sheet.top,
        pitch_x: sheet.pitch_x,
        pitch_y: sheet.pitch_y,
        width: stock.width(),
        height: stock.height(),
        pages,
    }
}
