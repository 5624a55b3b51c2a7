// The Tab key alone reaches everything that can be used, in the order of reading, and one sees
// where one is.

// Runs in the page before the first Tab: numbers what can be used, and notes how it looks.
function prepare() {
  const looks = (element) => {
    const style = getComputedStyle(element);
    return [
      style.boxShadow, style.backgroundColor, style.borderColor, style.borderWidth,
      style.textDecoration, style.color,
    ].join("|");
  };
  const usable =
    "a[href], button, input, select, textarea, summary, audio[controls], video[controls], " +
    "iframe, [contenteditable=true], [tabindex]";
  const name = (element) =>
    `<${element.localName}${element.id ? ` id=${element.id}` : ""}> ` +
    JSON.stringify((element.textContent || element.value || "").trim().slice(0, 40));
  const groups = new Set();
  const list = [...document.querySelectorAll(usable)].filter((element) => {
    if (element.disabled || element.tabIndex < 0 || element.closest("[inert]")) return false;
    if (element.type === "radio" && element.name) {
      if (groups.has(element.name)) return false; // Tab stops once in a group of choices
      groups.add(element.name);
    }
    return element.checkVisibility({ visibilityProperty: true });
  });
  window.__keyboard = { list, looks, before: list.map(looks), name };
  document.activeElement?.blur();
  window.scrollTo(0, 0);
  return list.map((element) => ({ name: name(element), positive: element.tabIndex > 0 }));
}

// Runs in the page after each Tab: which one has the focus, and can one see it.
function focused() {
  const { list, looks, before } = window.__keyboard;
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const style = getComputedStyle(element);
  const clear = /^(transparent|rgba\(.*, 0\))$/;
  const outlined =
    style.outlineStyle !== "none" &&
    parseFloat(style.outlineWidth) > 0 &&
    !clear.test(style.outlineColor);
  let index = list.indexOf(element);
  if (index < 0 && element.type === "radio") {
    index = list.findIndex((other) => other.type === "radio" && other.name === element.name);
  }
  const box = element.getBoundingClientRect();
  return {
    index,
    seen: outlined || (index >= 0 && looks(element) !== before[index]),
    onScreen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    label: window.__keyboard.name(element),
  };
}

export async function keyboard(page) {
  const expected = await page.evaluate(prepare);
  const found = expected
    .filter((one) => one.positive)
    .map((one) => `${one.name} asks for a place of its own in the order (tabindex above 0)`);
  const reached = [];
  let nowhere = 0;
  // What scrolls takes the focus too, so that there can be more stops than were counted.
  for (let press = 0; press < 2 * expected.length + 30; press += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(focused);
    if (now === null) {
      nowhere += 1; // at the end, or thrown out of where it was
      if (nowhere > 2) break;
      continue;
    }
    if (now.index >= 0 && reached.includes(now.index)) break;
    if (now.index >= 0) reached.push(now.index);
    if (!now.seen) found.push(`${now.label} does not show that it has the focus`);
    if (!now.onScreen) found.push(`${now.label} has the focus outside the screen`);
  }
  expected.forEach((one, index) => {
    if (!reached.includes(index)) found.push(`Tab does not reach ${one.name}`);
  });
  for (let at = 1; at < reached.length; at += 1) {
    if (reached[at] < reached[at - 1]) {
      const [late, early] = [expected[reached[at]].name, expected[reached[at - 1]].name];
      found.push(`Tab reaches ${early} before ${late}, which stands above it`);
    }
  }
  return { found, stops: reached.length };
}
