import { patKeys, type PatKey } from "../../../src/pat/pat-source.ts";
import {
  changesOfStep,
  type CredentialStep,
  type Rotation,
} from "../../../src/operations/rotation/credential-step.ts";
import { mayHoldOld } from "../../../src/operations/rotation/retire-pats.ts";
import { rotate, type RotationRequest } from "../../../src/operations/rotation/rotate.ts";
import type { RotationEffects } from "../../../src/operations/rotation/rotation-effects.ts";
import type { RolloutEnd } from "../../../src/operations/waves/rollout-event.ts";
import type { EngineChange } from "../../../src/stack/engine-change.ts";
import { UserError } from "../../../src/user-error.ts";
import {
  Crash,
  type QueuedRun,
  type Secret,
  type Weather,
  type WorldOptions,
} from "./world-options.ts";
import { PatStates, startWeather } from "./pat-states.ts";
import { openedRotation } from "./opened-rotation.ts";
import {
  assertTargets,
  changesOf,
  declaredPats,
  publishingUrns,
  secretType,
  shared,
  tokenKeys,
} from "./declared-changes.ts";

/** GitHub, the stack and its configuration, with the real order of a rotation, and without any I/O. */
export class RotationWorld {
  readonly #options: WorldOptions;
  readonly #repositories: readonly string[];
  #waves: readonly (readonly string[])[];
  readonly pats = new PatStates("a", () => (this.#isSettled = false));
  /** Those with which a repository of the first wave published, and those that a person gives without a trial. */
  readonly #tried = new Set(["a"]);
  /** A rotation goes on that needs trials. */
  #tries = false;
  readonly #secrets = new Map<string, Secret>();
  /** What the stack's state says of each secret and token. */
  readonly #state = new Map<string, string>();
  /** Those of the secrets that depend on the token of a trial there. */
  readonly #ofTrial = new Set<string>();
  #config: Partial<Record<PatKey, string>> = { pat: "a" };
  #queued: QueuedRun[] = [];
  #seconds = 0;
  #hasCrashed = false;
  /** A command has ended by itself since the last PAT became invalid. */
  #isSettled = true;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#repositories = options.waves.flat();
    this.#waves = options.waves;
    this.rollout();
  }

  /** A person puts another PAT where the stack reads this one, which a rotation gives. */
  replace(pat: string, fresh: string): void {
    for (const key of patKeys) if (this.#config[key] === pat) this.#config[key] = fresh;
  }

  /** A PAT that the configuration has. */
  configured(key: PatKey): string {
    return this.#config[key] ?? "";
  }

  /** Whether the repository has a secret for a trial, and the state knows it. */
  hasTrial(repository: string): boolean {
    return this.#secrets.has(repository) && this.#state.has(repository);
  }

  wait(): void {
    this.#seconds += 1;
  }

  queue(repository: string): void {
    const pat = this.#effective(repository);
    this.#assertLive(repository);
    this.#queued.push({ repository, pat, startedAt: this.#now() });
  }

  /** All queued runs start, and end. */
  startRuns(): void {
    this.#queued = [];
  }

  /** `ghcr-fleet rotate`. */
  async rotate(request: RotationRequest, weather: Weather = {}): Promise<RolloutEnd | UserError> {
    return this.#command(weather, (tick) => {
      const rotation = this.#open();
      return rotate(rotation, request, this.#effects(rotation, weather, tick));
    });
  }

  /** `ghcr-fleet rotate --revoke-only`, once the runs that hold the old PAT have ended. */
  async revoke(): Promise<void> {
    const rotation = this.#open();
    const { nextPat, previousPat } = rotation.pats;
    if (this.#hasCrashed || previousPat === undefined || !this.pats.isAccepted(previousPat)) return;
    if (nextPat !== undefined || this.#changes().some(({ type }) => type === secretType)) return;
    for (const repository of this.#repositories) {
      const credential = this.#credentialOf(repository);
      const place = credential === "organization" ? shared : repository;
      const own = this.#queued.filter((run) => run.repository === repository);
      const { updatedAt } = this.#secrets.get(place) ?? {};
      const holders = mayHoldOld(rotation, { name: repository, credential }, own, updatedAt);
      this.#queued = this.#queued.filter((run) => !holders.includes(run));
    }
    this.pats.revoke(previousPat);
    delete this.#config.previousPat;
    for (const { repository, pat } of this.#queued) {
      if (pat === previousPat) throw new Error(`a run of ${repository} has the revoked PAT`);
    }
    for (const repository of this.#repositories) this.#assertLive(repository);
  }

  /** `ghcr-fleet rollout`, or `pulumi up`: everything that is declared. */
  rollout(): void {
    if (this.#hasCrashed || !this.#isPreviewFine()) return;
    this.#tried.add(this.configured("pat"));
    for (const change of this.#changes()) this.#apply(change);
    this.#settle();
  }

  /** `ghcr-fleet recover`, after a crash: the state is what GitHub has, of what it knows. */
  recover(): boolean {
    if (!this.#hasCrashed) return false;
    this.#hasCrashed = false;
    for (const place of [...this.#state.keys()]) {
      if (!(place in tokenKeys)) this.#reread(place);
    }
    // Outside of a rotation, it names what the state does not have, and a person deletes that.
    if (this.#config.nextPat === undefined) this.deleteShadows();
    return true;
  }

  /** The state gets what GitHub has, of what it knows. */
  #reread(place: string): void {
    const secret = this.#secrets.get(place);
    if (secret && this.#state.has(place)) this.#state.set(place, secret.value);
    else this.#state.delete(place);
  }

  /** A person makes another wave the first one: not after a crash left a secret that only the first wave is asked for. */
  changeWaves(): void {
    if (this.#shadows().length > 0) return;
    const [first = [], ...others] = this.#waves;
    this.#waves = [...others, first];
  }

  /** A person deletes the secret that a repository has for a trial. */
  deleteTrial(repository: string): void {
    if (this.#sharing().includes(repository)) this.#secrets.delete(repository);
  }

  /** Deletes what a trial left, as the command asks a person to. */
  deleteShadows(): void {
    for (const place of this.#shadows()) this.#secrets.delete(place);
  }

  /** Whether every repository publishes with this PAT, and nothing is left to do. */
  isDone(pat: string): boolean {
    return (
      this.#config.pat === pat &&
      this.#config.nextPat === undefined &&
      this.#repositories.every((each) => this.#effective(each) === pat)
    );
  }

  async #command(
    weather: Weather,
    run: (tick: () => void) => Promise<RolloutEnd>,
  ): Promise<RolloutEnd | UserError> {
    const { tick, deaths } = startWeather(weather, this.pats);
    try {
      const end = await run(tick).finally(() => (this.#tries = false));
      if (deaths() === 0 && !this.#hasCrashed) this.#settle();
      return end;
    } catch (error) {
      if (error instanceof UserError) return error;
      if (!(error instanceof Crash)) throw error;
      this.#hasCrashed = true;
      this.#isSettled = false;
      return new UserError("killed");
    }
  }

  #settle(): void {
    this.#isSettled = true;
    for (const repository of this.#repositories) this.#assertLive(repository);
  }

  /** A run that is queued now does not get an invalid PAT while the fleet has a valid one. */
  #assertLive(repository: string): void {
    const pat = this.#effective(repository) ?? "";
    if (!this.#isSettled || this.pats.isUsable(pat)) return;
    const valid = this.#validBeside(pat);
    if (valid.length > 0)
      throw new Error(`${repository} has ${pat}, and ${valid.join(", ")} would be valid`);
  }

  /** Valid PATs of the configuration. */
  #validBeside(pat: string): string[] {
    const others = Object.values(this.#config).filter((each) => each !== pat);
    return others.filter((each) => this.pats.isUsable(each));
  }

  #credentialOf(repository: string): "organization" | "repository" {
    const { scope } = this.#options;
    if (scope !== "mixed") return scope;
    return this.#repositories.indexOf(repository) % 2 === 0 ? "organization" : "repository";
  }

  #sharing(): readonly string[] {
    return this.#repositories.filter((each) => this.#credentialOf(each) === "organization");
  }

  #effective(repository: string): string | undefined {
    const others =
      this.#credentialOf(repository) === "organization" ? this.#secrets.get(shared) : undefined;
    return (this.#secrets.get(repository) ?? others)?.value;
  }

  #now(): string {
    return new Date(this.#seconds * 1000).toISOString();
  }

  #open(): Rotation {
    return openedRotation(this.#waves, (name) => this.#credentialOf(name), this.#config);
  }

  #effects(rotation: Rotation, weather: Weather, tick: () => void): RotationEffects {
    const isAlive = (pat: string | undefined) => pat !== undefined && this.pats.isUsable(pat);
    const prove = async (step: CredentialStep, changing: readonly string[]) => {
      tick();
      let failures = 0;
      for (const name of step.proves?.(changing) ?? []) {
        const isFine = isAlive(this.#effective(name)) && weather.broken?.has(name) !== true;
        if (!isFine) failures += 1;
        else if (weather.unproven !== true) {
          this.#tried.add(this.#effective(name)!);
          rotation.progress.record(rotation.waves[0]!, { repository: name, state: "healthy" });
        }
      }
      const isOver = failures > (step.failuresAllowed ?? 0);
      return isOver ? rotation.progress.end("unhealthy", step.name) : undefined;
    };
    return {
      confirm: async (start) => {
        // Where the other PAT cannot be used, a trial would protect nothing.
        this.#tries = start !== "all" && start !== "withdrawal";
        return true;
      },
      openJournal: async () => {},
      isAlive: async (pat) => {
        tick();
        return pat !== undefined && this.pats.isAccepted(pat);
      },
      problemOf: async (role, pat) => {
        tick();
        return isAlive(pat) ? undefined : `the ${role} PAT cannot be used`;
      },
      isInState: async (pat) => Object.keys(tokenKeys).some((key) => this.#state.get(key) === pat),
      async assertReady(candidate) {
        if (!isAlive(candidate)) throw new UserError("not accepted");
      },
      assertUnshadowed: async () => {
        if (this.#shadows().length > 0) throw new UserError("shadowed");
      },
      leftShadows: async () => {
        const shadows = this.#shadows();
        // A person reads it.
        this.deleteShadows();
        return shadows;
      },
      store: async (key, value) => {
        tick();
        if (value === undefined) delete this.#config[key];
        else this.#config[key] = value;
        rotation.pats[key] = value;
        if (key === "pat" && value !== undefined && !this.#tries) this.#tried.add(value);
        tick();
      },
      prove: (step) => prove(step, []),
      step: async (step) => {
        tick();
        for (const place of this.#hasCrashed ? [] : (step.rereads ?? [])) this.#reread(place);
        if (this.#hasCrashed || !this.#isPreviewFine()) {
          return rotation.progress.end("failed", step.name);
        }
        const planned = this.#changes();
        const existing = publishingUrns(this.#repositories);
        const { changes, target } = changesOfStep(rotation, step, { changes: planned, existing });
        assertTargets(planned, target, this.#ofTrial);
        for (const change of changes) this.#apply(change, tick);
        return prove(
          step,
          changes.flatMap(({ repository }) => repository ?? []),
        );
      },
    };
  }

  /** The provider inspects each PAT of the program. */
  #isPreviewFine(): boolean {
    const { pat = "", nextPat = pat } = this.#config;
    return this.pats.isUsable(pat) && this.pats.isUsable(nextPat);
  }

  #declared(): ReadonlyMap<string, string> {
    const credentials = new Map(this.#repositories.map((name) => [name, this.#credentialOf(name)]));
    return declaredPats(this.#config, credentials, this.#waves[0]!);
  }

  #changes(): EngineChange[] {
    return changesOf(this.#state, this.#declared());
  }

  #apply({ urn, type, operation, repository }: EngineChange, tick = () => {}): void {
    const name = urn.split("::").at(-1)!;
    const place = type === secretType ? (repository ?? shared) : name;
    const value = operation === "delete" ? undefined : this.#declared().get(place)!;
    tick();
    if (type === secretType) this.#write(place, value);
    // Killed here, the state does not know what GitHub has.
    tick();
    if (value === undefined) this.#state.delete(place);
    else this.#state.set(place, value);
    if (this.#config.nextPat !== undefined && this.#waves[0]!.includes(place))
      this.#ofTrial.add(place);
    else this.#ofTrial.delete(place);
  }

  #write(place: string, value: string | undefined): void {
    const users = place === shared ? this.#sharing() : [place];
    const before = users.map((name) => this.#effective(name));
    if (value === undefined) this.#secrets.delete(place);
    else this.#secrets.set(place, { value, updatedAt: this.#now() });
    for (const [index, name] of users.entries()) {
      const [old = "", fresh = ""] = [before[index], this.#effective(name)];
      // In the middle of a step nobody can know it.
      if (this.#isSettled && this.pats.isUsable(old) && !this.pats.isUsable(fresh)) {
        throw new Error(`${name} had ${old}, which is valid, and got ${fresh}`);
      }
      const isNew = old !== fresh && this.pats.isUsable(old) && !this.#tried.has(fresh);
      const isLater = !this.#waves[0]!.includes(name);
      if (this.#tries && isNew && isLater && this.#validBeside(fresh).length > 0) {
        throw new Error(`${name} had ${old}, which is valid, and got ${fresh} without a trial`);
      }
    }
  }

  /** Repositories with a secret of their own that the state does not know. */
  #shadows(): string[] {
    return this.#sharing().filter((name) => this.#secrets.has(name) && !this.#state.has(name));
  }
}
