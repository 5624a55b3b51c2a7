// Plants one fault at a time into a page without fault, and asserts that it is found, under the
// names of exactly the rules that should see it. Every rule has a fault of its own.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { launch } from "./browser.mjs";
import { checkPage, RULES, VIEWS } from "./page.mjs";
import { readPdf } from "./pdf.mjs";
import { DARK, LIGHT, LIGHT_SVG, PAGE, address } from "./sample.mjs";

const end = `<p id="end">The end.</p>`;
const after = (more) => [end, end + more];
const [narrow, , wide] = VIEWS;
const marks = /<g class="mark-rect.*?<\/g>/;

// name, [what is replaced, by what] ..., the rules that see it, where they have to look, options
const FAULTS = [
  ["a message in the console", [after("<script>console.log('so far')</script>")], ["console"]],
  ["an error", [after("<script>throw new Error('no')</script>")], ["console"]],
  ["a script that the policy forbids", [["script-src 'unsafe-inline'", "script-src 'none'"],
    after("<script>document.title = 'x'</script>")], ["console"]],
  ["a picture of another machine", [["img-src data:", "img-src data: http:"],
    after(`<img src="http://127.0.0.1:9/x.png" width="30" height="30" alt="1 more">`)],
  ["chart", "console", "request"]],
  ["a file beside the page", [["style-src", "style-src file:"],
    ["</style>", `</style><link rel="stylesheet" href="beside.css">`]], ["console", "request"]],
  ["a font of another machine", [["</style>",
    "@font-face { font-family: F; src: url(https://fonts.example/f.woff2) } </style>"]], ["console", "request"]],
  ["a variant for a wall, from elsewhere", [["<picture>",
    `<picture><source media="(min-width: 9000px)" srcset="https://a.example/b.svg">`]], ["request"]],
  ["a page wider than the screen", [after(`<div style="width: 500px">wide</div>`)], ["overflow"],
    narrow],
  ["a word cut off by its box", [
    after(`<div style="overflow: hidden"><p style="width: 500px">wide</p></div>`)], ["overflow"],
  narrow],
  ["wider than the paper", [["</style>", "@media print { h1 { width: 900px } } </style>"]],
    ["overflow"], wide],
  ["a chart without marks", [[LIGHT, address(LIGHT_SVG.replace(marks, ""))]], ["chart"]],
  ["a chart of marks without extent",
    [[LIGHT, address(LIGHT_SVG.replaceAll(/ height="(40|90|60)"/g, ` height="0"`))]], ["chart"]],
  ["a chart without words", [[LIGHT, address(LIGHT_SVG.replace(/<text.*?<\/text>/, ""))]],
    ["chart"]],
  ["a chart that is no SVG", [[LIGHT, "data:image/svg+xml;base64,AAAA"]], ["chart"]],
  ["an invisible chart", [[LIGHT, address(LIGHT_SVG.replaceAll(/#0b5fa5|#222222/g, "#fcfcfc"))]],
    ["chart"]],
  ["pale words in a chart", [[LIGHT, address(LIGHT_SVG.replace(`fill="#222222"`, `fill="#999"`))]],
    ["chart"]],
  ["small words in a chart", [[`width="240" height="140" alt`, `width="120" height="70" alt`]],
    ["chart"], wide, { minWords: 7 }],
  ["an inline chart that is empty", [after(`<svg width="200" height="100" role="img" aria-label="2"></svg>`)],
    ["chart"]],
  ["a light chart in the dark", [[DARK, LIGHT]], ["chart", "dark"], VIEWS.slice(0, 2)],
  ["a dark chart with dark words", [[DARK, address(`${LIGHT_SVG} `)]], ["chart"], VIEWS.slice(0, 2)],
  ["a chart without alternative text", [[/ alt=".*?"/, ""]], ["alt", "axe", "html"]],
  ["a chart whose text tells no figure", [[/ alt=".*?"/, ` alt="Hours by priority"`]], ["alt"]],
  ["pale text", [after(`<p style="color: #999; background: #fff">pale</p>`)], ["axe"]],
  ["pale text in the dark", [["--ink: #eee", "--ink: #444"]], ["axe"], VIEWS[1]],
  ["a heading left out", [after("<h4>deep</h4>")], ["axe", "html"]],
  ["wrong nesting", [after("<p><div>block in a paragraph</div></p>")], ["html"]],
  ["an identifier twice", [after(`<p id="end">again</p>`)], ["html"]],
  ["too large a page", [after(`<p>${"x ".repeat(160_000)}</p>`)], ["size"], wide],
  ["a link that Tab leaves out",
    [[`id="second"`, `id="second" onfocus="this.blur()"`]], ["keyboard"]],
  ["an order other than that of reading", [[`id="second"`, `id="second" tabindex="2"`]],
    ["axe", "keyboard"]],
  ["focus that is not seen", [["</style>", "a:focus { outline: none } </style>"]], ["keyboard"]],
  ["an empty print", [["</style>", "@media print { main { display: none } } </style>"]], ["print"]],
];

const folder = mkdtempSync(join(tmpdir(), "itilcore-planted-"));
const browser = await launch();
const wrong = [];
const found = new Set();
let files = 0;
const expect = async (name, html, rules, views, options = {}) => {
  const file = join(folder, `${(files += 1)}.html`);
  writeFileSync(file, html);
  const { failures, seen } = await checkPage(browser, file, { views, ...options });
  const got = [...new Set(failures.map((failure) => failure.rule))].sort();
  got.forEach((rule) => found.add(rule));
  if (got.join() !== [...rules].sort().join()) {
    wrong.push(`${name}: expected ${rules.join(", ") || "nothing"}; found ${got.join(", ") || "nothing"}`);
    wrong.push(...failures.map(({ rule, where, text }) => `    ${rule} (${where}): ${text.slice(0, 300)}`));
  }
  return seen;
};
try {
  const seen = await expect("the page without fault", PAGE, [], VIEWS);
  // That nothing was found must not be because nothing was looked at.
  const { views, charts, marks: drawn, stops, pages } = seen;
  const told = JSON.stringify({ views, charts, drawn, stops, pages });
  if (told !== `{"views":4,"charts":1,"drawn":3,"stops":4,"pages":1}` || seen.axe < 20) {
    wrong.push(`the page without fault was not looked at as it should be: ${told}`);
  }
  const left = [...FAULTS];
  const work = async () => {
    while (left.length > 0) {
      const [name, changes, rules, views = wide, options] = left.shift();
      let html = PAGE;
      for (const [old, fresh] of changes) {
        const planted = html.replace(old, () => fresh);
        if (planted === html) wrong.push(`${name}: not planted`);
        html = planted;
      }
      await expect(name, html, rules, [views].flat(), options);
    }
  };
  await Promise.all([work(), work(), work()]); // most of the time is waiting
  if (readPdf(Buffer.from("%PDF-1.4 <</Type /Pages>>")).pages !== 0) {
    wrong.push("a PDF without a page counts as one");
  }
  for (const rule of RULES) if (!found.has(rule)) wrong.push(`the rule ${rule} has found nothing`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
for (const line of wrong) console.log(line);
if (wrong.length === 0) console.log(`self-test: each of ${FAULTS.length} planted faults is found`);
process.exitCode = wrong.length === 0 ? 0 : 1;
