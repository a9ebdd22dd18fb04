import { readRepository } from "../read/repository.ts";
import { pinOf } from "./workflow-lock.ts";

/** An action as a workflow's file names it. */
export interface UsedAction {
  /** In lower case: `docker/login-action`, without the folder inside it. */
  readonly repository: string;
  readonly ref: string;
  readonly pin: string;
  /** What the comment behind a commit says that it is: `v4.6.0`. */
  readonly version: string | undefined;
}

/**
 * The actions of other repositories that the steps of a workflow use, each once. Reusable workflows do not
 * count: their actions are in the lockfile of their own repository.
 */
export function actionsOf(path: string, text: string): UsedAction[] {
  const { jobs } = readRepository({ [path]: text });
  const used = jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
  const actions = used.flatMap(({ value, comment }) => {
    const [, repository, ref] = /^([\w.-]+\/[\w.-]+)(?:\/[^@]*)?@(.+)$/.exec(value) ?? [];
    if (repository === undefined || ref === undefined) return [];
    const [version] = /^v?\d[\w.+-]*/.exec((comment ?? "").trim()) ?? [];
    const pin = pinOf(repository, ref);
    return [{ repository: repository.toLowerCase(), ref, pin, version }];
  });
  return [...new Map(actions.map((action) => [action.pin, action])).values()];
}
