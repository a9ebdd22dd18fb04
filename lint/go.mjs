// Checks engine/'s Go sources with gofmt and go vet; where there is no Go, they are not built either.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const engine = fileURLToPath(new URL("../engine/", import.meta.url));

const gofmt = spawnSync("gofmt", ["-l", "."], { cwd: engine, encoding: "utf8" });
if (gofmt.error) {
  process.stdout.write("Go is not on PATH: engine/ not checked\n");
} else {
  if (gofmt.stdout) process.stdout.write(`not formatted (gofmt -w):\n${gofmt.stdout}`);
  // The same flags as in the build, so that its cache serves here.
  const vet = spawnSync("go", ["vet", "-mod=readonly", "-trimpath", "./..."], {
    cwd: `${engine}plugins`,
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
    stdio: "inherit",
  });
  process.exitCode = gofmt.stdout || gofmt.status !== 0 || vet.status !== 0 ? 1 : 0;
}
