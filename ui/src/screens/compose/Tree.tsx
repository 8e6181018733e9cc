// Browsing what is offered: provider, department, group, service. Opened from the strip, in the place of the hits.
import { ChevronDownIcon, ChevronRightIcon, XMarkIcon } from "@navikt/aksel-icons";
import { useState, type ReactNode } from "react";
import { CapDot } from "../../components/CapDot";
import { inLanguage } from "../../format";
import type { HitView } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts } from "../../texts";

type Props = { draft: string; lines: number; onAdd: (hit: HitView) => void; onFocused: (hit: HitView) => void; onClose: () => void };

export function Tree({ draft, lines, onAdd, onFocused, onClose }: Props) {
  const t = useTexts();
  const language = useLanguage();
  const tree = useQuery(`tree ${draft} ${lines}`, ["catalogue"], (backend) => backend.tree(draft));
  const [kept, setKept] = useState(tree.data);
  if (tree.data && tree.data !== kept) setKept(tree.data);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const shown = tree.data ?? kept ?? [];
  const toggle = (key: string) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });

  return (
    <div className="tree" role="region" aria-label={t.tree.label}>
      <div className="tree__head">
        <h2 className="t16">{t.tree.label}</h2>
        <button type="button" className="icon-button" onClick={onClose} aria-label={t.compose.browseClose}>
          <XMarkIcon aria-hidden />
        </button>
      </div>
      <ul className="tree__list">
        {shown.map((provider) => (
          <Branch key={provider.provider} id={provider.provider} level={0} name={provider.name} open={shown.length === 1 || open.has(provider.provider)} onToggle={toggle}>
            {provider.departments.map((department) => {
              const departmentKey = `${provider.provider}/${department.id}`;
              const total = department.groups.reduce((sum, group) => sum + group.services.length, 0);
              return (
                <Branch key={departmentKey} id={departmentKey} level={1} name={inLanguage(department.name, language)} count={total} open={open.has(departmentKey)} onToggle={toggle}>
                  {department.groups.map((group) => {
                    const groupKey = `${departmentKey}/${group.name}`;
                    return (
                      <Branch key={groupKey} id={groupKey} level={2} name={group.name} count={group.services.length} open={open.has(groupKey)} onToggle={toggle}>
                        {group.services.map((service) => (
                          <li key={service.id}>
                            <button
                              type="button"
                              className="tree__service"
                              disabled={service.withdrawn}
                              onFocus={() => onFocused(service)}
                              onMouseEnter={() => onFocused(service)}
                              onClick={() => onAdd(service)}
                            >
                              <CapDot colour={service.container?.colour} />
                              <span className="ellipsis">{service.name}</span>
                              <span className="t13 muted tree__code">{service.in_draft ? t.find.inBasket : service.code}</span>
                            </button>
                          </li>
                        ))}
                      </Branch>
                    );
                  })}
                </Branch>
              );
            })}
          </Branch>
        ))}
      </ul>
    </div>
  );
}

function Branch({ id, level, name, count, open, onToggle, children }: { id: string; level: 0 | 1 | 2; name: string; count?: number; open: boolean; onToggle: (id: string) => void; children: ReactNode }) {
  return (
    <li>
      <button type="button" className={`tree__branch tree__branch--${level}`} aria-expanded={open} onClick={() => onToggle(id)}>
        {open ? <ChevronDownIcon aria-hidden /> : <ChevronRightIcon aria-hidden />}
        <span className="ellipsis">{name}</span>
        {count !== undefined && <span className="t13 muted tree__code">{count}</span>}
      </button>
      {open && <ul className="tree__list">{children}</ul>}
    </li>
  );
}
