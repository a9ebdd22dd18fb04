import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "./github-client.ts";
import { parseAnswer } from "./parse-answer.ts";

/** A variable of Actions in a repository, or in an organisation where none is named. */
export interface VariablePlace {
  readonly owner: string;
  readonly repository?: string | undefined;
  readonly name: string;
}

const variableSchema = z.object({ value: z.string() });

/**
 * @returns the value, or `undefined` where there is no such variable
 * @see https://docs.github.com/en/rest/actions/variables#get-a-repository-variable
 */
export function readVariable(
  github: GitHubClient,
  place: VariablePlace,
): Promise<string | undefined> {
  return orMissing(async () => {
    const route = `GET ${folderOf(place)}/${place.name}`;
    return parseAnswer(variableSchema, (await github.request(route)).data, route).value;
  });
}

/** Creates the variable or replaces its value, whichever is needed; GitHub has no upsert. */
export async function writeVariable(
  github: GitHubClient,
  place: VariablePlace,
  value: string,
): Promise<void> {
  const { name } = place;
  const replaced = await orMissing(() =>
    github.request(`PATCH ${folderOf(place)}/${name}`, { name, value }),
  );
  if (!replaced) await github.request(`POST ${folderOf(place)}`, { name, value });
}

/** Deleting what is gone already is no failure. */
export async function deleteVariable(github: GitHubClient, place: VariablePlace): Promise<void> {
  await orMissing(() => github.request(`DELETE ${folderOf(place)}/${place.name}`));
}

function folderOf({ owner, repository }: VariablePlace): string {
  const place =
    repository === undefined
      ? `/orgs/${encodeURIComponent(owner)}`
      : `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
  return `${place}/actions/variables`;
}

async function orMissing<T>(request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined;
    throw error;
  }
}
