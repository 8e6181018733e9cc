// MiniSearch over the same services and keystrokes; writes its figures as one line of JSON.
//   node --expose-gc run.mjs SERVICES.json KEYSTROKES.json PASSES EVERY
import { readFileSync } from "node:fs";
import MiniSearch from "minisearch";

const [services, keystrokes] = process.argv.slice(2, 4).map((path) => JSON.parse(readFileSync(path, "utf8")));
const [passes, every] = process.argv.slice(4, 6).map(Number);
const fold = (term) =>
  term
    .toLowerCase()
    .replaceAll("ø", "o")
    .replaceAll("æ", "ae")
    .normalize("NFD")
    .replace(/\p{M}/gu, "");

globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const started = process.hrtime.bigint();
const engine = new MiniSearch({ fields: ["name", "code", "official", "synonyms"], storeFields: ["name"], processTerm: fold });
engine.addAll(services);
const buildMs = Number(process.hrtime.bigint() - started) / 1e6;
globalThis.gc?.();
const memory = process.memoryUsage().heapUsed - before;

const options = {
  prefix: true,
  fuzzy: (term) => (term.length <= 3 ? 0 : term.length <= 7 ? 1 : 2),
  combineWith: "AND",
  boost: { name: 4, code: 4, synonyms: 2 },
};
const typed = keystrokes.filter((_, at) => at % every === 0);
const times = typed.map(() => []);
let found = 0;
for (let pass = -1; pass < passes; pass++) {
  typed.forEach((query, at) => {
    if (pass < 0 && at % 10 > 0) return; // warming up
    const start = process.hrtime.bigint();
    const hits = engine.search(query, options).slice(0, 10);
    const micros = Number(process.hrtime.bigint() - start) / 1e3;
    if (pass >= 0) {
      found += hits.length;
      times[at].push(micros);
    }
  });
}
console.log(JSON.stringify({ buildMs, memory, found, times }));
