import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestFleet } from "./start-fleet.ts";

const run = promisify(execFile);

export interface InspectedImage {
  Digest: string;
  RepoTags: string[];
  Labels: Record<string, string>;
}

/**
 * What a real registry client finds at `docker://<registry>/<image>`, with the token of that name.
 * @param image `acme/api:main`
 * @returns the last line of the error, if it finds nothing
 */
export async function inspectImage(
  { platform, stack }: TestFleet,
  image: string,
  token = "next-publisher",
): Promise<InspectedImage | string> {
  const { host } = new URL(platform.registryUrl);
  const auth = Buffer.from(`anyone:${platform.world.tokenValue(token)}`).toString("base64");
  const authFile = join(stack.folder, "registry-auth.json");
  await writeFile(authFile, JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600 });
  // Images have their own platform, which may differ from this machine's.
  const flags = ["--tls-verify=false", "--override-os=linux", "--override-arch=amd64"];
  try {
    const env = { ...process.env, REGISTRY_AUTH_FILE: authFile };
    const { stdout } = await run("skopeo", ["inspect", ...flags, `docker://${host}/${image}`], {
      env,
    });
    return JSON.parse(stdout) as InspectedImage;
  } catch (error) {
    return /msg="(.*)"/.exec((error as { stderr: string }).stderr)?.[1] ?? String(error);
  }
}
