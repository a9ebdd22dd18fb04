import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../language/expression.ts";
import { attachReferrer } from "../image/attach-referrer.ts";
import { MEDIA } from "../image/build-image.ts";
import { parseImageReference } from "../image/build-output.ts";
import { openRepository } from "../image/push-image.ts";
import {
  type ActionStep,
  type KnownAction,
  prefixed,
  StepFailure,
} from "../action/known-action.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PROVENANCE = "https://slsa.dev/provenance/v1";

/**
 * Build provenance of an image, stored with the repository and, if requested, next to the image. The
 * signature is not a real one.
 * @see https://github.com/actions/attest
 */
export const attest: KnownAction = {
  inputs: {
    "subject-path": "",
    "subject-digest": "",
    "subject-name": "",
    "subject-checksums": "",
    "subject-version": "",
    "sbom-path": "",
    "predicate-type": "",
    predicate: "",
    "predicate-path": "",
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
