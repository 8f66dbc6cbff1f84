import { type AnchorHTMLAttributes, createContext, type MouseEvent, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";

/** Route is a page of the application, with what its address says. */
export type Route =
  | { page: "list" }
  | { page: "editor" | "versions" | "runs"; id: string }
  | { page: "run"; id: string }
  | { page: "missing" };

export function parseRoute(path: string): Route {
  const parts = path.split("/").filter(Boolean).map(decode);
  const [first, id, section, ...more] = parts;
  if (first === undefined) return { page: "list" };
  if (first === "runs" && id !== undefined && section === undefined) return { page: "run", id };
  if (first !== "workflows" || more.length > 0) return { page: "missing" };
  if (id === undefined) return { page: "list" };
  if (section === undefined) return { page: "editor", id };
  return section === "versions" || section === "runs" ? { page: section, id } : { page: "missing" };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case "editor":
      return `workflows/${encodeURIComponent(route.id)}`;
    case "versions":
    case "runs":
      return `workflows/${encodeURIComponent(route.id)}/${route.page}`;
    case "run":
      return `runs/${encodeURIComponent(route.id)}`;
    default:
      return "";
  }
}

interface Router {
  route: Route;
  search: URLSearchParams;
  href: (route: Route) => string;
  go: (href: string, replace?: boolean) => void;
  /** Sets a question that is asked before the page is left; it answers whether to leave. */
  guard: (ask: (() => Promise<boolean>) | undefined) => void;
}

const RouterContext = createContext<Router | undefined>(undefined);

export function useRouter(): Router {
  const router = useContext(RouterContext);
  if (!router) throw new Error("useRouter outside of RouterProvider");
  return router;
}

export function RouterProvider({ base, children }: { base: string; children: ReactNode }) {
  const [address, setAddress] = useState(() => location.href);
  const asked = useRef<(() => Promise<boolean>) | undefined>(undefined);
  const current = useRef(address);
  const href = useCallback((route: Route) => new URL(formatRoute(route), base).pathname, [base]);
  const guard = useCallback((ask: (() => Promise<boolean>) | undefined) => void (asked.current = ask), []);
  const enter = useCallback((next: string) => {
    current.current = next;
    setAddress(next);
  }, []);
  const go = useCallback(
    (to: string, replace = false) => {
      const leave = async () => {
        const next = new URL(to, location.href);
        const away = next.pathname !== new URL(current.current).pathname;
        if (away && asked.current && !(await asked.current())) return;
        history[replace ? "replaceState" : "pushState"](null, "", next);
        enter(next.toString());
        if (away) window.scrollTo(0, 0);
      };
      void leave();
    },
    [enter],
  );
  useEffect(() => {
    const back = async () => {
      const next = location.href;
      if (asked.current && new URL(next).pathname !== new URL(current.current).pathname) {
        history.pushState(null, "", current.current);
        if (!(await asked.current())) return;
        history.back();
        asked.current = undefined;
        return;
      }
      enter(next);
    };
    const listener = () => void back();
    window.addEventListener("popstate", listener);
    return () => window.removeEventListener("popstate", listener);
  }, [enter]);
  const router = useMemo((): Router => {
    const url = new URL(address);
    const root = new URL(base).pathname;
    const path = (url.pathname + "/").startsWith(root) ? url.pathname.slice(root.length) : url.pathname;
    return { route: parseRoute(path), search: url.searchParams, href, go, guard };
  }, [address, base, href, go, guard]);
  return <RouterContext value={router}>{children}</RouterContext>;
}

/** Link leads to a page of the application without loading the page anew. */
export function Link({ to, query, onClick, ...rest }: { to: Route; query?: string } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href">) {
  const router = useRouter();
  const target = router.href(to) + (query ? `?${query}` : "");
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.go(target);
  };
  return <a {...rest} href={target} onClick={follow} />;
}
