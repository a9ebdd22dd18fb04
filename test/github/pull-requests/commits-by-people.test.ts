import { expect, test } from "vitest";
import { templateNote } from "../../../src/github/contents/managed-note.ts";
import { branch, ci, startProposals } from "./start-proposals.ts";

const message = `ci: publish\n\n${templateNote}`;

test("a commit of the fleet that a person amended is theirs", async () => {
  const at = await startProposals();
  const main = at.repository.refs.get("refs/heads/main");
  const { url } = await at.propose();
  await at.commitOn([main], { text: "name: mine\n", message });
  expect(await at.propose("name: other\n")).toEqual({ state: "open", url });
  expect(at.offered()).toBe("name: mine\n");
  await at.end();
  expect(at.repository.pulls).toMatchObject([{ state: "open" }]);
  expect(at.warnings).toEqual([
    expect.stringContaining("has commits by hubot, so it is not updated"),
    expect.stringContaining("stays open, because it has commits by hubot"),
  ]);
});

test("an amended commit on a branch that was left is theirs, too", async () => {
  const at = await startProposals();
  const main = at.repository.refs.get("refs/heads/main");
  await at.propose();
  await at.hubot("PATCH /repos/acme/api/pulls/1", { state: "closed" });
  await at.commitOn([main], { text: "name: mine\n", message });
  await expect(at.propose("name: other\n")).rejects.toThrow(
    `the branch ${branch} of acme/api has commits by hubot: rename or delete it`,
  );
  expect(at.offered()).toBe("name: mine\n");
});

test("a conflict that a person resolved on GitHub's page is theirs; Update branch is not", async () => {
  const at = await startProposals();
  const { url } = await at.propose();
  at.editMain({ "src/new.ts": "export {};\n" });
  const merge = { base: branch, head: "main" };
  expect(await at.hubot("POST /repos/acme/api/merges", merge)).toMatchObject({ status: 201 });
  await at.propose("name: other\n");
  expect(at.offered()).toBe("name: other\n");
  expect(at.warnings).toEqual([]);

  at.editMain({ [ci]: "name: by hand\n" });
  const sides = [branch, "main"].map((name) => at.repository.refs.get(`refs/heads/${name}`));
  const text = "name: both\n";
  await at.commitOn(sides, { text, message: `Merge branch 'main' into ${branch}`, web: true });
  expect(await at.propose("name: third\n")).toEqual({ state: "open", url });
  expect(at.offered()).toBe(text);
  expect(at.warnings).toEqual([
    expect.stringContaining(`${url} has commits by Mona, so it is not updated`),
  ]);
});
