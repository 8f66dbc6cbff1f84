import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { freeKey } from "../model/branches";
import { Icon, type IconName } from "../ui/Icon";
import { useGraphActions } from "./actions";
import { branchLeft } from "./handles";
import type { CardData, CardNode, NodeStatus } from "./types";

const statusIcons: Record<NodeStatus, IconName> = {
  running: "play",
  waiting: "clock",
  retrying: "refresh",
  completed: "check",
  failed: "error",
  skipped: "skip",
  cancelled: "close",
};

/** Card is a node of the graph: the trigger, an action, or an action that is missing. */
export const Card = memo(function Card({ id, data, selected }: NodeProps<CardNode>) {
  const names = ["card", `card-${data.variant}`];
  if (selected) names.push("selected");
  if (data.broken || data.errors > 0) names.push("has-errors");
  else if (data.warnings > 0) names.push("has-warnings");
  if (data.refused) names.push("refused");
  if (data.state) names.push(`status-${data.state.status}`);
  if (data.mark) names.push(`mark-${data.mark}`);
  return (
    <div className={names.join(" ")} data-testid={`node-${data.id}`} data-status={data.state?.status} data-mark={data.mark}>
      {data.variant !== "source" && <Handle type="target" id="in" position={Position.Top} isConnectableStart={false} className="handle-in" />}
      <CardIcon icon={data.icon} />
      <div className="card-text">
        <div className="card-title">{data.title}</div>
        <div className="card-subtitle">{data.state?.note ?? data.broken ?? data.subtitle}</div>
      </div>
      <CardBadge data={data} />
      <Branches uid={id} data={data} />
    </div>
  );
});

export function CardIcon({ icon }: { icon: CardData["icon"] }) {
  return (
    <div className="card-icon" aria-hidden="true">
      {typeof icon === "string" ? <Icon name={icon} size={18} /> : "image" in icon ? <img src={icon.image} alt="" width={18} height={18} draggable={false} /> : icon.letter}
    </div>
  );
}

function CardBadge({ data }: { data: CardData }) {
  if (data.state) {
    return (
      <span className={`badge badge-${data.state.status}`} title={data.state.status}>
        <Icon name={statusIcons[data.state.status]} size={14} />
      </span>
    );
  }
  if (data.mark && data.mark !== "same") return <span className={`badge badge-${data.mark}`}>{data.mark}</span>;
  if (data.errors > 0) return <span className="badge badge-failed" title={`${data.errors} errors`}>{data.errors}</span>;
  if (data.broken) return <span className="badge badge-failed"><Icon name="error" size={14} /></span>;
  if (data.warnings > 0) return <span className="badge badge-retrying" title={`${data.warnings} warnings`}>{data.warnings}</span>;
  return null;
}

/** Branches are the ways out. An edge is dragged from one; a click adds an action there. */
function Branches({ uid, data }: { uid: string; data: CardData }) {
  const { addAfter } = useGraphActions();
  return data.branches.map((branch, i) => (
    <Handle
      key={branch.key}
      id={branch.key}
      type="source"
      position={Position.Bottom}
      isConnectableEnd={false}
      style={{ left: branchLeft(i, data.branches.length) - 1 }}
      className={`handle-out ${data.used.split(" ").includes(branch.key) ? "used" : ""} ${branch.key === freeKey ? "free" : "named"}`}
      title={data.editing ? `${branch.label ? branch.label + ": d" : "D"}rag to connect, click to add` : branch.label}
      data-testid={`handle-${data.id}-${branch.key}`}
      onClick={(event) => {
        event.stopPropagation();
        if (data.editing && data.variant !== "ghost") addAfter(uid, branch);
      }}
    >
      {data.editing && <Icon name="plus" size={12} />}
      {branch.label && <span className="handle-label">{branch.label}</span>}
    </Handle>
  ));
}
