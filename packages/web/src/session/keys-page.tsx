import { credentialsOf, type HubError, type TextKeyCredentials } from "@coinholder/client";
import type { Answer, PermissionPair } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { paths } from "../app/paths.ts";
import { act, useAct } from "../hub/act.ts";
import { myHub, theHub } from "../hub/current.ts";
import { asHubError } from "../hub/failure.ts";
import { useCall } from "../hub/use-call.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Badge, Card } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Icon } from "../ui/icons.tsx";
import { Page } from "../ui/page.tsx";
import { Qr } from "../ui/qr.tsx";
import { ErrorNote, Loaded } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { notify } from "../ui/toast.tsx";
import { ConsentChoices, useConsent } from "./consent.tsx";
import { current, may } from "./current.ts";
import { keyLink } from "./key-text.ts";
import { PermissionWords } from "./permission-words.tsx";
import { pairsOf, presetsFor } from "./permissions.ts";

type Authkey = Answer<"my-authkeys">["authkeys"][number];

const labelOf = ({ label, type }: Authkey): string =>
  type === "password" ? t.session.keys.password : (label ?? t.session.keys.noLabel);

const permissionsOf = ({ permissions }: Authkey, account: string): string[] =>
  (permissions as readonly PermissionPair[]).filter(([of]) => of === account).map(([, name]) => name);

const KeyLine = ({
  authkey,
  onRevoke,
}: {
  readonly authkey: Authkey;
  readonly onRevoke: (() => void) | undefined;
}): JSX.Element => {
  const words = t.session.keys;
  const account = current.value!;
  const permissions = permissionsOf(authkey, account.account);
  const { expires_t, last_used_t, token } = authkey;
  const expired = expires_t !== undefined && expires_t <= Date.now();
  return (
    <li class="flex items-start justify-between gap-3 py-4 first:pt-0 last:pb-0">
      <div class="min-w-0">
        <p class="flex flex-wrap items-center gap-2 font-medium">
          <span class="break-words">{labelOf(authkey)}</span>
          {token === account.token && <Badge tone="accent">{words.thisBrowser}</Badge>}
          {expired && <Badge tone="warn">{words.expired}</Badge>}
        </p>
        <p class="text-sm text-quiet">
          <PermissionWords permissions={permissions} />
          {" · "}
          {expires_t === undefined ? (
            words.noEnd
          ) : (
            <>
              {words.until} <Time t={expires_t} show="date" />
            </>
          )}
        </p>
        {last_used_t !== undefined && (
          <p class="text-sm text-quiet">
            {words.lastUsed} <Time t={last_used_t} />
          </p>
        )}
        <details class="text-sm text-quiet">
          <summary class="-mb-2 min-h-11 py-2.5">{words.names}</summary>
          <p class="font-mono text-xs break-words">{token}</p>
          <p class="break-words">{permissions.join(", ")}</p>
        </details>
      </div>
      {onRevoke && (
        <Button onClick={onRevoke} label={words.revokeOf(labelOf(authkey))}>
          {words.revoke}
        </Button>
      )}
    </li>
  );
};

/** Whether this browser's key holds all that the other does (the hub decides; this only says what is worth a try). */
const canRevoke = (authkey: Authkey): boolean => {
  const account = current.value!;
  if (authkey.token === account.token) return false;
  const mine = new Set(account.permissions ?? []);
  return (
    may("revoke-authkey") &&
    (mine.has("all") || permissionsOf(authkey, account.account).every((name) => mine.has(name)))
  );
};

