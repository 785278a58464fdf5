// What a leaf and path say, in words. Nothing here asks anybody anything.

const HASH = /[0-9a-f]{64}/i;

/** The root's hash in a text that somebody copied, whatever stands around it. */
export const rootIn = (text) => HASH.exec(text)?.[0].toLowerCase();

/** Smallest units as a decimal. BTC has 8 places whatever the hub says; of what nobody describes the units stay. */
export const amountText = (code, units, currencies) => {
  const decimals = code === "BTC" ? 8 : currencies.find((one) => one.code === code)?.decimals;
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 18)
    return `${units} smallest units of ${code}`;
  const digits = String(units).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals);
  return `${whole}${fraction === "" ? "" : `.${fraction}`} ${code}`;
};

export const sumsText = (sums, currencies) => {
  const parts = Object.entries(sums).filter(([, units]) => units !== 0);
  return parts.length === 0
    ? "nothing"
    : parts.map(([code, units]) => amountText(code, units, currencies)).join(", ");
};

const good = (text) => ({ is: "good", text });
const bad = (text) => ({ is: "bad", text });
const note = (text) => ({ is: "note", text });

const readJson = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Judges what was pasted. `protocol`: readProof, readProofNode and proofRoot of the protocol package. `published`: the hub's answer to
 * proof-root, undefined where it has none. `elsewhere`: text with the root that others were shown, may be empty.
 * Answers {is: "good" | "bad" | "note", verdict, findings: [{is, text}]}.
 */
export const judge = (protocol, { text, published, elsewhere, currencies }) => {
  const findings = [];
  const end = (is, verdict) => ({ is, verdict, findings });

  if (text.trim() === "") return end("bad", "Paste the answer of my-proof first.");
  const value = readJson(text);
  const proof = protocol.readProof(value);
  if (proof === undefined)
    return end("bad", "That is not an answer of my-proof: it must be the whole text, from { to }.");
  const root = protocol.proofRoot(proof);
  if (root === undefined) return end("bad", "The sums on the way to the root are more than there can be.");

  const { leaf } = proof;
  findings.push(
    note(
      `The leaf is of ${leaf.account}, with ${sumsText(leaf.sums, currencies)}. Is that all that you had then?`,
    ),
  );
  const own = protocol.readProofNode(value.root);
  const claimed = own?.hash ?? published?.root.hash;
  if (claimed !== undefined && claimed !== root.hash) {
    findings.push(bad(`The leaf and path lead to ${root.hash}, not to ${claimed}.`));
    return end("bad", "Your account is not proven to be counted: its leaf does not lead to the root.");
  }
  findings.push(
    good(`The leaf leads to the root ${root.hash}, and to ${sumsText(root.sums, currencies)} owed in all.`),
  );

  const isOfThisHub = published?.root.hash === root.hash;
  if (isOfThisHub) findings.push(good("It is the root that this hub shows."));
  else
    findings.push(
      note(
        published === undefined
          ? "This hub shows no root."
          : "It is not the root that this hub shows. Right if your account is at another hub, or the hub has published a new proof since.",
      ),
    );

  if (elsewhere.trim() === "") {
    findings.push(note("It was not compared with the root that others were shown."));
    return isOfThisHub
      ? end("good", "Your account is counted, if others were shown the same root: compare it with theirs.")
      : end(
          "note",
          "The leaf leads to a root, but to nobody's that is known here: give the root that others were shown.",
        );
  }
  const other = rootIn(elsewhere);
  if (other === undefined) {
    findings.push(bad("There is no root in what you got elsewhere: it has 64 digits and letters a to f."));
    return end("bad", "The root could not be compared.");
  }
  if (other !== root.hash) {
    findings.push(bad(`Others were shown ${other}.`));
    return end(
      "bad",
      "You and others were shown different roots. Either they are of different times, or not everyone sees the same tree: compare again at the same time.",
    );
  }
  findings.push(good("It is the root that others were shown."));
  return end("good", "Your account is counted in the sum that everyone is shown.");
};
