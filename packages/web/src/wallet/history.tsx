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
import { useLookBack } from "./look-back.ts";
import { KINDS, type KindChoice, matches } from "./search.ts";
import { TransferFacts } from "./transfer-facts.tsx";
import { TransferRow } from "./transfer-row.tsx";
import { kindWords, wordsOf } from "./transfer-words.ts";
import { useTransfers } from "./use-transfers.ts";
import { WalletPage } from "./wallet-page.tsx";

/** Found ones that are shown at first, and with each press on «more». */
const SHOWN = 200;

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
  const [most, setMost] = useState(SHOWN);
  const transfers = useTransfers();
  const { rows, error, reload, more, loadMore, loadingMore } = transfers;
  const searches =
    search.text.trim() !== "" || search.kind !== "all" || search.from !== "" || search.to !== "";
  const period = periodOf(search.from, search.to);
  const found = rows?.filter((row) =>
    matches(row, { text: search.text.trim(), kind: search.kind, ...period }, wordsOf(row)),
  );
  const lookBack = useLookBack(searches ? JSON.stringify(search) : undefined, period.from, transfers);
  const hidden = searches ? (found?.length ?? 0) - most : 0;
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
                <Empty
                  icon="search"
                  title={lookBack.looking ? words.noMatchYet : words.noMatch}
                  hint={words.noMatchHint}
                >
                  <Button onClick={() => setSearch(undefined)}>{words.clear}</Button>
                </Empty>
              ))}
            {found.length > 0 && (
              <ul aria-label={words.list} class="-mx-1 divide-y divide-line sm:-mx-2">
                {(hidden > 0 ? found.slice(0, most) : found).map((row) => (
                  <TransferRow key={row.transfer_id} transfer={row} onOpen={() => setOpen(row.transfer_id)} />
                ))}
              </ul>
            )}
            {hidden > 0 && (
              <div class="mt-4 flex justify-center">
                <Button onClick={() => setMost(most + SHOWN)}>{words.moreFound(hidden)}</Button>
              </div>
            )}
            {searches && lookBack.mayFindMore && (
              <div class="mt-4 flex flex-col items-center gap-2">
                <p role="status" class="flex items-center gap-2 text-sm text-quiet">
                  {lookBack.looking && <span class="spinner" aria-hidden="true" />}
                  {lookBack.looking ? words.looking(rows.length) : words.looked(rows.length)}
                </p>
                {lookBack.looking ? (
                  <Button onClick={lookBack.stop}>{words.stop}</Button>
                ) : (
                  <Button onClick={lookBack.further}>{words.lookFurther}</Button>
                )}
              </div>
            )}
            {!searches && more && (
              <div class="mt-4 flex justify-center">
                <Button busy={loadingMore} onClick={() => void loadMore()}>
                  {words.more}
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
