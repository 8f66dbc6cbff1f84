import { lazy, Suspense, useEffect, useMemo, useRef } from "react";
import { Api } from "../api/client";
import { Catalog } from "../model/catalog";
import { EditorPage } from "../pages/EditorPage";
import { ListPage } from "../pages/ListPage";
import { Failure, Loading, Message } from "../pages/Message";
import { AnnouncerProvider } from "../ui/Announcer";
import { ConfirmProvider } from "../ui/Confirm";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import type { Config } from "./config";
import { AppProvider } from "./context";
import { useLoad } from "./load";
import { Link, type Route, RouterProvider, useRouter } from "./router";

const VersionsPage = lazy(async () => ({ default: (await import("../pages/VersionsPage")).VersionsPage }));
const RunsPage = lazy(async () => ({ default: (await import("../pages/RunsPage")).RunsPage }));
const RunPage = lazy(async () => ({ default: (await import("../pages/RunPage")).RunPage }));

/** App is the whole application, below one prefix. */
export function App({ config }: { config: Config }) {
  return (
    <AnnouncerProvider>
      <ConfirmProvider>
        <RouterProvider base={config.base}>
          <Start config={config} />
        </RouterProvider>
      </ConfirmProvider>
    </AnnouncerProvider>
  );
}

function Start({ config }: { config: Config }) {
  const api = useMemo(() => new Api(config.base), [config.base]);
  const start = useLoad("start", () => Promise.all([api.session(), api.catalog()]));
  const app = useMemo(() => start.data && { api, config, session: start.data[0], catalog: new Catalog(start.data[1].actions ?? []) }, [api, config, start.data]);
  if (start.error && !app) return <Failure error={start.error} what="The editor" onRetry={start.reload} />;
  if (!app) return <Loading what="the editor" />;
  return (
    <AppProvider value={app}>
      <Suspense fallback={<Loading what="the page" />}>
        <Page />
      </Suspense>
    </AppProvider>
  );
}

function Page() {
  const { route } = useRouter();
  const key = JSON.stringify(route);
  const before = useRef(key);
  useEffect(() => {
    // A new page begins at its title, for those who hear it.
    if (before.current !== key) document.querySelector("h1")?.focus();
    before.current = key;
  }, [key]);
  return <ErrorBoundary key={key}>{pageOf(route)}</ErrorBoundary>;
}

function pageOf(route: Route) {
  switch (route.page) {
    case "list":
      return <ListPage />;
    case "editor":
      return <EditorPage key={route.id} id={route.id} />;
    case "versions":
      return <VersionsPage key={route.id} id={route.id} />;
    case "runs":
      return <RunsPage key={route.id} id={route.id} />;
    case "run":
      return <RunPage key={route.id} id={route.id} />;
    case "missing":
      return (
        <Message icon="info" title="There is nothing at this address">
          <p>
            <Link to={{ page: "list" }}>Go to the workflows</Link>
          </p>
        </Message>
      );
  }
}
