import { expect, test } from "vitest";
import { classifyImages, newestOf } from "../../../src/operations/status/classify-images.ts";

const version = (...tags: string[]) => ({
  digest: `sha256:${tags.join("")}`,
  tags,
  pushedAt: "2026-11-24T08:30:00Z",
  url: undefined,
});

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
    "feature/login",
  );
  expect(images.map(({ kind }) => kind)).toEqual([
    "ci",
    "ci",
    "release",
    "release",
    "other",
    "other",
  ]);
  expect(newestOf("ci", images, "feature/login")?.tags).toEqual(["sha-1234567"]);
  expect(newestOf("release", images, "feature/login")?.tags).toContain("1.4.0");
});

test("an image that CI built and a release named counts for both", () => {
  const images = classifyImages([version("main", "sha-1234567", "1.0.0")], "main");
  expect(images[0]?.kind).toBe("release");
  expect(newestOf("ci", images, "main")).toEqual(newestOf("release", images, "main"));
  expect(newestOf("release", [], "main")).toBeNull();
});
