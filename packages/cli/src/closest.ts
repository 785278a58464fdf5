/** Letters to put in, take out or change to make one text of the other (Levenshtein). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
};

/** The name that was probably meant; undefined where none is near. */
export const closest = (name: string, known: readonly string[]): string | undefined => {
  const near = known
    .map((one) => ({ one, far: distance(name, one) }))
    .filter(({ far, one }) => far <= Math.max(1, Math.floor(one.length / 3)))
    .sort((a, b) => a.far - b.far);
  return near[0]?.one ?? known.find((one) => one.includes(name) && name.length > 2);
};
