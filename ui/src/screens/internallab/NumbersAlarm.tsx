// Specimen numbers that run out: what is happening, that nothing is lost, and the one thing to do about it.
import { ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import type { NumbersView } from "../../ipc/model";
import { useTexts } from "../../texts";
import { testWords } from "../settings/Connections";

/** Those that alarm. */
export function scarceNumbers(numbers: readonly NumbersView[]): NumbersView[] {
  return numbers.filter((one) => one.supply === "alarm" || one.supply === "empty");
}

export function NumbersAlarm({ numbers }: { numbers: NumbersView }) {
  const t = useTexts();
  const words = t.bench.numbers;
  const backend = useBackend();
  const tell = useTell();
  const { go } = useNavigation();
  const [busy, setBusy] = useState(false);
  const { provider_name: provider, left, leases_none: leasesNone } = numbers;
  const out = numbers.supply === "empty";
  const title = out ? words.out(provider) : words.low(provider, left);
  const fetch = async () => {
    setBusy(true);
    try {
      const test = await backend.testConnection(numbers.provider);
      tell.say(test.ok ? words.asked : testWords(test, t));
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="lab__alarm" data-alarm="numbers" data-supply={numbers.supply}>
      <ExclamationmarkTriangleFillIcon aria-hidden />
      <div>
        <p className="strong">{title}</p>
        <p>{[out ? words.outMore : "", leasesNone ? words.paper : words.line].filter(Boolean).join(" ")}</p>
        {leasesNone ? (
          <button type="button" className="link-button" data-act="enter-station" onClick={() => go({ screen: "settings", section: "connections", provider: numbers.provider })}>
            {words.enter}
          </button>
        ) : (
          <button type="button" className="link-button" data-act="fetch-numbers" disabled={busy} onClick={() => void fetch()}>
            {words.fetch}
          </button>
        )}
      </div>
    </div>
  );
}
