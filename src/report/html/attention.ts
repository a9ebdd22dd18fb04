import { describeCandidates } from "../describe-reach.ts";
import type { JudgedReport } from "../judged-report.ts";
import { groupCrossings, type CrossingGroup, type StackCrossing } from "../group-crossings.ts";
import { repositoryLink } from "./repository-link.ts";
import { html, section, type Markup } from "./markup.ts";

/** How many items of one kind are shown at first; the rest is folded. */
const unfolded = 5;

/** What a person has to look at, by cause, problems first. */
export function attention({ crossings, stacks }: JudgedReport): Markup {
  const groups = groupCrossings(crossings);
  const candidates = stacks.flatMap(({ stack, repositories }) =>
    describeCandidates(repositories).map(({ name: repository, ...rest }) => ({
      stack,
      repository,
      ...rest,
    })),
  );
  const found = groups.map((each) => group(each, stacks.length > 1));
  return section(
    "attention",
    "Needs attention",
    html`${groups.length > 0 ? html`<div class="groups">${found}</div>` : html`<p class="empty g">Nothing.</p>`}
    ${
      candidates.length > 0 &&
      html`<div class="groups">
        <article class="group">
          <h3>Can do without the PAT <span class="badge">${candidates.length}</span></h3>
          ${folded(candidates, stacks.length > 1)}
        </article>
      </div>`
    }`,
  );
}

function group(
  { severity, title, items, advice, commands }: CrossingGroup,
  named: boolean,
): Markup {
  return html`<article class="group ${severity}">
    <h3>${title} <span class="badge">${items.length}</span></h3>
    ${folded(items, named)}
    <p class="next">
      <b>Next:</b> ${advice}${commands.map((command) => html` <code>${command}</code>`)}
    </p>
  </article>`;
}

type Item = Pick<StackCrossing, "repository" | "stack" | "text" | "url">;

function folded(items: readonly Item[], named: boolean): Markup {
  const rest = items.slice(unfolded);
  const list = (part: readonly Item[]) =>
    html`<ul>
      ${part.map((each) => item(each, named))}
    </ul>`;
  return html`${list(items.slice(0, unfolded))}
  ${
    rest.length > 0 &&
    html`<details>
      <summary>And ${rest.length.toLocaleString("en")} more</summary>
      ${list(rest)}
    </details>`
  }`;
}

function item({ repository, stack, text, url }: Item, named: boolean): Markup {
  const who =
    repository === null
      ? html`<b>${named ? stack : "Fleet"}</b>`
      : html`${repositoryLink(stack, repository)}${named && html` <span class="soft">${stack}</span>`}`;
  return html`<li>
    ${who}
    ${text}${url !== null && html` <a class="open" href="${url}">Open<span class="sr"> on GitHub: ${repository ?? stack}</span></a>`}
  </li>`;
}
