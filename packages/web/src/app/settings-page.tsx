import type { JSX } from "preact";
import { overview } from "../hub/current.ts";
import { currencyCodes } from "../hub/money.ts";
import { t } from "../texts/index.ts";
import { Card, Facts } from "../ui/card.tsx";
import { Choices, Select } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { chooseValueCurrency, theme, valueCurrency } from "./preferences.ts";

export default function SettingsPage(): JSX.Element {
  const words = t.app.settings;
  return (
    <Page title={words.title}>
      <div class="grid grid-cols-1 items-start gap-4 md:grid-cols-2">
        <Card title={words.appearance}>
          <div class="flex flex-col gap-4">
            <Choices
              label={words.theme}
              value={theme.value}
              onValue={(value) => {
                theme.value = value;
              }}
              options={(["system", "light", "dark"] as const).map((value) => ({
                value,
                label: words.themes[value],
              }))}
            />
            <Select
              label={words.valueIn}
              value={valueCurrency.value}
              onValue={chooseValueCurrency}
              options={currencyCodes().map((value) => ({ value, label: value }))}
            />
          </div>
        </Card>
        <div class="flex min-w-0 flex-col gap-4">
          <Card title={words.about}>
            <Facts
              facts={[
                [words.network, words.networkOf(overview.value?.network ?? "")],
                [words.address, location.origin],
              ]}
            />
            <ul class="mt-3 flex flex-col gap-2">
              <li>
                <a href="/api/docs">{words.reference}</a>
              </li>
              <li>
                <a href="/proof">{words.publicProof}</a>
              </li>
            </ul>
          </Card>
          <Card title={words.install}>
            <p class="text-quiet">{words.installHint}</p>
          </Card>
        </div>
      </div>
    </Page>
  );
}
