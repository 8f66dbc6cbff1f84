import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { Button } from "../ui/Button";
import { Icon, type IconName } from "../ui/Icon";

/** Message stands in for content: while it loads, if there is none, or if it cannot be shown. */
export function Message({ icon, title, children, testid }: { icon?: IconName; title: string; children?: ReactNode; testid?: string }) {
  return (
    <div className="page-note" data-testid={testid}>
      {icon && <Icon name={icon} size={28} />}
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p className="loading" role="status">
      Loading {what} …
    </p>
  );
}

/** Failure says what could not be loaded, and what to do. */
export function Failure({ error, what, onRetry }: { error: Error; what: string; onRetry: () => void }) {
  const status = error instanceof ApiError ? error.status : -1;
  const advice = status === 401 ? "Your session is over. Sign in again and reload this page." : status === 403 ? "Ask somebody who manages this application for access." : status === 404 ? "It may have been deleted, or the address is wrong." : "It may help to try again.";
  return (
    <Message icon="error" title={status === 404 ? "Not found" : `${what} could not be loaded`} testid="failure">
      <p role="alert">{error.message}</p>
      <p className="muted">{advice}</p>
      <Button icon="refresh" onClick={onRetry}>
        Try again
      </Button>
    </Message>
  );
}
