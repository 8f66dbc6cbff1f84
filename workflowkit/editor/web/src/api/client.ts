import type { Catalog as CatalogModel } from "../model/catalog";
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from "../model/json";
import type { Problem } from "../model/problems";
import type { DryRunResult, Run, RunPage, Session, Settings, Validation, Version, Workflow } from "./types";

/** ApiError is an answer that says why something was not done, or that there was no answer (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problems: Problem[] = [],
    readonly current?: Version,
  ) {
    super(message);
  }
}

/** Api calls the handler. Its paths are relative to the page's base, so that any prefix will do. */
export class Api {
  constructor(readonly base: string) {}

  session = () => this.get<Session>("api/session");
  catalog = () => this.get<{ actions: CatalogModel["specs"] }>("api/catalog");
  workflows = () => this.get<{ workflows: Workflow[] | null }>("api/workflows");
  workflow = (id: string) => this.get<Workflow>(`api/workflows/${part(id)}`);
  create = (settings: Settings) => this.send<Workflow>("POST", "api/workflows", settings as Json);
  change = (id: string, settings: Settings) => this.send<Workflow>("PATCH", `api/workflows/${part(id)}`, settings as Json);
  versions = (id: string) => this.get<{ versions: Version[] | null }>(`api/workflows/${part(id)}/versions`);
  version = (id: string, n: number) => this.get<Version>(`api/workflows/${part(id)}/versions/${n}`);
  save = (id: string, base: number, definition: Json, note: string) =>
    this.send<{ version: Version; problems: Problem[] | null }>("POST", `api/workflows/${part(id)}/versions`, { base, definition, note });
  publish = (id: string, version: number) => this.send<Workflow>("POST", `api/workflows/${part(id)}/publish`, { version });
  diff = (id: string, from: number, to: number) => this.get<{ diff: Json; text: string }>(`api/workflows/${part(id)}/diff?from=${from}&to=${to}`);
  validate = (definition: Json, signal?: AbortSignal) => this.send<Validation>("POST", "api/validate", { definition }, signal);
  dryRun = (definition: Json, event: JsonObject, outputs: JsonObject) => this.send<DryRunResult>("POST", "api/dry-run", { definition, event, outputs });
  sampleEvent = (id: string) => this.get<{ event: Json }>(`api/workflows/${part(id)}/sample-event`);
  runs = (id: string, query: { status?: string; after?: string }) => this.get<RunPage>(`api/workflows/${part(id)}/runs?${params(query)}`);
  run = (id: string) => this.get<{ run: Run; definition: Json }>(`api/runs/${part(id)}`);
  runEvents = (id: string) => this.url(`api/runs/${part(id)}/events`);
  runsEvents = (id: string) => this.url(`api/workflows/${part(id)}/runs/events`);

  private url(path: string): string {
    return new URL(path, this.base).toString();
  }

  private get<T>(path: string): Promise<T> {
    return this.call<T>(path, { headers: { Accept: "application/json" } });
  }

  private send<T>(method: string, path: string, body: Json, signal?: AbortSignal): Promise<T> {
    const headers = { Accept: "application/json", "Content-Type": "application/json" };
    return this.call<T>(path, { method, headers, body: stringifyJson(body), signal });
  }

  private async call<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.url(path), { ...init, credentials: "same-origin" });
      text = await response.text();
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new ApiError(0, "offline", "The server does not answer. Check your connection and try again.");
    }
    const body = read(text);
    if (!response.ok) throw apiError(response.status, body);
    if (body === undefined) throw new ApiError(response.status, "unreadable", "The server's answer cannot be read. Reload the page.");
    return body as T;
  }
}

function read(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function apiError(status: number, body: Json | undefined): ApiError {
  const error = isObject(body) && isObject(body.error) ? body.error : {};
  const current = isObject(body) ? (body.current ?? error.current) : undefined;
  const problems = Array.isArray(error.problems) ? error.problems : [];
  const message = typeof error.message === "string" && error.message ? error.message : `The server answered with status ${status}.`;
  return new ApiError(status, typeof error.code === "string" ? error.code : "", message, problems as unknown as Problem[], current as unknown as Version | undefined);
}

function part(id: string): string {
  return encodeURIComponent(id);
}

function params(query: Record<string, string | undefined>): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) out.set(name, value);
  return out.toString();
}
