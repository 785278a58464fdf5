import {
  CANDLE_INTERVALS,
  type CandleInterval,
  type DrawnCandles,
  drawCandles,
  type ToldCandle,
} from "@coinholder/protocol";
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Empty, Loading } from "../ui/states.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { DepthChart } from "./depth-chart.tsx";
import { isLive } from "./live.tsx";
import { Segments } from "./segments.tsx";
import type { Book } from "./use-book.ts";
import { useFold } from "./use-fold.ts";
import type { Venue } from "./venue.ts";

type Chart = ComponentType<{
  readonly candles: readonly ToldCandle[];
  readonly interval: CandleInterval;
  readonly venue: Venue;
}>;

const Candles = ({
  venue,
  interval,
}: {
  readonly venue: Venue;
  readonly interval: CandleInterval;
}): JSX.Element => {
  const [drawn, setDrawn] = useState<{ readonly of: string; readonly candles: readonly ToldCandle[] }>();
  const channel = `candles:${venue.name}:${interval}`;
  useFold<DrawnCandles>(channel, drawCandles, ({ candles }) => setDrawn({ of: channel, candles }));
  const [loaded, setLoaded] = useState<{ readonly Chart?: Chart; readonly failed?: true }>({});
  const load = (): void => {
    setLoaded({});
    import("./candle-chart.tsx").then(
      (module) => setLoaded({ Chart: module.default }),
      () => setLoaded({ failed: true }),
    );
  };
  useEffect(load, []);
  if (loaded.failed)
    return (
      <Empty icon="offline" title={t.ui.noConnection}>
        <Button onClick={load}>{t.ui.retry}</Button>
      </Empty>
    );
  if (drawn?.of !== channel || loaded.Chart === undefined) return <Loading lines={8} />;
  if (drawn.candles.length === 0)
    return <Empty icon="market" title={t.market.chart.noCandles} hint={t.market.chart.noCandlesHint} />;
  const { Chart } = loaded;
  return <Chart candles={drawn.candles} interval={interval} venue={venue} />;
};

export const Charts = ({
  book,
  venue,
}: {
  readonly book: Book | undefined;
  readonly venue: Venue;
}): JSX.Element => {
  const words = t.market.chart;
  const [view, setView] = useState<"candles" | "depth">("candles");
  const [interval, setInterval] = useState<CandleInterval>("15m");
  return (
    <Card>
      <Tabs
        label={words.views}
        tabs={[
          { id: "candles", label: words.candles },
          { id: "depth", label: words.depth },
        ]}
        selected={view}
        onSelect={setView}
      >
        <div class={`flex min-h-96 flex-col gap-3 ${isLive() ? "" : "grayscale"}`}>
          {view === "candles" ? (
            <>
              <Segments
                label={words.interval}
                value={interval}
                onValue={setInterval}
                options={CANDLE_INTERVALS.map((value) => ({ value, label: words.intervals[value] }))}
              />
              <Candles venue={venue} interval={interval} />
            </>
          ) : book === undefined ? (
            <Loading lines={8} />
          ) : (
            <DepthChart book={book} venue={venue} />
          )}
        </div>
      </Tabs>
    </Card>
  );
};
