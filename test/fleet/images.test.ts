import { expect, test } from "vitest";
import { gitHubHost, githubCom } from "../../src/github-host.ts";
import { buildsOf } from "../../src/fleet/fleet.ts";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import { resolveOffline } from "../../src/fleet/resolve-offline.ts";
import { foundRepository } from "../support/found-repository.ts";
import { resolve as resolveFleet } from "./resolve.ts";

const place = { host: githubCom, owner: "acme" };

const resolve = (value: unknown, names: readonly string[], host = githubCom) =>
  resolveFleet(
    value,
    names.map((name, id) => foundRepository(name, { id })),
    { host },
  ).repositories;

test("images have the repository's settings, unless they have their own", () => {
  const [shop, other] = resolve(
    {
      defaults: { platforms: ["linux/amd64", "linux/arm64"], secrets: ["NPM_TOKEN"] },
      repositories: [
        { name: "other" },
        {
          name: "shop",
          buildArgs: { MODE: "fast" },
          images: [
            { image: "web", dockerfile: "./web/Dockerfile", buildArgs: { NODE: "24" } },
            { image: "worker", target: "worker", secrets: { gem: "GEM_KEY" }, runner: ["a", "b"] },
          ],
        },
      ],
    },
    ["shop", "other"],
  ).toReversed();
  const common = {
    context: ".",
    platforms: ["linux/amd64", "linux/arm64"],
    runner: "ubuntu-24.04",
    runners: {},
    target: undefined,
  };
  expect(shop && buildsOf(shop)).toEqual([
    {
      ...common,
      image: "web",
      dockerfile: "web/Dockerfile",
      buildArgs: { MODE: "fast", NODE: "24" },
      secrets: { NPM_TOKEN: "NPM_TOKEN" },
    },
    {
      ...common,
      image: "worker",
      dockerfile: "Dockerfile",
      target: "worker",
      buildArgs: { MODE: "fast" },
      secrets: { NPM_TOKEN: "NPM_TOKEN", gem: "GEM_KEY" },
      runner: ["a", "b"],
    },
  ]);
  expect(other && buildsOf(other).map(({ image }) => image)).toEqual(["other"]);
  expect(other?.images).toEqual({ build: undefined, instead: undefined, add: [] });
});

test("of one image and several, what the later settings say is built", () => {
  const one = { image: "one" };
  const several = { images: [{ image: "web" }, { image: "worker" }] };
  const built = (defaults: object, own: object) =>
    resolve({ defaults, repositories: [{ name: "shop", ...own }] }, ["shop"])
      .flatMap(buildsOf)
      .map(({ image }) => image);
  expect(built(several, one)).toEqual(["one"]);
  expect(built(one, several)).toEqual(["web", "worker"]);
  // Names, and packages in addition, say nothing about what is built.
  const [shop] = resolve(
    { defaults: { images: { add: ["tools"] } }, repositories: [{ name: "shop", ...one }] },
    ["shop"],
  );
  expect(shop?.images.add).toEqual(["tools"]);
});

test("wrong images are named with the next step, all at once", () => {
  const repositories = [
    { name: "a", images: [{ image: "web" }, { image: "web", context: "x" }] },
    { name: "b", images: [{ context: "." }, { image: "Api" }] },
    { name: "c", images: ["web", { image: "worker" }] },
    { name: "d", image: "d", images: [{ image: "web", dockerfil: "x" }] },
    { name: "e", secrets: { npm: "no token" }, images: [{ image: "e", secrets: ["ghcr_pat"] }] },
    { name: "f", secrets: ["GHCR_PAT"], runner: { group: "x", lables: "y" } },
    { name: "g", images: [{ image: "g", buildArgs: { NPM_TOKEN: "x" } }], runners: { arm64: "x" } },
    { name: "h", images: 7, runner: ["ubuntu-latest"], secrets: "NPM_TOKEN" },
    { name: "i", images: [7] },
    { name: "j", image: "Web Shop" },
  ];
  expect(() => loadFleetConfig({ repositories })).toThrowErrorMatchingInlineSnapshot(`
    [ConfigurationError: Pulumi.<stack>.yaml: fleet.repositories[1].images[0].image: is missing; write the image's name below <registry>/<owner>/, such as web
    Pulumi.<stack>.yaml: fleet.repositories[1].images[1].image: "Api" has upper-case letters, which GHCR refuses; write "api"
    Pulumi.<stack>.yaml: fleet.repositories[3].images[0].dockerfil: unknown; remove it, or correct its spelling
    Pulumi.<stack>.yaml: fleet.repositories[4].secrets.npm: is not a secret name: letters, digits and _ only, not starting with GITHUB_
    Pulumi.<stack>.yaml: fleet.repositories[5].runner.lables: unknown; remove it, or correct its spelling
    Pulumi.<stack>.yaml: fleet.repositories[6].images[0].buildArgs.NPM_TOKEN: is named like a secret, and build arguments are shown in the image's history, its provenance and the workflow file; pass it as a build secret, secrets: { <id>: <name of the Actions secret> }: https://docs.docker.com/build/building/secrets/
    Pulumi.<stack>.yaml: fleet.repositories[6].runners.arm64: is not a platform; write os/arch, such as linux/arm64
    Pulumi.<stack>.yaml: fleet.repositories[7].images: must be a list of image names, a list of maps with image, or a map with add, a list of names
    Pulumi.<stack>.yaml: fleet.repositories[7].secrets: must be a list of the names of Actions secrets, or a map such as { npm: NPM_TOKEN } from the id in the Dockerfile to such a name
    Pulumi.<stack>.yaml: fleet.repositories[7].runner[0]: changes its image over time; use a fixed image such as ubuntu-24.04
    Pulumi.<stack>.yaml: fleet.repositories[8].images[0]: must be the name of an image, or a map with image and how it is built
    Pulumi.<stack>.yaml: fleet.repositories[9].image: "Web Shop" is not an image name; write "web-shop"
    Pulumi.<stack>.yaml: fleet.repositories[0].images[1].image: "web" is already listed, as fleet.repositories[0].images[0]; give one of them another name, or remove it
    Pulumi.<stack>.yaml: fleet.repositories[2].images: has names, which are packages to verify, and maps, which are images to build; write all as maps with image
    Pulumi.<stack>.yaml: fleet.repositories[3].image: is not used beside images; add it to images, or remove it
    Pulumi.<stack>.yaml: fleet.repositories[4].images[0].secrets[0]: GHCR_PAT is the PAT that publishes, which no build may read; use a secret of its own
    Pulumi.<stack>.yaml: fleet.repositories[5].secrets[0]: GHCR_PAT is the PAT that publishes, which no build may read; use a secret of its own]
  `);
});

