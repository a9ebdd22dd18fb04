import { expect, test } from "vitest";
import { readPublications } from "../../src/publishing/read-publications.ts";
import { verifiedImages, type ImageQuestion } from "../../src/publishing/verified-images.ts";
import { renderWorkflows } from "../../src/publishing/templates/render.ts";
import { workflowOptions } from "./templates/options.ts";
import { path, workflow } from "./workflow-text.ts";

const none: ImageQuestion["images"] = { instead: undefined, add: [] };
const own = {
  [path]: workflow({
    push: '- run: "docker push ghcr.io/acme/web; docker push ghcr.io/x/y; docker push ghcr.io/acme/$A"',
  }),
};
function verified(texts: Record<string, string>, more: Partial<ImageQuestion> = {}) {
  const publications = readPublications(texts);
  const question = {
    registry: "ghcr.io",
    owner: "acme",
    declared: ["api"],
    images: none,
    mode: "auto",
    publications,
    texts,
  };
  return verifiedImages({ ...question, mode: "auto", ...more });
}

test("the images of the repository's own workflows, and what cannot be verified of them", () => {
  expect(verified(own)).toEqual({
    images: ["web"],
    unnamed: [{ file: path, job: "image", written: "ghcr.io/acme/$A" }],
    foreign: ["ghcr.io/x/y"],
  });
  expect(verified(own, { images: { instead: undefined, add: ["db"] } }).images).toEqual([
    "web",
    "db",
  ]);
});

test("what the fleet names counts alone", () => {
  const images = { instead: ["one", "two"], add: [] };
  const expected = { images: ["one", "two"], unnamed: [], foreign: [] };
  expect(verified(own, { images })).toEqual(expected);
});

test("the declared image where templates publish, or nothing does", () => {
  const declared = { images: ["api"], unnamed: [], foreign: [] };
  expect(verified(renderWorkflows(workflowOptions()))).toEqual(declared);
  expect(verified({})).toEqual(declared);
  expect(verified({}, { declared: ["web", "worker"] }).images).toEqual(["web", "worker"]);
  expect(verified(own, { mode: "template" })).toEqual(declared);
});
