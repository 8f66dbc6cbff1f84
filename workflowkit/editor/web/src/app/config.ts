import { isObject, type Json } from "../model/json";

/** Config is what the handler tells the page, as data. */
export interface Config {
  /** The address below which everything is, with a slash at its end. */
  base: string;
  title: string;
  homeURL?: string;
}

export function readConfig(): Config {
  const block = document.getElementById("editor-config")?.textContent;
  let data: Json = null;
  try {
    data = block ? (JSON.parse(block) as Json) : null;
  } catch {
    // A page without the block works below its base address.
  }
  const text = (name: string) => (isObject(data) && typeof data[name] === "string" && data[name] !== "" ? data[name] : undefined);
  const home = text("homeURL");
  return { base: baseOf(text("prefix")), title: text("title") ?? "Workflows", homeURL: home && isSafeLink(home) ? home : undefined };
}

function baseOf(prefix: string | undefined): string {
  const base = new URL(prefix === undefined ? document.baseURI : prefix.replace(/\/*$/, "/"), document.baseURI);
  base.search = "";
  base.hash = "";
  return base.toString();
}

function isSafeLink(url: string): boolean {
  return /^https?:$/.test(new URL(url, document.baseURI).protocol);
}
