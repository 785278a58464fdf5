// Checks a leaf and path in the browser with the protocol's own code. Asks only the hub that served this page.

import { proofRoot, readProof, readProofNode } from "./protocol/proof.js";
import { amountText, judge, sumsText } from "./verdict.js";

const byId = (id) => document.getElementById(id);
const el = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

/** The page lies beside the API, below whatever path a proxy put both. */
const ask = async (path) => {
  const response = await fetch(`api/${path}`, { headers: { accept: "application/json" } });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new Error(answer?.error?.code ?? `HTTP ${response.status}`);
};

let published;
let currencies = [];

const percent = ({ amount, owed }) =>
  owed === 0 ? undefined : `${(BigInt(amount) * 100n) / BigInt(owed)} % of the BTC owed`;

const showPublished = () => {
  const { root, t, accounts, reserves } = published;
  const coins = `${amountText("BTC", reserves.amount, [])} in ${reserves.coins} coin${reserves.coins === 1 ? "" : "s"}`;
  const rows = [
    ["Root", el("code", {}, root.hash)],
    ["Published", `${new Date(t).toLocaleString()}, after block ${reserves.height} of ${reserves.network}`],
    ["Owed", `${sumsText(root.sums, currencies)}, to ${accounts} account${accounts === 1 ? "" : "s"}`],
    ["Coins that it signed for", [coins, percent(reserves)].filter(Boolean).join(": ")],
  ];
  if (reserves.cold > 0)
    rows.push(["Said to be in its cold wallet", `${amountText("BTC", reserves.cold, [])} (not proven)`]);
  byId("published").replaceChildren(
    el("dl", {}, ...rows.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])),
  );
};

const load = async () => {
  const overview = await ask("overview.js").catch(() => ({}));
  currencies = Array.isArray(overview.currencies) ? overview.currencies : [];
  if (overview.name) {
    byId("name").textContent = overview.name;
    document.title = `Check the proof of ${overview.name}`;
  }
  try {
    const answer = await ask("proof-root");
    const root = readProofNode(answer.root);
    if (root === undefined) throw new Error("malformed");
    published = { ...answer, root };
    showPublished();
  } catch (error) {
    const isNone = error.message === "proof_unknown";
    byId("published").replaceChildren(
      el(
        "p",
        isNone ? {} : { class: "warning" },
        isNone
          ? "Nothing yet. Its operator publishes with: coinholder prove"
          : `The hub did not answer (${error.message}). You can still check against a root that you got elsewhere.`,
      ),
    );
  }
};
const loaded = load();

byId("file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (file) byId("proof").value = await file.text();
});

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  await loaded;
  const { is, verdict, findings } = judge(
    { proofRoot, readProof, readProofNode },
    { text: byId("proof").value, elsewhere: byId("elsewhere").value, published, currencies },
  );
  byId("verdict").textContent = verdict;
  byId("verdict").className = is;
  byId("findings").replaceChildren(
    ...findings.map((one) => el("li", { class: one.is }, el("span", {}, one.text))),
  );
  const result = byId("result");
  result.hidden = false;
  result.focus();
  result.scrollIntoView({ block: "nearest" });
});
