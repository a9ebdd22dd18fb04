import { expect, test } from "vitest";
import { loadSeed, parseSeed, startSimulator } from "../src/index.ts";

const acme = new URL("../seeds/acme.yaml", import.meta.url);

test("the default seed describes twelve repositories of the fleet and two others", async () => {
  const { repositories, tokens } = await loadSeed(acme);
  const inFleet = repositories.filter(({ topics }) => topics.includes("container"));
  expect([repositories.length, inFleet.length]).toEqual([14, 12]);
  expect(tokens.map(({ name }) => name)).toEqual([
    "admin",
    "publisher",
    "next-publisher",
    "too-wide",
    "read-only",
    "expired",
    "never-expires",
    "fine-grained",
  ]);
});

test("an invalid seed is refused with all problems and their places", () => {
  expect(() =>
    parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "ada" }],
      tokens: [{ name: "one", owner: "nobody" }],
      repositories: [
        { name: "my repo" },
        { name: "web", visibilty: "private" },
        { name: "web", empty: true, files: { a: "a" } },
      ],
      teams: [
        { name: "Hidden", privacy: "secret", parent: "Below" },
        {
          name: "Below",
          parent: "Hidden",
          members: { eve: "member" },
          repositories: { api: "read" },
        },
      ],
    }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [SeedError: seed does not describe an organisation:
      repositories.0.name: use the name as in github.com/<owner>/<name>
      repositories.1: Unrecognized key: "visibilty"
      tokens.0.owner: "nobody" is not among users; add it there
      repositories.2.name: "web" appears twice; keep one
      teams.0.parent: no team before this one is named "Below"
      teams.1.members: "eve" is no member of the organisation
      teams.1.repositories: "api" is not among repositories
      teams.1.parent: secret teams are not nested; make both closed
      repositories.2.empty: an empty repository has no files; drop one of both]
  `);
});

test("a simulator without a seed says what to give", async () => {
  await expect(startSimulator({ host: "enterprise-server" } as never)).rejects.toThrow(
    /^there is no seed: give an organisation, such as \{ organisation: \{ login: "acme" \} \}/,
  );
});
