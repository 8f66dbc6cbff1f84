import { useState } from "react";
import type { Workflow } from "../api/types";
import { useApp } from "../app/context";
import { useLoad, useNarrow } from "../app/load";
import { Link } from "../app/router";
import { useAnnouncer } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { DateText } from "../ui/DateText";
import { Header } from "./Header";
import { Failure, Loading, Message } from "./Message";
import { NewWorkflow } from "./NewWorkflow";

/** ListPage lists the workflows. */
export function ListPage() {
  const { api, session } = useApp();
  const list = useLoad("workflows", () => api.workflows());
  const narrow = useNarrow();
  const canEdit = session.can.edit && !narrow;
  const [query, setQuery] = useState("");
  const [creating, setCreating] = useState(false);
  const { notify } = useAnnouncer();
  const all = list.data?.workflows ?? [];
  const shown = all.filter((workflow) => `${workflow.name} ${workflow.trigger} ${workflow.description}`.toLowerCase().includes(query.toLowerCase()));
  const toggle = async (workflow: Workflow, enabled: boolean) => {
    try {
      const next = await api.change(workflow.id, { enabled });
      list.set({ workflows: all.map((old) => (old.id === next.id ? { ...old, ...next } : old)) });
      notify(enabled ? `${workflow.name} is switched on.` : `${workflow.name} is switched off.`, "good");
    } catch (error) {
      notify(`Not changed: ${error instanceof Error ? error.message : String(error)}`, "bad");
    }
  };
  return (
    <div className="page">
      <Header title="Workflows" />
      <main className="content">
        <div className="content-head">
          <h2>Workflows</h2>
          <span className="grow" />
          {all.length > 5 && <input className="control search" type="search" aria-label="Search workflows" placeholder="Search workflows" value={query} onChange={(event) => setQuery(event.target.value)} />}
          {canEdit && all.length > 0 && (
            <Button look="primary" icon="plus" onClick={() => setCreating(true)} data-testid="new-workflow">
              New workflow
            </Button>
          )}
        </div>
        {list.error && !list.data && <Failure error={list.error} what="The workflows" onRetry={list.reload} />}
        {!list.data && !list.error && <Loading what="workflows" />}
        {list.data && all.length === 0 && (
          <Message icon="branch" title="No workflows yet" testid="empty">
            <p>A workflow says what happens when an event comes in: actions, one after another or side by side.</p>
            {canEdit && (
              <Button look="primary" icon="plus" onClick={() => setCreating(true)} data-testid="new-workflow">
                Draw the first one
              </Button>
            )}
          </Message>
        )}
        {shown.length > 0 && (
          <ul className="cards">
            {shown.map((workflow) => (
              <li key={workflow.id} className="workflow-card" data-testid={`workflow-${workflow.id}`}>
                <div className="workflow-main">
                  <Link to={{ page: "editor", id: workflow.id }} className="workflow-name">
                    {workflow.name || `Workflow ${workflow.id}`}
                  </Link>
                  {workflow.description && <p>{workflow.description}</p>}
                  <p className="workflow-facts">
                    <span>{workflow.trigger ? <code>{workflow.trigger}</code> : "Nothing starts it"}</span>
                    <span>{versionText(workflow)}</span>
                    {workflow.draft && (
                      <span>
                        Saved <DateText of={workflow.draft.created_at} />
                        {workflow.draft.author && ` by ${workflow.draft.author}`}
                      </span>
                    )}
                  </p>
                </div>
                <label className="switch">
                  <input type="checkbox" role="switch" checked={workflow.enabled} disabled={!session.can.edit || !session.can.publish} aria-label={`${workflow.name || workflow.id} is switched on`} onChange={(event) => void toggle(workflow, event.target.checked)} />
                  <span>{workflow.enabled ? "On" : "Off"}</span>
                </label>
                <div className="row">
                  <Link to={{ page: "versions", id: workflow.id }} className="button button-quiet">
                    Versions
                  </Link>
                  {session.features.runs && (
                    <Link to={{ page: "runs", id: workflow.id }} className="button button-quiet">
                      Runs
                    </Link>
                  )}
                </div>
              </li>
            ))}
          </ul>
        )}
        {all.length > 0 && shown.length === 0 && <p className="empty-note">No workflow matches “{query}”.</p>}
      </main>
      {creating && <NewWorkflow onClose={() => setCreating(false)} />}
    </div>
  );
}

function versionText({ draft, published }: Workflow): string {
  if (!draft) return "Not drawn yet";
  if (!published) return `Draft ${draft.number}, nothing published`;
  return published.number === draft.number ? `Version ${published.number} published` : `Version ${published.number} published, draft ${draft.number}`;
}
