// CSL-JSON as the specification of CSL 1.0.2 has it: appendix III lists the types, appendix IV the variables, and the
// input model of citation processors names and dates. Nothing else may stand in an item.

const words = (text) => text.trim().split(/\s+/);

const TYPES = words(`
  article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset
  document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case legislation
  manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical
  personal_communication post post-weblog regulation report review review-book software song speech standard thesis
  treaty webpage`);
const TEXTS = words(`
  abstract annote archive archive_collection archive_location archive-place authority call-number citation-key
  citation-label collection-title container-title container-title-short dimensions division DOI event event-place
  event-title genre ISBN ISSN jurisdiction keyword language license medium note original-publisher
  original-publisher-place original-title part-title PMCID PMID publisher publisher-place references reviewed-genre
  reviewed-title scale source status title title-short URL volume-title volume-title-short year-suffix`);
const NUMBERS = words(`
  chapter-number citation-number collection-number edition first-reference-note-number issue locator number
  number-of-pages number-of-volumes page page-first part-number printing-number section supplement-number version volume`);
const NAMES = words(`
  author chair collection-editor compiler composer container-author contributor curator director editor
  editorial-director editor-translator executive-producer guest host illustrator interviewer narrator organizer
  original-author performer producer recipient reviewed-author script-writer series-creator translator`);
const DATES = words("accessed available-date event-date issued original-date submitted");

const each = (names, schema) => Object.fromEntries(names.map((name) => [name, schema]));

export const SCHEMA = {
  type: "array",
  items: {
    type: "object",
    required: ["type", "id"],
    additionalProperties: false,
    properties: {
      id: { type: ["string", "number"] },
      type: { enum: TYPES },
      ...each(TEXTS, { type: "string" }),
      ...each(NUMBERS, { type: ["string", "number"] }),
      ...each(NAMES, { type: "array", minItems: 1, items: { $ref: "#/$defs/name" } }),
      ...each(DATES, { $ref: "#/$defs/date" }),
    },
  },
  $defs: {
    name: {
      type: "object",
      additionalProperties: false,
      properties: each(words("family given dropping-particle non-dropping-particle suffix literal"), { type: "string", minLength: 1 }),
      oneOf: [{ required: ["family"] }, { required: ["literal"] }],
    },
    date: {
      type: "object",
      additionalProperties: false,
      anyOf: [{ required: ["date-parts"] }, { required: ["literal"] }],
      properties: {
        "date-parts": {
          type: "array",
          minItems: 1,
          maxItems: 2,
          items: { type: "array", minItems: 1, maxItems: 3, items: { type: "integer" } },
        },
        season: { enum: [1, 2, 3, 4] },
        circa: { type: "boolean" },
        literal: { type: "string", minLength: 1 },
      },
    },
  },
};
