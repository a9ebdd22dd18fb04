import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "../../support/missing-tool.ts";
import type { BackEnd } from "./describe-back-end.ts";
import { freePort, startServer } from "./start-server.ts";

const run = promisify(execFile);

/** A PostgreSQL server with a database and a port of its own, which asks for a password. */
export async function startPostgres(): Promise<BackEnd> {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-postgres-"));
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  const password = randomBytes(12).toString("hex");
  await writeFile(passwordFile, password);
  const user = await unprivilegedUser();
  if (user) {
    for (const file of [folder, passwordFile]) await chown(file, user.uid, user.gid);
  }
  const access = ["--username=state", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  await run(
    program("initdb"),
    ["--pgdata", data, ...access, "--no-sync", "--no-locale", "--encoding=UTF8"],
    { cwd: "/", ...user },
  );
  const port = String(await freePort());
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`, "fsync=off"];
  const server = await startServer(
    program("postgres"),
    ["-D", data, "-p", port, ...settings.flatMap((setting) => ["-c", setting])],
    {
      ...(user && { user }),
      isReady: () =>
        run(program("pg_isready"), ["--host", "127.0.0.1", "--port", port]).then(
          () => true,
          () => false,
        ),
    },
  );
  return {
    // Not in the URL, which a workflow has in a variable that everybody may read.
    variables: {
      PULUMI_BACKEND_URL: `postgres://state@127.0.0.1:${port}/postgres?sslmode=disable`,
      PGPASSWORD: password,
    },
    secret: password,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run("id", [flag, "nobody"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

function program(name: string): string {
  const file = findProgram(name);
  if (file === undefined) throw new Error(`${name} is missing beside postgres`);
  return file;
}
