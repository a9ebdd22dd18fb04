import type { Properties } from "../../../provider/protocol/property-values.ts";
import { commitToCome } from "../../../src/publishing/shared-pins.ts";
import { renderCallers, renderCentralWorkflows } from "../../../src/publishing/templates/render.ts";
import type { SharedOptions } from "../../../src/publishing/templates/workflow-options.ts";
import { workflowOptions } from "../../publishing/templates/options.ts";
import { refreshResource, runResource, type Kept } from "../run-resource.ts";
import { startProvider } from "../start-provider.ts";

export const ci = ".github/workflows/ci.yml";
export const publish = ".github/workflows/publish.yml";
export const central = "acme/.github";
export const place = { owner: "acme", branch: "main", delivery: "commit", onRemove: "keep" };

/** How the engine runs. */
interface Run {
  readonly refresh?: boolean | undefined;
  readonly preview?: boolean | undefined;
  /** Name of the stack. */
  readonly stack?: string | undefined;
}

interface CallerChange {
  /** What the caller passes. */
  readonly minutes?: number;
  readonly repin?: boolean;
  readonly refresh?: boolean;
}

/** A fleet whose callers use the workflow of a central repository, updated as the engine does. */
export async function startShared() {
  const at = await startProvider("admin", [".github", "web"]);
  const read = (repository: string, path: string) =>
    at.world.readFile(at.world.repository(`acme/${repository}`), "main", path)?.toString("utf8");
  const headOf = (repository: string) =>
    at.world.repository(`acme/${repository}`).refs.get("refs/heads/main");

  const contextOf = (stack = "test") => ({
    ...at.context,
    urn: `urn:pulumi:${stack}::test::test::test`,
  });
  const refreshShared = (kept: Kept) => refreshResource(at.freshShared(), contextOf(), kept);

  /** What an update does with a resource: check, diff, and what follows. */
  async function up(
    type: ReturnType<typeof at.freshShared>,
    before: Kept | undefined,
    args: Properties,
    { refresh = false, preview = false, stack = "test" }: Run = {},
  ): Promise<Kept> {
    const context = contextOf(stack);
    const olds = before && refresh ? await refreshResource(type, context, before) : before;
    return runResource(type, context, olds, args, preview);
  }

  const shared = (
    before: Kept | undefined,
    more: Partial<SharedOptions> = {},
    { refresh, preview, stack, ...args }: Properties & Run = {},
  ) =>
    up(
      at.freshShared(),
      before,
      {
        ...place,
        repository: ".github",
        files: renderCentralWorkflows(workflowOptions(more)),
        ...args,
      },
      { refresh, preview, stack },
    );

  const caller = (
    repository: string,
    before: Kept | undefined,
    { state }: Kept,
    { minutes, repin = false, refresh = false }: CallerChange = {},
  ) => {
    const options = workflowOptions({
      repository,
      image: repository,
      timeoutMinutes: minutes ?? 30,
      passed: minutes === undefined ? [] : ["timeoutMinutes"],
    });
    const { commit, versions, pullRequestUrl } = state;
    const files = renderCallers(options, { repository: central, ref: commitToCome });
    const called: Properties = {
      repository: central,
      branch: "main",
      ...(commit !== undefined && { commit }),
      ...(versions !== undefined && { versions }),
      ...(pullRequestUrl !== undefined && { waitsFor: pullRequestUrl }),
    };
    const args = { ...place, repository, mode: "template", files, shared: called };
    return up(at.freshFiles(repin), before, args, { refresh });
  };

  const pinOf = (repository: string) =>
    /publish(?:-attested)?\.yml@([0-9a-f]{40})/.exec(read(repository, ci) ?? "")?.[1];

  /** What a bot writes. */
  function bump(repository: string, commit: string) {
    const files = [ci, ".github/workflows/release.yml"].map((path) => [
      path,
      read(repository, path)?.replaceAll(/@[0-9a-f]{40}/g, `@${commit}`) ?? "",
    ]);
    at.byHand.editFiles(`acme/${repository}`, Object.fromEntries(files) as Record<string, string>);
  }

  return { ...at, read, headOf, shared, refreshShared, caller, pinOf, bump };
}
