import type { BalanceProblem, ReservesProblem } from "../../proof/verdict.ts";

const problems: Readonly<Record<BalanceProblem, { readonly title: string; readonly text: string }>> = {
  leaf_missing: {
    title: "Your balance is not in the published tree",
    text: "The hub has no entry for this account. If the account had a balance when the proof was made, it was left out. A new account is in the next one.",
  },
  malformed: {
    title: "The hub's answer cannot be checked",
    text: "What came is no entry and no way as they have to be, or a sum in it is less than nothing. Treat it as wrong.",
  },
  other_account: {
    title: "The hub showed the entry of another account",
    text: "It is not about you, so it proves nothing to you.",
  },
  amounts_differ: {
    title: "The hub's sums do not fit together",
    text: "What it says it owes in bitcoin is not what its tree adds up to.",
  },
  leaf_of_other_root: {
    title: "Your entry belongs to another proof",
    text: "It was published at another time than the root. If this stays so after another try, the hub does not show everybody the same.",
  },
  leaf_wrong: {
    title: "Your entry does not lead to the published root",
    text: "This browser computed the way, and it ends elsewhere. The hub did not count you as it says.",
  },
  root_differs: {
    title: "Others were shown another root",
    text: "Either a new proof was published since, or not everybody sees the same tree. Ask them for the root of this moment.",
  },
};

const reservesProblems: Readonly<Record<ReservesProblem, string>> = {
  signatures_wrong:
    "There are coins that the hub did not sign for, or not for this root. They count as nothing.",
  reserves_differ: "The coins that were signed for are not as many, or not as much, as the hub says.",
  reserves_short: "The coins, and what is said to be in the cold wallet, are less than the bitcoin owed.",
};

export const proof = {
  title: "Is my balance counted?",
  lead: "The hub publishes what it owes to everybody as one tree of balances. This browser looks whether yours is in it.",
  none: "Nothing was published yet",
  noneHint: "The operator of this hub has to publish a proof first. Ask for one.",
  checking: "This browser is checking ...",
  counted: "Yes, your balance is counted",
  countedText:
    "Your entry leads to the published root, step by step, with its whole amount. This browser computed that itself.",
  countedWith: "Counted for you",
  nothingCounted: "Nothing: the account was empty",
  now: "You have now",
  changed: "Your balance has changed since. The next proof counts it as it is then.",
  when: "Published",
  account: "Account",
  root: "Root",
  copyRoot: "Copy the root",
  again: "Check again",
  problems,
  reservesTitle: "What the hub owes and what it has",
  currency: "Currency",
  owed: "Owed to all",
  has: "Signed for",
  hasNothing: "Not by proof",
  accounts: "Accounts in the tree",
  coinsSigned: "Coins that the hub signed for",
  cold: "Said to be in the cold wallet",
  coldHint: "not proven",
  covered: "Signed coins cover",
  percent: (n: number) => `${n} % of the bitcoin owed`,
  nothingOwed: "No bitcoin is owed",
  block: "Not older than block",
  coins: (n: number) => (n === 1 ? "1 coin" : `${n} coins`),
  coinsHold: (n: string) => `All signatures hold: ${n}.`,
  checkCoins: "Check the signatures",
  checkedOf: (n: number, all: number) => `Checked ${n} of ${all} batches of coins ...`,
  publishedAnew: "A new proof was published meanwhile.",
  reservesProblems,
  batchProblem: (batch: number, code: string) => `Batch ${batch}: ${code}`,
  otherMoney: "Only bitcoin can be signed for. Other money lies in a bank, where no proof reaches.",
  wayTitle: "The way from you to the root",
  wayLead: (steps: number) =>
    steps === 0
      ? "You are the only one in the tree: your entry is the root."
      : steps === 1
        ? "One step. At each, your side and its neighbour are added up and sealed together."
        : `${steps} steps. At each, your side and its neighbour are added up and sealed together.`,
  wayShow: "Show each step",
  you: "Your entry",
  neighbour: { left: "Neighbour on the left", right: "Neighbour on the right" },
  together: "Together",
  theRoot: "The published root",
  nothing: "nothing",
  elsewhereTitle: "Do others see the same?",
  elsewhereLead:
    "A hub could show every account a tree of its own. Compare the root with a friend's, or with where the operator posted it.",
  elsewhere: "The root that others were shown",
  elsewhereHint: "64 digits and letters a to f",
  elsewhereBad: "A root has 64 digits and letters a to f.",
  compare: "Compare",
  same: "It is the same root. All who see it are shown the same sums.",
  limitsTitle: "What this cannot prove",
  limits: [
    "That other accounts are counted. Each has to look for itself; the more do, the less can be left out.",
    "That the hub owes nothing outside of the tree, such as a loan.",
    "That the coins are still there, or not borrowed. Look them up in a Bitcoin node of your own: coinholder prove check --bitcoin-rpc URL",
    "That this page is honest: it came from the hub. Check with the command line, or on the page of a hub that has nothing to do with this one.",
  ],
  publicPage: "Check by hand",
  copyLeaf: "Copy my entry and its way",
  copyLeafHint: "For checking elsewhere. It has a secret of yours in it: show it to nobody.",
};
