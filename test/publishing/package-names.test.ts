import { expect, test } from "vitest";
import { packagesOf } from "../../src/publishing/package-names.ts";
import { readPublications } from "../../src/publishing/read-publications.ts";
import { path, workflow } from "./workflow-text.ts";

const packages = (...pushes: string[]) => {
  const files = pushes.map((push, index) => [`.github/workflows/${index}.yml`, workflow({ push })]);
  const texts = Object.fromEntries(files) as Record<string, string>;
  return packagesOf("ghcr.io", "Acme", readPublications(texts, { repository: "Acme/Shop" }));
};

test("the packages of several jobs, those of other owners, and names that only the run knows", () => {
  expect(
    packages(
      "- run: docker push ghcr.io/acme/web && docker push ghcr.io/acme/api:1",
      "- run: docker push ghcr.io/${{ github.repository }}:latest",
      "- run: docker push ghcr.io/other/web",
      "- run: docker push ghcr.io/acme/$NAME",
    ),
  ).toEqual({
    names: ["api", "shop", "web"],
    foreign: ["ghcr.io/other/web"],
    unknown: [
      { path: ".github/workflows/3.yml", line: 6, job: "image", written: "ghcr.io/acme/$NAME" },
    ],
  });
});

test("a job that pushes an unnamed image is reported as unknown", () => {
  const text = workflow({ push: "- uses: acme/publish@v1" });
  const { names, unknown } = packagesOf("ghcr.io", "acme", readPublications({ [path]: text }));
  expect({ names, unknown }).toEqual({
    names: [],
    unknown: [{ path, line: 6, job: "image", written: "" }],
  });
});
