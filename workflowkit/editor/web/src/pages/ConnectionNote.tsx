import type { Connection } from "../api/stream";

const texts: Record<Connection, string> = { connecting: "Connecting …", open: "Live", lost: "Connection lost. Trying again …", ended: "" };

/** ConnectionNote says whether what is shown is live. */
export function ConnectionNote({ state }: { state: Connection }) {
  return (
    <span className={`connection connection-${state}`} role="status" data-testid="connection" data-state={state}>
      {texts[state]}
    </span>
  );
}
