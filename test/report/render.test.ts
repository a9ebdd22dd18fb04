import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fleetReportSchema } from "../../src/report/fleet-report.ts";
import { html, jsonMarkup } from "../../src/report/html/markup.ts";
import { renderHtml } from "../../src/report/html/render-html.ts";
import { imagesPerDay } from "../../src/report/html/images-per-day.ts";
import { renderJson } from "../../src/report/render-json.ts";
import { renderMarkdown } from "../../src/report/render-markdown.ts";
import { addImages, sampleReport, sampleStatus, thresholds } from "./sample-fleet.ts";

describe("HTML", () => {
  test("escapes every text, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { text: made } = html`<p title="${text}">${text}</p>`;
        expect(made).toMatch(/^<p title="[^"<>]*">[^<>]*<\/p>$/);
      }),
    );
  });

  test("contains data that cannot end its element, and can be read back", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => {
        const { text } = jsonMarkup([...texts, "</script>", "<!--"]);
        expect(text).not.toContain("<");
        expect(JSON.parse(text)).toEqual([...texts, "</script>", "<!--"]);
      }),
    );
  });

  test("allows just its own style and script", () => {
    const page = renderHtml(sampleReport(3), { thresholds });
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
    const hash = (text = "") =>
      `&#39;sha256-${createHash("sha256").update(text).digest("base64")}&#39;`;
    const style = /<style>([^]*?)<\/style>/.exec(page)?.[1];
    const script = /<script type="module">([^]*?)<\/script>/.exec(page)?.[1];
    expect(policy).toBe(
      `default-src &#39;none&#39;; style-src ${hash(style)}; script-src ${hash(script)}; base-uri &#39;none&#39;; form-action &#39;none&#39;`,
    );
    expect(page).not.toMatch(/ (?:style|on\w+)="/);
  });

  test("of 1,000 repositories stays below 3 MB", () => {
    const page = renderHtml(sampleReport(1000), { thresholds });
    expect(Buffer.byteLength(page)).toBeLessThan(3_000_000);
  });

  test("shows each of several images in its repository's row, and finds it by its name", () => {
    const report = sampleReport(2);
    addImages(report.stacks[0]!.repositories[0]!);
    const page = renderHtml(report, { thresholds });
    const [, row = ""] = /<tbody>\s*(<tr[^]*?<\/tr>)/.exec(page) ?? [];
    const text = (markup: string) =>
      markup
        .replaceAll(/<[^>]*>/g, "")
        .replaceAll(/\s+/g, " ")
        .trim();
    const cells = row
      .split("<td")
      .slice(3)
      .map((cell) => text(`<td${cell}`));
    expect(cells).toEqual([
      "1 of 2 images web: main just now worker: none yet",
      "1 of 2 images web: 1.28.0 22 h ago worker: none yet",
      "ok web: ok worker: pushable: problem",
    ]);
    expect(page).toContain('["Images","web, worker"]');
  });

  test("leaves out what was not read", () => {
    const nothing = { policies: null, timeline: null, audit: null };
    const page = renderHtml({ ...sampleReport(3), ...nothing }, { thresholds });
    expect(page).not.toMatch(/id="(?:policies|rollout|audit)"/);
    const empty = renderHtml({ ...sampleReport(0), ...nothing }, { thresholds });
    expect(empty).toContain("The fleet has no repository yet.");
    const bare = { ...nothing, timeline: [], policies: { files: 0, rules: [] } };
    const page2 = renderHtml({ ...sampleReport(0), ...bare }, { thresholds });
    expect(page2).toContain("No file could be judged.");
    expect(page2).toContain("There was no rollout or rotation yet.");
    expect(page2).not.toContain('<ol class="timeline">');
  });

  test("counts a rule once that is broken at both levels", () => {
    const report = sampleReport(12);
    const [pinned] = report.policies!.rules;
    const advice = pinned!.violations.map((each) => ({ ...each, level: "advisory" as const }));
    pinned!.violations.push(...advice);
    const page = renderHtml(report, { thresholds });
    expect(page).toContain("1 mandatory broken. An update is judged");
  });

  test("shows times in UTC, whatever their zone", () => {
    const report = sampleReport(1);
    report.timeline![0]!.at = "2026-11-23T23:30:00-05:00";
    report.writtenAt = "2026-11-24T01:30:00+02:00";
    const page = renderHtml(report, { thresholds });
    expect(page).toContain(">2026-11-24 04:30</time>");
    expect(page).toContain(">2026-11-23 23:30 UTC</time>");
    expect(imagesPerDay(report.stacks, report.writtenAt).at(-1)?.day).toBe("2026-11-23");
  });

  test("escapes characters that reverse text", () => {
    const report = sampleReport(1);
    report.timeline![0]!.text = "Stopped \u202eby evil";
    expect(renderHtml(report, { thresholds })).toContain("Stopped &lt;U+202E&gt;by evil");
  });
});

