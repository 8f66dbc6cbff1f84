import type { ReactNode } from "react";
import { kindIcon } from "../graph/kinds";
import { specName } from "../model/catalog";
import { remove, repairID } from "../model/edit";
import { duplicate } from "../model/clipboard";
import { type ActionNode, nodeTitle } from "../model/index";
import { isObject } from "../model/json";
import { Button } from "../ui/Button";
import { Menu } from "../ui/Menu";
import { ActionForm } from "./ActionForm";
import { ActionLimits } from "./ActionLimits";
import { Connections } from "./Connections";
import { useEditor } from "./context";
import { EntryFindings } from "./EntryFindings";
import { NameFields } from "./NameFields";
import { PanelHead } from "./PanelHead";
import { RawEntry } from "./RawEntry";

/** ActionPanel is everything about one action. */
export function ActionPanel({ node, result, onClose }: { node: ActionNode; result?: ReactNode; onClose?: () => void }) {
  const { catalog, edit, readOnly } = useEditor();
  const spec = catalog.get(node.view.kind);
  const kind = spec ? specName(spec) : (node.view.kind ?? "No kind");
  const noID = node.view.id === undefined || node.view.id === "" || node.duplicate;
  const note = (
    <>
      {kind}
      {node.view.id && (
        <>
          {" · "}
          <span title="The action's id: refs and runs name it">id {node.view.id}</span>
        </>
      )}
    </>
  );
  return (
    <>
      <PanelHead icon={kindIcon(spec, node.view.kind)} title={nodeTitle(node, kind)} note={note} onClose={onClose}>
        {!readOnly && (
          <Menu
            icon="more"
            label="More for this action"
            items={[
              { label: "Duplicate", icon: "copy", hint: "Ctrl+D", run: () => edit(duplicate([node.uid])) },
              { label: "Delete", icon: "trash", hint: "Del", danger: true, run: () => edit(remove([node.uid])) },
            ]}
          />
        )}
      </PanelHead>
      <div className="panel-body">
        {result}
        {noID && (
          <div className="notice notice-error">
            <p>{node.duplicate ? `Another action has the id ${node.view.id}, so no edge can mean this one.` : "This action has no id, so no edge can lead to it."}</p>
            {!readOnly && isObject(node.entry.raw) && <Button small onClick={() => edit(repairID(node.uid))} data-testid="repair-id">Give it a new id</Button>}
          </div>
        )}
        <EntryFindings uid={node.uid} except={["/inputs/", "/retries", "/timeout"]} />
        {isObject(node.entry.raw) ? (
          <>
            <NameFields uid={node.uid} name={node.view.name} description={node.view.description} placeholder={kind} />
            <section className="panel-section" aria-labelledby="inputs-title">
              <h3 id="inputs-title">Inputs</h3>
              <ActionForm node={node} spec={spec} />
            </section>
            <Connections node={node} />
            <ActionLimits node={node} />
          </>
        ) : (
          <RawEntry uid={node.uid} raw={node.entry.raw} what="action" />
        )}
      </div>
    </>
  );
}
