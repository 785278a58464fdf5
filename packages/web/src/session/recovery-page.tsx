import type { TextKeyCredentials } from "@coinholder/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { paths } from "../app/paths.ts";
import { myHub, theHub } from "../hub/current.ts";
import { t } from "../texts/index.ts";
import { Card, Note } from "../ui/card.tsx";
import { TextField } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { Time } from "../ui/time.tsx";
import { current } from "./current.ts";
import { Incoming } from "./incoming.tsx";
import { KeyForm } from "./key-form.tsx";
import { SheetMaker } from "./sheet.tsx";
import type { KeptAccount } from "./store.ts";

/** By this browser's key if it may and has no end, since nothing outlives what it was made with; else by the password. */
const MakeSheet = ({ account }: { readonly account: KeptAccount }): JSX.Element => {
  const words = t.session.sheet;
  const { route } = useLocation();
  const [pass, setPass] = useState("");
  const { expires_t } = account;
  const holdsAll = account.permissions?.includes("all") === true;
  return (
    <SheetMaker
      hub={() => (holdsAll && pass === "" ? myHub.value! : theHub().as({ name: account.account, pass }))}
      account={account.account}
      name={account.name}
      finish={t.ui.done}
      onDone={() => {
        setPass("");
        route(paths.home);
      }}
    >
      <p class="text-quiet">{words.makeHint}</p>
      {!holdsAll && <Note tone="quiet">{words.needsPassword}</Note>}
      {holdsAll && expires_t !== undefined && (
        <Note tone="warn">
          {words.wouldEnd} <Time t={expires_t} show="date" />. {words.wouldNotEnd}
        </Note>
      )}
      {(!holdsAll || expires_t !== undefined) && (
        <TextField
          label={t.session.signIn.password}
          type="password"
          value={pass}
          onValue={setPass}
          autocomplete="current-password"
        />
      )}
    </SheetMaker>
  );
};

export default function RecoveryPage(): JSX.Element {
  const words = t.session.sheet;
  const { route } = useLocation();
  const [key, setKey] = useState<TextKeyCredentials>();
  const account = current.value;
  if (key)
    return (
      <Page title={t.session.incoming.title} width="narrow">
        <Incoming credentials={key} onDone={() => route(paths.home)} onRefused={() => setKey(undefined)} />
      </Page>
    );
  return (
    <Page
      title={words.title}
      lead={words.lead}
      width="narrow"
      back={
        account
          ? { label: t.session.keys.title, href: paths.keys }
          : { label: t.ui.back, onClick: () => route(paths.begin) }
      }
    >
      {account && <MakeSheet account={account} />}
      <div class="print:hidden">
        <Card title={words.restoreTitle}>
          <KeyForm onKey={setKey} kind="plain" />
        </Card>
      </div>
    </Page>
  );
}
