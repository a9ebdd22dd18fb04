import { z } from "zod";
import { openOrganisation, openRepository } from "../../http/access.ts";
import { ApiError } from "../../http/api-error.ts";
import { createRoutes } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";

/**
 * The composition of the subject in jobs' OpenID Connect tokens. The simulator issues no such tokens, so
 * it is only stored for those who read it.
 * https://docs.github.com/en/rest/actions/oidc
 */
export const oidcSubjectRoutes = createRoutes()
  .get("/orgs/:org/actions/oidc/customization/sub", (c) => {
    const { oidcClaimKeys } = openOrganisation(
      c,
      "organization_administration",
      "read",
      "read:org",
    );
    return c.json({ include_claim_keys: oidcClaimKeys });
  })
  .put("/orgs/:org/actions/oidc/customization/sub", async (c) => {
    const organisation = openOrganisation(c, "organization_administration", "write", "write:org");
    const given = await readBody(c, template, "OIDC");
    assertByName(given);
    organisation.oidcClaimKeys = given.include_claim_keys ?? organisation.oidcClaimKeys;
    return c.json({}, 201);
  })
  .get("/repos/:owner/:repo/actions/oidc/customization/sub", (c) => {
    const { oidcClaimKeys } = openRepository(c, "actions", "read");
    return c.json(
      oidcClaimKeys === null
        ? { use_default: true }
        : { use_default: false, include_claim_keys: oidcClaimKeys },
    );
  })
  .put("/repos/:owner/:repo/actions/oidc/customization/sub", async (c) => {
    const repository = openRepository(c, "actions", "write");
    const given = await readBody(c, ownTemplate, "OIDC");
    assertByName(given);
    // Keys given with the default are ignored; without its own keys, the organisation's are used.
    const organisation = c.var.world.findOrganisation(repository.owner);
    repository.oidcClaimKeys = given.use_default
      ? null
      : (given.include_claim_keys ?? organisation?.oidcClaimKeys ?? []);
    return c.json({}, 201);
  });

const template = z.object({
  include_claim_keys: z
    .array(z.string().regex(/^\w+$/))
    .refine((keys) => new Set(keys).size === keys.length)
    .optional(),
  use_immutable_subject: z.boolean().optional(),
});
const ownTemplate = template.extend({ use_default: z.boolean() });

function assertByName({ use_immutable_subject }: z.output<typeof template>): void {
  if (use_immutable_subject === true) {
    throw new ApiError(501, "the simulator does not implement use_immutable_subject");
  }
}
