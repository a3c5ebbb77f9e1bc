// Tab reaches everything that can be clicked, in the order of the page, and shows where it is.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { opened } from "./browser.mjs";
import { HEIGHT, SHOWN, WIDTHS, show } from "./pages.mjs";
import { open as openDialog, said } from "./search.mjs";

const tested = opened({ reducedMotion: "reduce" });

/** Opens a page at two of the settings, which stand for all, and follows Tab; `ready` brings it to where that starts. */
const followed = (shown, ready = () => {}) =>
  tested.lend(async (page) => {
    const faults = new Set();
    for (const [width, colorScheme] of [[1440, "light"], [360, "dark"]]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: HEIGHT });
      await page.visit(tested.site.http, shown);
      await ready(page);
      const stops = await page.evaluate(prepare);
      assert.ok(stops > 0, "nothing can be reached");
      // More presses than stops: a browser makes a stop of its own of a box that scrolls.
      await pressTab(page, stops + 50);
      for (const fault of await page.evaluate(() => window.leave())) faults.add(`${width} px, ${colorScheme}: ${fault}`);
      for (const fault of page.faults) faults.add(fault);
    }
    assert.deepEqual([...faults].slice(0, 12), [], `${faults.size} faults`);
  });

describe("keyboard", { concurrency: 2 }, () => {
  for (const shown of SHOWN) test(shown.address, () => followed(shown));

  test("search.html with results", () =>
    followed(show("search.html?q=internet"), async (page) => {
      await said(page, /results/);
      await page.getByText("How to search").click();
      await page.locator(".facet summary").nth(1).click();
      await page.evaluate(() => document.activeElement.blur());
      await page.mouse.click(2, 2);
    }));

  test("the dialog for search with results", () =>
    followed(show("references/krasner-1982-structural-causes.html"), async (page) => {
      await openDialog(page, "internet");
      await page.locator(".facet summary").nth(1).click();
      // From the dialog itself the next stop is its first.
      await page.locator("dialog[open]").evaluate((dialog) => {
        dialog.tabIndex = -1;
        dialog.focus();
      });
    }));
});

test("the first stop skips to the text", () =>
  tested.lend(async (page) => {
    for (const address of ["index.html", "references/krasner-1982-structural-causes.html", "keywords/index.html"]) {
      await page.visit(tested.site.http, show(address));
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForURL(/#main$/);
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate(() => document.activeElement.closest("main")), `${address}: the next stop is ${await page.evaluate(() => document.activeElement.outerHTML)}`);
    }
  }));

for (const width of WIDTHS)
  test(`in the head Tab goes as the eye does, ${width} px`, () =>
    tested.lend(async (page) => {
      await page.setViewportSize({ width, height: HEIGHT });
      await page.visit(tested.site.http, show("index.html"));
      const stops = [];
      for (;;) {
        await page.keyboard.press("Tab");
        const stop = await page.evaluate(() => {
          const here = document.activeElement;
          if (!here.closest(".site-head")) return here.closest("main") ? null : "skip";
          const { left, right, top, bottom } = (here.labels?.[0] ?? here).getBoundingClientRect();
          return { name: here.value ?? here.textContent, left, right, top, bottom };
        });
        if (stop === null) break;
        if (stop !== "skip") stops.push(stop);
      }
      assert.ok(stops.length > 8, `only ${stops.length} stops`);
      for (const [index, stop] of stops.slice(1).entries()) {
        const before = stops[index];
        const onward = stop.top >= before.bottom - 1 || (stop.left >= before.right - 1 && stop.bottom > before.top);
        assert.ok(onward, `${stop.name} comes after ${before.name}, but does not stand there`);
      }
    }));

test("Enter follows a link, and a table that scrolls does so by arrow keys", () =>
  tested.lend(async (page) => {
    await page.setViewportSize({ width: 360, height: HEIGHT });
    await page.visit(tested.site.http, show("documents/sco-2009-information-security-agreement.html"));
    const table = page.locator(".text [tabindex='0']:has(table)").first();
    await table.focus();
    assert.ok(await table.evaluate((box) => box.scrollWidth > box.clientWidth), "the table fits, so it proves nothing");
    const scrolled = table.evaluate((box) => new Promise((done) => box.addEventListener("scroll", () => done(true), { once: true })));
    await page.keyboard.press("ArrowRight");
    assert.ok(await scrolled);
    await page.locator("main a[href*='index.html']").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/documents\/index\.html$/);
  }));

/** Presses Tab a number of times, without waiting for each to be answered: a keyword index has hundreds of stops. */
async function pressTab(page, times) {
  const session = await page.context().newCDPSession(page);
  const key = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 };
  const presses = Array.from({ length: times }, () => [session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key }), session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key })]);
  await Promise.all(presses.flat());
  await session.detach();
}

