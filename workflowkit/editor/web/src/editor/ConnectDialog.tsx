import { useMemo, useState } from "react";
import { branchesOf, nextBranch } from "../model/branches";
import { specName } from "../model/catalog";
import { connect } from "../model/edit";
import { ancestors, refusal } from "../model/graph";
import { nodeTitle } from "../model/index";
import { Dialog } from "../ui/Dialog";
import { useEditor } from "./context";

/** ConnectDialog draws an edge by keyboard. Actions to which it would close a cycle are listed with the reason. */
export function ConnectDialog({ from, onClose }: { from: string; onClose: () => void }) {
  const { index, catalog, edit } = useEditor();
  const [query, setQuery] = useState("");
  const spec = catalog.get(index.byUid.get(from)?.view.kind);
  const branches = branchesOf(spec);
  const [branch, setBranch] = useState(nextBranch(index, from, spec).key);
  const targets = useMemo(() => {
    const before = ancestors(index, from);
    return index.nodes.map((node) => {
      const kind = catalog.get(node.view.kind);
      return { uid: node.uid, title: nodeTitle(node, kind && specName(kind)), id: node.view.id, reason: refusal(index, from, node.uid, before) };
    });
  }, [index, catalog, from]);
  const shown = targets.filter((target) => `${target.title} ${target.id ?? ""}`.toLowerCase().includes(query.toLowerCase()));
  return (
    <Dialog title="Connect to …" onClose={onClose} testid="connect-dialog">
      {branches.length > 1 && (
        <label className="field">
          <span className="field-label">Way out</span>
          <select className="control" value={branch} onChange={(event) => setBranch(event.target.value)}>
            {branches.map((b) => (
              <option key={b.key} value={b.key}>
                {b.label || "Always"}
              </option>
            ))}
          </select>
        </label>
      )}
      <input className="control" type="search" aria-label="Search actions of this workflow" placeholder="Search actions of this workflow" value={query} autoFocus onChange={(event) => setQuery(event.target.value)} />
      <ul className="targets">
        {shown.map((target) => (
          <li key={target.uid}>
            <button
              type="button"
              className="target"
              disabled={target.reason !== undefined}
              data-testid={`target-${target.id ?? ""}`}
              onClick={() => {
                edit(connect(from, target.uid, branches.find((b) => b.key === branch)));
                onClose();
              }}
            >
              <span>
                {target.title} <span className="muted">{target.id}</span>
              </span>
              {target.reason && <span className="hint">{target.reason}</span>}
            </button>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="empty-note">There is no other action to connect to.</p>}
    </Dialog>
  );
}
