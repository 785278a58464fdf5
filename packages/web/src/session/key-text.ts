import type { TextKeyCredentials } from "@coinholder/client";

// A key as text: account, token and key with points between, in a QR code and on the recovery sheet. In a link it stands after `#key=`,
// which browsers send to nobody.

const FORM = /(ac-[a-z2-7]{16})\.(ak-[a-z2-7]{16})\.([A-Za-z0-9_-]{43})/;

export const keyText = ({ account, token, key }: TextKeyCredentials): string =>
  `${account}.${token}.${key.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;

export const keyLinkAt = (origin: string, key: TextKeyCredentials): string =>
  `${origin}/#key=${keyText(key)}`;
export const keyLink = (key: TextKeyCredentials): string => keyLinkAt(location.origin, key);

/** The key in what was pasted or scanned: the text, a link with it, or the JSON that a hub writes for its operator. */
export const readKey = (text: string): TextKeyCredentials | undefined => {
  // Spaces and line breaks come from paper and letters.
  const read = FORM.exec(text.replace(/\s/g, ""));
  if (read) {
    const [, account, token, key] = read as unknown as [string, string, string, string];
    return { account, token, key: `${key.replaceAll("-", "+").replaceAll("_", "/")}=` };
  }
  try {
    const { account, authkey } = JSON.parse(text) as {
      account: string;
      authkey: { token: string; key: string };
    };
    const { token, key } = authkey;
    if ([account, token, key].every((part) => typeof part === "string")) return { account, token, key };
  } catch {
    // No JSON either.
  }
  return undefined;
};

/** The key in the address that the page was opened with; the address is cleaned at once, so that it is not kept in the history. */
export const takeKeyFromAddress = (): TextKeyCredentials | undefined => {
  if (!location.hash.startsWith("#key=")) return undefined;
  // As it stands: a key has no sign that a link writes otherwise, and what is no link's writing cannot be read as such.
  const { hash } = location;
  history.replaceState(null, "", location.pathname + location.search);
  return readKey(hash);
};
