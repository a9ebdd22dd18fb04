import { expect, test } from "vitest";
import { classifyImages, newestOf } from "../../../src/operations/status/classify-images.ts";

const version = (...tags: string[]) => ({
  digest: `sha256:${tags.join("")}`,
  tags,
  pushedAt: "2026-11-24T08:30:00Z",
  url: undefined,
});

const templates = { branch: "feature/login", mode: "template" } as const;

test("images are distinguished by their tags", () => {
  const images = classifyImages(
    [
      version("sha-1234567"),
      version("feature-login", "sha-7654321"),
      version("1.4.0", "1.4", "latest"),
      version("2.0.0-rc.1"),
      version("ghcr-fleet-first-publish"),
      version("1.4"),
    ],
    templates,
  );
  expect(images.map(({ kind }) => kind)).toEqual([
    "ci",
    "ci",
    "release",
    "release",
    "other",
    "other",
  ]);
  expect(newestOf("ci", images, templates)?.tags).toEqual(["sha-1234567"]);
  expect(newestOf("release", images, templates)?.tags).toContain("1.4.0");
});

test("workflows that people write name what a push builds as they like", () => {
  const own = { ...templates, mode: "repair" } as const;
  const tags = ["latest", "edge", "pr-7", "ghcr-fleet-first-publish", "1.4", "v1.4.0"];
  expect(
    classifyImages(
      tags.map((tag) => version(tag)),
      own,
    ).map(({ kind }) => kind),
  ).toEqual([...["ci", "ci", "other", "other", "other"], "release"]);
});

test("an image that CI built and a release named counts for both", () => {
  const pushes = { ...templates, branch: "main" };
  const images = classifyImages([version("main", "sha-1234567", "1.0.0")], pushes);
  expect(images[0]?.kind).toBe("release");
  expect(newestOf("ci", images, pushes)).toEqual(newestOf("release", images, pushes));
  expect(newestOf("release", [], pushes)).toBeNull();
});
