import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect, useRef } from "react";
import { nodeHeight, nodeWidth } from "../model/layout";
import type { Point } from "../model/positions";

const margin = 24;
/** Below this zoom the cards cannot be read; a larger graph is moved instead. */
const readable = 0.6;

/** useKeepInView follows a graph that grows: when an action is added outside of what is seen, or half of it is, the whole
 * graph is shown if it is still readable then, or else the action. */
export function useKeepInView(box: RefObject<HTMLDivElement | null>, arranged: ReadonlyMap<string, Point>, focus: string, motion: () => number): void {
  const flow = useReactFlow();
  const size = useRef(arranged.size);
  useEffect(() => {
    const grown = arranged.size > size.current;
    size.current = arranged.size;
    const rect = box.current?.getBoundingClientRect();
    const point = arranged.get(focus);
    if (!grown || !rect || !point) return;
    const { x, y, zoom } = flow.getViewport();
    const left = point.x * zoom + x;
    const top = point.y * zoom + y;
    const seen = left >= margin && top >= margin && left + nodeWidth * zoom <= rect.width - margin && top + nodeHeight * zoom <= rect.height - margin;
    if (seen) return;
    const all = [...arranged.values()];
    const minX = Math.min(...all.map((at) => at.x));
    const minY = Math.min(...all.map((at) => at.y));
    const width = Math.max(...all.map((at) => at.x)) + nodeWidth - minX;
    const height = Math.max(...all.map((at) => at.y)) + nodeHeight - minY;
    const whole = Math.min((rect.width - 4 * margin) / width, (rect.height - 4 * margin) / height, Math.max(zoom, readable), 1);
    if (whole >= readable) {
      void flow.setViewport({ zoom: whole, x: rect.width / 2 - (minX + width / 2) * whole, y: rect.height / 2 - (minY + height / 2) * whole }, { duration: motion() });
    } else {
      void flow.setCenter(point.x + nodeWidth / 2, point.y + nodeHeight / 2, { zoom, duration: motion() });
    }
  // the graph has grown, whatever else has changed
  }, [arranged]);
}
