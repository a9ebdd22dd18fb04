import { expect, test } from "vitest";
import { renderWorkflows } from "../../../src/publishing/templates/render.ts";
import { workflowOptions } from "./options.ts";

const ci = ".github/workflows/ci.yml";
const release = ".github/workflows/release.yml";

test("ci.yml of an ordinary repository", () => {
  expect(renderWorkflows(workflowOptions())[ci]).toMatchInlineSnapshot(`
    "# Managed by ghcr-fleet: its next run overwrites what is changed here.
    # Change the fleet's configuration (Pulumi.<stack>.yaml), or for every repository
    # ghcr-fleet's template ci.yml.

    name: ci

    on:
      pull_request:
      push:
        branches:
          - main

    # Nothing by default: the job below asks for what it needs.
    permissions: {}

    # A newer commit on the same branch makes the older build pointless.
    concurrency:
      group: \${{ github.workflow }}-\${{ github.ref }}
      cancel-in-progress: true

    env:
      IMAGE: ghcr.io/acme/api

    jobs:
      image:
        name: Build the image, publish it on push
        runs-on: ubuntu-24.04
        timeout-minutes: 30
        permissions:
          contents: read # check out this repository
          packages: write # push the image to ghcr.io
        steps:
          - name: Check out
            uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
            with:
              persist-credentials: false

          - name: Set up Buildx
            uses: docker/setup-buildx-action@37fe631027851001ddb9b187196cc803df7f5f0e # v4.3.0

          # Pull requests build, and neither log in nor push.
          - name: Log in to ghcr.io
            id: login
            if: github.event_name == 'push'
            # A secret that is there but dead is refused: the next two steps say so and take over.
            continue-on-error: true
            uses: docker/login-action@dbcb813823bdd20940b903addbd779551569679f # v4.6.0
            with:
              registry: ghcr.io
              username: \${{ secrets.GHCR_PAT && vars.GHCR_USERNAME || github.actor }}
              password: \${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}

          - name: Name the refused credential
            if: steps.login.outcome == 'failure'
            env:
              # The name of the credential, never its value.
              CREDENTIAL: \${{ secrets.GHCR_PAT && 'GHCR_PAT' || 'GITHUB_TOKEN' }}
            run: |
              if [ "$CREDENTIAL" = GITHUB_TOKEN ]; then
                echo "::warning title=ghcr.io refused GITHUB_TOKEN::This run tries once more. If that fails as well, look at the status of GitHub Packages and at the organisation's package settings."
              else
                echo "::warning title=ghcr.io refused $CREDENTIAL::The token in the secret $CREDENTIAL is expired, revoked or mistyped. This run goes on with GITHUB_TOKEN. To fix it, create a classic token at https://github.com/settings/tokens/new?scopes=write:packages and rotate $CREDENTIAL with ghcr-fleet."
              fi

          - name: Log in to ghcr.io with the job's own token
            if: steps.login.outcome == 'failure'
            uses: docker/login-action@dbcb813823bdd20940b903addbd779551569679f # v4.6.0
            with:
              registry: ghcr.io
              username: \${{ github.actor }}
              password: \${{ secrets.GITHUB_TOKEN }}

          # Among the labels is org.opencontainers.image.source, which links the package to this repository.
          - name: Name and label the image
            id: metadata
            uses: docker/metadata-action@dc802804100637a589fabce1cb79ff13a1411302 # v6.2.0
            env:
              # GHCR reads an image index (several platforms, or provenance) by its annotations.
              DOCKER_METADATA_ANNOTATIONS_LEVELS: manifest,index
            with:
              images: \${{ env.IMAGE }}
              tags: |
                type=ref,event=branch
                type=sha

          - name: Build, and push on push
            id: build
            uses: docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a # v7.3.0
            with:
              context: .
              file: Dockerfile
              platforms: linux/amd64
              push: \${{ github.event_name == 'push' }}
              tags: \${{ steps.metadata.outputs.tags }}
              labels: \${{ steps.metadata.outputs.labels }}
              annotations: \${{ steps.metadata.outputs.annotations }}
              provenance: mode=min
              cache-from: type=gha
              cache-to: type=gha,mode=max,ignore-error=true

          - name: Explain a denied push
            if: failure() && github.event_name == 'push' && steps.build.outcome == 'failure'
            env:
              CREDENTIAL: \${{ steps.login.outcome == 'success' && secrets.GHCR_PAT && 'GHCR_PAT' || 'GITHUB_TOKEN' }}
            run: |
              if [ "$CREDENTIAL" = GITHUB_TOKEN ]; then
                fix="give this repository the role Write under \\"Manage Actions access\\" in the settings of the package"
              else
                fix="the token in the secret $CREDENTIAL needs the scope write:packages, and its owner the role Write on the package"
              fi
              page="$GITHUB_SERVER_URL/organizations/$GITHUB_REPOSITORY_OWNER/settings/packages"
              echo "::error title=Not published ($CREDENTIAL)::If the log above says denied, unauthorized or permission_denied, $CREDENTIAL logged in but may not push to $IMAGE: $fix. In an organisation, $page decides whether new packages may be created (\\"Package creation\\") and inherit the access of this repository. If the log says something else, the build itself failed."
    "
  `);
});

