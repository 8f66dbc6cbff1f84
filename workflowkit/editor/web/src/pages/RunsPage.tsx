import { useEffect, useState } from "react";
import type { Run } from "../api/types";
import { type Connection, openStream } from "../api/stream";
import { useApp } from "../app/context";
import { useLoad } from "../app/load";
import { Link, useRouter } from "../app/router";
import { Button } from "../ui/Button";
import { DateText, span } from "../ui/DateText";
import { ConnectionNote } from "./ConnectionNote";
import { Header } from "./Header";
import { Failure, Loading, Message } from "./Message";

const statuses = ["running", "waiting", "retrying", "completed", "failed", "skipped", "cancelled"];

/** RunsPage lists the runs of a workflow. The server says when there is something new. */
export function RunsPage({ id }: { id: string }) {
  const { api } = useApp();
  const { search, go, href } = useRouter();
  const status = search.get("status") ?? "";
  const workflow = useLoad(`workflow ${id}`, () => api.workflow(id));
  const first = useLoad(`runs ${id} ${status}`, () => api.runs(id, { status }));
  const [more, setMore] = useState<{ key: string; runs: Run[]; next?: string }>();
  const [connection, setConnection] = useState<Connection>("connecting");
  const { reload } = first;
  useEffect(() => {
    let started = false;
    return openStream(api.runsEvents(id), {
      event: "runs",
      onConnection: setConnection,
      onData: () => {
        if (started) reload();
        started = true;
      },
    });
  }, [api, id, reload]);
  const key = `${id} ${status}`;
  const extra = more?.key === key ? more : undefined;
  const head = first.data?.runs ?? [];
  const runs = [...head, ...(extra?.runs.filter((run) => !head.some((other) => other.id === run.id)) ?? [])];
  const next = extra ? extra.next : first.data?.next;
  const load = async () => {
    const page = await api.runs(id, { status, after: next });
    setMore({ key, runs: [...(extra?.runs ?? []), ...(page.runs ?? [])], next: page.next });
  };
  return (
    <div className="page">
      <Header workflow={workflow.data ?? { id, name: "" }} page="runs" />
      <main className="content">
        <div className="content-head">
          <h2>Runs</h2>
          <ConnectionNote state={connection} />
          <span className="grow" />
          <label className="row">
            <span className="muted">Status</span>
            <select className="control" value={status} data-testid="runs-filter" onChange={(event) => go(href({ page: "runs", id }) + (event.target.value ? `?status=${event.target.value}` : ""), true)}>
              <option value="">All</option>
              {statuses.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        </div>
        {first.error && !first.data && <Failure error={first.error} what="The runs" onRetry={first.reload} />}
        {!first.data && !first.error && <Loading what="runs" />}
        {first.data && runs.length === 0 && (
          <Message icon="play" title={status ? `No ${status} runs` : "No runs yet"} testid="empty">
            <p>{workflow.data?.trigger ? `A run starts when the event ${workflow.data.trigger} comes in${workflow.data.enabled ? "" : " and the workflow is switched on"}.` : "Nothing starts this workflow yet: it has no event."}</p>
          </Message>
        )}
        {runs.length > 0 && (
          <table className="table" data-testid="runs">
            <caption className="sr-only">Runs, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Status</th>
                <th scope="col">Run</th>
                <th scope="col">Event</th>
                <th scope="col">Version</th>
                <th scope="col">Started</th>
                <th scope="col">Took</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.id} data-testid={`run-${run.id}`} data-status={run.status}>
                  <td>
                    <span className={`status status-${run.status}`}>{run.status}</span>
                  </td>
                  <td className="wrap-text">
                    <Link to={{ page: "run", id: run.id }}>{run.id}</Link>
                    {(run.error || run.reason) && <div className={run.error ? "run-error" : "muted"}>{run.error || run.reason}</div>}
                  </td>
                  <td>
                    <code>{run.event}</code>
                  </td>
                  <td data-label="Version">{run.version || "–"}</td>
                  <td data-label="Started">
                    <DateText of={run.started_at} />
                  </td>
                  <td data-label="Took">{span(run.started_at, run.finished_at) || "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {next && <Button onClick={() => void load()}>Show older runs</Button>}
      </main>
    </div>
  );
}
