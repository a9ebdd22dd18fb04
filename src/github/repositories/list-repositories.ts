import { GraphqlResponseError } from "@octokit/graphql";
import { z } from "zod";
import {
  teamPermissions,
  type SelectionFacts,
  type SelectionNeeds,
  type TeamPermission,
} from "../../selection-facts.ts";
import type { GitHubHost } from "../../github-host.ts";
import { UsageError, UserError } from "../../user-error.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { isTooLarge } from "../client/is-too-large.ts";
import { limitCursors, mostPages } from "../client/limit-pages.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { tolerateNotFound } from "../client/query-each.ts";
import { missingOwner } from "./read-account.ts";
import {
  actionFolder,
  batchSize,
  entries,
  fields,
  repositorySchema,
  toSnapshot,
  workflowFolder,
  type RepositorySnapshot,
} from "./repository-snapshot.ts";

/** For what is not selected by more than names and topics. */
const noNeeds: SelectionNeeds = {
  language: false,
  properties: false,
  teams: [],
  paths: [],
  names: [],
};

/**
 * Lists all repositories of an organisation or user that the token may see, each with its default branch
 * and the facts that are needed: with one query for each hundred, whatever is needed. A repository that GitHub
 * refuses to show is left out.
 *
 * @param most pages of one list
 * @throws {UsageError} one of the teams does not exist for this token, or this GitHub has no custom properties
 * @throws {UserError} the owner does not exist for this token, or it shows no repository, or a list never ends
 */
export async function listRepositories(
  github: GitHubClient,
  owner: string,
  needs: SelectionNeeds = noNeeds,
  most = mostPages,
): Promise<RepositorySnapshot[]> {
  const limit = limitCursors(`the repositories of ${owner}`, most);
  const limits = new Map(
    needs.teams.map((slug) => [slug, limitCursors(`the repositories of ${owner}/${slug}`, most)]),
  );
  const found: RepositoryNode[] = [];
  let hidden = 0;
  const teams = new Map(needs.teams.map((slug) => [slug, new Map<number, TeamPermission>()]));
  const place: Place = {
    repositories: null,
    teams: new Map(needs.teams.map((slug) => [slug, null])),
  };
  for (let size = batchSize; place.repositories !== undefined || place.teams.size > 0;) {
    try {
      const page = await readPage(github, owner, needs, place, size);
      found.push(...page.nodes);
      hidden += page.hidden;
      if (place.repositories !== undefined) limit(place.repositories, page.next);
      place.repositories = page.next;
      for (const [slug, { edges, next }] of page.teams) {
        limits.get(slug)?.(place.teams.get(slug) ?? null, next);
        for (const { permission, node } of edges) teams.get(slug)?.set(node.databaseId, permission);
        if (next === undefined) place.teams.delete(slug);
        else place.teams.set(slug, next);
      }
    } catch (error) {
      if (isUnknownField(error)) {
        throw new UsageError(
          "fleet.repositories: this GitHub cannot be asked for custom properties; select by something else",
        );
      }
      if (size === 1 || !isTooLarge(error)) throw error;
      size = Math.ceil(size / 2);
    }
  }
  if (found.length === 0 && hidden > 0) {
    throw new UserError(
      `GitHub shows the admin token none of the ${hidden} repositories of ${owner}: check what it may read, then run again`,
    );
  }
  const isNeeded = needs.language || needs.properties || teams.size > 0 || needs.paths.length > 0;
  return found.map((node) => ({
    ...toSnapshot(node),
    ...(isNeeded && { facts: factsOf(node, needs, teams) }),
  }));
}

/** Enterprise Server has the field later than github.com. */
function isUnknownField(error: unknown): boolean {
  return (
    error instanceof GraphqlResponseError &&
    error.message.includes(`Field '${propertiesField}' doesn't exist`)
  );
}

const propertiesField = "repositoryCustomPropertyValues";
const factField = new RegExp(String.raw`^(?:primaryLanguage|${propertiesField}|path\d+)$`);

/** Where the next page begins: null stands for the first one, and nothing for what is read. */
interface Place {
  repositories: string | null | undefined;
  /** By slug. */
  readonly teams: Map<string, string | null>;
}

async function readPage(
  github: GitHubClient,
  owner: string,
  needs: SelectionNeeds,
  place: Place,
  size: number,
) {
  const { query, variables } = pageQuery(needs, place);
  const answer = await tolerateNotFound(
    github.query(query, { ...variables, owner, size, request: { canBeHalved: size > 1 } }),
    // Without a fact that something selects by, the repository would leave the fleet.
    (path) => !path?.some((part) => factField.test(String(part))),
  );
  const parsed = parseAnswer(answerSchema, answer, "the list of repositories");
  const { repositoryOwner } = parsed;
  if (!repositoryOwner) throw new UserError(missingOwner(owner));
  const { repositories, ...others } = repositoryOwner;
  const teams = [...place.teams.keys()].map((slug, index) => {
    const team = others[`team${index}`];
    if (!team) throw new UsageError(missingTeam(github.host, owner, slug, team === undefined));
    const { edges, pageInfo } = team.repositories;
    return [slug, { edges: present(edges), next: nextOf(pageInfo) }] as const;
  });
  const nodes = present(repositories?.nodes ?? []);
  return {
    nodes,
    hidden: (repositories?.nodes.length ?? 0) - nodes.length,
    next: repositories && nextOf(repositories.pageInfo),
    teams,
  };
}

