import type { Edge, Node } from "@xyflow/react";
import type { Branch } from "../model/branches";
import type { Mark } from "../model/diff";
import type { Point } from "../model/positions";
import type { Worst } from "../model/problems";
import type { IconName } from "../ui/Icon";

/** Shade is how a node or an edge is coloured after a run, a dry run or a comparison. */
export type NodeStatus = "running" | "waiting" | "retrying" | "completed" | "failed" | "skipped" | "cancelled";

export interface NodeState {
  status: NodeStatus;
  /** What stands under the title in place of the kind, such as "attempt 2" or "1.2 s". */
  note?: string;
}

export interface EdgeState {
  taken: boolean;
  reason: string;
}

export interface CardData extends Record<string, unknown> {
  variant: "source" | "action" | "ghost";
  title: string;
  subtitle: string;
  id: string;
  icon: IconName | { image: string } | { letter: string };
  branches: Branch[];
  /** Branches at which an edge begins. */
  used: string;
  editing: boolean;
  errors: number;
  warnings: number;
  broken?: string;
  refused: boolean;
  state?: NodeState;
  mark?: Mark;
}

export interface LinkData extends Record<string, unknown> {
  label: string;
  kind: "plain" | "condition" | "error";
  editing: boolean;
  findings?: Worst;
  state?: EdgeState;
  mark?: Mark;
  /** Where the label stands aside, if edges run side by side. */
  shift: number;
  /** Points that a long edge leads through, past other nodes. */
  route?: Point[];
  /** What is said to those who do not see the edge. */
  title: string;
}

export type CardNode = Node<CardData, "card">;
export type LinkEdge = Edge<LinkData, "link">;
