import picocolors from "picocolors";
import { expect, test } from "vitest";
import { previewText } from "../../../src/report/preview/preview-text.ts";
import { aPreview } from "./a-preview.ts";

const plain = picocolors.createColors(false);

test("a reason of several lines is joined into one, and terminal commands are removed", () => {
  const failures = [
    "entries of the fleet match no repository:\n  fleet.repositories[1].name: \u001b[2Jgone",
  ];
  const text = previewText(aPreview({ outcome: "failed", failures }), plain);
  expect(text.split("\n")[1]).toBe(
    "  failed entries of the fleet match no repository: fleet.repositories[1].name: gone",
  );
});
