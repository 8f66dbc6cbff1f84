const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const short = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

/** DateText is a moment, with the whole of it as a hint. */
export function DateText({ of }: { of: string | undefined | null }) {
  const date = of ? new Date(of) : undefined;
  if (!date || Number.isNaN(date.getTime())) return null;
  return (
    <time dateTime={of ?? ""} title={whole.format(date)}>
      {short.format(date)}
    </time>
  );
}

/** span says how long something took. */
export function span(from: string | undefined, to: string | undefined): string {
  if (!from || !to) return "";
  const ms = new Date(to).getTime() - new Date(from).getTime();
  if (!Number.isFinite(ms) || ms < 0) return "";
  if (ms < 1000) return `${ms} ms`;
  const s = Math.round(ms / 100) / 10;
  if (s < 60) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return `${m} min ${Math.round(s % 60)} s`;
  const h = Math.floor(m / 60);
  return h < 48 ? `${h} h ${m % 60} min` : `${Math.floor(h / 24)} d ${h % 24} h`;
}
