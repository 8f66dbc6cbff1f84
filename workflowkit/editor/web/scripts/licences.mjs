import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * licences writes licences.txt beside the bundle: the licence of every package of which something is in it, as these
 * licences ask for.
 */
export function licences() {
  return {
    name: "licences",
    generateBundle(_options, bundle) {
      const packages = new Set();
      for (const chunk of Object.values(bundle)) {
        for (const id of Object.keys(chunk.modules ?? {})) {
          const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll("\\", "/").replace(/^\0/, ""));
          if (match) packages.add(match[1]);
        }
      }
      const texts = [...packages].map(describe).sort((a, b) => (a < b ? -1 : 1));
      this.emitFile({ type: "asset", fileName: "licences.txt", source: "The editor contains the following packages.\n\n" + texts.join("\n") });
    },
  };
}

function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = existsSync(folder) && readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim() : `Licence: ${license}`;
  return `== ${name} ${version} (${license})\n\n${text}\n`;
}
