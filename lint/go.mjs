// Checks engine/'s Go sources with gofmt and go vet, and runs their tests; where there is no Go, they are
// not built either.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const engine = fileURLToPath(new URL("../engine/", import.meta.url));

const gofmt = spawnSync("gofmt", ["-l", "."], { cwd: engine, encoding: "utf8" });
if (gofmt.error) {
  process.stdout.write("Go is not on PATH: engine/ not checked\n");
} else {
  if (gofmt.stdout) process.stdout.write(`not formatted (gofmt -w):\n${gofmt.stdout}`);
  // The same flags as in the build, so that its cache serves here.
  const statuses = ["vet", "test"].map((command) => {
    const { status } = spawnSync("go", [command, "-mod=readonly", "-trimpath", "./..."], {
      cwd: `${engine}plugins`,
      env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
      stdio: "inherit",
    });
    return status;
  });
  const failed = gofmt.stdout !== "" || [gofmt.status, ...statuses].some((status) => status !== 0);
  process.exitCode = failed ? 1 : 0;
}
