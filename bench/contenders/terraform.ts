import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cacheFolder, sources } from "../../tools/engine.ts";
import { owner, secretName, username, workflowFiles, type Desired } from "../fleet-work.ts";
import type { SimulatedGitHub } from "../simulated/start-github.ts";
import type { Contender } from "./contender.ts";

const run = promisify(execFile);

/**
 * Terraform with the official provider, built from its Go module as published: Terraform's own registry
 * is not reached from every machine.
 *
 * @throws {Error} the reason why there is none on this machine
 */
export async function findTerraform(): Promise<TerraformTools> {
  await run("terraform", ["version"]).catch(() => {
    throw new Error("terraform is not on PATH");
  });
  const module = "github.com/integrations/terraform-provider-github/v6";
  const folder = join(cacheFolder(process.env), "terraform-provider");
  const goMod = await readFile(join(sources, "go.mod"), "utf8");
  const providerVersion = new RegExp(`${module} (v\\S+)`).exec(goMod)?.[1] ?? "";
  const bin = join(folder, providerVersion);
  if (!existsSync(join(bin, "terraform-provider-github"))) {
    // As published: without the fork of the SDK that Pulumi's bridge needs.
    const modfile = join(folder, "go.mod");
    await mkdir(folder, { recursive: true });
    await copyFile(join(sources, "go.mod"), modfile);
    await copyFile(join(sources, "go.sum"), join(folder, "go.sum"));
    const fork = "github.com/hashicorp/terraform-plugin-sdk/v2";
    await run("go", ["mod", "edit", "-dropreplace", fork, modfile]);
    const program = join(bin, "terraform-provider-github");
    await run(
      "go",
      ["build", "-mod=mod", `-modfile=${modfile}`, "-ldflags=-s -w", "-o", program, module],
      { cwd: sources },
    );
  }
  return { bin };
}

export interface TerraformTools {
  /** The folder of the provider. */
  readonly bin: string;
}

/** Settings as for the other program of the official provider. */
const fastest = { write_delay_ms: 0, read_delay_ms: 0, legacy_client: false };

export async function startTerraform(
  github: SimulatedGitHub,
  pace: "default" | "fastest",
  { bin }: TerraformTools,
): Promise<Contender> {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-bench-"));
  await copyFile(
    fileURLToPath(new URL("terraform/main.tf", import.meta.url)),
    join(folder, "main.tf"),
  );
  const config = join(folder, "cli.tfrc");
  await writeFile(
    config,
    `provider_installation {
  dev_overrides { "integrations/github" = ${JSON.stringify(bin)} }
  direct {}
}
`,
  );
  let pat = "";
  const terraform = async (args: string[], signal: AbortSignal) => {
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: config,
      TF_VAR_pat: pat,
      GITHUB_TOKEN: github.tokens["admin"],
    };
    const flags = ["-auto-approve", "-input=false", "-no-color"];
    const options = { cwd: folder, env, signal, maxBuffer: 1e9 };
    const { stdout } = await run("terraform", [...args, ...flags], options);
    const counts = /complete! Resources: (.*)/.exec(stdout)?.[1]?.match(/\d+/g) ?? [];
    return { steps: counts.reduce((sum, count) => sum + Number(count), 0) };
  };
  return {
    name: pace === "default" ? "Terraform" : "Terraform, fastest",
    async prepare({ names, pat: name, timeoutMinutes, permissions }: Desired) {
      pat = github.tokens[name] ?? "";
      const texts = (file: string) =>
        Object.fromEntries(
          names.map((each) => [
            each,
            workflowFiles(each, timeoutMinutes)[`.github/workflows/${file}`],
          ]),
        );
      const variables = {
        owner,
        base_url: `${github.url}/`,
        ...(pace === "fastest" && fastest),
        username,
        secret_name: secretName,
        repositories: names,
        permissions,
        ci: texts("ci.yml"),
        release: texts("release.yml"),
      };
      await writeFile(join(folder, "terraform.tfvars.json"), JSON.stringify(variables));
    },
    // Pulumi does not read what exists unless it is asked to: neither does Terraform here.
    apply: ({ refresh, signal }) =>
      terraform(["apply", ...(refresh ? [] : ["-refresh=false"])], signal),
    destroy: ({ signal }) => terraform(["destroy", "-refresh=false"], signal),
    stateSize: async () => (await stat(join(folder, "terraform.tfstate"))).size,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
