import { expect, test } from "vitest";
import type { z } from "zod";
import { fleetConfigSchema } from "../../src/fleet/fleet-config.ts";
import { nameMatcher } from "../../src/fleet/name-patterns.ts";
import { loadFleetConfig, parseFleetConfig } from "../../src/fleet/load-fleet-config.ts";

test("a minimal fleet gets the defaults", () => {
  expect(loadFleetConfig({ repositories: [{ match: "*" }] })).toEqual({
    audit: {
      addresses: ["github-actions"],
      publishers: [],
      managers: [],
      repositories: [],
      workflows: [],
      graceHours: 24,
    },
    maxTokenDays: 90,
    pace: "steady",
    declined: "continue",
    secret: { name: "GHCR_PAT", environment: "release" },
    defaults: {},
    repositories: [{ match: "*" }],
    exclude: [],
    waves: [{ name: "canary", share: "10%" }],
    failureBudget: 0,
    healthGate: { timeoutMinutes: 20 },
  });
});

test("no fleet at all says what to write", () => {
  expect(() => loadFleetConfig(undefined)).toThrowErrorMatchingInlineSnapshot(
    `[ConfigurationError: Pulumi.<stack>.yaml: the configuration has no fleet; add one, such as ghcr-fleet:fleet: { repositories: [{ name: api }] }]`,
  );
});

test("all problems are listed at once, each with its path and the fix", () => {
  const config = {
    usrname: "acme-publisher",
    maxTokenDays: 365,
    pace: "fast",
    secret: { name: "GITHUB_PAT" },
    defaults: { platforms: ["amd64"], runner: "ubuntu-latest" },
    repositories: [
      { name: "my repo" },
      { name: "acme/api" },
      { name: "api", image: "Acme/API" },
      { name: "API" },
      { name: "../x" },
      { name: "line\nbreak" },
      { name: "both", match: "b*" },
      { image: "nobody" },
      { name: "web", context: "../secrets", dockerfile: "${{ secrets.X }}" },
      {
        name: "args",
        buildArgs: { "BAD NAME": "1", NAME: "${{ secrets.GHCR_PAT }}", NPM_TOKEN: "x" },
      },
      { match: 7 },
    ],
  };
  expect(() => loadFleetConfig(config)).toThrowErrorMatchingInlineSnapshot(`
    [ConfigurationError: Pulumi.<stack>.yaml: fleet.maxTokenDays: is more than the 90 days that a PAT may be valid
    Pulumi.<stack>.yaml: fleet.pace: must be one of steady, burst
    Pulumi.<stack>.yaml: fleet.secret.name: is not a secret name: letters, digits and _ only, not starting with GITHUB_
    Pulumi.<stack>.yaml: fleet.defaults.platforms[0]: is not a platform; write os/arch, such as linux/arm64
    Pulumi.<stack>.yaml: fleet.defaults.runner: changes its image over time; use a fixed image such as ubuntu-24.04
    Pulumi.<stack>.yaml: fleet.repositories[0].name: "my repo" contains white space; use the name as in github.com/<owner>/<name>
    Pulumi.<stack>.yaml: fleet.repositories[1].name: "acme/api" contains a slash; leave out the owner, it is github:owner
    Pulumi.<stack>.yaml: fleet.repositories[2].image: "Acme/API" has upper-case letters, which GHCR refuses; write "acme/api"
    Pulumi.<stack>.yaml: fleet.repositories[4].name: "../x" contains a slash; leave out the owner, it is github:owner
    Pulumi.<stack>.yaml: fleet.repositories[5].name: "line\\nbreak" contains white space; use the name as in github.com/<owner>/<name>
    Pulumi.<stack>.yaml: fleet.repositories[6]: needs exactly one of name, match, topic, property, team, visibility, language, has, all, any, not
    Pulumi.<stack>.yaml: fleet.repositories[7]: needs exactly one of name, match, topic, property, team, visibility, language, has, all, any, not
    Pulumi.<stack>.yaml: fleet.repositories[8].context: leaves the repository; give a path below its root, such as docker/Dockerfile
    Pulumi.<stack>.yaml: fleet.repositories[8].dockerfile: contains \${{, which GitHub Actions would evaluate
    Pulumi.<stack>.yaml: fleet.repositories[9].buildArgs["BAD NAME"]: is not a Dockerfile ARG name: letters, digits and _ only
    Pulumi.<stack>.yaml: fleet.repositories[9].buildArgs.NAME: contains \${{, which GitHub Actions would evaluate
    Pulumi.<stack>.yaml: fleet.repositories[9].buildArgs.NPM_TOKEN: is named like a secret, and build arguments are shown in the image's history, its provenance and the workflow file; pass it as a build secret, secrets: { <id>: <name of the Actions secret> }: https://docs.docker.com/build/building/secrets/
    Pulumi.<stack>.yaml: fleet.repositories[10].match: has the wrong type; it must be a string: put it in quotes
    Pulumi.<stack>.yaml: fleet.usrname: unknown; remove it, or correct its spelling
    Pulumi.<stack>.yaml: fleet.repositories[3].name: "API" is already listed, as fleet.repositories[2]; merge the two]
  `);
});

