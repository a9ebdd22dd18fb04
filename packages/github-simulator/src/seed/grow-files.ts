import type { SeedRepository } from "../seed.ts";

interface Template {
  image: string;
  sources: (name: string) => Record<string, string>;
  build: string[];
  run: string[];
}

/** The smallest plausible service in each language. */
const templates: Readonly<Record<string, Template>> = {
  TypeScript: {
    image: "node:24-alpine",
    sources: (name) => ({
      "package.json": `${JSON.stringify({ name, version: "1.0.0", type: "module" }, null, 2)}\n`,
      "src/server.ts": `import { createServer } from "node:http";\n\ncreateServer((_, response) => response.end("${name}\\n")).listen(8080);\n`,
    }),
    build: ["COPY package.json ./", "COPY src ./src"],
    run: ["node", "src/server.ts"],
  },
  Go: {
    image: "golang:1.25-alpine",
    sources: (name) => ({
      "go.mod": `module example.com/${name}\n\ngo 1.25\n`,
      "main.go": `package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("${name}")\n}\n`,
    }),
    build: ["COPY . .", "RUN go build -o /app ."],
    run: ["/app"],
  },
  Python: {
    image: "python:3.14-slim",
    sources: (name) => ({
      "pyproject.toml": `[project]\nname = "${name}"\nversion = "1.0.0"\n`,
      "app.py": `print("${name}")\n`,
    }),
    build: ["COPY app.py ./"],
    run: ["python", "app.py"],
  },
  Rust: {
    image: "rust:1.90-alpine",
    sources: (name) => ({
      "Cargo.toml": `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2024"\n`,
      "src/main.rs": `fn main() {\n    println!("${name}");\n}\n`,
    }),
    build: ["COPY . .", "RUN cargo install --path ."],
    run: ["app"],
  },
  Java: {
    image: "eclipse-temurin:25-jdk",
    sources: (name) => ({
      "src/Main.java": `void main() {\n    IO.println("${name}");\n}\n`,
    }),
    build: ["COPY src ./src"],
    run: ["java", "src/Main.java"],
  },
  Ruby: {
    image: "ruby:3.4-slim",
    sources: (name) => ({ "app.rb": `puts "${name}"\n` }),
    build: ["COPY app.rb ./"],
    run: ["ruby", "app.rb"],
  },
  Shell: {
    image: "alpine:3.22",
    sources: (name) => ({ "run.sh": `#!/bin/sh\necho "${name}"\n` }),
    build: ["COPY run.sh ./"],
    run: ["sh", "run.sh"],
  },
};

/** The files of a seeded repository: first those of its language, then those from the seed. */
export function growFiles(repository: SeedRepository): Record<string, string> {
  const { name, description, language, dockerfile, files } = repository;
  const readme = { "README.md": `# ${name}\n${description ? `\n${description}\n` : ""}` };
  if (dockerfile === undefined) return { ...readme, ...files };
  const template = templates[language ?? "Shell"] ?? templates.Shell;
  if (template === undefined) return { ...readme, ...files };
  const lines = [
    `FROM ${template.image}`,
    "WORKDIR /srv",
    ...template.build,
    `CMD ${JSON.stringify(template.run)}`,
  ];
  return {
    ...readme,
    ...template.sources(name),
    [dockerfile]: `${lines.join("\n")}\n`,
    ...files,
  };
}
