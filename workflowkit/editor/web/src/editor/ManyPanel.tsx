import { copyText, duplicate } from "../model/clipboard";
import { remove } from "../model/edit";
import { plural } from "../model/problems";
import { Button } from "../ui/Button";
import { copyToClipboard } from "./files";
import { useEditor } from "./context";
import { PanelHead } from "./PanelHead";

/** ManyPanel is about several things at once. */
export function ManyPanel({ onClose }: { onClose?: () => void }) {
  const { doc, index, selection, edit, readOnly } = useEditor();
  const actions = selection.filter((uid) => index.byUid.has(uid));
  const edges = selection.filter((uid) => index.linkByUid.has(uid));
  return (
    <>
      <PanelHead icon="box" title={`${plural(actions.length, "action")}, ${plural(edges.length, "edge")}`} note="Selected" onClose={onClose} />
      <div className="panel-body row wrap">
        <Button small icon="copy" onClick={() => void copyToClipboard(copyText(doc, actions) ?? "")} disabled={actions.length === 0}>
          Copy as JSON
        </Button>
        {!readOnly && (
          <>
            <Button small icon="copy" onClick={() => edit(duplicate(actions))} disabled={actions.length === 0}>
              Duplicate
            </Button>
            <Button small look="danger" icon="trash" onClick={() => edit(remove(selection))}>
              Delete
            </Button>
          </>
        )}
      </div>
    </>
  );
}
