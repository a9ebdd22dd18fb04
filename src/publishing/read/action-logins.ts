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
