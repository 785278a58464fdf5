import { isLatitude, isLongitude } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import type { Spot } from "./geo.ts";

/** A comma for the point is forgiven, and so are signs of degrees. */
const plain = (typed: string): string => typed.replace(/[\s°+]/g, "").replace(",", ".");

/** Where a place is typed. */
export const SpotForm = ({
  spot,
  onSpot,
}: {
  readonly spot: Spot | undefined;
  readonly onSpot: (spot: Spot) => void;
}): JSX.Element => {
  const words = t.nearby.place;
  const [lat, setLat] = useState(spot?.lat ?? "");
  const [lng, setLng] = useState(spot?.lng ?? "");
  const [tried, setTried] = useState(false);
  const badLat = !isLatitude(plain(lat));
  const badLng = !isLongitude(plain(lng));
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!badLat && !badLng) onSpot({ lat: plain(lat), lng: plain(lng) });
      }}
    >
      <div class="grid gap-4 sm:grid-cols-2">
        <TextField
          label={words.lat}
          hint={words.latHint}
          error={tried && badLat ? words.badLat : undefined}
          value={lat}
          onValue={setLat}
          autocomplete="off"
        />
        <TextField
          label={words.lng}
          hint={words.lngHint}
          error={tried && badLng ? words.badLng : undefined}
          value={lng}
          onValue={setLng}
          autocomplete="off"
        />
      </div>
      <div>
        <Button type="submit" icon="nearby">
          {words.take}
        </Button>
      </div>
    </form>
  );
};
