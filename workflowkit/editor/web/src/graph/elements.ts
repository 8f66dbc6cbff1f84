import { branchesOf, branchKey, conditionLabel, freeKey } from "../model/branches";
import { type Catalog, specName } from "../model/catalog";
import type { Mark } from "../model/diff";
import { type Doc, sourceID } from "../model/document";
import { type ActionNode, ghostID, type Index, indexOf, type Link, nodeTitle } from "../model/index";
import { nodeHeight, nodeWidth } from "../model/layout";
import type { Point } from "../model/positions";
import type { Worst } from "../model/problems";
import { branchHandles, targetHandle } from "./handles";
import { kindIcon } from "./kinds";
import type { CardData, CardNode, EdgeState, LinkData, LinkEdge, NodeState } from "./types";

export interface View {
  doc: Doc;
  catalog: Catalog;
  trigger: string;
  editing: boolean;
  selected: ReadonlySet<string>;
  /** The node that the Tab key leads to. */
  focus: string;
  places: ReadonlyMap<string, Point>;
  routes: ReadonlyMap<string, Point[]>;
  findings?: ReadonlyMap<string, Worst>;
  states?: ReadonlyMap<string, NodeState>;
  edgeStates?: ReadonlyMap<string, EdgeState>;
  marks?: ReadonlyMap<string, Mark>;
  /** Nodes to which the edge that is being drawn must not lead. */
  refused?: ReadonlySet<string>;
}

/** Elements remembers what it has made, so that only what has changed is drawn again. */
export class Elements {
  private nodes = new Map<string, CardNode>();
  private edges = new Map<string, LinkEdge>();

  nodesOf(view: View): CardNode[] {
    const index = indexOf(view.doc);
    const next = new Map<string, CardNode>();
    const put = (uid: string, data: CardData) => {
      const made = makeNode(uid, data, view);
      const old = this.nodes.get(uid);
      next.set(uid, old && sameNode(old, made) ? old : made);
    };
    put(sourceID, sourceData(view, index));
    for (const node of index.nodes) put(node.uid, actionData(node, view, index));
    for (const ghost of index.ghosts) put(ghost, ghostData(ghost, view, index));
    this.nodes = next;
    return [...next.values()];
  }

  edgesOf(view: View): LinkEdge[] {
    const index = indexOf(view.doc);
    const next = new Map<string, LinkEdge>();
    const beside = new Map<string, number>();
    for (const link of index.links) {
      const ends = `${link.from} ${link.to}`;
      const shift = beside.get(ends) ?? 0;
      beside.set(ends, shift + 1);
      const made = makeEdge(link, shift, view, index);
      const old = this.edges.get(link.uid);
      next.set(link.uid, old && sameEdge(old, made) ? old : made);
    }
    this.edges = next;
    return [...next.values()];
  }
}

function makeNode(uid: string, data: CardData, view: View): CardNode {
  const handles = [...(data.variant === "source" ? [] : [targetHandle]), ...branchHandles(data.branches, view.editing)];
  const size = { width: nodeWidth, height: nodeHeight };
  return {
    id: uid,
    type: "card",
    position: view.places.get(uid) ?? { x: 0, y: 0 },
    data,
    ...size,
    measured: size,
    handles,
    selected: view.selected.has(uid),
    draggable: view.editing && data.variant !== "ghost",
    connectable: view.editing,
    deletable: false,
    focusable: view.focus === uid,
    ariaLabel: spoken(data),
    domAttributes: { "aria-roledescription": data.variant === "source" ? "trigger" : "action" },
  };
}

function spoken(data: CardData): string {
  const parts = [data.title, data.subtitle !== data.title && data.subtitle, data.state && `${data.state.status}`, data.mark && data.mark !== "same" && data.mark];
  if (data.broken) parts.push(data.broken);
  if (data.errors > 0) parts.push(`${data.errors} errors`);
  if (data.warnings > 0) parts.push(`${data.warnings} warnings`);
  return parts.filter(Boolean).join(", ");
}

