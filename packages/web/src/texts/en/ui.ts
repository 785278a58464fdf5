export const ui = {
  loading: "Loading ...",
  retry: "Try again",
  copy: "Copy",
  copied: "Copied",
  close: "Close",
  cancel: "Cancel",
  back: "Back",
  done: "Done",
  show: "Show",
  hide: "Hide",
  optional: "optional",
  errorCode: (code: string) => `Code: ${code}`,
  unknownOutcome:
    "Nobody can say yet whether it took effect. Trying again is safe: it happens once, however often you try.",
  unknownOutcomeLook: "Nobody can say yet whether it took effect. Look before you do it again.",
  noConnection: "No connection to the hub.",
  noConnectionHint: "What you see may be old. It goes on by itself when the connection is back.",
  amount: "Amount",
  all: "All",
  qrOf: (what: string) => `QR code: ${what}`,
  scan: "Scan a code",
  scanHint: "Hold the code in front of the camera.",
  scanDenied: "The camera cannot be used. Allow it in the browser's settings, or paste the text instead.",
  more: "More",
  amountProblems: {
    malformed: "Digits only, with one point: 12.50",
    not_positive: "More than zero",
    too_precise: (places: number) =>
      places === 0 ? "Whole numbers only" : `At most ${places} digits after the point`,
    too_large: "More than the hub can hold",
    empty: "Enter an amount",
  },
  justNow: "just now",
  minutesAgo: (n: number) => (n === 1 ? "a minute ago" : `${n} minutes ago`),
  errors: {
    connection_lost: "The hub cannot be reached.",
    hub_unreachable: "The hub cannot be reached.",
    timeout: "The hub did not answer in time.",
    insufficient_funds: "You do not have enough for this.",
    invoice_not_confirmed:
      "The hub that this invoice names does not know it: it may be copied from somebody else's till. Nothing was paid.",
    invoice_not_open: "This invoice cannot be paid or taken back any more.",
    invoice_time: "This invoice is over: ask for a new one. Nothing was paid.",
    invoice_withdrawn: "The till has withdrawn this invoice. Nothing was paid.",
    peer_unreachable: "The till's hub does not answer now. Nothing was paid. Try again in a moment.",
    option_refused:
      "The till's hub does not take bitcoin for this sum now. Nothing was paid. Ask the till for a sum in BTC.",
    not_accepted_unconfirmed:
      "The till's hub would wait for a block, and the price would not last so long. Nothing was paid. Ask the till for a sum in BTC.",
    coins_not_ready:
      "Your hub waits for a block before it can pay another hub. Nothing was paid. Try again in some minutes.",
    price_above_limit: "It costs more by now. Nothing was paid. Try again to see the price.",
    withdrawals_halted:
      "Payments to other hubs and to the Bitcoin network stand still here until the operator has looked. Nothing was paid.",
  } as Readonly<Record<string, string>>,
};
