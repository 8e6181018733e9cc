// Provider, department, group, service: everything on offer, by hand or by keyboard.
import { ChevronDownIcon, ChevronRightIcon } from "@navikt/aksel-icons";
import { useState, type ReactNode } from "react";
import { CapDot } from "../../components/CapDot";
import { inLanguage } from "../../format";
import type { HitView } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts } from "../../texts";

export function Browse({ current, onOpen }: { current: { provider: string; service: string } | null; onOpen: (hit: HitView) => void }) {
  const t = useTexts();
  const language = useLanguage();
  const tree = useQuery("handbook tree", ["catalogue"], (backend) => backend.tree(null));
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const providers = tree.data ?? [];
  if (tree.data && providers.length === 0) return <p className="empty-state">{t.catalogue.none}</p>;
  return (
    <ul className="tree__list" aria-label={t.tree.label}>
      {providers.map((provider) => (
        // All providers begin open, so that the departments are seen at once.
        <Branch key={provider.provider} id={provider.provider} level={0} name={provider.name} open={!open.has(provider.provider)} onToggle={toggle}>
          {provider.departments.map((department) => {
            const key = `${provider.provider}/${department.id}`;
            const total = department.groups.reduce((sum, group) => sum + group.services.length, 0);
            return (
              <Branch key={key} id={key} level={1} name={inLanguage(department.name, language)} count={total} open={open.has(key)} onToggle={toggle}>
                {department.groups.map((group) => (
                  <Branch key={group.name} id={`${key}/${group.name}`} level={2} name={group.name} count={group.services.length} open={open.has(`${key}/${group.name}`)} onToggle={toggle}>
                    {group.services.map((service) => (
                      <li key={service.id}>
                        <button
                          type="button"
                          className="tree__service"
                          aria-current={current?.provider === service.provider && current.service === service.id ? "page" : undefined}
                          onClick={() => onOpen(service)}
                        >
                          <CapDot colour={service.container?.colour} />
                          <span className="ellipsis">{service.name}</span>
                          <span className="t13 muted tree__code">{service.withdrawn ? t.find.withdrawn : service.code}</span>
                        </button>
                      </li>
                    ))}
                  </Branch>
                ))}
              </Branch>
            );
          })}
        </Branch>
      ))}
    </ul>
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
