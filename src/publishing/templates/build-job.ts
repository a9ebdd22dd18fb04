import { Scalar, type Node, type YAMLMap } from "yaml";
import { emulatorImage } from "./action-pins.ts";
import { buildArgLines } from "./build-args.ts";
import { missingSecrets, passedSecrets, secretPairs } from "./build-secrets.ts";
import { inertScalar, literalBlock } from "./inert-scalar.ts";
import { listOf, runnerNode, setMatrix, valueIn, type Row } from "./matrix.ts";
import type { Build } from "./runners.ts";
import { insertStep, mapOf, partOf, removeStep, setBefore, setInput, stepOf } from "./template.ts";
import type { ImageOptions } from "./workflow-options.ts";

/** What a build depends on, as a row of a matrix. */
export function buildRow(image: ImageOptions, { runner, platforms, emulated }: Build): Row {
  const secrets = secretPairs(image);
  const texts = {
    context: image.context,
    dockerfile: image.dockerfile,
    target: image.target ?? "",
    platforms: platforms.join(","),
    emulate: emulated.join(","),
  };
  const given = Object.entries(texts).filter(([, text]) => text !== "");
  const args = buildArgLines(image.buildArgs);
  return {
    runner: runnerNode(runner),
    ...Object.fromEntries(given.map(([key, text]) => [key, inertScalar(text)])),
    ...(args.length > 0 && { "build-args": literalBlock(args) }),
    ...(secrets.length > 0 && { secrets: listOf(secrets) }),
  };
}

/** Lets a job build what each row says. */
export function setBuilds(
  job: YAMLMap,
  rows: readonly Row[],
  images: readonly ImageOptions[],
): YAMLMap {
  const names = ["context", "dockerfile", "target", "platforms", "emulate", "build-args"];
  setMatrix(job, rows);
  const ofMatrix = names.map((name) => [name, valueIn(rows, name)] as const);
  setBuild(job, { ...Object.fromEntries(ofMatrix), runner: valueIn(rows, "runner") }, images);
  const isEmulated = rows.some((row) => row["emulate"]);
  if (isEmulated && !rows.every((row) => row["emulate"]))
    setBefore(stepOf(job, "qemu"), "uses", "if", new Scalar("matrix.emulate != ''"));
  const build = stepOf(job, "build");
  if (build.hasIn(["with", "cache-to"])) {
    const scope = ",scope=${{ matrix.scope }}";
    for (const input of ["cache-from", "cache-to"])
      setInput(build, input, new Scalar(`${String(build.getIn(["with", input]))}${scope}`));
  }
  return job;
}

/** Lets a job build this. */
export function setBuild(job: YAMLMap, row: Row, images: readonly ImageOptions[]): void {
  job.set("runs-on", row["runner"]);
  setEmulation(job, row["emulate"]);
  const build = stepOf(job, "build");
  setInput(build, "context", row["context"]);
  setInput(build, "file", row["dockerfile"]);
  setInput(build, "target", row["target"]);
  setInput(build, "platforms", row["platforms"]);
  setInput(build, "build-args", row["build-args"]);
  setSecrets(job, images);
}

function setEmulation(job: YAMLMap, architectures: Node | undefined): void {
  if (!architectures) {
    removeStep(job, "qemu");
    return;
  }
  const emulation = stepOf(job, "qemu");
  setInput(emulation, "image", inertScalar(emulatorImage));
  setInput(emulation, "platforms", architectures);
}

function setSecrets(job: YAMLMap, images: readonly ImageOptions[]): void {
  const build = stepOf(job, "build");
  const { lines, env } = passedSecrets(images);
  setInput(build, "secret-envs", lines.length > 0 ? literalBlock(lines) : undefined);
  if (lines.length === 0) return;
  setBefore(build, "with", "env", mapOf(env));
  const look = partOf("secrets");
  look.setIn(["env", "MISSING"], new Scalar(missingSecrets(images)));
  insertStep(job, look, "build");
  setBefore(build, "uses", "if", new Scalar("steps.secrets.outputs.missing != 'true'"));
}
