import type { JSX } from "preact";
import { Icon } from "./icons.tsx";

/** Chooses a file, which stays in the browser unless `onFile` sends it. */
export const FileButton = ({
  label,
  accept,
  onFile,
}: {
  readonly label: string;
  readonly accept: string;
  readonly onFile: (file: File) => void;
}): JSX.Element => (
  <label class="relative inline-flex min-h-11 cursor-pointer items-center justify-center gap-2 rounded-[0.625rem] border border-edge bg-surface px-4 py-2 font-medium hover:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
    <Icon name="recovery" />
    {label}
    <input
      type="file"
      class="sr-only"
      accept={accept}
      onChange={({ currentTarget }) => {
        const file = currentTarget.files?.[0];
        if (file) onFile(file);
        // The same file may be chosen again.
        currentTarget.value = "";
      }}
    />
  </label>
);
