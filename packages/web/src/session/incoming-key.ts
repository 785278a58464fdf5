import type { TextKeyCredentials } from "@coinholder/client";
import { signal } from "@preact/signals";

/** A key that the page was opened with, until its fate is decided. */
export const incomingKey = signal<TextKeyCredentials | undefined>(undefined);
