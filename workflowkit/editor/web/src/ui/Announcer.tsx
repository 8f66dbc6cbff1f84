import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

export type Tone = "good" | "bad" | "info";
interface Notice {
  key: number;
  text: string;
  tone: Tone;
  action?: { label: string; run: () => void };
}

interface Announcer {
  /** Shows a notice, and reads it out. */
  notify: (text: string, tone?: Tone, action?: Notice["action"]) => void;
  /** Reads something out that everybody else sees anyway. */
  say: (text: string) => void;
}

const AnnouncerContext = createContext<Announcer>({ notify: () => undefined, say: () => undefined });

export function useAnnouncer(): Announcer {
  return useContext(AnnouncerContext);
}

export function AnnouncerProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const [polite, setPolite] = useState("");
  const [urgent, setUrgent] = useState("");
  const next = useRef(0);
  const timers = useRef(new Set<number>());
  useEffect(() => {
    const all = timers.current;
    return () => all.forEach((timer) => window.clearTimeout(timer));
  }, []);
  const drop = useCallback((key: number) => setNotices((list) => list.filter((notice) => notice.key !== key)), []);
  const announcer = useMemo(
    (): Announcer => ({
      say: (text) => setPolite(text),
      notify: (text, tone = "info", action) => {
        const key = next.current++;
        setNotices((list) => [...list.filter((notice) => notice.text !== text && (notice.tone !== "bad" || tone === "bad")), { key, text, tone, action }].slice(-2));
        (tone === "bad" ? setUrgent : setPolite)(text + (key % 2 ? "" : " "));
        timers.current.add(window.setTimeout(() => drop(key), tone === "bad" ? 12_000 : 5_000));
      },
    }),
    [drop],
  );
  return (
    <AnnouncerContext value={announcer}>
      {children}
      <div className="toasts" data-testid="toasts">
        {notices.map((notice) => (
          <div key={notice.key} className={`toast toast-${notice.tone}`}>
            <Icon name={notice.tone === "good" ? "check" : notice.tone === "bad" ? "error" : "info"} />
            <span>{notice.text}</span>
            {notice.action && (
              <button type="button" className="link" onClick={notice.action.run}>
                {notice.action.label}
              </button>
            )}
            <IconButton small icon="close" label="Dismiss" onClick={() => drop(notice.key)} />
          </div>
        ))}
      </div>
      <div className="sr-only live" aria-live="polite" role="status" data-testid="live-polite">
        {polite}
      </div>
      <div className="sr-only live" aria-live="assertive" role="alert" data-testid="live-assertive">
        {urgent}
      </div>
    </AnnouncerContext>
  );
}
