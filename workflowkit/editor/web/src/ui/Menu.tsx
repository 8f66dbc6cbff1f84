import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";

export interface MenuItem {
  label: string;
  icon?: IconName;
  hint?: string;
  danger?: boolean;
  disabled?: boolean;
  run: () => void;
}

/** Menu is a button with a list of commands, used with the arrow keys. */
export function Menu({ label, icon, items, children, testid }: { label: string; icon?: IconName; items: (MenuItem | "line")[]; children?: ReactNode; testid?: string }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>("[role=menuitem]:not([disabled])")?.focus();
    const outside = (event: MouseEvent) => {
      if (!box.current?.parentElement?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("mousedown", outside, true);
    return () => document.removeEventListener("mousedown", outside, true);
  }, [open]);
  const shut = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    const list = [...(box.current?.querySelectorAll<HTMLElement>("[role=menuitem]:not([disabled])") ?? [])];
    const at = list.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + list.length, Home: 0, End: list.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      list[to % list.length]?.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault();
      shut();
    }
  };
  return (
    <div className="menu">
      <Button ref={button} icon={icon} look={children ? "plain" : "quiet"} aria-label={children ? undefined : label} title={children ? undefined : label} aria-haspopup="menu" aria-expanded={open} aria-controls={open ? id : undefined} data-testid={testid} onClick={() => setOpen(!open)}>
        {children}
      </Button>
      {open && (
        <div className="menu-box" role="menu" id={id} aria-label={label} ref={box} onKeyDown={onKey}>
          {items.map((item, i) =>
            item === "line" ? (
              <hr key={i} />
            ) : (
              <button
                key={item.label}
                type="button"
                role="menuitem"
                tabIndex={-1}
                className={item.danger ? "menu-item danger" : "menu-item"}
                disabled={item.disabled}
                onClick={() => {
                  shut();
                  item.run();
                }}
              >
                <span className="menu-icon">{item.icon && <Icon name={item.icon} />}</span>
                <span className="menu-label">{item.label}</span>
                {item.hint && <kbd>{item.hint}</kbd>}
              </button>
            ),
          )}
        </div>
      )}
    </div>
  );
}
