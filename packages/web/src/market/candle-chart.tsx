import type { CandleInterval, ToldCandle } from "@coinholder/protocol";
import {
  CandlestickSeries,
  ColorType,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  TickMarkType,
  type UTCTimestamp,
} from "lightweight-charts";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { theme } from "../app/preferences.ts";
import { t } from "../texts/index.ts";
import type { Venue } from "./venue.ts";

const LANGUAGE = "en";
/** Of a candle and the gap beside it. */
const PIXELS_EACH = 7;
const clock = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short" });
const month = new Intl.DateTimeFormat(LANGUAGE, { month: "short", year: "numeric" });
const whole = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short", hour12: false });

const dateOf = (time: unknown): Date => new Date((time as number) * 1_000);

/** What a class of ours colours a text in, as the canvas wants it: `rgb(...)`. */
const colourOf = (place: HTMLElement, of: string): string => {
  const probe = document.createElement("span");
  probe.className = of;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

interface Drawn {
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<"Candlestick">;
  readonly volumes: ISeriesApi<"Histogram">;
}

const paint = ({ chart, candles, volumes }: Drawn, place: HTMLElement): void => {
  const [line, quiet, good, bad] = ["text-line", "text-quiet", "text-good", "text-bad"].map((of) =>
    colourOf(place, of),
  ) as [string, string, string, string];
  chart.applyOptions({
    layout: { textColor: quiet },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    rightPriceScale: { borderColor: line },
    timeScale: { borderColor: line },
  });
  candles.applyOptions({
    // Told apart by their form too: falling ones are filled, rising ones are not.
    upColor: "transparent",
    wickUpColor: good,
    borderUpColor: good,
    downColor: bad,
    wickDownColor: bad,
    borderDownColor: bad,
  });
  volumes.applyOptions({ color: line });
};

const draw = (place: HTMLElement, { quoteDecimals, tick }: Venue): Drawn => {
  const chart = createChart(place, {
    autoSize: true,
    // Its own logo brings a <style> element, which the Content-Security-Policy stops; the link below says the same.
    layout: { attributionLogo: false, background: { type: ColorType.Solid, color: "transparent" } },
    rightPriceScale: { entireTextOnly: true, scaleMargins: { top: 0.08, bottom: 0.25 } },
    timeScale: {
      timeVisible: true,
      secondsVisible: false,
      tickMarkFormatter: (time: unknown, type: TickMarkType) =>
        (type >= TickMarkType.Time ? clock : type === TickMarkType.DayOfMonth ? day : month).format(
          dateOf(time),
        ),
    },
    localization: { timeFormatter: (time: unknown) => whole.format(dateOf(time)) },
    handleScroll: { vertTouchDrag: false },
  });
  const candles = chart.addSeries(CandlestickSeries, {
    // A chart's places are floats; nothing is computed with them.
    priceFormat: {
      type: "price",
      precision: quoteDecimals,
      minMove: Number(tick) / 10 ** quoteDecimals,
    },
  });
  const volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: "",
    priceFormat: { type: "volume" },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
  const drawn = { chart, candles, volumes };
  paint(drawn, place);
  return drawn;
};

const timeOf = ({ t: at }: ToldCandle): UTCTimestamp => (at / 1_000) as UTCTimestamp;

/** Candles and volumes. Loaded when it is shown: the library is big. */
export default function CandleChart({
  candles,
  interval,
  venue,
}: {
  readonly candles: readonly ToldCandle[];
  readonly interval: CandleInterval;
  readonly venue: Venue;
}): JSX.Element {
  const words = t.market.chart;
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | undefined>(undefined);
  const fitted = useRef("");
  useEffect(() => {
    const made = draw(place.current!, venue);
    drawn.current = made;
    fitted.current = "";
    return () => {
      drawn.current = undefined;
      made.chart.remove();
    };
  }, [venue.name]);
  const chosen = theme.value;
  useEffect(() => {
    const repaint = (): void => {
      if (drawn.current && place.current) paint(drawn.current, place.current);
    };
    repaint();
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", repaint);
    return () => system.removeEventListener("change", repaint);
  }, [chosen]);
  useEffect(() => {
    if (!drawn.current) return;
    drawn.current.candles.setData(
      candles.map((candle) => ({
        time: timeOf(candle),
        open: Number(candle.open),
        high: Number(candle.high),
        low: Number(candle.low),
        close: Number(candle.close),
      })),
    );
    drawn.current.volumes.setData(
      candles.map((candle) => ({ time: timeOf(candle), value: Number(candle.volume) })),
    );
    const shown = `${venue.name} ${interval}`;
    if (fitted.current === shown) return;
    fitted.current = shown;
    // The newest ones, wide enough to be told apart; a few of them do not become beams.
    const shownAtOnce = Math.floor(place.current!.clientWidth / PIXELS_EACH);
    drawn.current.chart.timeScale().setVisibleLogicalRange({
      from: candles.length - shownAtOnce,
      to: candles.length + 4,
    });
  }, [candles, interval, venue.name]);
  return (
    <div class="flex flex-col gap-2">
      <div
        ref={place}
        role="img"
        aria-label={words.candlesOf(venue.name, words.intervals[interval], candles.at(-1)?.close ?? "")}
        class="relative h-80 w-full"
        data-candles={candles.length}
      />
      <p class="text-xs text-quiet">
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer" class="text-quiet underline">
          {words.attribution}
        </a>
      </p>
    </div>
  );
}