test("the error for a setting of the fleet inside of an entry says where it belongs", () => {
  const repositories = [{ name: "api", exclude: ["sandbox-*"] }];
  expect(() => loadFleetConfig({ repositories })).toThrow(
    "fleet.repositories[0].exclude: unknown here; exclude belongs to fleet: write it beside repositories",
  );
});

test("a scope of the secret without a secret is refused", () => {
  const repositories = [
    { name: "api", credential: "job-token", secret: { scope: "repository" } },
    { name: "web", credential: "job-token" },
  ];
  expect(() => loadFleetConfig({ repositories })).toThrow(
    "fleet.repositories[0].secret.scope: has no effect beside credential: job-token, which no secret of the fleet reaches; remove it, or write credential: pat",
  );
  expect(
    loadFleetConfig({
      defaults: { credential: "job-token", secret: { scope: "repository" } },
      repositories: [{ name: "api", credential: "pat" }],
    }).repositories,
  ).toHaveLength(1);
});

test("an empty list is refused", () => {
  expect(() => loadFleetConfig({ repositories: [] })).toThrowErrorMatchingInlineSnapshot(
    `[ConfigurationError: Pulumi.<stack>.yaml: fleet.repositories: is empty; name at least one repository, or match: '*']`,
  );
});

test("a key without a value, or with plain text, is reported like any other problem", () => {
  expect(() => parseFleetConfig("", false)).toThrow("the configuration has no fleet");
  expect(() => parseFleetConfig("api", false)).toThrow(
    "fleet: has the wrong type; it must be a map",
  );
  expect(parseFleetConfig('{"repositories":[{"name":"api"}]}', false).repositories).toHaveLength(1);
});

test("values that YAML reads as a number or a boolean need quotes", () => {
  const buildArgs = { VERSION: 1.2, DEBUG: true, NONE: null };
  expect(() => loadFleetConfig({ repositories: [{ name: 2048, buildArgs }] }))
    .toThrowErrorMatchingInlineSnapshot(`
      [ConfigurationError: Pulumi.<stack>.yaml: fleet.repositories[0].buildArgs.VERSION: has the wrong type; it must be a string: put it in quotes
      Pulumi.<stack>.yaml: fleet.repositories[0].buildArgs.DEBUG: has the wrong type; it must be a string: put it in quotes
      Pulumi.<stack>.yaml: fleet.repositories[0].buildArgs.NONE: has the wrong type; it must be a string
      Pulumi.<stack>.yaml: fleet.repositories[0].name: has the wrong type; it must be a string: put it in quotes]
    `);
});

test("values that docker would misread are refused", () => {
  const repositories = [
    { name: "a", context: "https://example.com/x.git" },
    { name: "b", context: "github.com/acme/api" },
    { name: "c", context: "./-x", dockerfile: "-" },
    { name: "d", context: "{{defaultContext}}:app" },
    { name: "e", buildArgs: { A: "a\rb" } },
    { name: "f", context: "deploy@example.com:acme/api.git" },
    { name: "g", dockerfile: "docker-image://example.com/api" },
  ];
  expect(() => loadFleetConfig({ repositories })).toThrowErrorMatchingInlineSnapshot(`
    [ConfigurationError: Pulumi.<stack>.yaml: fleet.repositories[0].context: leaves the repository; give a path below its root, such as docker/Dockerfile
    Pulumi.<stack>.yaml: fleet.repositories[1].context: leaves the repository; give a path below its root, such as docker/Dockerfile
    Pulumi.<stack>.yaml: fleet.repositories[2].context: begins with "-", which docker treats as an option; give that file or folder another name
    Pulumi.<stack>.yaml: fleet.repositories[2].dockerfile: begins with "-", which docker treats as an option; give that file or folder another name
    Pulumi.<stack>.yaml: fleet.repositories[3].context: contains {{, which docker/build-push-action would evaluate
    Pulumi.<stack>.yaml: fleet.repositories[4].buildArgs.A: contains a control character other than a tab or a line break
    Pulumi.<stack>.yaml: fleet.repositories[5].context: leaves the repository; give a path below its root, such as docker/Dockerfile
    Pulumi.<stack>.yaml: fleet.repositories[6].dockerfile: leaves the repository; give a path below its root, such as docker/Dockerfile]
  `);
});

test("characters that a terminal obeys, or that reverse text, are refused everywhere and not shown", () => {
  const [escape, reversed] = ["\u001b[2J", "\u202e"];
  const config = {
    defaults: { actions: { allowed: [`docker/*${reversed}`] } },
    repositories: [
      { topic: `a${escape}` },
      { match: `a${reversed}*` },
      { name: `a${reversed}` },
      { name: "api", context: `a${reversed}b`, buildArgs: { A: `a${reversed}b` } },
      { name: "web", [`x${escape}${reversed}`]: 1 },
    ],
    audit: { workflows: [`a${reversed}.yml`] },
    waves: [{ name: `a${reversed}`, repositories: [`b${escape}*`] }],
  };
  let message = "";
  try {
    loadFleetConfig(config);
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message.split("\n")).toHaveLength(10);
  expect(message.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_C}]/u);
});

