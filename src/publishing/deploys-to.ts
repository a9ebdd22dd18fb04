import type { Node } from "yaml";
import { mayBe, possibleValues } from "./read/possible-values.ts";
import { readRepository } from "./read/repository.ts";
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
 * itself or through the `env` of its workflow. An environment's name that is known only in the run may be any name.
 *
 * @param texts path to text, of the workflows of a branch
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idenvironment
 */
export function deploysTo(
  texts: Readonly<Record<string, string>>,
  { environment, name }: EnvironmentSecret,
): boolean {
  const repository = readRepository(texts);
  return repository.jobs.some((job) => {
    const { text, yaml, root } = job.file;
    const mentions = (node: Node | undefined) => {
      const [start, end] = node?.range ?? [0, 0];
      return text.slice(start, end).toLowerCase().includes(name.toLowerCase());
    };
    if (!mentions(job.node) && !mentions(yaml.at(root, "env"))) return false;
    const given = yaml.at(job.node, "environment");
    const named = textOf(given) ?? textOf(yaml.at(given, "name")) ?? "";
    return possibleValues({ repository, known: {} }, job, named).some((each) =>
      mayBe(each, environment),
    );
  });
}
/**
 * Said at each run, as long as a repository that moves to an environment keeps the secret that it has.
 *
 * @param scope of that secret
 */
export function describeKept(
  { environment, name }: EnvironmentSecret,
  scope: "organization" | "repository",
  branch: string,
): string {
  const whose = scope === "organization" ? "organisation's" : "repository's own";
  return (
    `keeps the ${whose} secret ${name} until a job on ${branch} that reads it deploys to the environment ` +
    `${environment}: merge the pull request that brings the job, if there is one, and run again`
  );
}
