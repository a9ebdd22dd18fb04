import { judgeCredential, wantedCredential } from "../read/credential.ts";
import type { Login } from "../read/logins.ts";
import { packagesGrant } from "../read/permissions.ts";
import { possibleValues } from "../read/possible-values.ts";
import { readJob } from "../read/read-jobs.ts";
import type { Job } from "../read/repository.ts";
import { suspectsOf, type Suspect } from "../read/suspects.ts";
import { textOf } from "../read/yaml-reader.ts";
import { inputFix, type Repairing } from "./credential-place.ts";
import type { Carrier, Change, Unresolved } from "./edit.ts";
import { needPackages } from "./need-packages.ts";
import { passSecret } from "./pass-secret.ts";
import { traceLogin } from "./trace-login.ts";

export interface RepairedJob {
  readonly changes: readonly Change[];
  /** The scalars that passwords of its logins come through. */
  readonly carriers: readonly Carrier[];
}

/** What a job needs to publish with the wanted credential. */
export function repairJob(repairing: Repairing, job: Job): RepairedJob {
  const { target, names } = repairing;
  const { logins, publishes } = readJob(target, names, job);
  const traced = logins.map((login) => ({ login, ...traceLogin(repairing, login) }));
  const carriers = traced.flatMap((each) => each.carriers);
  const edited = traced.flatMap(({ changes }) =>
    changes.flatMap((change) => ("edit" in change ? [change.edit.node] : [])),
  );
  const known = new Set([...carriers.map(({ node }) => node), ...edited]);
  const suspects = suspectsOf(target, names, job).filter(
    ({ node, isSent }) => !(node && known.has(node)) && (isSent || publishes !== "no"),
  );
  const changes =
    publishes === "no"
      ? []
      : traced.flatMap(({ login, changes: own, holders }): Change[] => {
          if (publishes === "unknown" || login.registry !== "sure")
            return inDoubt(repairing, login, publishes, own);
          if (holders.length === 0) return [...own];
          return [
            ...own,
            ...holders.flatMap((holder) => passSecret(target.repository, names, holder.file)),
            ...needPackages(target.repository, job),
          ];
        });
  return {
    changes: [
      ...changes,
      ...suspects.map((each) => ({ unresolved: said(repairing, each) })),
      ...remoteCall(repairing, job),
    ],
    carriers,
  };
}

/** Where a login would be changed if it were clear what it is for: there, a person decides. */
function inDoubt(
  { target, names }: Repairing,
  { registry }: Login,
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
  return changes.map((change): Change => {
    if ("unresolved" in change) {
      const { unresolved } = change;
      return publishes === "unknown"
        ? { unresolved: { ...unresolved, reason: `${reason}; ${unresolved.reason}` } }
        : change;
    }
    const { file, start } = change.edit;
    const fix = `${condition}:\n${wantedCredential(names)}`;
    return { unresolved: { file, line: file.lineAt(start), reason, fix } };
  });
}

function said({ names, target }: Repairing, { step, line, reason }: Suspect): Unresolved {
  const fix = step.caller
    ? inputFix({ names, target })
    : `log in to ${target.registry} in a step of its own, with:\n${wantedCredential(names)}`;
  return { file: step.file, line, reason, fix };
}

/** A job that calls a workflow of another repository, which may publish. */
function remoteCall({ target, names }: Repairing, job: Job): Change[] {
  const { file, node, uses } = job;
  if (!uses || /^[.$]\//.test(uses.value)) return [];
  const { yaml } = file;
  const secrets = yaml.at(node, "secrets");
  const passed = yaml.entries(secrets).map(({ key, value }) => ({
    key,
    value,
    text: textOf(value),
    kind: judgeCredential(textOf(value), { names, declared: new Set() }).kind,
  }));
  const isPassed = passed.some(
    ({ kind, text = "" }) => kind === "right" || text.includes(`secrets.${names.secret}`),
  );
  if (isPassed) return [];
  const inputs = yaml
    .entries(yaml.at(node, "with"))
    .flatMap(({ value }) => possibleValues(target, job, textOf(value) ?? "").values);
  const isNamed = inputs.some((text) => text.toLowerCase().includes(target.registry));
  const token = passed.find(({ kind }) => kind === "replaceable");
  const grant = packagesGrant(job);
  const asks = grant.kind === "write" && grant.ofJob;
  if (!asks && !(isNamed && (token || grant.kind === "write"))) return [];
  const key = token?.key ?? "<name of its secret>";
  return [
    {
      unresolved: {
        file,
        line: file.lineOf(token?.value ?? uses),
        reason: `this job calls a workflow of another repository (${uses.value.split("@")[0] ?? ""}), which may publish: what it does with its secrets is not known here`,
        fix: `where that workflow declares a secret to log in with:\nsecrets:\n  ${key}: ${wantedCredential(names)}`,
      },
    },
  ];
}
