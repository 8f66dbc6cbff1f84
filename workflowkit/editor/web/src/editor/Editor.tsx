import { type KeyboardEvent, useCallback, useEffect, useMemo, useReducer, useState } from "react";
import type { Workflow } from "../api/types";
import { useApp } from "../app/context";
import { useLoad, useNarrow } from "../app/load";
import { Canvas } from "../graph/Canvas";
import { isDirty, newEditor, reduce } from "../model/editor";
import { indexOf } from "../model/index";
import { countBy, countText } from "../model/problems";
import type { Json } from "../model/json";
import type { Edit } from "../model/edit";
import { useAnnouncer } from "../ui/Announcer";
import { Button, IconButton } from "../ui/Button";
import { ActionPicker } from "./ActionPicker";
import { type EditorContext, EditorProvider } from "./context";
import { Dialogs } from "./Dialogs";
import { Drawer } from "./Drawer";
import { Inspector } from "./Inspector";
import { Outcome } from "./Outcome";
import { Toolbar } from "./Toolbar";
import { useCanvasEditing } from "./useCanvasEditing";
import { useClipboard } from "./useClipboard";
import { useCommands } from "./useCommands";
import { useDryRun } from "./useDryRun";
import { useLeaveGuard } from "./useLeaveGuard";
import { useOpen } from "./useOpen";
import { useSave } from "./useSave";
import { useShortcuts } from "./useShortcuts";
import { useValidation } from "./useValidation";
import { Unreadable } from "./Unreadable";