/**
 * Lists what Tab should stop at and remembers how each looks without focus.
 * From then on each key that is let go notes the element that has the focus, and `leave` tells what was wrong.
 */
function prepare() {
  const CANDIDATES = "a[href], area[href], button, input, select, textarea, summary, audio[controls], video[controls], [tabindex], [contenteditable]";
  const name = (element) => {
    const label = (element.getAttribute("aria-label") ?? element.textContent).trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${element.localName}${element.className ? ` class="${element.getAttribute("class")}"` : ""}> ${label}`;
  };
  const group = (radio) => [...document.querySelectorAll(`input[type=radio][name="${CSS.escape(radio.name)}"]`)].filter((other) => other.form === radio.form);
  const open = document.querySelector("dialog[open]");
  const expected = [...document.querySelectorAll(CANDIDATES)].filter(
    (element) =>
      element.tabIndex >= 0 &&
      !element.disabled &&
      element.type !== "hidden" &&
      !element.closest("[inert]") &&
      // All but an open dialog is as good as inert.
      (!open || open.contains(element)) &&
      element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false }) &&
      // Of radio buttons with one name Tab stops at one: the chosen, or the first.
      (element.type !== "radio" || element === (group(element).find((radio) => radio.checked) ?? group(element)[0])),
  );

  const probe = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    probe.clearRect(0, 0, 1, 1);
    probe.fillStyle = color;
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => {
    const [r, g, b] = rgba(color).map((value) => ((value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const paper = (element) => {
    for (let box = element; box; box = box.parentElement) {
      const color = getComputedStyle(box).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return "Canvas";
  };
  // The ring may be drawn on the control itself, on its label or, in a picture, on the shape inside.
  const carriers = (element) => [element, ...(element.labels ?? []), ...(element.ownerSVGElement ? element.querySelectorAll("*") : [])];
  const look = (element) =>
    carriers(element).map((carrier) => {
      const style = getComputedStyle(carrier);
      const outline = style.outlineStyle === "none" || parseFloat(style.outlineWidth) === 0 ? "none" : `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`;
      const stroke = carrier.ownerSVGElement ? `${style.stroke} ${style.strokeWidth}` : "";
      return { outline, width: parseFloat(style.outlineWidth), color: style.outlineColor, shadow: style.boxShadow, stroke, paper: paper(carrier.parentElement ?? carrier) };
    });

  const before = new Map(expected.map((element) => [element, look(element)]));
  const plain = { outline: "none", shadow: "none", stroke: "" };
  const order = [];
  const faults = [];
  let round = false;
  const arrive = () => {
    const here = document.activeElement;
    if (round) return;
    if (here === document.body || here === document.documentElement || order[0] === here) {
      round = true;
      return;
    }
    order.push(here);
    const looks = look(here);
    const was = before.get(here) ?? looks.map(() => plain);
    const rings = looks.filter((now, index) => {
      const then = was[index] ?? plain;
      return (now.outline !== "none" && now.outline !== then.outline) || (now.shadow !== "none" && now.shadow !== then.shadow) || now.stroke !== then.stroke;
    });
    if (rings.length === 0) faults.push(`no visible focus: ${name(here)}`);
    for (const ring of rings)
      if (ring.outline !== "none" && !ring.outline.startsWith("auto")) {
        if (ring.width < 2) faults.push(`a focus ring of ${ring.width} px: ${name(here)}`);
        if (contrast(ring.color, ring.paper) < 3) faults.push(`a focus ring of ${ring.color} on ${ring.paper}: ${name(here)}`);
      }
    const boxes = [...here.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
    const seen = boxes.some((box) => {
      const x = (Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2;
      const y = (Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2;
      // The card that a link opened when it had the focus goes by itself: previews have tests of their own.
      const top = document.elementsFromPoint(x, y).find((element) => !element.closest(".preview"));
      return top && (here.contains(top) || top.contains(here) || [...(here.labels ?? [])].some((label) => label.contains(top)));
    });
    if (!seen && before.has(here)) faults.push(`out of sight or covered when it has the focus: ${name(here)}`);
  };
  addEventListener("keyup", arrive, true);
  window.leave = () => {
    const reached = order.filter((element) => expected.includes(element));
    for (const element of expected) if (!reached.includes(element)) faults.push(`Tab does not reach ${name(element)}`);
    const wrong = reached.findIndex((element, index) => index > 0 && !(reached[index - 1].compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING));
    if (wrong > 0) faults.push(`out of order: ${name(reached[wrong])} after ${name(reached[wrong - 1])}`);
    return faults;
  };
  return expected.length;
}
