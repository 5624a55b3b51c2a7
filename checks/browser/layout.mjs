// Nothing is wider than the screen, except inside something that scrolls.

export async function overflow(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    const width = root.clientWidth;
    const found = [];
    if (root.scrollWidth > width) {
      found.push(`the page is ${root.scrollWidth} px wide on a screen of ${width} px`);
    }
    const scrolls = (element) => {
      for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
        if (["auto", "scroll"].includes(getComputedStyle(up).overflowX)) return true;
      }
      return false;
    };
    const sticksOut = (element) => {
      const box = element.getBoundingClientRect();
      // One pixel wide or high: text for screen readers, put aside on purpose.
      if (box.width <= 1 || box.height <= 1) return false;
      return box.right > width + 1 || box.left < -1;
    };
    for (const element of document.body.querySelectorAll("*")) {
      // Parts of a drawing may lie outside its frame, which cuts them off.
      if (element.ownerSVGElement || !sticksOut(element) || scrolls(element)) continue;
      if (element.parentElement !== document.body && sticksOut(element.parentElement)) continue;
      const box = element.getBoundingClientRect();
      found.push(
        `<${element.localName}> reaches from ${Math.round(box.left)} to ` +
          `${Math.round(box.right)} px on a screen of ${width} px: ` +
          JSON.stringify((element.textContent || element.alt || "").trim().slice(0, 40)),
      );
    }
    return found;
  });
}
