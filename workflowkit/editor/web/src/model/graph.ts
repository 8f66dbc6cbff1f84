import { sourceID } from "./document";
import { ghostID, type Index } from "./index";

/** ancestors returns all nodes from which a path leads to the node, and the node itself. */
export function ancestors(index: Index, uid: string): Set<string> {
  return walk(uid, (at) => index.in.get(at)?.map((link) => link.from));
}

export function descendants(index: Index, uid: string): Set<string> {
  return walk(uid, (at) => index.out.get(at)?.map((link) => link.to));
}

function walk(start: string, next: (uid: string) => string[] | undefined): Set<string> {
  const seen = new Set([start]);
  const queue = [start];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const uid of next(at) ?? []) {
      if (!seen.has(uid)) {
        seen.add(uid);
        queue.push(uid);
      }
    }
  }
  return seen;
}

/** refusal says why an edge between two nodes cannot be drawn, or nothing if it can. */
export function refusal(index: Index, from: string, to: string, before = ancestors(index, from)): string | undefined {
  if (to === sourceID) return "Nothing can lead to the trigger: it starts the run.";
  if (ghostID(from) !== undefined || ghostID(to) !== undefined) return "This action does not exist.";
  const target = index.byUid.get(to);
  if (!target?.view.id || target.duplicate) return "This action has no id of its own yet. Repair it first.";
  const source = index.byUid.get(from);
  if (from !== sourceID && (!source?.view.id || source.duplicate)) return "This action has no id of its own yet. Repair it first.";
  if (from === to) return "An action cannot wait for itself.";
  if (before.has(to)) return "This would close a cycle: the actions would wait for each other.";
  return undefined;
}

/** onCycle returns the nodes that wait for each other, directly or not. */
export function onCycle(index: Index): Set<string> {
  const degree = new Map<string, number>();
  for (const link of index.links) degree.set(link.to, (degree.get(link.to) ?? 0) + 1);
  const all = [sourceID, ...index.ghosts, ...index.byUid.keys()];
  const queue = all.filter((uid) => !degree.get(uid));
  const left = new Set(all);
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    left.delete(at);
    for (const link of index.out.get(at) ?? []) {
      const d = (degree.get(link.to) ?? 0) - 1;
      degree.set(link.to, d);
      if (d === 0) queue.push(link.to);
    }
  }
  return left;
}
