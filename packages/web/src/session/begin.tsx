import type { TextKeyCredentials } from "@coinholder/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { paths } from "../app/paths.ts";
import { overview, theHub } from "../hub/current.ts";
import { t } from "../texts/index.ts";
import { Card } from "../ui/card.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { Page } from "../ui/page.tsx";
import { ConsentStep } from "./consent.tsx";
import { CreateForm } from "./create-form.tsx";
import { accounts, newAccount, noteNewAccount } from "./current.ts";
import { Incoming } from "./incoming.tsx";
import { incomingKey } from "./incoming-key.ts";
import { KeyForm } from "./key-form.tsx";
import { browserLabel } from "./label.ts";
import { finishNewAccount, type Opening, openAccount } from "./open.ts";
import { SheetMaker } from "./sheet.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import type { NewAccount } from "./store.ts";

type Way = "create" | "sign-in" | "key";

const Choice = ({
  icon,
  title,
  hint,
  onClick,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly hint: string;
  readonly onClick: () => void;
}): JSX.Element => (
  <button
    type="button"
    onClick={onClick}
    class="card flex w-full items-center gap-4 p-4 text-start transition-colors hover:bg-sunken"
  >
    <span class="rounded-full bg-accent-soft p-2.5 text-accent">
      <Icon name={icon} />
    </span>
    <span class="grow">
      <span class="block font-semibold">{title}</span>
      <span class="block text-sm text-quiet">{hint}</span>
    </span>
    <Icon name="next" class="size-5 text-quiet" />
  </button>
);

/** The steps after `create-account`: each may be left by a reload and is come back to. */
const FinishNewAccount = ({ unfinished }: { readonly unfinished: NewAccount }): JSX.Element => {
  const { route } = useLocation();
  const { account, token, key, name, hasPassword, step } = unfinished;
  const hub = theHub().as({ account, token, key });
  const next = async (): Promise<void> => {
    if (!hasPassword) return noteNewAccount({ ...unfinished, step: "sheet" });
    await finishNewAccount();
    route(paths.home, true);
  };
  if (step === "consent") {
    const held = [[account, "all"]] as const;
    return (
      <Page title={t.session.consent.title} lead={t.session.consent.lead} width="narrow">
        <ConsentStep
          opening={{ held, account }}
          onAgree={async (consent) => {
            // Before a reload it may have come to a key already.
            if (!accounts.value.some((one) => one.account === account))
              await openAccount(
                { hub, account, held, ...(name === undefined ? {} : { name }) },
                consent,
                browserLabel(),
              );
            await next();
          }}
        />
      </Page>
    );
  }
  return (
    <Page title={t.session.sheet.stepTitle} lead={t.session.sheet.stepLead} width="narrow">
      <SheetMaker
        hub={() => hub}
        account={account}
        name={name}
        finish={t.session.sheet.finish}
        onDone={async () => {
          await finishNewAccount();
          route(paths.home, true);
        }}
      />
    </Page>
  );
};

/** Where people without an account in this browser come first, and others add one. */
export default function Begin(): JSX.Element {
  const { route } = useLocation();
  const [way, setWay] = useState<Way>();
  const [opening, setOpening] = useState<Opening>();
  const [key, setKey] = useState<TextKeyCredentials>();
  const unfinished = newAccount.value;
  if (unfinished) return <FinishNewAccount unfinished={unfinished} />;
  const done = (): void => route(paths.home, true);
  const back = { label: t.ui.back, onClick: () => setWay(undefined) };
  const given = incomingKey.value ?? key;
  if (given) {
    const over = (): void => {
      incomingKey.value = undefined;
      setKey(undefined);
    };
    return (
      <Page
        title={t.session.incoming.title}
        {...(incomingKey.value ? { lead: t.session.incoming.lead } : {})}
        width="narrow"
      >
        <Incoming
          credentials={given}
          onDone={() => {
            over();
            done();
          }}
          onRefused={over}
        />
      </Page>
    );
  }
  if (opening)
    return (
      <Page title={t.session.consent.title} lead={t.session.consent.lead} width="narrow">
        <ConsentStep
          opening={opening}
          onAgree={async (consent) => {
            await openAccount(opening, consent, browserLabel());
            done();
          }}
        />
      </Page>
    );
  if (way === "create")
    return (
      <Page key="create" title={t.session.create.title} width="narrow" back={back}>
        <Card>
          <CreateForm onOpening={setOpening} />
        </Card>
      </Page>
    );
  if (way === "sign-in")
    return (
      <Page key="sign-in" title={t.session.signIn.title} width="narrow" back={back}>
        <Card>
          <SignInForm onOpening={setOpening} />
        </Card>
      </Page>
    );
  if (way === "key")
    return (
      <Page
        key="key"
        title={t.session.withKey.title}
        lead={t.session.withKey.lead}
        width="narrow"
        back={back}
      >
        <Card>
          <KeyForm onKey={setKey} />
        </Card>
      </Page>
    );
  const words = t.session.begin;
  const first = accounts.value.length === 0;
  return (
    <Page
      key="begin"
      title={first ? words.title(overview.value?.name ?? t.app.name) : words.addTitle}
      lead={words.lead}
      width="narrow"
    >
      <Choice icon="plus" title={words.create} hint={words.createHint} onClick={() => setWay("create")} />
      <Choice icon="keys" title={words.signIn} hint={words.signInHint} onClick={() => setWay("sign-in")} />
      <Choice icon="recovery" title={words.withKey} hint={words.withKeyHint} onClick={() => setWay("key")} />
      <p class="mt-2 flex flex-wrap justify-center gap-x-3 text-quiet">
        {words.lookAround} <a href={paths.market}>{t.app.sections.market}</a>{" "}
        <a href={paths.nearby}>{t.app.sections.nearby}</a>
      </p>
    </Page>
  );
}
