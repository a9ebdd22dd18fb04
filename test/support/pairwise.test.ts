import fc from "fast-check";
import { expect, test } from "vitest";
import { pairwise } from "./pairwise.ts";

test("every two values of different factors meet in a row, and there are far fewer rows than combinations", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(sizes, (all) => {
      const factors = Object.fromEntries(
        all.map((size, at) => [`factor-${at}`, Array.from({ length: size }, (_, value) => value)]),
      );
      const rows = pairwise(factors);
      for (const [first, ofFirst] of Object.entries(factors)) {
        for (const [second, ofSecond] of Object.entries(factors)) {
          if (first === second) continue;
          for (const a of ofFirst) {
            for (const b of ofSecond) {
              expect(rows.some((row) => row[first] === a && row[second] === b)).toBe(true);
            }
          }
        }
      }
    }),
  );
  const ten = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`f${at}`, [1, 2, 3]]));
  expect(pairwise(ten).length).toBeLessThan(30);
});
