import { useEffect } from "react";
import { useApp } from "../app/context";
import { Link, type Route } from "../app/router";
import { Icon } from "../ui/Icon";

const pageNames: Partial<Record<Route["page"], string>> = { versions: "Versions", runs: "Runs" };

/** Header is at the top of each page: where one is, and the pages of the workflow. */
export function Header({ title, workflow, page }: { title?: string; workflow?: { id: string; name: string }; page?: Route["page"] }) {
  const { config, session } = useApp();
  const name = workflow?.name || title;
  useEffect(() => {
    document.title = [name, page && page !== "editor" && pageNames[page], config.title].filter(Boolean).join(" · ");
  }, [name, page, config.title]);
  const tab = (to: Route, label: string) => (
    <Link to={to} className="tab" aria-current={page === to.page ? "page" : undefined}>
      {label}
    </Link>
  );
  return (
    <header className="top">
      <nav className="crumbs" aria-label="Where you are">
        {config.homeURL && (
          <a href={config.homeURL} className="crumb home" title="Back to the application">
            <Icon name="home" />
            <span className="sr-only">Back to the application</span>
          </a>
        )}
        <Link to={{ page: "list" }} className="crumb brand">
          {config.title}
        </Link>
        {workflow && (
          <>
            <Icon name="chevronRight" size={14} className="muted" />
            <h1 className="crumb" tabIndex={-1} data-testid="page-title">
              {workflow.name || `Workflow ${workflow.id}`}
            </h1>
          </>
        )}
        {title && !workflow && (
          <h1 className="sr-only" tabIndex={-1}>
            {title}
          </h1>
        )}
      </nav>
      {workflow && (
        <nav className="tabs" aria-label="Pages of the workflow">
          {tab({ page: "editor", id: workflow.id }, "Editor")}
          {tab({ page: "versions", id: workflow.id }, "Versions")}
          {session.features.runs && tab({ page: "runs", id: workflow.id }, "Runs")}
        </nav>
      )}
      {session.user.name && <span className="user hide-narrow">{session.user.name}</span>}
    </header>
  );
}
