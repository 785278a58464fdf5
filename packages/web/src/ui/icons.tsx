import type { JSX } from "preact";

// Drawn on 24 by 24 with one stroke, all ours.
const shapes = {
  home: "M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-5v-6h-4v6H5a1 1 0 0 1-1-1z",
  wallet: "M4 7a2 2 0 0 1 2-2h11v4M4 7v11a2 2 0 0 0 2 2h13a1 1 0 0 0 1-1V9H6a2 2 0 0 1-2-2zM16 14.5h.01",
  till: "M5 4h14v16l-2.3-1.5L14.3 20 12 18.5 9.7 20l-2.4-1.5L5 20zM9 9h6M9 13h6",
  nearby: "M12 21s7-6.2 7-11a7 7 0 1 0-14 0c0 4.8 7 11 7 11zM12 12.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  market: "M4 20h16M7 16v-5M12 16V6M17 16V9",
  proof: "M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6zM9 12l2 2 4-4",
  keys: "M14.5 13.500a4.5 4.5 0 1 0-4.2-2.900L4 17v3h3v-2h2v-2h2l1.6-1.600a4.5 4.5 0 0 0 1.9-.9zM16 8h.01",
  operator:
    "M4 7h10M18 7h2M4 17h2M10 17h10M16 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM4 12h4M12 12h8M10 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  settings:
    "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.400M5.6 18.4 7 17M17 7l1.4-1.4",
  recovery: "M7 3h7l5 5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM14 3v5h5M9 13h6M9 17h4",
  receive: "M12 4v12M7 11l5 5 5-5M5 20h14",
  send: "M12 20V8M7 13l5-5 5 5M5 4h14",
  bank: "M4 10l8-5 8 5zM6 10v7M10 10v7M14 10v7M18 10v7M4 20h16",
  scan: "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M7 12h10",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  erase: "M9 5h11a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H9l-6-7zM12.5 9.500l5 5M17.5 9.500l-5 5",
  check: "M5 12.5 10 17l9-10",
  close: "M6 6l12 12M18 6 6 18",
  warning: "M12 4 3 19.500h18zM12 10v4M12 17h.01",
  offline:
    "M4 4l16 16M8.5 15.500a5 5 0 0 1 7 0M5.5 12a9.5 9.5 0 0 1 4-2.300M14 9.600a9.5 9.5 0 0 1 4.5 2.400M2.5 8.700a14 14 0 0 1 4-2.600M10.5 5.100A14 14 0 0 1 21.5 8.700M12 19h.01",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  switch: "M7 9l5-5 5 5M7 15l5 5 5-5",
  plus: "M12 5v14M5 12h14",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  print: "M7 8V4h10v4M7 17H4v-7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v7h-3M7 14h10v6H7z",
  search: "M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM20 20l-4.7-4.7",
  download: "M12 4v10M8 10l4 4 4-4M5 20h14",
  phone: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2",
  next: "M9 5l7 7-7 7",
  back: "M15 5l-7 7 7 7",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.700l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.700l1-1",
} as const;

export type IconName = keyof typeof shapes;

/** Beside a text that says the same: hidden from screen readers. */
export const Icon = ({ name, class: of = "size-5" }: { name: IconName; class?: string }): JSX.Element => (
  <svg
    viewBox="0 0 24 24"
    class={`shrink-0 ${of}`}
    fill="none"
    stroke="currentColor"
    stroke-width={name === "more" ? 3 : 1.75}
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    <path d={shapes[name]} />
  </svg>
);

/** The page's own sign. */
export const Sign = ({ class: of = "size-8" }: { class?: string }): JSX.Element => (
  <svg viewBox="0 0 64 64" class={`shrink-0 ${of}`} aria-hidden="true" focusable="false">
    <rect width="64" height="64" rx="15" fill="#0d6b5b" />
    <path
      d="M44.2 23.400A15 15 0 1 0 44.2 40.6"
      fill="none"
      stroke="#fff"
      stroke-width="6.5"
      stroke-linecap="round"
    />
    <circle cx="32" cy="32" r="5.5" fill="#f2b84b" />
  </svg>
);