function common(uid: string, view: View, index: Index, spec: ReturnType<Catalog["get"]>) {
  const used = [...new Set((index.out.get(uid) ?? []).map((link) => branchKey(spec, link.view)))].sort();
  let branches = branchesOf(spec);
  if (used.includes(freeKey) && !branches.some((branch) => branch.key === freeKey)) branches = [...branches, { key: freeKey, label: "?" }];
  const worst = view.findings?.get(uid);
  return { branches, used: used.join(" "), editing: view.editing, errors: worst?.errors ?? 0, warnings: worst?.warnings ?? 0, refused: view.refused?.has(uid) ?? false, state: view.states?.get(uid), mark: view.marks?.get(uid) };
}

function sourceData(view: View, index: Index): CardData {
  return { ...common(sourceID, view, index, undefined), variant: "source", title: view.trigger || "No event yet", subtitle: view.trigger ? "Starts when this event comes in" : "Choose what starts the workflow", id: sourceID, icon: "bolt" };
}

function actionData(node: ActionNode, view: View, index: Index): CardData {
  const spec = view.catalog.get(node.view.kind);
  const kindName = spec ? specName(spec) : node.view.kind;
  const title = nodeTitle(node, kindName);
  const broken = node.view.id === undefined || node.view.id === "" ? "has no id" : node.duplicate ? `shares the id ${node.view.id}` : !spec ? "unknown kind" : undefined;
  const subtitle = node.view.description || (kindName !== title ? kindName : spec?.description) || node.view.kind || "";
  return { ...common(node.uid, view, index, spec), variant: "action", title, subtitle, id: node.view.id ?? "", icon: kindIcon(spec, node.view.kind), broken };
}

function ghostData(uid: string, view: View, index: Index): CardData {
  const id = ghostID(uid) ?? "";
  return { ...common(uid, view, index, undefined), variant: "ghost", title: `Missing action “${id}”`, subtitle: "An edge names it, but it is not there", id, icon: "warning", broken: "missing" };
}

function makeEdge(link: Link, shift: number, view: View, index: Index): LinkEdge {
  const spec = view.catalog.get(index.byUid.get(link.from)?.view.kind);
  const type = link.view.conditional?.type;
  const state = view.edgeStates?.get(link.uid);
  const label = link.view.name || conditionLabel(link.view.conditional);
  const name = (uid: string) => (uid === sourceID ? "the trigger" : nodeTitle(index.byUid.get(uid), view.catalog.get(index.byUid.get(uid)?.view.kind)?.name));
  const title = [`Edge from ${name(link.from)} to ${name(link.to)}`, label, state && (state.taken ? "taken" : "not taken")].filter(Boolean).join(", ");
  const data: LinkData = {
    label,
    kind: type === undefined ? "plain" : type === "error" ? "error" : "condition",
    editing: view.editing,
    findings: view.findings?.get(link.uid),
    state,
    mark: view.marks?.get(link.uid),
    shift,
    title,
    route: view.routes.get(link.uid),
  };
  return {
    id: link.uid,
    type: "link",
    source: link.from,
    target: link.to,
    sourceHandle: branchKey(spec, link.view),
    targetHandle: "in",
    data,
    selected: view.selected.has(link.uid),
    reconnectable: view.editing,
    deletable: false,
    focusable: false,
    ariaLabel: title,
    interactionWidth: 18,
  };
}

function sameNode(a: CardNode, b: CardNode): boolean {
  return a.selected === b.selected && a.focusable === b.focusable && a.position.x === b.position.x && a.position.y === b.position.y && sameFields(a.data, b.data, ["branches", "icon", "state"]) && JSON.stringify([a.data.branches, a.data.icon, a.data.state]) === JSON.stringify([b.data.branches, b.data.icon, b.data.state]);
}

function sameEdge(a: LinkEdge, b: LinkEdge): boolean {
  if (a.selected !== b.selected || a.source !== b.source || a.target !== b.target || a.sourceHandle !== b.sourceHandle || !a.data || !b.data) return false;
  return sameFields(a.data, b.data, ["state", "findings", "route"]) && JSON.stringify([a.data.state, a.data.findings, a.data.route]) === JSON.stringify([b.data.state, b.data.findings, b.data.route]);
}

function sameFields(a: Record<string, unknown>, b: Record<string, unknown>, except: string[]): boolean {
  return Object.keys({ ...a, ...b }).every((name) => except.includes(name) || a[name] === b[name]);
}