function present<T>(all: readonly (T | null)[]): T[] {
  return all.filter((each) => each !== null);
}

/** Each page of the owner's repositories goes with one of each team's. */
function pageQuery({ language, properties, paths }: SelectionNeeds, place: Place) {
  const variables: Record<string, string | null> = {};
  const declare = (name: string, type: string, value: string | null) => {
    variables[name] = value;
    return `, $${name}: ${type}`;
  };
  const declared: string[] = [];
  const parts: string[] = [];
  if (place.repositories !== undefined) {
    declared.push(declare("after", "String", place.repositories));
    const files = paths.map((path, index) => {
      declared.push(declare(`path${index}`, "String!", `HEAD:${path}`));
      return `path${index}: object(expression: $path${index}) { oid }`;
    });
    parts.push(`repositories(first: $size, after: $after, ownerAffiliations: [OWNER]) {
      pageInfo { hasNextPage endCursor }
      nodes { ${fields}
        folder: object(expression: "HEAD:${workflowFolder}") ${entries}
        actions: object(expression: "HEAD:${actionFolder}") { oid } mergeQueue { id }
        ${language ? "primaryLanguage { name }" : ""}
        ${properties ? `${propertiesField}(first: 100) { nodes { propertyName value } }` : ""}
        ${files.join("\n")} } }`);
  }
  const teams = [...place.teams].map(([slug, after], index) => {
    declared.push(declare(`slug${index}`, "String!", slug));
    declared.push(declare(`after${index}`, "String", after));
    return `team${index}: team(slug: $slug${index}) {
      repositories(first: $size, after: $after${index}) {
        pageInfo { hasNextPage endCursor } edges { permission node { databaseId } } } }`;
  });
  if (teams.length > 0) parts.push(`... on Organization { ${teams.join("\n")} }`);
  const query = `query Repositories($owner: String!, $size: Int!${declared.join("")}) {
    repositoryOwner(login: $owner) { ${parts.join("\n")} }
  }`;
  return { query, variables };
}

const pageSchema = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

const nodeSchema = repositorySchema
  .extend({
    primaryLanguage: z.object({ name: z.string() }).nullish(),
    repositoryCustomPropertyValues: z
      .object({
        nodes: z.array(
          z.object({ propertyName: z.string(), value: z.union([z.string(), z.array(z.string())]) }),
        ),
      })
      .nullish(),
  })
  // The paths.
  .catchall(z.unknown());

type RepositoryNode = z.output<typeof nodeSchema>;

const teamSchema = z.object({
  repositories: z.object({
    pageInfo: pageSchema,
    edges: z.array(
      z
        .object({
          permission: z.string().toLowerCase().pipe(z.enum(teamPermissions)),
          node: z.object({ databaseId: z.int() }),
        })
        .nullable(),
    ),
  }),
});

const answerSchema = z.object({
  repositoryOwner: z
    .object({
      repositories: z
        .object({ pageInfo: pageSchema, nodes: z.array(nodeSchema.nullable()) })
        .optional(),
    })
    .catchall(teamSchema.nullable())
    .nullable(),
});

function nextOf({ hasNextPage, endCursor }: z.output<typeof pageSchema>): string | undefined {
  return hasNextPage ? (endCursor ?? undefined) : undefined;
}

/** @param isUser the account has no teams at all */
function missingTeam({ web }: GitHubHost, owner: string, slug: string, isUser: boolean): string {
  return isUser
    ? `fleet.repositories: ${owner} is a user account, and only organisations have the team ${slug}; select by something else`
    : `fleet.repositories: ${owner} has no team ${slug}, or the admin token may not see it; write its slug as in ${web}/orgs/${owner}/teams, and give the token the right to see teams (a classic PAT: read:org; any other, or an App: Members: read)`;
}

function factsOf(
  node: RepositoryNode,
  { paths }: SelectionNeeds,
  teams: ReadonlyMap<string, ReadonlyMap<number, TeamPermission>>,
): SelectionFacts {
  const values = node.repositoryCustomPropertyValues?.nodes ?? [];
  return {
    language: node.primaryLanguage?.name,
    properties: new Map(
      values.map(({ propertyName, value }) => [propertyName.toLowerCase(), [value].flat()]),
    ),
    teams: new Map(
      [...teams].flatMap(([slug, permissions]) => {
        const permission = permissions.get(node.databaseId);
        return permission ? [[slug, permission] as const] : [];
      }),
    ),
    paths: new Set(paths.filter((_, index) => node[`path${index}`] != null)),
  };
}
