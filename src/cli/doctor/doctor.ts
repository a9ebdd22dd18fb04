import { engineEnvironment, findEngine } from "../../../tools/engine.ts";
import { createGitHubClient, type GitHubClient } from "../../github/client/github-client.ts";
import { readAccount } from "../../github/repositories/read-account.ts";
import { judgeAdmin, type AdminSource } from "../../operations/doctor/admin-rights.ts";
import { failed, ok, problem, warning, type Finding } from "../../operations/doctor/finding.ts";
import type { RightsOf } from "../../operations/doctor/required-rights.ts";
import { judgeState } from "../../operations/doctor/judge-state.ts";
import { stackMemory } from "../../operations/status/stack-memory.ts";
import { readTokenStatus } from "../../operations/status/token-status.ts";
import { describeToken } from "../../report/describe-token.ts";
import { doctorText } from "../../report/doctor-text.ts";
import { patPlaceOf, rotateWords } from "../../pat/rotate-command.ts";
import { exportState, readStackRecord } from "../../stack/export-state.ts";
import { usedScopes, type Fleet } from "../../fleet/fleet.ts";
import { namedScopes } from "../../fleet/resolve-fleet.ts";
import { selectionNeeds } from "../../fleet/selection/selectors.ts";
import { assertInstallation } from "../../stack/assert-installation.ts";
import { findFleet } from "../../stack/find-fleet.ts";
import { openStacks, type OpenStack, type StackPlace } from "../../stack/open-stack.ts";
import { stackFiles } from "../../stack/file-backend/stack-files.ts";
import { stackLock } from "../../stack/file-backend/stack-lock.ts";
import { count } from "../../format-text.ts";
import { UserError } from "../../user-error.ts";
import type { DoctorDocument } from "../terminal/json-documents.ts";
import { commandPlace, commandStacks } from "../stacks/open-command-stacks.ts";
import { readVersions } from "../init/read-versions.ts";
import { readPatOf } from "../stacks/read-stack-status.ts";
import { colors } from "../terminal/colors.ts";
import { printNote } from "../terminal/print-note.ts";
import { withProgress } from "../terminal/with-progress.ts";
import { printJson, printText } from "../terminal/write-output.ts";
import { judgeJournals } from "./judge-journals.ts";
import { judgeVersions } from "./versions.ts";

export interface DoctorCommand {
  readonly json?: boolean;
}

/**
 * `ghcr-fleet doctor`: what would prevent a preview, an update or the watch of a stack. The process ends with 1
 * where something does.
 */
export async function doctor(
  names: readonly string[],
  { json = false }: DoctorCommand,
): Promise<void> {
  const folder = process.cwd();
  const { engine } = findEngine(process.env);
  const env = engine ? { ...process.env, ...(await engineEnvironment()) } : process.env;
  const { own } = await readVersions();
  const checks = judgeVersions(folder, env, own);
  const stacks: { stack: string; checks: Finding[] }[] = [];
  // Without an engine, no stack can be opened.
  if (engine) {
    const place = await commandPlace(folder);
    for (const stack of await commandStacks(place, names)) {
      const examined = await withProgress(`${stack}: checking`, () =>
        examine(place, stack, engine.version),
      );
      stacks.push({ stack, checks: examined });
    }
  }
  const document: DoctorDocument = { version: 1, checks, stacks };
  if (json) printJson(document);
  else printText(doctorText(document, colors));
  const all = [...checks, ...stacks.flatMap((each) => each.checks)];
  if (all.some(({ level }) => level === "problem")) process.exitCode = 1;
}

async function examine(place: StackPlace, name: string, engine: string): Promise<Finding[]> {
  let opened: OpenStack[];
  const judgeStopped = async (stack?: OpenStack) => [
    ...(await judgeLock(place, name)),
    ...(await checking("journals", () => judgeJournals(place.folder, name, stack))),
  ];
  try {
    opened = await openStacks(place, [name]);
  } catch (error) {
    return [failedCheck("stack", error), ...(await judgeStopped())];
  }
  const examined = opened.map(async (stack) => [
    ok("stack", "the back end answers, the passphrase fits, and the configuration is valid"),
    ...(await checking("state", async () => [judgeState(await exportState(stack.engine), engine)])),
    ...(await examineFleet(stack)),
    await judgeRegistry(stack),
    ...(await judgeStopped(stack)),
  ]);
  return (await Promise.all(examined)).flat();
}

