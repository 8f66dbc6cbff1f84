import type { ReactNode } from "react";
import { type Json, stringifyJson } from "../model/json";
import { Icon } from "../ui/Icon";

interface Shown {
  status?: string;
  taken?: boolean;
  inputs?: Json;
  output?: Json;
  error?: string;
  reason?: string;
}

/** Outcome is what became of an action or an edge, in a run or a dry run. */
export function Outcome({ title, of, children }: { title: string; of: Shown; children?: ReactNode }) {
  const status = of.status ?? (of.taken === undefined ? undefined : of.taken ? "taken" : "not taken");
  return (
    <section className="panel-section outcome" aria-label={title} data-testid="outcome" data-status={status}>
      <h3>
        {title} {status && <span className={`status status-${status.replace(" ", "-")}`}>{status}</span>}
      </h3>
      {children}
      {of.error && (
        <p className="notice notice-error" data-testid="outcome-error">
          <Icon name="error" /> <span>{of.error}</span>
        </p>
      )}
      {of.reason && <p data-testid="outcome-reason">{of.reason}</p>}
      {of.inputs !== undefined && of.inputs !== null && <Value title="Inputs" value={of.inputs} />}
      {of.output !== undefined && of.output !== null && <Value title="Output" value={of.output} />}
    </section>
  );
}

export function Value({ title, value }: { title: string; value: Json }) {
  return (
    <details className="value" open>
      <summary>{title}</summary>
      <pre tabIndex={0} aria-label={title} data-testid={`value-${title.toLowerCase()}`}>
        {stringifyJson(value, 2)}
      </pre>
    </details>
  );
}
