import { tokenRefusal, callerOf, personOf } from "../../http/access.ts";
import { z } from "zod";
import { notFound, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { addSshKey } from "../../world/accounts/ssh-keys.ts";
import type { SshKey } from "../../world/state/repository.ts";
import type { User } from "../../world/state/accounts.ts";
import { readSshKey } from "./read-ssh-key.ts";

/** https://docs.github.com/en/rest/users/keys */
export const userKeyRoutes = createRoutes()
  .get("/user/keys", (c) => {
    const { keys } = openUser(c, "read:public_key");
    return c.json(paginate(c, keys).map((key) => userKeyShape(c, key)));
  })
  .post("/user/keys", async (c) => {
    const user = openUser(c, "write:public_key");
    const given = await readBody(c, newKey, "PublicKey");
    const { key, comment } = readSshKey(c, given.key);
    const title = given.title ?? comment;
    const added = addSshKey(c.var, user, { title, key, readOnly: false });
    return c.json(userKeyShape(c, added), 201);
  })
  .get("/user/keys/:key{\\d+}", (c) =>
    c.json(userKeyShape(c, keyOf(c, openUser(c, "read:public_key")))),
  )
  .delete("/user/keys/:key{\\d+}", (c) => {
    const user = openUser(c, "admin:public_key");
    const key = keyOf(c, user);
    user.keys = user.keys.filter((each) => each !== key);
    return c.body(null, 204);
  })
  .get("/users/:username/keys", (c) => {
    const { keys } = personOf(c);
    return c.json(paginate(c, keys).map(({ id, key }) => ({ id, key })));
  });

const newKey = z.object({ key: z.string(), title: z.string().optional() });

/** The person who holds the token; without the scope, 404. */
function openUser(c: ApiContext, scope: string): User {
  const { actor } = c.var;
  c.set("acceptedScopes", scope);
  if (actor.kind !== "classic") throw tokenRefusal(actor);
  if (!actor.scopes.includes(scope)) throw notFound();
  return callerOf(c);
}

function keyOf(c: ApiContext, { keys }: User): SshKey {
  return orNotFound(keys.find(({ id }) => id === Number(c.req.param("key"))));
}

/** GitHub's `key`. */
function userKeyShape(c: ApiContext, { id, key, title, createdAt, readOnly }: SshKey) {
  return {
    id,
    key,
    url: `${c.var.api}/user/keys/${id}`,
    title,
    created_at: createdAt,
    verified: true,
    read_only: readOnly,
    last_used: null,
  };
}