test("an image belongs to one repository, whichever of its images that is", () => {
  const fleet = {
    repositories: [
      { name: "shop", images: [{ image: "web" }, { image: "blog" }] },
      { name: "blog" },
    ],
  };
  const problem = "blog, shop publish to one image, ghcr.io/acme/blog,";
  expect(() => resolve(fleet, ["blog", "shop"])).toThrow(problem);
  expect(() => resolveOffline(loadFleetConfig(fleet), place)).toThrow("ghcr.io/acme/blog");
});

test("a runner of a platform that nobody builds is named, and one that somebody builds is not", () => {
  const runners = { "linux/arm64": "ubuntu-24.04-arm" };
  const wrong = {
    defaults: { runners: { "linux/s390x": "z" } },
    repositories: [
      { match: "*", runners },
      { name: "web", images: [{ image: "web", runners: { "linux/arm/v7": "arm" } }] },
    ],
  };
  const offline = () => resolveOffline(loadFleetConfig(wrong), place);
  for (const refused of [() => resolve(wrong, ["web", "api"]), offline])
    expect(refused).toThrowErrorMatchingInlineSnapshot(`
      [UsageError: fleet.defaults.runners: linux/s390x is not built; add it to platforms, or remove it here
      fleet.repositories[0].runners: linux/arm64 is not built; add it to platforms, or remove it here
      fleet.repositories[1].images[0].runners: linux/arm/v7 is not built; add it to platforms, or remove it here]
    `);

  const right = {
    defaults: { runners },
    repositories: [
      { match: "*", runners },
      { name: "web", platforms: ["linux/arm64"] },
    ],
  };
  expect(resolve(right, ["web", "api"]).map(({ name }) => name)).toEqual(["api", "web"]);
});

test("an Enterprise Server builds no image on several runners", () => {
  const server = gitHubHost("https://github.example.com/api/v3/");
  const runners = { "linux/arm64": "arm" };
  const entry = { name: "web", platforms: ["linux/amd64", "linux/arm64"], runners };
  expect(() => resolve({ repositories: [entry] }, ["web"], server)).toThrow(
    "runners of web: github.example.com is an Enterprise Server",
  );
  const one = { ...entry, platforms: ["linux/arm64"] };
  expect(resolve({ repositories: [one] }, ["web"], server)).toHaveLength(1);
});

test.each([
  ...["NPM_TOKEN", "DB_PASSWORD", "db_passwd", "PASSPHRASE", "API_KEY", "SIGNING_KEY", "KEY"],
  ...["GITHUB_PAT", "CLIENT_SECRET", "AWS_CREDENTIALS"],
])("the build argument %s is refused, with build secrets as the way out", (name) => {
  const read = () =>
    loadFleetConfig({ repositories: [{ name: "api", buildArgs: { [name]: "value" } }] });
  expect(read).toThrow(`buildArgs.${name}: is named like a secret`);
  expect(read).toThrow(
    "pass it as a build secret, secrets: { <id>: <name of the Actions secret> }",
  );
});

test.each(["PUBLIC_KEY", "KEYBOARD", "MONKEY", "TOKENIZER", "PASSWORD_LENGTH", "COMPAT"])(
  "the build argument %s is none",
  (name) => {
    expect(() =>
      loadFleetConfig({ repositories: [{ name: "api", buildArgs: { [name]: "value" } }] }),
    ).not.toThrow();
  },
);
