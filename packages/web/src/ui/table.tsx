import type { ComponentChildren, JSX } from "preact";

export interface Column<R> {
  readonly name: string;
  readonly cell: (row: R) => ComponentChildren;
  /** Numbers stand at the end. */
  readonly end?: boolean;
  /** The name is only for screen readers: of buttons, say. */
  readonly unnamed?: boolean;
}

/** A table that becomes a list of cards on narrow screens. `caption`: read out, not shown. */
export const Table = <R,>({
  caption,
  columns,
  rows,
  keyOf,
}: {
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string;
}): JSX.Element => (
  <table class="table-of-cards w-full border-collapse">
    <caption class="sr-only">{caption}</caption>
    <thead>
      <tr class="text-start text-sm text-quiet">
        {columns.map(({ name, end, unnamed }) => (
          <th
            key={name}
            scope="col"
            class={`py-2 pe-4 font-medium last:pe-0 ${end ? "text-end" : "text-start"}`}
          >
            {unnamed ? <span class="sr-only">{name}</span> : name}
          </th>
        ))}
      </tr>
    </thead>
    <tbody class="divide-y divide-line sm:border-t sm:border-line">
      {rows.map((row) => (
        <tr key={keyOf(row)}>
          {columns.map(({ name, cell, end, unnamed }) => (
            <td
              key={name}
              data-label={unnamed ? "" : name}
              class={`sm:py-2.5 sm:pe-4 sm:last:pe-0 ${end ? "sm:text-end" : ""}`}
            >
              {cell(row)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);
