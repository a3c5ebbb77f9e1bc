// Lighthouse's four figures for four pages, on a desktop and on a telephone.
import { writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch as launchChrome } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";
import { chromiumPath } from "./browser.mjs";
import { publish, root } from "./site.mjs";

const PAGES = ["index.html", "references/krasner-1982-structural-causes.html", "timeline.html", "keywords/index.html"];
const LEAST = { desktop: 1, mobile: 0.98 };

const site = await publish();
const chrome = await launchChrome({ chromePath: chromiumPath(), chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
const out = join(root, "target", "lighthouse");
mkdirSync(out, { recursive: true });
let low = 0;
try {
  for (const [device, config] of [["desktop", desktopConfig], ["mobile", undefined]])
    for (const address of PAGES) {
      const result = await lighthouse(site.http + address, { port: chrome.port, output: "html", logLevel: "error" }, config);
      writeFileSync(join(out, `${device}-${address.replaceAll("/", "-")}`), result.report);
      const categories = Object.values(result.lhr.categories);
      console.log(`${device.padEnd(8)} ${categories.map(({ title, score }) => `${title} ${Math.round(score * 100)}`).join("  ")}  ${address}`);
      for (const category of categories) {
        if (category.score >= LEAST[device]) continue;
        low += 1;
        for (const { id, weight } of category.auditRefs) {
          const { score, title, displayValue } = result.lhr.audits[id];
          if (weight > 0 && score !== null && score < 1) console.log(`         ${category.title}: ${title}${displayValue ? ` (${displayValue})` : ""}`);
        }
      }
    }
} finally {
  await chrome.kill();
  site.close();
}
console.log(low === 0 ? "All figures are as promised." : `${low} figures are lower than promised; the reports are in target/lighthouse/.`);
process.exitCode = low === 0 ? 0 : 1;
