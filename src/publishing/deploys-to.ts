import type { Node } from "yaml";
import type { WorkflowMode } from "./decide-workflows.ts";
import { mayBe, possibleValues } from "./read/possible-values.ts";
import { callsElsewhere, readRepository } from "./read/repository.ts";
import { textOf } from "./read/yaml-reader.ts";

/** The secret of an environment, by which a repository is to publish. */
export interface EnvironmentSecret {
  /** "release" */
  readonly environment: string;
  /** "GHCR_PAT" */
  readonly name: string;
}

/**
 * Whether a job of these workflows gets the environment's secret: it deploys to the environment, and reads the secret,
 * itself or through the `env` of its workflow. An environment's name that is known only in the run may be any name, and
 * a workflow of another repository that gets the secret may deploy anywhere: its jobs have the caller's environments.
 *
 * @param texts path to text, of the workflows of a branch
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idenvironment
 * @see https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows#passing-inputs-and-secrets-to-a-reusable-workflow
 */
export function deploysTo(
  texts: Readonly<Record<string, string>>,
  secret: EnvironmentSecret,
): boolean {
  return deployingJobs(texts, secret).length > 0;
}

/** The jobs that get the environment's secret: path of the workflow and key of the job. */
export function deployingJobs(
  texts: Readonly<Record<string, string>>,
  { environment, name }: EnvironmentSecret,
): { readonly path: string; readonly job: string }[] {
  const repository = readRepository(texts);
  const deploying = repository.jobs.filter((job) => {
    const { text, yaml, root } = job.file;
    const mentions = (node: Node | undefined) => {
      const [start, end] = node?.range ?? [0, 0];
      return text.slice(start, end).toLowerCase().includes(name.toLowerCase());
    };
    const inherits = textOf(yaml.at(job.node, "secrets")) === "inherit";
    if (callsElsewhere(job)) return inherits || mentions(job.node);
    if (!mentions(job.node) && !mentions(yaml.at(root, "env"))) return false;
    const given = yaml.at(job.node, "environment");
    const named = textOf(given) ?? textOf(yaml.at(given, "name")) ?? "";
    return possibleValues({ repository, known: {} }, job, named).some((each) =>
      mayBe(each, environment),
    );
  });
  return deploying.map(({ file, id }) => ({ path: file.path, job: id }));
}

/** A repository that is to publish with the secret of an environment, and of which no job gets that yet. */
interface Undeployed {
  readonly branch: string;
  /** Whose secret it keeps until then; nothing where it has no other. */
  readonly kept: "organization" | "repository" | undefined;
  readonly mode: WorkflowMode;
  /** Of its workflow files, where they wait for a merge, or were declined. */
  readonly pullRequestUrl?: string | undefined;
  readonly declinedUrl?: string | undefined;
}

/** What it publishes with, and the next step: said at each run. */
export function describeUndeployed(
  { environment, name }: EnvironmentSecret,
  repository: Undeployed,
): string {
  const { branch, kept } = repository;
  const next = nextStep(environment, repository);
  if (kept === undefined) {
    return `no job on ${branch} that reads ${name} deploys to the environment ${environment}, so no run gets this secret: ${next}`;
  }
  const whose = kept === "organization" ? "organisation's" : "repository's own";
  return `keeps the ${whose} secret ${name} until a job on ${branch} that reads it deploys to the environment ${environment}: ${next}`;
}

/** What a person does in the workflows that people write. */
export function writeEnvironment(environment: string): string {
  return `write \`environment: ${environment}\` into the job that publishes`;
}

function nextStep(
  environment: string,
  { kept, mode, pullRequestUrl, declinedUrl }: Undeployed,
): string {
  if (mode !== "template") {
    const step = writeEnvironment(environment);
    return kept === undefined ? step : `${step}, and run again`;
  }
  if (pullRequestUrl !== undefined)
    return `merge ${pullRequestUrl}, which brings it, and run again`;
  return declinedUrl === undefined
    ? "this update brings it, and the next one moves the secret"
    : `${declinedUrl} was to bring it, and was declined`;
}
