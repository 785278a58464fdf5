/** Lets the browser save a text as a file. */
export const saveFile = (name: string, lines: Iterable<string>, type = "text/csv;charset=utf-8"): void => {
  const url = URL.createObjectURL(new Blob([...lines], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun with it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
