import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

// What a browser loads before it can show the editor: the page, and all that the page names. It must stay below the limit.
const limit = 250_000;
const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const page = readFileSync(dist + "index.html", "utf8");
const size = (name) => gzipSync(readFileSync(dist + name), { level: 9 }).length;
const first = ["index.html", ...[...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1])];
const later = readdirSync(dist + "assets").map((name) => "assets/" + name).filter((name) => !first.includes(name));
let total = 0;
for (const name of first) {
  total += size(name);
  console.log(`first load  ${String(size(name)).padStart(7)}  ${name}`);
}
for (const name of later) console.log(`later       ${String(size(name)).padStart(7)}  ${name}`);
console.log(`first load: ${total} bytes compressed, of ${limit} allowed`);
if (total > limit) process.exit(1);
