/** A long id by its ends, where a line would be too long with the whole: "f0c1a1d6…394a5b". --json tells it whole. */
export const shortId = (id: string): string => (id.length <= 20 ? id : `${id.slice(0, 8)}…${id.slice(-6)}`);
