// Starts the window over the real shell.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { BackendContext, shell } from "./ipc/backend";
import "./styles/index.css";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <BackendContext.Provider value={shell()}>
        <App />
      </BackendContext.Provider>
    </StrictMode>,
  );
}
