import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Simulator, startSimulator, virtualClock } from "github-simulator";
import { githubCom } from "../../../src/github-host.ts";
import { GitHubApp } from "../../../src/github/client/github-app.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { loadConnection } from "../../../src/github/client/load-connection.ts";
import { explaining } from "../../../src/github/client/explain-failure.ts";

const clock = virtualClock();
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    clock,
    actions: false,
    seed: {
      organisation: { login: "acme" },
      apps: [{ slug: "fleet", permissions: { contents: "write" } }],
      repositories: [{ name: "api", visibility: "private", dockerfile: "Dockerfile" }],
    },
  });
});
afterAll(() => simulator.close());
afterEach(() => {
  simulator.world.app("fleet").suspendedAt = null;
});

const variables = () => {
  const { id, installationId, privateKey } = simulator.world.app("fleet");
  return {
    GITHUB_APP_ID: String(id),
    GITHUB_APP_INSTALLATION_ID: String(installationId),
    GITHUB_APP_PEM_FILE: privateKey,
  };
};

function load(environment: Record<string, string | undefined>, appAuth?: object) {
  const config: Record<string, string> = {
    owner: "acme",
    baseUrl: simulator.url,
    ...(appAuth && { appAuth: JSON.stringify(appAuth) }),
  };
  return loadConnection({ get: (key) => config[key] }, environment);
}

function clientOf(change: Record<string, string> = {}) {
  const connection = load({ ...variables(), ...change });
  const github = createGitHubClient({ ...connection, pace: "burst" });
  const read = () =>
    explaining("read acme/api", () =>
      github.request("GET /repos/{owner}/{repo}", { owner: "acme", repo: "api" }),
    );
  return { connection, github, read };
}

const signIns = () =>
  simulator.requests.filter(({ path, status }) => path.endsWith("/access_tokens") && status === 201)
    .length;

test("all requests of a process use one token, which is fetched when it is needed", async () => {
  const before = signIns();
  const { connection, github, read } = clientOf();
  const other = createGitHubClient(connection);
  expect(signIns()).toBe(before);
  await Promise.all([
    read(),
    read(),
    github.query("{ viewer { login } }"),
    other.request("GET /installation/repositories"),
  ]);
  expect(signIns()).toBe(before + 1);
});

test("the token is replaced before it ends, and also where GitHub ended it early", async () => {
  const { id, installationId, privateKey } = simulator.world.app("fleet");
  const start = clock.now();
  let ahead = 0;
  const app = new GitHubApp(
    String(id),
    String(installationId),
    privateKey,
    { host: githubCom, owner: "acme" },
    () => clock.now() - start - ahead,
  );
  const { request } = createGitHubClient({ baseUrl: simulator.url, token: app });
  const read = () => request("GET /installation/repositories");
  const before = signIns();
  for (let minutes = 0; minutes < 240; minutes += 30) {
    await read();
    clock.advance({ minutes: 30 });
  }
  expect(signIns() - before).toBe(4);
  // The machine slept, and its clock with it.
  await read();
  clock.advance({ hours: 2 });
  ahead = 2 * 3_600_000;
  await read();
  expect(signIns() - before).toBe(6);
}, 20_000);

test("a clock that differs from GitHub's does not matter, because GitHub's answers have its time", async () => {
  clock.advance({ hours: 3 });
  await clientOf().read();
});

test("neither the key nor a token is in a printed App or in an error", async () => {
  const { connection, github, read } = clientOf();
  await read();
  const app = connection.token as GitHubApp;
  const [key = "", token = ""] = app.secrets;
  expect(key).toContain("PRIVATE KEY");
  expect(token).toMatch(/^ghs_/);
  simulator.faults.inject(
    { path: "/repos/acme/api", times: 1 },
    {
      kind: "answer",
      status: 403,
      body: JSON.stringify({ message: `Authorization: token ${token}, ${key}` }),
    },
  );
  const error = await github
    .request("GET /repos/{owner}/{repo}", { owner: "acme", repo: "api" })
    .catch((reason: unknown) => reason);
  const shown = (error as Error).message;
  expect(shown).toContain("[secret]");
  expect(shown).not.toContain(token);
  expect(shown).not.toContain(key.slice(40, 80));
  expect(inspect(app, { depth: 9 })).not.toContain("PRIVATE KEY");
});

