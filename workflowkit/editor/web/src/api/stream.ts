/** Connection says whether a stream is up. */
export type Connection = "connecting" | "open" | "lost" | "ended";

interface Handlers {
  event: string;
  onData: (data: string) => void;
  onConnection: (state: Connection) => void;
}

const longestPause = 15_000;

/**
 * openStream listens to server-sent events until the server says "end" or the returned function is called. A browser tries
 * again by itself after a broken line, but gives up for good when the server answers with an error, as one that is being
 * restarted does: then the stream is opened anew, with growing pauses, or at once when the network is back.
 */
export function openStream(url: string, { event, onData, onConnection }: Handlers): () => void {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let pause = 500;
  let over = false;
  const finish = (state?: Connection) => {
    over = true;
    source?.close();
    window.clearTimeout(timer);
    window.removeEventListener("online", open);
    if (state) onConnection(state);
  };
  const open = () => {
    if (over) return;
    window.clearTimeout(timer);
    source?.close();
    source = new EventSource(url);
    source.onopen = () => {
      pause = 500;
      onConnection("open");
    };
    source.addEventListener(event, (message) => onData((message as MessageEvent<string>).data));
    source.addEventListener("end", () => finish("ended"));
    source.onerror = () => {
      onConnection("lost");
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = window.setTimeout(open, pause);
      pause = Math.min(pause * 2, longestPause);
    };
  };
  window.addEventListener("online", open);
  onConnection("connecting");
  open();
  return () => finish();
}