const NewKey = (): JSX.Element | null => {
  const words = t.session.keys;
  const account = current.value!;
  const held = (account.permissions ?? []).map((name): PermissionPair => [account.account, name]);
  const presets = presetsFor(held, account.account).filter(
    (preset) => preset !== "operator" && preset !== "everything",
  );
  const order = ["till", "look", "everyday"] as const;
  const { consent, choices } = useConsent(
    order.filter((preset) => presets.includes(preset)),
    "year",
  );
  const [label, setLabel] = useState("");
  const [made, setMade] = useState<TextKeyCredentials>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HubError>();
  if (presets.length === 0) return null;
  const make = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    const wanted = consent.lasts === undefined ? undefined : Date.now() + consent.lasts;
    const ends = Math.min(wanted ?? Number.POSITIVE_INFINITY, account.expires_t ?? Number.POSITIVE_INFINITY);
    try {
      const { authkey } = await act("create-authkey", {
        permissions: pairsOf(consent.preset, account.account, held, theHub().overview.supported_functions),
        label: label.trim() === "" ? words.tillNamePlaceholder : label.trim(),
        ...(Number.isFinite(ends) ? { expires_t: ends } : {}),
      });
      setMade(credentialsOf(account.account, authkey));
    } catch (failure) {
      setError(asHubError(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={words.tillTitle}>
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <p class="text-quiet">{words.tillHint}</p>
        <TextField
          label={words.tillName}
          placeholder={words.tillNamePlaceholder}
          value={label}
          onValue={setLabel}
          maxLength={100}
          autocomplete="off"
        />
        <ConsentChoices {...choices} question={words.may} />
        {account.expires_t !== undefined && (
          <p class="text-sm text-quiet">
            {words.tillEnds} <Time t={account.expires_t} show="date" />
          </p>
        )}
        <ErrorNote error={error} repeatable={false} />
        <Button type="submit" icon="phone" busy={busy}>
          {words.tillMake}
        </Button>
      </form>
      <Dialog open={made !== undefined} onClose={() => setMade(undefined)} title={words.tillReady}>
        {made && (
          <>
            <p>{words.tillReadyHint}</p>
            <div class="flex justify-center">
              <Qr text={keyLink(made)} what={words.tillCode} />
            </div>
            <CopyButton text={keyLink(made)} label={words.tillCopy} />
          </>
        )}
      </Dialog>
    </Card>
  );
};

export default function KeysPage(): JSX.Element {
  const words = t.session.keys;
  const keys = useCall("my-authkeys");
  const [ending, setEnding] = useState<Authkey>();
  const revoke = useAct("revoke-authkey");
  const end = async (): Promise<void> => {
    if ((await revoke.run({ authkey_token: ending!.token })) === undefined) return;
    setEnding(undefined);
    notify(words.revoked);
  };
  return (
    <Page title={words.title} lead={words.lead} width="broad">
      <div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <Card>
          <Loaded call={keys}>
            {({ authkeys }) => (
              <ul class="divide-y divide-line">
                {authkeys.map((authkey) => (
                  <KeyLine
                    key={authkey.token}
                    authkey={authkey}
                    onRevoke={canRevoke(authkey) ? () => setEnding(authkey) : undefined}
                  />
                ))}
              </ul>
            )}
          </Loaded>
        </Card>
        <div class="flex min-w-0 flex-col gap-4">
          {may("create-authkey") && myHub.value && <NewKey />}
          <Card title={words.sheet}>
            <div class="flex flex-wrap items-center justify-between gap-3">
              <p class="flex items-center gap-2 text-quiet">
                <Icon name="recovery" />
                {words.sheetHint}
              </p>
              <LinkButton href={paths.recovery}>{words.sheet}</LinkButton>
            </div>
          </Card>
        </div>
      </div>
      <Dialog
        open={ending !== undefined}
        onClose={() => {
          setEnding(undefined);
          revoke.clear();
        }}
        title={words.revokeTitle}
      >
        {ending && (
          <>
            <p>{words.revokeText(labelOf(ending))}</p>
            <ErrorNote error={revoke.error} />
            <Button kind="danger" busy={revoke.busy} onClick={() => void end()}>
              {words.revokeYes}
            </Button>
          </>
        )}
      </Dialog>
    </Page>
  );
}
