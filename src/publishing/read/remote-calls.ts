import type { Scalar } from "yaml";
import { holdsOurs, judgeCredential, type SecretNames, type Written } from "./credential.ts";
import type { Embedded } from "./expressions.ts";
import type { Target } from "./logins.ts";
import { packagesGrant } from "./permissions.ts";
import { possibleValues } from "./possible-values.ts";
import { callsElsewhere, inputOf, type Job } from "./repository.ts";
import { passwordsIn } from "./registry-auth.ts";
import { stringScalar, textOf } from "./yaml-reader.ts";

/** A job that calls a workflow of another repository, which publishes as far as the call says. */
export interface RemoteCall {
  /** "acme/workflows/.github/workflows/publish.yml" */
  readonly workflow: string;
  readonly line: number;
  /** Whether it gets the secret. */
  readonly isPassed: boolean;
  /** The secret as which it gets the job's token. */
  readonly token: PassedToken | undefined;
  /** What a workflow whose login is known gets in place of the credential. */
  readonly otherCredential: OtherCredential | undefined;
  /** What its inputs say that names the registry: "ghcr.io/acme/api". */
  readonly named: readonly string[];
}

export interface OtherCredential {
  /** "absent" where it gets nothing. */
  readonly written: Written;
  /** The secret for the login: "registry-password". */
  readonly key: string;
  readonly line: number;
  /** Whether that secret is a list of logins to several registries. */
  readonly isList: boolean;
}

export interface PassedToken {
  readonly key: string;
  readonly line: number;
  readonly node: Scalar<string>;
  /** Where the expression stands in it. */
  readonly embedded: Embedded;
  /** Whether the workflow is known to take it for its login, and for nothing else. */
  readonly isPassword: boolean;
}

const loginsSecret = "registry-auths";

interface KnownWorkflow {
  /** The secret for its login to the registry of the image that it is given. */
  readonly secret: string;
  /** The input that has to be on, if it is to push. */
  readonly push?: string;
}

const dockerBuilder: KnownWorkflow = { secret: loginsSecret, push: "push" };

/** By name in lower case. */
const knownWorkflows: Readonly<Record<string, KnownWorkflow>> = {
  // https://github.com/docker/github-builder#readme takes a list of logins.
  "docker/github-builder/.github/workflows/build.yml": dockerBuilder,
  "docker/github-builder/.github/workflows/bake.yml": dockerBuilder,
  // https://github.com/slsa-framework/slsa-github-generator/blob/main/internal/builders/container/README.md#workflow-secrets
  "slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml": {
    secret: "registry-password",
  },
};

export function remoteCallOf(target: Target, names: SecretNames, job: Job): RemoteCall | undefined {
  const { file, node, uses } = job;
  if (!uses || !callsElsewhere(job)) return undefined;
  const { yaml } = file;
  const workflow = uses.value.split("@")[0] ?? "";
  const known = knownWorkflows[workflow.toLowerCase()];
  if (known?.push !== undefined) {
    const push = possibleValues(target, job, textOf(inputOf(job, known.push)) ?? "false");
    if (push.every((value) => value === "false")) return undefined;
  }
  const passed = yaml.entries(yaml.at(node, "secrets")).map(({ key, value }) => {
    const text = textOf(value) ?? "";
    const scalar = stringScalar(value);
    const isList = key === loginsSecret && known?.secret === key;
    const [part] = isList && scalar ? passwordsIn(target, job, scalar) : [];
    const { from, to } = part ?? { from: 0, to: text.length };
    const written = judgeCredential(text.slice(from, to), { names, declared: new Set() });
    const isOwn = text.includes(`secrets.${names.secret}`);
    return { key, value, written, isOwn, isOurs: part !== undefined, from };
  });
  const inputs = yaml.entries(yaml.at(node, "with"));
  const named = inputs
    .flatMap(({ value }) => possibleValues(target, job, textOf(value) ?? ""))
    .filter((text) => text.toLowerCase().includes(target.registry));
  const [token] = passed.flatMap((each): PassedToken[] => {
    const { key, value, written, isOwn, isOurs, from } = each;
    const scalar = stringScalar(value);
    if (written.kind !== "replaceable" || isOwn || !scalar) return [];
    const isPassword = known?.secret === key && (isOurs || named.length > 0);
    const { start, end, expression } = written.embedded;
    const embedded = { start: from + start, end: from + end, expression };
    return [{ key, line: file.lineOf(value), node: scalar, embedded, isPassword }];
  });
  const isPassed = passed.some(({ written, isOwn }) => written.kind === "right" || isOwn);
  const grant = packagesGrant(job);
  const mayWrite = grant.kind === "write";
  const [given] = passed
    .filter(({ key, written }) => key === known?.secret && written.kind !== "right")
    // If nobody can name the registry, only the job's token shows that it may be this one.
    .filter(
      ({ value, isOurs }) => isOurs || named.length > 0 || holdsOurs(names, textOf(value) ?? ""),
    )
    .map(({ key, value, written }) => ({ written, key, line: file.lineOf(value) }));
  const other =
    given ??
    (known && !isPassed && named.length > 0 && mayWrite
      ? { written: { kind: "absent" } as const, key: known.secret, line: file.lineOf(uses) }
      : undefined);
  const otherCredential = other && { ...other, isList: other.key === loginsSecret };
  const publishes = known
    ? isPassed || otherCredential
    : isPassed ||
      (mayWrite && grant.ofJob) ||
      (named.length > 0 && (token ?? (mayWrite || getsAll(job, workflow))));
  return publishes
    ? { workflow, line: file.lineOf(uses), isPassed, token, otherCredential, named }
    : undefined;
}

/** Whether a workflow that says by its name that it makes images gets all secrets, and so any to log in with. */
function getsAll({ file, node }: Job, workflow: string): boolean {
  const name = workflow.split("/").at(-1) ?? "";
  const makesImages = /push|publish|docker|image|container|oci/i.test(name);
  return makesImages && textOf(file.yaml.at(node, "secrets")) === "inherit";
}
