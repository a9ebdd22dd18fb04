import type { CommittableBranch, CreateCommitOnBranchInput } from "@octokit/graphql-schema";
import { decodeBase64 } from "../../world/decode-base64.ts";
import { isMalformedPath } from "../../world/names.ts";
import { isFolder, isSubmodule } from "../../world/objects/git-objects.ts";
import {
  branchHead,
  entryAt,
  readCommit,
  type Changes,
} from "../../world/objects/repository-git.ts";
import type { Repository } from "../../world/state/repository.ts";
import { isWorkflowFile, mayWriteWorkflows } from "../../world/repositories/workflow-files.ts";
import {
  blobChange,
  commitFiles,
  signatureOf,
  webFlow,
} from "../../world/repositories/write-refs.ts";
import { unresolved, visibleRepository } from "../core/find-node.ts";
import { nodeOf, type MutationContext } from "../core/mutation.ts";
import { graphqlError, type GraphqlContext } from "../core/resolver.ts";
import { writable } from "../core/writable.ts";

/**
 * Many additions and deletions in one commit, signed by GitHub, if the branch is still where
 * the caller saw it. https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch
 */
export function createCommitOnBranch(input: CreateCommitOnBranchInput, context: MutationContext) {
  const { world, actor, budget } = context;
  const { repository, branch } = locateBranch(context, input.branch);
  writable(context, { repository });
  const head = branchHead(repository, branch);
  if (head === undefined) throw graphqlError("NOT_FOUND", `The branch ${branch} was not found.`);
  if (head !== input.expectedHeadOid) {
    throw graphqlError(
      "STALE_DATA",
      `Expected branch to point to "${input.expectedHeadOid}" but it did not. Pull and try again.`,
    );
  }
  const changes = readChanges(repository, head, input);
  assertMayWrite(context, [...changes.keys()]);
  budget.createContent(actor);
  const body = input.message.body ?? "";
  const oid = commitFiles(context, repository, {
    branch,
    message: body === "" ? input.message.headline : `${input.message.headline}\n\n${body}`,
    changes,
    author: signatureOf(context),
    committer: webFlow(world),
    signed: true,
  });
  return {
    commit: { type: "Commit", repository, oid },
    ref: { type: "Ref", repository, ref: `refs/heads/${branch}` },
  };
}

function locateBranch(
  context: GraphqlContext,
  { id, repositoryNameWithOwner, branchName }: CommittableBranch,
): { repository: Repository; branch: string } {
  if (id != null) {
    const { repository, ref } = nodeOf(context, id, "Ref");
    if (!ref.startsWith("refs/heads/")) throw unresolved(id, "Ref");
    return { repository, branch: ref.slice("refs/heads/".length) };
  }
  if (repositoryNameWithOwner == null || branchName == null) {
    throw graphqlError(
      "UNPROCESSABLE",
      "Specify the branch by its id, or by repositoryNameWithOwner and branchName.",
    );
  }
  const [owner = "", name = ""] = repositoryNameWithOwner.split("/");
  const { repository } = visibleRepository(context, owner, name);
  return { repository, branch: branchName.replace(/^refs\/heads\//, "") };
}

function readChanges(
  repository: Repository,
  head: string,
  { fileChanges }: CreateCommitOnBranchInput,
): Changes {
  const { tree } = readCommit(repository, head);
  const changes = new Map<string, { mode: string; oid: string } | null>();
  for (const { path } of fileChanges?.deletions ?? []) {
    if (entryAt(repository, tree, assertPath(path)) === undefined) {
      throw graphqlError(
        "UNPROCESSABLE",
        `A path was requested for deletion which does not exist as of commit oid \`${head}\`: ${path}`,
      );
    }
    changes.set(path, null);
  }
  for (const { path, contents: encoded } of fileChanges?.additions ?? []) {
    const bytes = decodeBase64(String(encoded));
    if (bytes === undefined) {
      throw graphqlError("UNPROCESSABLE", `The contents of ${path} are not valid base64.`);
    }
    const existing = entryAt(repository, tree, assertPath(path));
    if (existing !== undefined && (isFolder(existing) || isSubmodule(existing))) {
      throw graphqlError("UNPROCESSABLE", `${path} is not a file, so it cannot get contents.`);
    }
    changes.set(path, blobChange(repository, bytes, existing?.mode));
  }
  return changes;
}

function assertPath(path: string): string {
  if (!isMalformedPath(path)) return path;
  throw graphqlError("UNPROCESSABLE", `path contains a malformed path component: ${path}`);
}

function assertMayWrite({ actor }: GraphqlContext, paths: string[]): void {
  const workflow = paths.find(isWorkflowFile);
  if (workflow === undefined || mayWriteWorkflows(actor)) return;
  throw graphqlError(
    "FORBIDDEN",
    actor.kind === "classic"
      ? `refusing to allow a Personal Access Token to create or update workflow \`${workflow}\` without \`workflow\` scope`
      : `refusing to allow a GitHub App to create or update workflow \`${workflow}\` without \`workflows\` permission`,
  );
}
