import type { Answer, Parameters } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Badge, Card, Note } from "../ui/card.tsx";
import { TextField } from "../ui/field.tsx";
import { Empty, ErrorNote, Loaded } from "../ui/states.tsx";
import { fieldProblem, focusProblem } from "./payment-problem.ts";
import { WalletPage } from "./wallet-page.tsx";

const full = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

const List = ({ list }: { readonly list: Answer<"my-allowlist"> }): JSX.Element => {
  const words = t.wallet.allowed;
  const changing = useAct("change-allowlist", "wallet-allowlist");
  const [typed, setTyped] = useState("");
  const mayChange = may("change-allowlist");
  const problem = changing.error && fieldProblem(changing.error);
  const run = async (params: Parameters<"change-allowlist">): Promise<void> => {
    if (await changing.run(params)) setTyped("");
    else focusProblem();
  };
  const { on, off_t, addresses } = list;
  return (
    <>
      <Card>
        <div class="flex flex-wrap items-center justify-between gap-3">
          <Badge tone={on ? "good" : "quiet"}>{on ? words.on : words.off}</Badge>
          {mayChange && (
            <Button busy={changing.busy} onClick={() => void run({ on: !on || off_t !== undefined })}>
              {on && off_t === undefined ? words.turnOff : words.turnOn}
            </Button>
          )}
          <p class="w-full text-sm text-quiet" role="status">
            {off_t !== undefined
              ? words.offSoon(full.format(off_t))
              : on && mayChange
                ? words.turnOffHint
                : ""}
          </p>
        </div>
      </Card>
      <Card title={words.list}>
        {addresses.length === 0 ? (
          <Empty icon="keys" title={words.nothing} hint={words.nothingHint} />
        ) : (
          <ul class="divide-y divide-line">
            {addresses.map(({ address, from_t }) => (
              <li key={address} class="flex flex-wrap items-center justify-between gap-3 py-2">
                <span class="min-w-0 grow basis-48">
                  <span class="font-mono text-sm break-all">{address}</span>
                  {from_t > Date.now() && (
                    <span class="block text-sm text-quiet">{words.from(full.format(from_t))}</span>
                  )}
                </span>
                {mayChange && (
                  <Button
                    kind="quiet"
                    label={words.removeOf(address)}
                    disabled={changing.busy}
                    onClick={() => void run({ remove: [address] })}
                  >
                    {words.remove}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {mayChange && (
          <form
            noValidate
            class="mt-4 flex flex-col gap-3"
            onSubmit={(event) => {
              event.preventDefault();
              if (typed.trim() !== "") void run({ add: [typed.trim()] });
            }}
          >
            <TextField
              label={words.add}
              error={problem?.text}
              value={typed}
              onValue={(text) => {
                changing.clear();
                setTyped(text);
              }}
              autocomplete="off"
              spellcheck={false}
              autocapitalize="off"
            />
            <div>
              <Button type="submit" icon="plus" busy={changing.busy}>
                {words.addGo}
              </Button>
            </div>
          </form>
        )}
      </Card>
      <ErrorNote error={problem ? undefined : changing.error} />
      {!mayChange && <Note tone="quiet">{words.lookOnly}</Note>}
    </>
  );
};

/** Where the account's bitcoin may go. */
export const Allowlist = (): JSX.Element => {
  const list = useCall("my-allowlist");
  return (
    <WalletPage title={t.wallet.allowed.title} lead={t.wallet.allowed.lead} width="narrow">
      <Loaded call={list}>{(data) => <List list={data} />}</Loaded>
    </WalletPage>
  );
};
