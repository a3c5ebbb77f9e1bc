// Every built page is valid HTML, and what it points at within the site is there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { PAGE_TYPES } from "./pages.mjs";
import { publish } from "./site.mjs";

let site;
before(async () => (site = await publish()));
after(() => site?.close());

const validator = new HtmlValidate({ root: true, extends: ["html-validate:recommended"] });

for (const type of PAGE_TYPES)
  test(`${type.name}: valid HTML`, () => {
    const faults = [];
    for (const address of site.files.filter((file) => type.is.test(file))) {
      const report = validator.validateStringSync(site.text(address), address);
      for (const { messages } of report.results)
        for (const { line, column, ruleId, message } of messages) faults.push(`${address}:${line}:${column}: ${message} (${ruleId})`);
    }
    assert.deepEqual(faults.slice(0, 10), [], `${faults.length} faults`);
  });
