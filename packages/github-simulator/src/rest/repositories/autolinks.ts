import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { validationFailed, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import type { Autolink, Repository } from "../../world/state/repository.ts";

/** https://docs.github.com/en/rest/repos/autolinks */
export const autolinkRoutes = createRoutes()
  .get("/repos/:owner/:repo/autolinks", (c) =>
    c.json(openRepository(c, "administration", "read").autolinks.map(autolinkShape)),
  )
  .post("/repos/:owner/:repo/autolinks", async (c) => {
    const { world } = c.var;
    const repository = openRepository(c, "administration", "write");
    const given = await readBody(c, newAutolink, "KeyLink");
    assertPrefix(repository, given.key_prefix);
    if (!given.url_template.includes("<num>")) {
      throw validationFailed({ resource: "KeyLink", field: "url_template", code: "invalid" });
    }
    const autolink: Autolink = {
      id: world.nextId(),
      prefix: given.key_prefix,
      urlTemplate: given.url_template,
      isAlphanumeric: given.is_alphanumeric,
      updatedAt: world.now(),
    };
    repository.autolinks.push(autolink);
    return c.json(autolinkShape(autolink), 201);
  })
  .get("/repos/:owner/:repo/autolinks/:autolink{\\d+}", (c) =>
    c.json(autolinkShape(autolinkOf(c, openRepository(c, "administration", "read")))),
  )
  .delete("/repos/:owner/:repo/autolinks/:autolink{\\d+}", (c) => {
    const repository = openRepository(c, "administration", "write");
    const autolink = autolinkOf(c, repository);
    repository.autolinks = repository.autolinks.filter((each) => each !== autolink);
    return c.body(null, 204);
  });

const newAutolink = z.object({
  key_prefix: z.string().min(1),
  url_template: z.string().min(1),
  is_alphanumeric: z.boolean().default(true),
});

/**
 * "Reference prefixes cannot have overlapping names", such as `TICKET` and `TICK`:
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/managing-repository-settings/configuring-autolinks-to-reference-external-resources
 */
function assertPrefix({ autolinks }: Repository, prefix: string): void {
  const wanted = prefix.toLowerCase();
  const overlaps = autolinks.some((each) => {
    const known = each.prefix.toLowerCase();
    return known.startsWith(wanted) || wanted.startsWith(known);
  });
  if (overlaps) {
    throw validationFailed({ resource: "KeyLink", field: "key_prefix", code: "already_exists" });
  }
}

function autolinkOf(c: ApiContext, { autolinks }: Repository): Autolink {
  return orNotFound(autolinks.find(({ id }) => id === Number(c.req.param("autolink"))));
}

/** GitHub's `autolink`. */
function autolinkShape({ id, prefix, urlTemplate, isAlphanumeric, updatedAt }: Autolink) {
  return {
    id,
    key_prefix: prefix,
    url_template: urlTemplate,
    is_alphanumeric: isAlphanumeric,
    updated_at: updatedAt,
  };
}
