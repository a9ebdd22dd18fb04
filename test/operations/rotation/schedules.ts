import fc from "fast-check";
import { expect } from "vitest";
import type { RotationRequest } from "../../../src/operations/rotation/rotate.ts";
import { UserError } from "../../../src/user-error.ts";
import { RotationWorld } from "./rotation-world.ts";
import type { Weather } from "./world-options.ts";

/**
 * Random schedules of rotations: commands of a person, killed anywhere, PATs that become invalid, lose their
 * rights, or give way to others in their places at any moment, runs that are queued in between. No run that is
 * queued, and so none that starts, has an invalid PAT where the fleet has a valid one and a command could have
 * repaired it; no write replaces a valid PAT by an invalid one; no PAT reaches repositories outside of the first wave untried while
 * the configuration has another one that is valid; revoking ends no run; and from everywhere, what the commands say leads to the end.
 */
export function checkSchedules(numRuns: number): Promise<void> {
  const events = fc.array(fc.nat(0x3fffffff), { minLength: 1, maxLength: 14 });
  return fc.assert(
    fc.asyncProperty(fc.nat(0xffff), events, async (shape, numbers) => {
      const schedule = startSchedule(shape);
      try {
        for (const number of numbers) await schedule.play(number);
        await schedule.rescue();
      } catch (error) {
        throw new Error(schedule.history().join("\n"), { cause: error });
      }
    }),
    { numRuns },
  );
}

/** Takes numbers apart: each call takes a choice of `count`. */
function choices(number: number): (count: number) => number {
  let rest = number;
  return (count) => {
    const choice = rest % count;
    rest = Math.floor(rest / count);
    return choice;
  };
}

function startSchedule(shape: number) {
  const pick = choices(shape);
  const scope = (["repository", "organization", "mixed"] as const)[pick(3)] ?? "mixed";
  let created = 0;
  const waves = Array.from({ length: 1 + pick(3) }, () =>
    Array.from({ length: 1 + pick(2) }, () => `r${created++}`),
  );
  const names = waves.flat();
  const world = new RotationWorld({ scope, waves });
  let number = 0;
  const freshPat = () => {
    const pat = `pat-${(number += 1)}`;
    world.pats.create(pat);
    return pat;
  };
  const history = [`${scope}, ${JSON.stringify(waves)}`];
  const rotate = async (request: RotationRequest, weather: Weather = {}) => {
    const end = await world.rotate(request, weather).catch((error: unknown) => {
      history.push(`${JSON.stringify({ ...request, ...weather })}: ${String(error)}`);
      throw error;
    });
    const outcome = end instanceof UserError ? end.message : `${end.outcome} in ${end.wave}`;
    history.push(`${JSON.stringify({ ...request, ...weather })}: ${outcome}`);
    return end;
  };
  const keys = ["pat", "nextPat", "previousPat"] as const;

  async function play(event: number): Promise<void> {
    const choose = choices(event);
    const kind = choose(12);
    const weather = (pat: string): Weather => {
      // Half of the commands meet nothing.
      const [crash, death, which, broken] = [choose(60), choose(60), choose(3), choose(8)];
      const dying = which === 0 ? pat : world.configured(which === 1 ? "pat" : "previousPat");
      return {
        ...(crash < 25 && { crashAt: crash + 1 }),
        ...(death < 20 && { deathAt: [death + 1, dying], isWeakening: choose(2) === 0 }),
        ...(broken === 0 && { broken: new Set([names[choose(names.length)]!]) }),
        unproven: broken === 1,
      };
    };
    switch (kind) {
      case 0:
      case 1: {
        const pat = freshPat();
        await rotate({ kind: "begin", pat }, weather(pat));
        break;
      }
      case 2:
      case 3:
        await rotate({ kind: "resume" }, weather(world.configured("nextPat")));
        break;
      case 4:
        await rotate({ kind: "abort" }, weather(world.configured("nextPat")));
        break;
      case 5:
        await world.revoke();
        history.push("revoke");
        break;
      case 6:
        world.rollout();
        history.push("rollout");
        break;
      case 7: {
        const pat = world.configured(keys[choose(3)]!);
        if (choose(2) === 0) {
          world.pats.kill(pat);
          history.push(`${pat} becomes invalid`);
        } else {
          world.pats.weaken(pat);
          history.push(`${pat} loses its rights`);
        }
        break;
      }
      case 8:
        world.startRuns();
        break;
      case 9: {
        world.wait();
        const what = choose(4);
        const next = world.configured("nextPat");
        if (what === 0) {
          const pat = world.configured(keys[choose(3)]!);
          world.pats.strengthen(pat);
          history.push(`${pat} gets its rights back`);
        } else if (what === 1 && next !== "") {
          const fresh = freshPat();
          world.replace(next, fresh);
          history.push(`the place of ${next} has ${fresh} now`);
        } else if (what === 2) {
          const name = names[choose(names.length)]!;
          world.deleteTrial(name);
          history.push(`somebody deletes a secret of ${name}`);
        } else if (choose(2) === 0) {
          world.changeWaves();
          history.push("another wave is the first one");
        }
        break;
      }
      default:
        world.queue(names[choose(names.length)]!);
    }
    // After a crash, no command works before it.
    if (choose(4) > 0 && world.recover()) history.push("recover");
  }

  /** What a person does who reads the messages. */
  async function rescue(): Promise<void> {
    world.recover();
    world.deleteShadows();
    const pat = freshPat();
    for (let attempt = 0; attempt < 3 && !world.isDone(pat); attempt += 1) {
      const end = await rotate({ kind: "begin", pat });
      if (!(end instanceof UserError)) continue;
      await rotate({ kind: "resume" });
      world.deleteShadows();
    }
    expect(world.isDone(pat)).toBe(true);
    for (const name of names) world.queue(name);
    await world.revoke();
  }

  return { play, rescue, history: () => history };
}
