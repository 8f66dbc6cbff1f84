import type { Connection, Edge, FinalConnectionState, OnConnectStartParams } from "@xyflow/react";
import { useMemo, useRef, useState } from "react";
import { ancestors, refusal } from "../model/graph";
import type { Doc } from "../model/document";
import { type Index, indexOf } from "../model/index";
import type { Point } from "../model/positions";
import type { LinkEdge } from "./types";

/** Connecting is what follows when an edge is drawn or led elsewhere with the mouse. */
export interface Connecting {
  connect: (from: string, branch: string, to: string) => void;
  reconnect: (edge: string, end: "from" | "to", node: string) => void;
  /** An edge was dropped where there is nothing. */
  dropOpen: (from: string, branch: string, at: Point) => void;
  refuse: (reason: string) => void;
}

interface Drag {
  index: Index;
  before: Set<string>;
}

/** useConnecting refuses edges that would close a cycle while they are being dragged: what lies before the start is out. */
export function useConnecting(doc: Doc, connecting: Connecting | undefined) {
  const [refused, setRefused] = useState<ReadonlySet<string>>();
  const drag = useRef<Drag | undefined>(undefined);
  const edge = useRef<string | undefined>(undefined);
  const latest = useRef({ doc, connecting });
  latest.current = { doc, connecting };
  const handlers = useMemo(() => {
    const start = (from: string, without?: string) => {
      const full = indexOf(latest.current.doc);
      const index = without === undefined ? full : indexOf({ ...latest.current.doc, edges: latest.current.doc.edges.filter((entry) => entry.uid !== without) });
      drag.current = { index, before: ancestors(index, from) };
      setRefused(drag.current.before);
    };
    const end = () => {
      drag.current = undefined;
      edge.current = undefined;
      setRefused(undefined);
    };
    const why = (from: string | null, to: string | null) => {
      if (!from || !to) return "An edge needs two ends.";
      const index = drag.current?.index ?? indexOf(latest.current.doc);
      return refusal(index, from, to);
    };
    return {
      onConnectStart: (_event: unknown, params: OnConnectStartParams) => {
        if (params.nodeId && edge.current === undefined) start(params.nodeId);
      },
      isValidConnection: (connection: Connection | Edge) => why(connection.source, connection.target) === undefined,
      onConnect: (connection: Connection) => latest.current.connecting?.connect(connection.source, connection.sourceHandle ?? "out", connection.target),
      onConnectEnd: (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
        const from = state.fromNode?.id;
        if (edge.current === undefined && from !== undefined && state.isValid !== true) {
          const { clientX: x, clientY: y } = "changedTouches" in event ? (event.changedTouches[0] as Touch) : event;
          // React Flow knows handles only. To let go anywhere on a card means that card.
          const card = state.toNode?.id ?? document.elementFromPoint(x, y)?.closest<HTMLElement>(".react-flow__node")?.dataset.id;
          const to = card === from && !moved(state) ? undefined : card;
          const reason = to === undefined ? undefined : why(from, to);
          if (reason) latest.current.connecting?.refuse(reason);
          else if (to !== undefined) latest.current.connecting?.connect(from, state.fromHandle?.id ?? "out", to);
          else if (to === undefined && moved(state)) latest.current.connecting?.dropOpen(from, state.fromHandle?.id ?? "out", { x, y });
        }
        if (edge.current === undefined) end();
      },
      onReconnectStart: (_event: unknown, old: LinkEdge) => {
        edge.current = old.id;
        start(old.source, old.id);
      },
      onReconnect: (old: LinkEdge, next: Connection) => {
        if (next.source !== old.source) latest.current.connecting?.reconnect(old.id, "from", next.source);
        if (next.target !== old.target) latest.current.connecting?.reconnect(old.id, "to", next.target);
      },
      onReconnectEnd: end,
    };
  }, []);
  return { active: refused !== undefined, refused, handlers };
}

function moved(state: FinalConnectionState): boolean {
  return !state.from || !state.to || Math.hypot(state.to.x - state.from.x, state.to.y - state.from.y) > 24;
}
