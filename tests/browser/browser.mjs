// Where the machine's browsers are, and a page of Chromium that writes down everything that goes wrong in it.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { publish } from "./site.mjs";

/** The browsers of the machine: what CHROMIUM or FIREFOX names, or else the first of these on the search path. */
export const chromiumPath = () => installed("CHROMIUM", ["chromium"]);
export const firefoxPath = () => installed("FIREFOX", ["firefox-esr", "firefox"]);

function installed(variable, names) {
  if (process.env[variable]) return process.env[variable];
  const paths = names.flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)));
  for (const path of paths) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${names[0]} is missing: install it (Debian: apt-get install ${names[0]}) or name it in ${variable}`);
}

/** No name but this machine's resolves, so that a page that asks another host fails instead of passing on a good day. */
export const launch = () =>
  chromium.launch({ executablePath: chromiumPath(), args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"] });

/**
 * A page that writes into `page.faults` every console error or warning, uncaught error, failed request and request to elsewhere.
 * One page may visit many addresses: making one costs more than most checks.
 */
export async function newPage(context) {
  const page = await context.newPage();
  let base, address, status;
  const expected = (url) => status !== 200 && url === address;
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !expected(message.location().url)) page.faults.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => page.faults.push(`uncaught: ${error}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) page.faults.push(`request to elsewhere: ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    // What a page was still loading when it was left is no fault; a file that is missing has another word.
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") page.faults.push(`failed request: ${request.url()}: ${why}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && !expected(response.url())) page.faults.push(`${response.status()}: ${response.url()}`);
  });
  /** Opens a page type's example below a base address of the site and waits until it has loaded. */
  page.visit = async (from, shown) => {
    [base, address, status] = [from, from + shown.path, shown.status];
    page.faults = [];
    const response = await page.goto(address, { waitUntil: "load" });
    if (base.startsWith("http") && response.status() !== status) page.faults.push(`${response.status()} instead of ${status}: ${address}`);
    return page;
  };
  return page;
}

/**
 * The published site and two pages to lend at a time, for the tests of one file.
 * `site` and `lend` are there once a test runs, and go after the last.
 */
export function opened(options = {}) {
  const opened = {};
  let browser;
  before(async () => {
    opened.site = await publish();
    browser = await launch();
    opened.lend = pool(await browser.newContext(options), 2);
  });
  after(async () => {
    await browser?.close();
    opened.site?.close();
  });
  return opened;
}

/** At most `size` pages of a context at a time: `use(work)` lends one to `work` and takes it back. */
export function pool(context, size) {
  const pages = Array.from({ length: size }, () => newPage(context));
  const waiting = [];
  return async (work) => {
    const page = pages.pop() ?? (await new Promise((free) => waiting.push(free)));
    try {
      return await work(await page);
    } finally {
      const next = waiting.shift();
      if (next) next(page);
      else pages.push(page);
    }
  };
}
