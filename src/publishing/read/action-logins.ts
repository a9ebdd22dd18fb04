/** An action that logs in to a registry, or pushes with a password of its own. */
export interface LoginAction {
  /** The input that names the registry. */
  readonly registry: string;
  /** The registry where that input is not given. */
  readonly preset?: string;
  readonly password: string;
  /** Whether the action pushes, too. */
  readonly pushes?: true;
  /** The input that is "false" where it does not push. */
  readonly push?: string;
  /** Whether it takes the job's token where it is given no password. */
  readonly tokenByDefault?: true;
}

/** By name in lower case. Each has been looked up in the action's own action.yml. */
export const loginActions: Readonly<Record<string, LoginAction>> = {
  "docker/login-action": { registry: "registry", password: "password" },
  "redhat-actions/podman-login": { registry: "registry", password: "password" },
  "redhat-actions/push-to-registry": { registry: "registry", password: "password", pushes: true },
  "regclient/actions/regctl-login": {
    registry: "registry",
    preset: "ghcr.io",
    password: "password",
  },
  "azure/docker-login": { registry: "login-server", password: "password" },
  // Its first version pushed with a login of its own; later ones do not know these inputs.
  "docker/build-push-action": { registry: "registry", password: "password" },
  "elgohr/publish-docker-github-action": {
    registry: "registry",
    password: "password",
    pushes: true,
  },
  "mr-smithers-excellent/docker-build-push": {
    registry: "registry",
    password: "password",
    pushes: true,
    push: "push",
  },
  "whoan/docker-build-with-cache-action": {
    registry: "registry",
    password: "password",
    pushes: true,
    push: "push_image_and_stages",
  },
  "appany/helm-oci-chart-releaser": {
    registry: "registry",
    password: "registry_password",
    pushes: true,
  },
  "cloudposse/github-action-docker-build-push": {
    registry: "registry",
    password: "password",
    pushes: true,
  },
  "aevea/action-kaniko": { registry: "registry", password: "password", pushes: true },
  "macbre/push-to-ghcr": {
    registry: "repository",
    preset: "ghcr.io",
    password: "github_token",
    pushes: true,
  },
  "bcgov/action-builder-ghcr": {
    registry: "registry",
    preset: "ghcr.io",
    password: "token",
    pushes: true,
    tokenByDefault: true,
  },
  "benfrisbie/docker-tag-build-push-action": {
    registry: "registry",
    preset: "ghcr.io",
    password: "password",
    pushes: true,
    push: "push",
    tokenByDefault: true,
  },
  "blue-build/github-action": {
    registry: "registry",
    preset: "ghcr.io",
    password: "registry_token",
    pushes: true,
  },
};

/** "docker/login-action" for "Docker/Login-Action@v3"; folders of an action are kept. */
export function actionName(uses: string): string {
  return (uses.split("@")[0] ?? "").trim().toLowerCase();
}

/** An action that logs in to ghcr.io with the job's token, without an input for it. */
export interface SelfLogin {
  /** A variable in whose presence it does not. */
  readonly variable?: string;
  /** The inputs of which one turns it on; always on if absent. */
  readonly inputs?: RegExp;
  fix(registry: string, credential: string): string;
}

const setupKo: SelfLogin = { variable: "KO_DOCKER_REPO", fix: loginStep("after", "ko login") };

export const selfLogins: Readonly<Record<string, SelfLogin>> = {
  // https://github.com/ko-build/setup-ko/blob/main/action.yml
  "ko-build/setup-ko": setupKo,
  "imjasonh/setup-ko": setupKo,
  // https://github.com/imjasonh/setup-crane
  "imjasonh/setup-crane": { fix: loginStep("after", "crane auth login") },
  // https://github.com/devcontainers/cli/blob/main/src/spec-configuration/httpOCIRegistry.ts
  "devcontainers/action": {
    variable: "DEVCONTAINERS_OCI_AUTH",
    inputs: /^publish-/,
    fix: (registry, credential) =>
      `in the env of this step:\nDEVCONTAINERS_OCI_AUTH: ${registry}|\${{ github.actor }}|${credential}`,
  },
};

/** A login as a step to type. */
export function loginStep(place: "before" | "after", command: string): SelfLogin["fix"] {
  return (registry, credential) =>
    [
      `${place} this step:`,
      `- run: echo "$TOKEN" | ${command} ${registry} --username "$GITHUB_ACTOR" --password-stdin`,
      "  env:",
      `    TOKEN: ${credential}`,
    ].join("\n");
}
