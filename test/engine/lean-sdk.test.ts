import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const leanSdk = fileURLToPath(new URL("../../engine/lean-sdk.cjs", import.meta.url));
const run = fileURLToPath(import.meta.resolve("@pulumi/pulumi/cmd/run/tracing.js"));

/** Which packages the part of the SDK loads that starts a program, with the preload and without. */
function loaded(preloads: string[], env: Record<string, string> = {}): string[] {
  const script = `
    require(${JSON.stringify(run)});
    require("@pulumi/pulumi");
    const names = Object.entries(require.cache)
      .filter(([, { exports }]) => Object.keys(exports).length > 0)
      .map(([file]) => file.split("/node_modules/").at(-1))
      .map((path) => path.split("/").slice(0, path.startsWith("@") ? 2 : 1).join("/"));
    process.stdout.write([...new Set(names)].join(" "));`;
  const args = [...preloads.flatMap((file) => ["--require", file]), "--eval", script];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout.split(" ");
}

test("what serializes functions and what traces is not loaded, and the SDK is", () => {
  const heavy = ["@npmcli/arborist", "normalize-package-data", "@opentelemetry/sdk-trace-node"];
  expect(loaded([])).toEqual(expect.arrayContaining(heavy));
  const lean = loaded([leanSdk]);
  expect(lean).toEqual(expect.arrayContaining(["@pulumi/pulumi", "@grpc/grpc-js"]));
  for (const name of heavy) expect(lean).not.toContain(name);
});

test("a run that is traced loads what traces it", () => {
  const traced = loaded([leanSdk], { TRACEPARENT: "00-0123456789abcdef0123456789abcdef-01-01" });
  expect(traced).toContain("@opentelemetry/sdk-trace-node");
});

test("a process that inherits the preload starts without an SDK, too", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-lean-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const copy = join(folder, "lean-sdk.cjs");
  await copyFile(leanSdk, copy);
  const { status, stderr } = spawnSync(process.execPath, ["--require", copy, "--eval", "0"]);
  expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: "" });
});
