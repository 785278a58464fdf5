import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../texts/index.ts";
import { IconButton } from "./button.tsx";

/** The browser's own dialog: it keeps the focus inside, closes by Escape, and gives the focus back to what had it. */
export const Dialog = ({
  open,
  onClose,
  title,
  children,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element | null => {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!open || element === null) return undefined;
    const before = document.activeElement;
    element.showModal();
    // Beside it: the backdrop belongs to the dialog.
    const beside = (event: MouseEvent): void => {
      if (event.target === element) close.current();
    };
    element.addEventListener("click", beside);
    return () => {
      element.removeEventListener("click", beside);
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      class="m-auto mb-0 max-h-[92dvh] w-full max-w-full overflow-y-auto rounded-t-2xl bg-surface p-4 text-ink shadow-xl sm:mb-auto sm:w-[32rem] sm:rounded-2xl sm:p-5"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="mb-3 flex items-center justify-between gap-3">
        <h2 id={id} class="text-lg font-semibold">
          {title}
        </h2>
        <IconButton icon="close" label={t.ui.close} onClick={onClose} />
      </div>
      <div class="flex flex-col gap-4">{children}</div>
    </dialog>
  );
};