/** Editor edits one workflow. */
export function Editor({ workflow, onWorkflow }: { workflow: Workflow; onWorkflow: (workflow: Workflow) => void }) {
  const { api, catalog, session } = useApp();
  const { say } = useAnnouncer();
  const narrow = useNarrow();
  const readOnly = !session.can.edit || narrow;
  const [state, dispatch] = useReducer(reduce, undefined, () => newEditor(catalog, workflow.draft?.definition, workflow.draft?.number ?? 0));
  const doc = state.history.doc;
  const index = indexOf(doc);
  const dirty = isDirty(state);
  const [judgement, judge] = useValidation(doc);
  const sample = useLoad<{ event: Json }>(`sample ${workflow.id}`, () => api.sampleEvent(workflow.id));
  const sampleEvent: Json = sample.data?.event ?? {};
  const open = useOpen();
  const dry = useDryRun(doc, sampleEvent);
  const [show, setShow] = useState<{ uid: string; focus?: boolean }>();

  const edit = useCallback((change: Edit, group?: string) => dispatch({ type: "edit", edit: change, group }), []);
  const { openPanel } = open;
  const reveal = useCallback(
    (uid: string, focus = false) => {
      dispatch({ type: "select", uids: [uid] });
      openPanel();
      setShow({ uid, focus });
    },
    [openPanel],
  );
  const onSelect = useCallback((on: readonly string[], off: readonly string[]) => dispatch({ type: "selectChange", on, off }), []);
  const current = judgement.doc === doc ? judgement.findings : judgement.findings.filter((finding) => finding.uid === undefined || index.byUid.has(finding.uid) || index.linkByUid.has(finding.uid));
  const counts = useMemo(() => countBy(judgement.findings), [judgement.findings]);
  const total = countText(judgement.findings);
  useEffect(() => {
    if (judgement.doc) say(total);
  }, [total, judgement.doc === undefined, say]);

  const context: EditorContext = {
    workflow,
    catalog,
    doc,
    index,
    selection: state.selection,
    readOnly,
    findings: current,
    scopes: judgement.scopes,
    sampleEvent,
    dispatch,
    edit,
    reveal,
    add: open.add,
    connectFrom: open.connectFrom,
    onWorkflow,
  };
  const saving = useSave({ workflow, state, dispatch, onWorkflow, onProblems: judge, onRefused: open.openProblems });
  const commands = useCommands({ context, state, open, saving, dirty, dry });
  useShortcuts(commands.shortcuts);
  useClipboard(context);
  useLeaveGuard(dirty);
  const editing = useCanvasEditing({ context, open });
  const result = (uid: string) => {
    const action = dry.actions.get(uid);
    const edge = dry.edges.get(uid);
    return action ? <Outcome title="Dry run" of={action} /> : edge ? <Outcome title="Dry run" of={edge} /> : undefined;
  };

  return (
    <EditorProvider value={context}>
      <Toolbar
        workflow={workflow}
        dirty={dirty}
        base={state.base}
        busy={saving.busy}
        readOnly={readOnly}
        canPublish={session.can.publish && !narrow}
        canUndo={state.history.past.length > 0}
        canRedo={state.history.future.length > 0}
        onUndo={() => dispatch({ type: "undo" })}
        onRedo={() => dispatch({ type: "redo" })}
        onAdd={() => open.add(commands.place)}
        onDryRun={open.toggleDryRun}
        onSave={() => void saving.save()}
        onPublish={commands.publish}
        menu={commands.menu}
      />
      <div className={`editor ${open.palette && !readOnly ? "" : "no-palette"} ${open.panel ? "" : "no-panel"}`}>
        {!readOnly && (
          <aside className="palette" aria-label="Actions to add">
            {open.palette ? (
              <>
                <div className="palette-head">
                  <h2>Add an action</h2>
                  <IconButton small icon="chevronLeft" label="Hide the palette" onClick={open.togglePalette} />
                </div>
                <p className="palette-hint" data-testid="palette-target">
                  {commands.placeText}
                </p>
                <ActionPicker catalog={catalog} draggable onPick={(kind) => commands.addKind(kind)} />
              </>
            ) : (
              <IconButton icon="plus" label="Show the palette" onClick={open.togglePalette} />
            )}
          </aside>
        )}
        <main className="stage" aria-label="Graph of the workflow">
          {doc.unreadable !== undefined ? (
            <Unreadable value={doc.unreadable} onEdit={open.openJson} />
          ) : (
            <Canvas
              doc={doc}
              catalog={catalog}
              trigger={workflow.trigger}
              label={`Workflow ${workflow.name}. Arrow keys go from action to action, question mark lists all keys.`}
              selection={state.selection}
              onSelect={onSelect}
              editing={readOnly ? undefined : editing}
              findings={counts}
              states={dry.states}
              edgeStates={dry.edgeStates}
              show={show}
              onOpen={commands.configure}
            />
          )}
          {index.nodes.length === 0 && doc.unreadable === undefined && !readOnly && (
            <div className="canvas-empty">
              <p>Nothing happens yet when the event comes in.</p>
              <Button look="primary" icon="plus" onClick={() => open.add({ after: "$source" })} data-testid="add-first">
                Add the first action
              </Button>
            </div>
          )}
          {readOnly && <p className="read-only-note">{narrow ? "Read only on small screens." : "You may look at this workflow, but not change it."}</p>}
          <Drawer open={open} dry={dry} error={judgement.error} summary={total} />
        </main>
        {open.panel ? (
          <aside className={state.selection.length > 0 ? "panel open" : "panel"} aria-label="Properties" data-testid="inspector" onKeyDown={backToGraph}>
            <Inspector result={result} onClose={narrow ? () => dispatch({ type: "select", uids: [] }) : open.togglePanel} />
          </aside>
        ) : (
          <IconButton className="panel-open" icon="chevronLeft" label="Show the properties" onClick={open.togglePanel} />
        )}
      </div>
      <Dialogs open={open} saving={saving} commands={commands} base={state.base} />
    </EditorProvider>
  );
}

/** Escape leads from the panel back to the node that it is about. */
function backToGraph(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.preventDefault();
  document.querySelector<HTMLElement>('.stage .react-flow__node[tabindex="0"]')?.focus();
}