test("no text of a fleet takes a control character, or one that reverses text", () => {
  const taken = textsIn(fleetConfigSchema, "fleet").flatMap(({ at, text }) =>
    ["a\u001bb", "a\u0085b", "a\u2028b", "a\u202eb"]
      .filter((hostile) => text.safeParse(hostile).success)
      .map((hostile) => `${at}: ${JSON.stringify(hostile)}`),
  );
  expect(taken).toEqual([]);
});

/** A part of a schema, with its definition. */
type Part = z.core.$ZodType & Pick<z.ZodType, "safeParse">;

/** Every text in a schema, in keys of maps too, by its path. Selectors are inside of selectors without end. */
function textsIn(schema: z.core.$ZodType, at: string): { at: string; text: Part }[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (at.split(".").length > 6) return [];
  switch (def.type) {
    case "string":
      return [{ at, text: schema as Part }];
    case "object":
      return Object.entries(def.shape).flatMap(([key, part]) => textsIn(part, `${at}.${key}`));
    case "array":
      return textsIn(def.element, `${at}[]`);
    case "record":
      return [...textsIn(def.keyType, `${at} (key)`), ...textsIn(def.valueType, `${at}.*`)];
    case "union":
      return def.options.flatMap((part) => textsIn(part, at));
    case "pipe":
      return textsIn(def.in, at);
    case "optional":
    case "default":
    case "prefault":
      return textsIn(def.innerType, at);
    default:
      return [];
  }
}

test("patterns that take too long to match are refused, and the rest match at once", () => {
  const patterns = ["*a".repeat(20), "{a,aa}".repeat(20), "(a+)+b", "@(a|aa)", "a".repeat(201)];
  const repositories = patterns.map((match) => ({ match }));
  expect(() => loadFleetConfig({ repositories })).toThrow(/^(?:.*\n){4}.*$/);
  const { exclude } = loadFleetConfig({
    repositories: [{ match: "*" }],
    exclude: ["*a*a*a*b", "{api,web}-[0-9]*", "!*-?-sandbox"],
  });
  const start = process.hrtime.bigint();
  expect(nameMatcher(exclude.slice(0, 1))("a".repeat(100))).toBe(false);
  expect(process.hrtime.bigint() - start).toBeLessThan(5_000_000_000n);
});

test("a megabyte of nonsense is refused with a readable message", () => {
  const repositories = Array.from({ length: 20_000 }, (_, index) => ({
    name: `bad name ${index} ${"x".repeat(40)}`,
  }));
  let message = "";
  try {
    loadFleetConfig({ repositories });
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toContain("fleet: 19960 more problems, which the next run shows");
  expect(message.length).toBeLessThan(10_000);
});

test("an address, account or workflow of the audit that cannot be one is named", () => {
  const audit = { addresses: ["203.0.113.0/33"], managers: ["no one"], workflows: ["a/b.yml"] };
  expect(() => loadFleetConfig({ repositories: [{ match: "*" }], audit })).toThrow(
    /addresses\.?\[?0\]?: .*is not an address, a network \(203\.0\.113\.0\/24\)[^]*managers\.?\[?0[^]*workflows\.?\[?0/,
  );
});

test.each(["ghcr.io/other/api", "ghcr.io/acme/api", "GHCR.io/Acme/API", "ghcr.io/api"])(
  "the image %s names what the fleet decides, and what to write instead is said",
  (image) => {
    expect(() => loadFleetConfig({ repositories: [{ name: "api", image }] })).toThrow(
      `"${image}" names registry and owner, which are always the fleet's registry and github:owner; write "api"`,
    );
  },
);

test("no wave has the name of the one that writes the shared workflow", () => {
  const waves = [{ name: "Shared workflow", share: "10%" }];
  expect(() => loadFleetConfig({ repositories: [{ name: "api" }], waves })).toThrow(
    "fleet.waves[0].name: is the wave that writes the shared workflow; use another name",
  );
});

test("names that are longer than GitHub's limits are named with the limit", () => {
  const long = (length: number) => "a".repeat(length);
  const config = {
    username: long(40),
    repositories: [{ name: long(101) }, { topic: long(51) }],
    waves: [{ name: long(41), share: "10%" }],
  };
  expect(() => loadFleetConfig(config, "Pulumi.acme.yaml")).toThrow(
    /^Pulumi\.acme\.yaml: fleet\.username: is longer than the 39 .*\n(?:.*\n)?Pulumi\.acme\.yaml: fleet\.repositories\[0\]\.name: "a+" is longer than the 100 .*\nPulumi\.acme\.yaml: fleet\.repositories\[1\]\.topic: is longer than the 50 .*\nPulumi\.acme\.yaml: fleet\.waves\[0\]\.name: is longer than 40 .*$/,
  );
});
