import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";
import { isRefusal, unlessMissing } from "../client/unless-refused.ts";

/** An Actions variable of a repository, or of the organisation where no repository is given. */
interface VariablePlace {
  readonly owner: string;
  readonly repository?: string | undefined;
  readonly name: string;
}

const variableSchema = z.object({ value: z.string() });

/**
 * @returns the value, or `undefined` where there is no such variable
 * @see https://docs.github.com/en/rest/actions/variables#get-a-repository-variable
 */
export async function readVariable(
  github: GitHubClient,
  place: VariablePlace,
): Promise<string | undefined> {
  const route = `GET ${folderOf(place)}/${place.name}`;
  return (await unlessMissing(() => readAnswer(github, variableSchema, route)))?.value;
}

/**
 * Creates the variable or replaces its value; GitHub has no upsert.
 *
 * @param isThere whether it is expected to exist; one write if that is right, two if it is wrong
 */
export async function writeVariable(
  github: GitHubClient,
  place: VariablePlace,
  value: string,
  isThere: boolean,
): Promise<void> {
  const body = { name: place.name, value };
  const create = () => github.request(`POST ${folderOf(place)}`, body);
  const replace = () => github.request(`PATCH ${folderOf(place)}/${place.name}`, body);
  const [first, second, refusal] = isThere ? [replace, create, 404] : [create, replace, 409];
  try {
    await first();
  } catch (error) {
    if (!isRefusal(error, [refusal])) throw error;
    await second();
  }
}

/** Succeeds also if there is no such variable. */
export async function deleteVariable(github: GitHubClient, place: VariablePlace): Promise<void> {
  await unlessMissing(() => github.request(`DELETE ${folderOf(place)}/${place.name}`));
}

function folderOf({ owner, repository }: VariablePlace): string {
  const place =
    repository === undefined
      ? `/orgs/${encodeURIComponent(owner)}`
      : `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
  return `${place}/actions/variables`;
}
