import type { Index } from "../model/index";
import type { Point } from "../model/positions";

/**
 * neighbour finds the node to which an arrow key leads: along the edges first, so that down follows a path, and otherwise the
 * nearest one in that direction.
 */
export function neighbour(places: ReadonlyMap<string, Point>, index: Index, from: string, dx: number, dy: number): string | undefined {
  const at = places.get(from);
  if (!at) return places.keys().next().value;
  const linked = dy > 0 ? index.out.get(from)?.map((link) => link.to) : dy < 0 ? index.in.get(from)?.map((link) => link.from) : undefined;
  const along = linked?.filter((uid) => uid !== from && ((places.get(uid)?.y ?? at.y) - at.y) * dy > 0);
  const candidates = along && along.length > 0 ? along : [...places.keys()];
  let best: string | undefined;
  let least = Infinity;
  for (const uid of candidates) {
    const point = places.get(uid);
    if (!point || uid === from) continue;
    const ahead = (point.x - at.x) * dx + (point.y - at.y) * dy;
    const aside = Math.abs((point.x - at.x) * dy) + Math.abs((point.y - at.y) * dx);
    if (ahead <= 4) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) {
      least = cost;
      best = uid;
    }
  }
  return best;
}
