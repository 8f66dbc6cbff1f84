import { useMemo, useRef } from "react";
import type { Editing } from "../graph/Canvas";
import { branchesOf } from "../model/branches";
import { sourceID } from "../model/document";
import { addAction, connect, move, reconnect, specOf, storedID } from "../model/edit";
import { layout } from "../model/layout";
import { type Point, withoutPositions } from "../model/positions";
import { useAnnouncer } from "../ui/Announcer";
import type { EditorContext } from "./context";
import type { Open } from "./useOpen";

/** useCanvasEditing turns what is done to the graph with the mouse into edits. */
export function useCanvasEditing({ context, open }: { context: EditorContext; open: Open }): Editing {
  const { notify } = useAnnouncer();
  const latest = useRef({ context, open });
  latest.current = { context, open };
  return useMemo((): Editing => {
    const branch = (uid: string, key: string) => {
      const { doc, catalog } = latest.current.context;
      return branchesOf(specOf(doc, catalog, uid)).find((b) => b.key === key);
    };
    const store = (points: ReadonlyMap<string, Point>) => {
      const { context } = latest.current;
      const named: Record<string, Point> = {};
      for (const [uid, point] of points) {
        const id = storedID(context.doc, uid);
        if (id && (uid === sourceID || context.index.byUid.has(uid)) && !context.index.byUid.get(uid)?.duplicate) named[id] = point;
      }
      context.edit(move(named), "move");
    };
    return {
      addAfter: (uid, at) => latest.current.open.add({ after: uid, branch: at.key }),
      addOn: (edge) => latest.current.open.add({ on: edge }),
      connect: (from, key, to) => latest.current.context.edit(connect(from, to, branch(from, key))),
      reconnect: (edge, end, node) => latest.current.context.edit(reconnect(edge, end, node)),
      dropOpen: (from, key) => latest.current.open.add({ after: from, branch: key }),
      refuse: (reason) => notify(reason, "bad"),
      move: store,
      nudge: (dx, dy) => {
        const { doc, selection } = latest.current.context;
        const { places } = layout(doc);
        for (const uid of selection) {
          const point = places.get(uid);
          if (point) places.set(uid, { x: point.x + dx, y: point.y + dy });
        }
        store(places);
      },
      tidy: () => latest.current.context.edit((doc) => ({ doc: withoutPositions(doc) })),
      dropKind: (kind, { node, edge, at }) => latest.current.context.edit(addAction(kind, edge ? { on: edge } : node ? { after: node } : { at })),
    };
  }, [notify]);
}

