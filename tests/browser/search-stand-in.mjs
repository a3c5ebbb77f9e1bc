// A small stand-in for the engine of search, for as long as the theme has none: it knows the entries and their sections.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ENGINE = "static/js/search-engine.js";

/** Writes the stand-in into a built site whose theme has no engine. */
export function standIn(folder) {
  if (existsSync(join(folder, ENGINE))) return;
  mkdirSync(join(folder, "search"), { recursive: true });
  for (const list of ["references", "documents"]) {
    const entries = readdirSync(join(folder, list)).filter((file) => file.endsWith(".html") && file !== "index.html");
    const cards = new Map([...readFileSync(join(folder, list, "index.html"), "utf8").matchAll(/<article class="card"[^]*?<\/article>/g)].map(([card]) => [card.match(/href="\.\.\/[^/]+\/([^"]+)"/)[1], card]));
    const works = entries.filter((file) => cards.has(file)).map((file) => read(`${list}/${file}`, cards.get(file), readFileSync(join(folder, list, file), "utf8")));
    writeFileSync(join(folder, "search", `${list}.js`), `regesta.search.shard(${JSON.stringify(works)});\n`);
  }
  writeFileSync(join(folder, ENGINE), `(${engine})();\n`);
}

const plain = (html) => html.replace(/<pre[^]*?<\/pre>|<(\w+) class="(?:sidenote|in-print)[^]*?<\/\1>|<sup[^]*?<\/sup>/g, " ").replace(/<[^>]+>/g, " ").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&#x27;|&#39;/g, "'").replace(/&amp;/g, "&").replace(/\s+/g, " ").trim();
const inner = (html, name) => html.match(new RegExp(`class="${name}[^>]*>([^]*?)</(?:span|a|p)>`))?.[1] ?? "";

function read(address, card, page) {
  const data = (name) => (card.match(new RegExp(`data-${name}="([^"]*)"`))?.[1] ?? "").split("|").filter(Boolean).map(plain);
  const text = page.split('<div id="annotation"')[1]?.split(/<section|<footer|<\/article>/)[0] ?? "";
  const [lead, ...sections] = text.split(/(?=<h2 id=)/);
  return {
    address,
    title: plain(inner(card, "card-title")),
    titleLang: card.match(/card-title"[^>]* lang="([^"]+)"/)?.[1] ?? null,
    creators: plain(inner(card, "card-creators")).replace(/\.$/, ""),
    date: plain(inner(card, "card-date")),
    year: plain(inner(card, "card-year")),
    kind: data("kind")[0],
    label: plain(inner(card, "card-label")),
    decade: data("decade"),
    actor: data("actors"),
    keyword: [...(page.match(/<div id="keywords">[^]*?<\/div>/)?.[0] ?? "").matchAll(/keywords\/([^"]+)\.html">([^<]+)</g)].map(([, id, label]) => [id, plain(label)]),
    tracks: [...card.matchAll(/<li class="track-([^"]+)"><span[^>]*>([^<]+)<\/span> ([^<]+)</g)].map(([, id, glyph, title]) => ({ id, glyph, title })),
    text: `${plain(page.match(/<p class="summary">([^]*?)<\/p>/)?.[1] ?? "")} ${plain(`<div ${lead}`)}`,
    sections: sections.map((html) => ({ id: html.match(/id="([^"]+)"/)[1], title: plain(html.match(/>([^]*?)<\/h2>/)[1]), text: plain(html.slice(html.indexOf("</h2>"))) })),
  };
}

/** Runs in the page. Every word must be found; the last may be begun only. */
function engine() {
  const folder = document.currentScript.src.split("static/js/")[0];
  const loading = new Map();
  let works = [];
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const search = (window.regesta.search = {
    shard(list) { works.push(...list); },
    open: async () => ({ documents: 67, facets: [] }),
    async find(query, { limit, from = 0, filters, signal }) {
      const faults = [];
      await Promise.all(["references", "documents"].map((name) => load(name).catch(() => faults.push(name))));
      if (signal?.aborted) throw new DOMException("no longer asked", "AbortError");
      const words = fold(query).match(/[\p{L}\p{N}/]+/gu) ?? [];
      const hits = [];
      for (const work of works) {
        const whole = fold([work.title, work.creators, work.year, work.label, work.text, ...work.keyword.map(([, label]) => label), ...work.sections.flatMap(({ title, text }) => [title, text])].join(" "));
        if (!words.length || !words.every((word) => new RegExp(`(?<![\\p{L}\\p{N}])${word}`, "u").test(whole))) continue;
        const counted = (text) => words.filter((word) => new RegExp(`(?<![\\p{L}\\p{N}])${word}`, "u").test(fold(text))).length;
        const section = counted(`${work.title} ${work.creators} ${work.text}`) === words.length ? null : work.sections.toSorted((a, b) => counted(`${b.title} ${b.text}`) - counted(`${a.title} ${a.text}`))[0];
        hits.push({ work, section, score: 10 * counted(work.title) + 8 * counted(work.creators) + whole.split(words[0]).length });
      }
      const values = (work) => ({ track: work.tracks.map(({ id, title }) => [id, title]), kind: [[work.kind, work.kind]], decade: work.decade.map((one) => [one, one]), actor: work.actor.map((one) => [one, one]), keyword: work.keyword });
      const fits = (work, field) => !filters?.[field]?.length || values(work)[field].some(([value]) => filters[field].includes(value));
      const fields = ["track", "kind", "decade", "actor", "keyword"];
      const left = hits.filter(({ work }) => fields.every((field) => fits(work, field))).sort((a, b) => b.score - a.score || (a.work.address < b.work.address ? -1 : 1));
      const facets = {};
      for (const field of fields) {
        const counts = new Map();
        for (const { work } of hits.filter(({ work }) => fields.every((other) => other === field || fits(work, other))))
          for (const [value, label] of values(work)[field]) counts.set(value, [value, label, (counts.get(value)?.[2] ?? 0) + 1]);
        facets[field] = [...counts.values()].sort((a, b) => b[2] - a[2]);
      }
      const results = left.slice(from, from + limit).map(({ work, section }) => {
        const text = section?.text ?? work.text;
        const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})[\\p{L}\\p{N}]*`, "giu");
        const first = Math.max(0, (text.search(pattern) + 1 || 1) - 80);
        const cut = text.slice(first, first + 240);
        const snippet = [];
        let at = 0;
        for (const match of cut.matchAll(pattern)) {
          snippet.push({ text: (at || !first ? "" : "…") + cut.slice(at, match.index), mark: false }, { text: match[0], mark: true });
          at = match.index + match[0].length;
        }
        snippet.push({ text: cut.slice(at) + "…", mark: false });
        return { ...work, section: section ? { id: section.id, title: section.title } : null, snippet, matched: words };
      });
      return { query, total: left.length, results, facets, suggestion: left.length || fold(query) !== "regimse" ? null : "regimes", faults };
    },
  });
  function load(name) {
    if (!loading.has(name))
      loading.set(name, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = `${folder}search/${name}.js`;
        script.dataset.added = "";
        script.onload = done;
        script.onerror = () => { loading.delete(name); script.remove(); failed(); };
        document.head.append(script);
      }));
    return loading.get(name);
  }
}
