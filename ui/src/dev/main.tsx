// The window over a made-up backend, for work on the screens in a browser: `npm run dev`, then /dev.html.
// `?theme=dark&lang=en&stage=no_keyring` choose what is shown. Never part of the build.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "../App";
import { BackendContext } from "../ipc/backend";
import "../styles/index.css";
import { demoBackend } from "./backend";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <BackendContext.Provider value={demoBackend(new URLSearchParams(location.search))}>
        <App />
      </BackendContext.Provider>
    </StrictMode>,
  );
}
