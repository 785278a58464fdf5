import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

// Node 20's styleText colours whatever it is given: whether anyone sees it is for us to ask.
const styled =
  (style: Style) =>
  (text: string, stream: NodeJS.WriteStream = process.stdout): string =>
    stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;

export const bold = styled("bold");
export const dim = styled("dim");
export const red = styled("red");
export const green = styled("green");
export const cyan = styled("cyan");
export const yellow = styled("yellow");

// Control characters could move the cursor or recolour what stands before; bidirectional ones could reorder an address.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A stranger's text as one harmless line. */
export const clean = (text: string): string => text.replace(UNPRINTABLE, "\ufffd");
