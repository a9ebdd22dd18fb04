import type { PulumiStack } from "../../../tools/pulumi-stack.ts";

/** The packages of a repository in the stack's state, in the order of the images. */
export async function packagesOf(stack: PulumiStack, repository: string): Promise<object[]> {
  const { stdout } = await stack.must(["stack", "export"]);
  const { deployment } = JSON.parse(stdout) as {
    deployment: { resources: { urn: string; outputs?: { packages?: object[] } }[] };
  };
  const name = `::ghcr:index:RepositoryPublishing::${repository}`;
  return deployment.resources.find(({ urn }) => urn.endsWith(name))?.outputs?.packages ?? [];
}
