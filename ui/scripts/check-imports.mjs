// Holds the window to its module rules, which the compiler cannot know:
// only ui/src/ipc speaks with the shell, only the development page knows the made-up backend,
// and the stylesheet that fetches fonts from a remote server is never imported.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const src = join(dirname(fileURLToPath(import.meta.url)), "..", "src");
const faults = [];
for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(tsx?|css)$/.test(entry.name)) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const name = relative(src, path).replaceAll("\\", "/");
  const text = readFileSync(path, "utf8");
  const rule = (pattern, allowed, why) => {
    if (pattern.test(text) && !allowed(name)) faults.push(`${name}: ${why}`);
  };
  rule(/@tauri-apps\//, (n) => n.startsWith("ipc/"), "only ipc/ may import @tauri-apps/*");
  rule(/from "[^"]*\/dev\//, (n) => n.startsWith("dev/") || /\.test\.tsx?$/.test(n), "the made-up backend is for the development page and tests only");
  rule(/from "[^"]*ipc\/testing/, (n) => /\.test\.tsx?$/.test(n) || n.startsWith("ipc/testing/") || n.startsWith("dev/"), "fakes are for tests only");
  rule(/ds-css["';]|ds-css\/dist\/index|global\/fonts/, () => false, "Aksel's index.css fetches fonts from a remote server");
  rule(/UNSAFE_Combobox/, () => false, "too slow in WebKitGTK, and an accessibility fault");
  rule(/dangerouslySetInnerHTML|innerHTML/, () => false, "no markup from data");
}
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
