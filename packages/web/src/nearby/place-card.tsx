import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/card.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { SpotForm } from "./spot-form.tsx";
import { choosePlace, follow, following, type NoPlace, place } from "./spot-store.ts";

/** Where one is: by the device, with a reason before the browser asks, or typed. */
export const PlaceChoice = (): JSX.Element => {
  const words = t.nearby.place;
  const [asking, setAsking] = useState(following.peek());
  const [problem, setProblem] = useState<NoPlace>();
  const [typing, setTyping] = useState(false);
  useEffect(() => {
    if (!asking) return undefined;
    return follow((found) => {
      // A device that loses its place for a moment is where it was.
      if (place.peek()?.from === "device" && found === "unavailable") return;
      setProblem(found);
      setAsking(false);
    });
  }, [asking]);
  const where = place.value;
  const ask = (): void => {
    setProblem(undefined);
    setAsking(true);
  };
  const type = (
    <Button kind={where ? "quiet" : "plain"} onClick={() => setTyping(true)}>
      {where ? words.change : words.typed}
    </Button>
  );
  return (
    <div class="flex flex-col gap-3">
      {where ? (
        <div class="flex flex-wrap items-center justify-between gap-2">
          <p>
            <span class="block text-sm text-quiet">
              {where.from === "device" ? words.device : words.title}
            </span>
            <span class="digits">{words.at(where.lat, where.lng)}</span>
          </p>
          <div class="-me-4 flex flex-wrap gap-2">
            {where.from === "typed" && (
              <Button kind="quiet" icon="nearby" busy={asking} onClick={ask}>
                {words.use}
              </Button>
            )}
            {type}
          </div>
        </div>
      ) : (
        <>
          <p class="text-quiet">{words.why}</p>
          <div class="button-row">
            <Button kind="main" icon="nearby" busy={asking} onClick={ask}>
              {asking ? words.finding : words.use}
            </Button>
            {type}
          </div>
        </>
      )}
      {problem && (
        <div role="alert">
          <Note tone="warn">{words[problem]}</Note>
        </div>
      )}
      <Dialog open={typing} onClose={() => setTyping(false)} title={words.typed}>
        <SpotForm
          spot={where}
          onSpot={(spot) => {
            setAsking(false);
            setProblem(undefined);
            choosePlace(spot);
            setTyping(false);
          }}
        />
        {where && (
          <Button
            onClick={() => {
              setAsking(false);
              choosePlace(undefined);
              setTyping(false);
            }}
          >
            {words.forget}
          </Button>
        )}
      </Dialog>
    </div>
  );
};
