import { ActionsRepositoryAccessLevel } from "@pulumi/github/actionsRepositoryAccessLevel.js";
import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../fleet/fleet.ts";
import { sharedAccess } from "../fleet/shared/resolve-shared.ts";
import type { SharedVersion } from "../properties/shared-workflow.ts";
import { renderShared } from "../publishing/templates/render-repository.ts";
import type { GhcrProvider } from "./ghcr-provider.ts";
import { ifPresent, SharedWorkflow } from "./ghcr-resources.ts";

/** What callers need to know of the shared workflow. */
interface CalledWorkflow {
  /** With its owner: `acme/.github`. */
  readonly repository: string;
  readonly branch: string;
  /** Absent until it is on the branch. */
  readonly commit: pulumi.Output<string | undefined>;
  readonly versions: pulumi.Output<SharedVersion[] | undefined>;
  readonly waitsFor: pulumi.Output<string | undefined>;
}

/**
 * The central repository of the form `shared`: its workflow, and the access that the owner's other
 * repositories need. Callers come after both.
 */
export class CentralRepository {
  readonly workflow: SharedWorkflow;
  readonly called: CalledWorkflow;
  /** What a caller has to wait for. */
  readonly all: readonly pulumi.Resource[];

  /** @returns nothing where the fleet has no central repository */
  static of(
    fleet: Fleet,
    opts: pulumi.CustomResourceOptions & { provider: GhcrProvider },
  ): CentralRepository | undefined {
    const { shared } = fleet;
    return shared && new CentralRepository(fleet, shared, opts);
  }

  private constructor(
    fleet: Fleet,
    shared: NonNullable<Fleet["shared"]>,
    opts: pulumi.CustomResourceOptions & { provider: GhcrProvider },
  ) {
    const { owner } = fleet;
    const { repository, branch, ref, delivery, newerPins, onRemove } = shared;
    const accessLevel = sharedAccess(fleet);
    this.workflow = new SharedWorkflow(
      "shared-workflow",
      {
        owner,
        repository,
        branch,
        files: renderShared(fleet),
        newerPins,
        ref,
        access: accessLevel,
        delivery,
        // `restore` is about repaired places, of which there are none here.
        onRemove: onRemove === "delete" ? "delete" : "keep",
      },
      opts,
    );
    const access =
      accessLevel === undefined
        ? []
        : [
            new ActionsRepositoryAccessLevel(
              "shared-workflow-access",
              { repository, accessLevel },
              // Its removal would close the repository for callers that still wait for a merge, or that
              // others wrote.
              { retainOnDelete: true },
            ),
          ];
    const { commit, tag, versions, pullRequestUrl, declined } = this.workflow;
    this.called = {
      repository: `${owner}/${repository}`,
      branch,
      commit: ifPresent(ref === "tag" ? tag : commit),
      versions: ifPresent(versions),
      waitsFor: pulumi
        .all([ifPresent(pullRequestUrl), ifPresent(declined)])
        .apply(([url, refused]) => url ?? refused?.url),
    };
    this.all = [this.workflow, ...access];
  }
}
