import { Component, type ReactNode } from "react";
import { Button } from "./Button";

/** ErrorBoundary shows what can still be done when a part of the page fails by a mistake of ours. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="page-note" role="alert" data-testid="crash">
        <h2>Something went wrong here</h2>
        <p>This is a fault of the editor. What was saved is safe.</p>
        <pre tabIndex={0}>{error.message}</pre>
        <div className="row">
          <Button onClick={() => this.setState({ error: undefined })}>Try again</Button>
          <Button look="primary" onClick={() => location.reload()}>
            Reload the page
          </Button>
        </div>
      </div>
    );
  }
}
