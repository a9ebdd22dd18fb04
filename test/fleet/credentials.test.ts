import { expect, test } from "vitest";
import { foundRepository } from "../support/found-repository.ts";
import { resolve } from "./resolve.ts";

test("each repository publishes with the secret at its scope, or with the job's own token", () => {
  const { repositories } = resolve(
    {
      secret: { scope: "repository" },
      defaults: { secret: { scope: "organization" } },
      repositories: [
        { match: "*" },
        { match: "web*", secret: { scope: "environment" } },
        { name: "web-own", secret: { scope: "repository" } },
        { name: "docs", credential: "job-token" },
      ],
    },
    ["api", "docs", "web", "web-own"].map((name) => foundRepository(name)),
  );
  expect(repositories.map(({ name, credential }) => `${name}: ${credential}`)).toEqual([
    "api: organization",
    "docs: job-token",
    "web: environment",
    "web-own: repository",
  ]);
});

test("a first image is not promised where the fleet's token publishes nothing", () => {
  const own = { name: "docs", credential: "job-token" };
  const refusal = (settings: object) => () =>
    resolve(
      { defaults: { package: { bootstrap: true } }, repositories: [{ ...own, ...settings }] },
      [foundRepository("docs")],
    );
  expect(refusal({})).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: fleet: package.bootstrap of docs: with credential: job-token only runs publish, so the fleet cannot publish a first image; write bootstrap: false there]`,
  );
  expect(refusal({ package: { bootstrap: false } })).not.toThrow();
});
