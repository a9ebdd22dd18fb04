/** The part of package.json that the package is made from. */
export interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly type: string;
  readonly engines: object;
  readonly bin: object;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * package.json of the npm package, made from that of the checkout.
 *
 * @param repository where a workflow builds it, `owner/name`: npm compares it with the provenance
 */
export function packageManifest(
  { exports, dependencies, ...rest }: Manifest,
  repository: string | undefined,
): object {
  const { version, description, type, engines, bin, devDependencies } = rest;
  return {
    name: "ghcr-fleet",
    version,
    description,
    keywords: ["ghcr", "github", "container registry", "pulumi"],
    license: "Apache-2.0",
    ...(repository !== undefined && {
      repository: { type: "git", url: `git+https://github.com/${repository}.git` },
    }),
    type,
    engines,
    bin,
    exports: Object.fromEntries(
      Object.entries(exports).map(([name, source]) => [name, builtEntry(source)]),
    ),
    dependencies: Object.fromEntries(
      Object.entries(dependencies).map(([name, version]) => [name, rangeOf(name, version)]),
    ),
    // `simulate` asks for it in words.
    peerDependencies: { "github-simulator": devDependencies["github-simulator"] },
    peerDependenciesMeta: { "github-simulator": { optional: true } },
  };
}

function builtEntry(source: string): string | { types: string; default: string } {
  if (!source.endsWith(".ts")) return source;
  const name = source.slice(0, -".ts".length);
  return { types: `${name}.d.ts`, default: `${name}.js` };
}

/**
 * Later versions are accepted, so that npm installs one copy for the stack and for us, and fixes arrive.
 * The version of a provider's package is also that of the plugin that the engine downloads: those are the ones
 * that the tests ran with.
 */
function rangeOf(name: string, version: string): string {
  return ["@pulumi/github", "@pulumi/random"].includes(name) ? version : `^${version}`;
}
