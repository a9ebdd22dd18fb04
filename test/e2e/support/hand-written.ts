import type { SeedInput } from "github-simulator";

/** A ci.yml as people first write it. Without a password it does not log in. */
function handWritten(image: string, password?: string, permissions = ""): string {
  const login = `      - uses: docker/login-action@v3
        with:
          registry: ghcr.io
          username: \${{ github.actor }}
          password: \${{ ${password} }}
`;
  return `name: ci
on:
  push:
    branches: [main]
jobs:
  image:
    runs-on: ubuntu-latest
${permissions}    steps:
      - uses: actions/checkout@v4
${password === undefined ? "" : login}      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ghcr.io/acme/${image}:latest
`;
}

const packagesWrite = "    permissions: { contents: read, packages: write }\n";
/** Repositories whose publishing fails, each in a different way. */
export const handWrittenRepositories: NonNullable<SeedInput["repositories"]> = [
  { name: "gateway", ci: handWritten("gateway", "secrets.GITHUB_TOKEN") },
  { name: "mailer", ci: handWritten("mailer", "secrets.GITHUB_TOKEN", packagesWrite) },
  { name: "billing", ci: handWritten("billing", "secrets.DEPLOY_TOKEN") },
  { name: "search", ci: handWritten("search") },
].map(({ name, ci }) => ({
  name,
  dockerfile: "Dockerfile",
  files: { ".github/workflows/ci.yml": ci },
}));
