/**
 * What a reason of the engine means for a person, and the next step, where it is a frequent one.
 *
 * @param name of the stack; absent where it is not known, or stands before the sentence
 */
export function explainReason(reason: string, name?: string): string | undefined {
  const stack = name === undefined ? "the stack" : `stack "${name}"`;
  const [, broken] = /^failed to load checkpoint: (.+)/.exec(reason) ?? [];
  if (broken !== undefined) {
    const recover = ["ghcr-fleet recover", name].filter(Boolean).join(" ");
    return (
      `the state of ${stack} cannot be read (${broken}). After a crash, \`${recover}\` may help; ` +
      "where it does not, bring back the last good one, such as the .bak beside it or one from the back end's folder .pulumi/backups: pulumi stack import --file <backup>"
    );
  }
  if (reason === "unexpected end of JSON input") {
    // A lock that was being written when the engine died or the disk was full.
    return `a lock of ${stack} is only half written: run \`ghcr-fleet recover\`, which removes it`;
  }
  if (/passphrase/i.test(reason)) {
    return `the configuration of ${stack} cannot be decrypted: PULUMI_CONFIG_PASSPHRASE, or the file that PULUMI_CONFIG_PASSPHRASE_FILE names, is missing or wrong`;
  }
  if (/PULUMI_ACCESS_TOKEN must be set/.test(reason)) {
    return "nobody is logged in to a back end that holds the stacks: run pulumi login, or set PULUMI_BACKEND_URL, for Pulumi Cloud PULUMI_ACCESS_TOKEN";
  }
  return undefined;
}
