import { table } from "../output.ts";
import { bold, clean, dim, green, red, yellow } from "../terminal.ts";
import type { Checked, Problem } from "./check.ts";
import { inBtc, type Published, type Totals } from "./totals.ts";

const date = (t: number): string => new Date(t).toISOString().replace("T", " ");

const amounts = (of: Readonly<Record<string, string>>): string =>
  Object.keys(of).length === 0
    ? "nothing"
    : Object.entries(of)
        .map(([code, amount]) => `${clean(amount)} ${clean(code)}`)
        .join(", ");

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

const totalRows = ({ owed, reserves, cold, percent }: Totals, coins: string): string[][] => [
  ["owed", amounts(owed)],
  ["reserves", `${reserves} BTC in ${coins}`],
  ...(cold === inBtc(0) ? [] : [["cold wallet", `${cold} BTC by the hub's books ${dim("(not proven)")}`]]),
  ["ratio", percent === undefined ? "no BTC is owed" : `${percent} % of the BTC owed`],
];

export const publishedLines = ({ root, t, accounts, reserves }: Published, totals: Totals): string[] => [
  ...table(
    ["", ""],
    [
      ["root", bold(clean(root.hash))],
      [
        "published",
        `${date(t)}, block ${reserves.height} of ${clean(reserves.network)}, ${plural(accounts, "account")}`,
      ],
      ...totalRows(totals, `${plural(reserves.coins, "coin")}, each signed for`),
    ],
  ),
  "",
  "Post the root where your users can compare it. They check with: coinholder prove check, or on the hub's page /proof.",
];

const SAYS: Readonly<Record<Problem, string>> = {
  root_differs:
    "The hub shows you another root than the one you got elsewhere. Either a new proof was published since, or not everyone sees the same tree: ask the others for the root of this moment.",
  leaf_of_other_root:
    "The file is about a root that was published at another time. Ask for your leaf anew: coinholder call my-proof.",
  leaf_wrong: "Your leaf does not lead to the published root: the hub did not count you as it says.",
  leaf_of_other_account: "The hub answered with another account's leaf.",
  leaf_missing:
    "The hub has no leaf for this account. If it had a balance when the proof was made, it was left out.",
  block_unknown:
    "Your node does not have the block that the reserves are said to be of: it is behind, or the block was undone, or never was.",
  signatures_wrong:
    "There are coins that the hub did not sign for, or not for this root. They count as nothing.",
  coins_spent:
    "There are coins that your node has no more, or never had. A hub that pays moves coins: ask for a new proof. They count as nothing.",
  reserves_differ: "The coins that were signed for are not as many, or not as much, as the hub says.",
  reserves_short: "The coins, and what is said to be in the cold wallet, were less than the BTC owed.",
};

const accountLine = ({ account, problems }: Checked): string => {
  if (problems.includes("leaf_missing")) return red("not in the tree");
  if (account === undefined) return dim("none was checked: give --as or --file");
  const counted = `${clean(account.account)}, with ${amounts(account.counted)}`;
  const wrong = problems.some((problem) => problem.startsWith("leaf_"));
  return wrong ? red(`not proven: ${counted}`) : `${green("counted")}: ${counted}`;
};

const coinsText = ({ reserves: { coins, coins_seen, spent } }: Checked): string => {
  const left = plural(coins - spent.length, "coin");
  return coins_seen
    ? `${left}, signed for and unspent at your node`
    : `${left}, signed for; ${yellow("whether there are such coins was not looked up")}: give --bitcoin-rpc`;
};

/** What is wrong with coins, one a line. */
const coinLines = ({ reserves: { spent, wrong } }: Checked): string[] => [
  ...wrong.map(
    ({ batch, problem, outpoint }) =>
      `  batch ${batch}: ${problem}${outpoint === undefined ? "" : ` (${clean(outpoint)})`}`,
  ),
  ...spent.map(
    ({ outpoint, amount, address }) => `  spent: ${clean(outpoint)}  ${inBtc(amount)} BTC  ${clean(address)}`,
  ),
];

export const checkLines = (checked: Checked): string[] => {
  const { problems, root, root_compared, t, height, blocks_since, network, accounts, totals } = checked;
  const compared = problems.includes("root_differs")
    ? red("not the one you got elsewhere")
    : root_compared
      ? green("the one you got elsewhere")
      : dim("compare it with the one that others are shown");
  const since = blocks_since === undefined ? "" : `, ${plural(blocks_since, "block")} ago by your node`;
  const isCoveredByCold = (totals.percent ?? 100) < 100 && problems.length === 0;
  return [
    ...table(
      ["", ""],
      [
        ["root", `${clean(root)}  ${compared}`],
        [
          "published",
          `${date(t)}, block ${height} of ${clean(network)}${since}, ${plural(accounts, "account")}`,
        ],
        ["account", accountLine(checked)],
        ...totalRows(totals, coinsText(checked)),
      ],
    ),
    "",
    ...problems.map((problem) => `${red(problem)}: ${SAYS[problem]}`),
    ...coinLines(checked),
    ...(isCoveredByCold
      ? [yellow("What is owed is covered only with the cold wallet, which is not proven here.")]
      : []),
    ...(problems.length === 0 ? [green("Everything that was checked holds.")] : []),
  ];
};
