import { remove } from "../model/edit";
import { ghostID } from "../model/index";
import { plural } from "../model/problems";
import { Button } from "../ui/Button";
import { Connections } from "./Connections";
import { useEditor } from "./context";
import { PanelHead } from "./PanelHead";

/** GhostPanel is about an action that edges name and that is not there. */
export function GhostPanel({ uid, onClose }: { uid: string; onClose?: () => void }) {
  const { edit, index, readOnly } = useEditor();
  const edges = (index.in.get(uid)?.length ?? 0) + (index.out.get(uid)?.length ?? 0);
  return (
    <>
      <PanelHead icon="warning" title={`Missing action “${ghostID(uid) ?? ""}”`} note="Edges name it, but it is not there" onClose={onClose} />
      <div className="panel-body">
        <div className="notice notice-error">
          <p>Drag the end of an edge to another action, or delete the edges. Adding an action here gives it an id of its own.</p>
        </div>
        <Connections node={{ uid }} />
        {!readOnly && (
          <Button small look="danger" icon="trash" onClick={() => edit(remove([uid]))} data-testid="delete-dangling">
            Delete {plural(edges, "edge")}
          </Button>
        )}
      </div>
    </>
  );
}