/** What an update that was killed left in a back end of files; in others, only the engine knows. */
async function judgeLock(place: StackPlace, stack: string): Promise<Finding[]> {
  const files = await stackFiles(place, stack);
  const lock = files && (await stackLock(files));
  if (!lock) return [];
  const { holder, process } = lock;
  const recover = `ghcr-fleet recover ${stack}`;
  switch (process) {
    case "running":
      return [ok("lock", `an update is running, by ${holder}`)];
    case "ended":
      return [problem("lock", `an update was killed: ${holder} left its lock`, recover)];
    case "unknown": {
      const next = `wait until it ends; if its process has died: ${recover} --force`;
      return [warning("lock", `${holder} has it`, next)];
    }
  }
}

async function examineFleet(stack: OpenStack): Promise<Finding[]> {
  const { settings, connection } = stack;
  const github = createGitHubClient({ ...connection, onWait: printNote });
  let fleet: Fleet | undefined;
  const found = await checking("fleet", async () => {
    const { owner } = connection;
    const assertReached =
      connection.tokenFrom === "app"
        ? await assertInstallation(github, connection.token, owner)
        : undefined;
    fleet = await findFleet(github, owner, settings);
    assertReached?.(fleet);
    return [ok("fleet", `${count(fleet.repositories.length, "repository")} of ${owner}`)];
  });
  // A missing right may be why there is no fleet.
  const admin = await checking("admin token", async () =>
    judgeAdmin({ github, connection, ...(await adminUse(stack, github, fleet)) }),
  );
  return [
    ...found,
    ...admin,
    ...(await checking("PAT", async () => [await judgePat(stack, fleet)])),
  ];
}

/**
 * What the admin token is used for.
 *
 * @param fleet nothing where it cannot be read: then the configuration is used
 */
async function adminUse(
  { connection, settings }: OpenStack,
  github: GitHubClient,
  fleet: Fleet | undefined,
): Promise<RightsOf & Pick<AdminSource, "ownerKind" | "repository">> {
  const selectsTeams = selectionNeeds(settings.repositories).teams.length > 0;
  if (fleet) {
    const { ownerKind, repositories } = fleet;
    const scopes = usedScopes(repositories);
    return { ownerKind, scopes, selectsTeams, repository: repositories[0]?.name };
  }
  const account = await readAccount(github, connection.owner).catch(() => undefined);
  const ownerKind = account?.ownerKind ?? "Organization";
  const names = settings.repositories.flatMap(({ name }) => name ?? []);
  return {
    ownerKind,
    scopes: namedScopes(settings, ownerKind),
    selectsTeams,
    repository: await firstVisible(github, connection.owner, names),
  };
}

/** Of the first names only: each takes a request. Why one fails does not matter: the token is judged next. */
async function firstVisible(
  github: GitHubClient,
  owner: string,
  names: readonly string[],
): Promise<string | undefined> {
  for (const repo of names.slice(0, 5)) {
    const route = "GET /repos/{owner}/{repo}";
    const found = await github.request(route, { owner, repo }).catch(() => undefined);
    if (found) return repo;
  }
  return undefined;
}

/** @param fleet nothing where it cannot be read */
async function judgePat(stack: OpenStack, fleet: Fleet | undefined): Promise<Finding> {
  const { settings, connection, engine } = stack;
  const days = 14;
  const token = await readTokenStatus({
    baseUrl: connection.baseUrl,
    pat: await readPatOf(stack),
    fleet,
    rules: { owner: settings.username, maxDays: settings.maxTokenDays },
    memory: stackMemory(await readStackRecord(engine)),
    onWait: printNote,
  });
  const { text, tone } = describeToken(token, days);
  const rotate = rotateWords(stack.name, patPlaceOf(stack.patSources.pat));
  if (token.state === "live" && token.refusals.length > 0) {
    // Each refusal says what to create.
    return problem("PAT", `${text}: ${token.refusals.join("; ")}`, `then ${rotate}`);
  }
  // The reason contains the next step.
  if (token.state === "dead" || token.state === "unknown")
    return failed("PAT", new UserError(text));
  return tone === "good" ? ok("PAT", text) : warning("PAT", text, `create another, then ${rotate}`);
}

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#determining-support */
async function judgeRegistry({ registry, registryUrl: url }: OpenStack): Promise<Finding> {
  const next = `check the network, a proxy, and whether images of this host begin with ${registry}/: if not, set fleet.registry`;
  try {
    const { status } = await fetch(new URL("/v2/", url), { signal: AbortSignal.timeout(20_000) });
    // A registry answers 401 to requests without a login.
    if (status === 401 || status === 200) return ok("registry", `${url} answers`);
    return problem("registry", `${url} answers ${status}, unlike a registry`, next);
  } catch {
    return problem("registry", `${url} does not answer`, next);
  }
}

async function checking(check: string, run: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await run();
  } catch (error) {
    return [failedCheck(check, error)];
  }
}

function failedCheck(check: string, error: unknown): Finding {
  if (error instanceof UserError) return failed(check, error);
  throw error;
}
