import type { HubError, TextKeyCredentials } from "@coinholder/client";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asHubError } from "../hub/failure.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Facts } from "../ui/card.tsx";
import { ErrorNote, Loading } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { ConsentStep } from "./consent.tsx";
import { browserLabel } from "./label.ts";
import { adoptKey, type Opening, openAccount, openByKey } from "./open.ts";
import { PermissionWords } from "./permission-words.tsx";

/** A key that opens everything is not kept: it makes one for this browser. Any other was made for it. */
const isMaster = ({ held }: Opening): boolean => held.some(([, permission]) => permission === "all");

/** A key that came by link, paper or file: what it is, and whether this browser should use it. */
export const Incoming = ({
  credentials,
  onDone,
  onRefused,
}: {
  readonly credentials: TextKeyCredentials;
  readonly onDone: () => void;
  readonly onRefused: () => void;
}): JSX.Element => {
  const words = t.session.incoming;
  const [opening, setOpening] = useState<Opening & { readonly label?: string }>();
  const [error, setError] = useState<HubError>();
  const look = (): void => {
    setError(undefined);
    openByKey(credentials).then(setOpening, (failure) => setError(asHubError(failure)));
  };
  useEffect(look, [credentials]);
  const refuse = (
    <Button wide onClick={onRefused}>
      {words.refuse}
    </Button>
  );
  if (error)
    return (
      <>
        <ErrorNote error={error} onRetry={look} />
        {refuse}
      </>
    );
  if (opening === undefined) return <Loading />;
  const facts = (
    <Facts
      facts={[
        [words.account, <span class="font-mono text-sm break-all">{opening.account}</span>],
        [
          words.may,
          <PermissionWords
            permissions={opening.held.filter(([of]) => of === opening.account).map(([, name]) => name)}
          />,
        ],
        [
          words.until,
          opening.expires_t === undefined ? words.noEnd : <Time t={opening.expires_t} show="full" />,
        ],
      ]}
    />
  );
  if (isMaster(opening))
    return (
      <>
        {facts}
        <ConsentStep
          opening={opening}
          onAgree={async (consent) => {
            await openAccount(opening, consent, browserLabel());
            onDone();
          }}
        />
        {refuse}
      </>
    );
  return (
    <>
      {facts}
      <Button kind="main" wide onClick={() => void adoptKey(credentials, opening).then(onDone)}>
        {words.accept}
      </Button>
      {refuse}
    </>
  );
};
