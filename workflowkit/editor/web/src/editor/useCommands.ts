import { branchesOf, nextBranch } from "../model/branches";
import { specName } from "../model/catalog";
import { copyText, duplicate } from "../model/clipboard";
import { sourceID, storeDoc } from "../model/document";
import { addAction, type Place, remove, specOf } from "../model/edit";
import type { EditorState } from "../model/editor";
import { nodeTitle } from "../model/index";
import { stringifyJson } from "../model/json";
import { withoutPositions } from "../model/positions";
import { useAnnouncer } from "../ui/Announcer";
import { useConfirm } from "../ui/Confirm";
import type { MenuItem } from "../ui/Menu";
import type { EditorContext } from "./context";
import { copyToClipboard, download, fileName } from "./files";
import type { DryRun } from "./useDryRun";
import type { Open } from "./useOpen";
import type { useSave } from "./useSave";
import type { Shortcut } from "./useShortcuts";

interface Options {
  context: EditorContext;
  state: EditorState;
  open: Open;
  saving: ReturnType<typeof useSave>;
  dirty: boolean;
  dry: DryRun;
}

/** useCommands are the commands of the editor: those of the menu, and those of the keyboard. */
export function useCommands({ context, state, open, saving, dirty, dry }: Options) {
  const { notify } = useAnnouncer();
  const confirm = useConfirm();
  const { doc, index, selection, readOnly, edit, reveal, dispatch, workflow, catalog } = context;
  const place = defaultPlace(context);
  const titleOf = (uid: string) => {
    const spec = specOf(doc, catalog, uid);
    return uid === sourceID ? "the trigger" : nodeTitle(index.byUid.get(uid), spec && specName(spec));
  };
  const placeText = place.on !== undefined ? "Goes on the selected edge." : place.after !== undefined ? `Goes after ${titleOf(place.after)}.` : "Goes beside the others: select an action to add after it.";
  const addKind = (kind: string, at: { after?: string; branch?: string; on?: string } = place) => {
    const branch = at.after !== undefined && at.branch !== undefined ? branchesOf(specOf(doc, catalog, at.after)).find((b) => b.key === at.branch) : undefined;
    const target: Place = at.on !== undefined ? { on: at.on } : at.after !== undefined ? { after: at.after, branch: branch ?? nextBranch(index, at.after, specOf(doc, catalog, at.after)) } : {};
    edit(addAction(kind, target));
    const spec = catalog.get(kind);
    notify(`${spec ? specName(spec) : kind} added.`, "good");
  };
  const configure = () => {
    open.openPanel();
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".panel .panel-body :is(input, textarea, select, button):not([disabled])")?.focus());
  };
  const publish = async () => {
    const number = dirty ? (await saving.save())?.number : state.base;
    if (number) await saving.publish(number);
  };
  const nextProblem = () => {
    const about = [...new Set(context.findings.flatMap((finding) => (finding.uid === undefined ? [] : [finding.uid])))];
    const at = about.indexOf(selection[0] ?? "");
    const next = about[(at + 1) % about.length];
    if (next !== undefined) reveal(next, true);
    else notify("There are no problems.");
  };
  const nextEdge = () => {
    const uid = selection[0] ?? sourceID;
    const link = index.linkByUid.get(uid);
    const list = index.out.get(link ? link.from : uid) ?? [];
    const next = list[(list.findIndex((l) => l.uid === uid) + 1) % Math.max(list.length, 1)];
    if (next) reveal(next.uid);
    else notify("No edge leaves here.");
  };
  const selectAll = () => dispatch({ type: "select", uids: index.nodes.map((node) => node.uid) });
  const copy = async () => {
    const ok = await copyToClipboard(copyText(doc, selection) ?? stringifyJson(storeDoc(doc), 2));
    notify(ok ? "Copied as JSON." : "The browser does not allow to copy. Use Export instead.", ok ? "good" : "bad");
  };
  const takeTheirs = async () => {
    if (!saving.conflict) return;
    dispatch({ type: "load", definition: saving.conflict.theirs.definition, version: saving.conflict.theirs.number, keepHistory: true });
    context.onWorkflow({ ...workflow, draft: saving.conflict.theirs });
    saving.setConflict(undefined);
    notify(`Version ${saving.conflict.theirs.number} is here now. Undo brings back yours.`, "good");
  };
  const discard = async () => {
    const sure = await confirm({ title: "Discard your changes?", text: "Everything since the last save is thrown away. Undo brings it back as long as this page is open.", confirm: "Discard", danger: true });
    if (sure) edit(() => ({ doc: state.saved, select: [] }));
  };
  const can = (shortcut: Shortcut): Shortcut[] => (readOnly ? [] : [shortcut]);
  const shortcuts: Shortcut[] = [
    ...can({ keys: "A, /", label: "Add an action after the selected one, or on the selected edge", run: () => open.add(place) }),
    ...can({ keys: "C", label: "Connect the selected action to another one", run: () => open.connectFrom(selection.find((uid) => index.byUid.has(uid)) ?? sourceID) }),
    { keys: "E", label: "Go to the next edge that leaves the action", run: nextEdge },
    { keys: "P", label: "Go to the next problem", run: nextProblem },
    ...can({ keys: "Del, Backspace", label: "Delete what is selected", run: () => edit(remove(selection)) }),
    ...can({ keys: "Ctrl+D", label: "Duplicate the selected actions", run: () => edit(duplicate(selection)) }),
    { keys: "Ctrl+A", label: "Select all actions", run: selectAll },
    { keys: "Esc", label: "Select nothing", run: () => dispatch({ type: "select", uids: [] }) },
    ...can({ keys: "Ctrl+Z", label: "Undo", run: () => dispatch({ type: "undo" }), everywhere: true }),
    ...can({ keys: "Ctrl+Shift+Z, Ctrl+Y", label: "Redo", run: () => dispatch({ type: "redo" }), everywhere: true }),
    ...can({ keys: "Ctrl+S", label: "Save", run: () => void (dirty ? saving.save() : notify("There is nothing to save.")), everywhere: true }),
    { keys: "Ctrl+Enter", label: "Run dry", run: () => void (open.drawer !== "dry-run" && open.toggleDryRun(), dry.run()), everywhere: true },
    ...can({ keys: "T", label: "Arrange automatically", run: () => edit((d) => ({ doc: withoutPositions(d) })) }),
    { keys: "F", label: "Zoom to fit", run: () => press("fit") },
    { keys: "+", label: "Zoom in", run: () => press("zoom-in") },
    { keys: "-", label: "Zoom out", run: () => press("zoom-out") },
    { keys: "?", label: "Show the keyboard shortcuts", run: open.openShortcuts },
  ];
  const menu: (MenuItem | "line")[] = [
    ...(readOnly ? [] : ([{ label: "Save with a note", icon: "check", disabled: !dirty, run: open.openNote }, { label: "Discard changes", icon: "undo", danger: true, disabled: !dirty, run: () => void discard() }, "line"] as const)),
    ...(readOnly ? [] : ([{ label: "Import", icon: "upload", run: open.openImport }] as const)),
    { label: "Export", icon: "download", run: () => download(fileName(workflow.name), stringifyJson(storeDoc(doc), 2) + "\n") },
    { label: selection.length > 0 ? "Copy the selection as JSON" : "Copy as JSON", icon: "copy", run: () => void copy() },
    { label: readOnly ? "Show as JSON" : "Edit as JSON", icon: "code", run: open.openJson },
    "line",
    ...(readOnly ? [] : ([{ label: "Arrange automatically", icon: "tidy", hint: "T", run: () => edit((d) => ({ doc: withoutPositions(d) })) }] as const)),
    { label: "Keyboard shortcuts", icon: "keyboard", hint: "?", run: open.openShortcuts },
  ];
  return { place, placeText, addKind, configure, publish: () => void publish(), takeTheirs, shortcuts, menu };
}

function press(testid: string): void {
  document.querySelector<HTMLElement>(`[data-testid="${testid}"]`)?.click();
}

/** Where an action goes if nobody says where: after the selected action, on the selected edge, or after the only end. */
function defaultPlace({ index, selection }: EditorContext): { after?: string; on?: string } {
  const [uid] = selection;
  if (uid !== undefined && index.linkByUid.has(uid)) return { on: uid };
  if (uid !== undefined && (uid === sourceID || index.byUid.has(uid))) return { after: uid };
  const ends = [sourceID, ...index.byUid.keys()].filter((at) => (index.out.get(at) ?? []).length === 0 && (at === sourceID || (index.in.get(at) ?? []).length > 0));
  return ends.length === 1 ? { after: ends[0] } : {};
}
