import { wantedCredential } from "../read/credential.ts";
import type { Target } from "../read/logins.ts";
import { readJob } from "../read/read-jobs.ts";
import { remoteCallOf, type OtherCredential } from "../read/remote-calls.ts";
import type { Job } from "../read/repository.ts";
import type { SourceFile } from "../read/source-file.ts";
import { textOf } from "../read/yaml-reader.ts";
import { reasonFor, replaceInstead, replaceRange, type Repairing } from "./credential-place.ts";
import type { Change, Unresolved } from "./edit.ts";
import { needPackages } from "./need-packages.ts";
import { passSecret } from "./pass-secret.ts";

/** A job that calls a workflow of another repository, which may publish. */
export function repairCall(repairing: Repairing, job: Job): Change[] {
  const { target, names } = repairing;
  const call = remoteCallOf(target, names, job);
  const own = ownWorkflow(target, job);
  if (own) return call?.isPassed ? [] : reportOwnCall(repairing, job, own);
  if (!call) return [];
  if (call.isPassed) return passSecret(target.repository.callersOf, names, job.file);
  const { workflow, token, line } = call;
  if (token?.isPassword) {
    const { node, embedded } = token;
    const place = { file: job.file, node, from: 0, to: node.value.length, owner: job, line };
    return [
      ...replaceRange(repairing, place, embedded.start, embedded.end, job, []).changes,
      ...passSecret(target.repository.callersOf, names, job.file),
      ...needPackages(target.repository.callersOf, job),
    ];
  }
  if (call.otherCredential)
    return [{ unresolved: passedOtherwise(repairing, job.file, call.otherCredential) }];
  const key = token?.key ?? "<name of its secret>";
  return [
    {
      unresolved: {
        file: job.file,
        line: token?.line ?? line,
        reason: `this job calls a workflow of another repository (${workflow}), which may publish: what it does with its secrets is not known here`,
        fix: `where that workflow declares a secret to log in with:\nsecrets:\n  ${key}: ${wantedCredential(names)}`,
      },
    },
  ];
}

interface OwnWorkflow {
  readonly file: SourceFile;
  /** "v1" */
  readonly ref: string;
}

/** A workflow of this repository that a job calls as those of others: as it is at a tag or a branch. */
function ownWorkflow({ repository, known }: Target, { uses }: Job): OwnWorkflow | undefined {
  const own = known["github"]?.["repository"];
  const [, name, path = "", ref = ""] = /^([^/]+\/[^/]+)\/(.+)@(.+)$/.exec(uses?.value ?? "") ?? [];
  if (own === undefined || name?.toLowerCase() !== own.toLowerCase()) return undefined;
  const file = repository.fileOf(`./${path}`, "workflow");
  return file && { file, ref };
}

/** Its secret is passed only when the workflow declares it at that tag, which no edit of this branch brings about. */
function reportOwnCall({ target, names }: Repairing, job: Job, own: OwnWorkflow): Change[] {
  if (textOf(job.file.yaml.at(job.node, "secrets")) === "inherit") return [];
  const isPublishing = target.repository.jobs.some((each) => {
    if (each.file !== own.file) return false;
    const { logins, publishes } = readJob(target, names, each);
    return logins.length > 0 && publishes !== "no";
  });
  if (!isPublishing) return [];
  const { path } = own.file;
  const reason = `this job calls ${path} of this repository as it is at ${own.ref}, and does not pass ${names.secret}`;
  const fix = [
    "call the file of the same commit, and repair again:",
    `uses: ./${path}`,
    `or, when the workflow declares the secret at ${own.ref}:`,
    "secrets:",
    `  ${names.secret}: \${{ secrets.${names.secret} }}`,
  ].join("\n");
  return [{ unresolved: { file: job.file, line: job.line, reason, fix } }];
}

/** A workflow whose login is known, and which gets something else for it than the credential, or nothing. */
function passedOtherwise(
  { names, target }: Repairing,
  file: SourceFile,
  { written, key, line, isList }: OtherCredential,
): Unresolved {
  if (written.kind === "absent") {
    const entry = [
      `  ${key}: |`,
      `    - registry: ${target.registry}`,
      "      username: ${{ github.actor }}",
      `      password: ${wantedCredential(names)}`,
    ];
    return {
      file,
      line,
      reason: `the called workflow logs in with ${key}, which this job does not pass`,
      fix: ["secrets:", ...(isList ? entry : [`  ${key}: ${wantedCredential(names)}`])].join("\n"),
    };
  }
  const fix = `${isList ? "password" : key}: ${wantedCredential(names)}`;
  const others = written.kind === "other-secret" ? written.names : [];
  return {
    file,
    line,
    reason:
      written.kind === "replaceable"
        ? "the registry of this login is only known in the run"
        : reasonFor(written),
    fix: [
      isList ? `in its entry for the registry:\n${fix}` : fix,
      ...replaceInstead(names, others),
    ].join("\n"),
  };
}
