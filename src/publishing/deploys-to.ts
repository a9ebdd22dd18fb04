import { readSourceFile } from "./read/source-file.ts";
import { textOf } from "./read/yaml-reader.ts";

/** The secret of an environment, by which a repository is to publish. */
export interface EnvironmentSecret {
  /** "release" */
  readonly environment: string;
  /** "GHCR_PAT" */
  readonly name: string;
}

/**
 * Whether a job of these workflows gets the environment's secret: it deploys to the environment, and reads the secret.
 * Which environment an expression names is known in the run only, so one that may name this one counts.
 *
 * @param texts path to text, of the workflows of a branch
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idenvironment
 */
export function deploysTo(
  texts: Readonly<Record<string, string>>,
  { environment, name }: EnvironmentSecret,
): boolean {
  const wanted = environment.toLowerCase();
  return Object.entries(texts).some(([path, text]) => {
    if (!mentions(text, name)) return false;
    const { yaml, root } = readSourceFile(path, text);
    return yaml.entries(yaml.at(root, "jobs")).some(({ value: job }) => {
      const [start, end] = job?.range ?? [0, 0];
      const given = yaml.at(job, "environment");
      const named = (textOf(given) ?? textOf(yaml.at(given, "name")) ?? "").toLowerCase();
      const isNamed = named.includes("${{") ? named.includes(`'${wanted}'`) : named === wanted;
      return isNamed && mentions(text.slice(start, end), name);
    });
  });
}

function mentions(text: string, secret: string): boolean {
  return text.toLowerCase().includes(secret.toLowerCase());
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
