import type { NearbyInvoice } from "@coinholder/protocol";
import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { bearingTo, type Spot } from "./geo.ts";
import { dotsOf, RINGS, ringAt } from "./layout.ts";

const SIZE = 320;
const MIDDLE = SIZE / 2;
const OUTER = MIDDLE - 22;
/** More would be a crowd; the list has them all. */
const MOST = 30;

/** Rings and bearings; what it shows stands in the list too, so screen readers pass over it. */
export const Radar = ({
  place,
  radius,
  invoices,
  onChoose,
}: {
  readonly place: Spot;
  readonly radius: number;
  readonly invoices: readonly NearbyInvoice[];
  readonly onChoose: (invoice: NearbyInvoice) => void;
}): JSX.Element => {
  const shown = invoices.slice(0, MOST).flatMap((invoice) => {
    const { lat, lng } = invoice.info;
    return lat === undefined || lng === undefined ? [] : [{ invoice, spot: { lat, lng } }];
  });
  const dots = dotsOf(
    shown.map(({ invoice, spot }) => ({
      distance: invoice.distance_m ?? 0,
      bearing: bearingTo(place, spot),
    })),
    radius,
  );
  return (
    <svg
      viewBox={`0 0 ${SIZE} ${SIZE}`}
      class="mx-auto w-full max-w-96 select-none"
      aria-hidden="true"
      focusable="false"
    >
      {RINGS.map((part) => (
        <circle
          key={part}
          cx={MIDDLE}
          cy={MIDDLE}
          r={OUTER * ringAt(part, 1)}
          class="fill-none stroke-line"
          stroke-width="1.5"
        />
      ))}
      <path
        d={`M${MIDDLE} ${MIDDLE - OUTER}V${MIDDLE + OUTER}M${MIDDLE - OUTER} ${MIDDLE}H${MIDDLE + OUTER}`}
        class="stroke-line"
        stroke-width="1"
      />
      <path d={`M${MIDDLE} 4l5 9h-10z`} class="fill-quiet" />
      {RINGS.slice(1).map((part) => (
        <text
          key={part}
          x={MIDDLE + 4}
          y={MIDDLE + OUTER * ringAt(part, 1) - 4}
          class="fill-quiet text-[10px]"
        >
          {t.nearby.metres(Math.round(radius * part))}
        </text>
      ))}
      <circle cx={MIDDLE} cy={MIDDLE} r="6" class="fill-accent" />
      <circle cx={MIDDLE} cy={MIDDLE} r="12" class="fill-none stroke-accent" stroke-width="2" opacity="0.5" />
      {shown.map(({ invoice }, i) => {
        const { x, y } = dots[i]!;
        const doubtful = invoice.ambiguous || !invoice.confirmed;
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: a short cut for fingers; the list's links do the same by keyboard
          <g
            key={invoice.btc_address}
            transform={`translate(${MIDDLE + x * OUTER} ${MIDDLE + y * OUTER})`}
            class="cursor-pointer"
            onClick={() => onChoose(invoice)}
          >
            <circle r="22" class="fill-transparent" />
            <circle
              r="13"
              class={doubtful ? "fill-surface stroke-warn" : "fill-accent stroke-surface"}
              stroke-width="2"
              stroke-dasharray={doubtful ? "4 3" : undefined}
            />
            <text
              text-anchor="middle"
              dominant-baseline="central"
              class={`text-[12px] font-semibold ${doubtful ? "fill-ink" : "fill-on-accent"}`}
            >
              {invoices.indexOf(invoice) + 1}
            </text>
          </g>
        );
      })}
    </svg>
  );
};
