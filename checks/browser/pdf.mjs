// What is printed: pages, and words on them.

import { inflateSync } from "node:zlib";

// Pages and text-showing operators of a PDF as Chromium writes it: plain dictionaries, packed
// streams of contents.
export function readPdf(bytes) {
  const text = bytes.toString("latin1");
  const pages = (text.match(/\/Type\s*\/Page(?!s)\b/g) || []).length;
  let words = 0;
  for (const match of text.matchAll(/stream\r?\n/g)) {
    if (text.slice(match.index - 3, match.index) === "end") continue;
    const start = match.index + match[0].length;
    const end = text.indexOf("endstream", start);
    let content;
    try {
      content = inflateSync(bytes.subarray(start, end)).toString("latin1");
    } catch {
      continue; // a font or a picture that is packed in another way
    }
    if (content.includes("BT")) words += (content.match(/\bT[jJ]\b/g) || []).length;
  }
  return { pages, words };
}

export async function pdf(page) {
  const { pages, words } = readPdf(await page.pdf({ format: "A4", printBackground: true }));
  const found = [];
  if (pages < 1) found.push("printing makes no page");
  if (words < 1) found.push("what is printed has no word in it");
  return { found, pages };
}
