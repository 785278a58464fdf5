import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { paths } from "../app/paths.ts";
import { currencyCodes } from "../hub/money.ts";
import { current } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Page } from "../ui/page.tsx";
import { DayView } from "./day-view.tsx";
import { InvoiceView } from "./invoice-view.tsx";
import { SaleView } from "./sale-view.tsx";
import { Setup } from "./setup.tsx";
import { keepSettings, readSettings, type TillSettings } from "./till-store.ts";
import { type Rows, useNow, useRows } from "./use-rows.ts";

const MINUTE_MS = 60_000;

const DayPage = ({ rows }: { readonly rows: Rows }): JSX.Element => {
  const now = useNow(MINUTE_MS);
  return (
    <Page title={t.till.today} back={{ label: t.till.backToTill, href: paths.till }}>
      <DayView rows={rows} now={now} />
    </Page>
  );
};

/** `/till`, `/till/settings`, `/till/day`, `/till/invoice/<address>` */
export default function TillPage(): JSX.Element {
  const { account } = current.value!;
  const { route } = useLocation();
  const [view, address] = (useRoute().params.view ?? "").split("/");
  const [settings, setSettings] = useState<TillSettings | undefined>(() =>
    readSettings(account, currencyCodes()),
  );
  const rows = useRows();
  if (view === "invoice" && address)
    return <InvoiceView key={address} address={address} rows={rows} sound={settings?.sound ?? true} />;
  if (view === "day") return <DayPage rows={rows} />;
  if (settings === undefined || view === "settings")
    return (
      <Setup
        settings={settings}
        onSettings={(chosen) => {
          keepSettings(account, chosen);
          setSettings(chosen);
          route(paths.till);
        }}
      />
    );
  return <SaleView account={account} settings={settings} rows={rows} />;
}
