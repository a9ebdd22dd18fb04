import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ActionStep,
  inputs,
  type KnownAction,
  prefixed,
  StepFailure,
} from "../action/known-action.ts";
import { blob, type Blob, describe, MEDIA } from "../image/build-image.ts";
import { parseImageReference } from "../image/build-output.ts";
import { openRepository } from "../image/push-image.ts";
import type { RegistryClient } from "../image/registry-client.ts";
import type { Json } from "../language/expression.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PROVENANCE = "https://slsa.dev/provenance/v1";

/**
 * Build provenance of an image, stored with the repository and, if requested, next to the image. The
 * signature is not a real one.
 * @see https://github.com/actions/attest
 */
export const attest: KnownAction = {
  inputs: {
    ...inputs(
      "subject-path subject-digest subject-name subject-checksums subject-version sbom-path predicate-type predicate predicate-path",
    ),
    "push-to-registry": "false",
    "create-storage-record": "true",
    "show-summary": "true",
    "github-token": "${{ github.token }}",
  },
  async run(step) {
    if (step.permissions["id-token"] !== "write") {
      throw new StepFailure(
        'missing "id-token" permission. Please add "permissions: id-token: write" to your workflow.',
      );
    }
    step.refuseInputs("subject-path", "subject-checksums", "sbom-path", "predicate-type");
    // https://docs.github.com/en/actions/concepts/security/artifact-attestations
    if (step.host.serverUrl !== "https://github.com") {
      throw new StepFailure("Failed to persist attestation: Not Found");
    }
    step.info("Attestation type: Build Provenance");
    const { name, digest } = readSubject(step);
    const bundle = bundleOf(step, name, digest);
    const id = persist(step, digest, bundle);
    step.info(`Attestation created for ${name}@${digest}`);
    if (step.flag("push-to-registry")) await attach(step, name, digest, bundle);
    const folder = join(step.folders.temp, `attestation-${id}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "attestation.json"), `${JSON.stringify(bundle)}\n`);
    const { host, repository } = step;
    const url = `${host.serverUrl}/${repository.owner}/${repository.name}/attestations/${id}`;
    step.setOutput("bundle-path", join(folder, "attestation.json"));
    step.setOutput("attestation-id", String(id));
    step.setOutput("attestation-url", url);
    if (step.flag("show-summary")) {
      step.summarize(
        `<h3>Attestation Created</h3>\n<ul><li><a href="${url}">${url}</a></li></ul>\n`,
      );
    }
  },
};

/** https://github.com/actions/attest-build-provenance: the same with fewer inputs. */
export const attestBuildProvenance: KnownAction = {
  ...attest,
  inputs: Object.fromEntries(
    Object.entries(attest.inputs).filter(([name]) => !/^(subject-version|sbom-path)$/.test(name)),
  ),
};

function readSubject(step: ActionStep): { name: string; digest: string } {
  const digest = step.input("subject-digest");
  const name = step.input("subject-name");
  if (digest === "") {
    throw new StepFailure(
      "One of subject-path, subject-digest, or subject-checksums must be provided",
    );
  }
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new StepFailure(
      'subject-digest must be in the format "sha256:<hex-digest>" or "sha512:<hex-digest>"',
    );
  }
  if (name === "") throw new StepFailure("subject-name must be provided when using subject-digest");
  return { digest, name: step.flag("push-to-registry") ? name.toLowerCase() : name };
}

function bundleOf(step: ActionStep, name: string, digest: string): Json {
  const { host, repository, event, run } = step;
  const source = `${host.serverUrl}/${repository.owner}/${repository.name}`;
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: { sha256: digest.slice("sha256:".length) } }],
    predicateType: PROVENANCE,
    predicate: {
      buildDefinition: {
        buildType: "https://actions.github.io/buildtypes/workflow/v1",
        externalParameters: {
          workflow: { ref: event.ref, repository: source, path: run.workflow.path },
        },
      },
      runDetails: {
        metadata: { invocationId: `${source}/actions/runs/${run.id}/attempts/${run.attempt}` },
      },
    },
  };
  return {
    mediaType: BUNDLE,
    dsseEnvelope: {
      payload: Buffer.from(JSON.stringify(statement)).toString("base64"),
      payloadType: MEDIA.inToto,
      signatures: [],
    },
  };
}

/** Where an organisation's plan has no attestations for private repositories, GitHub says so. */
function persist(step: ActionStep, digest: string, bundle: Json): number {
  const refuse = (reason: string): never => {
    throw new StepFailure(
      `Failed to persist attestation: ${reason} - https://docs.github.com/rest/repos/attestations#create-an-attestation`,
    );
  };
  if (step.permissions.attestations !== "write") refuse("Resource not accessible by integration");
  if (step.repository.visibility !== "public") {
    refuse(
      `Feature not available for the ${step.repository.owner} organization. To enable this feature, please upgrade the billing plan, or make this repository public.`,
    );
  }
  const id = step.run.id * 10 + step.run.attestations.length;
  step.run.attestations.push({ id, subjectDigest: digest, bundle });
  return id;
}

async function attach(step: ActionStep, name: string, digest: string, bundle: Json): Promise<void> {
  const { registry, repository } = parseImageReference(name);
  const client = openRepository(step, registry, repository);
  const manifest = await prefixed("Error uploading artifact to container registry: ", () =>
    attachReferrer(client, digest, {
      artifactType: BUNDLE,
      content: bundle,
      annotations: {
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": PROVENANCE,
      },
    }),
  );
  step.info("Attestation uploaded to registry");
  step.info(`${name}@${manifest.digest}`);
}

interface Referrer {
  readonly artifactType: string;
  /** JSON. */
  readonly content: unknown;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Pushes a manifest whose `subject` is an image. If the registry does not support
 * subjects, it is added to the index under the tag `sha256-…`.
 * @throws StepFailure
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests-with-subject
 */
async function attachReferrer(
  client: RegistryClient,
  subjectDigest: string,
  { artifactType, content, annotations }: Referrer,
): Promise<Blob> {
  const subject = await client.readManifest(subjectDigest);
  if (subject === undefined) throw new StepFailure(`manifest ${subjectDigest} was not found`);
  const layer = blob(artifactType, content);
  const config = blob(MEDIA.empty, {});
  const manifest = blob(MEDIA.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    artifactType,
    config: describe(config),
    layers: [describe(layer)],
    subject: {
      mediaType: subject.mediaType,
      digest: subjectDigest,
      size: subject.bytes.length,
    },
    annotations,
  });
  await client.pushBlob(layer.digest, layer.bytes);
  await client.pushBlob(config.digest, config.bytes);
  const { digest, mediaType, bytes } = manifest;
  const isTracked = await client.pushManifest(digest, mediaType, bytes);
  if (!isTracked) await addToIndex(client, subjectDigest, { ...describe(manifest), artifactType });
  return manifest;
}

async function addToIndex(
  client: RegistryClient,
  subjectDigest: string,
  descriptor: object,
): Promise<void> {
  const tag = subjectDigest.replace(":", "-");
  const existing = await client.readManifest(tag);
  const known = existing === undefined ? [] : manifestsOf(existing.bytes);
  const index = blob(MEDIA.index, {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: [...known, descriptor],
  });
  await client.pushManifest(tag, index.mediaType, index.bytes);
}

function manifestsOf(bytes: Uint8Array): unknown[] {
  const index = JSON.parse(new TextDecoder().decode(bytes)) as { manifests?: unknown[] };
  return index.manifests ?? [];
}
