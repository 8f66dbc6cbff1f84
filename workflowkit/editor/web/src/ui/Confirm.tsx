import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

interface Question {
  title: string;
  text: string;
  confirm: string;
  danger?: boolean;
}

const ConfirmContext = createContext<(question: Question) => Promise<boolean>>(() => Promise.resolve(false));

/** useConfirm asks before something is lost. */
export function useConfirm() {
  return useContext(ConfirmContext);
}

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<{ question: Question; answer: (yes: boolean) => void }>();
  const ask = useCallback((question: Question) => new Promise<boolean>((answer) => setOpen({ question, answer })), []);
  const close = (yes: boolean) => {
    open?.answer(yes);
    setOpen(undefined);
  };
  return (
    <ConfirmContext value={ask}>
      {children}
      {open && (
        <Dialog
          title={open.question.title}
          onClose={() => close(false)}
          testid="confirm"
          actions={
            <>
              <Button onClick={() => close(false)} data-testid="confirm-no">Cancel</Button>
              <Button look={open.question.danger ? "danger" : "primary"} data-testid="confirm-yes" onClick={() => close(true)}>
                {open.question.confirm}
              </Button>
            </>
          }
        >
          <p>{open.question.text}</p>
        </Dialog>
      )}
    </ConfirmContext>
  );
}
