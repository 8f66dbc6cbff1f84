import { parseDoc, sourceID, storeDoc } from "../model/document";
import type { Json } from "../model/json";
import { ConflictDialog } from "./ConflictDialog";
import { ConnectDialog } from "./ConnectDialog";
import { useEditor } from "./context";
import { JsonDialog } from "./JsonDialog";
import { NoteDialog } from "./NoteDialog";
import { PickerDialog } from "./PickerDialog";
import { ShortcutsDialog } from "./ShortcutsDialog";
import type { useCommands } from "./useCommands";
import type { Open } from "./useOpen";
import type { useSave } from "./useSave";

interface Props {
  open: Open;
  saving: ReturnType<typeof useSave>;
  commands: ReturnType<typeof useCommands>;
  base: number;
}

/** Dialogs are the dialogs of the editor, of which one is open at most. */
export function Dialogs({ open, saving, commands, base }: Props) {
  const { doc, readOnly, edit, index } = useEditor();
  const { asked, close } = open;
  const replace = (value: Json) => {
    edit((_doc, context) => {
      const parsed = parseDoc(value);
      const rename = (list: typeof parsed.actions) => list.map((entry) => ({ ...entry, uid: context.uid() }));
      return { doc: { ...parsed, actions: rename(parsed.actions), edges: rename(parsed.edges) }, select: [] };
    });
    close();
  };
  return (
    <>
      {asked?.dialog === "add" && (
        <PickerDialog
          title={asked.on !== undefined ? "Insert an action on this edge" : asked.after === undefined ? "Add an action" : asked.after === sourceID ? "Add an action after the trigger" : `Add an action after ${index.byUid.get(asked.after)?.view.name ?? "this one"}`}
          onClose={close}
          onPick={(kind) => {
            close();
            commands.addKind(kind, asked);
          }}
        />
      )}
      {asked?.dialog === "connect" && <ConnectDialog from={asked.from} onClose={close} />}
      {asked?.dialog === "shortcuts" && <ShortcutsDialog shortcuts={commands.shortcuts} onClose={close} />}
      {asked?.dialog === "json" && <JsonDialog title={readOnly ? "The workflow as JSON" : "Edit as JSON"} lead={readOnly ? "This is what is stored." : "The whole definition. Applying it is one step, which can be undone."} value={storeDoc(doc)} readOnly={readOnly} onApply={replace} onClose={close} />}
      {asked?.dialog === "import" && <JsonDialog title="Import a workflow" lead="Open a file, or paste the JSON of a workflow. It replaces what is here; undo brings it back." onApply={replace} onClose={close} />}
      {asked?.dialog === "note" && (
        <NoteDialog
          onClose={close}
          onSave={(note) => {
            close();
            void saving.save(note);
          }}
        />
      )}
      {saving.conflict && (
        <ConflictDialog
          conflict={saving.conflict}
          base={base}
          onClose={() => saving.setConflict(undefined)}
          onTheirs={() => void commands.takeTheirs()}
          onMine={() => void saving.save(saving.conflict?.note ?? "", saving.conflict?.theirs.number)}
        />
      )}
    </>
  );
}
