import type { HubError } from "@coinholder/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { asHubError } from "../hub/failure.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Choices, Select } from "../ui/field.tsx";
import { ErrorNote } from "../ui/states.tsx";
import type { Consent, Opening } from "./open.ts";
import { type Preset, presetsFor } from "./permissions.ts";

const DAY_MS = 24 * 3_600_000;
const durations = { day: DAY_MS, month: 30 * DAY_MS, year: 365 * DAY_MS, always: undefined } as const;
type Duration = keyof typeof durations;

/** What the browser (or a device) may do and for how long. */
export const ConsentChoices = ({
  presets,
  preset,
  onPreset,
  lasts,
  onLasts,
  question = t.session.consent.preset,
}: {
  readonly presets: readonly Preset[];
  readonly preset: Preset;
  readonly onPreset: (preset: Preset) => void;
  readonly lasts: Duration;
  readonly onLasts: (lasts: Duration) => void;
  readonly question?: string;
}): JSX.Element => {
  const words = t.session.consent;
  return (
    <>
      <Choices
        label={question}
        value={preset}
        onValue={onPreset}
        options={presets.map((value) => ({
          value,
          label: words.presets[value].name,
          hint: words.presets[value].hint,
        }))}
      />
      <Select
        label={words.lasts}
        value={lasts}
        onValue={onLasts}
        options={(["day", "month", "year", "always"] as const).map((value) => ({
          value,
          label: words.durations[value],
        }))}
      />
    </>
  );
};

export const useConsent = (presets: readonly Preset[], firstLasts: Duration = "month") => {
  const [preset, onPreset] = useState<Preset>(presets[0]!);
  const [lasts, onLasts] = useState<Duration>(firstLasts);
  const ms = durations[lasts];
  const consent: Consent = { preset, ...(ms === undefined ? {} : { lasts: ms }) };
  return { consent, choices: { presets, preset, onPreset, lasts, onLasts } };
};

/** The step between showing who one is and being signed in. `onAgree` makes the key. */
export const ConsentStep = ({
  opening,
  onAgree,
}: {
  readonly opening: Pick<Opening, "held" | "account">;
  readonly onAgree: (consent: Consent) => Promise<void>;
}): JSX.Element => {
  const { consent, choices } = useConsent(presetsFor(opening.held, opening.account));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HubError>();
  const agree = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await onAgree(consent);
    } catch (failure) {
      setError(asHubError(failure));
      setBusy(false);
    }
  };
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void agree();
      }}
    >
      <ConsentChoices {...choices} />
      <ErrorNote error={error} repeatable={false} />
      <Button kind="main" type="submit" busy={busy} wide>
        {t.session.consent.agree}
      </Button>
    </form>
  );
};
