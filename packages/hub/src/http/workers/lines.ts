import type { Duplex } from "node:stream";

/** Gathers what is to be told during one turn of the event loop, and writes it as one line of JSON. */
export const gathering = <T extends object>(pipe: Duplex, empty: () => T): (() => T) => {
  let gathered: T | undefined;
  const write = (): void => {
    const line = `${JSON.stringify(gathered)}\n`;
    gathered = undefined;
    if (pipe.writable) pipe.write(line);
  };
  return () => {
    if (gathered === undefined) {
      gathered = empty();
      setImmediate(write);
    }
    return gathered;
  };
};

/** Reads what `gathering` wrote. */
export const onLines = <T>(pipe: Duplex, take: (message: T) => void): void => {
  pipe.setEncoding("utf8");
  let begun: string[] = [];
  pipe.on("data", (text: string) => {
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      begun.push(text.slice(from, end));
      const line = begun.join("");
      begun = [];
      from = end + 1;
      take(JSON.parse(line) as T);
    }
    if (from < text.length) begun.push(text.slice(from));
  });
};
