import { stripVTControlCharacters, styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/**
 * Whether what is written there is coloured. NO_COLOR (not empty) forbids it, FORCE_COLOR orders it (0 and false forbid it,
 * too), and else a terminal that can do it gets it.
 */
export const hasColour = (stream: { readonly isTTY?: boolean }): boolean => {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return stream.isTTY === true && TERM !== "dumb";
};

// Node 20's styleText colours whatever it is given: whether anyone sees it is for us to ask.
const styled =
  (style: Style) =>
  (text: string, stream: NodeJS.WriteStream = process.stdout): string =>
    hasColour(stream) ? styleText(style, text) : text;

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

// Of East Asian scripts and emoji, which terminals draw two columns wide.
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const EMOJI = /\p{Emoji_Presentation}/u;
// Marks over other letters, and what joins emoji (zero width, 200b to 200d; variation selectors are marks).
const NARROWEST = /\p{M}|\u200b|\u200c|\u200d/u;

const widthOf = (sign: string): number =>
  NARROWEST.test(sign) ? 0 : WIDE.test(sign) || EMOJI.test(sign) ? 2 : 1;

const ASCII = /^[\u0020-\u007e]*$/;

/** Columns that a text takes on a terminal; colours take none. */
export const displayWidth = (text: string): number => {
  const plain = text.includes("\u001b") ? stripVTControlCharacters(text) : text;
  if (ASCII.test(plain)) return plain.length;
  let width = 0;
  for (const sign of plain) width += widthOf(sign);
  return width;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how colours begin
const PIECES = /\u001b\[[0-9;]*m|[^\u001b]/gu;

/** The text cut to so many columns, with an ellipsis where something is missing; colours end where they should. */
export const cut = (text: string, width: number): string => {
  if (displayWidth(text) <= width) return text;
  let left = width - 1;
  let kept = "";
  let coloured = false;
  for (const [piece] of text.matchAll(PIECES)) {
    if (piece.startsWith("\u001b")) {
      kept += piece;
      coloured = true;
      continue;
    }
    left -= widthOf(piece);
    if (left < 0) break;
    kept += piece;
  }
  return `${kept}…${coloured ? "\u001b[0m" : ""}`;
};
