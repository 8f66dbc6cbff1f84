import { type FocusEvent, type RefObject, useEffect, useRef } from "react";

/**
 * useFollowFocus keeps the keyboard in the graph: when the node that had the focus is gone, or another one has become the
 * one that Tab leads to, the focus goes there.
 */
export function useFollowFocus(box: RefObject<HTMLElement | null>, focus: string, count: number) {
  const inside = useRef(false);
  useEffect(() => {
    const active = document.activeElement;
    const lost = active === null || active === document.body;
    const onNode = active instanceof HTMLElement && box.current?.contains(active) && active.closest(".react-flow__node") !== null;
    if (!(onNode || (lost && inside.current))) return;
    const frame = requestAnimationFrame(() => focusNode(box.current, focus));
    return () => cancelAnimationFrame(frame);
  }, [box, focus, count]);
  return {
    onFocus: () => (inside.current = true),
    onBlur: (event: FocusEvent) => {
      const next = event.relatedTarget;
      if (next instanceof Node && !box.current?.contains(next)) inside.current = false;
    },
  };
}

export function focusNode(box: HTMLElement | null, uid: string): void {
  box?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(uid)}"]`)?.focus({ preventScroll: true });
}