test("GitHub's refusals name the next step", async () => {
  const { id, installationId } = simulator.world.app("fleet");
  const refusal = (change: Record<string, string>) =>
    clientOf(change)
      .read()
      .catch((error: unknown) => (error as Error).message);
  // Whether acme is an organisation can be asked only once signed in.
  const page = (path: string) =>
    `https://github.com/organizations/acme/settings/${path}, for a user account https://github.com/settings/${path}`;
  expect(await refusal({ GITHUB_APP_INSTALLATION_ID: "99" })).toBe(
    `the App ${id} has no installation 99: the number is at the end of the address of its page in ${page("installations")}; set GITHUB_APP_INSTALLATION_ID to it`,
  );
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const foreign = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const wrongKey = `the private key is not one of the App ${id}: check GITHUB_APP_ID, or generate another key on the App's page (${page("apps")}) and export it as GITHUB_APP_PEM_FILE`;
  expect(await refusal({ GITHUB_APP_PEM_FILE: foreign })).toBe(wrongKey);
  expect(await refusal({ GITHUB_APP_ID: "99" })).toBe(wrongKey.replace(String(id), "99"));
  simulator.world.app("fleet").suspendedAt = "2026-08-13T09:00:00Z";
  expect(await refusal({})).toBe(
    `the installation ${installationId} of the App ${id} is suspended: an owner of acme can end that on ${page(`installations/${installationId}`)}`,
  );
  const message =
    "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  simulator.faults.inject(
    { path: "/access_tokens", times: 2 },
    { kind: "answer", status: 401, body: JSON.stringify({ message }) },
  );
  expect(await refusal({})).toBe(
    `GitHub refuses the sign-in of the App ${id}, because this machine's clock differs from GitHub's: set it (timedatectl set-ntp true), then run again`,
  );
});

test.each([
  [
    { GITHUB_APP_PEM_FILE: "/run/secrets/app.pem" },
    'GITHUB_APP_PEM_FILE is a path, and not the key\'s text: export GITHUB_APP_PEM_FILE="$(cat <file>)"',
  ],
  [
    { GITHUB_APP_PEM_FILE: "secret" },
    'GITHUB_APP_PEM_FILE is no private key in PEM: export GITHUB_APP_PEM_FILE="$(cat <file>)"',
  ],
  [
    { GITHUB_APP_PEM_FILE: "-----BEGIN RSA PRIVATE KEY-----" },
    "GITHUB_APP_PEM_FILE is no RSA private key in PEM: generate one on the App's page (Private keys), and export the whole text of the file, with its first and last line",
  ],
  [
    { GITHUB_APP_INSTALLATION_ID: "acme" },
    'the installation ID "acme" is not a number: it is at the end of the address of the installation\'s page',
  ],
])("%j is refused", (change, message) => {
  expect(() => load({ ...variables(), ...change })).toThrow(message);
});

test("github:appAuth has the ids, and never the key", () => {
  const { GITHUB_APP_PEM_FILE, ...ids } = variables();
  const appAuth = { id: ids.GITHUB_APP_ID, installationId: ids.GITHUB_APP_INSTALLATION_ID };
  expect(load({ GITHUB_APP_PEM_FILE }, appAuth).tokenFrom).toBe("app");
  expect(() => load({}, appAuth)).toThrow(
    "the sign-in of the GitHub App is not complete: export GITHUB_APP_PEM_FILE (the key's text)",
  );
  expect(() => load({}, { ...appAuth, pemFile: GITHUB_APP_PEM_FILE })).toThrow(
    "github:appAuth.pemFile would put the App's key into the state and its history",
  );
});

test("line ends may be written as \\n, and incomplete variables do not count beside a token", () => {
  const { GITHUB_APP_PEM_FILE, ...ids } = variables();
  const inline = GITHUB_APP_PEM_FILE.replaceAll("\n", "\\n");
  expect(load({ ...ids, GITHUB_APP_PEM_FILE: inline }).tokenFrom).toBe("app");
  expect(load({ ...ids, GITHUB_TOKEN: "of a person" }).tokenFrom).toBe("environment");
});
