import { readFile } from "node:fs/promises";
import type { PackageVersions } from "./stack-files.ts";

/** The versions of this package and of what it was tested with. */
export async function readVersions(): Promise<PackageVersions> {
  const text = await readFile(new URL("../../../package.json", import.meta.url), "utf8");
  const { version, dependencies, engines } = JSON.parse(text) as {
    version: string;
    dependencies: { "@pulumi/pulumi": string };
    engines: { node: string };
  };
  const sdk = dependencies["@pulumi/pulumi"].replace(/^\^/, "");
  return { own: version, sdk, node: engines.node };
}
