import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, notFound, validationFailed, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { branchPolicyShape, environmentShape } from "../../serializers/environment.ts";
import { createEnvironment } from "../../world/repositories/create-repository.ts";
import type { Environment, Repository } from "../../world/state/repository.ts";

/** https://docs.github.com/en/rest/deployments/environments and /branch-policies */
export const environmentRoutes = createRoutes()
  .get("/repos/:owner/:repo/environments", (c) => {
    const repository = openRepository(c, "actions", "read");
    const items = [...repository.environments.values()];
    return c.json({
      total_count: items.length,
      environments: paginate(c, items).map((item) => environmentShape(c.var, repository, item)),
    });
  })
  .get("/repos/:owner/:repo/environments/:environment", (c) => {
    const { repository, environment } = openEnvironment(c, "read");
    return c.json(environmentShape(c.var, repository, environment));
  })
  .put("/repos/:owner/:repo/environments/:environment", async (c) => {
    const { world } = c.var;
    const repository = openRepository(c, "administration", "write");
    const given = await readBody(c, environmentChange, "Environment");
    assertPlanAllows(c, repository, given);
    assertReviewers(c, repository, given);
    assertPolicy(given);
    const name = c.req.param("environment");
    const environment =
      repository.environments.get(name.toLowerCase()) ?? createEnvironment(world, repository, name);
    changeEnvironment(environment, given);
    environment.updatedAt = world.now();
    return c.json(environmentShape(c.var, repository, environment));
  })
  .delete("/repos/:owner/:repo/environments/:environment", (c) => {
    const { repository, environment } = openEnvironment(c, "write");
    repository.environments.delete(environment.name.toLowerCase());
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/environments/:environment/deployment-branch-policies", (c) => {
    const { branchPolicies } = openEnvironment(c, "read").environment;
    return c.json({
      total_count: branchPolicies.length,
      branch_policies: paginate(c, branchPolicies).map(branchPolicyShape),
    });
  })
  .post("/repos/:owner/:repo/environments/:environment/deployment-branch-policies", async (c) => {
    const { environment } = openEnvironment(c, "write");
    const { name, type } = await readBody(c, newPolicy, "DeploymentBranchPolicy");
    if (environment.branchPolicy?.customBranchPolicies !== true) throw notFound();
    const same = environment.branchPolicies.find(
      (item) => item.name === name && item.type === type,
    );
    if (same !== undefined) return c.body(null, 303);
    const policy = { id: c.var.world.nextId(), name, type };
    environment.branchPolicies.push(policy);
    return c.json(branchPolicyShape(policy));
  })
  .get("/repos/:owner/:repo/environments/:environment/deployment-branch-policies/:policy", (c) =>
    c.json(branchPolicyShape(openPolicy(c, "read").policy)),
  )
  .put(
    "/repos/:owner/:repo/environments/:environment/deployment-branch-policies/:policy",
    async (c) => {
      const { policy } = openPolicy(c, "write");
      policy.name = (await readBody(c, changedPolicy, "DeploymentBranchPolicy")).name;
      return c.json(branchPolicyShape(policy));
    },
  )
  .delete(
    "/repos/:owner/:repo/environments/:environment/deployment-branch-policies/:policy",
    (c) => {
      const { environment, policy } = openPolicy(c, "write");
      environment.branchPolicies = environment.branchPolicies.filter((item) => item !== policy);
      return c.body(null, 204);
    },
  );

const environmentChange = z.object({
  wait_timer: z.int().min(0).max(43_200).nullish(),
  prevent_self_review: z.boolean().nullish(),
  can_admins_bypass: z.boolean().nullish(),
  reviewers: z
    .array(z.object({ type: z.enum(["User", "Team"]), id: z.int() }))
    .max(6)
    .nullish(),
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullish(),
});
const newPolicy = z.object({
  name: z.string().min(1),
  type: z.enum(["branch", "tag"]).default("branch"),
});
const changedPolicy = z.object({ name: z.string().min(1) });

/** Absent fields are reset to their defaults, as with GitHub's PUT. */
function changeEnvironment(
  environment: Environment,
  given: z.output<typeof environmentChange>,
): void {
  environment.waitTimer = given.wait_timer ?? 0;
  environment.preventSelfReview = given.prevent_self_review ?? false;
  environment.canAdminsBypass = given.can_admins_bypass ?? true;
  environment.reviewers = given.reviewers ?? [];
  const policy = given.deployment_branch_policy ?? null;
  if (policy === null) {
    environment.branchPolicy = null;
  } else {
    environment.branchPolicy = {
      protectedBranches: policy.protected_branches,
      customBranchPolicies: policy.custom_branch_policies,
    };
  }
  if (environment.branchPolicy?.customBranchPolicies !== true) environment.branchPolicies = [];
}

function assertPolicy({
  deployment_branch_policy: policy,
}: z.output<typeof environmentChange>): void {
  if (policy == null || policy.protected_branches !== policy.custom_branch_policies) return;
  throw new ApiError(
    422,
    "`protected_branches` and `custom_branch_policies` cannot have the same value",
  );
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments */
function assertPlanAllows(
  c: ApiContext,
  repository: Repository,
  given: z.output<typeof environmentChange>,
): void {
  const plan = c.var.world.findOrganisation(repository.owner)?.plan ?? "free";
  if (repository.visibility === "public" || plan === "enterprise") return;
  const rule = given.reviewers?.length
    ? "required reviewers"
    : given.wait_timer
      ? "wait timer"
      : undefined;
  if (rule === undefined) return;
  throw new ApiError(
    422,
    `Failed to create the environment protection rule. Please ensure the billing plan supports the ${rule} protection rule.`,
  );
}

function assertReviewers(
  { var: { world } }: ApiContext,
  { owner }: Repository,
  { reviewers }: z.output<typeof environmentChange>,
): void {
  const teams = world.findOrganisation(owner)?.teams;
  const users = new Set([...world.state.users.values()].map(({ id }) => id));
  const isKnown = ({ type, id }: Environment["reviewers"][number]) =>
    type === "Team" ? teams?.has(id) === true : users.has(id);
  if (reviewers?.every(isKnown) ?? true) return;
  throw validationFailed({ resource: "Environment", field: "reviewers", code: "invalid" });
}

function openEnvironment(c: ApiContext, level: "read" | "write") {
  const area = level === "read" ? "actions" : "administration";
  const repository = openRepository(c, area, level);
  const name = c.req.param("environment") ?? "";
  const environment = orNotFound(repository.environments.get(name.toLowerCase()));
  return { repository, environment };
}

function openPolicy(c: ApiContext, level: "read" | "write") {
  const { environment } = openEnvironment(c, level);
  const id = Number(c.req.param("policy"));
  const policy = orNotFound(environment.branchPolicies.find((item) => item.id === id));
  return { environment, policy };
}
