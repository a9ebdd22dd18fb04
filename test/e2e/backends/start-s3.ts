import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { provide, type OutsideTool } from "../../support/outside-tool.ts";
import type { BackEnd } from "./describe-back-end.ts";
import { freePort, startServer } from "./start-server.ts";

const run = promisify(execFile);

/** An S3 server that keeps objects in a folder: https://github.com/versity/versitygw (Apache-2.0) */
const versitygw: OutsideTool = {
  name: "versitygw",
  version: "1.8.0",
  binary: "versitygw",
  hint: "install Go 1.25 or newer, or put versitygw 1.8.0 on PATH",
  install: (folder) =>
    run(
      "go",
      [
        "install",
        "-ldflags=-s -w -X main.Version=1.8.0",
        "github.com/versity/versitygw/cmd/versitygw@v1.8.0",
      ],
      { env: { ...process.env, GOBIN: folder } },
    ),
};

/** An S3 server with one bucket. */
export async function startS3(): Promise<BackEnd> {
  const binary = await provide(versitygw);
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-s3-"));
  // Each folder of `data` is a bucket; not every file system keeps attributes in the files themselves.
  const [data, attributes] = [join(folder, "data"), join(folder, "attributes")];
  await Promise.all(
    [join(data, "state"), attributes].map((each) => mkdir(each, { recursive: true })),
  );
  const port = await freePort();
  const [access, secret] = ["fleet", randomBytes(12).toString("hex")];
  const server = await startServer(
    binary,
    ["--quiet", "--port", `127.0.0.1:${port}`, "posix", "--sidecar", attributes, data],
    {
      env: { ROOT_ACCESS_KEY: access, ROOT_SECRET_KEY: secret },
      isReady: () =>
        fetch(`http://127.0.0.1:${port}/`).then(
          () => true,
          () => false,
        ),
    },
  );
  return {
    variables: {
      PULUMI_BACKEND_URL: `s3://state?endpoint=http://127.0.0.1:${port}&use_path_style=true&region=us-east-1`,
      AWS_ACCESS_KEY_ID: access,
      AWS_SECRET_ACCESS_KEY: secret,
    },
    secret,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
