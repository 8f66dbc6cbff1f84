import { Background, BackgroundVariant, ConnectionMode, MiniMap, type NodeChange, type EdgeChange, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Catalog } from "../model/catalog";
import type { Mark } from "../model/diff";
import { type Doc, sourceID } from "../model/document";
import { indexOf } from "../model/index";
import { layout, layoutKey, nodeHeight, nodeWidth } from "../model/layout";
import type { Point } from "../model/positions";
import type { Worst } from "../model/problems";
import { type GraphActions, GraphActionsProvider } from "./actions";
import { Arrows } from "./Arrows";
import { Card } from "./Card";
import { CanvasControls } from "./CanvasControls";
import { type Connecting, useConnecting } from "./connecting";
import { Elements } from "./elements";
import { neighbour } from "./navigate";
import type { CardNode, EdgeState, LinkEdge, NodeState } from "./types";
import { focusNode, useFollowFocus } from "./useFollowFocus";
import { useKeepInView } from "./useKeepInView";
import { Wire } from "./Wire";

/** Editing is what can be done to a graph. Without it the graph is there to be read. */
export interface Editing extends Omit<GraphActions, "select">, Connecting {
  move: (points: ReadonlyMap<string, Point>) => void;
  nudge: (dx: number, dy: number) => void;
  tidy: () => void;
  dropKind: (kind: string, target: { node?: string; edge?: string; at: Point }) => void;
}

interface Props {
  doc: Doc;
  catalog: Catalog;
  trigger: string;
  label: string;
  selection: readonly string[];
  onSelect: (on: readonly string[], off: readonly string[]) => void;
  editing?: Editing;
  findings?: ReadonlyMap<string, Worst>;
  states?: ReadonlyMap<string, NodeState>;
  edgeStates?: ReadonlyMap<string, EdgeState>;
  marks?: ReadonlyMap<string, Mark>;
  /** Brings an entry into view, each time it changes. */
  show?: { uid: string; focus?: boolean };
  /** Says whether the overview is shown at first. */
  overview?: boolean;
  /** Enter on a node. */
  onOpen?: (uid: string) => void;
  children?: ReactNode;
}

const nodeTypes = { card: Card };
const edgeTypes = { link: Wire };
const nothing: ReadonlySet<string> = new Set();
const noRoutes: ReadonlyMap<string, Point[]> = new Map();

