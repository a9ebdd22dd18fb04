import type { TimelineEvent } from "../fleet-report.ts";
import { link, html, section, type Markup } from "./markup.ts";
import { count, minute } from "../../format-text.ts";

const classes = { good: "g", bad: "b", warn: "w", neutral: "q" } as const;

/** Rollouts and rotations, wave by wave; the repositories of a wave are folded. */
export function rolloutTimeline(events: readonly TimelineEvent[] | null): Markup | false {
  if (events === null) return false;
  const shown = html`<ol class="timeline">
    ${chapters(events).map(chapter)}
  </ol>`;
  const none = html`<p class="empty">There was no rollout or rotation yet.</p>`;
  return section("rollout", "Rollouts and rotations", events.length === 0 ? none : shown);
}

interface Chapter {
  readonly head: TimelineEvent;
  readonly repositories: TimelineEvent[];
}

/** The repositories below the event of their wave, each with its last event. */
function chapters(events: readonly TimelineEvent[]): Chapter[] {
  const found: Chapter[] = [];
  for (const event of events) {
    const last = found.at(-1);
    if (last && event.repository !== null && last.head.wave === event.wave) {
      const before = last.repositories.findIndex(
        ({ repository }) => repository === event.repository,
      );
      last.repositories.splice(before < 0 ? last.repositories.length : before, 1, event);
    } else found.push({ head: event, repositories: [] });
  }
  return found;
}

function chapter({ head, repositories }: Chapter): Markup {
  const failed = repositories.filter(({ outcome }) => outcome === "bad").length;
  return html`<li class="${failed > 0 ? "b" : classes[head.outcome]}">
    ${moment(head)} ${head.wave !== null && html`<b>${head.wave}</b>`} ${subject(head)}
    ${
      repositories.length > 0 &&
      html`<details ${failed > 0 && "open"}>
        <summary>
          ${count(repositories.length, "repository")}${failed > 0 ? `, ${failed} failed` : ""}
        </summary>
        <ul>
          ${repositories.map(
            (event) =>
              html`<li class="${classes[event.outcome]}">${moment(event)} ${subject(event)}</li>`,
          )}
        </ul>
      </details>`
    }
  </li>`;
}

function subject({ repository, text, url }: TimelineEvent): Markup {
  return html`${repository !== null && html`<b>${repository}</b> `}${link(text, url)}`;
}

function moment({ at }: TimelineEvent): Markup {
  return html`<time datetime="${at}">${minute(at)}</time>`;
}
