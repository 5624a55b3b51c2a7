// A small page without a fault: what the self-test plants its faults into.

function chart(ink, bar) {
  const bars = [40, 90, 60]
    .map((height, at) => `<rect x="${40 + 60 * at}" y="${110 - height}" width="40" height="${height}"/>`)
    .join("");
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="140" viewBox="0 0 240 140">` +
    `<g class="mark-rule role-axis-domain" stroke="${ink}"><line x1="30" x2="230" y1="110" y2="110"/></g>` +
    `<g class="mark-text role-axis-label" fill="${ink}"><text x="40" y="128" font-size="12">P1, P2, P3</text></g>` +
    `<g class="mark-rect role-mark marks" fill="${bar}">${bars}</g></svg>`
  );
}

export const address = (svg) =>
  `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
export const LIGHT_SVG = chart("#222222", "#0b5fa5");
export const DARK_SVG = chart("#eeeeee", "#7ab8f0");
export const LIGHT = address(LIGHT_SVG);
export const DARK = address(DARK_SVG);

export const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>A sample page</title>
<style>
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --link: #0b5fa5; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --paper: #16191d; --link: #7ab8f0; } }
body { margin: 1rem; color: var(--ink); background: var(--paper); font: 16px/1.5 sans-serif; }
a { color: var(--link); }
img, svg { max-width: 100%; height: auto; }
.wide { overflow-x: auto; }
.wide table { min-width: 600px; }
</style>
</head>
<body>
<main>
<h1>A sample page</h1>
<p><a href="#table" id="first">To the table</a> or <a href="#end" id="second">to the end</a>.</p>
<picture>
<source media="(prefers-color-scheme: dark)" srcset="${DARK}">
<img src="${LIGHT}" width="240" height="140" alt="Mean hours by priority: P1 4, P2 9, P3 6">
</picture>
<section class="wide" id="table" tabindex="0" aria-label="Hours by priority">
<table>
<caption>Hours by priority</caption>
<thead><tr><th scope="col">Priority</th><th scope="col">Hours</th></tr></thead>
<tbody><tr><th scope="row">P1</th><td>4</td></tr></tbody>
</table>
</section>
<details><summary>How it is counted</summary><p>Over three incidents.</p></details>
<p id="end">The end.</p>
</main>
</body>
</html>
`;
