// The page types: what a built address is an example of, and which examples the browser opens.
import { OLD_ID } from "./site.mjs";

/**
 * One row for each page type: `is` matches every address of the type, `shown` are the examples to open.
 * A page that the program learns to build needs a row here: `pages.test.mjs` fails until it has one.
 */
export const PAGE_TYPES = [
  { name: "home", is: /^index\.html$/, shown: ["index.html"] },
  { name: "about", is: /^about\.html$/, shown: ["about.html"] },
  { name: "collection", is: /^(references|documents)\/index\.html$/, shown: ["references/index.html", "documents/index.html"] },
  {
    name: "entry",
    is: /^(references|documents)\/(?!index\.html)(?!krasner-1982-old-name)[^/]+\.html$/,
    shown: [
      "references/krasner-1982-structural-causes.html", // sections, a table, code, a correction
      "references/adler-2011-international-practices.html", // notes
      "documents/russian-president-2015-military-doctrine.html", // a doubtful date, a title in Latin letters
      "documents/russian-president-2016-information-security-doctrine.html", // the second listing of a work
      "documents/informatization-leading-group-2003-document-27.html", // a Chinese title
      "documents/sco-2009-information-security-agreement.html", // a wide table
    ],
  },
  { name: "redirect", is: new RegExp(`^references/${OLD_ID}\\.html$`), shown: [] }, // it leaves at once: see pages.test.mjs
  { name: "timeline", is: /^timeline\.html$/, shown: ["timeline.html"] },
  { name: "tracks", is: /^tracks\/index\.html$/, shown: ["tracks/index.html"] },
  { name: "track", is: /^tracks\/[^/]+\/index\.html$/, shown: ["tracks/sovereignty/index.html"] },
  { name: "track-timeline", is: /^tracks\/[^/]+\/timeline\.html$/, shown: ["tracks/sovereignty/timeline.html"] },
  { name: "track-keywords", is: /^tracks\/[^/]+\/keywords\.html$/, shown: ["tracks/multistakeholder/keywords.html"] },
  { name: "keywords", is: /^keywords\/index\.html$/, shown: ["keywords/index.html"] },
  { name: "keyword", is: /^keywords\/(?!index\.html)[^/]+\.html$/, shown: ["keywords/regimes.html"] },
  { name: "actors", is: /^actors\/index\.html$/, shown: ["actors/index.html"] },
  { name: "actor", is: /^actors\/(?!index\.html)[^/]+\.html$/, shown: ["actors/russia.html"] },
  { name: "people", is: /^people\/index\.html$/, shown: ["people/index.html"] },
  { name: "person", is: /^people\/(?!index\.html)[^/]+\.html$/, shown: ["people/krasner-s.html"] },
  { name: "concordance", is: /^concordance\.html$/, shown: ["concordance.html"] },
  { name: "data", is: /^data\.html$/, shown: ["data.html"] },
  { name: "print", is: /^print(\/[^/]+)?\.html$/, shown: ["print.html"] },
  { name: "search", is: /^search\.html$/, shown: ["search.html"] },
  // Its addresses hold for the published site only, so it is opened over http, at an address where nothing is.
  { name: "404", is: /^404\.html$/, shown: ["404.html"], httpOnly: true, openedAt: "no/such/page.html" },
];

/** Every page to open: `path` is what follows the base address, `status` what the server answers with. */
export const SHOWN = PAGE_TYPES.flatMap((type) =>
  type.shown.map((address) => ({
    address,
    type: type.name,
    over: type.httpOnly ? ["http"] : ["http", "file"],
    path: type.openedAt ?? address,
    status: type.openedAt ? 404 : 200,
  })),
);

/** The row of SHOWN for any address of the site. */
export const show = (address) => SHOWN.find((shown) => shown.address === address) ?? { address, path: address, status: 200, over: ["http", "file"] };
export const isEntry = (address) => PAGE_TYPES.find((type) => type.name === "entry").is.test(address);

export const SCHEMES = ["light", "dark"];
export const WIDTHS = [360, 768, 1440];
export const HEIGHT = 900;
