import type { Session } from "../world/session.ts";
import type { GitObject, Repository } from "../world/state/repository.ts";
import { isRefName } from "../world/names.ts";
import { Refusal } from "../world/refusal.ts";
import { noObject, putObject } from "../world/objects/repository-git.ts";
import { assertMayMoveWorkflows } from "../world/repositories/workflow-files.ts";
import { writeRef } from "../world/repositories/write-refs.ts";
import { withBareRepository } from "./bare-repository.ts";
import { decodeRequest, type GitRequest, flush, pktLine, readPktLines } from "./git-protocol.ts";

/**
 * Receives a push: stores its objects, moves the refs that rules and rights allow, and reports the
 * result of each. https://git-scm.com/docs/pack-protocol#_pushing_data_to_a_server
 */
export async function receivePack(
  session: Session,
  repository: Repository,
  request: GitRequest,
): Promise<Buffer> {
  const { lines, rest } = readPktLines(decodeRequest(request));
  if (rest.length > 0) await keepObjects(repository, rest);
  const moves = lines.map((line): RefMove => {
    const [before = "", after = "", ref = ""] = line.replace(/\0.*$/, "").split(" ");
    return { ref, before, after };
  });
  const report = moves.map((move) => {
    const { ref } = move;
    const refusal = moveRef(session, repository, move, isSilent(move, moves));
    return refusal === undefined ? `ok ${ref}\n` : `ng ${ref} ${refusal}\n`;
  });
  return Buffer.concat([pktLine("unpack ok\n"), ...report.map(pktLine), flush]);
}

interface RefMove {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#push */
const mostTags = 3;

/**
 * "Events will not be created for tags when more than three tags are pushed at once", nor for more
 * than three that are deleted at once: https://docs.github.com/en/webhooks/webhook-events-and-payloads#delete
 */
function isSilent(move: RefMove, moves: readonly RefMove[]): boolean {
  const isTag = ({ ref }: RefMove) => ref.startsWith("refs/tags/");
  const deletes = ({ after }: RefMove) => after === noObject;
  const alike = moves.filter((each) => isTag(each) && deletes(each) === deletes(move));
  return isTag(move) && alike.length > mostTags;
}

/** Why the ref did not move; undefined if it did. */
function moveRef(
  session: Session,
  repository: Repository,
  { ref, before, after }: RefMove,
  silent: boolean,
): string | undefined {
  if (!isRefName(ref)) return "funny refname";
  if (ref.startsWith("refs/pull/")) return "deny updating a hidden ref";
  if ((repository.refs.get(ref) ?? noObject) !== before) return "fetch first";
  const isDeletion = after === noObject;
  if (isDeletion && ref === `refs/heads/${repository.defaultBranch}`) {
    return "refusing to delete the current branch: " + ref;
  }
  if (!isDeletion && !repository.objects.has(after)) return "missing necessary objects";
  try {
    if (!isDeletion) assertMayMoveWorkflows(repository, session.actor, after);
    writeRef(session, repository, ref, isDeletion ? null : after, { silent });
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.message.trim().replace(/\s*\n\s*/g, " ");
  }
}

/** Git checks and unpacks the push, including deltas against known objects. */
async function keepObjects(repository: Repository, pack: Buffer): Promise<void> {
  await withBareRepository(repository, async (git) => {
    await git(["-c", "transfer.fsckObjects=true", "index-pack", "--stdin", "--fix-thin"], pack);
    const format = "--batch-check=%(objectname)";
    const listed = await git(["cat-file", "--batch-all-objects", format]);
    const fresh = listed
      .toString("latin1")
      .split("\n")
      .filter((oid) => oid !== "" && !repository.objects.has(oid));
    const contents = await git(["cat-file", "--batch"], Buffer.from(`${fresh.join("\n")}\n`));
    for (const object of parseBatch(contents)) putObject(repository, object);
  });
}

/** `<id> <type> <size>`, the bytes, and a line's end: https://git-scm.com/docs/git-cat-file#_batch_output */
function* parseBatch(output: Buffer): Generator<GitObject> {
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at);
    const [, type = "", size = ""] = output.toString("latin1", at, end).split(" ");
    const body = output.subarray(end + 1, end + 1 + Number(size));
    at = end + Number(size) + 2;
    if (body.length === Number(size) && size !== "") {
      yield { type: type as GitObject["type"], body: Uint8Array.from(body) };
    }
  }
}
