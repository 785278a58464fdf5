const PAGE = 500;

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly more_exist: boolean;
  readonly next_before?: number | undefined;
}

/**
 * Rows from the newest back: all since that time, or else as many as are wanted, or all in at most that many pages.
 * `all`: whether there is nothing older (within the time asked for).
 */
export const pagesBack = async <Row extends { readonly t: number }>(
  read: (page: { before?: number; limit: number }) => Promise<Page<Row>>,
  wanted: (row: Row) => boolean,
  until: { readonly since?: number | undefined; readonly count?: number; readonly pages?: number },
): Promise<{ rows: Row[]; all: boolean }> => {
  const rows: Row[] = [];
  let before: number | undefined;
  for (let pages = 1; ; pages++) {
    const page = await read({ ...(before === undefined ? {} : { before }), limit: PAGE });
    rows.push(...page.rows.filter(wanted));
    const oldest = page.rows.at(-1);
    const reached = until.since !== undefined && oldest !== undefined && oldest.t < until.since;
    if (reached || !page.more_exist || page.next_before === undefined) return { rows, all: true };
    if (until.count !== undefined && rows.length >= until.count) return { rows, all: false };
    if (until.pages !== undefined && pages >= until.pages) return { rows, all: false };
    before = page.next_before;
  }
};
