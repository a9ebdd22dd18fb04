import { timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import type { VirtualClock } from "./clock.ts";
import type { Env } from "./http/env.ts";
import type { Simulator } from "./simulator.ts";

const base = "/_simulator";

const duration = z.strictObject({
  days: z.number().default(0),
  hours: z.number().default(0),
  minutes: z.number().default(0),
  seconds: z.number().default(0),
});

const packageSettings = z
  .strictObject({
    package: z.string().regex(/^[^/]+\/./),
    repository: z.string().optional(),
    visibility: z.enum(["public", "private", "internal"]).optional(),
  })
  .refine(({ repository, visibility }) => repository !== undefined || visibility !== undefined);

/**
 * Adds to GitHub's API what GitHub does not have, for clients with the key: token values, requests, the
 * clock, a reset, and the settings of packages, which GitHub has on a page only. Faults and limits do not apply to
 * these requests, and `requests` does not list them.
 */
export function withControl(
  app: Hono<Env>,
  simulator: Simulator,
  key: string,
): Pick<Hono<Env>, "fetch"> {
  const control = createControl(simulator, key);
  return {
    fetch: (request, ...rest) =>
      new URL(request.url).pathname.startsWith(`${base}/`)
        ? control.fetch(request)
        : app.fetch(request, ...rest),
  };
}

function createControl(simulator: Simulator, key: string): Pick<Hono, "fetch"> {
  const control = new Hono();
  control.use(async (c, next) => {
    const given = (c.req.header("authorization") ?? "").replace(/^Bearer /i, "");
    if (isSame(given, key)) return next();
    return c.text("send the simulator's control key: Authorization: Bearer <key>\n", 401);
  });
  control.get("/tokens", (c) => c.json(simulator.tokens));
  control.get("/tokens/:name", (c) => {
    const { tokens } = simulator;
    const value = tokens[c.req.param("name")];
    return value === undefined
      ? c.text(`there is no such token; there are ${Object.keys(tokens).join(", ")}\n`, 404)
      : c.text(`${value}\n`);
  });
  control.get("/requests", (c) => c.json(simulator.requests));
  control.get("/clock", (c) => c.json(timeOf(simulator)));
  control.post("/clock", async (c) => {
    const { clock } = simulator;
    const parsed = duration.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) return c.text('send how far, as in {"days": 1, "hours": 2}\n', 422);
    if (!isVirtual(clock)) {
      return c.text("the clock is the real one: start the simulator with --clock <time>\n", 409);
    }
    clock.advance(parsed.data);
    return c.json(timeOf(simulator));
  });
  control.post("/packages", async (c) => {
    const parsed = packageSettings.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) return c.text(packageExample, 422);
    try {
      changePackage(simulator, parsed.data);
    } catch (error) {
      return c.text(`${error instanceof Error ? error.message : String(error)}\n`, 422);
    }
    return c.body(null, 204);
  });
  control.post("/reset", async (c) => {
    await simulator.reset();
    return c.body(null, 204);
  });
  return new Hono().route(base, control);
}

const packageExample =
  'send what to change, as in {"package": "acme/web", "repository": "web"} or {"package": "acme/web", "visibility": "public"}\n';

/** What a person does on the page of a package: "Connect repository" with the role Write, and "Change visibility". */
function changePackage(
  { registry: { byHand } }: Simulator,
  { package: path, repository, visibility }: z.output<typeof packageSettings>,
): void {
  const at = path.indexOf("/");
  const [owner, name] = [path.slice(0, at), path.slice(at + 1)];
  if (visibility !== undefined) byHand.setVisibility(owner, name, visibility);
  if (repository === undefined) return;
  byHand.linkRepository(owner, name, repository);
  byHand.grantActionsAccess(owner, name, repository, "write");
}

function timeOf({ clock }: Simulator) {
  return { now: new Date(clock.now()).toISOString() };
}

function isVirtual(clock: Simulator["clock"]): clock is VirtualClock {
  return "advance" in clock;
}

function isSame(given: string, key: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(key)];
  return a.length === b.length && timingSafeEqual(a, b);
}
