import type { Json } from "../model/json";
import type { Problem } from "../model/problems";

/** The shapes of the JSON API, as package workflowkit/editor documents them. */
export interface Session {
  user: { id: string; name: string };
  can: { view: boolean; edit: boolean; publish: boolean };
  features: { runs: boolean };
}

export interface Version {
  number: number;
  hash: string;
  author: string;
  note: string;
  created_at: string;
  definition?: Json;
}

export interface Workflow {
  id: string;
  name: string;
  description: string;
  trigger: string;
  enabled: boolean;
  created_at: string | null;
  draft: Version | null;
  published: Version | null;
}

export interface Settings {
  name?: string;
  description?: string;
  trigger?: string;
  enabled?: boolean;
}

export type Status = "running" | "waiting" | "retrying" | "completed" | "failed" | "skipped" | "cancelled";

export interface ActionRun {
  action_id: string;
  kind: string;
  name?: string;
  status: Status;
  attempt: number;
  step_id?: string;
  until?: string;
  inputs?: Json;
  output?: Json;
  error?: string;
  reason?: string;
  started_at?: string;
  finished_at?: string;
}

export interface EdgeRun {
  id?: string;
  from: string;
  to: string;
  taken: boolean;
  reason: string;
}

export interface Run {
  id: string;
  workflow_id: string;
  version: number;
  status: Status;
  event: string;
  event_data?: Json;
  error?: string;
  reason?: string;
  started_at: string;
  finished_at?: string;
  sequence: number;
  actions?: ActionRun[] | null;
  edges?: EdgeRun[] | null;
}

export interface RunPage {
  runs: Run[] | null;
  next?: string;
}

export interface Validation {
  problems: Problem[] | null;
  scopes: Record<string, { sure: string[] | null; maybe: string[] | null }> | null;
}

export interface DryRunAction {
  id: string;
  kind: string;
  status: "completed" | "skipped" | "failed";
  inputs?: Json;
  output?: Json;
  error?: string;
  reason?: string;
}

export interface DryRunResult {
  status: "completed" | "failed" | "invalid";
  problems?: Problem[];
  error?: string;
  actions: DryRunAction[] | null;
  edges: EdgeRun[] | null;
}
