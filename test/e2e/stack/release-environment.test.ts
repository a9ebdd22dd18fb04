import { expect, onTestFinished, test } from "vitest";
import { missingTool } from "../../support/missing-tool.ts";
import { handWrittenRepositories } from "../support/hand-written.ts";
import { conclusions, watchRuns } from "../support/runs.ts";
import { inspectImage } from "../support/skopeo.ts";
import { startFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

test.skipIf(missingTool("skopeo"))(
  "an environment's secret reaches the release and nothing else",
  async () => {
    const settings = {
      repositories: [{ name: "gateway", workflows: "template" }],
      secret: { scope: "environment" },
    };
    const fleet = await startFleet(
      settings,
      { repositories: handWrittenRepositories },
      "publisher",
      { actions: true },
    );
    onTestFinished(() => fleet.close());
    const { platform } = fleet;
    const newRuns = watchRuns(fleet);
    const github = gitHubAs(platform, "admin");
    const last = () => platform.registry.store.log.findLast(({ action }) => action === "push");

    const { exitCode, stdout } = await fleet.stack.up(["--skip-preview"]);
    expect(exitCode, stdout).toBe(0);
    expect(conclusions(await newRuns())).toEqual(["gateway ci push success"]);
    expect(last()).toMatchObject({
      reference: expect.stringMatching(/^main|sha-/),
      credentialKind: "job",
    });

    await github("POST /repos/acme/gateway/releases", { tag_name: "v2.0.0" });
    expect(conclusions(await newRuns())).toEqual(["gateway release release success"]);
    expect(await inspectImage(fleet, "acme/gateway:2.0.0")).toMatchObject({
      Labels: { "org.opencontainers.image.version": "2.0.0" },
    });
    expect(last()).toMatchObject({ actor: "acme-publisher", credentialKind: "classic-pat" });

    // The environment allows neither other branches nor other tags to deploy.
    const sha = platform.world.repository("acme/gateway").refs.get("refs/heads/main");
    await github("POST /repos/acme/gateway/git/refs", { ref: "refs/heads/side", sha });
    const dispatch = "POST /repos/acme/gateway/actions/workflows/release.yml/dispatches";
    await github(dispatch, { ref: "side", inputs: { tag: "v2.0.0" } });
    const [refused] = await newRuns();
    expect(refused?.conclusion).toBe("failure");
    expect(refused?.jobs[0]?.annotations).toMatchObject([
      {
        message:
          'Branch "side" is not allowed to deploy to release due to environment protection rules.',
      },
    ]);
  },
);
