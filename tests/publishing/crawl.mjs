// Follows every link of a site that is served, as a reader's browser would ask for it.
import { parse } from "parse5";

/** Addresses in a page that a browser may ask for, by element. */
const ADDRESSES = { a: "href", link: "href", script: "src", img: "src", source: "src", form: "action" };

/**
 * Starts at `start` and stays below its folder. Gives the pages that were read, by address, and the faults: what is not
 * there, leads to a section that is not there, or leaves the folder of the site on the same host.
 */
export async function crawl(start) {
  const base = new URL(".", start).href;
  const seen = new Map();
  const faults = [];
  const waiting = [[new URL(start).href, "the start"]];
  const sections = [];
  while (waiting.length > 0) {
    const [address, from] = waiting.pop();
    if (seen.has(address)) continue;
    const answer = await fetch(address);
    const type = answer.headers.get("content-type") ?? "";
    const text = await answer.text();
    const page = type.startsWith("text/html") ? read(text) : { ids: new Set(), addresses: [] };
    seen.set(address, { type, ...page });
    if (!answer.ok) {
      faults.push(`${address} is answered with ${answer.status}, linked from ${from}`);
      continue;
    }
    for (const written of page.addresses) {
      const target = new URL(written, answer.url);
      if (target.origin !== new URL(base).origin) continue;
      if (!target.href.startsWith(base)) {
        faults.push(`${written} leads out of the site, linked from ${address}`);
        continue;
      }
      const { hash } = target;
      target.hash = "";
      if (hash.length > 1) sections.push([target.href, decodeURIComponent(hash.slice(1)), address]);
      waiting.push([target.href, address]);
    }
  }
  for (const [address, id, from] of sections) {
    if (!seen.get(address).ids.has(id)) faults.push(`${address} has no section \`${id}\`, linked from ${from}`);
  }
  return { seen, faults };
}

function read(text) {
  const ids = new Set(["top"]);
  const addresses = [];
  const visit = (node) => {
    for (const { name, value } of node.attrs ?? []) {
      if (name === "id") ids.add(value);
      if (ADDRESSES[node.nodeName] === name && !/^(mailto|tel|data):/.test(value)) addresses.push(value);
    }
    for (const child of node.childNodes ?? []) visit(child);
  };
  visit(parse(text));
  return { ids, addresses };
}
