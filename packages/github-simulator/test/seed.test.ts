import { readFile } from "node:fs/promises";
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
      repositories.0 (my repo).name: use the name as in github.com/<owner>/<name>
      repositories.1 (web): there is no visibilty; the keys are name, owner, description, language, visibility, defaultBranch, archived, disabled, empty, topics, dockerfile, files, branches, collaborators, defaultWorkflowPermissions, secrets, variables, environments, rules
      tokens.0 (one).owner: "nobody" is not among users; add it there
      repositories.2 (web).name: "web" appears twice; keep one
      teams.0 (Hidden).parent: no team before this one is named "Below"
      teams.1 (Below).members: "eve" is no member of the organisation
      teams.1 (Below).repositories: "api" is not among repositories
      teams.1 (Below).parent: secret teams are not nested; make both closed
      repositories.2 (web).empty: an empty repository has no files; drop one of both]
  `);
});

test("the README lists every key of a seed", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const section = /## The seed[^]*?\n## /.exec(readme)?.[0] ?? "";
  const wrong = { nonsense: 1 };
  let message = "";
  try {
    parseSeed({
      ...wrong,
      organisation: { login: "acme", ...wrong, secrets: { A: { value: "a", ...wrong } } },
      users: [wrong],
      teams: [wrong],
      tokens: [wrong],
      apps: [wrong],
      repositories: [{ ...wrong, rules: [wrong], environments: { production: wrong } }],
    });
  } catch (error) {
    ({ message } = error as Error);
  }
  const keys = [...message.matchAll(/the keys are (.*)/g)].map(([, names = ""]) =>
    names.split(", "),
  );
  expect(keys).toHaveLength(10);
  expect(keys.flat().filter((key) => !section.includes(`\`${key}\``))).toEqual([]);
});

test("a simulator without a seed says what to give", async () => {
  await expect(startSimulator({ host: "enterprise-server" } as never)).rejects.toThrow(
    /^there is no seed: give an organisation, such as \{ organisation: \{ login: "acme" \} \}/,
  );
});
