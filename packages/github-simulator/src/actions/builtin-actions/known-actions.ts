import { downloadArtifact, uploadArtifact } from "./artifacts.ts";
import { attest, attestBuildProvenance } from "./attest.ts";
import { buildPush } from "./build-push.ts";
import { restoreCache, saveCache } from "./cache.ts";
import { checkout } from "./checkout.ts";
import type { KnownAction } from "./known-action.ts";
import { login } from "./login.ts";
import { metadata } from "./metadata.ts";
import { setupNode } from "./setup-node.ts";
import { setUp } from "./set-up.ts";

const inputs = (names: string): Record<string, string> =>
  Object.fromEntries(names.split(" ").map((name) => [name, ""]));

const cache = inputs(
  "path key restore-keys upload-chunk-size enableCrossOsArchive fail-on-cache-miss lookup-only save-always",
);

/** The actions that the simulator can run, by `owner/name` or `owner/name/path` in lower case. */
export const knownActions: Readonly<Record<string, KnownAction>> = {
  "actions/attest": attest,
  "actions/attest-build-provenance": attestBuildProvenance,
  // Never a hit: every build starts from nothing.
  "actions/cache": setUp(cache, { "cache-hit": "" }),
  "actions/cache/restore": restoreCache,
  "actions/cache/save": saveCache,
  "actions/checkout": checkout,
  "actions/download-artifact": downloadArtifact,
  "actions/setup-go": setUp(
    inputs(
      "go-version go-version-file check-latest token cache cache-dependency-path architecture go-download-base-url",
    ),
  ),
  "actions/setup-node": setupNode,
  "actions/setup-python": setUp(
    inputs(
      "python-version python-version-file cache architecture check-latest token cache-dependency-path update-environment allow-prereleases freethreaded pip-version pip-install",
    ),
  ),
  "actions/upload-artifact": uploadArtifact,
  "docker/build-push-action": buildPush,
  "docker/login-action": login,
  "docker/metadata-action": metadata,
  "docker/setup-buildx-action": setUp(
    inputs(
      "version driver driver-opts buildkitd-flags buildkitd-config buildkitd-config-inline install use name endpoint platforms append cache-binary cleanup keep-state",
    ),
    { name: "builder", driver: "docker-container", platforms: "linux/amd64,linux/arm64" },
  ),
  "docker/setup-qemu-action": setUp(inputs("image platforms reset cache-image"), {
    platforms: "linux/amd64,linux/arm64",
  }),
};
