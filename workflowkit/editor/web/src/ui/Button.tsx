import type { ButtonHTMLAttributes, Ref } from "react";
import { Icon, type IconName } from "./Icon";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon?: IconName;
  look?: "plain" | "primary" | "quiet" | "danger";
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ icon, look = "plain", small, children, className, ...rest }: Props) {
  const names = ["button", `button-${look}`, small ? "button-small" : "", !children ? "button-icon" : "", className ?? ""];
  return (
    <button type="button" {...rest} className={names.filter(Boolean).join(" ")}>
      {icon && <Icon name={icon} size={small ? 14 : 16} />}
      {children}
    </button>
  );
}

/** IconButton is a button whose name is read and shown as a hint, but not written on it. */
export function IconButton({ label, hint, ...rest }: Omit<Props, "children"> & { icon: IconName; label: string; hint?: string }) {
  return <Button look="quiet" {...rest} aria-label={label} title={hint ? `${label} (${hint})` : label} />;
}
