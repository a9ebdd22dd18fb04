import { expect, test } from "vitest";
import { renderCallers } from "../../../src/publishing/templates/render.ts";
import { workflowOptions } from "./options.ts";

const release = ".github/workflows/release.yml";

test("release.yml as a thin caller", () => {
  const options = workflowOptions({ platforms: ["linux/amd64", "linux/arm64"] });
  const callers = renderCallers(options, { repository: "acme/.github", ref: "main" });
  expect(callers[release]).toMatchInlineSnapshot(`
    "# Managed by ghcr-fleet: its next run overwrites what is changed here.
    # Change the fleet's configuration (Pulumi.<stack>.yaml), or for every repository
    # ghcr-fleet's template release-caller.yml.

    name: release

    on:
      release:
        types:
          - published
      workflow_dispatch:
        inputs:
          tag:
            description: Tag to publish, such as v1.4.0. Empty means the tag chosen under "Use workflow from".
            type: string
            required: false
          latest:
            description: Move latest and major.minor to it as well. Untick to publish an older version again.
            type: boolean
            default: true

    # Nothing by default: the job below asks for what it needs.
    permissions: {}

    # One run per tag at a time. A release that is being pushed is never cancelled.
    concurrency:
      group: \${{ github.workflow }}-\${{ inputs.tag || github.ref_name }}
      cancel-in-progress: false

    jobs:
      image:
        name: Build and publish the release image
        permissions:
          contents: read # check out this repository
          packages: write # push the image to ghcr.io
          id-token: write # prove to Sigstore which workflow signs the attestation
          attestations: write # store the attestation with this repository
        uses: acme/.github/.github/workflows/publish-attested.yml@main # zizmor: ignore[unpinned-uses] the organisation's own, one commit there serves all
        with:
          image: ghcr.io/acme/api
          context: .
          dockerfile: Dockerfile
          platforms: linux/amd64,linux/arm64
          emulate: arm64
          build-args: ""
          runner: ubuntu-24.04
          timeout-minutes: 30
          release: true
          tag: \${{ inputs.tag || github.ref_name }}
          # A release marked as pre-release never moves latest; a manual run says.
          move-latest: \${{ github.event_name == 'release' && !github.event.release.prerelease || inputs.latest || false }}
        secrets:
          GHCR_PAT: \${{ secrets.GHCR_PAT }}
    "
  `);
});