test("JSON is what the schema describes, with the thresholds that are crossed", () => {
  const report = sampleReport(12);
  const text = renderJson(report, { thresholds });
  expect(fleetReportSchema.parse(JSON.parse(text))).toEqual(report);
  const { stacks } = JSON.parse(text) as { stacks: { crossings: { check: string }[] }[] };
  const checks = stacks[0]?.crossings.map(({ check }) => check).sort();
  expect(checks).toEqual(["ci", "files", "files", "package", "shadowed"]);
});

test("Markdown contains the same, and shows text from others as text", () => {
  const report = sampleReport(4);
  const [first] = report.stacks[0]?.repositories ?? [];
  if (!first) throw new Error("no repository");
  first.package.findings.push({
    subject: "visibility",
    state: "manual",
    text: "<img src=x> | @acme/owners `x`\n# title",
    url: "https://github.com/orgs/acme/packages/container/api/settings",
  });
  const text = renderMarkdown({ ...report, policies: null, timeline: null }, { thresholds });
  // An invisible space prevents GitHub from notifying the account after an @.
  expect(text.replaceAll("\u200b", "(space)")).toMatchInlineSnapshot(`
    "# Publishing access to GHCR: acme

    - ✅ **production** PAT of acme-publisher (read:packages, write:packages): 41 days left, until 2027-01-04; the PAT reaches 4 of 4 repositories

    ## Needs attention

    ### ⚠️ Workflow files differ (1)

    - **gateway** ci.yml is not as rendered; the last commit to the workflows is acme-admin's of 2026-11-23, "Build for arm64 as well" ([open](https://github.com/acme/gateway/blob/main/.github/workflows/ci.yml))

    Next: apply the fleet, and repair what was changed by hand

    \`\`\`sh
    ghcr-fleet rollout production --refresh
    \`\`\`

    ### ⚠️ Package settings for a person (1)

    - **api** &lt;img src=x> \\| @(space)acme/owners \\\`x\\\` # title ([open](https://github.com/orgs/acme/packages/container/api/settings))

    Next: open the page: only a person can change it; the policy pack may refuse updates until then

    ## 4 repositories

    | Repository | Credential | Files | CI | Release | Package |
    | --- | --- | --- | --- | --- | --- |
    | ⚠️ [api](https://github.com/acme/api) | ✅ organization, 49 d | ✅ as rendered | ✅ main, just now | ✅ 1.28.0, 22 h ago | ⚠️ visibility: manual |
    | ✅ [billing](https://github.com/acme/billing) | ✅ organization, 49 d | ✅ as rendered | ✅ main, 1 h ago | ✅ 1.29.0, 15 h ago | ✅ ok |
    | ✅ [checkout](https://github.com/acme/checkout) | ✅ organization, 49 d | ✅ as rendered | ✅ sha-0123456, 19 h ago | ✅ 1.30.0, 2 h ago | ✅ ok |
    | ⚠️ [gateway](https://github.com/acme/gateway) | ✅ organization, 49 d | ⚠️ ci.yml edited | ✅ main, 3 h ago | ✅ 1.26.0, 3 d ago | ✅ ok |

    Left out:

    - **legacy-reports** archived: unarchive it to bring it in

    Written by ghcr-fleet, 2026-11-24 08:30 UTC.
    "
  `);
});

test("a token that ran out has no days left", () => {
  const report = sampleReport(1, { daysLeft: -3 });
  expect(renderMarkdown(report, { thresholds })).toContain(
    "❌ **production** PAT of acme-publisher (read:packages, write:packages): expired on 2026-11-21",
  );
});

test("what could not be read is unknown, not absent or healthy", () => {
  const report = sampleReport(2);
  const [first, second] = report.stacks[0]!.repositories;
  const nothing = { run: null, image: null };
  for (const each of [first!, second!]) {
    Object.assign(each, { ci: nothing, release: nothing });
    each.history = { images: [], runs: [], changes: [] };
  }
  first!.findings = [{ subject: "runs", text: "GitHub answered 502", url: null }];
  const words = () => {
    const rows = renderMarkdown(report, { thresholds }).match(/^\| [^|]*\[.*/gm) ?? [];
    return rows.map((row) => row.split(" | ").slice(3, 5));
  };
  expect(words()).toEqual([
    ["⚠️ unknown", "⚠️ unknown"],
    ["▫️ none yet", "▫️ none yet"],
  ]);
  // The packages of the whole fleet were not to be read.
  for (const each of [first!, second!]) each.package.findings = [];
  expect(words()[1]).toEqual(["⚠️ unknown", "⚠️ unknown"]);
  const page = renderHtml(report, { thresholds });
  expect(page).toContain("2 packages could not be read.");
  expect(page).not.toContain("Nothing is left for a person to do");
});

test("images a day cover thirty days, and leave out what is older", () => {
  const days = imagesPerDay([sampleStatus(12)], "2026-11-24T08:30:00.000Z");
  expect(days).toHaveLength(30);
  expect(days[0]?.day).toBe("2026-10-26");
  expect(days.at(-1)).toMatchObject({ day: "2026-11-24" });
  const none = imagesPerDay([sampleStatus(12)], "2030-01-01T00:00:00Z");
  expect(none.every(({ ci, release }) => ci + release === 0)).toBe(true);
});
