import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { paths } from "../app/paths.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Note } from "../ui/card.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { notify } from "../ui/toast.tsx";
import { accounts, current, switchTo } from "./current.ts";
import { countUnfinished } from "./notes.ts";
import { signOut } from "./open.ts";
import { PermissionWords } from "./permission-words.tsx";
import type { KeptAccount } from "./store.ts";

const nameOf = ({ name, account }: KeptAccount): string => name ?? `${account.slice(0, 8)}…`;

/** Shows whose account is open; pressed, it switches to another or signs out. */
export const AccountSwitch = (): JSX.Element | null => {
  const { route } = useLocation();
  const [open, setOpen] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [busy, setBusy] = useState(false);
  const account = current.value;
  if (account === undefined) return null;
  const words = t.session.accounts;
  const unanswered = leaving ? countUnfinished(account.account) : 0;
  const close = (): void => {
    setOpen(false);
    setLeaving(false);
  };
  const leave = async (): Promise<void> => {
    setBusy(true);
    const told = await signOut(account);
    setBusy(false);
    close();
    notify(told ? words.signedOut : words.signedOutOnlyHere, told ? "good" : "bad");
    route(paths.home, true);
  };
  return (
    <>
      <button
        type="button"
        class="flex min-h-11 max-w-48 items-center gap-2 rounded-[0.625rem] px-2 hover:bg-sunken lg:w-full lg:max-w-full"
        aria-label={words.open(nameOf(account))}
        onClick={() => setOpen(true)}
      >
        <span class="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent uppercase">
          {nameOf(account).replace("ac-", "")[0]}
        </span>
        <span class="truncate max-lg:hidden">{nameOf(account)}</span>
        <Icon name="switch" class="ms-auto size-4 text-quiet max-sm:hidden" />
      </button>
      <Dialog open={open} onClose={close} title={leaving ? words.signOutTitle : words.title}>
        {leaving ? (
          <>
            <p>{words.signOutText}</p>
            {unanswered > 0 && <Note tone="warn">{words.signOutUnanswered(unanswered)}</Note>}
            <Button kind="danger" busy={busy} onClick={() => void leave()}>
              {words.signOut}
            </Button>
            <Button onClick={() => setLeaving(false)}>{t.ui.cancel}</Button>
          </>
        ) : (
          <>
            <ul class="flex flex-col gap-1">
              {accounts.value.map((one) => (
                <li key={one.token}>
                  <button
                    type="button"
                    aria-current={one.token === account.token ? "true" : undefined}
                    class="flex min-h-11 w-full items-center gap-3 rounded-[0.625rem] px-3 py-2 text-start hover:bg-sunken aria-current:bg-accent-soft"
                    onClick={() => {
                      switchTo(one);
                      close();
                      route(paths.home);
                    }}
                  >
                    <span class="min-w-0 grow">
                      <span class="block truncate font-medium">{one.name ?? one.account}</span>
                      <span class="block text-sm text-quiet">
                        {one.permissions && <PermissionWords permissions={one.permissions} />}
                      </span>
                    </span>
                    {one.token === account.token && <Icon name="check" class="size-5 text-accent" />}
                  </button>
                </li>
              ))}
            </ul>
            <LinkButton href={paths.begin} icon="plus" wide onClick={close}>
              {words.add}
            </LinkButton>
            <Button kind="danger" onClick={() => setLeaving(true)}>
              {words.signOut}
            </Button>
          </>
        )}
      </Dialog>
    </>
  );
};
