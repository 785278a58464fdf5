import { computed, effect, signal } from "@preact/signals";
import { overview } from "../hub/current.ts";

export type Theme = "system" | "light" | "dark";

const THEME = "coinholder.theme";
const VALUE_IN = "coinholder.value-in";

const stored = localStorage.getItem(THEME);
export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "system");

effect(() => {
  const root = document.documentElement;
  if (theme.value === "system") {
    localStorage.removeItem(THEME);
    delete root.dataset.theme;
  } else {
    localStorage.setItem(THEME, theme.value);
    root.dataset.theme = theme.value;
  }
});

const chosen = signal(localStorage.getItem(VALUE_IN) ?? "");

/** The currency in which values are shown: what was chosen, else the hub's first that is not BTC. */
export const valueCurrency = computed(() => {
  const codes = overview.value?.currencies?.map(({ code }) => code) ?? ["BTC"];
  return codes.includes(chosen.value) ? chosen.value : (codes.find((code) => code !== "BTC") ?? "BTC");
});

export const chooseValueCurrency = (code: string): void => {
  localStorage.setItem(VALUE_IN, code);
  chosen.value = code;
};
