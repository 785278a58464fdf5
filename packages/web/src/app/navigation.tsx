import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { t } from "../texts/index.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { paths } from "./paths.ts";
import { type SectionRow, sections } from "./sections.ts";

const isAt = (path: string, { section }: SectionRow): boolean => {
  const own = paths[section];
  return own === "/" ? path === "/" : path === own || path.startsWith(`${own}/`);
};

/** On a phone's bar beside «More». */
const MOST = 4;

export const SideNavigation = (): JSX.Element => {
  const { path } = useLocation();
  return (
    <nav aria-label={t.app.navigation}>
      <ul class="flex flex-col gap-0.5">
        {sections
          .filter(({ shown }) => shown())
          .map((row) => (
            <li key={row.section}>
              <a
                href={paths[row.section]}
                aria-current={isAt(path, row) ? "page" : undefined}
                class="flex min-h-11 items-center gap-3 rounded-[0.625rem] px-3 text-quiet no-underline hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent"
              >
                <Icon name={row.icon} />
                {t.app.sections[row.section]}
              </a>
            </li>
          ))}
      </ul>
    </nav>
  );
};

const barItem =
  "flex min-h-14 w-full flex-col items-center justify-center gap-0.5 px-1 text-xs text-quiet no-underline outline-offset-[-2px] aria-[current=page]:font-semibold aria-[current=page]:text-accent";

export const BottomNavigation = (): JSX.Element => {
  const { path } = useLocation();
  const [open, setOpen] = useState(false);
  const shown = sections.filter((row) => row.shown());
  const bar = shown.length <= MOST + 1 ? shown : shown.slice(0, MOST);
  const rest = shown.slice(bar.length);
  return (
    <nav
      aria-label={t.app.navigation}
      class="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden print:hidden"
    >
      <ul class="mx-auto flex max-w-lg">
        {bar.map((row) => (
          <li key={row.section} class="min-w-0 flex-1">
            <a href={paths[row.section]} aria-current={isAt(path, row) ? "page" : undefined} class={barItem}>
              <Icon name={row.icon} class="size-6" />
              {t.app.sections[row.section]}
            </a>
          </li>
        ))}
        {rest.length > 0 && (
          <li class="min-w-0 flex-1">
            <button
              type="button"
              class={barItem}
              aria-current={rest.some((row) => isAt(path, row)) ? "page" : undefined}
              onClick={() => setOpen(true)}
            >
              <Icon name="more" class="size-6" />
              {t.ui.more}
            </button>
          </li>
        )}
      </ul>
      <Dialog open={open} onClose={() => setOpen(false)} title={t.ui.more}>
        <ul class="flex flex-col gap-1">
          {rest.map((row) => (
            <li key={row.section}>
              <a
                href={paths[row.section]}
                onClick={() => setOpen(false)}
                aria-current={isAt(path, row) ? "page" : undefined}
                class="flex min-h-12 items-center gap-3 rounded-[0.625rem] px-3 no-underline hover:bg-sunken aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
              >
                <Icon name={row.icon} />
                {t.app.sections[row.section]}
              </a>
            </li>
          ))}
        </ul>
      </Dialog>
    </nav>
  );
};
