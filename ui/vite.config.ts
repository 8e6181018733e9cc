import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  server: { port: 5173, strictPort: true },
  build: {
    // WebKitGTK 2.50 and the Edge runtime are both newer than this.
    target: "es2022",
    // The security policy has no place for scripts or styles in the page itself, nor for data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The code systems (ICD-10: 1,3 MB) load when a diagnosis is first searched for.
    chunkSizeWarningLimit: 2500,
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/ipc/testing/setup.ts"],
    css: false,
    testTimeout: 30_000,
  },
});
