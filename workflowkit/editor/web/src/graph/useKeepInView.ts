import { useReactFlow, type Viewport } from "@xyflow/react";
import { type RefObject, useEffect, useRef } from "react";
import { nodeHeight, nodeWidth } from "../model/layout";
import type { Point } from "../model/positions";

const margin = 24;
/** Below this zoom the cards cannot be read well; a larger graph is moved instead. */
const readable = 0.6;
/** Beside a panel that has opened, an overview is worth smaller cards. */
const legible = 0.4;

interface Box {
  width: number;
  height: number;
}

/** useKeepInView follows a graph that grows, and a canvas that changes its size. When an action is added outside of what is
 * seen, the whole graph is shown if it is still readable then, or else the action. A graph that was seen as a whole is seen as
 * a whole beside a panel that opens, and when it closes again. */
export function useKeepInView(box: RefObject<HTMLDivElement | null>, arranged: ReadonlyMap<string, Point>, focus: string, motion: () => number): void {
  const flow = useReactFlow();
  const count = useRef(arranged.size);
  const latest = useRef(arranged);
  latest.current = arranged;
  useEffect(() => {
    const grown = arranged.size > count.current;
    count.current = arranged.size;
    const rect = box.current?.getBoundingClientRect();
    const point = arranged.get(focus);
    if (!grown || !rect || !point) return;
    const view = flow.getViewport();
    if (seen([point], rect, view, margin)) return;
    const whole = fit([...arranged.values()], rect, Math.max(view.zoom, readable));
    if (whole.zoom >= readable) void flow.setViewport(whole, { duration: motion() });
    else void flow.setCenter(point.x + nodeWidth / 2, point.y + nodeHeight / 2, { zoom: view.zoom, duration: motion() });
  // the graph has grown, whatever else has changed
  }, [arranged]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let last: Box = { width: element.clientWidth, height: element.clientHeight };
    const observer = new ResizeObserver(() => {
      const now = { width: element.clientWidth, height: element.clientHeight };
      const points = [...latest.current.values()];
      const view = flow.getViewport();
      const before = last;
      last = now;
      if (before.width === 0 || now.width === 0 || !seen(points, before, view, 0)) return;
      const whole = fit(points, now, 1);
      if (whole.zoom >= legible) void flow.setViewport(whole, { duration: motion() });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, flow, motion]);
}

/** seen says whether all cards are inside of the canvas. */
function seen(points: readonly Point[], box: Box, { x, y, zoom }: Viewport, edge: number): boolean {
  return points.every((point) => {
    const left = point.x * zoom + x;
    const top = point.y * zoom + y;
    return left >= edge && top >= edge && left + nodeWidth * zoom <= box.width - edge && top + nodeHeight * zoom <= box.height - edge;
  });
}

/** fit is the view of all cards, at no more than a zoom. */
function fit(points: readonly Point[], box: Box, most: number): Viewport {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    minX = Math.min(minX, x);
    minY = Math.min(minY, y);
    maxX = Math.max(maxX, x + nodeWidth);
    maxY = Math.max(maxY, y + nodeHeight);
  }
  const zoom = Math.min((box.width - 3 * margin) / (maxX - minX), (box.height - 3 * margin) / (maxY - minY), most, 1);
  return { zoom, x: box.width / 2 - ((minX + maxX) / 2) * zoom, y: box.height / 2 - ((minY + maxY) / 2) * zoom };
}
