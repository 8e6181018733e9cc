// Labels on a sheet that may have been begun: somebody says at which label the print begins, and sees the sheet as it prints.
import { Button } from "@navikt/ds-react";
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { asAddress } from "../../components/LabelPreview";
import { useBackend } from "../../ipc/backend";
import { asFailure, type Failure } from "../../ipc/failure";
import type { CollectionAct, LabelSheetView } from "../../ipc/model";
import { useTexts } from "../../texts";

export type SheetDialogProps = {
  id: string;
  specimens: string[];
  /** As the labels begin where the last ones ended. */
  offered: LabelSheetView;
  /** What is recorded before the labels are printed, so that the picture has it. */
  before: CollectionAct | null;
  printer: string;
  unnumbered: boolean;
  onClose: () => void;
  onPrint: (first: number) => void;
};

export function SheetDialog({ id, specimens, offered, before, printer, unnumbered, onClose, onPrint }: SheetDialogProps) {
  const t = useTexts();
  const words = t.print.sheet;
  const backend = useBackend();
  const [first, setFirst] = useState(offered.first);
  const [sheet, setSheet] = useState(offered);
  const [failure, setFailure] = useState<Failure | null>(null);
  // The questions of one opening: what is asked for stays the same, only the label it begins at changes.
  const asked = useRef({ id, specimens, before });
  useEffect(() => {
    if (first === sheet.first) return;
    let late = false;
    const { id, specimens, before } = asked.current;
    backend.labelSheet(id, specimens, first, before).then(
      (drawn) => {
        if (!late && drawn) setSheet(drawn);
      },
      (thrown: unknown) => {
        if (!late) setFailure(asFailure(thrown));
      },
    );
    return () => {
      late = true;
    };
  }, [backend, first, sheet.first]);
  const cells = sheet.columns * sheet.rows;
  const pages = Math.ceil((first + sheet.labels) / cells);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onPrint(first);
  };
  return (
    <Dialog label={words.title} className="sheet" onClose={onClose}>
      <form className="dialog__body" onSubmit={submit}>
        <h2 className="t16">{words.title}</h2>
        <div className="sheet__columns">
          <Cells sheet={sheet} first={first} onFirst={setFirst} onEnter={() => onPrint(first)} />
          <div className="sheet__words">
            <p>{words.body(printer)}</p>
            <p className="strong" role="status">
              {words.begins(first + 1, cells)}
            </p>
            <p>{words.sheets(sheet.labels, pages)}</p>
            {first > 0 && (
              <div>
                <Button size="small" variant="secondary" type="button" data-act="new-sheet" onClick={() => setFirst(0)}>
                  {words.newSheet}
                </Button>
              </div>
            )}
            <p className="t13 muted" id="sheet-hint">
              {words.gridHint}
            </p>
            {unnumbered && <p className="t13 muted">{words.numbersLater}</p>}
            {failure && <ErrorNote failure={failure} />}
            {sheet.pages.slice(1).map((page, at) => (
              <div key={at} className="sheet__page sheet__next">
                <img src={asAddress(page)} alt={words.picture(at + 2)} />
              </div>
            ))}
          </div>
        </div>
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" data-act="print-sheet">
            {words.print(sheet.labels)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

type CellsProps = { sheet: LabelSheetView; first: number; onFirst: (first: number) => void; onEnter: () => void };

/** The sheet as it prints, with a choice on each of its labels. */
function Cells({ sheet, first, onFirst, onEnter }: CellsProps) {
  const words = useTexts().print.sheet;
  const { columns, rows, labels } = sheet;
  const cells = columns * rows;
  const chosen = useRef<HTMLButtonElement>(null);
  useEffect(() => chosen.current?.focus(), [first]);
  const move = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      return onEnter();
    }
    const to = { ArrowLeft: first - 1, ArrowRight: first + 1, ArrowUp: first - columns, ArrowDown: first + columns, Home: 0, End: cells - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to >= 0 && to < cells) onFirst(to);
  };
  const share = (length: number, of: number) => `${(100 * length) / of}%`;
  return (
    <div className="sheet__page" role="radiogroup" aria-label={words.grid} aria-describedby="sheet-hint" onKeyDown={move}>
      <img src={asAddress(sheet.pages[0] ?? "")} alt="" />
      {Array.from({ length: cells }, (_, at) => {
        const [row, column] = [Math.floor(at / columns), at % columns];
        const state = at < first ? "used" : at < first + labels ? "printed" : "free";
        return (
          <button
            key={at}
            ref={at === first ? chosen : undefined}
            type="button"
            role="radio"
            aria-checked={at === first}
            aria-label={`${words.cell(at + 1, row + 1, column + 1)}, ${words[state]}`}
            tabIndex={at === first ? 0 : -1}
            className={`sheet__cell sheet__cell--${state}`}
            style={{
              left: share(sheet.left + column * sheet.pitch_x, sheet.page_width),
              top: share(sheet.top + row * sheet.pitch_y, sheet.page_height),
              width: share(sheet.width, sheet.page_width),
              height: share(sheet.height, sheet.page_height),
            }}
            onClick={() => onFirst(at)}
          />
        );
      })}
    </div>
  );
}