test("release.yml of an ordinary repository", () => {
  expect(renderWorkflows(workflowOptions())[release]).toMatchInlineSnapshot(`
    "# Managed by ghcr-fleet: its next run overwrites what is changed here.
    # Change the fleet's configuration (Pulumi.<stack>.yaml), or for every repository
    # ghcr-fleet's template release.yml.

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

    env:
      IMAGE: ghcr.io/acme/api
      # A release marked as pre-release never moves latest; a manual run says.
      MOVE_LATEST: \${{ (github.event_name == 'release' && !github.event.release.prerelease || inputs.latest) && 'true' || 'false' }}

    jobs:
      image:
        name: Build and publish the release image
        runs-on: ubuntu-24.04
        timeout-minutes: 30
        permissions:
          contents: read # check out this repository
          packages: write # push the image to ghcr.io
          id-token: write # prove to Sigstore which workflow signs the attestation
          attestations: write # store the attestation with this repository
        steps:
          - name: Check the version
            id: version
            env:
              TAG: \${{ inputs.tag || github.ref_name }}
            run: |
              # https://semver.org, with an optional v in front
              number='(0|[1-9][0-9]*)'
              if [[ ! $TAG =~ ^v?$number\\.$number\\.$number(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$ ]]; then
                printf '::error title=Not a version::%q is not a version tag such as v1.4.0. Choose the tag under "Use workflow from", or enter it as the input "tag".\\n' "$TAG"
                exit 1
              fi
              echo "tag=$TAG" >> "$GITHUB_OUTPUT"

          - name: Check out
            id: checkout
            uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
            with:
              ref: refs/tags/\${{ steps.version.outputs.tag }}
              persist-credentials: false

          - name: Set up Buildx
            uses: docker/setup-buildx-action@37fe631027851001ddb9b187196cc803df7f5f0e # v4.3.0
            with:
              cache-binary: false # a release reads and writes no cache

          - name: Log in to ghcr.io
            id: login
            # A secret that is there but dead is refused: the next two steps say so and take over.
            continue-on-error: true
            uses: docker/login-action@dbcb813823bdd20940b903addbd779551569679f # v4.6.0
            with:
              registry: ghcr.io
              username: \${{ secrets.GHCR_PAT && vars.GHCR_USERNAME || github.actor }}
              password: \${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}

          - name: Name the refused credential
            if: steps.login.outcome == 'failure'
            env:
              # The name of the credential, never its value.
              CREDENTIAL: \${{ secrets.GHCR_PAT && 'GHCR_PAT' || 'GITHUB_TOKEN' }}
            run: |
              if [ "$CREDENTIAL" = GITHUB_TOKEN ]; then
                echo "::warning title=ghcr.io refused GITHUB_TOKEN::This run tries once more. If that fails as well, look at the status of GitHub Packages and at the organisation's package settings."
              else
                echo "::warning title=ghcr.io refused $CREDENTIAL::The token in the secret $CREDENTIAL is expired, revoked or mistyped. This run goes on with GITHUB_TOKEN. To fix it, create a classic token at https://github.com/settings/tokens/new?scopes=write:packages and rotate $CREDENTIAL with ghcr-fleet."
              fi

          - name: Log in to ghcr.io with the job's own token
            if: steps.login.outcome == 'failure'
            uses: docker/login-action@dbcb813823bdd20940b903addbd779551569679f # v4.6.0
            with:
              registry: ghcr.io
              username: \${{ github.actor }}
              password: \${{ secrets.GITHUB_TOKEN }}

          # Among the labels is org.opencontainers.image.source, which links the package to this repository.
          - name: Name and label the image
            id: metadata
            uses: docker/metadata-action@dc802804100637a589fabce1cb79ff13a1411302 # v6.2.0
            env:
              # GHCR reads an image index (several platforms, or provenance) by its annotations.
              DOCKER_METADATA_ANNOTATIONS_LEVELS: manifest,index
            with:
              images: \${{ env.IMAGE }}
              flavor: |
                latest=\${{ env.MOVE_LATEST == 'true' && 'auto' || 'false' }}
              tags: |
                type=semver,pattern={{version}},value=\${{ steps.version.outputs.tag }}
                type=semver,pattern={{major}}.{{minor}},value=\${{ steps.version.outputs.tag }},enable=\${{ env.MOVE_LATEST }}
              # A manual run may start from another commit than the tag's.
              labels: |
                org.opencontainers.image.revision=\${{ steps.checkout.outputs.commit }}
              annotations: |
                org.opencontainers.image.revision=\${{ steps.checkout.outputs.commit }}

          - name: Build and push
            id: build
            uses: docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a # v7.3.0
            with:
              context: .
              file: Dockerfile
              platforms: linux/amd64
              push: true
              tags: \${{ steps.metadata.outputs.tags }}
              labels: \${{ steps.metadata.outputs.labels }}
              annotations: \${{ steps.metadata.outputs.annotations }}
              no-cache: true # a release reads and writes no cache
              provenance: mode=max
              sbom: true

          - name: Explain a denied push
            if: failure() && steps.build.outcome == 'failure'
            env:
              CREDENTIAL: \${{ steps.login.outcome == 'success' && secrets.GHCR_PAT && 'GHCR_PAT' || 'GITHUB_TOKEN' }}
            run: |
              if [ "$CREDENTIAL" = GITHUB_TOKEN ]; then
                fix="give this repository the role Write under \\"Manage Actions access\\" in the settings of the package"
              else
                fix="the token in the secret $CREDENTIAL needs the scope write:packages, and its owner the role Write on the package"
              fi
              page="$GITHUB_SERVER_URL/organizations/$GITHUB_REPOSITORY_OWNER/settings/packages"
              echo "::error title=Not published ($CREDENTIAL)::If the log above says denied, unauthorized or permission_denied, $CREDENTIAL logged in but may not push to $IMAGE: $fix. In an organisation, $page decides whether new packages may be created (\\"Package creation\\") and inherit the access of this repository. If the log says something else, the build itself failed."

          - name: Attest the provenance
            id: attest
            uses: actions/attest@1e69f48acb82d1966a394da916b4c1698aa569d6 # v4.2.2
            with:
              subject-name: \${{ env.IMAGE }}
              subject-digest: \${{ steps.build.outputs.digest }}
              push-to-registry: true
              create-storage-record: false # it would need one more permission, artifact-metadata: write
    "
  `);
});
