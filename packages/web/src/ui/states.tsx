import type { HubError } from "@coinholder/client";
import type { ComponentChildren, JSX } from "preact";
import { connection } from "../hub/connection.ts";
import { isNoConnection } from "../hub/failure.ts";
import type { Called } from "../hub/use-call.ts";
import { t } from "../texts/index.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icons.tsx";

/** Where there is nothing yet: what will be here, and how it comes about. */
export const Empty = ({
  icon,
  title,
  hint,
  children,
}: {
  readonly icon?: IconName;
  readonly title: string;
  readonly hint?: string;
  /** A button, say. */
  readonly children?: ComponentChildren;
}): JSX.Element => (
  <div class="flex flex-col items-center gap-2 px-4 py-8 text-center">
    {icon && (
      <span class="mb-1 rounded-full bg-sunken p-3 text-quiet">
        <Icon name={icon} class="size-6" />
      </span>
    )}
    <p class="font-medium">{title}</p>
    {hint !== undefined && <p class="max-w-prose text-quiet">{hint}</p>}
    {children !== undefined && (
      <div class="mt-2 flex flex-col items-center gap-2 empty:hidden">{children}</div>
    )}
  </div>
);

/** In the place of what is being loaded. */
export const Loading = ({ lines = 3 }: { readonly lines?: number }): JSX.Element => (
  <div role="status" class="flex flex-col gap-3 py-1">
    <span class="sr-only">{t.ui.loading}</span>
    {Array.from({ length: lines }, (_, i) => (
      <div key={i} class={`skeleton h-5 ${["w-full", "w-4/5", "w-11/12"][i % 3]}`} />
    ))}
  </div>
);

/** The hub's own words, or ours where no answer came. */
export const errorMessage = ({ code, message }: HubError): string => t.ui.errors[code] ?? message;

/** What went wrong: the message, the code, what is known of the outcome, and another try if there is one. */
export const ErrorNote = ({
  error,
  onRetry,
  repeatable = true,
}: {
  readonly error: HubError | undefined;
  readonly onRetry?: (() => void) | undefined;
  /** Whether trying again is safe where the outcome is unknown: so for `act` on what takes a client_id. */
  readonly repeatable?: boolean;
}): JSX.Element | null =>
  error === undefined ? null : (
    <div role="alert" class="flex flex-col items-start gap-2 rounded-[0.625rem] bg-bad-soft p-3">
      <p class="flex items-start gap-2 font-medium text-bad">
        <Icon name={isNoConnection(error) ? "offline" : "warning"} class="mt-0.5 size-5" />
        {errorMessage(error)}
      </p>
      {error.unknown && <p>{repeatable ? t.ui.unknownOutcome : t.ui.unknownOutcomeLook}</p>}
      <p class="text-sm text-quiet">{t.ui.errorCode(error.code)}</p>
      {onRetry && <Button onClick={onRetry}>{t.ui.retry}</Button>}
    </div>
  );

/**
 * A call's answer, or a skeleton until it is there, or why it is not. That there is no connection is told across the page: what was
 * answered before stays as it is.
 */
export const Loaded = <T,>({
  call,
  lines,
  children,
}: {
  readonly call: Called<T>;
  readonly lines?: number;
  readonly children: (data: T) => ComponentChildren;
}): JSX.Element => (
  <>
    {call.error &&
      !(call.data !== undefined && isNoConnection(call.error) && connection.value === "offline") && (
        <div class="not-last:mb-3">
          <ErrorNote error={call.error} onRetry={call.reload} />
        </div>
      )}
    {call.data !== undefined
      ? children(call.data)
      : call.error === undefined && <Loading {...(lines === undefined ? {} : { lines })} />}
  </>
);
