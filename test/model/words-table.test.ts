import { describe, expect, test } from "vitest";
import { canonical } from "../../provider/model/canonical.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { validate } from "../../provider/model/validate.ts";
import { inWordsOf } from "../../provider/model/words.ts";
import { fieldsWithWays, wordCases } from "../support/word-cases.ts";

test("every field of every kind that can be said in several ways is in the table of test/support/word-cases.ts", () => {
  const rows = wordCases().flatMap(({ type, fields }) => fields.map((field) => `${type} ${field}`));
  expect(rows.toSorted()).toEqual(fieldsWithWays().toSorted());
});

describe.each(wordCases("t0k3n-"))("$type $fields", ({ type, around, words, ...row }) => {
  const kind = kindOf(type);
  const form = (fields: JsonObject) => canonical(kind, around(fields));
  const others = { changed: row.changed, beyond: row.beyond, gone: row.gone };
  const ignored = row.ignored.map(({ changed }) => changed);

  test("is right in every way to say it", () => {
    for (const fields of [words, row.respelled, ...Object.values(others), ...ignored])
      if (fields) expect(validate(kind, around(fields)), JSON.stringify(fields)).toEqual([]);
  });

  test("means the same in other words, and another thing when it is changed", () => {
    expect(row.respelled).not.toEqual(words);
    expect(form(row.respelled)).toEqual(form(words));
    for (const fields of [...Object.values(others), ...ignored])
      if (fields) expect(form(fields)).not.toEqual(form(words));
  });

  test("is said in the words nearest to the user's", () => {
    for (const [what, fields] of Object.entries(others))
      if (fields) expect(inWordsOf(kind.schema, around(words), form(fields)), what).toEqual(around(fields));
  });
});
