import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test.each(["docs/threat-model.md", "test/faults/README.md"])(
  "every test that %s names exists",
  async (document) => {
    const text = await readFile(join(root, document), "utf8");
    const named = text.match(/`[\w/.-]+\.test\.ts`/g)!.map((name) => name.slice(1, -1));
    expect(named.length).toBeGreaterThan(10);
    // Without a folder, it stands beside the document, or beside the test before it.
    let folder = dirname(document);
    const missing = named.filter((name) => {
      if (name.includes("/")) folder = dirname(name);
      const places = [name, join(folder, name), join(dirname(document), name)];
      return !places.some((place) => existsSync(join(root, place)));
    });
    expect(missing).toEqual([]);
  },
);
