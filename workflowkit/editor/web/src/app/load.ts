import { useCallback, useEffect, useRef, useState } from "react";

export interface Loaded<T> {
  data?: T;
  error?: Error;
  loading: boolean;
  reload: () => void;
  set: (data: T) => void;
}

/** useLoad loads something when the key changes. An answer that comes too late is ignored. */
export function useLoad<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: Error; loading: boolean }>({ key, loading: true });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    let current = true;
    setState((old) => ({ key, data: old.key === key ? old.data : undefined, loading: true }));
    latest.current().then(
      (data) => current && setState({ key, data, loading: false }),
      (error: unknown) => current && setState((old) => ({ key, data: old.key === key ? old.data : undefined, error: error instanceof Error ? error : new Error(String(error)), loading: false })),
    );
    return () => {
      current = false;
    };
  }, [key, turn]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  const set = useCallback((data: T) => setState({ key, data, loading: false }), [key]);
  return { data: state.key === key ? state.data : undefined, error: state.error, loading: state.loading, reload, set };
}

/** useMedia says whether a media query holds. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const update = () => setHolds(list.matches);
    update();
    list.addEventListener("change", update);
    return () => list.removeEventListener("change", update);
  }, [query]);
  return holds;
}

/** useNarrow says whether the screen is so small that workflows are there to be read only. */
export function useNarrow(): boolean {
  return useMedia("(max-width: 719px)");
}
