import type { ReactNode } from "react";
import { CardIcon } from "../graph/Card";
import type { CardData } from "../graph/types";
import { IconButton } from "../ui/Button";

/** PanelHead names what a panel is about. */
export function PanelHead({ icon, title, note, onClose, children }: { icon: CardData["icon"]; title: string; note?: ReactNode; onClose?: () => void; children?: ReactNode }) {
  return (
    <header className="panel-head">
      <CardIcon icon={icon} />
      <div className="panel-titles">
        <h2 data-testid="inspector-title">{title}</h2>
        {note && <p>{note}</p>}
      </div>
      {children}
      {onClose && <IconButton small icon="close" label="Close the panel" onClick={onClose} />}
    </header>
  );
}
