import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { readConfig } from "./app/config";
import "./styles/index.css";

const root = document.getElementById("root");
if (root) {
  const config = readConfig();
  document.title = config.title;
  createRoot(root).render(
    <StrictMode>
      <App config={config} />
    </StrictMode>,
  );
}
