import { useState } from "react";
import { useApp } from "../app/context";
import { useLoad, useNarrow } from "../app/load";
import { useRouter } from "../app/router";
import type { Version } from "../api/types";
import { ApiError } from "../api/client";
import { useAnnouncer } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { useConfirm } from "../ui/Confirm";
import { DateText } from "../ui/DateText";
import { Compare } from "./Compare";
import { Header } from "./Header";
import { Failure, Loading, Message } from "./Message";

/** VersionsPage lists the versions of a workflow, compares two, and restores or publishes one. */
export function VersionsPage({ id }: { id: string }) {
  const { api, session } = useApp();
  const narrow = useNarrow();
  const { search, go, href } = useRouter();
  const { notify } = useAnnouncer();
  const confirm = useConfirm();
  const workflow = useLoad(`workflow ${id}`, () => api.workflow(id));
  const versions = useLoad(`versions ${id}`, () => api.versions(id));
  const [busy, setBusy] = useState(false);
  const list = versions.data?.versions ?? [];
  const newest = list[0]?.number ?? 0;
  const published = workflow.data?.published?.number;
  const from = Number(search.get("from")) || list[1]?.number || newest;
  const to = Number(search.get("to")) || newest;
  const choose = (next: { from?: number; to?: number }) => go(`${href({ page: "versions", id })}?from=${next.from ?? from}&to=${next.to ?? to}`, true);
  const act = async (work: () => Promise<string>) => {
    setBusy(true);
    try {
      notify(await work(), "good");
      workflow.reload();
      versions.reload();
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  const restore = async (version: Version) => {
    const sure = await confirm({ title: `Restore version ${version.number}?`, text: "It is saved again as the newest version. All others stay in the history, and what is published stays so until you publish.", confirm: "Restore" });
    if (!sure) return;
    await act(async () => {
      const whole = await api.version(id, version.number);
      try {
        const { version: saved } = await api.save(id, newest, whole.definition ?? null, `Version ${version.number} restored`);
        return `Version ${version.number} is restored as version ${saved.number}.`;
      } catch (error) {
        if (error instanceof ApiError && error.code === "invalid") throw new Error(`Not restored: version ${version.number} has errors by today's rules: ${error.problems.find((problem) => problem.severity === "error")?.message ?? error.message}`);
        if (error instanceof ApiError && error.code === "conflict") throw new Error("Not restored: somebody has saved in the meantime. Look at the new list and try again.");
        throw error;
      }
    });
  };
  const publish = async (version: Version) => {
    const sure = await confirm({ title: `Publish version ${version.number}?`, text: "New runs use it from now on. Runs in flight keep theirs.", confirm: "Publish" });
    if (sure) await act(async () => (await api.publish(id, version.number), `Version ${version.number} is published.`));
  };
  const error = workflow.error ?? versions.error;
  return (
    <div className="page">
      <Header workflow={workflow.data ?? { id, name: "" }} page="versions" />
      <main className="content content-wide">
        <div className="content-head">
          <h2>Versions</h2>
        </div>
        {error && !versions.data && <Failure error={error} what="The versions" onRetry={() => (workflow.reload(), versions.reload())} />}
        {!versions.data && !error && <Loading what="versions" />}
        {versions.data && list.length === 0 && (
          <Message icon="history" title="No versions yet" testid="empty">
            <p>Each save of the editor makes one.</p>
          </Message>
        )}
        {list.length > 0 && (
          <div className="versions">
            <table className="table">
              <caption className="sr-only">Versions, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">Compare</th>
                  <th scope="col">Version</th>
                  <th scope="col">Saved</th>
                  <th scope="col">
                    <span className="sr-only">Commands</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {list.map((version) => (
                  <tr key={version.number} data-testid={`version-${version.number}`}>
                    <td className="nowrap">
                      <label title="Compare from">
                        <input type="radio" name="from" checked={version.number === from} aria-label={`Compare from version ${version.number}`} onChange={() => choose({ from: version.number })} />
                      </label>
                      <label title="Compare to">
                        <input type="radio" name="to" checked={version.number === to} aria-label={`Compare to version ${version.number}`} onChange={() => choose({ to: version.number })} />
                      </label>
                    </td>
                    <td className="wrap-text">
                      <strong>{version.number}</strong>
                      {version.number === published && <span className="status status-completed">published</span>}
                      {version.number === newest && version.number !== published && <span className="status status-running">draft</span>}
                      {version.note && <div>{version.note}</div>}
                    </td>
                    <td>
                      <DateText of={version.created_at} />
                      {version.author && <div className="muted">{version.author}</div>}
                    </td>
                    <td className="nowrap">
                      {session.can.edit && !narrow && version.number !== newest && (
                        <Button small disabled={busy} onClick={() => void restore(version)} data-testid={`restore-${version.number}`}>
                          Restore
                        </Button>
                      )}
                      {session.can.publish && !narrow && version.number !== published && (
                        <Button small disabled={busy} onClick={() => void publish(version)} data-testid={`publish-${version.number}`}>
                          Publish
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <Compare id={id} from={from} to={to} trigger={workflow.data?.trigger ?? ""} />
          </div>
        )}
      </main>
    </div>
  );
}
