import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { createTerminal } from "../../demo/terminal.ts";

async function drawStep(screen: { isTTY: boolean; columns?: number }): Promise<string[]> {
  let text = "";
  const terminal = createTerminal({ ...screen, write: (more) => (text += more) });
  const said = "denied: installation not allowed to Create organization package";
  await terminal.step(
    "push",
    async () => "",
    () => said,
  );
  const end = stripVTControlCharacters(text).split("\r").at(-1) ?? "";
  return end.trimEnd().split("\n");
}

test("on a narrow terminal a long result breaks between words, below its first one", async () => {
  const [first, ...rest] = await drawStep({ isTTY: true, columns: 80 });
  expect(first).toMatch(/^ 1 {2}push {24}[\d. ]+ s {2}denied: installation not allowed to$/);
  expect(rest).toEqual([`${" ".repeat(39)}Create organization package`]);
});

test.each([{ isTTY: true, columns: 120 }, { isTTY: false }])(
  "with enough room it is one line: %j",
  async (screen) => {
    expect(await drawStep(screen)).toHaveLength(1);
  },
);
