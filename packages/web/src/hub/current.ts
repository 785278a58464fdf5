import { connect, type Hub, HubError } from "@coinholder/client";
import { computed, signal } from "@preact/signals";
import { current } from "../session/current.ts";

/** The hub that serves this page, as a stranger sees it; undefined until it has answered. */
export const publicHub = signal<Hub | undefined>(undefined);
/** Why it has not. */
export const unreached = signal<HubError | undefined>(undefined);

/** The hub as the current account sees it. */
export const myHub = computed<Hub | undefined>(() => {
  const account = current.value;
  return account && publicHub.value?.as({ account: account.account, token: account.token, key: account.key });
});

export const overview = computed(() => publicHub.value?.overview);

/** Reads the hub's overview. May be called again after a failure. */
export const reachHub = async (): Promise<void> => {
  try {
    publicHub.value = await connect(location.origin, undefined, { sameOrigin: true });
    unreached.value = undefined;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    unreached.value = error;
  }
};

/** For code that runs only once the hub was reached: all pages. */
export const theHub = (): Hub => {
  const hub = publicHub.value;
  if (hub === undefined) throw new Error("the page is shown before its hub was reached");
  return hub;
};
