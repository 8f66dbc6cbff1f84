import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import { Icon } from "../ui/Icon";
import type { Point } from "../model/positions";
import { useGraphActions } from "./actions";
import type { LinkData, LinkEdge } from "./types";

/** Wire is an edge of the graph, with its label, and a button that inserts an action. */
export const Wire = memo(function Wire({ id, data, selected, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, source, target }: EdgeProps<LinkEdge>) {
  const { addOn, select } = useGraphActions();
  const shift = (data?.shift ?? 0) * 36;
  const [path, x, y] =
    source === target
      ? loop(sourceX, sourceY, targetX, targetY)
      : data?.route
        ? through(sourceX, sourceY, data.route, targetX, targetY)
        : getBezierPath({ sourceX: sourceX, sourceY, targetX: targetX + shift / 3, targetY, sourcePosition, targetPosition, curvature: 0.3 });
  if (!data) return null;
  const look = lookOf(data, selected ?? false);
  return (
    <>
      <BaseEdge path={path} className={`wire wire-${look} ${data.kind === "plain" ? "" : "conditional"}`} markerEnd={`url(#arrow-${look})`} interactionWidth={18} />
      {(data.label || data.editing || data.state) && (
        <EdgeLabelRenderer>
          <div className={`wire-label wire-label-${look} nodrag nopan`} style={{ transform: `translate(-50%, -50%) translate(${x + shift}px, ${y}px)` }}>
            {data.label && (
              <button type="button" tabIndex={-1} className="wire-name" title={data.state?.reason ?? data.title} aria-label={data.title} onClick={() => select(id)}>
                <span>{data.label}</span>
                {data.findings && <Icon name={data.findings.errors ? "error" : "warning"} size={12} />}
              </button>
            )}
            {data.editing && (
              <button type="button" tabIndex={-1} className="wire-add" title="Insert an action here" aria-label={`Insert an action: ${data.title}`} data-testid="edge-add" data-edge={id} onClick={() => addOn(id)}>
                <Icon name="plus" size={12} />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

export const looks = ["plain", "selected", "taken", "untaken", "broken", "added", "removed", "changed"] as const;
type Look = (typeof looks)[number];

function lookOf(data: LinkData, selected: boolean): Look {
  if (selected) return "selected";
  if (data.state) return data.state.taken ? "taken" : "untaken";
  if (data.mark && data.mark !== "same") return data.mark;
  return data.findings?.errors ? "broken" : "plain";
}

/** A smooth line through points, from top to bottom. */
function through(x1: number, y1: number, route: Point[], x2: number, y2: number): [string, number, number] {
  const points = [{ x: x1, y: y1 }, ...route, { x: x2, y: y2 }];
  let path = `M ${x1} ${y1}`;
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1] as Point, points[i] as Point];
    const half = (to.y - from.y) / 2;
    path += ` C ${from.x} ${from.y + half}, ${to.x} ${to.y - half}, ${to.x} ${to.y}`;
  }
  const middle = points[Math.floor(points.length / 2)] as Point;
  return [path, middle.x, middle.y];
}

/** An edge from an action to itself, which stored workflows can hold: it goes around the node. */
function loop(x1: number, y1: number, x2: number, y2: number): [string, number, number] {
  const right = Math.max(x1, x2) + 170;
  return [`M ${x1} ${y1} C ${x1} ${y1 + 60}, ${right} ${y1 + 60}, ${right} ${(y1 + y2) / 2} S ${x2} ${y2 - 60}, ${x2} ${y2}`, right, (y1 + y2) / 2];
}
