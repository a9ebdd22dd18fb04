// The command `docker` of the steps behind docker/setup-buildx-action: `buildx imagetools` uses the simulator's
// registry, and everything else is the machine's own docker, where it has one.
// Usage: node bin.ts <name of the registry> <its address> <folder of this command> <words of docker>...
import { spawnSync } from "node:child_process";
import { imageTools } from "./imagetools.ts";

const [registryName = "", registryUrl = "", folder = "", ...words] = process.argv.slice(2);

if (words[0] === "buildx" && words[1] === "imagetools") {
  const { HOME: home = "" } = process.env;
  try {
    const place = { registryName, registryUrl };
    process.stdout.write(await imageTools({ place, home, words: words.slice(2) }));
  } catch (error) {
    process.stderr.write(`ERROR: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
} else {
  const path = (process.env["PATH"] ?? "").split(":").filter((each) => each !== folder);
  const env = { ...process.env, PATH: path.join(":") };
  const { status, error } = spawnSync("docker", words, { stdio: "inherit", env });
  if (error)
    process.stderr.write(
      "docker: this machine has none, and the simulator only buildx imagetools\n",
    );
  process.exitCode = status ?? 127;
}
