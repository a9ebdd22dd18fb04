// Checks the Go sources of tools/engine with gofmt and go vet. Without Go on PATH nothing is checked.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const engine = fileURLToPath(new URL("../tools/engine/", import.meta.url));

const gofmt = spawnSync("gofmt", ["-l", "."], { cwd: engine, encoding: "utf8" });
if (gofmt.error) {
  process.stdout.write("Go is not on PATH: tools/engine/ not checked\n");
} else {
  if (gofmt.stdout) process.stdout.write(`not formatted (gofmt -w):\n${gofmt.stdout}`);
  const statuses = [engine, `${engine}cmd/pulumi-resource-random/`].map((cwd) => {
    // The same flags as in the build, so that its cache is used.
    const { status } = spawnSync("go", ["vet", "-mod=readonly", "-trimpath", "./..."], {
      cwd,
      env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
      stdio: "inherit",
    });
    return status;
  });
  const failed = gofmt.stdout !== "" || [gofmt.status, ...statuses].some((status) => status !== 0);
  process.exitCode = failed ? 1 : 0;
}
