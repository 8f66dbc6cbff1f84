import { useEffect } from "react";
import { useRouter } from "../app/router";
import { useConfirm } from "../ui/Confirm";

/** useLeaveGuard asks before unsaved changes are lost. */
export function useLeaveGuard(dirty: boolean): void {
  const { guard } = useRouter();
  const confirm = useConfirm();
  useEffect(() => {
    if (!dirty) return;
    guard(() => confirm({ title: "Leave without saving?", text: "Your changes since the last save would be lost.", confirm: "Leave", danger: true }));
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => {
      guard(undefined);
      window.removeEventListener("beforeunload", warn);
    };
  }, [dirty, guard, confirm]);
}
