/** What comes out in order of `rank`, then `number`. */
export interface Ranked {
  readonly rank: number;
  readonly number: number;
}

const before = (a: Ranked, b: Ranked): boolean =>
  a.rank < b.rank || (a.rank === b.rank && a.number < b.number);

/** A binary heap in an array, the first at its head. */
export const push = <R extends Ranked>(heap: R[], one: R): void => {
  let at = heap.length;
  heap.push(one);
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!before(one, heap[above]!)) break;
    heap[at] = heap[above]!;
    at = above;
  }
  heap[at] = one;
};

export const pop = <R extends Ranked>(heap: R[]): R | undefined => {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let next = 2 * at + 1;
    if (next >= heap.length) break;
    if (next + 1 < heap.length && before(heap[next + 1]!, heap[next]!)) next++;
    if (!before(heap[next]!, last)) break;
    heap[at] = heap[next]!;
    at = next;
  }
  heap[at] = last;
  return first;
};
