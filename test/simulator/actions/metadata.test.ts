import { describe, expect, it } from "vitest";
import { parseFlavor } from "../../../simulator/actions/known/metadata-flavor.ts";
import { resolveTags } from "../../../simulator/actions/known/metadata-tags.ts";
import type { TagSource } from "../../../simulator/actions/known/metadata-template.ts";

const sha = "0123456789abcdef0123456789abcdef01234567";

/** The tags for an event; cases of https://github.com/docker/metadata-action's README. */
function tags(ref: string, lines: string[], flavor: string[] = [], more: Partial<TagSource> = {}) {
  const source: TagSource = {
    ref,
    sha,
    eventName: "push",
    defaultBranch: "main",
    now: new Date("2031-05-06T07:08:09Z"),
    commitDate: new Date("2030-01-02T03:04:05Z"),
    baseRef: "",
    shortShaLength: 7,
    ...more,
  };
  return resolveTags(lines, parseFlavor(flavor), source, () => undefined);
}

describe("docker/metadata-action's tags", () => {
  it("follow the ref without rules", () => {
    expect(tags("refs/heads/main", [])).toEqual(["main"]);
    expect(tags("refs/heads/my/branch", [])).toEqual(["my-branch"]);
    expect(tags("refs/pull/2/merge", [])).toEqual(["pr-2"]);
    expect(tags("refs/tags/v1.2.3", [])).toEqual(["v1.2.3", "latest"]);
    expect(tags("refs/heads/main", [], [], { eventName: "schedule" })).toEqual(["nightly", "main"]);
  });

  it("take versions apart, except those of prereleases", () => {
    const rules = [
      "type=semver,pattern={{version}}",
      "type=semver,pattern={{major}}.{{minor}}",
      "type=semver,pattern={{major}},enable=true",
    ];
    expect(tags("refs/tags/v1.2.3", rules)).toEqual(["1.2.3", "1.2", "1", "latest"]);
    expect(tags("refs/tags/v2.0.8-beta.67", rules)).toEqual(["2.0.8-beta.67"]);
    expect(tags("refs/tags/stable", rules)).toEqual([]);
    expect(tags("refs/heads/main", rules)).toEqual([]);
    expect(tags("refs/heads/main", ["type=semver,pattern={{raw}},value=v1.0.0"])).toEqual([
      "v1.0.0",
      "latest",
    ]);
  });

  it("are ordered by priority, the first is the version", () => {
    const rules = ["type=sha", "type=raw,value=edge,priority=50", "type=ref,event=branch"];
    expect(tags("refs/heads/main", rules)).toEqual(["main", "sha-0123456", "edge"]);
  });

  it("can be enabled, prefixed and made of expressions", () => {
    expect(
      tags("refs/heads/main", [
        "type=raw,value=latest,enable={{is_default_branch}}",
        "type=raw,value={{branch}}-{{sha}}-{{date 'YYYYMMDD'}}",
        "type=sha,prefix=,format=long",
        "type=edge",
        "type=match,pattern=v(.*),group=1,value=v7",
      ]),
    ).toEqual(["7", "edge", "latest", "main-0123456-20310506", sha]);
    expect(
      tags("refs/heads/next", ["type=raw,value=latest,enable={{is_default_branch}}", "type=sha"]),
    ).toEqual(["sha-0123456"]);
  });

  it("obey the flavor", () => {
    expect(tags("refs/tags/v1.2.3", [], ["latest=false"])).toEqual(["v1.2.3"]);
    expect(tags("refs/heads/main", [], ["latest=true", "suffix=-alpine,onlatest=true"])).toEqual([
      "main-alpine",
      "latest-alpine",
    ]);
  });

  it("refuse what the action refuses, and name what the simulator does not know", () => {
    expect(() => tags("refs/heads/main", ["type=other"])).toThrow(
      "Unknown tag type attribute: other",
    );
    expect(() => tags("refs/heads/main", ["type=semver"])).toThrow("Missing pattern attribute");
    expect(() => tags("refs/heads/main", ["type=sha,enable=maybe"])).toThrow(
      "Invalid value for enable attribute: maybe",
    );
    expect(() => tags("refs/heads/main", ["type=raw,value={{shout 'a'}}"])).toThrow(
      "the simulator does not know the expression {{shout 'a'}}",
    );
    expect(() => tags("refs/heads/main", [], ["latest=perhaps"])).toThrow("Unknown flavor entry");
  });
});
