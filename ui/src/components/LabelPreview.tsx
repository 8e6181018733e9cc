// One label as it will print: a picture from the backend, never drawn here, so that screen and paper cannot differ.
import { ChevronLeftIcon, ChevronRightIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import { useTexts } from "../texts";

export type LabelPicture = {
  key: string;
  /** An SVG document or a `data:image/…` address. */
  picture: string;
  alt: string;
};

export function LabelPreview({ labels, at, onAt }: { labels: readonly LabelPicture[]; at?: number; onAt?: (index: number) => void }) {
  const t = useTexts();
  const [own, setOwn] = useState(0);
  const index = Math.min(at ?? own, Math.max(0, labels.length - 1));
  const go = onAt ?? setOwn;
  const label = labels[index];
  if (!label) return <p className="empty-state">{t.label.none}</p>;
  return (
    <section>
      <div className="label-host__head">
        <h3 className="t14 strong">{t.label.preview(index + 1, labels.length)}</h3>
        <span>
          <button type="button" className="icon-button" disabled={index === 0} onClick={() => go(index - 1)}>
            <ChevronLeftIcon title={t.label.previous} />
          </button>
          <button type="button" className="icon-button" disabled={index >= labels.length - 1} onClick={() => go(index + 1)}>
            <ChevronRightIcon title={t.label.next} />
          </button>
        </span>
      </div>
      <div className="label-host">
        <img className="label-host__paper" src={asAddress(label.picture)} alt={label.alt} />
      </div>
    </section>
  );
}

/** An image address cannot run scripts, whatever the SVG says. */
export function asAddress(picture: string): string {
  return picture.startsWith("data:image/") ? picture : `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture)}`;
}
