import { looks } from "./Wire";

/** Arrows are the heads of edges, one for each look. */
export function Arrows() {
  return (
    <svg className="arrows" aria-hidden="true">
      <defs>
        {looks.map((look) => (
          <marker key={look} id={`arrow-${look}`} viewBox="0 0 10 10" refX="8" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse">
            <path d="M1 1.500L8.500 5L1 8.500z" className={`arrow arrow-${look}`} />
          </marker>
        ))}
      </defs>
    </svg>
  );
}
