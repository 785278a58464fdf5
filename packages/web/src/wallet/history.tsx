import { allTransfers, type HubError } from "@coinholder/client";
import { transfersCsv } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { myHub } from "../hub/current.ts";
import { asHubError } from "../hub/failure.ts";
import { ask } from "../hub/use-call.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Select, TextField } from "../ui/field.tsx";
import { Empty, ErrorNote, Loading } from "../ui/states.tsx";
import { dayOf, periodOf } from "./days.ts";
import { saveFile } from "./download.ts";
import { useKept } from "./kept.ts";
import { KINDS, type KindChoice, matches } from "./search.ts";
import { TransferFacts } from "./transfer-facts.tsx";
import { TransferRow } from "./transfer-row.tsx";
import { kindWords, wordsOf } from "./transfer-words.ts";
import { useTransfers } from "./use-transfers.ts";
import { WalletPage } from "./wallet-page.tsx";

/** What one press looks through further back. */
const FAR = 500;

const NO_SEARCH = { text: "", kind: "all" as KindChoice, from: "", to: "" };

const Download = ({ from, to }: { readonly from: string; readonly to: string }): JSX.Element => {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HubError>();
  const download = async (): Promise<void> => {
    const hub = myHub.peek();
    if (hub === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      const rows = await ask(hub, () => allTransfers(hub, periodOf(from, to)));
      saveFile(`transfers-${dayOf(Date.now())}.csv`, transfersCsv(rows));
    } catch (failure) {
      setError(asHubError(failure));
    }
    setBusy(false);
  };
  return (
    <div class="flex flex-col items-start gap-2">
      <Button icon="download" busy={busy} onClick={() => void download()}>
        {t.wallet.past.download}
      </Button>
      <p class="text-sm text-quiet">{t.wallet.past.downloadHint}</p>
      <ErrorNote error={error} />
    </div>
  );
};

/** All that came and went, with search and download. */
export const History = (): JSX.Element => {
  const words = t.wallet.past;
  const [search, setSearch] = useKept("history", NO_SEARCH);
  const [open, setOpen] = useState<string>();
  const { rows, error, reload, more, loadMore, loadingMore } = useTransfers();
  const searches =
    search.text.trim() !== "" || search.kind !== "all" || search.from !== "" || search.to !== "";
  const found = rows?.filter((row) =>
    matches(
      row,
      { text: search.text.trim(), kind: search.kind, ...periodOf(search.from, search.to) },
      wordsOf(row),
    ),
  );
  const opened = rows?.find(({ transfer_id }) => transfer_id === open);
  return (
    <WalletPage title={words.title}>
      <Card>
        <search class="grid grid-cols-2 gap-3 sm:grid-cols-4">
          <div class="col-span-2 sm:col-span-4">
            <TextField
              label={words.search}
              placeholder={words.searchHint}
              type="search"
              autocomplete="off"
              spellcheck={false}
              value={search.text}
              onValue={(text) => setSearch({ text })}
            />
          </div>
          <div class="col-span-2">
            <Select
              label={words.kind}
              value={search.kind}
              onValue={(kind) => setSearch({ kind })}
              options={KINDS.map((value) => ({
                value,
                label: value === "all" ? words.allKinds : words.kindChoices[value],
              }))}
            />
          </div>
          <TextField
            label={words.from}
            type="date"
            value={search.from}
            onValue={(from) => setSearch({ from })}
          />
          <TextField label={words.to} type="date" value={search.to} onValue={(to) => setSearch({ to })} />
        </search>
      </Card>
      <Card>
        {error && <ErrorNote error={error} onRetry={reload} />}
        {found === undefined || rows === undefined ? (
          error === undefined && <Loading lines={6} />
        ) : (
          <>
            <p role="status" class={searches ? "mb-2 text-sm text-quiet" : "sr-only"}>
              {words.found(found.length)}
            </p>
            {found.length === 0 &&
              (rows.length === 0 ? (
                <Empty icon="wallet" title={words.nothing} hint={words.nothingHint} />
              ) : (
                <Empty icon="search" title={words.noMatch} hint={words.noMatchHint}>
                  <Button onClick={() => setSearch(undefined)}>{words.clear}</Button>
                </Empty>
              ))}
            {found.length > 0 && (
              <ul aria-label={words.list} class="-mx-1 divide-y divide-line sm:-mx-2">
                {found.map((row) => (
                  <TransferRow key={row.transfer_id} transfer={row} onOpen={() => setOpen(row.transfer_id)} />
                ))}
              </ul>
            )}
            {more && (
              <div class="mt-4 flex flex-col items-center gap-2">
                {searches && <p class="text-sm text-quiet">{words.looked(rows.length)}</p>}
                <Button busy={loadingMore} onClick={() => void loadMore(searches ? FAR : undefined)}>
                  {searches ? words.lookFurther : words.more}
                </Button>
              </div>
            )}
          </>
        )}
      </Card>
      <Download from={search.from} to={search.to} />
      <Dialog
        open={opened !== undefined}
        onClose={() => setOpen(undefined)}
        title={opened ? kindWords(opened) : ""}
      >
        {opened && <TransferFacts transfer={opened} />}
      </Dialog>
    </WalletPage>
  );
};
