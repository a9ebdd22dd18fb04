import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError } from "../../http/api-error.ts";
import { createRoutes } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";

/** https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
const MAX_PROPERTIES = 10;

const dispatchBody = z.object({
  event_type: z.string().min(1).max(100),
  client_payload: z.record(z.string(), z.json()).default({}),
});

/** What starts the workflows that wait for a `repository_dispatch`. */
export const repositoryDispatchRoutes = createRoutes().post(
  "/repos/:owner/:repo/dispatches",
  async (c) => {
    const { world, actor } = c.var;
    const repository = openRepository(c, "contents", "write");
    const given = await readBody(c, dispatchBody, "RepositoryDispatch");
    const supplied = Object.keys(given.client_payload).length;
    if (supplied > MAX_PROPERTIES) {
      throw new ApiError(
        422,
        `Invalid request.\n\nNo more than ${MAX_PROPERTIES} properties are allowed; ${supplied} were supplied.`,
      );
    }
    world.events.emit("repository_dispatch", {
      repository,
      type: given.event_type,
      payload: given.client_payload,
      actor,
    });
    return c.body(null, 204);
  },
);
