import type { GitHubClient } from "../../github/client/github-client.ts";
import { createReadPace } from "../../github/client/pace/read-pace.ts";
import { readSecret } from "../../github/secrets/actions-secrets.ts";
import { readVariable } from "../../github/secrets/actions-variables.ts";
import { repositoryOf } from "../../stack/engine-change.ts";
import { ghcrType, githubType } from "../../stack/resource-types.ts";
import type { EventLog, ResourceState, ResourceStep } from "./event-log.ts";

/**
 * Repositories that the organisation's secret is given to for the first time, and that have one of the same name
 * already, which their runs keep getting. One request for each; where it gets the templates, another one for its variable
 * with the name of the organisation's.
 *
 * @returns a warning for each; none for a repository whose secrets this token may not read, or whose own secret the
 *   update deletes
 * @see https://docs.github.com/en/actions/concepts/security/secrets#naming-your-secrets
 */
export async function warnOfHidingSecrets(
  github: GitHubClient,
  { planned }: Pick<EventLog, "planned">,
  stack: string,
): Promise<string[]> {
  const pace = createReadPace();
  const secrets = [...planned.values()].filter(({ type }) => type === ghcrType.secret);
  // Where one of an environment goes, a secret of the repository itself stays.
  const leaving = new Set(
    secrets.flatMap(({ operation, before }) => {
      const { scope, repository, name } = before?.inputs ?? {};
      const isOwn = scope === "repository" && typeof repository === "string";
      return operation === "delete" && isOwn ? [`${repository}/${String(name)}`] : [];
    }),
  );
  const variable = sharedVariable(planned);
  const found = secrets.flatMap(({ before, after }) => {
    const { scope, owner, name } = after?.inputs ?? {};
    if (scope !== "organization" || typeof owner !== "string" || typeof name !== "string")
      return [];
    const earlier = new Set(repositoriesOf(before));
    const fresh = repositoriesOf(after).filter(
      (repository) => !earlier.has(repository) && !leaving.has(`${repository}/${name}`),
    );
    const variables = variable
      ? fresh.filter(variable.isRead).map(async (repository) => {
          const place = { owner, repository, name: variable.name };
          const own = await pace(() => readVariable(github, place).catch(() => undefined));
          return own === undefined || own === variable.value
            ? []
            : [
                `${repository}: a variable ${variable.name} of the repository hides the organisation's, and its workflows log in with that name: delete it there`,
              ];
        })
      : [];
    const hiding = fresh.map(async (repository) => {
      const place = { scope: "repository", owner, repository } as const;
      const own = await pace(() => readSecret(github, place, name).catch(() => undefined));
      return own
        ? [
            `${repository}: a secret ${name} of the repository hides the organisation's, and its runs keep getting it: delete it there, or after the update with ghcr-fleet drift ${stack} --fix --delete-shadows`,
          ]
        : [];
    });
    return [...hiding, ...variables];
  });
  return (await Promise.all(found)).flat();
}

/** The organisation's variable, and which repositories read it and keep none of their own: those with the templates. */
function sharedVariable(planned: EventLog["planned"]) {
  const steps = [...planned.values()];
  const { variableName: name, value } =
    steps.find(({ type }) => type === githubType.organizationVariable)?.after?.inputs ?? {};
  if (typeof name !== "string") return undefined;
  const namesOf = (found: readonly ResourceStep[]) =>
    new Set(found.map(({ urn }) => repositoryOf(urn)));
  const templated = namesOf(
    steps.filter(
      ({ type, after }) => type === ghcrType.publishing && after?.inputs["mode"] === "template",
    ),
  );
  const leaving = namesOf(
    steps.filter(({ type, operation }) => type === ghcrType.variable && operation === "delete"),
  );
  const isRead = (repository: string) => templated.has(repository) && !leaving.has(repository);
  return { name, value, isRead };
}

function repositoriesOf(state: ResourceState | undefined): string[] {
  return Object.keys(state?.inputs["repositories"] ?? {});
}
