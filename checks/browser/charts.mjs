// Every chart has drawn: its source holds marks and words, and a person sees both.

// Runs in a blank page, so that a page's own policy of contents does not matter.
// Takes the picture as it is on the screen, and the source of the drawing.
async function look({ png, svg }) {
  const found = [];
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const { width, height } = image;
  Object.assign(canvas.canvas, { width, height });
  canvas.drawImage(image, 0, 0);
  const pixels = canvas.getImageData(0, 0, width, height).data;

  const channel = (value) =>
    value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([red, green, blue]) =>
    0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const at = (x, y) => [...pixels.slice(4 * (y * width + x), 4 * (y * width + x) + 3)];

  // The paper is the commonest colour along the edge.
  const edge = new Map();
  for (let x = 0; x < width; x += 1) {
    for (const y of [Math.min(2, height - 1), Math.max(0, height - 3)]) {
      const key = at(x, y).join();
      edge.set(key, (edge.get(key) || 0) + 1);
    }
  }
  const paper = [...edge].sort((a, b) => b[1] - a[1])[0][0].split(",").map(Number);
  let inked = 0;
  for (let offset = 0; offset < pixels.length; offset += 4) {
    if (contrast([...pixels.slice(offset, offset + 3)], paper) >= 3) inked += 1;
  }
  const share = inked / (width * height);
  if (share < 0.002) {
    found.push(`only ${(100 * share).toFixed(2)} % of it stands out from its background`);
  }
  if (svg === null) return { found, marks: 0, smallest: null };

  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml");
  if (drawing.querySelector("parsererror") || drawing.documentElement.localName !== "svg") {
    return { found: [...found, "its source is no well-formed SVG"], marks: 0, smallest: null };
  }
  // Axes, legends, titles, clips and backgrounds frame a chart that may yet be empty.
  const frame =
    "[class*=role-axis], [class*=role-legend], [class*=role-title], [class*=background], " +
    "defs, clipPath, mask, marker";
  const number = (element, name) => parseFloat(element.getAttribute(name) || "0") || 0;
  const extent = {
    path: (mark) => /[lhvcsqtaz]/i.test((mark.getAttribute("d") || "").replace(/^\s*m/i, "")),
    rect: (mark) => number(mark, "width") > 0 && number(mark, "height") > 0,
    circle: (mark) => number(mark, "r") > 0,
    ellipse: (mark) => number(mark, "rx") > 0,
    line: (mark) =>
      number(mark, "x1") !== number(mark, "x2") || number(mark, "y1") !== number(mark, "y2"),
    polyline: (mark) => (mark.getAttribute("points") || "").trim() !== "",
    polygon: (mark) => (mark.getAttribute("points") || "").trim() !== "",
  };
  const full = (mark) =>
    mark.localName === "rect" &&
    ["width", "height"].every((side) => /^100%$/.test(mark.getAttribute(side) || ""));
  const marks = [...drawing.querySelectorAll(Object.keys(extent).join())].filter(
    (mark) => !mark.closest(frame) && !full(mark) && extent[mark.localName](mark),
  );
  if (marks.length < 2) found.push(`${marks.length} marks are drawn in it, which is no chart`);

  const texts = [...drawing.querySelectorAll("text")].filter((text) => text.textContent.trim());
  if (texts.length === 0) found.push("it has no word in it");
  document.body.replaceChildren(document.importNode(drawing.documentElement, true));
  let smallest = null;
  const drawn = document.body.firstElementChild;
  const scale = width / (drawn.getBoundingClientRect().width || width);
  for (const text of drawn.querySelectorAll("text")) {
    const style = getComputedStyle(text);
    if (!text.textContent.trim() || text.closest("defs") || style.visibility === "hidden") continue;
    const size = parseFloat(style.fontSize) * scale;
    smallest = smallest === null ? size : Math.min(smallest, size);
    // Words on a mark have the mark behind them, not the paper.
    if (text.closest("[class*=role-mark]") || /url|none/.test(style.fill)) continue;
    const fill = style.fill.match(/[\d.]+/g).map(Number).slice(0, 3);
    const alpha = [style.opacity, style.fillOpacity].reduce((all, one) => all * Number(one), 1);
    const mixed = fill.map((value, index) => value * alpha + paper[index] * (1 - alpha));
    const ratio = contrast(mixed, paper);
    if (ratio < 4.5) {
      found.push(
        `its words ${JSON.stringify(text.textContent.slice(0, 40))} have a contrast of ` +
          `${ratio.toFixed(2)} with the background; 4.5 is the least`,
      );
    }
  }
  return { found, marks: marks.length, smallest };
}

export function svgOf(address) {
  const match = /^data:image\/svg\+xml([^,]*),(.*)$/s.exec(address);
  if (match === null) return null;
  const [, parameters, body] = match;
  return /;base64/i.test(parameters)
    ? Buffer.from(body, "base64").toString("utf8")
    : decodeURIComponent(body);
}

// What belongs to every picture, whatever is in it. `shown` tells a picture's address in the
// light scheme, to see that a dark variant is really another one.
export async function charts(page, blank) {
  const found = [];
  const seen = { charts: 0, marks: 0, smallest: null, addresses: [] };
  for (const handle of await page.$$("img, svg")) {
    const facts = await handle.evaluate(async (element) => {
      if (element.closest("svg svg, svg img, [hidden], [aria-hidden=true]")) return null;
      if (!element.checkVisibility()) return null;
      element.scrollIntoView({ block: "center" });
      const box = element.getBoundingClientRect();
      const common = { tag: element.localName, width: box.width, height: box.height };
      if (element.localName === "svg") {
        const size = element.getBBox();
        return { ...common, bbox: size.width > 0 && size.height > 0, svg: element.outerHTML,
          name: element.getAttribute("aria-label") || element.querySelector("title")?.textContent };
      }
      await element.decode().catch(() => {});
      return { ...common, alt: element.getAttribute("alt"), address: element.currentSrc,
        loaded: element.complete && element.naturalWidth > 0,
        dark: !!element.closest("picture")?.querySelector("source[media*=dark]") };
    });
    if (facts === null) continue;
    seen.charts += 1;
    const name = `${facts.tag} ${seen.charts} ${JSON.stringify((facts.alt || facts.name || "").slice(0, 50))}`;
    if (facts.tag === "img") {
      seen.addresses.push({ name, address: facts.address, dark: facts.dark });
      if (!/\d/.test(facts.alt || "")) {
        found.push(["alt", `${name} has no figure in its alternative text`]);
      }
      if (!facts.loaded) {
        found.push(["chart", `${name} has not loaded`]);
        continue;
      }
    } else if (!facts.bbox) {
      found.push(["chart", `${name} is empty`]);
      continue;
    }
    if (facts.width < 20 || facts.height < 20) {
      if (facts.tag === "svg") { seen.charts -= 1; continue; } // a sign in a line of text
      found.push(["chart", `${name} is ${facts.width} x ${facts.height} px on the screen`]);
      continue;
    }
    const svg = facts.tag === "svg" ? facts.svg : svgOf(facts.address);
    const png = (await handle.screenshot()).toString("base64");
    const result = await blank.evaluate(look, { png, svg });
    found.push(...result.found.map((text) => ["chart", `${name}: ${text}`]));
    seen.marks += result.marks;
    if (result.smallest !== null) {
      seen.smallest = Math.min(seen.smallest ?? Infinity, result.smallest);
    }
  }
  return { found, seen };
}
