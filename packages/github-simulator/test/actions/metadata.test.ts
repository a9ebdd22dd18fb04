import { describe, expect, it } from "vitest";
import {
  parseFlavor,
  parseImages,
} from "../../src/actions/builtin-actions/metadata/metadata-inputs.ts";
import { resolveTags } from "../../src/actions/builtin-actions/metadata/metadata-tags.ts";
import type { TagSource } from "../../src/actions/builtin-actions/metadata/metadata-template.ts";
import { createWorld, logOf } from "./world.ts";

const sha = "0123456789abcdef0123456789abcdef01234567";

/** The tags for an event; cases from https://github.com/docker/metadata-action's README. */
function tags(ref: string, lines: string[], flavor: string[] = [], more: Partial<TagSource> = {}) {
  const source: TagSource = {
    ref,
    sha,
    eventName: "push",
    defaultBranch: "main",
    now: new Date("2031-05-06T07:08:09Z"),
    commitDate: new Date("2030-01-02T03:04:05Z"),
    baseRef: "",
    shortShaLength: "7",
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

  it("split versions, except those of prereleases", () => {
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

  it("can be enabled, prefixed and built from expressions", () => {
    expect(
      tags("refs/heads/main", [
        "type=raw,value=latest,enable={{is_default_branch}}",
        "type=raw,value={{branch}}-{{sha}}-{{date 'YYYYMMDD'}}",
        "type=sha,prefix=,format=long",
        "type=edge",
        "type=match,pattern=v(.*),group=1,value=v7",
      ]),
      // The action lists `latest` twice if both a rule and the flavor produce it.
    ).toEqual(["7", "edge", "latest", "main-0123456-20310506", sha, "latest"]);
    expect(
      tags("refs/heads/next", ["type=raw,value=latest,enable={{is_default_branch}}", "type=sha"]),
    ).toEqual(["sha-0123456"]);
  });

  it("follow the flavor", () => {
    expect(tags("refs/tags/v1.2.3", [], ["latest=false"])).toEqual(["v1.2.3"]);
    expect(tags("refs/heads/main", [], ["latest=true", "suffix=-alpine,onlatest=true"])).toEqual([
      "main-alpine",
      "latest-alpine",
    ]);
  });

  it("split Python versions", () => {
    const rules = ["type=pep440,pattern={{version}}", "type=pep440,pattern={{major}}.{{minor}}"];
    expect(tags("refs/tags/v1.2", rules)).toEqual(["1.2", "latest"]);
    expect(tags("refs/tags/1.2.3rc2", rules)).toEqual(["1.2.3rc2"]);
    expect(tags("refs/tags/1.2-Beta.3", rules)).toEqual(["1.2b3"]);
    expect(tags("refs/tags/1!1.2.post1+Local-7", rules)).toEqual(["1-1.2.post1-local.7"]);
    expect(tags("refs/tags/stable", rules)).toEqual([]);
  });

  it("are read as CSV", () => {
    const lines = ['type=match,"pattern=\\d{1,2}",value=v12', "type=raw,value=a=b"];
    expect(tags("refs/heads/main", lines)).toEqual(["12", "a-b", "latest"]);
    expect(tags("refs/heads/main", ["b", "NAME , Priority = 900"])).toEqual(["NAME", "b"]);
  });

  it("format dates as moment.js does, in any time zone", () => {
    const format = (text: string) => tags("refs/heads/main", [`type=raw,value=${text}`])[0];
    expect(format("{{date 'YYYYMMDD-HHmmss' tz='Asia/Tokyo'}}")).toBe("20310506-160809");
    expect(format("{{date 'GGGG.WW.E-DDDD-ddd-MMM-Do'}}")).toBe("2031.19.2-126-Tue-May-6th");
    expect(format("{{commit_date '[at]hh.mm.A-X'}}")).toBe("at03.04.AM-1893553445");
    expect(format("{{date 'YYYY-MM-DDTHH.mm.ss.SSS[Z]'}}")).toBe("2031-05-06T07.08.09.000Z");
    expect(() => format("{{date 'YYYYe'}}")).toThrow("does not know the date format e");
    expect(() => format("{{date 'YYYY' tz='Mars'}}")).toThrow("time zone Mars");
  });

  it("escape values of expressions, and leave unknown names empty", () => {
    const branch = "refs/heads/a&b";
    expect(tags(branch, ["type=raw,value={{branch}}{{other}}"])).toEqual(["a-amp-b"]);
    expect(tags(branch, ["type=raw,value={{{branch}}}"])).toEqual(["a-b"]);
  });

  it("refuse what the action refuses, and name what the simulator does not support", () => {
    const one =
      (rule: string, more: Partial<TagSource> = {}) =>
      () =>
        tags("refs/heads/main", [rule], [], more);
    expect(one("type=other")).toThrow("Unknown tag type attribute: other");
    expect(one("type=semver")).toThrow("Missing pattern attribute for type=semver");
    expect(one("type=ref,event=push")).toThrow("Invalid event for type=ref,event=push");
    expect(one("type=sha,enable=maybe")).toThrow("Invalid value for enable attribute: maybe");
    expect(one("type=sha", { shortShaLength: "few" })).toThrow("not a valid number: few");
    expect(one("type=raw,value={{shout 'a'}}")).toThrow('Missing helper: "shout"');
    expect(one("type=raw,value={{#if tag}}a{{/if}}")).toThrow(
      "the simulator does not know the expression {{#if tag}}",
    );
    const flavored = (flavor: string) => () => tags("refs/heads/main", [], [flavor]);
    expect(flavored("latest=perhaps")).toThrow("Invalid latest flavor entry: latest=perhaps");
    expect(flavored("colour=red")).toThrow("Unknown flavor entry: colour=red");
  });
});

describe("docker/metadata-action's images", () => {
  it("are one line of names, or one name per line", () => {
    expect(parseImages(["ghcr.io/Acme/App, acme/app"])).toEqual(["ghcr.io/acme/app", "acme/app"]);
    expect(parseImages(["name=acme/app", "name=acme/b,enable=false", "acme/c"])).toEqual([
      "acme/app",
      "acme/c",
    ]);
    expect(() => parseImages(["name=acme/app,tag=1"])).toThrow("Unknown image attribute");
    expect(() => parseImages(["enable=true"])).toThrow("Image name attribute empty");
    expect(() => parseImages(["name=a,enable=1"])).toThrow("Invalid enable attribute value");
  });
});

describe("docker/metadata-action", () => {
  it("returns outputs, variables and definitions for bake", async () => {
    const run = await createWorld().runWorkflow(`
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - id: meta
        uses: docker/metadata-action@v6
        with:
          images: ghcr.io/acme/api
          sep-tags: " | "
          labels: |
            # whose
            maintainer=us
            not a label
          tags: |
            main
            next
      - run: |
          echo "$DOCKER_METADATA_OUTPUT_TAGS, \${{ steps.meta.outputs.tag-names }}"
          grep -c maintainer "$DOCKER_METADATA_OUTPUT_BAKE_FILE"
          cat "\${{ steps.meta.outputs.bake-file-tags }}"
`);
    expect(run.conclusion).toBe("success");
    const log = logOf(run);
    expect(log).toContain("\nghcr.io/acme/api:main | ghcr.io/acme/api:next, main | next\n1\n");
    expect(log).toContain('"DOCKER_META_VERSION": "main"');
  });
});
