import { useEffect, useState } from "react";
import { type Connection, openStream } from "../api/stream";
import type { Run, Workflow } from "../api/types";
import { useApp } from "../app/context";
import { useLoad } from "../app/load";
import { parseJson } from "../model/json";
import { Header } from "./Header";
import { Failure, Loading } from "./Message";
import { RunView } from "./RunView";

/** RunPage shows one run on the graph of the version that it is pinned to, as it goes on. */
export function RunPage({ id }: { id: string }) {
  const { api } = useApp();
  const loaded = useLoad(`run ${id}`, () => api.run(id));
  const [live, setLive] = useState<Run>();
  const [connection, setConnection] = useState<Connection>("connecting");
  const known = loaded.data !== undefined;
  useEffect(() => {
    if (!known) return;
    return openStream(api.runEvents(id), {
      event: "run",
      onConnection: setConnection,
      onData: (data) => setLive(parseJson(data) as unknown as Run),
    });
  }, [api, id, known]);
  // The stream begins with the state at its time, which is never older than what was loaded before it.
  const run = live?.id === id ? live : loaded.data?.run;
  const workflow = useLoad<Workflow | undefined>(`workflow of ${run?.workflow_id ?? ""}`, () => (run ? api.workflow(run.workflow_id) : Promise.resolve(undefined)));
  return (
    <div className="page page-editor">
      <Header workflow={run && { id: run.workflow_id, name: workflow.data?.name ?? "" }} page="runs" title={`Run ${id}`} />
      {!loaded.data && <main className="content">{loaded.error ? <Failure error={loaded.error} what="The run" onRetry={loaded.reload} /> : <Loading what="the run" />}</main>}
      {run && loaded.data && <RunView run={run} definition={loaded.data.definition} connection={connection} />}
    </div>
  );
}
