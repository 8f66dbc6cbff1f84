import { allowsFreeEdges, specName } from "../model/catalog";
import { branchesOf, branchKey, conditionLabel } from "../model/branches";
import { sourceID } from "../model/document";
import { remove } from "../model/edit";
import { type ActionNode, ghostID, type Link, nodeTitle } from "../model/index";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { useEditor } from "./context";

/** Connections lists the edges of a node, for those who cannot point at them. */
export function Connections({ node }: { node: Pick<ActionNode, "uid"> & Partial<ActionNode> }) {
  const { index, catalog, add, connectFrom, readOnly } = useEditor();
  const into = index.in.get(node.uid) ?? [];
  const out = index.out.get(node.uid) ?? [];
  const spec = catalog.get(node.view?.kind);
  const used = new Set(out.map((link) => branchKey(spec, link.view)));
  const open = branchesOf(spec).filter((branch) => branch.edge && !used.has(branch.key));
  return (
    <section className="panel-section" aria-labelledby="connections-title">
      <h3 id="connections-title">Connections</h3>
      <ul className="edges">
        {into.map((link) => (
          <EdgeRow key={link.uid} link={link} other={link.from} direction="from" />
        ))}
        {out.map((link) => (
          <EdgeRow key={link.uid} link={link} other={link.to} direction="to" />
        ))}
      </ul>
      {into.length + out.length === 0 && <p className="empty-note">Nothing leads here, and nothing follows.</p>}
      {!readOnly && (
        <div className="row wrap">
          <Button small icon="plus" onClick={() => add({ after: node.uid })} data-testid="add-after">
            Add after
          </Button>
          <Button small icon="link" onClick={() => connectFrom(node.uid)} data-testid="connect-to">
            Connect to …
          </Button>
          {open.length < branchesOf(spec).length || allowsFreeEdges(spec)
            ? open.map((branch) => (
                <Button key={branch.key} small icon="plus" onClick={() => add({ after: node.uid, branch: branch.key })}>
                  {branch.label}
                </Button>
              ))
            : null}
        </div>
      )}
    </section>
  );
}

function EdgeRow({ link, other, direction }: { link: Link; other: string; direction: "from" | "to" }) {
  const { index, catalog, reveal, edit, readOnly } = useEditor();
  const node = index.byUid.get(other);
  const spec = catalog.get(node?.view.kind);
  const ghost = ghostID(other);
  const title = other === sourceID ? "Trigger" : ghost !== undefined ? `Missing action “${ghost}”` : nodeTitle(node, spec && specName(spec));
  const label = link.view.name || conditionLabel(link.view.conditional);
  return (
    <li className="edge-row">
      <Icon name={direction === "from" ? "down" : "chevronRight"} size={14} />
      <span className="sr-only">{direction === "from" ? "After" : "Then"}</span>
      <button type="button" className="link grow" onClick={() => reveal(other, true)}>
        {title}
      </button>
      <button type="button" className="pill" onClick={() => reveal(link.uid)} data-testid="edit-edge" aria-label={`Condition of the edge ${direction} ${title}: ${label || "always"}`}>
        {label || "Always"}
      </button>
      {!readOnly && <IconButton small icon="trash" label={`Delete the edge ${direction} ${title}`} onClick={() => edit(remove([link.uid]))} />}
    </li>
  );
}
