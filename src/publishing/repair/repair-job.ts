import { loginStep } from "../read/action-logins.ts";
import { holdsOurs, wantedCredential, type SecretNames } from "../read/credential.ts";
import { isIdleFor } from "./idle-callers.ts";
import { loginsOf, retriesOf, type Login } from "../read/logins.ts";
import { namesRegistry, pushesOf, type Push } from "../read/pushes.ts";
import { packagesGrant } from "../read/permissions.ts";
import { possibleValues } from "../read/possible-values.ts";
import { hostOf } from "../read/image-names.ts";
import { readJob } from "../read/read-jobs.ts";
import type { Job, Step } from "../read/repository.ts";
import type { SourceFile } from "../read/source-file.ts";
import { suspectsOf, type Suspect } from "../read/suspects.ts";
import { textOf } from "../read/yaml-reader.ts";
import { addFallbackLogin } from "./add-fallback-login.ts";
import { inputFix, withWanted, type Repairing } from "./credential-place.ts";
import type { Carrier, Change, Repair, Unresolved } from "./edit.ts";
import { needPackages } from "./need-packages.ts";
import { passedSecrets, passSecret } from "./pass-secret.ts";
import { repairCall } from "./repair-call.ts";
import { runsStrangers } from "./runs-strangers.ts";
import { traceLogin } from "./trace-login.ts";
import { scriptsWithSecrets, unreadScripts, type ScriptWithSecret } from "./unread-scripts.ts";

export interface RepairedJob {
  readonly repairs: readonly Repair[];
  /** The scalars that passwords of its logins come through. */
  readonly carriers: readonly Carrier[];
  /** Nothing else is said about them. */
  readonly scripts: readonly ScriptWithSecret[];
}

/** What a job needs to publish with the wanted credential. */
export function repairJob(repairing: Repairing, job: Job): RepairedJob {
  const { target, names } = repairing;
  const call = { files: [job.file], changes: repairCall(repairing, job) };
  const logins = loginsOf(target, job);
  const suspected = suspectsOf(target, names, job);
  const isSeen = logins.length > 0 || suspected.length > 0;
  if (!isSeen) {
    const pushing = job.file.text.includes(target.registry) ? pushWithoutLogin(repairing, job) : [];
    const changes = pushing.length > 0 ? pushing : unreadScripts(repairing, job);
    const scripts = changes.length > 0 ? [] : scriptsWithSecrets(repairing, job);
    return { repairs: [call, { files: [job.file], changes }], carriers: [], scripts };
  }
  const { pushes, publishes } = readJob(target, names, job, logins);
  const traceOf = (login: Login) => {
    const callersOf = (file: SourceFile) =>
      target.repository
        .callersOf(file)
        .filter((caller) => file !== job.file || !isIdleFor(target, caller, login, pushes));
    return { login, callersOf, ...traceLogin({ ...repairing, callersOf }, login) };
  };
  const traced = logins.map(traceOf);
  // One that is tried again with the same input is a login, too.
  const retried = retriesOf(target, job).map(traceOf);
  const carriers = [...traced, ...retried].flatMap(({ callersOf, holders, carriers: own }) => [
    ...own,
    ...holders.flatMap(({ file }) => passedSecrets(callersOf, names, file)),
  ]);
  const edited = traced.flatMap(({ changes }) =>
    changes.flatMap((change) => ("edit" in change ? [change.edit.node] : [])),
  );
  const known = new Set([...carriers.map(({ node }) => node), ...edited]);
  const suspects = suspected.filter(
    (each) =>
      !(each.node && known.has(each.node)) &&
      (each.mayPush || publishes !== "no") &&
      !(each.isLogin && isReplaced(each.step, logins, pushes)),
  );
  // GitHub compares what a called job asks for with what its callers have before any input counts.
  const asked = packagesGrant(job).kind !== "unsaid";
  const isForStrangers = runsStrangers(target.repository, job);
  const ofLogin = ({ login, callersOf, changes: own, holders }: (typeof traced)[number]) => {
    if (publishes === "no") return [];
    if (publishes === "unknown" || login.registry !== "sure")
      return inDoubt(repairing, job, login, publishes, own);
    if (holders.length === 0) return own;
    if (isForStrangers) return own.map((change) => withStrangers(names, change));
    return [
      ...own,
      ...holders.flatMap((holder) => passSecret(callersOf, names, holder.file)),
      ...needPackages(asked ? target.repository.callersOf : callersOf, job),
      ...foreignImages(repairing, pushes),
      ...(repairing.deadPatFallback ? addFallbackLogin(login) : []),
    ];
  };
  return {
    repairs: [
      ...traced.map((each) => ({
        files: [job.file, each.login.step.file],
        changes: ofLogin(each),
      })),
      ...suspects.map((each) => ({
        files: [job.file, each.step.file],
        changes: [{ unresolved: said(repairing, each) }],
      })),
      call,
    ],
    carriers,
    scripts: [],
  };
}

function withStrangers(names: SecretNames, change: Change): Change {
  if ("unresolved" in change) return change;
  const { file, start } = change.edit;
  const reason = `this job may check out the code of pull requests, and has the repository's secrets: that code could take ${names.secret}`;
  const fix = `push in a workflow that no pull request starts, with:\n${wantedCredential(names)}`;
  return { unresolved: { file, line: file.lineAt(start), reason, fix } };
}

/** Whether another login follows before anything is pushed. */
function isReplaced(step: Step, logins: readonly Login[], pushes: readonly Push[]): boolean {
  const at = (each: Step) => step.job.steps.indexOf(each);
  return logins.some(
    (login) =>
      login.registry === "sure" &&
      at(login.step) > at(step) &&
      !pushes.some((push) => at(push.step) > at(step) && at(push.step) < at(login.step)),
  );
}

