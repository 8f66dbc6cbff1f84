import { useState } from "react";
import type { Settings } from "../api/types";
import { useApp } from "../app/context";
import { useFieldIds } from "../forms/context";
import { Field } from "../forms/Field";
import { TextControl } from "../forms/TextControl";
import { sourceID } from "../model/document";
import { remove, setRoot } from "../model/edit";
import { plural } from "../model/problems";
import { stringifyJson } from "../model/json";
import { useAnnouncer } from "../ui/Announcer";
import { Button } from "../ui/Button";
import { Connections } from "./Connections";
import { useEditor } from "./context";
import { PanelHead } from "./PanelHead";

/** SourcePanel is about the workflow: what starts it, what it is called, and what in it cannot be drawn. */
export function SourcePanel({ trigger, onClose }: { trigger: boolean; onClose?: () => void }) {
  const { workflow, doc, index, edit, readOnly, dispatch } = useEditor();
  const ids = { name: useFieldIds(), about: useFieldIds() };
  const text = (name: string) => (typeof doc.root[name] === "string" ? doc.root[name] : "");
  const set = (name: string) => (value: string) => edit(setRoot([name], value === "" ? undefined : value), `root/${name}`);
  const settle = () => dispatch({ type: "settle" });
  return (
    <>
      <PanelHead icon={trigger ? "bolt" : "settings"} title={trigger ? "Trigger" : workflow.name || "Workflow"} note={trigger ? "The event that starts a run" : `Workflow ${workflow.id}`} onClose={onClose} />
      <div className="panel-body">
        <SettingsForm />
        {trigger && <Connections node={{ uid: sourceID }} />}
        <details className="panel-section">
          <summary>
            <h3>In the definition</h3>
          </summary>
          <Field ids={ids.name} label="Name" help="Part of the version, unlike the name above.">
            <TextControl id={ids.name.control} value={text("name")} readOnly={readOnly} onBlur={settle} testid="definition-name" onChange={set("name")} />
          </Field>
          <Field ids={ids.about} label="Description">
            <TextControl id={ids.about.control} value={text("description")} long rows={2} readOnly={readOnly} onBlur={settle} testid="definition-description" onChange={set("description")} />
          </Field>
        </details>
        {index.sinks.length > 0 && <p className="field-help">{plural(index.sinks.length, "edge")} to $sink: kept, without effect.</p>}
        {index.brokenEdges.length > 0 && (
          <section className="panel-section" aria-label="Broken edges">
            <h3>Broken edges</h3>
            {index.brokenEdges.map((edge) => (
              <div key={edge.uid} className="broken-row">
                <code>{stringifyJson(edge.entry.raw).slice(0, 200)}</code>
                {!readOnly && (
                  <Button small look="danger" icon="trash" onClick={() => edit(remove([edge.uid]))}>
                    Delete
                  </Button>
                )}
              </div>
            ))}
          </section>
        )}
      </div>
    </>
  );
}

/** SettingsForm changes what is said about a workflow beside its definition. It is stored at once, without a version. */
function SettingsForm() {
  const { api, session } = useApp();
  const { workflow, readOnly, onWorkflow } = useEditor();
  const { notify } = useAnnouncer();
  const mayStart = !readOnly && session.can.publish;
  const [draft, setDraft] = useState({ name: workflow.name, description: workflow.description, trigger: workflow.trigger });
  const ids = { name: useFieldIds(), about: useFieldIds(), trigger: useFieldIds(), on: useFieldIds() };
  const change = async (settings: Settings, what: string) => {
    try {
      onWorkflow(await api.change(workflow.id, settings));
      notify(what, "good");
    } catch (error) {
      notify(`Not changed: ${error instanceof Error ? error.message : String(error)}`, "bad");
    }
  };
  // Only what is new is sent: who may edit, but not publish, can rename.
  const changes = Object.fromEntries((["name", "description", "trigger"] as const).filter((name) => draft[name] !== workflow[name]).map((name) => [name, draft[name]]));
  const dirty = Object.keys(changes).length > 0;
  const set = (name: keyof typeof draft) => (value: string) => setDraft((old) => ({ ...old, [name]: value }));
  return (
    <section className="panel-section" aria-label="Settings">
      <label className="switch">
        <input type="checkbox" role="switch" checked={workflow.enabled} disabled={!mayStart} data-testid="workflow-enabled" onChange={(event) => void change({ enabled: event.target.checked }, event.target.checked ? "Switched on: the event starts runs." : "Switched off: the event starts nothing.")} />
        <span>{workflow.enabled ? "Switched on" : "Switched off"}</span>
      </label>
      <Field ids={ids.trigger} label="Event that starts it" help="Such as blog-post.updated. Without one, nothing starts it.">
        <TextControl id={ids.trigger.control} value={draft.trigger} readOnly={!mayStart} mono testid="workflow-trigger" onChange={set("trigger")} />
      </Field>
      <Field ids={ids.name} label="Name">
        <TextControl id={ids.name.control} value={draft.name} readOnly={readOnly} testid="workflow-name" onChange={set("name")} />
      </Field>
      <Field ids={ids.about} label="Description">
        <TextControl id={ids.about.control} value={draft.description} long rows={2} readOnly={readOnly} testid="workflow-description" onChange={set("description")} />
      </Field>
      {dirty && !readOnly && (
        <div className="row">
          <Button small look="primary" data-testid="save-settings" onClick={() => void change(changes, "Settings changed.")}>
            Apply settings
          </Button>
          <Button small onClick={() => setDraft({ name: workflow.name, description: workflow.description, trigger: workflow.trigger })}>
            Reset
          </Button>
        </div>
      )}
    </section>
  );
}