/** Canvas draws a workflow, for editing or for reading. */
export function Canvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph({ doc, catalog, trigger, label, selection, onSelect, editing, findings, states, edgeStates, marks, show, overview = true, onOpen, children }: Props) {
  const flow = useReactFlow<CardNode, LinkEdge>();
  const [elements] = useState(() => new Elements());
  const [dragged, setDragged] = useState<ReadonlyMap<string, Point>>(new Map());
  const [map, setMap] = useState(() => overview && window.innerWidth > 720);
  const box = useRef<HTMLDivElement>(null);
  const connecting = useConnecting(doc, editing);
  const key = layoutKey(doc);
  // the key is what the layout depends on
  const { places: arranged, routes } = useMemo(() => layout(doc), [key]);
  const places = useMemo(() => (dragged.size > 0 ? new Map([...arranged, ...dragged]) : arranged), [arranged, dragged]);
  const selected = useMemo(() => new Set(selection), [selection]);
  const index = indexOf(doc);
  // With an edge selected, the arrow keys go on from where it comes from.
  const focus = selection.find((uid) => uid === sourceID || index.byUid.has(uid)) ?? index.linkByUid.get(selection[0] ?? "")?.from ?? sourceID;
  const view = { doc, catalog, trigger, editing: editing !== undefined, selected, focus, places, routes: dragged.size > 0 ? noRoutes : routes, findings, states, edgeStates, marks, refused: connecting.refused ?? nothing };
  const nodes = elements.nodesOf(view);
  const edges = elements.edgesOf(view);

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      select(changes, onSelect);
      const moved = changes.flatMap((change) => (change.type === "position" && change.position ? [[change.id, change.position] as const] : []));
      if (moved.length > 0) setDragged((old) => new Map([...old, ...moved]));
    },
    [onSelect],
  );
  const onEdgesChange = useCallback((changes: EdgeChange<LinkEdge>[]) => select(changes, onSelect), [onSelect]);
  const onDragStop = useCallback(() => {
    setDragged((moved) => {
      if (moved.size > 0) queueMicrotask(() => editing?.move(new Map([...arranged, ...moved])));
      return moved;
    });
  }, [editing, arranged]);
  useEffect(() => setDragged(new Map()), [arranged]);
  useKeepInView(box, arranged, focus, motion);
  const follow = useFollowFocus(box, focus, index.nodes.length);

  const actions = useMemo((): GraphActions => ({ addAfter: (uid, branch) => editing?.addAfter(uid, branch), addOn: (uid) => editing?.addOn(uid), select: (uid) => onSelect([uid], ["*"]) }), [editing, onSelect]);

  useEffect(() => {
    if (!show) return;
    const link = indexOf(doc).linkByUid.get(show.uid);
    const point = arranged.get(link ? link.to : show.uid);
    if (!point) return;
    void flow.setCenter(point.x + nodeWidth / 2, point.y + nodeHeight / 2, { zoom: Math.max(flow.getZoom(), 0.75), duration: motion() });
    if (show.focus) requestAnimationFrame(() => focusNode(box.current, show.uid));
  // once for each request
  }, [show]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target as HTMLElement).closest(".react-flow__node, .react-flow__pane, .canvas")) return;
    const arrow = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (arrow && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const [dx = 0, dy = 0] = arrow;
      if (event.altKey) return editing?.nudge(dx * 12, dy * 12);
      const to = neighbour(arranged, index, focus, dx, dy);
      if (!to) return;
      onSelect([to], event.shiftKey ? [] : ["*"]);
      requestAnimationFrame(() => focusNode(box.current, to));
      reveal(arranged.get(to));
    } else if ((event.key === "Enter" || event.key === " ") && (event.target as HTMLElement).closest(".react-flow__node")) {
      event.preventDefault();
      onSelect([focus], ["*"]);
      onOpen?.(focus);
    }
  };

  // A graph that would be too small to read as a whole begins with the trigger.
  const begin = () => {
    void flow.fitView(fitOptions).then(() => {
      const start = arranged.get(sourceID);
      const rect = box.current?.getBoundingClientRect();
      if (flow.getZoom() < 0.3 && start && rect) void flow.setViewport({ x: rect.width / 2 - (start.x + nodeWidth / 2) * 0.6, y: 48 - start.y * 0.6, zoom: 0.6 });
    });
  };

  const reveal = (point: Point | undefined) => {
    const rect = box.current?.getBoundingClientRect();
    if (!point || !rect) return;
    const { x, y, zoom } = flow.getViewport();
    const left = point.x * zoom + x;
    const top = point.y * zoom + y;
    const out = left < 0 || top < 0 || left + nodeWidth * zoom > rect.width || top + nodeHeight * zoom > rect.height;
    if (out) void flow.setCenter(point.x + nodeWidth / 2, point.y + nodeHeight / 2, { zoom, duration: motion() });
  };

  // What is selected stays in sight when panels take room from the graph.
  const chosen = selection.length === 1 ? arranged.get(selection[0] ?? "") : undefined;
  const latest = useRef(() => undefined as void);
  latest.current = () => reveal(chosen);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(() => latest.current());
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  return (
    <GraphActionsProvider value={actions}>
      <div
        ref={box}
        className={`canvas ${connecting.active ? "connecting" : ""} ${editing ? "editable" : ""}`}
        onKeyDown={onKeyDown}
        {...follow}
        onDragOver={(event) => {
          if (!editing || !event.dataTransfer.types.includes(kindMime)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = "copy";
        }}
        onDrop={(event) => {
          const kind = event.dataTransfer.getData(kindMime);
          if (!editing || !kind) return;
          event.preventDefault();
          const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
          const hit = document.elementFromPoint(event.clientX, event.clientY);
          const edge = hit?.closest<HTMLElement>("[data-edge]")?.dataset.edge ?? hit?.closest<HTMLElement>(".react-flow__edge")?.dataset.id;
          editing.dropKind(kind, { node: hit?.closest<HTMLElement>(".react-flow__node")?.dataset.id, edge, at: { x: at.x - nodeWidth / 2, y: at.y - nodeHeight / 2 } });
        }}
      >
        <ReactFlow<CardNode, LinkEdge>
          aria-label={label}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDragStop={onDragStop}
          onSelectionDragStop={onDragStop}
          onNodeDoubleClick={(_event, node) => onOpen?.(node.id)}
          {...connecting.handlers}
          connectionMode={ConnectionMode.Strict}
          connectionRadius={28}
          connectOnClick={false}
          nodesConnectable={editing !== undefined}
          nodesDraggable={editing !== undefined}
          edgesFocusable={false}
          disableKeyboardA11y
          ariaLabelConfig={spokenHelp}
          deleteKeyCode={null}
          selectionKeyCode="Shift"
          multiSelectionKeyCode={["Meta", "Control"]}
          nodeDragThreshold={4}
          snapToGrid
          snapGrid={[4, 4]}
          minZoom={0.04}
          maxZoom={1.75}
          zoomOnDoubleClick={false}
          onInit={() => begin()}
          onlyRenderVisibleElements={nodes.length > 80}
          elevateNodesOnSelect={false}
          proOptions={{ hideAttribution: true }}
        >
          <Background variant={BackgroundVariant.Dots} gap={24} size={1.5} color="var(--dots)" />
          <Arrows />
          {map && <MiniMap pannable zoomable ariaLabel="Overview of the graph" nodeColor={miniColor} nodeBorderRadius={8} maskColor="var(--mask)" bgColor="var(--surface)" className="mini" />}
          <CanvasControls map={map} onMap={() => setMap(!map)} onTidy={editing?.tidy} />
          {children}
        </ReactFlow>
      </div>
    </GraphActionsProvider>
  );
}

const help = "Arrow keys go to other actions, Enter opens this one. Question mark lists all keys.";
const spokenHelp = { "node.a11yDescription.default": help, "node.a11yDescription.keyboardDisabled": help, "edge.a11yDescription.default": help, "minimap.ariaLabel": "Overview of the graph" };

export const kindMime = "application/x-workflow-kind";
export const fitOptions = { padding: 0.16, maxZoom: 1, minZoom: 0.04 };

export function motion(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 220;
}

function select(changes: (NodeChange<CardNode> | EdgeChange<LinkEdge>)[], onSelect: Props["onSelect"]): void {
  const on: string[] = [];
  const off: string[] = [];
  for (const change of changes) if (change.type === "select") (change.selected ? on : off).push(change.id);
  if (on.length + off.length > 0) onSelect(on, off);
}

function miniColor(node: CardNode): string {
  if (node.data.state) return `var(--map-${node.data.state.status})`;
  if (node.data.broken || node.data.errors > 0) return "var(--map-failed)";
  return node.data.variant === "source" ? "var(--accent)" : "var(--map-node)";
}
