import type { Context } from "hono";
import type { Repository } from "../world/state/repository.ts";
import { withBareRepository } from "./bare-repository.ts";
import { decodeRequest, type GitRequest, flush, pktLine } from "./git-protocol.ts";
import { actorFrom } from "../http/authenticate.ts";
import { ApiError } from "../http/api-error.ts";
import { clientOf } from "../http/authenticate.ts";
import { createRoutes, type Env } from "../http/env.ts";
import { actorName, type Actor } from "../world/actor.ts";
import { can, canSee } from "../world/accounts/permissions.ts";
import { noObject } from "../world/objects/repository-git.ts";
import { receivePack } from "./receive-pack.ts";

/**
 * `git clone`, `fetch` and `push` over HTTP, at `/<owner>/<name>` with or without `.git`.
 * https://git-scm.com/docs/http-protocol
 */
export const gitRoutes = createRoutes()
  .get("/:owner/:repo/info/refs", async (c) => {
    const service = c.req.query("service");
    if (service !== "git-upload-pack" && service !== "git-receive-pack") {
      return c.text("Please upgrade your git client.", 403);
    }
    const place = openGitRepository(c, service === "git-receive-pack" ? "write" : "read");
    if ("refusal" in place) return place.refusal;
    const refs =
      service === "git-receive-pack"
        ? advertisedRefs(place.repository)
        : await uploadPack(place.repository, c.req.header("git-protocol"));
    const body = Buffer.concat([pktLine(`# service=${service}\n`), flush, refs]);
    return answer(c, body, `application/x-${service}-advertisement`);
  })
  .post("/:owner/:repo/git-upload-pack", async (c) => {
    const place = openGitRepository(c, "read");
    if ("refusal" in place) return place.refusal;
    const asked = Buffer.from(await c.req.arrayBuffer());
    const encoding = c.req.header("content-encoding");
    const pack = await uploadPack(place.repository, c.req.header("git-protocol"), {
      asked,
      encoding,
    });
    return answer(c, pack, "application/x-git-upload-pack-result");
  })
  .post("/:owner/:repo/git-receive-pack", async (c) => {
    const place = openGitRepository(c, "write");
    if ("refusal" in place) return place.refusal;
    const pushed = Buffer.from(await c.req.arrayBuffer());
    const encoding = c.req.header("content-encoding");
    const report = await receivePack({ world: c.var.world, actor: place.actor }, place.repository, {
      asked: pushed,
      encoding,
    });
    return answer(c, report, "application/x-git-receive-pack-result");
  });

/** The start of a push; a client without these capabilities gets no report. */
function advertisedRefs({ refs }: Repository): Buffer {
  const capabilities = "\0report-status delete-refs ofs-delta object-format=sha1\n";
  const lines = [...refs]
    .filter(([ref]) => !ref.startsWith("refs/pull/"))
    .sort()
    .map(([ref, oid]) => `${oid} ${ref}`);
  const [first = `${noObject} capabilities^{}`, ...others] = lines;
  return Buffer.concat([
    pktLine(first + capabilities),
    ...others.map((line) => pktLine(`${line}\n`)),
    flush,
  ]);
}

function answer(c: Context<Env>, body: Buffer, type: string): Response {
  return c.body(new Uint8Array(body), 200, { "content-type": type, "cache-control": "no-cache" });
}

/** GitHub answers git in plain text, which git shows; anonymous clients are asked for credentials. */
function openGitRepository(
  c: Context<Env>,
  level: "read" | "write",
): { repository: Repository; actor: Actor } | { refusal: Response } {
  const { world } = c.var;
  const refuse = (text: string, status: 401 | 403 | 404, headers?: Record<string, string>) => ({
    refusal: c.text(text, status, headers),
  });
  const ask = () =>
    refuse("Authentication required.", 401, { "www-authenticate": 'Basic realm="GitHub"' });
  let actor: Actor;
  try {
    const found = actorFrom(world, c.req.header("authorization"));
    actor = found.kind === "anonymous" ? found : { ...found, client: clientOf(c) };
  } catch (error) {
    if (error instanceof ApiError) return ask();
    throw error;
  }
  c.set("actor", actor);
  const owner = c.req.param("owner") ?? "";
  const name = (c.req.param("repo") ?? "").replace(/\.git$/, "");
  const moved = world.state.redirects.get(`${owner}/${name}`.toLowerCase());
  const repository = world.findRepository(owner, name) ?? world.state.repositories.get(moved ?? 0);
  const isThere = repository !== undefined && canSee({ world, actor }, repository);
  if (actor.kind === "anonymous" && (!isThere || level === "write")) return ask();
  if (!isThere) return refuse("Repository not found.", 404);
  if (level === "write" && repository.archived) {
    return refuse("This repository was archived so it is read-only.", 403);
  }
  if (!can({ world, actor }, level, repository)) {
    const fullName = `${repository.owner}/${repository.name}.git`;
    return refuse(`Permission to ${fullName} denied to ${actorName(actor)}.`, 403);
  }
  return { repository, actor };
}

/** What git itself answers to a fetch; without a request, the existing refs. */
function uploadPack(
  repository: Repository,
  protocol: string | undefined,
  request?: GitRequest,
): Promise<Buffer> {
  const env = /^version=[0-2]$/.test(protocol ?? "") ? { GIT_PROTOCOL: protocol ?? "" } : {};
  const options = ["-c", "uploadpack.allowAnySHA1InWant=true", "-c", "uploadpack.allowFilter=true"];
  return withBareRepository(repository, (git) =>
    request === undefined
      ? git([...options, "upload-pack", "--stateless-rpc", "--advertise-refs", "."], undefined, env)
      : git([...options, "upload-pack", "--stateless-rpc", "."], decodeRequest(request), env),
  );
}
