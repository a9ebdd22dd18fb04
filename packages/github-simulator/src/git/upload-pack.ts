import type { Repository } from "../world/state/state.ts";
import { withBareRepository } from "./bare-repository.ts";
import { decodeRequest, type GitRequest } from "./git-request.ts";

/** What git itself answers to a fetch; without a request, the refs that there are. */
export function uploadPack(
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
