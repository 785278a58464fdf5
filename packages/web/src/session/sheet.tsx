import type { Hub, HubError, TextKeyCredentials } from "@coinholder/client";
import { credentialsOf } from "@coinholder/client";
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { overview } from "../hub/current.ts";
import { asHubError } from "../hub/failure.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Facts, Note } from "../ui/card.tsx";
import { Qr } from "../ui/qr.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { keyLink, keyText } from "./key-text.ts";

interface RecoveryKey {
  readonly key: TextKeyCredentials;
  /** When it stops to work, because what it was made with does. */
  readonly expires_t: number | undefined;
  /** When it was made. */
  readonly t: number;
}

/** A key with everything on the account, for paper. Its text is in memory as long as the sheet is shown, and nowhere else. */
const makeRecoveryKey = async (hub: Hub, account: string): Promise<RecoveryKey> => {
  const { authkey } = await hub.call("create-authkey", {
    permissions: [[account, "all"]],
    label: t.session.sheet.label,
  });
  return { key: credentialsOf(account, authkey), expires_t: authkey.expires_t, t: Date.now() };
};

/** What is printed. */
const Sheet = ({
  recovery: { key, expires_t, t: made },
  name,
}: {
  readonly recovery: RecoveryKey;
  readonly name: string | undefined;
}): JSX.Element => {
  const words = t.session.sheet;
  return (
    <section class="card flex flex-col gap-4 p-5 print:border-0 print:p-0" aria-labelledby="sheet-title">
      <h2 id="sheet-title" class="text-xl font-semibold">
        {words.title}
      </h2>
      <Note tone="warn" title={words.warning} />
      <Facts
        facts={[
          [words.hub, overview.value?.name ?? ""],
          [words.address, <span class="break-all">{location.origin}</span>],
          ...(name === undefined ? [] : [[words.name, name] as const]),
          [words.account, <span class="font-mono text-sm break-all">{key.account}</span>],
          [words.made, <Time t={made} show="full" />],
          ...(expires_t === undefined
            ? []
            : [
                [
                  words.until,
                  <strong class="text-bad">
                    <Time t={expires_t} show="full" />
                  </strong>,
                ] as const,
              ]),
        ]}
      />
      <div class="flex flex-col items-center gap-3">
        <Qr text={keyLink(key)} what={words.qr} class="w-full max-w-72 print:max-w-60" />
        <h3 class="text-sm text-quiet">{words.key}</h3>
        <p class="max-w-full font-mono text-sm break-all" data-recovery-key>
          {keyText(key)}
        </p>
      </div>
      <p>{words.how}</p>
    </section>
  );
};

/** Makes a recovery key when asked to, and shows it until its owner says that it is safe. */
export const SheetMaker = ({
  hub,
  account,
  name,
  finish,
  onDone,
  children,
}: {
  /** By what it is made. */
  readonly hub: () => Hub;
  readonly account: string;
  readonly name: string | undefined;
  readonly finish: string;
  readonly onDone: () => Promise<void> | void;
  /** What is asked before it is made. */
  readonly children?: ComponentChildren;
}): JSX.Element => {
  const words = t.session.sheet;
  const [made, setMade] = useState<RecoveryKey>();
  const [safe, setSafe] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HubError>();
  const during = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (failure) {
      setError(asHubError(failure));
    } finally {
      setBusy(false);
    }
  };
  const make = (): Promise<void> => during(async () => setMade(await makeRecoveryKey(hub(), account)));
  if (made === undefined)
    return (
      <>
        {children}
        <ErrorNote error={error} repeatable={false} />
        <Button kind="main" icon="recovery" wide busy={busy} onClick={() => void make()}>
          {words.make}
        </Button>
      </>
    );
  return (
    <>
      <Sheet recovery={made} name={name} />
      <div class="flex flex-col gap-3 print:hidden">
        <Button icon="print" onClick={() => print()}>
          {words.print}
        </Button>
        <label class="flex min-h-11 cursor-pointer items-center gap-3">
          <input
            type="checkbox"
            class="size-5 shrink-0 accent-accent"
            checked={safe}
            onChange={({ currentTarget }) => setSafe(currentTarget.checked)}
          />
          {words.stored}
        </label>
        <Button kind="main" disabled={!safe} busy={busy} onClick={() => void during(async () => onDone())}>
          {finish}
        </Button>
      </div>
    </>
  );
};
