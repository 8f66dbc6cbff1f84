import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";
import { licences } from "./scripts/licences.mjs";

// The bundle is committed, so the build must give the same bytes wherever it runs. Paths are relative: the page has a
// <base>, which the Go handler sets to where it is mounted.
export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: [licences()],
  esbuild: { jsx: "automatic", legalComments: "none" },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
  },
  server: { proxy: { "^/(.*/)?api/": loadEnv(mode, ".", "EDITOR_").EDITOR_API ?? "http://127.0.0.1:3000" } },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
}));
