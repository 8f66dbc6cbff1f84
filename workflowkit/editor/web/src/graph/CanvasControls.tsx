import { Panel, useReactFlow } from "@xyflow/react";
import { IconButton } from "../ui/Button";
import { fitOptions, motion } from "./Canvas";

/** CanvasControls zoom, and switch the overview. The keys for them work wherever the graph has the focus. */
export function CanvasControls({ map, onMap, onTidy }: { map: boolean; onMap: () => void; onTidy?: () => void }) {
  const flow = useReactFlow();
  return (
    <Panel position="bottom-left" className="canvas-controls">
      <IconButton small icon="plus" label="Zoom in" hint="+" data-testid="zoom-in" onClick={() => void flow.zoomIn({ duration: motion() })} />
      <IconButton small icon="minus" label="Zoom out" hint="-" data-testid="zoom-out" onClick={() => void flow.zoomOut({ duration: motion() })} />
      <IconButton small icon="fit" label="Zoom to fit" hint="F" data-testid="fit" onClick={() => void flow.fitView({ ...fitOptions, duration: motion() })} />
      <IconButton small icon="map" label={map ? "Hide the overview" : "Show the overview"} aria-pressed={map} onClick={onMap} />
      {onTidy && <IconButton small icon="tidy" label="Arrange automatically" hint="T" data-testid="tidy" onClick={onTidy} />}
    </Panel>
  );
}
