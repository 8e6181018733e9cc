// A part of a handbook page, under its own heading.
import type { ReactNode } from "react";

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="page__section">
      <h2 className="t14 strong">{title}</h2>
      <div>{children}</div>
    </section>
  );
}
