// Pictures of every page type, for a person to look at: both schemes, three widths, and the print as PDF.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { launch, pool } from "./browser.mjs";
import { HEIGHT, SCHEMES, SHOWN, WIDTHS, show } from "./pages.mjs";
import { open as openDialog, said } from "./search.mjs";
import { publish, root } from "./site.mjs";

/** What search shows when it is asked: all, a misspelt word, nothing, some, in the dialog. */
const SEARCHES = [
  ["results", "search.html?q=sovereignty+internet"],
  ["narrowed", "search.html?q=internet&kind=Journal+article"],
  ["misspelt", "search.html?q=regimse"],
  ["nothing", "search.html?q=xqzjwkv"],
  ["dialog", "references/barlow-1996-declaration-of-independence.html", "sovereignty internet"],
];

/** The print edition is as tall as a house: a picture ends here. */
const MOST = 12000;

const out = join(root, "target", "screens");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const site = await publish();
const browser = await launch();
let count = 0;
try {
  const lend = pool(await browser.newContext({ reducedMotion: "reduce" }), 2);
  await Promise.all(
    SHOWN.map((shown) =>
      lend(async (page) => {
        const name = shown.address.replace(/\.html$/, "").replaceAll("/", "-");
        await page.visit(site.http, shown);
        await page.evaluate(() => document.fonts.ready);
        for (const width of WIDTHS)
          for (const scheme of SCHEMES) {
            await page.emulateMedia({ colorScheme: scheme });
            await page.setViewportSize({ width, height: HEIGHT });
            const tall = (await page.evaluate(() => document.scrollingElement.scrollHeight)) > MOST;
            if (tall) await page.setViewportSize({ width, height: MOST });
            await page.screenshot({ path: join(out, `${shown.type}-${name}-${width}-${scheme}.png`), fullPage: !tall });
            count += 1;
          }
        await page.pdf({ path: join(out, `${shown.type}-${name}.pdf`), preferCSSPageSize: true, tagged: true, outline: true });
      }),
    ),
  );
  await Promise.all(
    SEARCHES.map(([name, address, words]) =>
      lend(async (page) => {
        await page.visit(site.http, show(address));
        if (words) await openDialog(page, words);
        await said(page, /result|Nothing/);
        for (const width of WIDTHS)
          for (const colorScheme of SCHEMES) {
            await page.emulateMedia({ colorScheme });
            await page.setViewportSize({ width, height: HEIGHT });
            await page.screenshot({ path: join(out, `search-${name}-${width}-${colorScheme}.png`) });
            count += 1;
          }
      }),
    ),
  );
} finally {
  await browser.close();
  site.close();
}
console.log(`${count} pictures and ${SHOWN.length} PDFs are in target/screens/`);
