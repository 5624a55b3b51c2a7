// All that is looked at on one page. A failure is {rule, where, text}; RULES are all there are,
// and selftest.mjs plants a fault for each.

import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

import { charts } from "./charts.mjs";
import { keyboard } from "./keyboard.mjs";
import { overflow } from "./layout.mjs";
import { pdf } from "./pdf.mjs";

export const RULES = [
  "size", "html", "console", "request", "chart", "alt", "dark", "overflow", "keyboard", "axe",
  "print",
];
export const VIEWS = [360, 1440].flatMap((width) =>
  ["light", "dark"].map((colours) => ({ width, colours })),
);

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

const HTML = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
    rules: {
      "long-title": "off", // a tab cuts a title; no reader is hurt by a full one
      "no-inline-style": "off", // the length of a bar in a table is a style of its own
      "no-trailing-whitespace": "off", // the page is made, not written
      "require-sri": "off", // nothing may be fetched at all: the rule "request" sees to it
    },
  }),
);

// Addresses that a page would fetch at another width, another hour or another click.
function outside() {
  const found = [];
  const ours = (address) => /^(data:|blob:|#|about:|$)/.test(address.trim());
  const at = {
    "img, script, iframe, audio, video, embed, input, track, source": ["src"],
    "link": ["href"],
    "video": ["poster"],
    "object": ["data"],
    "image, use": ["href", "xlink:href"],
  };
  for (const [selector, names] of Object.entries(at)) {
    for (const element of document.querySelectorAll(selector)) {
      if (element.rel === "canonical") continue;
      for (const name of names) {
        const address = element.getAttribute(name) || "";
        if (!ours(address)) found.push(`<${element.localName} ${name}> is at ${address}`);
      }
    }
  }
  for (const element of document.querySelectorAll("[srcset]")) {
    const address = element.getAttribute("srcset");
    if (!ours(address)) found.push(`<${element.localName} srcset> is at ${address}`);
  }
  const styles = [...document.querySelectorAll("style")].map((style) => style.textContent);
  for (const element of document.querySelectorAll("[style]")) {
    styles.push(element.getAttribute("style"));
  }
  for (const match of styles.join("\n").matchAll(/url\(\s*["']?([^"')]*)|@import[^;]*/g)) {
    if (match[1] === undefined || !ours(match[1])) found.push(`a style asks for ${match[0]}`);
  }
  return found.map((text) => text.slice(0, 200));
}

export async function checkPage(browser, file, options = {}) {
  const { maxKb = 300, minWords = 0, shots = null, views = VIEWS } = options;
  const failures = [];
  const seen = { views: 0, charts: 0, marks: 0, smallest: null, stops: 0, axe: 0, pages: 0 };
  const fail = (rule, where, text) => failures.push({ rule, where, text });

  seen.kb = statSync(file).size / 1024;
  if (seen.kb > maxKb) {
    fail("size", "file", `the page has ${seen.kb.toFixed(0)} KiB; ${maxKb} KiB is the most`);
  }
  const checked = await HTML.validateString(readFileSync(file, "utf8"));
  for (const message of checked.results.flatMap((result) => result.messages)) {
    fail("html", `line ${message.line}`, `${message.message} (${message.ruleId})`);
  }

  const address = pathToFileURL(resolve(file)).href;
  const lightAddresses = new Map();
  for (const { width, colours } of views) {
    const where = `${width} px, ${colours}`;
    const context = await browser.newContext({
      viewport: { width, height: width < 800 ? 740 : 900 },
      colorScheme: colours,
      reducedMotion: "reduce", // a picture taken half-way through is no finding
    });
    try {
      await context.setOffline(true);
      const page = await context.newPage();
      page.on("console", (line) => fail("console", where, `${line.type()}: ${line.text()}`));
      page.on("pageerror", (error) => fail("console", where, `error: ${error.message}`));
      page.on("request", (request) => {
        const asked = request.url();
        if (asked.split("#")[0] !== address && !/^(data|blob):/.test(asked)) {
          fail("request", where, `the page asks for ${asked.slice(0, 200)}`);
        }
      });
      page.on("requestfailed", (request) =>
        fail("request", where, `not to be had: ${request.url().slice(0, 200)}`),
      );
      await page.goto(address, { waitUntil: "load" });
      for (const text of await page.evaluate(outside)) fail("request", where, text);

      for (const text of await overflow(page)) fail("overflow", where, text);
      const blank = await context.newPage();
      const drawn = await charts(page, blank);
      for (const [rule, text] of drawn.found) fail(rule, where, text);
      await blank.close();
      if (drawn.seen.smallest !== null && drawn.seen.smallest < minWords) {
        const size = drawn.seen.smallest.toFixed(1);
        fail("chart", where, `words of ${size} px in a chart; ${minWords} px is the least`);
      }
      for (const { name, address: shown, dark } of drawn.seen.addresses) {
        const key = `${width} ${name}`;
        if (colours === "light") lightAddresses.set(key, shown);
        else if (dark && lightAddresses.get(key) === shown) {
          fail("dark", where, `${name} has a dark variant that is not shown`);
        }
      }

      await page.evaluate(AXE);
      const result = await page.evaluate(
        (tags) =>
          // Without preloading, which would ask for styles and be the page's only request.
          window.axe.run(document, { runOnly: tags, preload: false, resultTypes: ["violations"] }),
        AXE_TAGS,
      );
      for (const { id, help, nodes } of result.violations) {
        for (const node of nodes) {
          const why = [...node.any, ...node.all, ...node.none].map((check) => check.message)[0];
          fail("axe", where, `${help} (${id}) at ${node.target.join(" ")}: ${why || node.html}`);
        }
      }

      const walked = await keyboard(page);
      for (const text of walked.found) fail("keyboard", where, text);
      if (shots !== null) {
        const name = `${basename(file, ".html")}-${width}-${colours}.png`;
        await page.evaluate(() => { document.activeElement?.blur(); window.scrollTo(0, 0); });
        await page.screenshot({ path: join(shots, name), fullPage: true });
      }
      if (seen.views === 0) {
        await page.emulateMedia({ media: "print" });
        await page.setViewportSize({ width: 718, height: 1046 }); // A4 within its margins
        for (const text of await overflow(page)) fail("overflow", "print", text);
        const printed = await pdf(page);
        for (const text of printed.found) fail("print", "print", text);
        seen.pages = printed.pages;
      }
      seen.views += 1;
      seen.charts = drawn.seen.charts;
      seen.marks = drawn.seen.marks;
      seen.smallest = Math.min(seen.smallest ?? Infinity, drawn.seen.smallest ?? Infinity);
      seen.stops = Math.max(seen.stops, walked.stops);
      seen.axe = Math.max(seen.axe, result.passes.length);
    } finally {
      await context.close();
    }
  }
  return { failures, seen };
}
