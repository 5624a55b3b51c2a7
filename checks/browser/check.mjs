// node check.mjs PAGE.html [...] [--max-kb 300] [--min-words 0] [--shots DIR]
// Opens each page offline, narrow and wide, light and dark. A line for each failure, exit 1 if
// there is one.

import { existsSync, mkdirSync } from "node:fs";
import { parseArgs } from "node:util";

import { launch } from "./browser.mjs";
import { checkPage } from "./page.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "max-kb": { type: "string", default: "300" },
    "min-words": { type: "string", default: "0" }, // px on the screen, in charts
    shots: { type: "string" },
  },
});
const maxKb = Number(values["max-kb"]);
const minWords = Number(values["min-words"]);
if (positionals.length === 0 || !(maxKb > 0) || !(minWords >= 0)) {
  console.error("usage: check.mjs PAGE.html [...] [--max-kb 300] [--min-words 0] [--shots DIR]");
  process.exit(2);
}
if (values.shots) mkdirSync(values.shots, { recursive: true });

const browser = await launch();
let failed = false;
try {
  for (const file of positionals) {
    if (!existsSync(file)) {
      console.log(`${file}: there is no such page`);
      failed = true;
      continue;
    }
    const { failures, seen } = await checkPage(browser, file, {
      maxKb, minWords, shots: values.shots,
    });
    for (const { rule, where, text } of failures) {
      console.log(`${file}: ${rule} (${where}): ${text.replace(/\s+/g, " ")}`);
    }
    failed ||= failures.length > 0;
    const words = seen.smallest < Infinity ? `, words of ${seen.smallest.toFixed(1)} px or more` : "";
    console.log(
      `${file}: ${failures.length} failures; looked at ${seen.kb.toFixed(0)} KiB in ${seen.views} ` +
        `views, ${seen.charts} charts (${seen.marks} marks${words}), ${seen.stops} stops of the ` +
        `Tab key, ${seen.axe} rules of axe, ${seen.pages} printed pages`,
    );
  }
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
