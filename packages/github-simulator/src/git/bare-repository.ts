import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";
import { ApiError } from "../http/api-error.ts";
import type { Repository } from "../world/state/repository.ts";

/** Writes a repository as git's files, in a temporary folder that is deleted afterwards. */
export async function withBareRepository<Result>(
  repository: Repository,
  work: (git: Git) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-git-"));
  try {
    await writeRepository(folder, repository);
    return await work((args, input, env) => runGit(folder, args, input, env));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs git on the repository and returns its output. */
export type Git = (
  args: readonly string[],
  input?: Buffer,
  env?: Record<string, string>,
) => Promise<Buffer>;

async function writeRepository(folder: string, repository: Repository): Promise<void> {
  const { objects, refs, defaultBranch } = repository;
  await mkdir(join(folder, "refs"));
  await mkdir(join(folder, "objects"));
  await writeFile(join(folder, "HEAD"), `ref: refs/heads/${defaultBranch}\n`);
  await writeFile(join(folder, "config"), "[core]\n\tbare = true\n");
  await writeFile(
    join(folder, "packed-refs"),
    [...refs]
      .sort()
      .map(([ref, oid]) => `${oid} ${ref}\n`)
      .join(""),
  );
  for (const [oid, { type, body }] of objects) {
    const file = join(folder, "objects", oid.slice(0, 2), oid.slice(2));
    await mkdir(dirname(file), { recursive: true });
    const bytes = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
    await writeFile(file, deflateSync(bytes));
  }
}

/** Where git is, whatever this process's own environment says. */
const toolPath = "/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin";

async function runGit(
  folder: string,
  args: readonly string[],
  input: Buffer = Buffer.alloc(0),
  env: Record<string, string> = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The user's own configuration and hooks must have no effect here.
    const child = spawn("git", ["-c", "safe.directory=*", ...args], {
      cwd: folder,
      env: { PATH: toolPath, GIT_CONFIG_NOSYSTEM: "1", HOME: folder, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => out.push(piece));
    child.stderr.on("data", (piece: Buffer) => complaints.push(piece));
    child.on("error", () =>
      reject(new ApiError(501, "the simulator serves git with the git on PATH, and finds none")),
    );
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out));
      else reject(new ApiError(400, Buffer.concat(complaints).toString("utf8").trim()));
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
