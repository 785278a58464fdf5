import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { presetOf } from "./permissions.ts";

/** What a key may do, in a word or two. */
export const PermissionWords = ({
  permissions,
}: {
  readonly permissions: readonly string[];
}): JSX.Element => {
  if (permissions.length === 0) return <>{t.session.keys.nothing}</>;
  const preset = presetOf(permissions);
  return (
    <>
      {preset === undefined
        ? t.session.keys.functions(permissions.length)
        : t.session.consent.presets[preset].name}
    </>
  );
};