/** Images of others: only the secret's owner may be able to push those. */
function foreignImages({ target, names }: Repairing, pushes: readonly Push[]): Change[] {
  const own = target.owners.map((owner) => owner.toLowerCase());
  const [first] = target.owners;
  if (first === undefined) return [];
  const sure = pushes.filter((push) => push.sure);
  return sure.flatMap(({ step, images }) =>
    images.flatMap(({ host, owner }): Change[] => {
      if (host !== target.registry || !owner || own.includes(owner.toLowerCase())) return [];
      const { file, line } = step;
      const reason = `the job's token may write packages of ${first} only: without ${names.secret}, the push to ${host}/${owner} fails`;
      const fix = `push to ${host}/${first.toLowerCase()}, or set ${names.secret} to a token that may write packages of ${owner}`;
      return [{ unresolved: { file, line, reason, fix } }];
    }),
  );
}

/** Where a login would be changed if it were clear what it is for: there, a person decides. */
function inDoubt(
  { target, names }: Repairing,
  job: Job,
  { registry, credential }: Login,
  publishes: "yes" | "unknown",
  changes: readonly Change[],
): Change[] {
  const reason =
    registry === "one-of"
      ? `this login serves ${target.registry} and other registries`
      : registry === "unknown"
        ? "the registry of this login is only known in the run"
        : `nothing says whether the programs of this job push to ${target.registry}`;
  const condition =
    publishes === "unknown" ? "where they do" : `in a login that is to ${target.registry} only`;
  const permission =
    publishes === "unknown" && packagesGrant(job).kind === "lacking"
      ? "\nand in the permissions that this job has:\npackages: write"
      : "";
  const password = credential?.node.value ?? "";
  // If nobody can name the registry, only a credential shows that it may be this one: by what it is, or by
  // `steps.x.outputs.registry == 'ghcr.io' && secrets.A || secrets.B`.
  const isOurs =
    changes.some((change) => "edit" in change) ||
    holdsOurs(names, password) ||
    (credential?.inScript === false && password.toLowerCase().includes(target.registry));
  if (registry === "unknown" && !isOurs) return [];
  return changes.map((change): Change => {
    if ("unresolved" in change) {
      const { unresolved } = change;
      // One that chooses by itself needs no condition.
      const isPlain = unresolved.fix.includes(wantedCredential(names));
      return {
        unresolved: {
          ...unresolved,
          reason: `${reason}; ${unresolved.reason}`,
          fix: isPlain ? `${condition}:\n${unresolved.fix}${permission}` : unresolved.fix,
        },
      };
    }
    const { file, start } = change.edit;
    const before = file.text.slice(file.text.lastIndexOf("\n", start - 1) + 1, start);
    const key = /^\s*(?:- )?([\w-]+): *["']?$/.exec(before)?.[1];
    const typed = wantedCredential(names);
    const fix =
      key === undefined
        ? `${condition}, as the password of this login:\n${typed}`
        : `${condition}:\n${key}: ${typed}`;
    return { unresolved: { file, line: file.lineAt(start), reason, fix: fix + permission } };
  });
}

function said({ names, target }: Repairing, suspect: Suspect): Unresolved {
  const { step, line, reason, key, node } = suspect;
  const own =
    key !== undefined
      ? `where it is the password of a login:\n${key}: ${withWanted(names, textOf(node) ?? "")}`
      : `log in to ${target.registry} in a step of its own, with:\n${wantedCredential(names)}`;
  const fix = step.caller ? inputFix(names) : (suspect.fix ?? own);
  return { file: step.file, line, reason, fix };
}

/** A push to the registry in a job in which nothing is seen that logs in, or gets the secret. */
function pushWithoutLogin({ target, names }: Repairing, job: Job): Change[] {
  const [start = 0, end = 0] = job.node.range ?? [];
  if (job.file.text.slice(start, end).includes(`secrets.${names.secret}`)) return [];
  const found = pushesOf(target, job).flatMap((push) => {
    const does = namesRegistry(target, push)
      ? "pushes"
      : mayPushWithToken({ target, names }, push) && "may push";
    return push.sure && does ? [{ step: push.step, does }] : [];
  });
  const [first] = found;
  if (!first) return [];
  const { file, line } = first.step;
  const reason = `this step ${first.does} to ${target.registry}, and nothing that is known logs in there before it`;
  const fix = loginStep("before", "docker login")(target.registry, wantedCredential(names));
  return [{ unresolved: { file, line, reason, fix } }];
}

/** Whether a push of unknown images gets the job's token, and a variable that names the registry. */
function mayPushWithToken(
  { target, names }: Pick<Repairing, "target" | "names">,
  push: Push,
): boolean {
  const { step, images, builder } = push;
  const { yaml, root } = step.file;
  const own = yaml.entries(yaml.at(step.node, "env"));
  if (images.length > 0 || !own.some(({ value }) => holdsOurs(names, textOf(value) ?? "")))
    return false;
  // goreleaser mostly releases files: the workflow's variables are not for it.
  const outer = builder.includes("goreleaser") ? [] : yaml.entries(yaml.at(root, "env"));
  const variables = [...own, ...yaml.entries(yaml.at(step.job.node, "env")), ...outer];
  return variables.some(({ value }) =>
    possibleValues(target, step, textOf(value) ?? "").some(
      (text) => hostOf(text) === target.registry,
    ),
  );
}
