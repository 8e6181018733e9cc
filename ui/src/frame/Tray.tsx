// The icon in the system tray speaks the language of the screens, and leads to what needs somebody.
import { useEffect } from "react";
import { useBackend } from "../ipc/backend";
import { useTexts } from "../texts";
import { useNavigation } from "./navigation";

export function Tray({ needsYou }: { needsYou: number }) {
  const backend = useBackend();
  const t = useTexts();
  const { go } = useNavigation();
  useEffect(() => backend.onAsked(() => go({ screen: "overview" })), [backend, go]);
  const needs = needsYou > 0 ? t.rail.needYou(needsYou) : t.tray.nothing;
  const show = t.tray.show;
  useEffect(() => {
    // Without a tray the same is said in the window.
    backend.sayInTray({ needs, show }).catch(() => undefined);
  }, [backend, needs, show]);
  return null;
}
