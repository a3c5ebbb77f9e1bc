// Whether pages are valid HTML, by the rules that hold of every site.
import { HtmlValidate } from "html-validate";

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Of the two spellings that the standard allows, the one that its own examples use.
    "doctype-style": ["error", { style: "lowercase" }],
    // A title holds the title of a work, which is as long as its author made it.
    "long-title": "off",
    // An id is any text without blanks: the print edition's are an entry's and a section's with a full stop between.
    "valid-id": ["error", { relaxed: true }],
    // ARIA lets an author name any element but those whose role forbids it: a list of tracks, for one.
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
    // A box around a wide table or picture, which scrolls by keyboard, has a name but is no section of the text.
    "prefer-native-element": ["error", { exclude: ["region", "group"] }],
  },
});

/** What is wrong with pages of a site, each fault with its place. */
export function invalid(site, addresses) {
  const faults = [];
  for (const address of addresses) {
    const report = validator.validateStringSync(site.text(address), address);
    for (const { messages } of report.results)
      for (const { line, column, ruleId, message } of messages) faults.push(`${address}:${line}:${column}: ${message} (${ruleId})`);
  }
  return faults;
}
