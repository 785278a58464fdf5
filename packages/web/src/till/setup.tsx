import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { paths } from "../app/paths.ts";
import { valueCurrency } from "../app/preferences.ts";
import { overview } from "../hub/current.ts";
import { currencyCodes } from "../hub/money.ts";
import { SpotForm } from "../nearby/spot-form.tsx";
import { locate, type NoPlace } from "../nearby/spot-store.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Card, Note } from "../ui/card.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Checkbox, Select } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { allowSound, playPaid } from "./sound.ts";
import { DIGITS, FIRST_DIGITS, type TillSettings } from "./till-store.ts";

/** Where the till stands: it is in every invoice, so that phones find it. */
const PlaceCard = ({
  place,
  onPlace,
}: {
  readonly place: TillSettings["place"];
  readonly onPlace: (place: TillSettings["place"]) => void;
}): JSX.Element => {
  const words = t.nearby.place;
  const [asking, setAsking] = useState(false);
  const [typing, setTyping] = useState(false);
  const [problem, setProblem] = useState<NoPlace>();
  const ask = async (): Promise<void> => {
    setAsking(true);
    setProblem(undefined);
    const found = await locate();
    setAsking(false);
    if (typeof found === "string") setProblem(found);
    else onPlace(found);
  };
  return (
    <Card title={t.till.place}>
      <div class="flex flex-col gap-3">
        <p class="text-quiet">{words.whyTill}</p>
        <p class="digits font-medium" aria-live="polite">
          {place ? words.at(place.lat, place.lng) : t.till.noPlace}
        </p>
        {problem && (
          <div role="alert">
            <Note tone="warn">{words.deniedTill}</Note>
          </div>
        )}
        <div class="button-row">
          <Button icon="nearby" busy={asking} onClick={() => void ask()}>
            {asking ? words.finding : t.till.placeUse}
          </Button>
          <Button onClick={() => setTyping(true)}>{words.typed}</Button>
          {place && (
            <Button kind="quiet" onClick={() => onPlace(undefined)}>
              {words.forget}
            </Button>
          )}
        </div>
      </div>
      <Dialog open={typing} onClose={() => setTyping(false)} title={words.typed}>
        <SpotForm
          spot={place}
          onSpot={(spot) => {
            setProblem(undefined);
            onPlace(spot);
            setTyping(false);
          }}
        />
      </Dialog>
    </Card>
  );
};

/** What a device has to know before it is a till. */
export const Setup = ({
  settings,
  onSettings,
}: {
  /** Undefined the first time. */
  readonly settings: TillSettings | undefined;
  readonly onSettings: (settings: TillSettings) => void;
}): JSX.Element => {
  const words = t.till;
  // Where people come with play money, it is bitcoin that they can pay with.
  const first = overview.peek()?.supported_functions.includes("play-money") ? "BTC" : valueCurrency.peek();
  const [currency, setCurrency] = useState(settings?.currency ?? first);
  const [digits, setDigits] = useState<number>(settings?.digits ?? FIRST_DIGITS);
  const [sound, setSound] = useState(settings?.sound ?? true);
  const [place, setPlace] = useState(settings?.place);
  return (
    <Page
      title={settings ? words.settings : words.setUp}
      lead={words.setUpLead}
      width="narrow"
      {...(settings ? { back: { label: words.backToTill, href: paths.till } } : {})}
    >
      <Card>
        <div class="flex flex-col gap-4">
          <Select
            label={words.currency}
            hint={words.currencyHint}
            value={currency}
            onValue={setCurrency}
            options={currencyCodes().map((value) => ({ value, label: value }))}
          />
          <Select
            label={words.digits}
            hint={words.digitsHint}
            value={String(digits)}
            onValue={(value) => setDigits(Number(value))}
            options={DIGITS.map((value) => ({ value: String(value), label: words.digitsOf(value) }))}
          />
          <div class="flex flex-wrap items-center justify-between gap-x-1">
            <Checkbox label={words.sound} checked={sound} onChecked={setSound} />
            <div class="-mx-4">
              <Button kind="quiet" onClick={playPaid}>
                {words.soundTry}
              </Button>
            </div>
          </div>
        </div>
      </Card>
      <PlaceCard place={place} onPlace={setPlace} />
      <Button
        kind="main"
        wide
        onClick={() => {
          allowSound();
          onSettings({ currency, digits, sound, ...(place ? { place } : {}) });
        }}
      >
        {settings ? words.save : words.open}
      </Button>
      {may("create-authkey") && settings && (
        <Card title={words.device}>
          <div class="flex flex-col items-start gap-3">
            <p class="text-quiet">{words.deviceHint}</p>
            <LinkButton icon="phone" href={paths.keys}>
              {words.deviceGo}
            </LinkButton>
          </div>
        </Card>
      )}
    </Page>
  );
};
