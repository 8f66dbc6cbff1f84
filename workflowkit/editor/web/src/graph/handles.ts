import { type NodeHandle, Position } from "@xyflow/react";
import type { Branch } from "../model/branches";
import { nodeHeight, nodeWidth } from "../model/layout";

/** Handles have fixed places, so that edges can be drawn before, and without, any measuring. */
const size = 12;

export const targetHandle: NodeHandle = { id: "in", type: "target", position: Position.Top, x: nodeWidth / 2 - size / 2, y: 0, width: size, height: 1 };

export function branchLeft(at: number, count: number): number {
  return ((at + 1) / (count + 1)) * nodeWidth;
}

export function branchHandles(branches: Branch[], editing: boolean): NodeHandle[] {
  return branches.map((branch, i) => ({
    id: branch.key,
    type: "source",
    position: Position.Bottom,
    x: branchLeft(i, branches.length) - size / 2,
    y: editing ? nodeHeight - size / 2 : nodeHeight - 1,
    width: size,
    height: editing ? size : 1,
  }));
}
