import { useMemo, useState } from "react";
import { Canvas } from "../graph/Canvas";
import { parseDoc, storeDoc } from "../model/document";
import { stringifyJson } from "../model/json";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { DateText } from "../ui/DateText";
import { copyToClipboard, download } from "./files";
import { useEditor } from "./context";
import { DiffView } from "./DiffView";
import type { Conflict } from "./useSave";

const views = [
  { view: "diff", label: "From theirs to mine" },
  { view: "theirs", label: "Theirs" },
  { view: "mine", label: "Mine" },
] as const;
const nothing: readonly string[] = [];
const ignore = () => undefined;

interface Props {
  conflict: Conflict;
  base: number;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}

/** ConflictDialog shows what somebody else has saved in between, beside one's own work. Nothing is lost unasked. */
export function ConflictDialog({ conflict, base, onMine, onTheirs, onClose }: Props) {
  const { catalog, workflow } = useEditor();
  const [copied, setCopied] = useState("");
  const [view, setView] = useState<"diff" | "theirs" | "mine">("diff");
  const theirs = useMemo(() => parseDoc(conflict.theirs.definition), [conflict.theirs]);
  const mine = stringifyJson(storeDoc(conflict.mine), 2);
  const copy = async () => {
    if (await copyToClipboard(mine)) return setCopied("Your state is on the clipboard.");
    download("my-workflow.json", mine);
    setCopied("Your state was saved as a file.");
  };
  return (
    <Dialog
      title="Somebody else has saved in the meantime"
      onClose={onClose}
      wide="full"
      testid="conflict"
      actions={
        <>
          <span role="status" className="grow">
            {copied}
          </span>
          <Button icon="copy" onClick={() => void copy()} data-testid="conflict-copy">
            Copy mine
          </Button>
          <Button onClick={onClose}>Decide later</Button>
          <Button onClick={onTheirs} data-testid="conflict-theirs">
            Take theirs
          </Button>
          <Button look="primary" onClick={onMine} data-testid="conflict-mine">
            Save mine as version {conflict.theirs.number + 1}
          </Button>
        </>
      }
    >
      <div className="conflict-sides">
        <p>
          <strong>Theirs:</strong> version {conflict.theirs.number}
          {conflict.theirs.author && ` by ${conflict.theirs.author}`}, <DateText of={conflict.theirs.created_at} />
          {conflict.theirs.note && <> — “{conflict.theirs.note}”</>}
        </p>
        <p>
          <strong>Mine:</strong> your changes, made on version {base}. Their version stays in the history whatever you choose, and taking theirs can be undone.
        </p>
      </div>
      <div className="segments" role="radiogroup" aria-label="What to look at">
        {views.map((option) => (
          <label key={option.view} className={option.view === view ? "segment on" : "segment"}>
            <input type="radio" name="conflict-view" checked={option.view === view} onChange={() => setView(option.view)} />
            {option.label}
          </label>
        ))}
      </div>
      {view === "diff" ? (
        <DiffView before={theirs} after={conflict.mine} catalog={catalog} trigger={workflow.trigger} label="Differences between their version and yours" />
      ) : (
        <div className="diff">
          <Canvas key={view} doc={view === "theirs" ? theirs : conflict.mine} catalog={catalog} trigger={workflow.trigger} label={view === "theirs" ? "Their version" : "Your version"} selection={nothing} onSelect={ignore} overview={false} />
        </div>
      )}
    </Dialog>
  );
}
