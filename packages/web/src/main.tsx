import { render } from "preact";
import { App } from "./app/app.tsx";
import "./app/preferences.ts";
import { reachHub, unreached } from "./hub/current.ts";
import { loadAccounts } from "./session/current.ts";
import { incomingKey } from "./session/incoming-key.ts";
import { takeKeyFromAddress } from "./session/key-text.ts";

// Before anything else can see the address.
incomingKey.value = takeKeyFromAddress();

// A link with a key may be opened in a page that is open already.
addEventListener("hashchange", () => {
  const key = takeKeyFromAddress();
  if (key) incomingKey.value = key;
});

addEventListener("online", () => {
  if (unreached.peek() !== undefined) void reachHub();
});

// A file of an older build is gone from the hub: the page as it is now has the others. Once, not over and over.
addEventListener("vite:preloadError", () => {
  if (sessionStorage.getItem("coinholder.reloaded") === location.pathname) return;
  sessionStorage.setItem("coinholder.reloaded", location.pathname);
  location.reload();
});

const begin = async (): Promise<void> => {
  const root = document.getElementById("page")!;
  if (isSecureContext) {
    await loadAccounts();
    void reachHub();
    void navigator.serviceWorker?.register("/service-worker.js");
  }
  render(<App />, root);
};
void begin();
